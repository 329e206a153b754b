/** Something that is due at a time. */
export interface Due {
  /** Changed only while it is not in a heap. */
  dueAt: number;
  /** Its place in the heap it is in, -1 in none. Only the heap writes it. */
  heapIndex: number;
}

/** A binary heap by `dueAt` from which anything can be taken out. */
export class DueHeap<T extends Due> {
  readonly #items: T[] = [];

  /** The item due first. */
  get first(): T | undefined {
    return this.#items[0];
  }

  add(item: T): void {
    this.#rise(item, this.#items.length);
  }

  /** Takes an item out; one that is not in is left alone. */
  delete(item: T): void {
    const index = item.heapIndex;
    if (index === -1) {
      return;
    }
    item.heapIndex = -1;
    const last = this.#items.pop();
    if (last !== undefined && last !== item) {
      this.#sink(last, index);
      this.#rise(last, last.heapIndex);
    }
  }

  #rise(item: T, from: number): void {
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#items[parentIndex];
      if (parent === undefined || parent.dueAt <= item.dueAt) {
        break;
      }
      this.#place(parent, index);
      index = parentIndex;
    }
    this.#place(item, index);
  }

  #sink(item: T, from: number): void {
    let index = from;
    for (;;) {
      let child = this.#items[2 * index + 1];
      const right = this.#items[2 * index + 2];
      if (child !== undefined && right !== undefined && right.dueAt < child.dueAt) {
        child = right;
      }
      if (child === undefined || item.dueAt <= child.dueAt) {
        break;
      }
      const childIndex = child.heapIndex;
      this.#place(child, index);
      index = childIndex;
    }
    this.#place(item, index);
  }

  #place(item: T, index: number): void {
    this.#items[index] = item;
    item.heapIndex = index;
  }
}
