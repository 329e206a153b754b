/** Durable state: one writer at a time with group commit, readers that see only what is durable. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Kysely } from 'kysely';
import type { Family } from '../observe/exposition.ts';
import { type Access, bindAccess } from './access.ts';
import { showArchived } from './archive.ts';
import { trimAudit, trimRefusals } from './audit-log.ts';
import { trimChanges } from './change-log.ts';
import { DirectoryLock } from './directory-lock.ts';
import { keepElements } from './elements.ts';
import { GroupCommit } from './group-commit.ts';
import { trimJobs } from './job-retention.ts';
import { migrate } from './migrate.ts';
import { type Origin, ownOrigin } from './origin.ts';
import { Rehearsal } from './rehearsal.ts';
import type { Tables } from './schema.ts';
import { queriesOver } from './sqlite-dialect.ts';
import type { Reader, Transactions, Writer } from './transaction.ts';

/** What the work of a call needs to be known by, wherever it has got to. */
interface Scope {
  readonly origin: Origin;
  readonly rehearsal: Rehearsal | null;
  /** Null when it may do everything. */
  readonly access: Access | null;
}

/** Work that no call began. */
const nobodys: Scope = { origin: ownOrigin(null), rehearsal: null, access: null };

export interface StoreOptions {
  /** The data directory; it is made, with mode 0700, when it does not exist. */
  readonly directory: string;
  readonly clock?: () => Date;
  /** How long the audit is kept; 90 unless told otherwise. */
  readonly auditDays?: number;
}

export class Store implements Transactions {
  readonly #lock: DirectoryLock;
  readonly #databases: readonly DatabaseSync[];
  readonly #writer: Kysely<Tables>;
  readonly #commits: GroupCommit;
  readonly #clock: () => Date;
  readonly #auditDays: number;
  readonly #listeners = new Set<() => void>();
  readonly #scopes = new AsyncLocalStorage<Scope>();
  readonly #committed: Reader;
  readonly archive: Reader;
  /** Names this store for good: revisions of different stores cannot be compared. */
  readonly id: string;

  private constructor(parts: {
    lock: DirectoryLock;
    databases: readonly DatabaseSync[];
    writer: Kysely<Tables>;
    reader: Reader;
    archive: Reader;
    id: string;
    clock: () => Date;
    auditDays: number;
  }) {
    this.#lock = parts.lock;
    this.#databases = parts.databases;
    this.#writer = parts.writer;
    this.#clock = parts.clock;
    this.#auditDays = parts.auditDays;
    this.#committed = parts.reader;
    this.archive = parts.archive;
    this.id = parts.id;
    for (const db of [this.#writer, this.#committed, this.archive]) {
      bindAccess(db, () => this.#scopes.getStore()?.access ?? null);
    }
    const [writing] = parts.databases;
    if (!writing) throw new Error('a store needs a database');
    const changes = writing.prepare('SELECT total_changes() AS total');
    this.#commits = new GroupCommit(
      writing,
      () => Number(changes.get()?.['total']),
      () => {
        // A commit is nobody's call, though it happens in that of the first who waited for it.
        this.#scopes.run(nobodys, () => {
          for (const listener of this.#listeners) listener();
        });
      },
    );
  }

