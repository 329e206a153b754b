/**
 * A queue in which groups take turns: first in, first out within a group, one of each group at a time.
 *
 * A pool of thousands of members that do not answer thus delays the others by a turn, not by its whole length.
 */
export class FairQueue<G, T> {
  /** In the order of their turns; no group is empty. */
  readonly #groups = new Map<G, Set<T>>();

  get isEmpty(): boolean {
    return this.#groups.size === 0;
  }

  push(group: G, item: T): void {
    const items = this.#groups.get(group);
    if (items === undefined) {
      this.#groups.set(group, new Set([item]));
    } else {
      items.add(item);
    }
  }

  /** Takes the next item out, or undefined when there is none. */
  shift(): T | undefined {
    for (const [group, items] of this.#groups) {
      this.#groups.delete(group);
      for (const item of items) {
        items.delete(item);
        if (items.size > 0) {
          this.#groups.set(group, items);
        }
        return item;
      }
    }
    return undefined;
  }

  /** Takes an item out of the middle; one that is not in is left alone. */
  delete(group: G, item: T): void {
    const items = this.#groups.get(group);
    if (items?.delete(item) && items.size === 0) {
      this.#groups.delete(group);
    }
  }
}
