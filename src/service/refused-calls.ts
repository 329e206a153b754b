/**
 * Calls that were refused for who made them (401 and 403), in the audit. Whoever can reach the API can have any number
 * of calls refused, so what is kept does not grow with them: of each kind the first call of a minute, and how many
 * followed; and of so many kinds in a minute.
 */
import type { Refusal } from '../model/errors.ts';
import type { Logger } from '../observe/log.ts';
import { noProject, recordChange } from '../store/change-log.ts';
import type { Origin } from '../store/origin.ts';
import type { LiveRegion } from './region.ts';

/** What the audit calls them. */
export const refusedCallType = 'call';

export interface RefusedCall {
  readonly refusal: Refusal;
  /** Who called, as far as that was shown, from where, and what. */
  readonly origin: Origin;
  /** The project of the path, if there is such a project. */
  readonly projectId: string | null;
}

/** Calls that differ in nothing that is kept but the time. */
interface Kind {
  readonly call: RefusedCall;
  /** After the first, which has its own entry. */
  calls: number;
  firstAt: Date;
  lastAt: Date;
}

const windowMs = 60_000;

/** So many kinds have entries of their own in a minute; those of all others are counted together. */
const maxKinds = 20;

const othersKey = 'others';

export class RefusedCalls {
  readonly #region: LiveRegion;
  readonly #log: Logger;
  readonly #clock: () => Date;
  readonly #kinds = new Map<string, Kind>();
  readonly #writing = new Set<Promise<void>>();
  #window: NodeJS.Timeout | null = null;

  constructor(region: LiveRegion, log: Logger, clock: () => Date = () => new Date()) {
    this.#region = region;
    this.#log = log;
    this.#clock = clock;
  }

  /**
   * Takes note of a call. Returns at once: how long an answer takes must not tell whether it was the first of its kind.
   */
  note(call: RefusedCall): void {
    this.#window ??= setTimeout(() => this.#endWindow(), windowMs).unref();
    const key = keyOf(call);
    const now = this.#clock();
    const known = this.#kinds.get(key) ?? (this.#kinds.size < maxKinds ? null : this.#others(call, now));
    if (known) {
      if (known.calls++ === 0) known.firstAt = now;
      known.lastAt = now;
      return;
    }
    this.#kinds.set(key, { call, calls: 0, firstAt: now, lastAt: now });
    this.#write(call, { calls: 1 });
  }

  /** Writes what has been counted, and resolves once all is kept. */
  async stop(): Promise<void> {
    this.#endWindow();
    await Promise.all(this.#writing);
  }

  /** The kind that stands for all that are too many. */
  #others({ refusal }: RefusedCall, now: Date): Kind {
    const known = this.#kinds.get(othersKey);
    if (known) return known;
    const origin = { user: null, address: null, requestId: null, operationId: null };
    const others = { call: { refusal, origin, projectId: null }, calls: 0, firstAt: now, lastAt: now };
    this.#kinds.set(othersKey, others);
    return others;
  }

  #endWindow(): void {
    if (this.#window) clearTimeout(this.#window);
    this.#window = null;
    for (const [key, { call, calls, firstAt, lastAt }] of this.#kinds) {
      if (calls === 0) continue;
      const times = { calls, first_at: firstAt.toISOString(), last_at: lastAt.toISOString() };
      this.#write(call, key === othersKey ? { ...unnamed, ...times } : times);
    }
    this.#kinds.clear();
  }

  #write({ refusal, origin, projectId }: RefusedCall, counted: Readonly<Record<string, unknown>>): void {
    const after = {
      ...{ status: refusal.status, error_code: refusal.code, error_msg: refusal.message },
      access_key: refusal.claimant.accessKey ?? null,
      ...counted,
    };
    const change = { project_id: projectId ?? noProject, type: refusedCallType, parent_id: null };
    const { store } = this.#region;
    const written = store
      .runAs(origin, () =>
        store.write((tx) =>
          recordChange(
            tx,
            { ...change, id: origin.requestId ?? '', operation: 'refuse' },
            { before: null, after },
          ),
        ),
      )
      .catch((error: unknown) =>
        this.#log.warn({ err: error }, 'a refused call could not be kept in the audit'),
      )
      .finally(() => this.#writing.delete(written));
    this.#writing.add(written);
  }
}

/** Of what is counted together nothing is said but how many there were. */
const unnamed = {
  status: null,
  error_code: null,
  error_msg: 'More kinds of calls were refused in this minute than are kept one by one.',
  access_key: null,
};

function keyOf({ refusal, origin, projectId }: RefusedCall): string {
  const { user, address, operationId } = origin;
  const { code, claimant } = refusal;
  return JSON.stringify([code, claimant.accessKey, user?.id, address, operationId, projectId]);
}
