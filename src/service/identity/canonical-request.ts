/** The texts that a client may have made of a request before it signed: clients differ in how they write queries. */
import { createHash } from 'node:crypto';
import type { Authorization } from './authorization.ts';

/** A request as received, before anything is decoded. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query as on the request line. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

type Pair = readonly [name: string, value: string];

/** The canonical requests to try, the likeliest first; each is made only when it is asked for. */
export function* canonicalRequests(request: SignedRequest, by: Authorization): Generator<string> {
  const [path, query] = splitUrl(request.url);
  const pairs = [...new URLSearchParams(query)].map(([name, value]): Pair => [encode(name), encode(value)]);
  const headers = by.signedHeaders.map((name) => `${name}:${signedText(request, name, by)}\n`).join('');
  const written = (uri: string, queryText: string, hash: string) =>
    [request.method, uri, queryText, headers, by.signedHeaders.join(';'), hash].join('\n');
  const uri = canonicalPath(path);
  const hash = sha256(request.body);
  const queries = canonicalQueries(pairs, by);
  for (const each of queries) yield written(uri, each, hash);
  if (by.form === 'credential') {
    // otc-sdk signs the query of a POST without a body as if it were the body, in the encoding of Go.
    if (request.method === 'POST' && request.body.length === 0)
      yield written(uri, '', sha256(goQuery(pairs)));
    return;
  }
  // The Node SDK, given an endpoint that ends in "/", signs that too and leaves it out when it sends.
  for (const each of queries) yield written(`/${uri}`, each, hash);
}

/** The value of a header, trimmed; empty when the request has none. */
export function headerText({ headers }: SignedRequest, name: string): string {
  // The caller names the headers; what every object inherits is none of them.
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return (Array.isArray(value) ? value.join(', ') : (value ?? '')).trim();
}

/** Lower-case hexadecimal. */
export function sha256(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex');
}

function signedText(request: SignedRequest, name: string, { form }: Authorization): string {
  const text = headerText(request, name);
  return form === 'credential' ? text.replaceAll(/\s+/g, ' ') : text;
}

/**
 * Sorted by name and value, which is the documented rule; as received, for the Python SDK sorts numbers as numbers;
 * sorted by name alone, as the Java SDK does. otc-sdk signs only the first value of each name: to that form alone
 * it is offered, since the other values can then be changed on the way.
 */
function canonicalQueries(pairs: readonly Pair[], { form }: Authorization): Set<string> {
  const byName = pairs.toSorted(([a], [b]) => compare(a, b));
  const byNameAndValue = pairs.toSorted(([a, x], [b, y]) => compare(a, b) || compare(x, y));
  const queries = new Set([joined(byNameAndValue), joined(pairs), joined(byName)]);
  if (form === 'credential') {
    const first = new Map(pairs.toReversed());
    queries.add(joined([...first].sort(([a], [b]) => compare(a.toLowerCase(), b.toLowerCase()))));
  }
  return queries;
}

function goQuery(pairs: readonly Pair[]): string {
  return joined(pairs.toSorted(([a], [b]) => compare(a, b))).replaceAll('%20', '+');
}

function joined(pairs: readonly Pair[]): string {
  return pairs.map((pair) => pair.join('=')).join('&');
}

function canonicalPath(path: string): string {
  const canonical = path
    .split('/')
    .map((segment) => encode(decodeSegment(segment)))
    .join('/');
  return canonical.endsWith('/') ? canonical : `${canonical}/`;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Percent-encodes all but the unreserved characters of RFC 3986. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function splitUrl(url: string): [path: string, query: string] {
  const at = url.indexOf('?');
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
}
