import { listenerCounters, type TrafficKind, type TrafficRow } from '../../observe/traffic-counts.ts';
import { keepMs } from './traffic-counters.ts';

interface Total {
  readonly kind: TrafficKind;
  readonly id: string;
  readonly parentId: string;
  readonly values: number[];
  /** What each worker told last. */
  readonly byWorker: Map<number, readonly number[]>;
  changedAt: number;
}

/** What changed in the totals of a proxy. */
export interface TrafficChanges {
  readonly rows: readonly TrafficRow[];
  /** What is counted no more. */
  readonly removed: readonly { readonly kind: TrafficKind; readonly id: string }[];
}

/** The counters of all workers of a proxy in one; what a worker has counted stays when it dies. */
export class TrafficTotals {
  /** By kind and id. */
  readonly #totals = new Map<string, Total>();
  readonly #changed = new Set<Total>();
  #removed: { readonly kind: TrafficKind; readonly id: string }[] = [];
  readonly #now: () => number;

  /** @param now monotonic milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Takes what a worker counted until now. */
  add(worker: number, rows: readonly TrafficRow[]): void {
    for (const row of rows) {
      const total = this.#total(row);
      const told = total.byWorker.get(worker);
      // Counters only fall where the worker has forgotten the thing meanwhile, and begun anew.
      const before = told?.every((value, index) => value <= (row.values[index] ?? 0)) ? told : [];
      row.values.forEach((value, index) => {
        total.values[index] = (total.values[index] ?? 0) + value - (before[index] ?? 0);
      });
      total.byWorker.set(worker, row.values);
      this.#touch(total);
    }
  }

  /** The worker is gone, and so are the connections that it had open; another may take its number. */
  forgetWorker(worker: number): void {
    const { connectionsOpened, connectionsClosed } = listenerCounters;
    for (const total of this.#totals.values()) {
      const told = total.byWorker.get(worker);
      if (told === undefined) continue;
      total.byWorker.delete(worker);
      const open = (told[connectionsOpened] ?? 0) - (told[connectionsClosed] ?? 0);
      total.values[connectionsClosed] = (total.values[connectionsClosed] ?? 0) + open;
      this.#touch(total);
    }
  }

  /** Forgets what stood still for a while and is no more. */
  prune(exists: (kind: TrafficKind, id: string, parentId: string) => boolean): void {
    const now = this.#now();
    for (const [key, total] of this.#totals) {
      const { kind, id, parentId, changedAt } = total;
      if (now - changedAt < keepMs || exists(kind, id, parentId)) continue;
      this.#totals.delete(key);
      this.#changed.delete(total);
      this.#removed.push({ kind, id });
    }
  }

  /** All totals. */
  rows(): TrafficRow[] {
    return [...this.#totals.values()].map(rowOf);
  }

  /** What has changed since the last call, or everything for one who knows nothing. */
  take(knowsNothing: boolean): TrafficChanges {
    const rows = knowsNothing ? this.rows() : [...this.#changed].map(rowOf);
    const removed = knowsNothing ? [] : this.#removed;
    this.#changed.clear();
    this.#removed = [];
    return { rows, removed };
  }

  #total({ kind, id, parentId }: TrafficRow): Total {
    const key = `${kind} ${id}`;
    const known = this.#totals.get(key);
    if (known !== undefined) return known;
    const total = { kind, id, parentId, values: [], byWorker: new Map(), changedAt: this.#now() };
    this.#totals.set(key, total);
    return total;
  }

  #touch(total: Total): void {
    total.changedAt = this.#now();
    this.#changed.add(total);
  }
}

function rowOf({ kind, id, parentId, values }: Total): TrafficRow {
  return { kind, id, parentId, values: [...values] };
}
