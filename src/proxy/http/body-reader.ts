import { ChunkedReader } from './chunked-reader.ts';
import { BodyKind, type Framing } from './framing.ts';

const NO_TRAILERS = Buffer.alloc(0);

/** Reads one body by its framing, and says where it ends. */
export class BodyReader {
  readonly #kind: BodyKind;
  readonly #chunked: ChunkedReader | null;
  #remaining: number;

  /** With `keepsChunks` a chunked body is handed on in its chunks, otherwise as its data alone. */
  constructor(framing: Framing, keepsChunks: boolean) {
    this.#kind = framing.kind;
    this.#remaining = framing.length;
    this.#chunked = framing.kind === BodyKind.CHUNKED ? new ChunkedReader(keepsChunks) : null;
  }

  /** The trailer section that came with a chunked body; empty without one. */
  get trailers(): Buffer {
    return this.#chunked?.trailers ?? NO_TRAILERS;
  }

  get isDone(): boolean {
    if (this.#chunked !== null) return this.#chunked.isDone;
    return this.#kind === BodyKind.NONE || (this.#kind === BodyKind.LENGTH && this.#remaining === 0);
  }

  /**
   * Appends the body's bytes in buffer[start, end) to `pieces`, as views of the buffer. Returns the index after them, or
   * -1 when they are malformed.
   */
  read(buffer: Buffer, start: number, end: number, pieces: Buffer[]): number {
    if (this.#chunked !== null) return this.#chunked.read(buffer, start, end, pieces);
    if (this.#kind === BodyKind.NONE) return start;
    let pieceEnd = end;
    if (this.#kind === BodyKind.LENGTH) {
      pieceEnd = Math.min(end, start + this.#remaining);
      this.#remaining -= pieceEnd - start;
    }
    if (pieceEnd > start) pieces.push(buffer.subarray(start, pieceEnd));
    return pieceEnd;
  }
}
