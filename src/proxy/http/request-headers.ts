import { isAuthority } from './authority.ts';
import { ConnectionOptions } from './connection-options.ts';
import { FieldKind } from './field-kind.ts';
import { FieldFault, FieldTable } from './field-table.ts';
import { keptLines } from './forwarded-block.ts';
import { BodyKind, type Framing, frameRequest } from './framing.ts';
import { REMEMBERED_BYTES } from './limits.ts';
import type { ClientFacts, RequestPlan } from './request-plan.ts';

/** What a request's header block means, and what the member gets instead of it. */
export interface RequestHeaders {
  /** The block as it came, when it is worth remembering. */
  readonly received: Buffer | null;
  /** The block for the member, empty line included. */
  readonly forwarded: Buffer;
  readonly framing: Framing;
  /** The host that the client asked, with its port if it named one. */
  readonly host: string;
  /** Whether the client wants the connection to last. */
  readonly persists: boolean;
  /** The client holds its body back until a 100 (RFC 9110 10.1.1). */
  readonly expectsContinue: boolean;
  /** The client asks to go on as a WebSocket. */
  readonly upgrades: boolean;
}

/** What of the request line the header block's meaning depends on. */
export interface RequestContext {
  readonly method: string;
  readonly minor: number;
  /** The host of an absolute target, which wins over Host (RFC 9112 3.2.2). */
  readonly authority: string | null;
}

const fields = new FieldTable();

/**
 * Interprets the header block buffer[start, end) and rewrites it for a member.
 * Returns the status to refuse the request with when its framing, host or grammar is not beyond doubt.
 */
export function interpretRequest(
  buffer: Buffer,
  start: number,
  end: number,
  context: RequestContext,
  plan: RequestPlan,
  client: ClientFacts,
): RequestHeaders | number {
  const fault = fields.fill(buffer, start, end);
  if (fault !== FieldFault.NONE) return fault === FieldFault.TOO_MANY ? 431 : 400;
  const framing = frameRequest(fields, context.minor);
  if (typeof framing === 'number') return framing;
  const ownHost = hostOf(context.minor);
  if (ownHost === null) return 400;
  const host = context.authority ?? (ownHost === '' ? client.reachedAt() : ownHost);

  const options = new ConnectionOptions(fields);
  const upgrades =
    context.minor === 1 &&
    context.method === 'GET' &&
    options.upgrade &&
    framing.kind === BodyKind.NONE &&
    fields.joined(FieldKind.UPGRADE)?.toLowerCase() === 'websocket';

  let added = framing.announcement;
  if (upgrades) added += 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
  // RFC 9110 10.1.4: of TE only the wish for trailers is ours to pass on, and it must be named in Connection.
  else if (acceptsTrailers()) added += 'TE: trailers\r\nConnection: TE\r\n';
  added += forwardedFor(plan, client, options) + plan.insertedLines(client, host);
  const replacesHost = host !== ownHost;

  const forwarded = keptLines(
    fields,
    (index) => isForwarded(index, context.minor, replacesHost, plan) && !options.names(fields, index),
    replacesHost ? `Host: ${host}\r\n` : '',
    `${added}\r\n`,
  );
  // Remembered only where the block alone decides what becomes of it.
  const isOrdinary =
    context.minor === 1 && context.authority === null && !options.upgrade && end - start <= REMEMBERED_BYTES;
  return {
    received: isOrdinary ? Buffer.from(buffer.subarray(start, end)) : null,
    forwarded,
    framing,
    host,
    persists: options.persists(context.minor),
    expectsContinue: context.minor === 1 && fields.joined(FieldKind.EXPECT)?.toLowerCase() === '100-continue',
    upgrades,
  };
}

/** The Host value; '' when HTTP/1.0 has none; null when it is missing, repeated or invalid (RFC 9112 3.2). */
function hostOf(minor: number): string | null {
  const count = fields.countOf(FieldKind.HOST);
  if (count === 0) return minor === 0 ? '' : null;
  const host = fields.joined(FieldKind.HOST) ?? '';
  return count === 1 && isAuthority(host) ? host : null;
}

function acceptsTrailers(): boolean {
  const list = fields.joined(FieldKind.TE);
  return list?.split(',').some((coding) => coding.trim().toLowerCase() === 'trailers') ?? false;
}

function forwardedFor(plan: RequestPlan, client: ClientFacts, options: ConnectionOptions): string {
  if (plan.forwardedFor !== 'append') return '';
  let list = '';
  for (let index = 0; index < fields.count; index += 1) {
    if (fields.kindAt(index) !== FieldKind.FORWARDED_FOR || options.names(fields, index)) continue;
    const value = fields.valueAt(index);
    if (value !== '') list += `${value}, `;
  }
  return `X-Forwarded-For: ${list}${client.address}\r\n`;
}

function isForwarded(index: number, minor: number, replacesHost: boolean, plan: RequestPlan): boolean {
  switch (fields.kindAt(index)) {
    case FieldKind.HOST:
      return !replacesHost;
    case FieldKind.EXPECT:
      // RFC 9110 10.1.1: the expectation of an HTTP/1.0 client is ignored.
      return minor === 1;
    case FieldKind.FORWARDED_FOR:
      return plan.forwardedFor === 'preserve' && !isReplaced(index, plan);
    case FieldKind.OTHER:
      return !isReplaced(index, plan);
    default:
      return false;
  }
}

/** Whether the proxy sets this field itself: the client's copy must not pass for ours. */
function isReplaced(index: number, plan: RequestPlan): boolean {
  return plan.replacedNames.some((name) => fields.hasNameLike(index, name));
}
