/** What a pool is attached to: the listeners that use it, and their load balancers with its own. */
import { type Kysely, sql } from 'kysely';
import { wordsOf } from '../model/field.ts';
import { healthMonitor } from '../model/health-monitor.ts';
import { type Listener, listener } from '../model/listener.ts';
import { type LoadBalancer, loadBalancer } from '../model/load-balancer.ts';
import { type Member, member, operatingStatus } from '../model/member.ts';
import type { Pool } from '../model/pool.ts';
import { find, findBy, findThrough } from '../store/rows.ts';
import type { Tables } from '../store/schema.ts';
import type { Writer } from '../store/transaction.ts';

/** Every member that is created reads these, so they are no more than its rules need. */
const listenerFields = ['id', 'loadbalancer_id', 'protocol', 'http2_enable'] as const;
const loadBalancerFields = [
  'id',
  'vpc_id',
  'vip_address',
  'vip_subnet_cidr_id',
  'ipv6_vip_address',
  'ipv6_vip_virsubnet_id',
  'ip_target_enable',
  'loadbalancer_type',
  'provisioning_status',
] as const;

export interface Attachments {
  readonly listeners: readonly Pick<Listener, (typeof listenerFields)[number]>[];
  readonly loadBalancers: readonly Pick<LoadBalancer, (typeof loadBalancerFields)[number]>[];
}

/** The road from a pool to the listeners that send requests to it. */
const toListeners = { table: 'pool_listeners', from: 'pool_id', to: 'listener_id' } as const;

/** By ascending id. */
export async function attachmentsOf(
  db: Kysely<Tables>,
  pool: Pick<Pool, 'id' | 'loadbalancer_id'>,
): Promise<Attachments> {
  const listeners = await findThrough(db, listener, toListeners, pool.id, listenerFields);
  const ids = new Set(listeners.map(({ loadbalancer_id }) => loadbalancer_id));
  if (pool.loadbalancer_id) ids.add(pool.loadbalancer_id);
  return { listeners, loadBalancers: await findBy(db, loadBalancer, 'id', [...ids], loadBalancerFields) };
}

/** What a pool is attached to, by the ids alone. */
export interface AttachedIds {
  readonly listenerIds: readonly string[];
  readonly loadBalancerIds: readonly string[];
}

/** What each of the pools is attached to, by the id of the pool; each list by ascending id. */
export async function attachedIdsOf(
  db: Kysely<Tables>,
  pools: readonly Pick<Pool, 'id' | 'loadbalancer_id'>[],
): Promise<(pool: Pick<Pool, 'id' | 'loadbalancer_id'>) => AttachedIds> {
  const list = JSON.stringify(pools.map(({ id }) => id));
  const { rows } = await sql<{ pool_id: string; listener_id: string; loadbalancer_id: string }>`
    SELECT pool_id, listener_id, loadbalancer_id
    FROM pool_listeners JOIN listeners ON listeners.id = listener_id
    WHERE pool_id IN (SELECT value FROM json_each(${list})) ORDER BY listener_id`.execute(db);
  const roads = Map.groupBy(rows, ({ pool_id }) => pool_id);
  return ({ id, loadbalancer_id }) => {
    const using = roads.get(id) ?? [];
    const owners = new Set(using.map((road) => road.loadbalancer_id));
    if (loadbalancer_id) owners.add(loadbalancer_id);
    return {
      listenerIds: using.map(({ listener_id }) => listener_id),
      loadBalancerIds: [...owners].sort(),
    };
  };
}

/** The ids of the pools that each of the listeners sends requests to. */
export async function poolIdsOfListeners(
  db: Kysely<Tables>,
  listenerIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const list = JSON.stringify(listenerIds);
  const { rows } = await sql<{ pool_id: string; listener_id: string }>`
    SELECT pool_id, listener_id FROM pool_listeners
    WHERE listener_id IN (SELECT value FROM json_each(${list})) ORDER BY pool_id`.execute(db);
  const pools = new Map<string, string[]>();
  for (const { pool_id, listener_id } of rows) {
    const ids = pools.get(listener_id);
    if (ids) ids.push(pool_id);
    else pools.set(listener_id, [pool_id]);
  }
  return pools;
}

/** Whether the pool has a health monitor that is up. */
export async function isMonitored(db: Kysely<Tables>, pool: Pool): Promise<boolean> {
  if (!pool.healthmonitor_id) return false;
  const monitor = await find(db, healthMonitor, pool.project_id, pool.healthmonitor_id);
  return monitor?.admin_state_up ?? false;
}

/**
 * Works out anew the operating status of a pool's members, after its monitor or its listeners changed. Members
 * alike in server and verdict change together, so the cost does not grow with queries.
 */
export async function refreshMemberStatuses(tx: Writer, pool: Pool): Promise<void> {
  const { listeners } = await attachmentsOf(tx.db, pool);
  const state = { monitored: await isMonitored(tx.db, pool), attached: listeners.length > 0 };
  for (const server_state of wordsOf(member.fields.server_state) as readonly Member['server_state'][]) {
    for (const verdict of ['INITIAL', 'ONLINE', 'OFFLINE'] as const) {
      await tx.db
        .updateTable('members')
        .set({ operating_status: operatingStatus(state, { server_state, verdict }) })
        .where('pool_id', '=', pool.id)
        .where('server_state', '=', server_state)
        .where('verdict', '=', verdict)
        .execute();
    }
  }
}
