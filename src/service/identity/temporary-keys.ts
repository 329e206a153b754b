/**
 * Temporary access keys. Nothing of them is stored: the security token that comes with each call has the key and its
 * secret in it, sealed, so that only we can read it.
 */
import type { Secrets } from '../secrets.ts';
import { newAccessKey } from './new-access-key.ts';

export interface TemporaryKey {
  readonly access: string;
  readonly secret: string;
  readonly userId: string;
  /** The project it is for, or null for all of the user's. */
  readonly projectId: string | null;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

const place = 'security token';

/** So many are known at a time to be ours; each call of a client brings the same one. */
const maxKnown = 1000;

export class TemporaryKeys {
  readonly #secrets: Secrets;
  readonly #known = new Map<string, TemporaryKey>();

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
  }

  issue(of: Pick<TemporaryKey, 'userId' | 'projectId' | 'expiresAt'>): {
    readonly key: TemporaryKey;
    readonly securityToken: string;
  } {
    const key = { ...newAccessKey(), ...of };
    return { key, securityToken: this.#secrets.seal(JSON.stringify(key), place) };
  }

  /** The key of a security token, expired or not; null when we never issued the token. */
  read(securityToken: string): TemporaryKey | null {
    const known = this.#known.get(securityToken);
    if (known) return known;
    const opened = this.#secrets.open(securityToken, place);
    if (opened === null) return null;
    const key = JSON.parse(opened) as TemporaryKey;
    if (this.#known.size >= maxKnown) this.#known.clear();
    this.#known.set(securityToken, key);
    return key;
  }
}
