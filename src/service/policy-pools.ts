/** The pools that policies send requests to, kept so that they are found from the pool as well. */
import type { Kysely } from 'kysely';
import { conflict } from '../model/errors.ts';
import type { L7Policy } from '../model/l7-policy.ts';
import { type Pool, pool as poolResource } from '../model/pool.ts';
import { recordChange } from '../store/change-log.ts';
import type { Tables } from '../store/schema.ts';
import type { Writer } from '../store/transaction.ts';
import { attachmentsOf, refreshMemberStatuses } from './attachments.ts';
import { requirePool } from './references.ts';

type PoolFields = Pick<
  L7Policy,
  'redirect_pool_id' | 'redirect_pools_config' | 'redirect_pools_extend_config'
>;

/** Every mention of a pool in a policy, with how messages name the field. */
export function poolMentions(policy: PoolFields): { readonly field: string; readonly id: string }[] {
  const { redirect_pool_id, redirect_pools_config, redirect_pools_extend_config } = policy;
  const mirrors = redirect_pools_extend_config?.traffic_mirror_config?.target_ids ?? [];
  return [
    ...(redirect_pool_id ? [{ field: 'l7policy.redirect_pool_id', id: redirect_pool_id }] : []),
    ...redirect_pools_config.map(({ pool_id }, index) => ({
      field: `l7policy.redirect_pools_config[${index}].pool_id`,
      id: pool_id,
    })),
    ...mirrors.map((id, index) => ({
      field: `l7policy.redirect_pools_extend_config.traffic_mirror_config.target_ids[${index}]`,
      id,
    })),
  ];
}

/** The ids of the pools that a policy uses. */
export function poolIdsOf(policy: PoolFields | null): ReadonlySet<string> {
  return new Set(policy ? poolMentions(policy).map(({ id }) => id) : []);
}

/**
 * Takes up the pools that a policy uses and lets go of those it used. The members of a pool that had no listener, or
 * has none any more, get their statuses anew; those of others stay as they are, however many there are.
 *
 * @param after null when the policy is being deleted
 */
export async function movePools(
  tx: Writer,
  { id, listener_id, project_id }: Pick<L7Policy, 'id' | 'listener_id' | 'project_id'>,
  before: PoolFields | null,
  after: PoolFields | null,
): Promise<void> {
  const had = poolIdsOf(before);
  const has = poolIdsOf(after);
  const added = [...has].filter((poolId) => !had.has(poolId));
  const left = [...had].filter((poolId) => !has.has(poolId));
  const pools = new Map<string, Pool>();
  for (const poolId of [...added, ...left]) pools.set(poolId, await requirePool(tx.db, project_id, poolId));
  const changed = await unattached(tx.db, pools, added);
  for (const pool_id of left) {
    await tx.db
      .deleteFrom('l7policy_pools')
      .where('pool_id', '=', pool_id)
      .where('l7policy_id', '=', id)
      .execute();
  }
  for (const pool_id of added) {
    await tx.db.insertInto('l7policy_pools').values({ pool_id, l7policy_id: id, listener_id }).execute();
  }
  for (const pool of [...changed, ...(await unattached(tx.db, pools, left))]) {
    await refreshMemberStatuses(tx, pool);
    // What its monitor says as Host follows from its load balancers.
    const change = {
      project_id,
      type: poolResource.name,
      id: pool.id,
      parent_id: null,
      operation: 'update',
    } as const;
    await recordChange(tx, change, null);
  }
}

/** Those of the pools that no listener sends requests to. */
async function unattached(
  db: Kysely<Tables>,
  pools: ReadonlyMap<string, Pool>,
  ids: readonly string[],
): Promise<Pool[]> {
  const lonely: Pool[] = [];
  for (const id of ids) {
    const pool = pools.get(id);
    if (pool && (await attachmentsOf(db, pool)).listeners.length === 0) lonely.push(pool);
  }
  return lonely;
}

/** Refuses to delete a pool that policies use (rules digest PO-5 and PO-6). */
export async function checkNoPolicyUses(db: Kysely<Tables>, { id }: Pool): Promise<void> {
  const rows = await db
    .selectFrom('l7policy_pools')
    .select('l7policy_id')
    .where('pool_id', '=', id)
    .orderBy('l7policy_id')
    .execute();
  if (rows.length === 0) return;
  const shown = rows.slice(0, 10).map(({ l7policy_id }) => l7policy_id);
  const more = rows.length > shown.length ? ` and ${rows.length - shown.length} more` : '';
  throw conflict(
    `The pool ${id} is in use by l7policy ${shown.join(', ')}${more}; ` +
      (rows.length === 1
        ? 'send its requests elsewhere or delete it first.'
        : 'send their requests elsewhere or delete them first.'),
  );
}
