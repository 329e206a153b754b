/** Asks a listener again and again, so that the moment a member begins to be used is seen. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { ResponseReader } from './response-reader.ts';

/** The pause between two questions: it bounds how late a first request can be, and leaves the proxy time. */
const pauseMs = 0.2;

const answer = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');

/** A member in this process, so that its first request and the API's answer are told by one clock. */
export class WatchedMember implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #onRequest: (at: number) => void = () => {};

  private constructor() {
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('data', () => {
        this.#onRequest(performance.now());
        socket.write(answer);
      });
    });
  }

  static async start(): Promise<WatchedMember> {
    const member = new WatchedMember();
    member.#server.listen(0, '127.0.0.1');
    await once(member.#server, 'listening');
    return member;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resolves with when the next request comes, on the clock of `performance.now()`. */
  nextRequest(): Promise<number> {
    return new Promise((resolve) => {
      this.#onRequest = resolve;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** One client that asks without an end, on one connection for as long as the proxy keeps it. */
export class Asker implements Disposable {
  readonly #host: string;
  readonly #port: number;
  #socket: Socket | null = null;
  #isOver = false;
  #asked = 0;
  #onAnswer: (isGood: boolean) => void = () => {};

  constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
    this.#open();
  }

  /** How many questions were answered. */
  get asked(): number {
    return this.#asked;
  }

  /** Resolves when an answer is good, or is not. */
  until(wanted: 'served' | 'refused'): Promise<void> {
    return new Promise((resolve) => {
      this.#onAnswer = (isGood) => {
        if (isGood === (wanted === 'served')) resolve();
      };
    });
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#socket?.destroy();
  }

  #open(): void {
    const reader = new ResponseReader();
    const socket = connect({ host: this.#host, port: this.#port, noDelay: true });
    this.#socket = socket;
    const ask = () => {
      if (!socket.destroyed) socket.write(`GET /small HTTP/1.1\r\nHost: ${this.#host}\r\n\r\n`);
    };
    socket.on('connect', ask);
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => {
      if (reader.read(bytes, 0, bytes.length) === -1) return;
      this.#asked += 1;
      this.#onAnswer(reader.isGood);
      afterPause(ask);
    });
    socket.on('close', () => {
      if (!this.#isOver) this.#open();
    });
  }
}

/** Timers count whole milliseconds, so the event loop is gone round until the pause is over. */
function afterPause(then: () => void): void {
  const until = performance.now() + pauseMs;
  const check = () => {
    if (performance.now() < until) setImmediate(check);
    else then();
  };
  setImmediate(check);
}
