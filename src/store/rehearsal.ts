/** A rehearsal: work whose every transaction joins one that is undone in the end, whatever becomes of the work. */
import { Joined } from './joined.ts';
import type { Reader, Transactions, Writer } from './transaction.ts';

/** A write that began after its rehearsal had ended, which would be no rehearsal any more. */
class RehearsalOver extends Error {
  constructor() {
    super('A write was begun after the rehearsal it belongs to: a call must await all that it writes.');
    this.name = 'RehearsalOver';
  }
}

/** What the work of a rehearsal has for a store. */
export class Rehearsal implements Transactions {
  readonly #joined: Joined;
  #isOver = false;
  #last: Promise<unknown> = Promise.resolve();

  /** @param store what it is a rehearsal of */
  constructor(tx: Writer, store: Pick<Transactions, 'archive'>) {
    this.#joined = new Joined(tx, store);
  }

  get archive(): Reader {
    return this.#joined.archive;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get reader(): Reader {
    return this.#joined.reader;
  }

  /** Writers run one after the other, as those of a store do. */
  write<T>(work: (tx: Writer) => Promise<T>): Promise<T> {
    if (this.#isOver) return Promise.reject(new RehearsalOver());
    const done = this.#last.then(() => this.#joined.write(work));
    this.#last = done.catch(() => {});
    return done;
  }

  /** Refuses further writes, and waits for those that have begun. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#last;
  }
}
