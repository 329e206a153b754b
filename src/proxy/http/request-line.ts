import { CR, LF, SP, TARGET, TEXT, TOKEN } from './characters.ts';
import { START_LINE_BYTES } from './limits.ts';

/** How the request names its target (RFC 9112 3.2). CONNECT's authority-form is never accepted. */
export const TargetForm = { ORIGIN: 0, ABSOLUTE: 1, ASTERISK: 2 } as const;
export type TargetForm = (typeof TargetForm)[keyof typeof TargetForm];

const SLASH = 0x2f;
const ASTERISK = 0x2a;
const METHOD_BYTES = 32;

/** " HTTP/1.1": what every acceptable request line ends with, up to its last digit. */
const VERSION = Buffer.from(' HTTP/1.', 'latin1');

const IDEMPOTENT = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']);

/** Reads the request line at the beginning of a buffer; resumes where it stopped. */
export class RequestLine {
  /** Where the method begins: after the empty line that a client may send before it. */
  start = 0;
  methodEnd = 0;
  targetEnd = 0;
  /** HTTP/1 minor version: 0 or 1. */
  minor = 1;
  form: TargetForm = TargetForm.ORIGIN;
  method = '';
  #position = 0;

  begin(): void {
    this.start = 0;
    this.#position = 0;
  }

  get targetStart(): number {
    return this.methodEnd + 1;
  }

  get isHead(): boolean {
    return this.method === 'HEAD';
  }

  /** RFC 9110 9.2.2: such a request may be sent again. */
  get isIdempotent(): boolean {
    return IDEMPOTENT.has(this.method);
  }

  /** The index after the line, 0 when it is incomplete, or minus the status to refuse it with. */
  read(buffer: Buffer, end: number): number {
    // RFC 9112 2.2: an empty line before the request line is a relic of old clients, and ignored.
    if (this.start === 0 && buffer[0] === CR) {
      if (end === 1) return 0;
      if (buffer[1] !== LF) return -400;
      this.start = 2;
      this.#position = 2;
    }
    let position = this.#position;
    while (position < end && TEXT[buffer[position] as number] === 1) position += 1;
    this.#position = position;
    if (position - this.start > START_LINE_BYTES) return -414;
    if (position === end) return 0;
    if (buffer[position] !== CR) return -400;
    if (position + 1 === end) return 0;
    if (buffer[position + 1] !== LF) return -400;
    const status = this.#parse(buffer, position);
    return status === 0 ? position + 2 : -status;
  }

  /** Takes apart the line buffer[start, lineEnd): 0, or the status to refuse it with. */
  #parse(buffer: Buffer, lineEnd: number): number {
    let position = this.start;
    while (TOKEN[buffer[position] as number] === 1) position += 1;
    if (position === this.start || buffer[position] !== SP || position - this.start > METHOD_BYTES)
      return 400;
    this.methodEnd = position;

    position += 1;
    while (TARGET[buffer[position] as number] === 1) position += 1;
    this.targetEnd = position;
    if (position === this.targetStart) return 400;

    const versionStatus = this.#parseVersion(buffer, position, lineEnd);
    if (versionStatus !== 0) return versionStatus;
    this.method = this.#readMethod(buffer);
    if (this.method === 'CONNECT') return 501;
    return this.#parseForm(buffer);
  }

  #parseVersion(buffer: Buffer, start: number, lineEnd: number): number {
    for (let index = 0; index < VERSION.length; index += 1) {
      if (buffer[start + index] !== VERSION[index]) {
        // RFC 9110 15.6.6: a well-formed version that is not ours.
        return /^ HTTP\/\d\.\d$/.test(buffer.toString('latin1', start, lineEnd)) ? 505 : 400;
      }
    }
    if (start + VERSION.length + 1 !== lineEnd) return 400;
    const digit = buffer[lineEnd - 1] as number;
    this.minor = digit - 0x30;
    if (this.minor === 0 || this.minor === 1) return 0;
    return this.minor > 1 && this.minor <= 9 ? 505 : 400;
  }

  #readMethod(buffer: Buffer): string {
    const start = this.start;
    // Almost every request is a GET: the comparison spares it a string.
    if (
      this.methodEnd - start === 3 &&
      buffer[start] === 0x47 &&
      buffer[start + 1] === 0x45 &&
      buffer[start + 2] === 0x54
    ) {
      return 'GET';
    }
    return buffer.toString('latin1', start, this.methodEnd);
  }

  #parseForm(buffer: Buffer): number {
    const first = buffer[this.targetStart];
    if (first === SLASH) {
      this.form = TargetForm.ORIGIN;
    } else if (first === ASTERISK && this.targetEnd - this.targetStart === 1 && this.method === 'OPTIONS') {
      this.form = TargetForm.ASTERISK;
    } else {
      this.form = TargetForm.ABSOLUTE;
    }
    return 0;
  }
}
