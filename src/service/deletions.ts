/** The calls that delete a resource with what belongs to it, and those that delete several (rules digest 3.4). */
import { invalid } from '../model/errors.ts';
import type { JobEntity, JobType } from '../model/job.ts';
import type { Writer } from '../store/transaction.ts';
import { type Attempt, deleteEach } from './batch-deletes.ts';
import { recordJob } from './jobs.ts';
import { poolsOfListeners, removeListeners } from './listener-removal.ts';
import { checkNotProtected, poolsOf, type Removal, removeLoadBalancer } from './load-balancer-removal.ts';
import { checkDeletable } from './members.ts';
import { checkNoPolicyUses } from './policy-pools.ts';
import { removePools } from './pool-removal.ts';
import { requireListener, requireLoadBalancer, requirePool } from './references.ts';
import { type Region, within } from './region.ts';

/** Deletes a load balancer and all below it, unless it or one of its pools is protected. */
export async function deleteLoadBalancerCascade(
  region: Region,
  projectId: string,
  id: string,
  removal: Removal,
): Promise<void> {
  await region.store.write(async (tx) => {
    const found = await requireLoadBalancer(tx.db, projectId, id);
    checkNotProtected(found);
    if (!found.guaranteed && removal.pools === 'none') {
      throw invalid(
        'unbounded_pool',
        `it must be true: the load balancer ${id} is shared, and so its pools go too.`,
      );
    }
    for (const each of await poolsOf(tx.db, found)) checkDeletable(each);
    await removeLoadBalancer(tx, region, found, removal);
  });
}

/**
 * Deletes a load balancer and all below it. The pools that it shares with others are unbound, but those of a shared
 * load balancer go (rules digest 2.1.6, C38).
 */
export async function deleteLoadBalancerForce(region: Region, projectId: string, id: string): Promise<void> {
  await region.store.write(async (tx) => {
    const { guaranteed } = await requireLoadBalancer(tx.db, projectId, id);
    const pools = guaranteed ? 'unshared' : 'all';
    await deleteLoadBalancerCascade(within(region, tx), projectId, id, { pools, releasesPublicIps: false });
  });
}

/** Deletes a listener and its policies; the pools stay, but a protected one keeps the listener (3.4). */
export async function deleteListenerForce({ store }: Region, projectId: string, id: string): Promise<void> {
  await store.write(async (tx) => {
    const found = await requireListener(tx.db, projectId, id);
    for (const each of await poolsOfListeners(tx.db, [found])) checkDeletable(each);
    await removeListeners(tx, [found]);
  });
}

/** Deletes a pool with its members and its monitor, unless a policy needs it (rules digest PO-6). */
export async function deletePoolCascade({ store }: Region, projectId: string, id: string): Promise<void> {
  await store.write(async (tx) => {
    const found = await requirePool(tx.db, projectId, id);
    checkDeletable(found);
    await checkNoPolicyUses(tx.db, found);
    await removePools(tx, [found]);
  });
}

/**
 * Deletes those load balancers that can be deleted, each with all below it or not at all.
 *
 * @returns the id of the job, which says what became of each
 */
export async function deleteLoadBalancers(
  region: Region,
  projectId: string,
  ids: readonly string[],
  removal: Removal,
): Promise<string> {
  return region.store.write(async (tx) => {
    const deleted = await deleteEach(region, tx, ids, (joined, id) =>
      deleteLoadBalancerCascade(joined, projectId, id, removal),
    );
    return recordDeletions(tx, projectId, 'batchDeleteLoadbalancer', 'loadbalancer', deleted);
  });
}

/** Deletes those listeners that can be deleted; the answer is as that of `deleteLoadBalancers`. */
export async function deleteListeners(
  region: Region,
  projectId: string,
  ids: readonly string[],
): Promise<string> {
  return region.store.write(async (tx) => {
    const deleted = await deleteEach(region, tx, ids, (joined, id) =>
      deleteListenerForce(joined, projectId, id),
    );
    return recordDeletions(tx, projectId, 'batchDeleteListener', 'listener', deleted);
  });
}

function recordDeletions(
  tx: Writer,
  projectId: string,
  job_type: JobType,
  resource_type: JobEntity['resource_type'],
  deleted: readonly Attempt[],
): Promise<string> {
  const [first, ...more] = deleted;
  return recordJob(tx, projectId, {
    job_type,
    resource_id: first && more.length === 0 ? first.id : null,
    sub_jobs: deleted.map(({ id, refusal }) => ({
      resource_id: id,
      entities: [{ resource_id: id, resource_type }],
      failure: refusal,
    })),
  });
}
