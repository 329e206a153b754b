/** What a pool is attached to: the listeners that use it, and their load balancers with its own. */
import type { Kysely } from 'kysely';
import { healthMonitor } from '../model/health-monitor.ts';
import { type Listener, listener } from '../model/listener.ts';
import { type LoadBalancer, loadBalancer } from '../model/load-balancer.ts';
import { operatingStatus } from '../model/member.ts';
import type { Pool } from '../model/pool.ts';
import { find, findBy } from '../store/rows.ts';
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
] as const;

export interface Attachments {
  readonly listeners: readonly Pick<Listener, (typeof listenerFields)[number]>[];
  readonly loadBalancers: readonly Pick<LoadBalancer, (typeof loadBalancerFields)[number]>[];
}

/** By ascending id. */
export async function attachmentsOf(db: Kysely<Tables>, pool: Pool): Promise<Attachments> {
  const listeners = await findBy(db, listener, 'default_pool_id', [pool.id], listenerFields);
  const ids = new Set(listeners.map(({ loadbalancer_id }) => loadbalancer_id));
  if (pool.loadbalancer_id) ids.add(pool.loadbalancer_id);
  return { listeners, loadBalancers: await findBy(db, loadBalancer, 'id', [...ids], loadBalancerFields) };
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
  for (const server_state of ['none', 'running', 'stopped', 'missing'] as const) {
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
