/** What health checking needs to know: which pools are probed, how, and which members they have. */
import { type HealthMonitor, healthMonitor } from '../model/health-monitor.ts';
import type { LoadBalancer } from '../model/load-balancer.ts';
import { type Member, member } from '../model/member.ts';
import { pool } from '../model/pool.ts';
import type { Logger } from '../observe/log.ts';
import { ChangeFeed } from '../store/change-feed.ts';
import type { Change } from '../store/change-log.ts';
import { all, findBy } from '../store/rows.ts';
import { attachmentsOf, poolIdsOfListeners } from './attachments.ts';
import type { LiveRegion, Region } from './region.ts';

export interface MonitoredPool {
  readonly poolId: string;
  readonly monitor: HealthMonitor;
  /** See `probeHost`. */
  readonly host: string;
  /** What it is attached to, whose addresses the host may be. */
  readonly attachedTo: readonly string[];
}

/** The pools that are to be probed, one after the other. */
export async function* monitoredPools(region: Region): AsyncGenerator<MonitoredPool> {
  for await (const { pool_id, admin_state_up } of all(region.store.reader, healthMonitor, [
    'id',
    'pool_id',
    'admin_state_up',
  ])) {
    const found = admin_state_up ? await monitoredPool(region, pool_id) : null;
    if (found) yield found;
  }
}

/** A pool with its monitor; null when it is not to be probed. */
export async function monitoredPool({ store }: Region, poolId: string): Promise<MonitoredPool | null> {
  const db = store.reader;
  const [monitor] = await findBy(db, healthMonitor, 'pool_id', [poolId]);
  const [found] = await findBy(db, pool, 'id', [poolId], ['id', 'loadbalancer_id']);
  if (!found || !monitor?.admin_state_up) return null;
  const { listeners, loadBalancers } = await attachmentsOf(db, found);
  return {
    poolId,
    monitor,
    host: probeHost(monitor, loadBalancers),
    attachedTo: [...listeners, ...loadBalancers].map(({ id }) => id),
  };
}

const probedFields = ['id', 'pool_id', 'address', 'protocol_port', 'verdict', 'reason'] as const;

/** What probing needs of a member. */
export type MonitoredMember = Pick<Member, (typeof probedFields)[number]>;

/** The members of a pool. */
export function membersOf({ store }: Region, poolId: string): Promise<MonitoredMember[]> {
  return findBy(store.reader, member, 'pool_id', [poolId], probedFields);
}

/** What HTTP probes name as Host: the monitor's domain, else the address of a load balancer of the pool. */
export function probeHost(
  monitor: Pick<HealthMonitor, 'domain_name'> | null,
  loadBalancers: readonly Pick<LoadBalancer, 'vip_address' | 'ipv6_vip_address'>[],
): string {
  const vip = loadBalancers.map(({ vip_address, ipv6_vip_address }) => vip_address ?? ipv6_vip_address)[0];
  return monitor?.domain_name ?? vip ?? '';
}

/** The pools that listeners send requests to. */
export async function poolsOfListeners({ store }: Region, ids: readonly string[]): Promise<string[]> {
  return [...(await poolIdsOfListeners(store.reader, ids)).values()].flat();
}

/** Members by their ids, of those that still are. */
export function membersById({ store }: Region, ids: readonly string[]): Promise<MonitoredMember[]> {
  return findBy(store.reader, member, 'id', ids, probedFields);
}

/** Follows all changes of the region's resources. */
export function followChanges(
  { store }: LiveRegion,
  log: Logger,
  handler: (changes: readonly Change[]) => Promise<void>,
): ChangeFeed {
  return new ChangeFeed(store, log, handler);
}

export type { Change } from '../store/change-log.ts';
