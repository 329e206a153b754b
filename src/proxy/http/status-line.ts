import { CR, DIGIT, LF, SP, TEXT } from './characters.ts';
import { START_LINE_BYTES } from './limits.ts';

const VERSION = Buffer.from('HTTP/1.', 'latin1');

/** Length of "HTTP/1.1 200". */
const SHORTEST = 12;

/** Reads the status line at the beginning of a buffer (RFC 9112 4); resumes where it stopped. */
export class StatusLine {
  minor = 1;
  status = 0;
  /** Index after the line; 0 while it is not complete. */
  end = 0;
  #position = 0;

  begin(): void {
    this.end = 0;
    this.#position = 0;
  }

  /** The index after the line, 0 when it is incomplete, -1 when it is malformed. */
  read(buffer: Buffer, end: number): number {
    let position = this.#position;
    while (position < end && TEXT[buffer[position] as number] === 1) position += 1;
    this.#position = position;
    if (position > START_LINE_BYTES) return -1;
    if (position === end) return 0;
    if (buffer[position] !== CR) return -1;
    if (position + 1 === end) return 0;
    if (buffer[position + 1] !== LF || !this.#parse(buffer, position)) return -1;
    this.end = position + 2;
    return this.end;
  }

  /** The reason phrase; often empty, and nobody decides by it. */
  reason(buffer: Buffer): string {
    return buffer.toString('latin1', Math.min(SHORTEST + 1, this.end - 2), this.end - 2);
  }

  #parse(buffer: Buffer, lineEnd: number): boolean {
    if (lineEnd < SHORTEST) return false;
    for (let index = 0; index < VERSION.length; index += 1) {
      if (buffer[index] !== VERSION[index]) return false;
    }
    this.minor = (buffer[7] as number) - 0x30;
    if ((this.minor !== 0 && this.minor !== 1) || buffer[8] !== SP) return false;
    this.status = 0;
    for (let index = 9; index < SHORTEST; index += 1) {
      const byte = buffer[index] as number;
      if (DIGIT[byte] !== 1) return false;
      this.status = this.status * 10 + byte - 0x30;
    }
    // The space before an empty reason is required, and forgotten by many.
    return this.status >= 100 && this.status < 600 && (lineEnd === SHORTEST || buffer[SHORTEST] === SP);
  }
}
