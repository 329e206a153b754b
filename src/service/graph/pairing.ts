/** Finds which parts of a document are there already. */

/** What names a part; null when it has no such name. */
export type Identity<T> = (part: T) => string | null;

export interface Pairing<There, Wanted> {
  readonly pairs: readonly { readonly there: There; readonly wanted: Wanted }[];
  /** What is there and not in the document. */
  readonly gone: readonly There[];
  /** What is in the document and not there. */
  readonly fresh: readonly Wanted[];
}

/**
 * Pairs what is there with what is wanted, each at most once. The first identity goes before the second, and so on;
 * of several parts with the same identity, the first is paired with the first.
 */
export function pair<There extends T, Wanted extends T, T>(
  there: readonly There[],
  wanted: readonly Wanted[],
  identities: readonly Identity<T>[],
): Pairing<There, Wanted> {
  const partnerOf = new Map<Wanted, There>();
  const taken = new Set<There>();
  for (const identity of identities) {
    const waiting = Map.groupBy(
      there.filter((each) => !taken.has(each)),
      identity,
    );
    for (const each of wanted) {
      if (partnerOf.has(each)) continue;
      const name = identity(each);
      const partner = name === null ? undefined : waiting.get(name)?.shift();
      if (!partner) continue;
      partnerOf.set(each, partner);
      taken.add(partner);
    }
  }
  return {
    pairs: [...partnerOf].map(([each, partner]) => ({ there: partner, wanted: each })),
    gone: there.filter((each) => !taken.has(each)),
    fresh: wanted.filter((each) => !partnerOf.has(each)),
  };
}
