/** Which pools are attached to what: found from either side, so that a change costs what it touches. */
export class AttachedPools {
  readonly #owners = new Map<string, readonly string[]>();
  readonly #pools = new Map<string, Set<string>>();

  has(poolId: string): boolean {
    return this.#owners.has(poolId);
  }

  /** Puts a pool with the ids of all that it is attached to. */
  put(poolId: string, owners: readonly string[]): void {
    this.delete(poolId);
    this.#owners.set(poolId, owners);
    for (const owner of owners) {
      const pools = this.#pools.get(owner);
      if (pools) pools.add(poolId);
      else this.#pools.set(owner, new Set([poolId]));
    }
  }

  delete(poolId: string): void {
    for (const owner of this.#owners.get(poolId) ?? []) {
      const pools = this.#pools.get(owner);
      pools?.delete(poolId);
      if (pools?.size === 0) this.#pools.delete(owner);
    }
    this.#owners.delete(poolId);
  }

  /** The pools attached to any of the owners. */
  of(owners: Iterable<string>): Set<string> {
    const found = new Set<string>();
    for (const owner of owners) for (const poolId of this.#pools.get(owner) ?? []) found.add(poolId);
    return found;
  }
}
