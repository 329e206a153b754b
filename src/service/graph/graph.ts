/** The whole graph of a load balancer, as the store has it. */
import { type Certificate, certificate } from '../../model/certificate.ts';
import { conflict } from '../../model/errors.ts';
import { type HealthMonitor, healthMonitor } from '../../model/health-monitor.ts';
import { type IpGroup, ipGroup } from '../../model/ip-group.ts';
import { type Listener, listener } from '../../model/listener.ts';
import type { LoadBalancer } from '../../model/load-balancer.ts';
import { type Member, member } from '../../model/member.ts';
import { type Pool, pool } from '../../model/pool.ts';
import { type SecurityPolicy, securityPolicy } from '../../model/security-policy.ts';
import { findBy } from '../../store/rows.ts';
import type { Reader } from '../../store/transaction.ts';

export interface PoolParts {
  readonly pool: Pool;
  readonly members: readonly Member[];
  readonly monitor: HealthMonitor | null;
}

/** A load balancer, what belongs to it, and what that refers to; each list in the order of creation. */
export interface Graph {
  readonly loadBalancer: LoadBalancer;
  readonly listeners: readonly Listener[];
  /** The pools that belong to it, and those of others that its listeners use. */
  readonly pools: readonly PoolParts[];
  readonly certificates: readonly Certificate[];
  readonly ipGroups: readonly IpGroup[];
  readonly securityPolicies: readonly SecurityPolicy[];
}

/** @throws Refusal (409) for what documents have no words for, rather than leave it out */
export async function graphOf(db: Reader, loadBalancer: LoadBalancer): Promise<Graph> {
  const listeners = inOrder(await findBy(db, listener, 'loadbalancer_id', [loadBalancer.id]));
  return {
    loadBalancer,
    listeners,
    pools: await poolsOf(db, loadBalancer, listeners),
    certificates: inOrder(await findBy(db, certificate, 'id', distinct(listeners.flatMap(certificateIds)))),
    ipGroups: inOrder(await findBy(db, ipGroup, 'id', distinct(listeners.flatMap(ipGroupIds)))),
    securityPolicies: inOrder(
      await findBy(db, securityPolicy, 'id', distinct(listeners.map((each) => each.security_policy_id))),
    ),
  };
}

async function poolsOf(
  db: Reader,
  { id }: LoadBalancer,
  listeners: readonly Listener[],
): Promise<PoolParts[]> {
  const own = await findBy(db, pool, 'loadbalancer_id', [id]);
  const used = await findBy(db, pool, 'id', distinct(listeners.map((each) => each.default_pool_id)));
  const pools = inOrder([...new Map([...own, ...used].map((each) => [each.id, each])).values()]);
  const pair = pools.find(({ kind }) => kind === 'master-slave');
  if (pair) {
    throw conflict(
      `The load balancer ${id} uses the master-slave pool ${pair.id}, which documents cannot describe.`,
    );
  }
  const ids = pools.map((each) => each.id);
  const members = Map.groupBy(await findBy(db, member, 'pool_id', ids), (each) => each.pool_id);
  const monitors = new Map(
    (await findBy(db, healthMonitor, 'pool_id', ids)).map((each) => [each.pool_id, each]),
  );
  return pools.map((each) => ({
    pool: each,
    members: inOrder(members.get(each.id) ?? []),
    monitor: monitors.get(each.id) ?? null,
  }));
}

function certificateIds(of: Listener): (string | null)[] {
  return [of.default_tls_container_ref, of.client_ca_tls_container_ref, ...of.sni_container_refs];
}

function ipGroupIds({ ipgroup }: Listener): string[] {
  return ipgroup?.ipgroup_id.split(',') ?? [];
}

function distinct(ids: readonly (string | null)[]): string[] {
  return [...new Set(ids)].filter((id) => id !== null && id !== '') as string[];
}

function inOrder<T extends { readonly created_at: string; readonly id: string }>(records: readonly T[]): T[] {
  return records.toSorted((a, b) => compare(a.created_at, b.created_at) || compare(a.id, b.id));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
