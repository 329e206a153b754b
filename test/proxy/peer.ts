import { connect, type Socket } from 'node:net';

/** Longest wait for something that a test expects; a test that waits this long has failed. */
const PATIENCE_MS = 5000;

/** One end of a connection in a test's hands: sends exact bytes and waits for exact bytes. */
export class Peer {
  readonly socket: Socket;
  /** What came and was not taken yet, as latin1. */
  received = '';
  /** Everything that ever came. */
  total = 0;
  hasEnded = false;
  isClosed = false;
  /** The error code that ended the connection, if one did. */
  error: string | undefined;
  /** A test and a member's script may wait at the same time. */
  #waiters: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.received += bytes.toString('latin1');
      this.total += bytes.length;
      this.#wake();
    });
    socket.on('end', () => {
      this.hasEnded = true;
      this.#wake();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.error = error.code;
    });
    socket.on('close', () => {
      this.isClosed = true;
      this.#wake();
    });
  }

  /** Connects to a listener. */
  static async connect(address: string, port: number): Promise<Peer> {
    const peer = new Peer(connect({ host: address, port, allowHalfOpen: true, noDelay: true }));
    await new Promise<void>((resolve, reject) => {
      peer.socket.once('connect', resolve);
      peer.socket.once('error', reject);
    });
    return peer;
  }

  send(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /**
   * Sends zero bytes, `size` of them, as fast as they are taken. Resolves once nobody takes any more for a
   * while, with how many were taken until then; the rest follows when there is room.
   */
  async pour(size: number): Promise<number> {
    const block = Buffer.alloc(256 * 1024);
    let poured = 0;
    const fill = (): void => {
      while (poured < size) {
        poured += block.length;
        if (!this.socket.write(block)) {
          this.socket.once('drain', fill);
          return;
        }
      }
    };
    fill();
    for (let before = -1; before !== poured; ) {
      before = poured;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return poured;
  }

  /** Waits until `text` has come and takes everything up to its end. */
  async until(text: string): Promise<string> {
    await this.waitFor(() => this.received.includes(text), `bytes ${JSON.stringify(text)}`);
    return this.take(this.received.indexOf(text) + text.length);
  }

  /** Waits until this many bytes have come and takes them. */
  async bytes(count: number): Promise<string> {
    await this.waitFor(() => this.received.length >= count, `${count} bytes`);
    return this.take(count);
  }

  /** Takes one HTTP message with Content-Length or without a body. */
  async message(): Promise<string> {
    const head = await this.until('\r\n\r\n');
    const length = /^content-length: (\d+)/im.exec(head)?.[1];
    return head + (length === undefined ? '' : await this.bytes(Number(length)));
  }

  /** Waits for the other side's end and takes all that came before. */
  async toEnd(): Promise<string> {
    await this.waitFor(() => this.hasEnded || this.isClosed, 'the end');
    return this.take(this.received.length);
  }

  /** Waits until the connection is gone: 'reset' when it was cut, 'ended' otherwise. */
  async toClose(): Promise<'ended' | 'reset'> {
    await this.waitFor(() => this.isClosed || this.hasEnded, 'the connection to close');
    // A reset may follow the end; an end of ours completes an orderly close.
    if (!this.isClosed) this.socket.end();
    await this.waitFor(() => this.isClosed, 'the connection to close');
    return this.error === undefined ? 'ended' : 'reset';
  }

  async waitFor(condition: () => boolean, what: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!condition()) {
      if (Date.now() > deadline || (this.isClosed && what !== 'the connection to close')) {
        if (condition()) return;
        throw new Error(
          `waited in vain for ${what}; closed: ${this.isClosed} (${this.error}), ended: ${this.hasEnded}, last received: ${JSON.stringify(this.received.slice(-200))}`,
        );
      }
      await this.#next(deadline - Date.now());
    }
  }

  #wake(): void {
    for (const wake of this.#waiters.splice(0)) wake();
  }

  close(): void {
    this.socket.destroy();
  }

  take(count: number): string {
    const taken = this.received.slice(0, count);
    this.received = this.received.slice(count);
    return taken;
  }

  async #next(timeoutMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiters.push(resolve);
    const timer = setTimeout(resolve, Math.max(timeoutMs, 1));
    await promise;
    clearTimeout(timer);
  }
}
