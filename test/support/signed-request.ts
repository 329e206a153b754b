/** Signs requests with an access key, as the SDKs do, and lets a test get one part of it wrong. */
import { createHash, createHmac, hkdfSync } from 'node:crypto';

/** The forms of signatures that clients make: how the key is made of the secret, and what names it. */
export const forms = {
  access: {
    algorithm: 'SDK-HMAC-SHA256',
    scopeOf: () => '',
    keyOf: (secret: string) => secret,
  },
  credential: {
    algorithm: 'SDK-HMAC-SHA256',
    scopeOf: (day: string) => `${day}///sdk_request`,
    keyOf: (secret: string, scope: string) => {
      const [day = '', region = '', service = '', end = ''] = scope.split('/');
      return hmac(hmac(hmac(hmac(`SDK${secret}`, day), region), service), end);
    },
  },
  derived: {
    algorithm: 'V11-HMAC-SHA256',
    scopeOf: (day: string) => `${day}/region-1/elb`,
    keyOf: (secret: string, scope: string, access: string) =>
      Buffer.from(hkdfSync('sha256', secret, access, scope, 32)).toString('hex'),
  },
} as const;

export interface SignedParts {
  readonly method: string;
  /** Path and query, spelt canonically. */
  readonly url: string;
  readonly body?: string | Buffer;
  readonly access: string;
  readonly secret: string;
  readonly form?: (typeof forms)[keyof typeof forms];
  readonly date?: Date;
  /** The day that the credential names; that of the date by default. */
  readonly day?: string;
  /** Header names to sign; X-Sdk-Date alone by default. */
  readonly signedHeaders?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** The headers of a signed request. */
export function signedHeaders(parts: SignedParts): Record<string, string> {
  const { method, url, body = '', access, secret, form = forms.access, date = new Date() } = parts;
  const { signedHeaders = ['x-sdk-date'] } = parts;
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
  const scope = form.scopeOf(parts.day ?? sdkDate.slice(0, 8));
  const signed = [form.algorithm, sdkDate, ...(scope === '' ? [] : [scope]), sha256(canonical)].join('\n');
  const signature = hmac(form.keyOf(secret, scope, access), signed).toString('hex');
  const credential = scope === '' ? `Access=${access}` : `Credential=${access}/${scope}`;
  const authorization = `${form.algorithm} ${credential}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...headers, authorization };
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
