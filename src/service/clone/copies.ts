/**
 * Writes a tree again below another load balancer: every record as it is but for its ids, with each reference to
 * another record of the tree leading to the copy of that.
 */
import { healthMonitor } from '../../model/health-monitor.ts';
import { type L7Policy, l7Policy } from '../../model/l7-policy.ts';
import { l7Rule } from '../../model/l7-rule.ts';
import { type Listener, listener } from '../../model/listener.ts';
import type { LoadBalancer } from '../../model/load-balancer.ts';
import { member, operatingStatus } from '../../model/member.ts';
import { type Pool, pool } from '../../model/pool.ts';
import { insert } from '../../store/rows.ts';
import type { Writer } from '../../store/transaction.ts';
import { newId } from '../new-id.ts';
import { movePools } from '../policy-pools.ts';
import { timestamp } from '../region.ts';
import type { Tree } from './tree.ts';

/** Where a tree is copied to. */
export interface Target {
  readonly loadBalancer: LoadBalancer;
  /** Whether the copies send requests to the pools of the tree itself. */
  readonly reusesPools: boolean;
  /** The enterprise project of copied pools; null when each keeps its own. */
  readonly enterpriseProjectId: string | null;
  /** What is else about the copy of a listener. */
  readonly change: (of: Listener) => Partial<Listener>;
}

/** The records that were made. */
export interface Copies {
  readonly listeners: readonly Listener[];
  readonly pools: readonly Pool[];
}

/** A copy that is being written. */
interface Copying {
  readonly tx: Writer;
  readonly tree: Tree;
  readonly target: Target;
  /** The copy of what an id names, or the same id where that is no part of the copy. */
  readonly of: (id: string) => string;
  readonly stamps: { readonly created_at: string; readonly updated_at: string };
}

export async function copyTree(tx: Writer, tree: Tree, target: Target): Promise<Copies> {
  const now = timestamp(tx.at);
  const pools = target.reusesPools ? [] : tree.pools;
  const ids = new Map([
    ...freshIds(tx, tree.listeners),
    ...freshIds(tx, tree.policies),
    ...freshIds(tx, tree.rules),
    ...freshIds(tx, pools),
    ...freshIds(tx, [...tree.monitors.values()]),
    ...freshIds(tx, [...tree.members.values()].flat()),
  ]);
  const copying: Copying = {
    tx,
    tree,
    target,
    of: (id) => ids.get(id) ?? id,
    stamps: { created_at: now, updated_at: now },
  };
  const copies = { pools: await copyPools(copying, pools), listeners: await copyListeners(copying) };
  await copyPolicies(copying);
  return copies;
}

/** Ids for copies that ascend as those of the originals do: in every list the copies have the order of those. */
function freshIds({ at }: Writer, originals: readonly { readonly id: string }[]): [string, string][] {
  const made = originals.map(() => newId(at)).sort();
  const inOrder = originals.map(({ id }) => id).sort();
  return inOrder.map((id, index) => [id, made[index] ?? newId(at)]);
}

async function copyPools(copying: Copying, originals: readonly Pool[]): Promise<Pool[]> {
  const { tx, target, of, stamps } = copying;
  const copies: Pool[] = [];
  for (const each of originals) {
    const copy: Pool = {
      ...each,
      ...stamps,
      id: of(each.id),
      loadbalancer_id: each.loadbalancer_id && target.loadBalancer.id,
      enterprise_project_id: target.enterpriseProjectId ?? each.enterprise_project_id,
      healthmonitor_id: each.healthmonitor_id && of(each.healthmonitor_id),
    };
    await insert(tx, pool, copy);
    await copyContent(copying, each.id, copy);
    copies.push(copy);
  }
  return copies;
}

/** The monitor and the members of a pool, which nobody has probed for the copy yet. */
async function copyContent(
  { tx, tree, of, stamps }: Copying,
  originalId: string,
  { id: pool_id, enterprise_project_id }: Pool,
): Promise<void> {
  const below = { ...stamps, pool_id, enterprise_project_id };
  const monitor = tree.monitors.get(originalId);
  if (monitor) await insert(tx, healthMonitor, { ...monitor, ...below, id: of(monitor.id) });
  const state = {
    monitored: monitor?.admin_state_up ?? false,
    attached: tree.usedPoolIds.has(originalId),
  };
  for (const each of tree.members.get(originalId) ?? []) {
    const { server_state } = each;
    await insert(tx, member, {
      ...each,
      ...below,
      id: of(each.id),
      verdict: 'INITIAL',
      reason: null,
      operating_status: operatingStatus(state, { server_state, verdict: 'INITIAL' }),
    });
  }
}

async function copyListeners({ tx, tree, target, of, stamps }: Copying): Promise<Listener[]> {
  const { id: loadbalancer_id, enterprise_project_id } = target.loadBalancer;
  const copies = tree.listeners.map(
    (each): Listener => ({
      ...each,
      ...stamps,
      id: of(each.id),
      loadbalancer_id,
      enterprise_project_id,
      default_pool_id: each.default_pool_id && of(each.default_pool_id),
      quic_config: each.quic_config && {
        ...each.quic_config,
        quic_listener_id: of(each.quic_config.quic_listener_id),
      },
      ...target.change(each),
    }),
  );
  for (const each of copies) await insert(tx, listener, each);
  return copies;
}

async function copyPolicies({ tx, tree, target, of, stamps }: Copying): Promise<void> {
  const { enterprise_project_id } = target.loadBalancer;
  for (const each of tree.policies) {
    const copy: L7Policy = {
      ...each,
      ...stamps,
      ...targetsOf(each, of),
      id: of(each.id),
      listener_id: of(each.listener_id),
      enterprise_project_id,
    };
    await insert(tx, l7Policy, copy);
    await movePools(tx, copy, null, copy);
  }
  for (const each of tree.rules) {
    const l7policy_id = of(each.l7policy_id);
    await insert(tx, l7Rule, { ...each, ...stamps, id: of(each.id), l7policy_id, enterprise_project_id });
  }
}

/** Where a policy sends requests: every id in it. */
function targetsOf(policy: L7Policy, of: (id: string) => string): Partial<L7Policy> {
  const { redirect_pool_id, redirect_pools_config, redirect_listener_id } = policy;
  const extension = policy.redirect_pools_extend_config;
  const mirror = extension?.traffic_mirror_config;
  return {
    redirect_pool_id: redirect_pool_id && of(redirect_pool_id),
    redirect_listener_id: redirect_listener_id && of(redirect_listener_id),
    redirect_pools_config: redirect_pools_config.map((each) => ({ ...each, pool_id: of(each.pool_id) })),
    redirect_pools_extend_config:
      extension && mirror
        ? { ...extension, traffic_mirror_config: { ...mirror, target_ids: mirror.target_ids.map(of) } }
        : extension,
  };
}
