import { HASH_RANGE } from './text-hash.ts';

/** One of a member's points on the ring. */
export interface Point<M> {
  readonly member: M;
  /** An integer in [0, HASH_RANGE). */
  readonly position: number;
  /** The next point of the same bucket. */
  next: Point<M> | undefined;
}

/** A power of two, as every number of buckets is. */
const SMALLEST_RING = 16;

/**
 * Points in a circle, each found in constant expected time.
 *
 * Positions are hashes and so spread evenly; the circle is cut into about as many equal arcs (buckets) as there
 * are points, each a short sorted list. Unlike a sorted array it costs nothing to add a point to 10,000.
 */
export class HashRing<M extends { readonly id: string }> {
  #buckets: (Point<M> | undefined)[] = emptyBuckets(SMALLEST_RING);
  #size = 0;

  insert(point: Point<M>): void {
    this.#size++;
    if (this.#size > this.#buckets.length) {
      this.#resize(this.#buckets.length * 2);
    }
    this.#link(point);
  }

  delete(point: Point<M>): void {
    const index = this.#indexOf(point.position);
    let each = this.#buckets[index];
    if (each === point) {
      this.#buckets[index] = point.next;
    }
    while (each !== undefined) {
      if (each.next === point) {
        each.next = point.next;
      }
      each = each.next;
    }
    this.#size--;
    if (this.#buckets.length > SMALLEST_RING && this.#size * 4 < this.#buckets.length) {
      this.#resize(this.#buckets.length / 2);
    }
  }

  /** The first point at or after a position whose member is not excluded, going round once at most. */
  successor(position: number, excluded: ReadonlySet<M> | undefined): Point<M> | undefined {
    const start = this.#indexOf(position);
    for (let point = this.#buckets[start]; point !== undefined; point = point.next) {
      if (point.position >= position && !excluded?.has(point.member)) {
        return point;
      }
    }
    const count = this.#buckets.length;
    for (let step = 1; step <= count; step++) {
      for (let point = this.#buckets[(start + step) & (count - 1)]; point !== undefined; point = point.next) {
        if (!excluded?.has(point.member)) {
          return point;
        }
      }
    }
    return undefined;
  }

  #indexOf(position: number): number {
    return Math.floor(position * (this.#buckets.length / HASH_RANGE));
  }

  #link(point: Point<M>): void {
    const index = this.#indexOf(point.position);
    let before: Point<M> | undefined;
    let after = this.#buckets[index];
    while (after !== undefined && precedes(after, point)) {
      before = after;
      after = after.next;
    }
    point.next = after;
    if (before === undefined) {
      this.#buckets[index] = point;
    } else {
      before.next = point;
    }
  }

  #resize(count: number): void {
    const old = this.#buckets;
    this.#buckets = emptyBuckets(count);
    for (let point of old) {
      while (point !== undefined) {
        const { next } = point as Point<M>;
        this.#link(point);
        point = next;
      }
    }
  }
}

function emptyBuckets<M>(count: number): (Point<M> | undefined)[] {
  return new Array<Point<M> | undefined>(count).fill(undefined);
}

/** The order of points; ids settle what hashes do not, so that it never depends on who came first. */
function precedes<M extends { readonly id: string }>(a: Point<M>, b: Point<M>): boolean {
  return a.position < b.position || (a.position === b.position && a.member.id < b.member.id);
}
