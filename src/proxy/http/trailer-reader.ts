import { BlockScanner, INCOMPLETE, MALFORMED } from './block-scanner.ts';
import { FieldKind } from './field-kind.ts';
import { FieldFault, FieldTable } from './field-table.ts';
import { keptLines } from './forwarded-block.ts';
import { TRAILER_BYTES } from './limits.ts';

/** RFC 9110 6.5.1: fields that frame, route, authenticate or describe a message have no place after it. */
const FORBIDDEN = new Set([
  'authorization',
  'cache-control',
  'content-encoding',
  'content-range',
  'content-type',
  'cookie',
  'forwarded',
  'max-forwards',
  'proxy-authenticate',
  'proxy-authorization',
  'range',
  'set-cookie',
  'trailer',
  'www-authenticate',
]);

const fields = new FieldTable();

/** Reads the trailer section of a chunked body, the empty line included. */
export class TrailerReader {
  isDone = false;
  /** The section to forward, once done. */
  forwarded: Buffer = Buffer.alloc(0);
  #held: Buffer | null = null;
  readonly #scanner = new BlockScanner();

  get hasBegun(): boolean {
    return this.#held !== null;
  }

  /** The index after the section's bytes, or -1 when it is malformed or too long. */
  read(buffer: Buffer, start: number, end: number): number {
    const piece = buffer.subarray(start, end);
    if (this.#held === null) this.#scanner.begin(0);
    const held = this.#held === null ? Buffer.from(piece) : Buffer.concat([this.#held, piece]);
    const before = held.length - piece.length;
    const sectionEnd = this.#scanner.scan(held, held.length);
    if (sectionEnd === MALFORMED || (sectionEnd === INCOMPLETE ? held.length : sectionEnd) > TRAILER_BYTES) {
      return -1;
    }
    this.#held = held;
    if (sectionEnd === INCOMPLETE) return end;
    if (fields.fill(held, 0, sectionEnd) !== FieldFault.NONE) return -1;
    this.forwarded = keptLines(fields, isTrailer, '', '\r\n');
    this.isDone = true;
    return start + sectionEnd - before;
  }
}

function isTrailer(index: number): boolean {
  const name = fields.nameAt(index).toLowerCase();
  // Whoever merges trailers into the header must not take them for what the proxy says of the client.
  const isOurs = name.startsWith('x-forwarded-') || name.startsWith('x_forwarded_') || name === 'x-real-ip';
  return fields.kindAt(index) === FieldKind.OTHER && !isOurs && !FORBIDDEN.has(name);
}
