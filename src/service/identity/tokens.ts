/** Tokens that carry their own claims, signed with a key that only the control plane has. */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

/** What a token says of its bearer. */
export interface TokenClaims {
  readonly userId: string;
  /** The project it is for, or null for the whole domain. */
  readonly projectId: string | null;
  readonly methods: readonly string[];
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Tells tokens of one user apart. */
  readonly auditId: string;
}

const lifetimeMs = 24 * 60 * 60 * 1000;

/** So many tokens are known at a time to be ours; each call of a client brings the same one. */
const maxKnown = 1000;

export class Tokens {
  readonly #key: string;
  readonly #clock: () => Date;
  readonly #known = new Map<string, TokenClaims>();

  constructor(key: string, clock: () => Date = () => new Date()) {
    this.#key = key;
    this.#clock = clock;
  }

  /**
   * A token valid for 24 hours.
   *
   * @param notAfter where it ends sooner, in milliseconds since the epoch
   */
  issue(
    of: Pick<TokenClaims, 'userId' | 'projectId' | 'methods'>,
    notAfter = Number.POSITIVE_INFINITY,
  ): { token: string; claims: TokenClaims } {
    const issuedAt = this.#clock().getTime();
    const expiresAt = Math.min(issuedAt + lifetimeMs, notAfter);
    const claims = { ...of, issuedAt, expiresAt, auditId: randomUUID() };
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
    return { token: `${payload}.${this.#sign(payload)}`, claims };
  }

  /** The claims of a token, expired or not; null when we never issued it. */
  read(token: string): TokenClaims | null {
    return this.#known.get(token) ?? this.#verify(token);
  }

  isExpired({ expiresAt }: TokenClaims): boolean {
    return expiresAt <= this.#clock().getTime();
  }

  #verify(token: string): TokenClaims | null {
    const [payload = '', signature = '', ...rest] = token.split('.');
    // As text: several texts decode to the same bytes, and only one of them is what was issued.
    const given = Buffer.from(signature);
    const right = Buffer.from(this.#sign(payload));
    if (rest.length > 0 || given.length !== right.length || !timingSafeEqual(given, right)) return null;
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as TokenClaims;
    if (this.#known.size >= maxKnown) this.#known.clear();
    this.#known.set(token, claims);
    return claims;
  }

  #sign(payload: string): string {
    return createHmac('sha256', this.#key).update(payload).digest('base64url');
  }
}
