/** Splits a byte stream into lines, which may arrive in any pieces. */
export class LineReader {
  readonly #maxBytes: number;
  readonly #onLine: (line: string) => void;
  #pieces: Buffer[] = [];
  #length = 0;

  /** @param onLine called with each line that is not empty, without its end */
  constructor(maxBytes: number, onLine: (line: string) => void) {
    this.#maxBytes = maxBytes;
    this.#onLine = onLine;
  }

  /** Takes the next bytes. False when a line is too long to go on. */
  read(bytes: Buffer): boolean {
    let from = 0;
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
      this.#pieces.push(bytes.subarray(from, at));
      const line = Buffer.concat(this.#pieces).toString();
      this.#pieces = [];
      this.#length = 0;
      from = at + 1;
      if (line !== '') this.#onLine(line);
    }
    if (from < bytes.length) {
      this.#pieces.push(bytes.subarray(from));
      this.#length += bytes.length - from;
    }
    return this.#length <= this.#maxBytes;
  }
}
