/** Access-key signatures: whether a request bears the one that a secret makes of it. */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { type Authorization, algorithms } from './authorization.ts';
import { canonicalRequests, headerText, type SignedRequest, sha256 } from './canonical-request.ts';

/** How far a caller's clock may be from ours. */
export const maxSkewMs = 15 * 60 * 1000;

/** The instant of an `X-Sdk-Date`, as 20261122T004724Z; null when it is not one. */
export function parseSdkDate(text: string): Date | null {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) return null;
  const [, year, month, day, hour, minute, second] = match;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}

/**
 * Whether a request bears the signature that the secret makes of it. A wrong one takes as long whatever the secret is.
 *
 * Clients build the canonical query in several ways when a name occurs more than once; any of them that signs what
 * it is documented to sign proves the request.
 */
export function isSignedWith(request: SignedRequest, by: Authorization, secret: string): boolean {
  const claimed = headerText(request, 'x-sdk-content-sha256');
  if (claimed !== '' && claimed !== sha256(request.body)) return false;
  const key = signingKey(by, secret);
  const head = [algorithms[by.form], headerText(request, 'x-sdk-date'), by.scope].filter(
    (part) => part !== '',
  );
  for (const canonical of canonicalRequests(request, by)) {
    const right = hmac(key, [...head, sha256(canonical)].join('\n'));
    if (timingSafeEqual(right, by.signature)) return true;
  }
  return false;
}

function signingKey({ form, access, scope }: Authorization, secret: string): string | Buffer {
  switch (form) {
    case 'access':
      return secret;
    case 'credential':
      return scope.split('/').reduce<string | Buffer>(hmac, `SDK${secret}`);
    case 'derived':
      // Its users take the hexadecimal text of the key for the key.
      return Buffer.from(hkdfSync('sha256', secret, access, scope, 32)).toString('hex');
  }
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
