import { CR, LF, TEXT } from './characters.ts';

/** What a reader says when the bytes so far end before the part does. */
export const INCOMPLETE = 0;

/** What a reader says when the bytes can never become a valid part. */
export const MALFORMED = -1;

/**
 * Finds the end of a header or trailer block: lines ended by CR LF, the last one empty (RFC 9112 2.1).
 * It resumes where it stopped, so a block that arrives byte by byte is still read once.
 */
export class BlockScanner {
  #position = 0;
  #lineStart = 0;

  /** Begins a block at index `start`. */
  begin(start: number): void {
    this.#position = start;
    this.#lineStart = start;
  }

  /** The index after the block, INCOMPLETE, or MALFORMED (a lone CR or LF, or another control character). */
  scan(buffer: Uint8Array, end: number): number {
    let position = this.#position;
    let lineStart = this.#lineStart;
    while (position < end) {
      const byte = buffer[position] as number;
      if (TEXT[byte] === 1) {
        position += 1;
        continue;
      }
      if (byte !== CR) return MALFORMED;
      if (position + 1 === end) break;
      if (buffer[position + 1] !== LF) return MALFORMED;
      position += 2;
      if (position - lineStart === 2) return position;
      lineStart = position;
    }
    this.#position = position;
    this.#lineStart = lineStart;
    return INCOMPLETE;
  }
}
