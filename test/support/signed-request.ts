/** Signs requests with an access key, as the SDKs do, and lets a test get one part of it wrong. */
import { createHash, createHmac } from 'node:crypto';

export interface SignedParts {
  readonly method: string;
  /** Path and query, spelt canonically. */
  readonly url: string;
  readonly body?: string;
  readonly access: string;
  readonly secret: string;
  readonly date?: Date;
  /** Header names to sign; X-Sdk-Date alone by default. */
  readonly signedHeaders?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** The headers of a signed request. */
export function signedHeaders(parts: SignedParts): Record<string, string> {
  const { method, url, body = '', access, secret, date = new Date(), signedHeaders = ['x-sdk-date'] } = parts;
  const [path = '', query = ''] = url.split('?');
  const sdkDate = date.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const headers: Record<string, string> = { 'x-sdk-date': sdkDate, ...parts.headers };
  const names = signedHeaders.join(';');
  const canonical = [
    method,
    path.endsWith('/') ? path : `${path}/`,
    query,
    signedHeaders.map((name) => `${name}:${headers[name] ?? ''}\n`).join(''),
    names,
    sha256(body),
  ].join('\n');
  const signature = createHmac('sha256', secret)
    .update(`SDK-HMAC-SHA256\n${sdkDate}\n${sha256(canonical)}`)
    .digest('hex');
  const authorization = `SDK-HMAC-SHA256 Access=${access}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...headers, authorization };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
