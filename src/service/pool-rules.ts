/** The rules of a pool that need its members, listeners, load balancers or the inventory (rules digest 2.3). */
import type { Kysely } from 'kysely';
import { conflict, invalid, notFound } from '../model/errors.ts';
import { healthMonitor } from '../model/health-monitor.ts';
import type { Listener } from '../model/listener.ts';
import type { LoadBalancer } from '../model/load-balancer.ts';
import { member } from '../model/member.ts';
import type { Pool } from '../model/pool.ts';
import { count, find } from '../store/rows.ts';
import type { Tables } from '../store/schema.ts';
import type { KnownNetworks } from './networks/known-networks.ts';
import { checkNoPolicyUses } from './policy-pools.ts';
import { checkQuota } from './quotas.ts';
import { requireListener, requireLoadBalancer } from './references.ts';
import type { Region } from './region.ts';

/** What a new pool belongs to: the listener or load balancer it is created for, or nothing but a type. */
interface Owner {
  readonly listener: Listener | null;
  readonly loadBalancer: LoadBalancer | null;
}

/** Finds what a new pool belongs to (rules digest PO-1 and PO-2). */
export async function ownerOf(
  db: Kysely<Tables>,
  region: Region,
  record: Pool,
  { listener_id, loadbalancer_id, type, project_id }: Pool,
): Promise<Owner> {
  if (!listener_id && !loadbalancer_id) {
    if (type !== '') return { listener: null, loadBalancer: null };
    throw invalid('pool', 'give at least one of listener_id, loadbalancer_id and type.');
  }
  const listener = listener_id ? await requireListener(db, project_id, listener_id) : null;
  if (listener && loadbalancer_id && listener.loadbalancer_id !== loadbalancer_id) {
    throw invalid(
      'pool.loadbalancer_id',
      `listener ${listener.id} belongs to load balancer ${listener.loadbalancer_id}, not to ${loadbalancer_id}.`,
    );
  }
  if (listener?.default_pool_id) {
    throw conflict(
      `The listener ${listener.id} already has the default pool ${listener.default_pool_id}; ` +
        'set its default_pool_id to null first.',
    );
  }
  if (listener) await checkQuota(db, region.inventory, 'listeners_per_pool', { pool_id: record.id });
  const id = listener?.loadbalancer_id ?? loadbalancer_id ?? '';
  const loadBalancer = await requireLoadBalancer(db, project_id, id);
  if ((loadBalancer.loadbalancer_type === 'gateway') !== (record.protocol === 'IP')) {
    throw invalid(
      'pool.protocol',
      record.protocol === 'IP'
        ? 'IP is for gateway load balancers only.'
        : `a gateway load balancer takes pools of protocol IP, not ${record.protocol}.`,
    );
  }
  return { listener, loadBalancer };
}

/** A pool's VPC exists, and is that of the load balancers that use the pool. */
export async function checkVpc(
  known: KnownNetworks,
  record: Pool,
  loadBalancers: readonly Pick<LoadBalancer, 'id' | 'vpc_id'>[],
): Promise<void> {
  if (record.vpc_id === '') return;
  if (!(await known.vpc(record.project_id, record.vpc_id))) throw notFound('vpc', record.vpc_id);
  const stray = loadBalancers.find(({ vpc_id }) => vpc_id !== record.vpc_id);
  if (!stray) return;
  throw invalid(
    'pool.vpc_id',
    `got ${record.vpc_id}, expected ${stray.vpc_id}, the VPC of load balancer ${stray.id}.`,
  );
}

/** `type` and `vpc_id` may be given to a pool that has none, and are then settled (rules digest 2.3.1). */
export function checkSettledOnce(before: Pool, after: Pool): void {
  for (const key of ['type', 'vpc_id'] as const) {
    if (before[key] !== '' && after[key] !== before[key]) {
      throw invalid(`pool.${key}`, `it is ${before[key]} and cannot be changed any more.`);
    }
  }
}

/** Refuses a change that the members or the monitor of the pool do not allow. */
export async function checkMembers(db: Kysely<Tables>, before: Pool, after: Pool): Promise<void> {
  const { id } = after;
  if (after.any_port_enable !== before.any_port_enable) {
    const members = await count(db, member, { pool_id: id });
    if (members > 0) {
      throw conflict(
        `The pool ${id} has ${members} member(s), whose ports any_port_enable decides; delete them before it changes.`,
      );
    }
    const monitor = after.healthmonitor_id
      ? await find(db, healthMonitor, after.project_id, after.healthmonitor_id)
      : undefined;
    if (after.any_port_enable && monitor?.monitor_port === null) {
      throw conflict(
        `The health monitor ${monitor.id} has no monitor_port, which any_port_enable needs; set one first.`,
      );
    }
  }
  if (after.az_affinity?.enable && !before.az_affinity?.enable) {
    const nowhere = await count(db, member, { pool_id: id, member_type: 'ip', availability_zone: '' });
    if (nowhere > 0) {
      throw conflict(
        `The pool ${id} has ${nowhere} member(s) without availability_zone, which az_affinity needs; set theirs first.`,
      );
    }
  }
}

/** A pool goes only when it is empty, nothing probes for it and no policy uses it (rules digest PO-5). */
export async function checkUnused(db: Kysely<Tables>, found: Pool): Promise<void> {
  const members = await count(db, member, { pool_id: found.id });
  if (members > 0) {
    throw conflict(`The pool ${found.id} still has ${members} member(s); delete them first.`);
  }
  if (found.healthmonitor_id) {
    throw conflict(
      `The pool ${found.id} is in use by health monitor ${found.healthmonitor_id}; delete the monitor first.`,
    );
  }
  await checkNoPolicyUses(db, found);
}
