/** The answers that the proxy gives itself, when there is no member's to forward. */

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  414: 'URI Too Long',
  431: 'Request Header Fields Too Large',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
};

/** A whole response. `connection` is the Connection header's value, or '' for none; HEAD gets no body. */
export function answer(status: number, connection: string, isHead: boolean): Buffer {
  const title = `${status} ${REASONS[status] ?? 'Error'}`;
  const page = `<html>\r\n<head><title>${title}</title></head>\r\n<body><h1>${title}</h1></body>\r\n</html>\r\n`;
  const head =
    `HTTP/1.1 ${title}\r\nDate: ${new Date().toUTCString()}\r\nContent-Type: text/html\r\n` +
    `Content-Length: ${page.length}\r\n${connection === '' ? '' : `Connection: ${connection}\r\n`}\r\n`;
  return Buffer.from(isHead ? head : head + page, 'latin1');
}
