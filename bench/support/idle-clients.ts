/** Clients that had one request answered and then keep their connections open. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** How many connect at the same time: few, so that the proxy needs few connections to its member. */
const concurrency = 16;

export class IdleClients implements Disposable {
  readonly #sockets: Socket[] = [];

  /** Adds so many connections. */
  async add(host: string, port: number, count: number): Promise<void> {
    let left = count;
    const addSome = async () => {
      while (left > 0) {
        left -= 1;
        this.#sockets.push(await connectAndAsk(host, port));
      }
    };
    await Promise.all(Array.from({ length: concurrency }, addSome));
  }

  /** How many are still connected. */
  get open(): number {
    return this.#sockets.filter(({ readyState }) => readyState === 'open').length;
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

async function connectAndAsk(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  socket.write(
    `GET /small HTTP/1.1\r\nHost: ${host}:${port}\r\nUser-Agent: elbow-bench/1\r\nAccept: */*\r\n\r\n`,
  );
  // The answer is small and comes in one piece.
  await once(socket, 'data');
  socket.on('error', () => {});
  return socket;
}
