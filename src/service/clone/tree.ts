/** All that belongs to listeners: their policies with rules, and the pools they use with members and monitors. */
import { type HealthMonitor, healthMonitor } from '../../model/health-monitor.ts';
import { type L7Policy, l7Policy } from '../../model/l7-policy.ts';
import { type L7Rule, l7Rule } from '../../model/l7-rule.ts';
import type { Listener } from '../../model/listener.ts';
import { type Member, member } from '../../model/member.ts';
import { type Pool, pool } from '../../model/pool.ts';
import { findBy } from '../../store/rows.ts';
import type { Reader } from '../../store/transaction.ts';
import { poolIdsOf } from '../policy-pools.ts';

export interface Tree {
  readonly listeners: readonly Listener[];
  readonly policies: readonly L7Policy[];
  readonly rules: readonly L7Rule[];
  readonly pools: readonly Pool[];
  /** The ids of those that its listeners and policies send requests to. */
  readonly usedPoolIds: ReadonlySet<string>;
  /** By the id of their pool. */
  readonly members: ReadonlyMap<string, readonly Member[]>;
  /** By the id of its pool. */
  readonly monitors: ReadonlyMap<string, HealthMonitor>;
}

/**
 * @param copies which of the policies belong to the tree
 * @param ownPoolIds pools that belong to it besides those that it sends requests to
 */
export async function treeOf(
  db: Reader,
  listeners: readonly Listener[],
  copies: (policy: L7Policy) => boolean,
  ownPoolIds: readonly string[],
): Promise<Tree> {
  const policies = (await findBy(db, l7Policy, 'listener_id', listeners.map(idOf))).filter(copies);
  const usedPoolIds = new Set([
    ...listeners.flatMap(({ default_pool_id }) => default_pool_id ?? []),
    ...policies.flatMap((policy) => [...poolIdsOf(policy)]),
  ]);
  const pools = await findBy(db, pool, 'id', [...new Set([...ownPoolIds, ...usedPoolIds])]);
  const members = await findBy(db, member, 'pool_id', pools.map(idOf));
  const monitors = await findBy(db, healthMonitor, 'pool_id', pools.map(idOf));
  return {
    listeners,
    policies,
    rules: await findBy(db, l7Rule, 'l7policy_id', policies.map(idOf)),
    pools,
    usedPoolIds,
    members: Map.groupBy(members, ({ pool_id }) => pool_id),
    monitors: new Map(monitors.map((each) => [each.pool_id, each])),
  };
}

export function idOf({ id }: { readonly id: string }): string {
  return id;
}
