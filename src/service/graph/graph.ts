/** The whole graph of a load balancer, as the store has it. */
import { type Certificate, certificate } from '../../model/certificate.ts';
import { type HealthMonitor, healthMonitor } from '../../model/health-monitor.ts';
import { type IpGroup, ipGroup } from '../../model/ip-group.ts';
import { type L7Policy, l7Policy } from '../../model/l7-policy.ts';
import { type L7Rule, l7Rule } from '../../model/l7-rule.ts';
import { type Listener, listener } from '../../model/listener.ts';
import type { LoadBalancer } from '../../model/load-balancer.ts';
import { type Logtank, logtank } from '../../model/logtank.ts';
import { type Member, member } from '../../model/member.ts';
import type { Pool } from '../../model/pool.ts';
import { type PublicIpRecord, publicIp } from '../../model/public-ip.ts';
import { type SecurityPolicy, securityPolicy } from '../../model/security-policy.ts';
import { findBy } from '../../store/rows.ts';
import type { Reader } from '../../store/transaction.ts';
import { poolsOf } from '../load-balancer-removal.ts';

/** A load balancer with what is its own alone. */
export interface LoadBalancerParts {
  readonly loadBalancer: LoadBalancer;
  readonly logtank: Logtank | null;
  readonly publicIp: PublicIpRecord | null;
}

export interface PoolParts {
  readonly pool: Pool;
  readonly members: readonly Member[];
  readonly monitor: HealthMonitor | null;
}

export interface PolicyParts {
  readonly policy: L7Policy;
  readonly rules: readonly L7Rule[];
}

export interface ListenerParts {
  readonly listener: Listener;
  /** Those that are in effect before those that are not, so that those made in this order become the same. */
  readonly policies: readonly PolicyParts[];
}

/** A load balancer, what belongs to it, and what that refers to; each list in the order of creation. */
export interface Graph extends LoadBalancerParts {
  readonly listeners: readonly ListenerParts[];
  /** The pools that belong to it, and those of others that its listeners use, of either kind. */
  readonly pools: readonly PoolParts[];
  readonly certificates: readonly Certificate[];
  readonly ipGroups: readonly IpGroup[];
  readonly securityPolicies: readonly SecurityPolicy[];
}

export async function graphOf(db: Reader, loadBalancer: LoadBalancer): Promise<Graph> {
  const listeners = inOrder(await findBy(db, listener, 'loadbalancer_id', [loadBalancer.id]));
  return {
    ...(await ownPartsOf(db, loadBalancer)),
    listeners: await withPolicies(db, listeners),
    pools: await withMembers(db, inOrder(await poolsOf(db, loadBalancer))),
    certificates: inOrder(await findBy(db, certificate, 'id', distinct(listeners.flatMap(certificateIds)))),
    ipGroups: inOrder(await findBy(db, ipGroup, 'id', distinct(listeners.flatMap(ipGroupIds)))),
    securityPolicies: inOrder(
      await findBy(db, securityPolicy, 'id', distinct(listeners.map((each) => each.security_policy_id))),
    ),
  };
}

export async function ownPartsOf(db: Reader, loadBalancer: LoadBalancer): Promise<LoadBalancerParts> {
  const [tank] = await findBy(db, logtank, 'loadbalancer_id', [loadBalancer.id]);
  const [bound] = await findBy(db, publicIp, 'loadbalancer_id', [loadBalancer.id]);
  return { loadBalancer, logtank: tank ?? null, publicIp: bound ?? null };
}

async function withPolicies(db: Reader, listeners: readonly Listener[]): Promise<ListenerParts[]> {
  const policies = await findBy(db, l7Policy, 'listener_id', listeners.map(idOf));
  const rules = Map.groupBy(
    await findBy(db, l7Rule, 'l7policy_id', policies.map(idOf)),
    (each) => each.l7policy_id,
  );
  const byListener = Map.groupBy(
    inOrder(policies).toSorted((a, b) => rank(a) - rank(b)),
    (each) => each.listener_id,
  );
  return listeners.map((each) => ({
    listener: each,
    policies: (byListener.get(each.id) ?? []).map((policy) => ({
      policy,
      rules: inOrder(rules.get(policy.id) ?? []),
    })),
  }));
}

function rank({ provisioning_status }: L7Policy): number {
  return provisioning_status === 'ACTIVE' ? 0 : 1;
}

async function withMembers(db: Reader, pools: readonly Pool[]): Promise<PoolParts[]> {
  const ids = pools.map(idOf);
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

function idOf({ id }: { readonly id: string }): string {
  return id;
}

function inOrder<T extends { readonly created_at: string; readonly id: string }>(records: readonly T[]): T[] {
  return records.toSorted((a, b) => compare(a.created_at, b.created_at) || compare(a.id, b.id));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
