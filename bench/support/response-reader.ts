/** Finds the ends of HTTP/1.1 responses in what a connection receives. Only responses with Content-Length. */

const endOfHead = '\r\n\r\n';

export class ResponseReader {
  /** The beginning of a head that is not whole yet. */
  #head = '';
  #bodyLeft = 0;
  #isInBody = false;
  /** Whether the last response was one of 2xx or 3xx. */
  isGood = false;

  /**
   * Takes bytes up to the end of a response.
   *
   * @returns where the response ended, or -1 when all the bytes were taken and it goes on
   */
  read(bytes: Buffer, start: number, end: number): number {
    let position = start;
    if (!this.#isInBody) {
      const kept = this.#head.length;
      const text = this.#head + bytes.toString('latin1', position, Math.min(end, position + 4096));
      const headEnd = text.indexOf(endOfHead);
      if (headEnd === -1) {
        this.#head = text;
        return -1;
      }
      this.#begin(text.slice(0, headEnd));
      this.#head = '';
      position += headEnd + endOfHead.length - kept;
    }
    const taken = Math.min(this.#bodyLeft, end - position);
    this.#bodyLeft -= taken;
    this.#isInBody = this.#bodyLeft > 0;
    return this.#isInBody ? -1 : position + taken;
  }

  #begin(head: string): void {
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) throw new Error(`a response without Content-Length: ${head}`);
    this.#bodyLeft = Number(length);
    this.#isInBody = true;
    this.isGood = /^HTTP\/1\.1 [23]/.test(head);
  }
}
