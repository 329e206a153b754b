/** The token that scrapers of metrics hold: it never ends, and is good for nothing else. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { unauthenticated } from '../model/errors.ts';
import type { Caller } from '../model/operation.ts';

const scraper: Caller = {
  ...{ userId: '', userName: 'metrics', domainId: '', projectIds: new Set(), isAdministrator: true },
  credential: { kind: 'metrics token', projectId: null, expiresAt: null },
};

/**
 * The caller of a bearer token, or null for a call that presents none.
 *
 * @throws Refusal (401) for another token
 */
export function scraperOf(authorization: string | undefined, token: string): Caller | null {
  const [, presented] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? [];
  if (presented === undefined) return null;
  if (timingSafeEqual(digest(presented), digest(token))) return scraper;
  throw unauthenticated('The bearer token is not the metrics_token of credentials.json.');
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
