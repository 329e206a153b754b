import { BlockScanner, INCOMPLETE, MALFORMED } from './block-scanner.ts';
import { HEAD_BYTES } from './limits.ts';
import type { RequestHeaders } from './request-headers.ts';
import { RequestLine, TargetForm } from './request-line.ts';

/**
 * Finds the head of a request at the beginning of a buffer, however it is cut into pieces.
 *
 * Clients repeat their header block but not their request line, so the last block is remembered with what it
 * became: a repeated one is recognised by one comparison instead of being read again (with eight fields that saves
 * 1.5 µs of 21).
 */
export class RequestReader {
  readonly line = new RequestLine();
  /** Index after the request line. */
  lineEnd = 0;
  /** The headers, when the block is the remembered one. */
  repeated: RequestHeaders | null = null;
  #remembered: RequestHeaders | null = null;
  readonly #scanner = new BlockScanner();

  /** Prepares for a new request. */
  begin(): void {
    this.line.begin();
    this.lineEnd = 0;
    this.repeated = null;
  }

  /** The index after the head, 0 when it is incomplete, or minus the status to refuse it with. */
  read(buffer: Buffer, end: number): number {
    if (this.lineEnd === 0) {
      const lineEnd = this.line.read(buffer, end);
      if (lineEnd <= 0) return lineEnd;
      this.lineEnd = lineEnd;
      this.#scanner.begin(lineEnd);
      const headEnd = this.#recognise(buffer, end);
      if (headEnd !== 0) return headEnd;
    }
    const headEnd = this.#scanner.scan(buffer, end);
    if (headEnd === MALFORMED) return -400;
    if ((headEnd === INCOMPLETE ? end : headEnd) > HEAD_BYTES) return -431;
    return headEnd;
  }

  remember(headers: RequestHeaders): void {
    this.#remembered = headers.received === null ? null : headers;
  }

  forget(): void {
    this.#remembered = null;
  }

  #recognise(buffer: Buffer, end: number): number {
    const received = this.#remembered?.received ?? null;
    // Only for the lines whose headers are remembered: others change what the block becomes.
    if (received === null || this.line.minor !== 1 || this.line.form === TargetForm.ABSOLUTE) return 0;
    const headEnd = this.lineEnd + received.length;
    if (headEnd > end || received.compare(buffer, this.lineEnd, headEnd) !== 0) return 0;
    this.repeated = this.#remembered;
    return headEnd;
  }
}
