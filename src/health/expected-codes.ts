import type { FailureReason } from './probe.ts';

/** A monitor's expected codes: at most five single codes or ranges, both ends included. */
export interface ExpectedCodes {
  /** As the user wrote it. */
  readonly text: string;
  readonly ranges: readonly { readonly from: number; readonly to: number }[];
}

const MAX_ITEMS = 5;
const ITEM = /^(\d{1,3})(?:-(\d{1,3}))?$/;

/**
 * Reads `200`, `200,202` or `200-204,300-399`.
 *
 * Throws a RangeError for anything else: the API has checked what is stored, so this is a defect.
 */
export function parseExpectedCodes(text: string): ExpectedCodes {
  const items = text.split(',');
  if (items.length > MAX_ITEMS) {
    throw new RangeError(
      `expected_codes "${text}" has ${items.length} items; at most ${MAX_ITEMS} are allowed`,
    );
  }
  const ranges = items.map((item) => {
    const [, first, last = first] = ITEM.exec(item) ?? [];
    const range = { from: Number(first), to: Number(last) };
    if (!(range.from <= range.to)) {
      throw new RangeError(
        `expected_codes "${text}" has the item "${item}"; use a code or an ascending range`,
      );
    }
    return range;
  });
  return { text, ranges };
}

export function isExpected(codes: ExpectedCodes, code: number): boolean {
  return codes.ranges.some(({ from, to }) => from <= code && code <= to);
}

/** What a code says against the member; null when it is an expected one. */
export function failureOfCode(codes: ExpectedCodes, code: number): FailureReason | null {
  if (isExpected(codes, code)) return null;
  return {
    reason_code: 'RESPONSE_MISMATCH',
    expected_response: codes.text,
    healthcheck_response: String(code),
  };
}
