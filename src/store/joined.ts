/** Several services in one transaction: what joins a writer's transaction writes into it, and commits with it. */
import { sql } from 'kysely';
import type { Reader, Transactions, Writer } from './transaction.ts';

/**
 * The transaction of a writer as if it were a store. A joined writer that throws undoes its own writes only; whether
 * the others stay is for whoever catches it to decide. Joined writers run one after the other, never at once.
 */
export class Joined implements Transactions {
  protected readonly tx: Writer;
  readonly archive: Reader;

  constructor(tx: Writer, { archive }: Pick<Transactions, 'archive'>) {
    this.tx = tx;
    this.archive = archive;
  }

  /** Reads also what the transaction has written. */
  get reader(): Reader {
    return this.tx.db;
  }

  async write<T>(work: (tx: Writer) => Promise<T>): Promise<T> {
    const { db } = this.tx;
    await sql`SAVEPOINT joined`.execute(db);
    try {
      const value = await work(this.tx);
      await sql`RELEASE joined`.execute(db);
      return value;
    } catch (error) {
      await sql`ROLLBACK TO joined`.execute(db).catch(() => {
        // A fault such as a full disk has undone the whole transaction; the first error says why.
      });
      await sql`RELEASE joined`.execute(db).catch(() => {});
      throw error;
    }
  }
}

/**
 * The transaction of a writer for work that fails as a whole: nothing of it is undone by itself, so whoever begins it
 * may catch nothing that a joined writer throws. It does without savepoints, each of which takes the longer the more
 * has been written before (SQLite walks the pages it keeps in memory whenever one is released).
 */
export class Continued extends Joined {
  override write<T>(work: (tx: Writer) => Promise<T>): Promise<T> {
    return work(this.tx);
  }
}
