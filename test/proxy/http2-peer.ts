import { once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { TestContext } from 'node:test';
import type { RunningEngine } from './running-engine.ts';
import { certificate, settings, shown, startTls, type TlsSetup } from './tls-ground.ts';

const made = certificate('h2.test');

/** An engine with an HTTPS listener whose clients may speak HTTP/2. */
export async function startHttp2(t: TestContext, setup: Partial<TlsSetup>): Promise<RunningEngine> {
  return startTls(t, {
    certificates: [shown('default', await made)],
    tls: settings(undefined, { http2: true }),
    ...setup,
  });
}

/** What came back on a stream. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  readonly trailers: Readonly<Record<string, unknown>> | null;
  /** How the stream was reset; 0 for an orderly end. */
  readonly resetBy: number;
}

/** A client of HTTP/2 in a test's hands. */
export class Http2Peer {
  readonly session: ClientHttp2Session;
  readonly authority: string;

  private constructor(session: ClientHttp2Session, authority: string) {
    this.session = session;
    this.authority = authority;
    session.on('error', () => {});
  }

  static async open(t: TestContext, { address, port }: RunningEngine): Promise<Http2Peer> {
    const session = connect(`https://${address}:${port}`, { rejectUnauthorized: false });
    t.after(() => session.destroy());
    await once(session, 'connect');
    return new Http2Peer(session, `${address}:${port}`);
  }

  /** Begins a request; its body is open unless told otherwise. */
  begin(fields: OutgoingHttpHeaders = {}, endStream = true): ClientHttp2Stream {
    const stream = this.session.request({ ':path': '/', ...fields }, { endStream });
    stream.on('error', () => {});
    return stream;
  }

  ask(fields: OutgoingHttpHeaders = {}): Promise<Answer> {
    return answerOn(this.begin(fields));
  }
}

/** Waits until a stream or a connection is over, however it ends. */
export function closeOf(of: ClientHttp2Stream | ClientHttp2Session): Promise<void> {
  return new Promise((resolve) => of.once('close', () => resolve()));
}

/** Everything that comes on a stream until it is over. */
export async function answerOn(stream: ClientHttp2Stream): Promise<Answer> {
  let headers: Record<string, unknown> = {};
  let trailers: Record<string, unknown> | null = null;
  let body = '';
  stream.on('response', (fields) => {
    headers = fields;
  });
  stream.on('trailers', (fields) => {
    trailers = fields;
  });
  stream.setEncoding('latin1').on('data', (text: string) => {
    body += text;
  });
  if (!stream.closed) await closeOf(stream);
  return { status: Number(headers[':status']), headers, body, trailers, resetBy: stream.rstCode ?? 0 };
}
