/** What the HTTP parser makes no request of is refused as all else is: status, error body, request id. */
import type { Duplex } from 'node:stream';
import type { ErrorAnswer } from './error-answer.ts';

/** The faults that have a status of their own; all others are 400. */
const faults: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [
    431,
    'its path, query and headers are longer than 16 KiB together; send less of them, as fewer filters at a time',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'it did not arrive in time; send it again over a new connection'],
};

/** The answer to bytes that are no request, as the whole response; the connection ends with it. */
function responseTo(error: Error & { readonly code?: string }, request_id: string): string {
  const [status, why] = faults[error.code ?? ''] ?? [400, error.message.replace(/^Parse Error: /, '')];
  const error_msg = `The request cannot be read: ${why}.`;
  const body: ErrorAnswer['body'] = { error_code: 'ELB.8902', error_msg, request_id };
  const text = JSON.stringify(body);
  return [
    `HTTP/1.1 ${status} Refused`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(text)}`,
    `x-request-id: ${request_id}`,
    'connection: close',
    '',
    text,
  ].join('\r\n');
}

/** Answers a client that sent what is no request, where it still listens, and ends the connection. */
export function refuseUnreadable(
  error: Error & { readonly code?: string },
  socket: Duplex,
  requestId: string,
): void {
  if (error.code !== 'ECONNRESET' && socket.writable) socket.write(responseTo(error, requestId));
  socket.destroy(error);
}
