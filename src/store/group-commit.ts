/** Lets concurrent writers share one flush of the disk. */
import type { DatabaseSync } from 'node:sqlite';
import { CommitMetrics } from './commit-metrics.ts';

/**
 * Work of one writer, run inside a transaction; what it throws undoes only what it wrote. It may be run a second time,
 * in the place of the first, so it changes nothing but the database.
 */
type Work<T> = () => Promise<T>;

interface Waiting {
  readonly work: Work<unknown>;
  /** Whether what it writes is undone even when it does not throw. */
  readonly isUndone: boolean;
  readonly done: (value: unknown) => void;
  readonly failed: (error: unknown) => void;
}

const undo = 'ROLLBACK TO writer; RELEASE writer';

/** So many writers share a transaction at most: it bounds how long the first of them waits. */
const maxBatch = 256;

/**
 * Runs writers one after the other. All that are waiting when one starts share a transaction, and are answered
 * together once it is durable.
 *
 * What a writer that fails has written is undone, and nothing else. Most fail before they write anything. For the few
 * that fail half-way the whole transaction is undone and all its writers run again, now each in a savepoint of its
 * own. With savepoints from the start SQLite would copy every page that each of them changes, which took a third of
 * the time of creating a member.
 *
 * The database's own calls are synchronous, so work that awaits nothing but queries completes without the event
 * loop turning; a batch is as long as its queries take.
 */
export class GroupCommit {
  readonly #database: DatabaseSync;
  readonly #changes: () => number;
  readonly #committed: () => void;
  readonly metrics = new CommitMetrics();
  #waiting: Waiting[] = [];
  #running: Promise<void> | null = null;

  /**
   * @param changes how many rows were written over the database so far
   * @param committed called after each durable transaction, but not after one in which all was rehearsed
   */
  constructor(database: DatabaseSync, changes: () => number, committed: () => void) {
    this.#database = database;
    this.#changes = changes;
    this.#committed = committed;
  }

  /** Resolves when the work's writes are durable; rejects with what the work threw, or the disk's fault. */
  run<T>(work: Work<T>): Promise<T> {
    return this.#take(work, false);
  }

  /** Runs work as if it were a writer's and undoes its writes; those of others stay. */
  rehearse<T>(work: Work<T>): Promise<T> {
    return this.#take(work, true);
  }

  /** Resolves when nobody is writing. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  #take<T>(work: Work<T>, isUndone: boolean): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, isUndone, done: resolve as (value: unknown) => void, failed: reject });
      this.#running ??= this.#drain();
    });
  }

  async #drain(): Promise<void> {
    // Requests that arrive in the same turn of the event loop join the first batch.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      await this.#commitBatch(this.#waiting.splice(0, maxBatch));
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#running = null;
  }

  async #commitBatch(batch: readonly Waiting[]): Promise<void> {
    const finished: (() => void)[] = [];
    const writes = batch.some(({ isUndone }) => !isUndone);
    const before = this.#changes();
    const beganAt = performance.now();
    try {
      // Left open when an earlier one could not even be undone.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      this.#database.exec('BEGIN IMMEDIATE');
      if (!(await this.#runAll(batch, finished))) {
        finished.length = 0;
        if (this.#changes() !== before) this.#database.exec('ROLLBACK; BEGIN IMMEDIATE');
        for (const waiting of batch) finished.push(await this.#runInSavepoint(waiting));
      }
      this.#database.exec(writes ? 'COMMIT' : 'ROLLBACK');
    } catch (error) {
      this.#undo();
      this.metrics.noteFailure();
      for (const { failed } of batch) failed(error);
      return;
    }
    if (writes) this.metrics.note(batch.length, performance.now() - beganAt);
    for (const finish of finished) finish();
    if (writes) this.#committed();
  }

  /** False as soon as one has failed half-way, and at once when one is to be undone anyway. */
  async #runAll(batch: readonly Waiting[], finished: (() => void)[]): Promise<boolean> {
    if (batch.some(({ isUndone }) => isUndone)) return false;
    for (const { work, done, failed } of batch) {
      const before = this.#changes();
      try {
        const value = await work();
        finished.push(() => done(value));
      } catch (error) {
        if (!this.#database.isTransaction) throw error;
        if (this.#changes() !== before) return false;
        finished.push(() => failed(error));
      }
    }
    return true;
  }

  #undo(): void {
    try {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    } catch {
      // Its writers hear of the fault that came first; the next batch undoes it before it begins.
    }
  }

  async #runInSavepoint({ work, isUndone, done, failed }: Waiting): Promise<() => void> {
    this.#database.exec('SAVEPOINT writer');
    try {
      const value = await work();
      this.#database.exec(isUndone ? undo : 'RELEASE writer');
      return () => done(value);
    } catch (error) {
      // Some faults, such as a full disk, make SQLite undo the whole transaction, with everybody's writes in it.
      if (!this.#database.isTransaction) throw error;
      this.#database.exec(undo);
      return () => failed(error);
    }
  }
}
