import type { ListenerConfiguration } from '../../dataplane/configuration.ts';
import { addressText, listenerText, secondsText, unknownText, whenText } from './line-text.ts';
import { memberText } from './request-record.ts';

/** A TCP connection or UDP session that is over. */
export interface EndedConnection {
  readonly protocol: 'TCP' | 'UDP';
  readonly address: string;
  readonly port: number;
  readonly durationMs: number;
  /** Null when no member took it within its time. */
  readonly connectMs: number | null;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly poolId: string;
  /** Null when there was none. */
  readonly member: { readonly id: string; readonly address: string; readonly port: number } | null;
}

/** Its line in the access log, with its end: of the documented fields those that are not about HTTP. */
export function connectionLine(ended: EndedConnection, listener: ListenerConfiguration): string {
  const { protocol, address, port, durationMs, connectMs, bytesReceived, bytesSent, poolId, member } = ended;
  const upstream = member === null ? '-' : addressText(member.address, member.port);
  return (
    `{${whenText()},"remote_addr":"${address}","remote_port":${port},"server_protocol":"${protocol}",` +
    `"request_length":${bytesReceived},"bytes_sent":${bytesSent},"request_time":${secondsText(durationMs)},` +
    `"upstream_connect_time":"${connectMs === null ? '-' : secondsText(connectMs)}",` +
    `"upstream_addr":"${upstream}","upstream_addr_priv":"${upstream}",${memberText(poolId, member?.id ?? '')},` +
    `${listenerText(listener)},${unknownText}}\n`
  );
}
