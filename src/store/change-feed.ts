/** Follows the change log: what was committed is handed on in order, soon after each commit. */
import type { Logger } from '../observe/log.ts';
import { type Change, changesAfter, currentRevision } from './change-log.ts';
import type { Store } from './store.ts';

/**
 * Takes the changes since the last call, which may be none after a `wake`. Until it resolves nothing more is handed
 * on; when it rejects, the same changes come again a second later.
 */
export type ChangeHandler = (changes: readonly Change[]) => Promise<void>;

/** So many changes are handed on at a time. */
const maxChanges = 1000;

/** Changes that could not be handed on are tried again after this, should no commit come before. */
const retryMs = 1000;

export class ChangeFeed {
  readonly #store: Store;
  readonly #log: Logger;
  readonly #handler: ChangeHandler;
  #revision = 0;
  #stale = false;
  #stopped = true;
  #running: Promise<void> | null = null;
  #unsubscribe: () => void = () => {};
  #retry: NodeJS.Timeout | null = null;

  constructor(store: Store, log: Logger, handler: ChangeHandler) {
    this.#store = store;
    this.#log = log;
    this.#handler = handler;
  }

  /** The revision up to which changes were handed on. */
  get revision(): number {
    return this.#revision;
  }

  /** Begins with the changes after the newest one. */
  async start(): Promise<void> {
    this.#revision = await currentRevision(this.#store.reader);
    this.#stopped = false;
    this.#unsubscribe = this.#store.onCommit(() => this.wake());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    await this.#running;
    if (this.#retry) clearTimeout(this.#retry);
  }

  /** Calls the handler even if nothing has changed. */
  wake(): void {
    this.#stale = true;
    this.#running ??= this.#catchUp().finally(() => {
      this.#running = null;
    });
  }

  async #catchUp(): Promise<void> {
    while (this.#stale && !this.#stopped) {
      this.#stale = false;
      try {
        const changes = await changesAfter(this.#store.reader, this.#revision, maxChanges);
        await this.#handler(changes);
        this.#revision = changes.at(-1)?.revision ?? this.#revision;
        if (changes.length === maxChanges) this.#stale = true;
      } catch (error) {
        this.#log.error({ err: error }, 'changes could not be handed on; they come again soon');
        this.#retry ??= setTimeout(() => {
          this.#retry = null;
          this.wake();
        }, retryMs);
      }
    }
  }
}
