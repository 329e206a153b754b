import { createServer, type IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { parseAbsoluteTarget } from '../../src/proxy/http/authority.ts';
import { BodyReader } from '../../src/proxy/http/body-reader.ts';
import { interpretRequest } from '../../src/proxy/http/request-headers.ts';
import { TargetForm } from '../../src/proxy/http/request-line.ts';
import { type ClientFacts, RequestPlan } from '../../src/proxy/http/request-plan.ts';
import { RequestReader } from '../../src/proxy/http/request-reader.ts';

/** One request as a parser understood it. */
export interface Understood {
  readonly method: string;
  readonly target: string;
  /** Lower-case names with their values. */
  readonly headers: readonly string[];
  readonly bodyBytes: number;
}

/** What a parser makes of a client's bytes: the whole requests among them, and why it stopped. */
export interface Understanding {
  readonly requests: readonly Understood[];
  /** The status that the rest is refused with, 0 when it is not whole, 200 when there is none. */
  readonly verdict: number;
}

const plan = new RequestPlan({
  id: 'listener',
  loadBalancerId: 'load-balancer',
  publicAddress: null,
  access: null,
  transport: 'tcp',
  addresses: [],
  port: 80,
  poolId: null,
  keepaliveTimeoutMs: 1,
  http: {
    clientTimeoutMs: 1,
    memberTimeoutMs: 1,
    memberRetry: false,
    forwardedFor: 'preserve',
    insertedHeaders: [],
    policyOrder: 'exactness',
  },
  tls: null,
});
const client: ClientFacts = {
  address: '192.0.2.1',
  port: 1,
  reachedAt: () => '192.0.2.2:80',
  tls: undefined,
};

/** What the proxy's own parser understands. It stops after a request that does not keep its connection. */
export function proxyUnderstands(bytes: string): Understanding {
  const requests: Understood[] = [];
  const reader = new RequestReader();
  let rest = Buffer.from(bytes, 'latin1');
  while (rest.length > 0) {
    reader.begin();
    const headEnd = reader.read(rest, rest.length);
    if (headEnd <= 0) return { requests, verdict: Math.abs(headEnd) };
    const { line } = reader;
    const target = rest.toString('latin1', line.targetStart, line.targetEnd);
    const absolute = line.form === TargetForm.ABSOLUTE ? parseAbsoluteTarget(target, line.method) : null;
    if (line.form === TargetForm.ABSOLUTE && absolute === null) return { requests, verdict: 400 };
    const context = { method: line.method, minor: line.minor, authority: absolute?.authority ?? null };
    const headers = interpretRequest(rest, reader.lineEnd, headEnd, context, plan, client);
    if (typeof headers === 'number') return { requests, verdict: headers };
    const body = new BodyReader(headers.framing, false);
    const pieces: Buffer[] = [];
    const bodyEnd = body.read(rest, headEnd, rest.length, pieces);
    if (bodyEnd === -1) return { requests, verdict: 400 };
    if (!body.isDone) return { requests, verdict: 0 };
    requests.push({
      method: line.method,
      target,
      headers: fieldsOf(rest.toString('latin1', reader.lineEnd, headEnd)),
      bodyBytes: pieces.reduce((sum, piece) => sum + piece.length, 0),
    });
    if (!headers.persists) return { requests, verdict: 200 };
    rest = rest.subarray(bodyEnd);
  }
  return { requests, verdict: requests.length === 0 ? 0 : 200 };
}

function fieldsOf(block: string): string[] {
  return block
    .split('\r\n')
    .filter((line) => line !== '')
    .map((line) => {
      const colon = line.indexOf(':');
      return `${line.slice(0, colon).toLowerCase()}: ${line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')}`;
    });
}

/** What Node's own parser understands, strict, with limits above the proxy's. */
export async function nodeUnderstands(bytes: string): Promise<Understanding> {
  const requests: Understood[] = [];
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer({ maxHeaderSize: 128 * 1024, insecureHTTPParser: false });
  const take = (request: IncomingMessage, respond: () => void): void => {
    let bodyBytes = 0;
    request.on('data', (piece: Buffer) => {
      bodyBytes += piece.length;
    });
    request.on('end', () => {
      const headers: string[] = [];
      for (let index = 0; index < request.rawHeaders.length; index += 2) {
        headers.push(`${request.rawHeaders[index]?.toLowerCase()}: ${request.rawHeaders[index + 1]}`);
      }
      requests.push({ method: request.method ?? '', target: request.url ?? '', headers, bodyBytes });
      respond();
    });
    request.on('error', () => resolve(0));
  };
  server.on('request', (request, response) => take(request, () => response.end()));
  server.on('checkExpectation', (request, response) => take(request, () => response.end()));
  server.on('clientError', () => resolve(400));
  const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  stream.on('close', () => resolve(0));
  server.emit('connection', stream);
  stream.push(Buffer.from(bytes, 'latin1'));
  stream.push(null);
  const verdict = await promise;
  stream.destroy();
  server.close();
  return { requests, verdict };
}
