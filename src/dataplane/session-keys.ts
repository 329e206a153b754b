import { createHmac } from 'node:crypto';

/** The keys that make the values of session cookies, so that these tell nothing of what they stand for. */
export class SessionKeys {
  readonly #secret: string;

  /** @param secret the installation's own; cookies hold across restarts while it stays the same */
  constructor(secret: string) {
    this.#secret = secret;
  }

  /** The key of a pool or policy. */
  of(id: string): string {
    return createHmac('sha256', this.#secret).update(`session cookies of ${id}`).digest('base64url');
  }
}
