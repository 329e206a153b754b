import { FieldKind } from './field-kind.ts';
import type { FieldTable } from './field-table.ts';

/**
 * Where a message's body ends (RFC 9112 6). Nothing else reads or writes Content-Length and
 * Transfer-Encoding: a message of which two parsers could think differently is refused here, and what is
 * forwarded carries the one field that `announcement` holds.
 */
export const BodyKind = { NONE: 0, LENGTH: 1, CHUNKED: 2, UNTIL_CLOSE: 3 } as const;
export type BodyKind = (typeof BodyKind)[keyof typeof BodyKind];

export interface Framing {
  readonly kind: BodyKind;
  /** Bytes of the body when kind is LENGTH. */
  readonly length: number;
  /** The framing header line to forward, with its line end; empty for none. */
  readonly announcement: string;
}

/** The framing of a request, or the status to refuse it with. `minor` is its HTTP/1 minor version. */
export function frameRequest(fields: FieldTable, minor: number): Framing | number {
  const coding = fields.joined(FieldKind.TRANSFER_ENCODING);
  const lengths = fields.countOf(FieldKind.CONTENT_LENGTH);
  if (coding !== null) {
    // RFC 9112 6.1: with Content-Length, or in HTTP/1.0, the framing is faulty whatever it says.
    if (lengths > 0 || minor === 0) return 400;
    const final = coding.slice(coding.lastIndexOf(',') + 1).trim();
    if (coding.toLowerCase() === 'chunked') return CHUNKED;
    // RFC 9112 6.3: without a final chunked the length cannot be known; with one, the others are not ours.
    const isUnknownCoding = final.toLowerCase() === 'chunked' && !/\bchunked\b.*,/i.test(coding);
    return isUnknownCoding ? 501 : 400;
  }
  if (lengths === 0) return EMPTY;
  const length = lengths === 1 ? contentLength(fields) : -1;
  return length === -1 ? 400 : withLength(length);
}

/** The framing of a response to a request, HEAD or not, or null when it cannot be trusted. */
export function frameResponse(
  fields: FieldTable,
  minor: number,
  status: number,
  isHead: boolean,
): Framing | null {
  const coding = fields.joined(FieldKind.TRANSFER_ENCODING);
  const lengths = fields.countOf(FieldKind.CONTENT_LENGTH);
  if (coding !== null && (lengths > 0 || minor === 0 || coding.toLowerCase() !== 'chunked')) return null;
  const length = lengths === 0 ? 0 : contentLength(fields);
  if (lengths > 1 || length === -1) return null;

  // RFC 9112 6.1 and RFC 9110 8.6: these have neither a body nor a framing field.
  if (status < 200 || status === 204) return EMPTY;
  const framing = coding !== null ? CHUNKED : lengths === 1 ? withLength(length) : UNTIL_CLOSE;
  // HEAD and 304 announce the body that they do not have.
  if (isHead || status === 304) return { kind: BodyKind.NONE, length: 0, announcement: framing.announcement };
  return framing;
}

const CHUNKED_LINE = 'Transfer-Encoding: chunked\r\n';

const EMPTY: Framing = { kind: BodyKind.NONE, length: 0, announcement: '' };
const CHUNKED: Framing = { kind: BodyKind.CHUNKED, length: 0, announcement: CHUNKED_LINE };
const UNTIL_CLOSE: Framing = { kind: BodyKind.UNTIL_CLOSE, length: 0, announcement: '' };

function withLength(length: number): Framing {
  return {
    kind: length === 0 ? BodyKind.NONE : BodyKind.LENGTH,
    length,
    announcement: `Content-Length: ${length}\r\n`,
  };
}

/** What a response of this framing becomes for a client: it may know chunks (HTTP/1.1) or not (HTTP/1.0). */
export function announceTo(framing: Framing, clientMinor: number): string {
  if (framing.kind === BodyKind.UNTIL_CLOSE && clientMinor === 1) return CHUNKED_LINE;
  if (framing.announcement === CHUNKED_LINE && clientMinor === 0) return '';
  return framing.announcement;
}

/** RFC 9110 8.6: digits only; -1 for anything else, a list of equal values too. */
function contentLength(fields: FieldTable): number {
  for (let index = 0; index < fields.count; index += 1) {
    if (fields.kindAt(index) !== FieldKind.CONTENT_LENGTH) continue;
    const text = fields.valueAt(index);
    return /^[0-9]{1,15}$/.test(text) ? Number(text) : -1;
  }
  return -1;
}
