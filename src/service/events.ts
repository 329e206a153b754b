/** Follows what happens to the resources of projects, from any point of the change log on. */
import { currentRevision } from '../store/change-log.ts';
import { canResumeAfter, type EventFilter, type EventPage, eventsAfter } from '../store/event-log.ts';
import type { LiveRegion } from './region.ts';

export interface FollowedEvents extends EventPage {
  /** Whether changes before these may be missing: the log has forgotten where it was to go on. */
  readonly hasGap: boolean;
}

/**
 * Gives what comes, page by page, as soon as it is durable; and a page without events when there was none for a while,
 * and at once when it begins. Nothing is read ahead of whoever takes the pages.
 *
 * @param after the revision behind which to begin; null for now
 * @param quietMs how long is a while
 * @param signal ends it
 */
export async function* followEvents(
  { store }: LiveRegion,
  filter: EventFilter,
  {
    after,
    quietMs,
    signal,
  }: { readonly after: number | null; readonly quietMs: number; readonly signal: AbortSignal },
): AsyncGenerator<FollowedEvents> {
  const commits = new Commits(store.onCommit.bind(store), signal);
  try {
    const canResume = after !== null && (await canResumeAfter(store.reader, after));
    let revision = canResume ? after : await currentRevision(store.reader);
    yield { events: [], revision, more: false, hasGap: after !== null && !canResume };
    while (!signal.aborted) {
      const since = commits.count;
      const page = await eventsAfter(store.reader, revision, filter);
      revision = page.revision;
      if (page.events.length > 0) yield { ...page, hasGap: false };
      if (page.more || signal.aborted) continue;
      const isQuiet = !(await commits.after(since, quietMs));
      if (isQuiet && !signal.aborted) yield { events: [], revision, more: false, hasGap: false };
    }
  } finally {
    commits.stop();
  }
}

/** Counts commits, so that none is missed between a look at the log and the wait for the next. */
class Commits {
  count = 0;
  #wake: () => void = () => {};
  readonly #unsubscribe: () => void;
  readonly #signal: AbortSignal;
  readonly #aborted = () => this.#wake();

  constructor(onCommit: (listener: () => void) => () => void, signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', this.#aborted);
    this.#unsubscribe = onCommit(() => {
      this.count++;
      this.#wake();
    });
  }

  /** Resolves with true once there were more than `since`, with false after `waitMs`, or when it is aborted. */
  after(since: number, waitMs: number): Promise<boolean> {
    if (this.count > since || this.#signal.aborted) return Promise.resolve(this.count > since);
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.#wake = () => {};
        resolve(this.count > since);
      };
      const timer = setTimeout(finish, waitMs);
      this.#wake = finish;
    });
  }

  stop(): void {
    this.#unsubscribe();
    this.#signal.removeEventListener('abort', this.#aborted);
  }
}

export { type Event, type EventFilter, healthType } from '../store/event-log.ts';
