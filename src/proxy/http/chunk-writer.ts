/** What ends a chunked body without trailers (RFC 9112 7.1). */
export const CHUNKED_END = Buffer.from('0\r\n\r\n', 'latin1');

const LINE_END = Buffer.from('\r\n', 'latin1');

/** One chunk of these pieces, which hold at least one byte. */
export function chunkAround(pieces: readonly Buffer[]): Buffer {
  let size = 0;
  for (const piece of pieces) size += piece.length;
  return Buffer.concat([Buffer.from(`${size.toString(16)}\r\n`, 'latin1'), ...pieces, LINE_END]);
}
