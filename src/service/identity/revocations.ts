/** The tokens that were revoked before their time: remembered until they would have expired. */
import type { Transactions } from '../../store/transaction.ts';
import type { TokenClaims } from './tokens.ts';

type Revoked = Pick<TokenClaims, 'auditId' | 'expiresAt'>;

/** What has expired takes room for so long at most, while tokens are being revoked. */
const sweepIntervalMs = 60_000;

export class Revocations {
  readonly #store: Transactions;
  readonly #ends = new Map<string, number>();
  #sweptAt = 0;

  private constructor(store: Transactions) {
    this.#store = store;
  }

  static async open(store: Transactions): Promise<Revocations> {
    const revocations = new Revocations(store);
    const rows = await store.reader.selectFrom('revoked_tokens').selectAll().execute();
    for (const { audit_id, expires_at } of rows) revocations.#ends.set(audit_id, expires_at);
    return revocations;
  }

  has({ auditId }: Revoked): boolean {
    return this.#ends.has(auditId);
  }

  /**
   * Has a token refused from now on, also after a restart.
   *
   * @param now milliseconds since the epoch; what has expired by then is forgotten
   */
  async add({ auditId, expiresAt }: Revoked, now: number): Promise<void> {
    await this.#store.write(async ({ db }) => {
      await db.deleteFrom('revoked_tokens').where('expires_at', '<=', now).execute();
      await db
        .insertInto('revoked_tokens')
        .values({ audit_id: auditId, expires_at: expiresAt })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    });
    this.#ends.set(auditId, expiresAt);
    this.#sweep(now);
  }

  #sweep(now: number): void {
    if (now - this.#sweptAt < sweepIntervalMs) return;
    this.#sweptAt = now;
    for (const [known, end] of this.#ends) if (end <= now) this.#ends.delete(known);
  }
}
