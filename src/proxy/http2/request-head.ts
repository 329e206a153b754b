/** A request head of HTTP/2 as HTTP/1.1 writes it: so both go the same way from here on. */
export interface RequestHead {
  readonly bytes: Buffer;
  readonly isHead: boolean;
  /** Whether the body goes in chunks; otherwise there is none, or its length is told. */
  readonly isChunked: boolean;
}

/**
 * Writes the head of a request, or tells the status to refuse it with. nghttp2 has seen to it that names are tokens in
 * lower case, that no value has a line end, that pseudo-headers are there once and that none concerns the connection
 * alone (RFC 9113 8.2 and 8.3); the HTTP/1.1 parser looks at all of it again.
 *
 * @param fields names and values in turn, as they came
 * @param endsHere whether no body follows
 */
export function composeRequestHead(fields: readonly string[], endsHere: boolean): RequestHead | number {
  const pseudo: Record<string, string> = {};
  const cookies: string[] = [];
  let host: string | null = null;
  let hasLength = false;
  let lines = '';
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [name, value] = [fields[index] as string, fields[index + 1] as string];
    if (name.startsWith(':')) pseudo[name] = value;
    // RFC 9113 8.2.3: split for the sake of compression, one field again before it leaves HTTP/2.
    else if (name === 'cookie') cookies.push(value);
    else if (name === 'host') {
      if (host !== null) return 400;
      host = value;
    } else {
      if (name === 'content-length') hasLength = true;
      lines += `${name}: ${value}\r\n`;
    }
  }
  const { ':method': method = '', ':path': path = '', ':authority': authority = host } = pseudo;
  if (method === 'CONNECT') return 501;
  // Anything else would be read as another form of target, which names a host of its own (RFC 9112 3.2).
  if (!path.startsWith('/') && !(path === '*' && method === 'OPTIONS')) return 400;
  if (!authority || (host !== null && host.toLowerCase() !== authority.toLowerCase())) return 400;
  if (cookies.length > 0) lines += `cookie: ${cookies.join('; ')}\r\n`;
  const isChunked = !endsHere && !hasLength;
  if (isChunked) lines += 'transfer-encoding: chunked\r\n';
  return {
    bytes: Buffer.from(`${method} ${path} HTTP/1.1\r\nhost: ${authority}\r\n${lines}\r\n`, 'latin1'),
    isHead: method === 'HEAD',
    isChunked,
  };
}
