/** What policies look at in a request, and the finer parts of it. */

export interface RequestFacts {
  readonly method: string;
  /** The host that is asked, in lower case, without a port. */
  readonly host: string;
  /** As the client wrote it, without the query. */
  readonly path: string;
  /** What follows the first `?`, or nothing. */
  readonly query: string;
  /** IPv4 or IPv6 literal. */
  readonly clientAddress: string;
  /** The values of all fields of this name, given in lower case, in their order. */
  headers(name: string): readonly string[];
}

/** The host of a Host header or authority: without its port, in lower case, without the dot of an absolute name. */
export function hostOfAuthority(authority: string): string {
  const end = authority.startsWith('[') ? authority.indexOf(']') + 1 : authority.indexOf(':');
  const host = (end > 0 ? authority.slice(0, end) : authority).toLowerCase();
  return host.endsWith('.') ? host.slice(0, -1) : host;
}

/** The path and the query of a target in origin form. */
export function pathAndQuery(target: string): readonly [path: string, query: string] {
  const mark = target.indexOf('?');
  return mark === -1 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
}

/** The values of a query parameter, as the client wrote them: nothing is decoded. */
export function parametersOf(query: string, name: string): string[] {
  return valuesOf(query, '&', name);
}

/** The values of a cookie in all Cookie headers (RFC 6265 4.2.1); one in quotation marks is taken out of them. */
export function cookiesOf(headers: readonly string[], name: string): string[] {
  return headers.flatMap((header) => valuesOf(header, ';', name)).map(unquoted);
}

function valuesOf(list: string, separator: '&' | ';', name: string): string[] {
  // Most lists do not even hold the name.
  if (!list.includes(name)) return [];
  const values: string[] = [];
  for (const pair of list.split(separator)) {
    const text = separator === ';' ? pair.trim() : pair;
    if (text.startsWith(name) && text[name.length] === '=') values.push(text.slice(name.length + 1));
    else if (text === name && separator === '&') values.push('');
  }
  return values;
}

function unquoted(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}
