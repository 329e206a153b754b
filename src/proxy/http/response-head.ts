import { ConnectionOptions } from './connection-options.ts';
import { FieldKind } from './field-kind.ts';
import { FieldFault, FieldTable } from './field-table.ts';
import { keptLines } from './forwarded-block.ts';
import { announceTo, type Framing, frameResponse } from './framing.ts';
import { REMEMBERED_BYTES } from './limits.ts';
import type { StatusLine } from './status-line.ts';

/** What a member's response head means, and what the client gets instead of it. */
export interface ResponseHead {
  /** The head as it came, when it is worth remembering. */
  readonly received: Buffer | null;
  readonly status: number;
  /** Status line and header lines for the client, without the empty line: Connection may follow. */
  readonly forwarded: Buffer;
  readonly framing: Framing;
  /** Whether the member keeps the connection open. */
  readonly persists: boolean;
  /** Whether it sets the cookie that the context asked for. */
  readonly setsCookie: boolean;
}

/** What of the request the head's meaning depends on. */
export interface ResponseContext {
  readonly isHead: boolean;
  readonly clientMinor: number;
  /** The client asked to go on as a WebSocket. */
  readonly upgrades: boolean;
  /** Whether what the member says of other origins is left out: we say it. */
  readonly replacesCrossOrigin: boolean;
  /** A cookie's name: whether the head sets it is to be told. Null for none. */
  readonly watchedCookie: string | null;
}

const fields = new FieldTable();

/** Interprets and rewrites the head buffer[0, end), whose status line is read; null when it is not valid. */
export function interpretResponse(
  buffer: Buffer,
  end: number,
  line: StatusLine,
  context: ResponseContext,
): ResponseHead | null {
  if (fields.fill(buffer, line.end, end) !== FieldFault.NONE) return null;
  const framing = frameResponse(fields, line.minor, line.status, context.isHead);
  if (framing === null) return null;
  const options = new ConnectionOptions(fields);
  const switches = line.status === 101;
  if (switches && !(context.upgrades && isWebSocket())) return null;

  const forwarded = keptLines(
    fields,
    (index) =>
      isForwarded(fields.kindAt(index)) &&
      !options.names(fields, index) &&
      !(context.replacesCrossOrigin && fields.nameAt(index).toLowerCase().startsWith(CROSS_ORIGIN)),
    // RFC 9110 2.5: the version is the sender's own, whatever the member speaks.
    `HTTP/1.1 ${line.status} ${line.reason(buffer)}\r\n`,
    announceTo(framing, context.clientMinor) +
      (switches ? 'Connection: Upgrade\r\nUpgrade: websocket\r\n' : ''),
  );
  const isOrdinary = line.status >= 200 && end <= REMEMBERED_BYTES;
  return {
    received: isOrdinary ? Buffer.from(buffer.subarray(0, end)) : null,
    status: line.status,
    forwarded,
    framing,
    persists: options.persists(line.minor),
    setsCookie: context.watchedCookie !== null && setsCookie(context.watchedCookie),
  };
}

/** What the names of all answers of the CORS protocol begin with (Fetch standard). */
const CROSS_ORIGIN = 'access-control-';

function setsCookie(name: string): boolean {
  for (let index = 0; index < fields.count; index += 1) {
    if (fields.hasName(index, 'set-cookie') && fields.valueAt(index).startsWith(`${name}=`)) return true;
  }
  return false;
}

function isWebSocket(): boolean {
  return fields.joined(FieldKind.UPGRADE)?.toLowerCase() === 'websocket';
}

function isForwarded(kind: FieldKind): boolean {
  switch (kind) {
    case FieldKind.CONTENT_LENGTH:
    case FieldKind.TRANSFER_ENCODING:
    case FieldKind.CONNECTION:
    case FieldKind.KEEP_ALIVE:
    case FieldKind.PROXY_CONNECTION:
    case FieldKind.UPGRADE:
      return false;
    default:
      return true;
  }
}
