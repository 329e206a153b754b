/** The connection ids of QUIC packets, by what no version may change (RFC 8999). */

/** The bytes of a connection id as text of one character a byte. */
export type ConnectionId = string;

const LONG_HEADER = 0x80;

/** Behind the first byte and the version. */
const DESTINATION_LENGTH_AT = 5;

/** The ids of a packet with a long header, as connections begin with; null for any other, and for what is cut short. */
export function longHeaderIds(
  packet: Buffer,
): { readonly destination: ConnectionId; readonly source: ConnectionId } | null {
  if (((packet[0] ?? 0) & LONG_HEADER) === 0) return null;
  const destinationEnd = endOf(packet, DESTINATION_LENGTH_AT);
  if (destinationEnd === null) return null;
  const sourceEnd = endOf(packet, destinationEnd);
  if (sourceEnd === null) return null;
  return {
    destination: packet.toString('latin1', DESTINATION_LENGTH_AT + 1, destinationEnd),
    source: packet.toString('latin1', destinationEnd + 1, sourceEnd),
  };
}

/** Where an id ends whose length is at a place; null when the packet ends before. */
function endOf(packet: Buffer, lengthAt: number): number | null {
  const length = packet[lengthAt];
  if (length === undefined) return null;
  const end = lengthAt + 1 + length;
  return end <= packet.length ? end : null;
}

/**
 * So many bytes of where a packet with a short header has its connection id: how long that is, only those who made it
 * know (RFC 8999 section 5.2). Null for a long header, and when the packet is shorter.
 */
export function shortHeaderId(packet: Buffer, length: number): ConnectionId | null {
  const first = packet[0];
  if (first === undefined || (first & LONG_HEADER) !== 0 || packet.length < 1 + length) return null;
  return packet.toString('latin1', 1, 1 + length);
}
