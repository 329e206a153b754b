/**
 * Access-key signatures of the form `SDK-HMAC-SHA256 Access=…, SignedHeaders=…, Signature=…`, as the official
 * SDKs make them.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** A request as received, before anything is decoded. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query as on the request line. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface Signature {
  readonly access: string;
  readonly signedHeaders: readonly string[];
  readonly signature: Buffer;
}

const form =
  /^SDK-HMAC-SHA256 Access=([^,\s]{1,128}), ?SignedHeaders=([a-z0-9;_-]{1,2048}), ?Signature=([0-9a-f]{64})$/;

/** How far a caller's clock may be from ours. */
export const maxSkewMs = 15 * 60 * 1000;

/** Reads an Authorization header; null when it has another form. */
export function parseSignature(authorization: string): Signature | null {
  const [, access, names, hex] = form.exec(authorization) ?? [];
  if (!access || !names || !hex) return null;
  return { access, signedHeaders: names.split(';'), signature: Buffer.from(hex, 'hex') };
}

/** The instant of an `X-Sdk-Date`, as 20261122T004724Z; null when it is not one. */
export function parseSdkDate(text: string): Date | null {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) return null;
  const [, year, month, day, hour, minute, second] = match;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}

/**
 * Whether a request bears the signature that the secret makes of it.
 *
 * Clients build the canonical query in three ways when a name occurs more than once; each signs every pair, so any
 * of them proves the request.
 */
export function isSignedWith(request: SignedRequest, signature: Signature, secret: string): boolean {
  const date = headerText(request, 'x-sdk-date');
  const [path = '', query = ''] = splitOnce(request.url, '?');
  const pairs = [...new URLSearchParams(query)].map(
    ([name, value]) => [encode(name), encode(value)] as const,
  );
  const hash = sha256(request.body);
  const claimed = headerText(request, 'x-sdk-content-sha256');
  if (claimed && claimed !== hash) return false;
  const headers = signature.signedHeaders.map((name) => `${name}:${headerText(request, name)}\n`).join('');
  return [...canonicalQueries(pairs)].some((canonicalQuery) => {
    const canonical = [
      request.method,
      canonicalPath(path),
      canonicalQuery,
      headers,
      signature.signedHeaders.join(';'),
      hash,
    ].join('\n');
    const right = createHmac('sha256', secret)
      .update(`SDK-HMAC-SHA256\n${date}\n${sha256(canonical)}`)
      .digest();
    return timingSafeEqual(right, signature.signature);
  });
}

function canonicalQueries(pairs: readonly (readonly [string, string])[]): Set<string> {
  const join = (list: readonly (readonly [string, string])[]) => list.map((pair) => pair.join('=')).join('&');
  const byName = pairs.toSorted(([a], [b]) => compare(a, b));
  const byNameAndValue = pairs.toSorted(([a, x], [b, y]) => compare(a, b) || compare(x, y));
  return new Set([join(byNameAndValue), join(pairs), join(byName)]);
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

function sha256(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex');
}

function headerText({ headers }: SignedRequest, name: string): string {
  // The caller names the headers; what every object inherits is none of them.
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return (Array.isArray(value) ? value.join(', ') : (value ?? '')).trim();
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
