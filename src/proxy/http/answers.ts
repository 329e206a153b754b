/** The answers that the proxy gives itself, when there is no member's to forward. */
import { STATUS_CODES } from 'node:http';

export interface OwnAnswer {
  readonly status: number;
  /** Header lines but for Date, framing and Connection; each with its end. */
  readonly fields: string;
  readonly body: Buffer;
}

/** Says in HTML what a status means. */
export function statusPage(status: number): Pick<OwnAnswer, 'fields' | 'body'> {
  const title = titleOf(status);
  const page = `<html>\r\n<head><title>${title}</title></head>\r\n<body><h1>${title}</h1></body>\r\n</html>\r\n`;
  return { fields: 'Content-Type: text/html\r\n', body: Buffer.from(page, 'latin1') };
}

/** A whole response. `connection` is the Connection header's value, or '' for none; HEAD gets no body. */
export function composeAnswer(
  { status, fields, body }: OwnAnswer,
  connection: string,
  isHead: boolean,
): Buffer {
  // RFC 9110 8.6 and 15.3.6: 204 has neither a body nor its length, 205 no body.
  const length = status === 204 ? '' : `Content-Length: ${status === 205 ? 0 : body.length}\r\n`;
  const head = Buffer.from(
    `HTTP/1.1 ${titleOf(status)}\r\nDate: ${new Date().toUTCString()}\r\n${fields}${length}` +
      `${connection === '' ? '' : `Connection: ${connection}\r\n`}\r\n`,
    'latin1',
  );
  return isHead || status === 204 || status === 205 ? head : Buffer.concat([head, body]);
}

function titleOf(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? 'Unknown'}`;
}
