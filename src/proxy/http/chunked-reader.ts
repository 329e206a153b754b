import { CR, HTAB, LF, SP, TEXT, TOKEN } from './characters.ts';
import { CHUNK_EXTENSION_BYTES, CHUNK_SIZE_DIGITS } from './limits.ts';
import { TrailerReader } from './trailer-reader.ts';

const State = {
  SIZE: 0,
  SIZE_LF: 1,
  DATA: 2,
  DATA_CR: 3,
  DATA_LF: 4,
  EXTENSION_NAME: 5,
  EXTENSION_VALUE: 6,
  EXTENSION_QUOTED: 7,
  EXTENSION_ESCAPE: 8,
  EXTENSION_AFTER_QUOTED: 9,
  TRAILERS: 10,
  DONE: 11,
} as const;
type State = (typeof State)[keyof typeof State];

const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Checks a chunked body byte for byte against its grammar (RFC 9112 7.1) while it passes.
 *
 *     SIZE ──CR──▶ SIZE_LF ──▶ DATA ──▶ DATA_CR ──▶ DATA_LF ──▶ SIZE
 *      └─;─▶ EXTENSION… ─CR─▲   └ size 0: TRAILERS ──▶ DONE
 *
 * With `keepsFraming` the pieces are the body as it is to be forwarded: the same bytes without chunk
 * extensions, which concern one hop only, and without trailer fields that may not be trailers. Otherwise they
 * are the data alone.
 */
export class ChunkedReader {
  readonly #keepsFraming: boolean;
  readonly #trailers = new TrailerReader();
  #state: State = State.SIZE;
  #size = 0;
  #digits = 0;
  #remaining = 0;
  #extensionBytes = 0;
  #extensionTokenBytes = 0;

  constructor(keepsFraming: boolean) {
    this.#keepsFraming = keepsFraming;
  }

  /** The trailer section to forward; empty without one, and until the body is done. */
  get trailers(): Buffer {
    return this.#trailers.forwarded;
  }

  get isDone(): boolean {
    return this.#state === State.DONE;
  }

  /**
   * Appends the accepted bytes to `pieces`, as views of the buffer. Returns the index after what belongs to the
   * body, or -1 when it is malformed: then nothing more may be read.
   */
  read(buffer: Buffer, start: number, end: number, pieces: Buffer[]): number {
    // Bytes from `kept` on are accepted and not handed over yet.
    let kept = start;
    let position = start;
    while (position < end && this.#state !== State.DONE) {
      if (this.#state === State.DATA) {
        const dataEnd = Math.min(end, position + this.#remaining);
        if (!this.#keepsFraming) pieces.push(buffer.subarray(position, dataEnd));
        this.#remaining -= dataEnd - position;
        position = dataEnd;
        if (this.#remaining === 0) this.#state = State.DATA_CR;
        continue;
      }
      if (this.#state === State.TRAILERS) {
        if (
          !this.#trailers.hasBegun &&
          buffer[position] === CR &&
          buffer[position + 1] === LF &&
          position + 1 < end
        ) {
          // No trailers, as nearly always: the end stays in one piece with what came before it.
          position += 2;
          this.#state = State.DONE;
          continue;
        }
        this.#keep(pieces, buffer, kept, position);
        position = this.#trailers.read(buffer, position, end);
        if (position === -1) return -1;
        kept = position;
        if (this.#trailers.isDone) this.#finish(pieces);
        continue;
      }
      const byte = buffer[position] as number;
      if (this.#state === State.SIZE && byte === SEMICOLON && this.#digits > 0) {
        this.#keep(pieces, buffer, kept, position);
        this.#state = State.EXTENSION_NAME;
        this.#extensionTokenBytes = 0;
      } else if (this.#state >= State.EXTENSION_NAME) {
        if (!this.#extend(byte)) return -1;
        // The line end after the extension is kept again.
        if (byte === CR) kept = position;
      } else if (!this.#frame(byte)) {
        return -1;
      }
      position += 1;
    }
    const isInExtension = this.#state >= State.EXTENSION_NAME && this.#state < State.TRAILERS;
    if (!isInExtension) this.#keep(pieces, buffer, kept, position);
    return position;
  }

  /** A byte of a chunk's frame outside extensions; false when it may not stand there. */
  #frame(byte: number): boolean {
    switch (this.#state) {
      case State.SIZE: {
        const digit = hexDigit(byte);
        if (digit !== -1) {
          this.#digits += 1;
          this.#size = this.#size * 16 + digit;
          return this.#digits <= CHUNK_SIZE_DIGITS;
        }
        this.#state = State.SIZE_LF;
        return byte === CR && this.#digits > 0;
      }
      case State.SIZE_LF:
        this.#remaining = this.#size;
        this.#state = this.#size === 0 ? State.TRAILERS : State.DATA;
        this.#size = 0;
        this.#digits = 0;
        return byte === LF;
      case State.DATA_CR:
        this.#state = State.DATA_LF;
        return byte === CR;
      default:
        this.#state = State.SIZE;
        return byte === LF;
    }
  }

  /** A byte of chunk extensions (RFC 9112 7.1.1, without the blanks that it calls bad). */
  #extend(byte: number): boolean {
    this.#extensionBytes += 1;
    if (this.#extensionBytes > CHUNK_EXTENSION_BYTES) return false;
    switch (this.#state) {
      case State.EXTENSION_NAME:
        if (TOKEN[byte] === 1) this.#extensionTokenBytes += 1;
        else if (this.#extensionTokenBytes === 0) return false;
        else if (byte === EQUALS) this.#beginToken(State.EXTENSION_VALUE);
        else return this.#endExtension(byte);
        return true;
      case State.EXTENSION_VALUE:
        if (TOKEN[byte] === 1) this.#extensionTokenBytes += 1;
        else if (byte === QUOTE && this.#extensionTokenBytes === 0) this.#state = State.EXTENSION_QUOTED;
        else return this.#extensionTokenBytes > 0 && this.#endExtension(byte);
        return true;
      case State.EXTENSION_QUOTED:
        if (byte === QUOTE) this.#state = State.EXTENSION_AFTER_QUOTED;
        else if (byte === BACKSLASH) this.#state = State.EXTENSION_ESCAPE;
        return TEXT[byte] === 1;
      case State.EXTENSION_ESCAPE:
        this.#state = State.EXTENSION_QUOTED;
        return byte === SP || byte === HTAB || TEXT[byte] === 1;
      default:
        return this.#endExtension(byte);
    }
  }

  #beginToken(state: State): void {
    this.#state = state;
    this.#extensionTokenBytes = 0;
  }

  #endExtension(byte: number): boolean {
    if (byte === SEMICOLON) this.#beginToken(State.EXTENSION_NAME);
    else this.#state = State.SIZE_LF;
    return byte === SEMICOLON || byte === CR;
  }

  #keep(pieces: Buffer[], buffer: Buffer, start: number, end: number): void {
    if (this.#keepsFraming && end > start) pieces.push(buffer.subarray(start, end));
  }

  #finish(pieces: Buffer[]): void {
    this.#state = State.DONE;
    const section = this.#trailers.forwarded;
    this.#keep(pieces, section, 0, section.length);
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
