/** How a load balancer goes, whichever call deletes it (rules digest 2.1.6 and 3.4). */
import { conflict } from '../model/errors.ts';
import { type Listener, listener } from '../model/listener.ts';
import { type LoadBalancer, loadBalancer } from '../model/load-balancer.ts';
import { type Pool, pool } from '../model/pool.ts';
import { findBy, isAnyOf, remove, update } from '../store/rows.ts';
import type { Reader, Writer } from '../store/transaction.ts';
import { attachmentsOf, refreshMemberStatuses } from './attachments.ts';
import { forgetListeners, poolsOfListeners } from './listener-removal.ts';
import { removeLogtankOf } from './logtanks.ts';
import { removePools } from './pool-removal.ts';
import { unbindPublicIps } from './public-ips.ts';
import { readRecycleBin } from './recycle-bin-settings.ts';
import { recycle } from './recycling.ts';
import { type Region, timestamp } from './region.ts';

const hourMs = 60 * 60 * 1000;

/** What goes with a load balancer besides its listeners. */
export interface Removal {
  /**
   * Which of its pools go: none, those that no other load balancer uses, or also those that others have as default
   * pools. The pools that stay are unbound.
   */
  readonly pools: 'none' | 'unshared' | 'all';
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

/** Deletes a load balancer with all that the removal says; into the recycle bin, when its project has one for it. */
export async function removeLoadBalancer(
  tx: Writer,
  region: Region,
  found: LoadBalancer,
  removal: Removal,
): Promise<void> {
  const pools = await poolsOf(tx.db, found);
  const doomed = await poolsToGo(tx.db, found, pools, removal);
  const staying = pools.filter((each) => !doomed.includes(each));
  const listeners = await findBy(tx.db, listener, 'loadbalancer_id', [found.id]);
  const { enable, policy } = await readRecycleBin(tx.db, found.project_id);
  if (enable && ageOf(tx, found) >= policy.recycle_threshold_hour * hourMs) {
    await recycle(tx, found, { listeners, pools: doomed, staying }, policy, removal.releasesPublicIps);
  } else await unbindPublicIps(tx, region, found, removal.releasesPublicIps);
  await forgetListeners(tx, listeners);
  await removePools(tx, doomed);
  for (const each of staying) await unbind(tx, found, each);
  await removeLogtankOf(tx, found);
  await remove(tx, loadBalancer, found);
}

function ageOf({ at }: Writer, { created_at }: LoadBalancer): number {
  return at.getTime() - Date.parse(created_at);
}

/** The pools that go with a load balancer: never one that a policy of another sends requests to (PO-6). */
async function poolsToGo(
  db: Reader,
  { id }: LoadBalancer,
  pools: readonly Pool[],
  { pools: asked }: Removal,
): Promise<Pool[]> {
  const going: Pool[] = [];
  for (const each of asked === 'none' ? [] : pools) {
    const { listeners, loadBalancers } = await attachmentsOf(db, each);
    const others = listeners.filter(({ loadbalancer_id }) => loadbalancer_id !== id);
    const kept =
      asked === 'all' ? await usedByPolicies(db, each, others) : loadBalancers.some((user) => user.id !== id);
    if (!kept) going.push(each);
  }
  return going;
}

async function usedByPolicies(
  db: Reader,
  { id }: Pool,
  listeners: readonly Pick<Listener, 'id'>[],
): Promise<boolean> {
  const listed = JSON.stringify(listeners.map((each) => each.id));
  const row = await db
    .selectFrom('l7policy_pools')
    .select('pool_id')
    .where('pool_id', '=', id)
    .where(isAnyOf('listener_id', listed))
    .executeTakeFirst();
  return row !== undefined;
}

/** A pool that stays when its load balancer goes belongs to none. */
async function unbind(tx: Writer, { id }: LoadBalancer, of: Pool): Promise<void> {
  if (of.loadbalancer_id === id) {
    await update(tx, pool, of, { loadbalancer_id: null, updated_at: timestamp(tx.at) });
    of.loadbalancer_id = null;
  }
  await refreshMemberStatuses(tx, of);
}
