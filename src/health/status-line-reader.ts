/**
 * Never more is read of an answer; a member whose head is longer is judged by what has come. It is far above what
 * an honest health page sends and bounds what a lying one can make us keep.
 */
const MAX_ANSWER_BYTES = 16 * 1024;

const VERSION = 'HTTP/1.';
/** RFC 9112 section 4; the space before an empty reason, though required, is often left out. */
const STATUS_LINE = /^HTTP\/1\.[01] ([1-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const END_OF_HEAD = '\r\n\r\n';

/**
 * Reads the status code of an HTTP/1 answer out of the pieces in which it arrives.
 *
 * It wants the whole head: a member that stops in the middle of it would fail a user's request too.
 */
export class StatusLineReader {
  #text = '';
  #interimBytes = 0;

  /** Takes the next piece: the final status code, 'malformed', or undefined while more is needed. */
  push(piece: string): number | 'malformed' | undefined {
    this.#text += piece;
    for (;;) {
      const code = this.#statusCode();
      if (typeof code !== 'number') {
        return this.#isFull() ? 'malformed' : code;
      }
      const end = this.#text.indexOf(END_OF_HEAD);
      const isInterim = code < 200;
      if (end === -1) {
        return this.#isFull() ? (isInterim ? 'malformed' : code) : undefined;
      }
      if (!isInterim) {
        return code;
      }
      // RFC 9110 section 15.2: any number of 1xx may come before the answer, asked for or not.
      this.#interimBytes += end + END_OF_HEAD.length;
      this.#text = this.#text.slice(end + END_OF_HEAD.length);
    }
  }

  #isFull(): boolean {
    return this.#interimBytes + this.#text.length >= MAX_ANSWER_BYTES;
  }

  #statusCode(): number | 'malformed' | undefined {
    if (!VERSION.startsWith(this.#text.slice(0, VERSION.length))) {
      return 'malformed';
    }
    const end = this.#text.indexOf('\r\n');
    if (end === -1) {
      return undefined;
    }
    const code = Number(STATUS_LINE.exec(this.#text.slice(0, end))?.[1]);
    // 101 answers a wish to change the protocol, which a probe never has (RFC 9110 section 15.2.2).
    return Number.isNaN(code) || code === 101 ? 'malformed' : code;
  }
}
