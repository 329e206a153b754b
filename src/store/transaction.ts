/** What queries run on: committed state, or one writer's transaction. */
import type { Kysely } from 'kysely';
import type { Origin } from './origin.ts';
import type { Tables } from './schema.ts';

/** Queries outside a transaction, over what is durable. */
export type Reader = Kysely<Tables>;

/** Queries inside the transaction of one writer; they also read what that writer has written. */
export interface Writer {
  readonly db: Kysely<Tables>;
  /** When the transaction began, for the change log and timestamps. */
  readonly at: Date;
  /** Who has it made. */
  readonly origin: Origin;
  /** Whether all is undone in the end: then nothing beyond the store may follow from it either. */
  readonly isRehearsal: boolean;
}

/** What services read from and write to: a store, or a transaction that they join. */
export interface Transactions {
  readonly reader: Reader;
  /** Committed state in which what is in the recycle bin is there too. */
  readonly archive: Reader;
  /** Runs a writer's work in a transaction; what it throws undoes its writes. */
  write<T>(work: (tx: Writer) => Promise<T>): Promise<T>;
}
