/** Calls the API one call at a time over one connection, and says how long each took to be there whole. */
import { Agent, request } from 'node:http';

export interface Timed {
  readonly body: Buffer;
  readonly tookMs: number;
}

export class TimedClient implements Disposable {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(url: string, headers: Readonly<Record<string, string>>) {
    this.#url = url;
    this.#headers = headers;
  }

  /** @throws when it is answered with anything but 200 */
  get(path: string): Promise<Timed> {
    return new Promise((resolve, reject) => {
      const startedAt = performance.now();
      const call = request(
        `${this.#url}${path}`,
        { agent: this.#agent, headers: this.#headers },
        (response) => {
          const pieces: Buffer[] = [];
          response.on('data', (piece: Buffer) => pieces.push(piece));
          response.on('error', reject);
          response.on('end', () => {
            const tookMs = performance.now() - startedAt;
            const body = Buffer.concat(pieces);
            if (response.statusCode === 200) resolve({ body, tookMs });
            else
              reject(new Error(`${path} answered ${response.statusCode}: ${body.toString().slice(0, 300)}`));
          });
        },
      );
      call.on('error', (error: NodeJS.ErrnoException) => {
        // A connection that the server had just closed for being idle says nothing of the call.
        if (call.reusedSocket && error.code === 'ECONNRESET') this.get(path).then(resolve, reject);
        else reject(new Error(`${path}: ${error.message}`, { cause: error }));
      });
      call.end();
    });
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}
