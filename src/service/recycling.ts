/** Puts load balancers into the recycle bin with all that goes with them, and brings them back (rules digest 3.12). */
import { Refusal } from '../model/errors.ts';
import { healthMonitor } from '../model/health-monitor.ts';
import { l7Policy } from '../model/l7-policy.ts';
import { l7Rule } from '../model/l7-rule.ts';
import { type Listener, listener } from '../model/listener.ts';
import { type LoadBalancer, loadBalancer } from '../model/load-balancer.ts';
import { logtank } from '../model/logtank.ts';
import { member } from '../model/member.ts';
import { type Pool, pool } from '../model/pool.ts';
import type { RecycleBinPolicy } from '../model/recycle-bin.ts';
import { archiveBy, archivePolicyPools, restoreArchived } from '../store/archive.ts';
import { findBy, update } from '../store/rows.ts';
import type { RecycledRow } from '../store/schema.ts';
import type { Writer } from '../store/transaction.ts';
import { refreshMemberStatuses } from './attachments.ts';
import { removePolicies } from './listener-removal.ts';
import { checkPoolOfLoadBalancer } from './listener-rules.ts';
import { poolIdsOf } from './policy-pools.ts';
import { checkQuota } from './quotas.ts';
import { requireLoadBalancer } from './references.ts';
import { type Region, timestamp, within } from './region.ts';
import { refreshServersOf } from './server-states.ts';

/** What belongs to a load balancer that goes. */
interface Belongings {
  readonly listeners: readonly Listener[];
  /** The pools that go with it. */
  readonly pools: readonly Pool[];
  /** Those that stay: others use them, or they were asked to. */
  readonly staying: readonly Pool[];
}

/** Keeps a copy of a load balancer and all that goes with it. */
export async function recycle(
  tx: Writer,
  owner: LoadBalancer,
  { listeners, pools, staying }: Belongings,
  { retention_hour }: RecycleBinPolicy,
  releasesPublicIps: boolean,
): Promise<void> {
  const { id, project_id } = owner;
  const listenerIds = listeners.map((each) => each.id);
  const poolIds = pools.map((each) => each.id);
  const policies = await findBy(tx.db, l7Policy, 'listener_id', listenerIds, ['id']);
  await archiveBy(tx, loadBalancer, owner, 'id', [id]);
  await archiveBy(tx, logtank, owner, 'loadbalancer_id', [id]);
  await archiveBy(tx, listener, owner, 'id', listenerIds);
  await archiveBy(tx, l7Policy, owner, 'listener_id', listenerIds);
  await archiveBy(
    tx,
    l7Rule,
    owner,
    'l7policy_id',
    policies.map((each) => each.id),
  );
  await archivePolicyPools(tx, owner, listenerIds);
  await archiveBy(tx, pool, owner, 'id', poolIds);
  await archiveBy(tx, healthMonitor, owner, 'pool_id', poolIds);
  await archiveBy(tx, member, owner, 'pool_id', poolIds);
  const row: RecycledRow = {
    id,
    project_id,
    recycled_at: timestamp(tx.at),
    auto_terminate_time: timestamp(new Date(tx.at.getTime() + retention_hour * 60 * 60 * 1000)),
    releases_public_ips: releasesPublicIps ? 1 : 0,
    shared_pool_ids: JSON.stringify(
      staying.filter(({ loadbalancer_id }) => loadbalancer_id === id).map((each) => each.id),
    ),
  };
  await tx.db.insertInto('recycled_loadbalancers').values(row).execute();
}

/** Brings a load balancer back with all that went with it; what stayed and is gone since, it does without. */
export async function bringBack(tx: Writer, region: Region, row: RecycledRow): Promise<LoadBalancer> {
  const { id, project_id } = row;
  await restoreArchived(tx, id);
  const owner = await requireLoadBalancer(tx.db, project_id, id);
  const listeners = await findBy(tx.db, listener, 'loadbalancer_id', [id]);
  const policies = await findBy(
    tx.db,
    l7Policy,
    'listener_id',
    listeners.map((each) => each.id),
  );
  const shared: string[] = JSON.parse(row.shared_pool_ids);
  const needed = [
    ...shared,
    ...listeners.flatMap(({ default_pool_id }) => default_pool_id ?? []),
    ...policies.flatMap((policy) => [...poolIdsOf(policy)]),
  ];
  const usable = new Map<string, Pool>();
  for (const each of await findBy(tx.db, pool, 'id', [...new Set(needed)])) {
    if (await isUsable(tx, owner, each)) usable.set(each.id, each);
  }
  for (const each of listeners) {
    if (each.default_pool_id === null || usable.has(each.default_pool_id)) continue;
    await update(tx, listener, each, { default_pool_id: null, updated_at: timestamp(tx.at) });
  }
  const lost = policies.filter((policy) => [...poolIdsOf(policy)].some((poolId) => !usable.has(poolId)));
  await removePolicies(
    tx,
    lost.map((each) => each.id),
  );
  for (const poolId of shared) {
    const found = usable.get(poolId);
    if (found?.loadbalancer_id !== null) continue;
    await update(tx, pool, found, { loadbalancer_id: id, updated_at: timestamp(tx.at) });
  }
  for (const each of usable.values()) await refreshMemberStatuses(tx, each);
  const own = await findBy(tx.db, pool, 'loadbalancer_id', [id], ['id']);
  const poolIds = new Set([...usable.keys(), ...own.map((each) => each.id)]);
  await refreshServersOf(within(region, tx), [...poolIds]);
  await checkQuotas(tx, region, project_id, [...usable.keys()]);
  await tx.db.deleteFrom('recycled_loadbalancers').where('id', '=', id).execute();
  return owner;
}

/** Whether a load balancer may have a pool, which may have changed since it had it. */
async function isUsable(tx: Writer, owner: LoadBalancer, found: Pool): Promise<boolean> {
  try {
    await checkPoolOfLoadBalancer(tx.db, owner, found, 'pool');
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** What came back has been written, and counts. */
async function checkQuotas(
  { db }: Writer,
  { inventory }: Region,
  project_id: string,
  poolIds: readonly string[],
): Promise<void> {
  const keys = ['loadbalancer', 'listener', 'pool', 'member', 'healthmonitor', 'l7policy'] as const;
  for (const key of keys) await checkQuota(db, inventory, key, { project_id }, 0);
  for (const pool_id of poolIds) await checkQuota(db, inventory, 'listeners_per_pool', { pool_id }, 0);
}
