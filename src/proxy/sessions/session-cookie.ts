import { createHmac } from 'node:crypto';
import type { CookieSessions } from '../../dataplane/policy-configuration.ts';

/** Characters of a cookie's name and of what it stands for: too many to be guessed, or to meet by chance. */
const NAME_LENGTH = 10;
const TOKEN_LENGTH = 22;

/**
 * The cookie by which clients come back to where they were. Its value is made from an id with a key that all proxies
 * have: each understands what another has set, and nobody else learns anything from it.
 *
 *     ELBOW-3f9c0a1b2c=kX2vN…q8A.sv1x2p     token, and when it was set (seconds in base 36) where that matters
 */
export class SessionCookie {
  /** One for each pool and policy, so that those of one host do not overwrite each other's. */
  readonly name: string;
  readonly #key: string;
  readonly #timeoutMs: number | null;

  constructor({ key, timeoutMs }: CookieSessions) {
    this.#key = key;
    this.#timeoutMs = timeoutMs;
    this.name = `ELBOW-${this.#digest('name').toString('hex').slice(0, NAME_LENGTH)}`;
  }

  /** What stands for an id in the cookie. */
  tokenOf(id: string): string {
    return this.#digest(`id ${id}`).toString('base64url').slice(0, TOKEN_LENGTH);
  }

  /**
   * The token in the value of a client's cookie; null when it is too old.
   *
   * @param nowMs the time of day
   */
  tokenIn(value: string, nowMs: number): string | null {
    const [token = '', setAt = ''] = value.split('.');
    if (this.#timeoutMs === null) return token;
    const ageMs = nowMs - Number.parseInt(setAt, 36) * 1000;
    return ageMs <= this.#timeoutMs ? token : null;
  }

  /** The header line that sets the cookie, for HTTP with its end. */
  lineFor(token: string, nowMs: number): string {
    const cookie = `Set-Cookie: ${this.name}=${token}`;
    if (this.#timeoutMs === null) return `${cookie}; Path=/; HttpOnly\r\n`;
    const setAt = Math.floor(nowMs / 1000).toString(36);
    return `${cookie}.${setAt}; Path=/; HttpOnly; Max-Age=${Math.floor(this.#timeoutMs / 1000)}\r\n`;
  }

  #digest(text: string): Buffer {
    return createHmac('sha256', this.#key).update(text).digest();
  }
}
