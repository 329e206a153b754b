/** Keeps proxies at the newest configuration: each commit becomes a delta, each newcomer gets a snapshot. */
import type { Logger } from '../observe/log.ts';
import { ChangeFeed } from '../store/change-feed.ts';
import type { Change } from '../store/change-log.ts';
import type { Store } from '../store/store.ts';
import type { ConfigurationDelta } from './configuration.ts';
import { compileChanges, compileSnapshot } from './delta.ts';
import type { ProxySecrets } from './proxy-secrets.ts';

/** A proxy's end of the publication. */
interface Subscriber {
  /** The revision that was sent last; null when a snapshot is needed. */
  revision: number | null;
  readonly send: (delta: ConfigurationDelta) => void;
}

export class Publisher {
  readonly #store: Store;
  readonly #secrets: ProxySecrets;
  readonly #feed: ChangeFeed;
  readonly #subscribers = new Set<Subscriber>();

  constructor(store: Store, secrets: ProxySecrets, log: Logger) {
    this.#store = store;
    this.#secrets = secrets;
    this.#feed = new ChangeFeed(store, log, (changes) => this.#publish(changes));
  }

  /** Names the store whose revisions these are. */
  get source(): string {
    return this.#store.id;
  }

  /** The newest revision that was published. */
  get revision(): number {
    return this.#feed.revision;
  }

  async start(): Promise<void> {
    await this.#feed.start();
  }

  async stop(): Promise<void> {
    this.#subscribers.clear();
    await this.#feed.stop();
  }

  /**
   * Sends a subscriber a snapshot, unless it has the newest revision of this store already, and every delta from
   * then on.
   *
   * @param known the store and revision that the subscriber runs, if any
   * @returns a function that ends the subscription
   */
  subscribe(
    known: { readonly source: string; readonly revision: number } | null,
    send: (delta: ConfigurationDelta) => void,
  ): () => void {
    const subscriber: Subscriber = { revision: known?.source === this.source ? known.revision : null, send };
    this.#subscribers.add(subscriber);
    this.#feed.wake();
    return () => this.#subscribers.delete(subscriber);
  }

  async #publish(changes: readonly Change[]): Promise<void> {
    const base = this.#feed.revision;
    const revision = changes.at(-1)?.revision ?? base;
    if (revision > base) {
      const delta = {
        source: this.source,
        base,
        revision,
        ...(await compileChanges(this.#store.reader, changes, this.#secrets)),
      };
      this.#send(delta, (subscriber) => subscriber.revision === base);
    }
    const isBehind = (subscriber: Subscriber) => subscriber.revision !== revision;
    if (![...this.#subscribers].some(isBehind)) return;
    // What is committed while the snapshot is read comes in the next delta too, which does no harm.
    const snapshot = {
      source: this.source,
      base: null,
      revision,
      ...(await compileSnapshot(this.#store.reader, this.#secrets)),
    };
    this.#send(snapshot, isBehind);
  }

  #send(delta: ConfigurationDelta, to: (subscriber: Subscriber) => boolean): void {
    for (const subscriber of this.#subscribers) {
      if (!to(subscriber)) continue;
      subscriber.revision = delta.revision;
      subscriber.send(delta);
    }
  }
}
