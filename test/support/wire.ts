/** HTTP as bytes, so that what no client library would send can be sent too. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Sent {
  readonly method: string;
  /** As it stands in the request line. */
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

export interface Received {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
}

/** How long an answer may take. */
const patienceMs = 20_000;

/** A connection that is kept for as long as the server keeps it. */
export class Wire implements Disposable {
  readonly #port: number;
  #socket: Socket | null = null;

  constructor(port: number) {
    this.#port = port;
  }

  /**
   * The answer, or null when the server ends the connection without one. A server may end a connection that was
   * kept; what it has then not answered is sent again over a new one.
   */
  async send(request: Sent): Promise<Received | null> {
    const wasKept = this.#socket !== null;
    const received = await this.#exchange(request);
    return received ?? (wasKept ? this.#exchange(request) : null);
  }

  async #exchange({ method, target, headers, body }: Sent): Promise<Received | null> {
    const socket = await this.#connected();
    const lines = [
      `${method} ${target} HTTP/1.1`,
      'host: 127.0.0.1',
      ...headers.map(([name, value]) => `${name}: ${value}`),
    ];
    const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
    const answer = read(socket, method);
    socket.write(Buffer.concat([head, body]));
    const received = await answer;
    if (!received || received.headers.get('connection') === 'close') this[Symbol.dispose]();
    return received;
  }

  async #connected(): Promise<Socket> {
    if (this.#socket && !this.#socket.destroyed && this.#socket.writable && !this.#socket.readableEnded) {
      return this.#socket;
    }
    const socket = connect(this.#port, '127.0.0.1');
    socket.on('error', () => socket.destroy());
    await once(socket, 'connect');
    this.#socket = socket;
    return socket;
  }

  [Symbol.dispose](): void {
    this.#socket?.destroy();
    this.#socket = null;
  }
}

async function read(socket: Socket, method: string): Promise<Received | null> {
  let bytes: Buffer = Buffer.alloc(0);
  const { promise, resolve, reject } = Promise.withResolvers<Received | null>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${patienceMs} ms`)), patienceMs);
  const onData = (more: Buffer) => {
    bytes = Buffer.concat([bytes, more]);
    const whole = parse(bytes, method);
    if (whole) resolve(whole);
  };
  const onClose = () => resolve(null);
  socket.on('data', onData).on('close', onClose);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.off('data', onData).off('close', onClose);
  }
}

/** The answer, once it is all there; those that announce another one are passed over. */
function parse(bytes: Buffer, method: string): Received | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [line = '', ...fields] = bytes.toString('latin1', 0, end).split('\r\n');
  const status = Number(line.split(' ')[1]);
  const headers = new Map(
    fields.map((field) => {
      const at = field.indexOf(':');
      return [field.slice(0, at).toLowerCase(), field.slice(at + 1).trim()] as const;
    }),
  );
  const rest = bytes.subarray(end + 4);
  if (status < 200) return parse(rest, method);
  if (method === 'HEAD' || status === 204 || status === 304) return { status, headers, text: '' };
  const length = Number(headers.get('content-length') ?? 0);
  return rest.length < length ? null : { status, headers, text: rest.toString('utf8', 0, length) };
}
