/** What every service works with: the store, the inventory of the region, and what seals its secrets. */
import { Continued, Joined } from '../store/joined.ts';
import type { Store } from '../store/store.ts';
import type { Transactions, Writer } from '../store/transaction.ts';
import type { Inventory } from './inventory.ts';
import type { Secrets } from './secrets.ts';

export interface Region {
  readonly store: Transactions;
  readonly inventory: Inventory;
  readonly secrets: Secrets;
}

/** A region over the store itself, which outlives transactions: its changes can be followed. */
export interface LiveRegion extends Region {
  readonly store: Store;
}

/** The region as one transaction sees it: services given it join that transaction instead of beginning their own. */
export function within(region: Region, tx: Writer): Region {
  return { ...region, store: new Joined(tx, region.store) };
}

/** As `within`, for a transaction of many writes that throws on what any of them throws. */
export function allWithin(region: Region, tx: Writer): Region {
  return { ...region, store: new Continued(tx, region.store) };
}

/** The instant in the API's form, to the second. */
export function timestamp(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

export type { Origin } from '../store/origin.ts';
