/** What every service works with: the store and the inventory of the region. */
import type { Store } from '../store/store.ts';
import type { Inventory } from './inventory.ts';

export interface Region {
  readonly store: Store;
  readonly inventory: Inventory;
}

/** The instant in the API's form, to the second. */
export function timestamp(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}
