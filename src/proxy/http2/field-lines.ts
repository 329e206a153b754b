import type { IncomingHttpHeaders } from 'node:http';
import type { OutgoingHttpHeaders } from 'node:http2';

/** The fields of header lines, in lower case; without those that concern one connection of HTTP/1.1 (RFC 9113 8.2.2). */
export function fieldsOf(lines: string): OutgoingHttpHeaders {
  const fields: Record<string, string | string[]> = Object.create(null);
  for (const line of lines.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).toLowerCase();
    if (name === 'transfer-encoding' || name === 'connection') continue;
    const value = line.slice(colon + 1).trim();
    const before = fields[name];
    fields[name] = before === undefined ? value : [before, value].flat();
  }
  return fields;
}

/** Trailers as the lines of a trailer section. */
export function linesOf(fields: IncomingHttpHeaders): string {
  let lines = '';
  for (const [name, values] of Object.entries(fields)) {
    for (const value of [values ?? []].flat()) lines += `${name}: ${value}\r\n`;
  }
  return lines;
}
