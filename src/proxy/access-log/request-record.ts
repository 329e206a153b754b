import type { ListenerConfiguration } from '../../dataplane/configuration.ts';
import { FieldTable } from '../http/field-table.ts';
import type { Member } from '../pools/member.ts';
import type { TlsFacts } from '../tls/tls-facts.ts';
import {
  addressText,
  listenerText,
  quoted,
  quotedOrDash,
  secondsText,
  unknownText,
  whenText,
} from './line-text.ts';

/** What a request is known by before anybody has answered it. */
export interface RequestFacts {
  readonly method: string;
  /** The target as the client wrote it. */
  readonly target: string;
  /** As `HTTP/1.1`. */
  readonly protocol: string;
  /** Bytes of the head. */
  readonly headLength: number;
  /** Of `headerText`. */
  readonly headers: string;
  /** Of `connectionText`. */
  readonly connection: string;
}

interface Attempt {
  readonly address: string;
  readonly beganAt: number;
  connectedAt: number | null;
  answeredAt: number | null;
  endedAt: number | null;
  status: number | null;
}

const fields = new FieldTable();

/** The fields that come from the client's header block buffer[start, end). */
export function headerText(buffer: Buffer, start: number, end: number, host: string): string {
  fields.fill(buffer, start, end);
  return (
    `"host":${quotedOrDash(host)},"http_user_agent":${valueText('user-agent')},` +
    `"http_referer":${valueText('referer')},"http_x_forwarded_for":${valueText('x-forwarded-for')}`
  );
}

function valueText(name: string): string {
  for (let index = 0; index < fields.count; index += 1) {
    if (fields.hasName(index, name)) return quotedOrDash(fields.valueAt(index));
  }
  return '"-"';
}

/** The fields that are the same for all requests of a connection. */
export function connectionText(address: string, port: number, tls: TlsFacts | undefined): string {
  return (
    `"remote_addr":"${address}","remote_port":${port},"scheme":"${tls ? 'https' : 'http'}",` +
    `"certificate_id":${quotedOrDash(tls?.valueOf('certificate-id') ?? null)},` +
    `"ssl_protocol":${quotedOrDash(tls?.valueOf('tls-version') ?? null)},` +
    `"ssl_cipher":${quotedOrDash(tls?.valueOf('tls-cipher') ?? null)},` +
    `"sni_domain_name":${quotedOrDash(tls?.valueOf('tls-server-name') ?? null)}`
  );
}

/** What becomes of one request, for the access log. Made only where there is one. */
export class RequestRecord {
  /** What the client was answered with; 0 until then. */
  status = 0;
  /** Bytes to the client, the head of the answer included. */
  bytesSent = 0;
  /** Those of the head alone. */
  headBytesSent = 0;
  /** Bytes of the body that came from the client. */
  bodyReceived = 0;
  readonly #facts: RequestFacts;
  readonly #beganAt = performance.now();
  readonly #attempts: Attempt[] = [];
  #poolId = '';
  #memberId = '';

  constructor(facts: RequestFacts) {
    this.#facts = facts;
  }

  /** A member is tried. */
  attempt(poolId: string, { id, address }: Member, port: number): void {
    this.endAttempt();
    this.#poolId = poolId;
    this.#memberId = id;
    this.#attempts.push({
      ...{ address: addressText(address, port), beganAt: performance.now() },
      ...{ connectedAt: null, answeredAt: null, endedAt: null, status: null },
    });
  }

  /** There is a connection to the member that is tried. */
  connected(): void {
    const attempt = this.#attempts.at(-1);
    if (attempt) attempt.connectedAt = performance.now();
  }

  /** It answered with a head of its own. */
  answered(status: number): void {
    this.status = status;
    const attempt = this.#attempts.at(-1);
    if (attempt === undefined) return;
    attempt.answeredAt = performance.now();
    attempt.status = status;
  }

  /** The proxy itself answered. */
  answeredOurselves(status: number, length: number): void {
    this.status = status;
    this.bytesSent += length;
  }

  endAttempt(): void {
    const attempt = this.#attempts.at(-1);
    if (attempt) attempt.endedAt ??= performance.now();
  }

  /** The line, with its end. */
  line(listener: ListenerConfiguration): string {
    this.endAttempt();
    const { method, target, protocol, headLength, headers, connection } = this.#facts;
    const attempts = this.#attempts;
    const times = (of: (attempt: Attempt) => number | null) =>
      joined(attempts, (attempt) => {
        const at = of(attempt);
        return at === null ? '-' : secondsText(at - attempt.beganAt);
      });
    const addresses = joined(attempts, ({ address }) => address);
    return (
      `{${whenText()},${connection},"status":${this.status || 499},"request_method":${quoted(method)},` +
      `"router_request_uri":${quoted(target)},"server_protocol":"${protocol}",` +
      `"request_length":${headLength + this.bodyReceived},"request_header_length":${headLength},` +
      `"bytes_sent":${this.bytesSent},"body_bytes_sent":${Math.max(0, this.bytesSent - this.headBytesSent)},` +
      `"request_time":${secondsText(performance.now() - this.#beganAt)},` +
      `"upstream_status":${joined(attempts, ({ status }) => String(status ?? '-'))},` +
      `"upstream_connect_time":${times(({ connectedAt }) => connectedAt)},` +
      `"upstream_header_time":${times(({ answeredAt }) => answeredAt)},` +
      `"upstream_response_time":${times(({ endedAt }) => endedAt)},` +
      `"upstream_addr":${addresses},"upstream_addr_priv":${addresses},${headers},${memberText(this.#poolId, this.#memberId)},` +
      `${listenerText(listener)},${unknownText}}\n`
    );
  }
}

/** The pool and the member by the names that the documented line gives them. */
export function memberText(poolId: string, memberId: string): string {
  return (
    `"pool_name":${poolId === '' ? '"-"' : `"pool_${poolId}"`},` +
    `"member_name":${memberId === '' ? '"-"' : `"member_${memberId}"`}`
  );
}

/** One value for each attempt; `-` where there was none. */
function joined(attempts: readonly Attempt[], of: (attempt: Attempt) => string): string {
  const [only] = attempts;
  if (only === undefined) return '"-"';
  return attempts.length === 1 ? `"${of(only)}"` : `"${attempts.map(of).join(', ')}"`;
}