  /**
   * Opens the store of a data directory, bringing its tables up to date.
   *
   * @throws DirectoryInUse when another control plane holds the directory
   * @throws NewerDatabase when a newer version has written it
   */
  static async open({ directory, clock = () => new Date(), auditDays = 90 }: StoreOptions): Promise<Store> {
    const lock = DirectoryLock.take(directory);
    try {
      const path = join(directory, 'elbow.db');
      const writing = new DatabaseSync(path);
      // FULL flushes the log at every commit: what was answered survives a loss of power.
      writing.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536');
      // 16 MiB of log between checkpoints: pages that commit after commit changes are copied once.
      writing.exec('PRAGMA wal_autocheckpoint = 4096');
      // A savepoint keeps each page as it was: beyond 16 of them in a file, which costs a create a third more.
      writing.exec('PRAGMA temp_store = MEMORY');
      const writer = queriesOver<Tables>(writing);
      await migrate(writer as Kysely<unknown>);
      await keepElements(writer);
      const reading = new DatabaseSync(path, { readOnly: true });
      reading.exec('PRAGMA cache_size = -65536');
      const reader = queriesOver<Tables>(reading);
      const looking = new DatabaseSync(path, { readOnly: true });
      const archive = queriesOver<Tables>(looking);
      await showArchived(archive);
      const id = await identify(writer);
      const databases = [writing, reading, looking];
      return new Store({ lock, databases, writer, reader, archive, id, clock, auditDays });
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Committed state; in a rehearsal, also what it has written. */
  get reader(): Reader {
    const rehearsal = this.#scopes.getStore()?.rehearsal;
    return rehearsal && !rehearsal.isOver ? rehearsal.reader : this.#committed;
  }

  /**
   * Runs a writer's work in a transaction and resolves once it is durable. What the work throws undoes its writes.
   * The work may await queries of its `Writer` and nothing else: other writers wait for it. It may be run a second
   * time, as if the first had not been, when another writer fails half-way; so it changes nothing but the store.
   */
  write<T>(work: (tx: Writer) => Promise<T>): Promise<T> {
    // Work that waited runs in the call of whoever began the batch: whose it is must be asked now.
    const scope = this.#scopes.getStore() ?? nobodys;
    if (scope.rehearsal) return scope.rehearsal.write(work);
    return this.#commits.run(() => this.#scopes.run(scope, () => work(this.#writerOf(scope.origin, false))));
  }

  /**
   * Runs work whose writes, also those after whatever it awaits, are noted as made by the origin.
   *
   * @param access what the work may see and write; null for everything
   */
  runAs<T>(origin: Origin, work: () => T, access: Access | null = null): T {
    const { rehearsal } = this.#scopes.getStore() ?? nobodys;
    return this.#scopes.run({ origin, rehearsal, access }, work);
  }

  /**
   * Runs work of which nothing stays: what it writes and reads through this store, in any number of transactions,
   * happens in one that is undone, and nobody hears of it. Other writers wait for the work, as for any writer.
   *
   * @param work given the transaction, to see what the work has come to
   */
  rehearse<T>(work: (tx: Writer) => Promise<T>): Promise<T> {
    const { origin, access } = this.#scopes.getStore() ?? nobodys;
    return this.#commits.rehearse(async () => {
      const tx = this.#writerOf(origin, true);
      const rehearsal = new Rehearsal(tx, this);
      try {
        return await this.#scopes.run({ origin, rehearsal, access }, () => work(tx));
      } finally {
        await rehearsal.end();
      }
    });
  }

  #writerOf(origin: Origin, isRehearsal: boolean): Writer {
    return { db: this.#writer, at: this.#clock(), origin, isRehearsal };
  }

  /** Forgets what the change log and the jobs need not remember any more. */
  async trim(): Promise<void> {
    await this.write(async (tx) => {
      await trimChanges(tx);
      await trimJobs(tx);
    });
    // A little at a time, since other writers wait meanwhile.
    while ((await this.write((tx) => trimAudit(tx, this.#auditDays))) > 0);
    while ((await this.write(trimRefusals)) > 0);
  }

  metrics(): Family[] {
    return this.#commits.metrics.families();
  }

  /** Calls back after each commit, until the returned function is called. */
  onCommit(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    await this.#commits.idle();
    for (const database of this.#databases) database.close();
    this.#lock.release();
  }
}

async function identify(db: Kysely<Tables>): Promise<string> {
  await db
    .insertInto('settings')
    .values({ key: 'store-id', value: randomUUID() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await db
    .selectFrom('settings')
    .select('value')
    .where('key', '=', 'store-id')
    .executeTakeFirstOrThrow();
  return row.value;
}
