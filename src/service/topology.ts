/** Works out the topology of a load balancer: which ways requests take to its pools (rules digest 3.2). */
import { type L7Policy, l7Policy } from '../model/l7-policy.ts';
import { type L7Rule, l7Rule } from '../model/l7-rule.ts';
import { type Listener, listener } from '../model/listener.ts';
import type { LoadBalancer } from '../model/load-balancer.ts';
import { type Pool, pool } from '../model/pool.ts';
import type { TopologyEdge, TopologyQuery } from '../model/topology.ts';
import { findBy } from '../store/rows.ts';
import { poolIdsOf } from './policy-pools.ts';
import { requireLoadBalancer } from './references.ts';
import type { Region } from './region.ts';

/** A load balancer, what of it was asked for, and the ways between. */
export interface TopologyView {
  readonly loadBalancer: LoadBalancer;
  readonly listeners: readonly Listener[];
  readonly pools: readonly Pool[];
  readonly edges: readonly TopologyEdge[];
  /** Those of the listeners. */
  readonly policies: readonly { readonly policy: L7Policy; readonly rules: readonly L7Rule[] }[];
}

/**
 * Without a query everything is shown. A query for listeners leaves those, and the pools that they lead to; one for
 * pools leaves those, and the listeners that lead to them; one for both leaves the ways from such a listener to such a
 * pool. The load balancer and its public IPs are always shown.
 */
export async function showTopology(
  region: Region,
  projectId: string,
  id: string,
  query: TopologyQuery,
): Promise<TopologyView> {
  const db = region.store.reader;
  const loadBalancer = await requireLoadBalancer(db, projectId, id);
  const mine = await findBy(db, listener, 'loadbalancer_id', [id]);
  const policies = await findBy(
    db,
    l7Policy,
    'listener_id',
    mine.map((each) => each.id),
  );
  const ways = [...mine.flatMap(defaultWay), ...policies.flatMap(policyWays)];
  const toPools = ways.filter(({ target_type }) => target_type === 'pool');
  const reached = await findBy(db, pool, 'id', [...new Set(toPools.map(({ target }) => target))]);
  const own = await findBy(db, pool, 'loadbalancer_id', [id]);
  const all = [...new Map([...reached, ...own].map((each) => [each.id, each])).values()].sort(byId);

  const wantedListeners = new Set(mine.filter((each) => isWantedListener(each, query)).map(({ id }) => id));
  const wantedPools = new Set(all.filter((each) => isWantedPool(each, query)).map(({ id }) => id));
  const wanted = toPools.filter(
    ({ source, target }) => wantedListeners.has(source) && wantedPools.has(target),
  );
  const listeners = mine.filter((each) =>
    asksForPools(query) ? wanted.some(({ source }) => source === each.id) : wantedListeners.has(each.id),
  );
  const pools = all.filter((each) =>
    asksForListeners(query) ? wanted.some(({ target }) => target === each.id) : wantedPools.has(each.id),
  );
  const shown = new Set([...listeners, ...pools].map((each) => each.id));
  const kept = policies.filter(({ listener_id }) => shown.has(listener_id));
  const rules = Map.groupBy(
    await findBy(
      db,
      l7Rule,
      'l7policy_id',
      kept.map((each) => each.id),
    ),
    ({ l7policy_id }) => l7policy_id,
  );
  return {
    loadBalancer,
    listeners,
    pools,
    edges: [
      ...loadBalancer.publicips.map(({ publicip_id }) => edge('eip', publicip_id, 'loadbalancer', id)),
      ...listeners.map((each) => edge('loadbalancer', id, 'listener', each.id)),
      ...ways.filter(({ source, target }) => shown.has(source) && shown.has(target)),
    ],
    policies: kept.map((policy) => ({ policy, rules: rules.get(policy.id) ?? [] })),
  };
}

function defaultWay({ id, default_pool_id }: Listener): TopologyEdge[] {
  return default_pool_id ? [edge('listener', id, 'pool', default_pool_id)] : [];
}

/** One that answers by itself, or names a URL, leads to no node. */
function policyWays(policy: L7Policy): TopologyEdge[] {
  const { id, listener_id, redirect_listener_id } = policy;
  const label = { label: 'l7policy', label_id: id } as const;
  return [
    ...[...poolIdsOf(policy)].map((poolId) => ({
      ...edge('listener', listener_id, 'pool', poolId),
      ...label,
    })),
    ...(redirect_listener_id
      ? [{ ...edge('listener', listener_id, 'listener', redirect_listener_id), ...label }]
      : []),
  ];
}

function edge(
  source_type: TopologyEdge['source_type'],
  source: string,
  target_type: TopologyEdge['target_type'],
  target: string,
): TopologyEdge {
  return { source, target, source_type, target_type };
}

function asksForListeners(query: TopologyQuery): boolean {
  const { listener_id, listener_name, listener_protocol, listener_protocol_port } = query;
  return [listener_id, listener_name, listener_protocol, listener_protocol_port].some(isGiven);
}

function asksForPools({ pool_id, pool_name }: TopologyQuery): boolean {
  return [pool_id, pool_name].some(isGiven);
}

function isWantedListener({ id, name, protocol, protocol_port }: Listener, query: TopologyQuery): boolean {
  return (
    isAmong(id, query.listener_id) &&
    isAmong(name, query.listener_name) &&
    isAmong(protocol, query.listener_protocol) &&
    isAmong(protocol_port, query.listener_protocol_port.map(Number))
  );
}

function isWantedPool({ id, name }: Pool, { pool_id, pool_name }: TopologyQuery): boolean {
  return isAmong(id, pool_id) && isAmong(name, pool_name);
}

/** What is not asked about may be anything. */
function isAmong<T>(value: T, asked: readonly T[]): boolean {
  return !isGiven(asked) || asked.includes(value);
}

function isGiven(asked: readonly unknown[]): boolean {
  return asked.length > 0;
}

function byId(a: Pool, b: Pool): number {
  return a.id < b.id ? -1 : 1;
}
