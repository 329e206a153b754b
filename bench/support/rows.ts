/** What a scenario hands back: rows of the table. */

/** What is to be reached, and whether it is. */
export interface Target {
  readonly text: string;
  /** Null when what it is measured against is not there. */
  readonly isMet: boolean | null;
}

export interface Figure {
  readonly measure: string;
  readonly unit: string;
  /** What was measured, with its version. */
  readonly subject: string;
  /** One value a round. */
  readonly values: readonly number[];
  /** Each round's value over that of the reference in the same round. */
  readonly ratios?: readonly number[];
  readonly target?: Target;
  readonly note?: string;
}

/** Something that was not measured, and why. */
export interface Absent {
  readonly measure: string;
  readonly subject: string;
  readonly absent: string;
}

export type Row = Figure | Absent;

/** Each value over the other's of the same round. */
export function ratiosOf(values: readonly number[], reference: readonly number[]): number[] {
  return values.flatMap((value, round) => {
    const other = reference[round];
    return other ? [value / other] : [];
  });
}
