/** Lines of a log on their way from a worker to the file. */
export interface LogChunk {
  /** Whole lines. */
  readonly text: string;
  readonly lines: number;
  /** Lines that were lost before these, for want of room. */
  readonly dropped: number;
}

/** Characters that wait at most: beyond it lines are dropped, and traffic goes on. */
const maxWaiting = 4 * 1024 * 1024;

/** From so many on a chunk goes at once. */
const chunkLength = 64 * 1024;

/** How long a line waits for others. */
const waitMs = 100;

/** Gathers lines into chunks. There is one chunk under way at most, so what is held here is bounded, and nothing else is. */
export class LineBuffer {
  readonly #send: (chunk: LogChunk) => void;
  #text = '';
  #lines = 0;
  #dropped = 0;
  #isUnderWay = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(send: (chunk: LogChunk) => void) {
    this.#send = send;
  }

  /** @param line with its end */
  write(line: string): void {
    if (this.#text.length + line.length > maxWaiting) {
      this.#dropped += 1;
      return;
    }
    this.#text += line;
    this.#lines += 1;
    if (this.#isUnderWay) return;
    if (this.#text.length >= chunkLength) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), waitMs).unref();
  }

  /** The last chunk was written, or given up. */
  acknowledge(): void {
    this.#isUnderWay = false;
    if (this.#text.length >= chunkLength) this.flush();
    else if (this.#lines > 0) this.#timer ??= setTimeout(() => this.flush(), waitMs).unref();
  }

  /** Sends what there is, also while another chunk is under way. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#lines === 0 && this.#dropped === 0) return;
    const chunk = { text: this.#text, lines: this.#lines, dropped: this.#dropped };
    this.#text = '';
    this.#lines = 0;
    this.#dropped = 0;
    this.#isUnderWay = true;
    this.#send(chunk);
  }
}
