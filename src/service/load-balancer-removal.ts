/** How a load balancer goes, whichever call deletes it (rules digest 2.1.6 and 3.4). */
import { conflict } from '../model/errors.ts';
import { listener } from '../model/listener.ts';
import { type LoadBalancer, loadBalancer } from '../model/load-balancer.ts';
import { type Pool, pool } from '../model/pool.ts';
import { findBy, remove, update } from '../store/rows.ts';
import type { Reader, Writer } from '../store/transaction.ts';
import { attachmentsOf, refreshMemberStatuses } from './attachments.ts';
import { forgetListeners, poolsOfListeners } from './listener-removal.ts';
import { removeLogtankOf } from './logtanks.ts';
import { removePools } from './pool-removal.ts';
import { unbindPublicIps } from './public-ips.ts';
import { type Region, timestamp } from './region.ts';

/** What goes with a load balancer besides its listeners. */
export interface Removal {
  /** Whether its pools go, but for those that other load balancers use too; the pools that stay are unbound. */
  readonly removesPools: boolean;
  /** Whether its public IPs go too; otherwise they are unbound, and can be bound to another. */
  readonly releasesPublicIps: boolean;
}

/** Refuses to delete a load balancer that is protected against it. */
export function checkNotProtected({ id, deletion_protection_enable }: LoadBalancer): void {
  if (!deletion_protection_enable) return;
  throw conflict(
    `The load balancer ${id} has deletion_protection_enable; set it to false before deleting it.`,
  );
}

/** Every pool that is a load balancer's own or that its listeners send requests to. */
export async function poolsOf(db: Reader, { id }: LoadBalancer): Promise<Pool[]> {
  const listeners = await findBy(db, listener, 'loadbalancer_id', [id]);
  const used = await poolsOfListeners(db, listeners);
  const own = await findBy(db, pool, 'loadbalancer_id', [id]);
  return [...new Map([...own, ...used].map((each) => [each.id, each])).values()];
}

/** Deletes a load balancer with its listeners, its logtank, and what the removal says. */
export async function removeLoadBalancer(
  tx: Writer,
  region: Region,
  found: LoadBalancer,
  removal: Removal,
): Promise<void> {
  const pools = await poolsOf(tx.db, found);
  const doomed = removal.removesPools ? await ownOnly(tx.db, found, pools) : [];
  await forgetListeners(tx, await findBy(tx.db, listener, 'loadbalancer_id', [found.id]));
  await removePools(tx, doomed);
  for (const each of pools) if (!doomed.includes(each)) await unbind(tx, found, each);
  await removeLogtankOf(tx, found);
  await unbindPublicIps(tx, region, found, removal.releasesPublicIps);
  await remove(tx, loadBalancer, found);
}

/** The pools that no other load balancer uses. */
async function ownOnly(db: Reader, { id }: LoadBalancer, pools: readonly Pool[]): Promise<Pool[]> {
  const own: Pool[] = [];
  for (const each of pools) {
    const { loadBalancers } = await attachmentsOf(db, each);
    if (loadBalancers.every((user) => user.id === id)) own.push(each);
  }
  return own;
}

/** A pool that stays when its load balancer goes belongs to none. */
async function unbind(tx: Writer, { id }: LoadBalancer, of: Pool): Promise<void> {
  if (of.loadbalancer_id === id) {
    await update(tx, pool, of, { loadbalancer_id: null, updated_at: timestamp(tx.at) });
    of.loadbalancer_id = null;
  }
  await refreshMemberStatuses(tx, of);
}
