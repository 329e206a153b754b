import { memberCounters, type TrafficKind, type TrafficRow, zeroes } from '../../observe/traffic-counts.ts';

interface Entry {
  readonly kind: TrafficKind;
  readonly id: string;
  readonly parentId: string;
  readonly counts: Float64Array;
  /** As they were told last. */
  readonly told: Float64Array;
  toldAt: number;
}

/** How long the counts of what is no more are kept, for its last connections and whoever reads them. */
export const keepMs = 5 * 60 * 1000;

/** The counts of everything that one worker serves. Who counts holds the array and adds to it. */
export class TrafficCounters {
  /** By kind and id. */
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => number;

  /** @param now monotonic milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  listener(id: string, loadBalancerId: string): Float64Array {
    return this.#entry('listener', id, loadBalancerId).counts;
  }

  member(id: string, poolId: string): Float64Array {
    return this.#entry('member', id, poolId).counts;
  }

  /** Only what no member has a part in is to be counted here; the rest is added up when it is told. */
  pool(id: string): Float64Array {
    return this.#entry('pool', id, '').counts;
  }

  /**
   * What has counted since the last call, as it stands now; what stood still for a while and is no more is forgotten.
   *
   * @param exists whether it is in the configuration
   */
  take(exists: (kind: TrafficKind, id: string, parentId: string) => boolean): TrafficRow[] {
    const now = this.#now();
    const sums = this.#poolSums();
    const rows: TrafficRow[] = [];
    for (const [key, entry] of this.#entries) {
      const { kind, id, parentId, told } = entry;
      const counts = sums.get(id) ?? entry.counts;
      if (isSame(counts, told)) {
        if (now - entry.toldAt < keepMs || exists(kind, id, parentId)) continue;
        this.#entries.delete(key);
        if (kind === 'member') this.#keepInPool(entry);
      } else {
        told.set(counts);
        entry.toldAt = now;
        rows.push({ kind, id, parentId, values: [...counts] });
      }
    }
    return rows;
  }

  #entry(kind: TrafficKind, id: string, parentId: string): Entry {
    const key = `${kind} ${id}`;
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const entry = { kind, id, parentId, counts: zeroes(kind), told: zeroes(kind), toldAt: this.#now() };
    this.#entries.set(key, entry);
    return entry;
  }

  #poolSums(): Map<string, Float64Array> {
    const sums = new Map<string, Float64Array>();
    for (const { kind, id, counts } of this.#entries.values()) {
      if (kind === 'pool') sums.set(id, counts.slice());
    }
    for (const { kind, parentId, counts } of this.#entries.values()) {
      if (kind === 'member') add(sums.get(parentId), counts);
    }
    return sums;
  }

  /** The sums of a pool never fall: a member that is gone leaves it what it counted. */
  #keepInPool({ parentId, counts }: Entry): void {
    add(this.#entries.get(`pool ${parentId}`)?.counts, counts);
  }
}

const memberCounterCount = Object.keys(memberCounters).length;

function add(sum: Float64Array | undefined, counts: Float64Array): void {
  if (sum === undefined) return;
  for (let index = 0; index < memberCounterCount; index += 1) {
    sum[index] = (sum[index] as number) + (counts[index] as number);
  }
}

function isSame(one: Float64Array, other: Float64Array): boolean {
  return one.every((value, index) => value === other[index]);
}
