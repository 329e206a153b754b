import type { Candidate, Selection } from './contract.ts';

/** A member's place in the heap, with what it is ordered by. */
interface Entry<M> {
  readonly member: M;
  readonly weight: number;
  /** Copied from the member when it says so: the heap stays in order whatever happens to the member meanwhile. */
  active: number;
  /** When its next turn ends, in the virtual time of `#now`. */
  turn: number;
  index: number;
}

/**
 * Weighted least connections: the smallest `active / weight`, from an indexed binary heap.
 *
 * Ties are the usual case (an idle pool, or one where every member has as much as it should), and they are
 * settled by weighted turns (stride scheduling): a pick moves the member's turn `1 / weight` on, and the
 * earliest turn goes first. So an idle pool is spread by weight rather than served by its first member.
 */
export class LeastConnections<M extends Candidate> implements Selection<M> {
  readonly #entries = new Map<M, Entry<M>>();
  readonly #heap: Entry<M>[] = [];
  /** The virtual time: where the turns of those picked so far began. Nobody saves up turns from before it. */
  #now = 0;

  get size(): number {
    return this.#heap.length;
  }

  add(member: M): void {
    if (this.#entries.has(member)) {
      return;
    }
    const { weight, active } = member;
    const entry = { member, weight, active, turn: this.#now + 1 / weight, index: this.#heap.length };
    this.#entries.set(member, entry);
    this.#heap.push(entry);
    this.#rise(entry);
  }

  remove(member: M): void {
    const entry = this.#entries.get(member);
    if (entry === undefined) {
      return;
    }
    this.#entries.delete(member);
    const last = this.#heap.pop();
    if (last !== undefined && last !== entry) {
      this.#place(last, entry.index);
      this.#rise(last);
      this.#sink(last);
    }
  }

  pick(_clientKey: string, excluded?: ReadonlySet<M>): M | undefined {
    const entry = excluded === undefined || excluded.size === 0 ? this.#heap[0] : this.#least(0, excluded);
    if (entry === undefined) {
      return undefined;
    }
    const stride = 1 / entry.weight;
    this.#now = Math.max(this.#now, entry.turn - stride);
    entry.turn = Math.max(this.#now, entry.turn) + stride;
    this.#sink(entry);
    return entry.member;
  }

  activeChanged(member: M): void {
    const entry = this.#entries.get(member);
    if (entry !== undefined) {
      entry.active = member.active;
      this.#rise(entry);
      this.#sink(entry);
    }
  }

  /** The least entry not excluded at or below an index: it goes below excluded entries only. */
  #least(index: number, excluded: ReadonlySet<M>): Entry<M> | undefined {
    const entry = this.#heap[index];
    if (entry === undefined || !excluded.has(entry.member)) {
      return entry;
    }
    const left = this.#least(2 * index + 1, excluded);
    const right = this.#least(2 * index + 2, excluded);
    if (left === undefined || right === undefined) {
      return left ?? right;
    }
    return precedes(right, left) ? right : left;
  }

  #rise(entry: Entry<M>): void {
    while (entry.index > 0) {
      const parent = this.#heap[(entry.index - 1) >> 1];
      if (parent === undefined || !precedes(entry, parent)) {
        return;
      }
      this.#swap(entry, parent);
    }
  }

  #sink(entry: Entry<M>): void {
    for (;;) {
      let child = this.#heap[2 * entry.index + 1];
      const right = this.#heap[2 * entry.index + 2];
      if (child !== undefined && right !== undefined && precedes(right, child)) {
        child = right;
      }
      if (child === undefined || !precedes(child, entry)) {
        return;
      }
      this.#swap(child, entry);
    }
  }

  #swap(a: Entry<M>, b: Entry<M>): void {
    const { index } = a;
    this.#place(a, b.index);
    this.#place(b, index);
  }

  #place(entry: Entry<M>, index: number): void {
    entry.index = index;
    this.#heap[index] = entry;
  }
}

function precedes<M>(a: Entry<M>, b: Entry<M>): boolean {
  // active / weight, compared without a division so that equal loads are equal
  const difference = a.active * b.weight - b.active * a.weight;
  return difference < 0 || (difference === 0 && a.turn < b.turn);
}
