/** The kinds of resources in the world, and what the model knows of each. */
import { type Entry, Kind, type World } from './world.ts';

type Tags = Readonly<Record<string, string>>;

export interface LoadBalancer extends Entry {
  readonly name: string;
  readonly vpc: string;
  readonly subnet: string;
  readonly vip: string;
  readonly ipTargets: boolean;
  readonly up: boolean;
  readonly isProtected: boolean;
  readonly tags: Tags;
}

export interface Listener extends Entry {
  readonly lb: string;
  readonly protocol: 'HTTP' | 'HTTPS' | 'TCP' | 'UDP';
  readonly port: number;
  readonly pool: string | null;
  readonly ipGroups: readonly string[];
  readonly certificate: string | null;
  readonly sni: readonly string[];
  readonly clientCa: string | null;
  readonly securityPolicy: string | null;
  readonly tags: Tags;
}

export interface Pool extends Entry {
  readonly protocol: 'HTTP' | 'TCP' | 'UDP';
  /** The load balancer it was made for. */
  readonly lb: string | null;
  readonly type: '' | 'ip' | 'instance';
  readonly vpc: string;
  readonly monitor: string | null;
  readonly protectsMembers: boolean;
  readonly name: string;
}

export interface Member extends Entry {
  readonly pool: string;
  readonly address: string;
  readonly port: number;
  /** Null for an IP address used as a member. */
  readonly subnet: string | null;
  readonly server: 'none' | 'running' | 'stopped' | 'missing';
  readonly weight: number;
}

export interface Monitor extends Entry {
  readonly pool: string;
  readonly type: string;
  readonly up: boolean;
}

export interface IpGroup extends Entry {
  readonly ips: readonly string[];
}

export interface Certificate extends Entry {
  readonly type: 'server' | 'client';
  readonly domain: string | null;
}

export interface SecurityPolicy extends Entry {
  readonly protocol: string;
}

export interface Logtank extends Entry {
  readonly lb: string;
  readonly group: string;
  readonly topic: string;
}

export interface L7Policy extends Entry {
  readonly listener: string;
  readonly action: 'REDIRECT_TO_POOL' | 'REDIRECT_TO_LISTENER';
  /** A pool or a listener. */
  readonly target: string;
  readonly status: 'ACTIVE' | 'ERROR';
}

export interface L7Rule extends Entry {
  readonly policy: string;
  readonly type: 'PATH' | 'HOST_NAME';
  readonly value: string;
}

export const loadBalancers = new Kind<LoadBalancer>('loadbalancer');
export const listeners = new Kind<Listener>('listener');
export const pools = new Kind<Pool>('pool');
export const members = new Kind<Member>('member');
export const monitors = new Kind<Monitor>('healthmonitor');
export const ipGroups = new Kind<IpGroup>('ipgroup');
export const certificates = new Kind<Certificate>('certificate', '0'.repeat(32));
export const securityPolicies = new Kind<SecurityPolicy>('security_policy');
export const logtanks = new Kind<Logtank>('logtank');
export const l7Policies = new Kind<L7Policy>('l7policy');
export const l7Rules = new Kind<L7Rule>('l7rule');

/** The policies that send requests to a pool, or clients to a listener. */
export function policiesTo(world: World, id: string): L7Policy[] {
  return l7Policies.all(world).filter(({ target }) => target === id);
}

/** The listeners that send requests to a pool, by themselves or by their policies. */
export function usersOf(world: World, poolId: string): Listener[] {
  const byPolicy = new Set(policiesTo(world, poolId).map(({ listener }) => listener));
  return listeners.all(world).filter(({ id, pool }) => pool === poolId || byPolicy.has(id));
}

/** The pools that a listener sends requests to. */
export function poolsOf(world: World, { id }: Listener): Pool[] {
  return pools.all(world).filter((each) => usersOf(world, each.id).some((user) => user.id === id));
}

export function membersOf(world: World, poolId: string): Member[] {
  return members.all(world).filter(({ pool }) => pool === poolId);
}

/** The pools that were made for a load balancer. */
export function ownPools(world: World, lbId: string): Pool[] {
  return pools.all(world).filter(({ lb }) => lb === lbId);
}

/** The load balancers of a pool: its own, and those of its listeners. */
export function balancersOf(world: World, { id, lb, project }: Pool): LoadBalancer[] {
  const ids = new Set([lb, ...usersOf(world, id).map((each) => each.lb)]);
  return loadBalancers.all(world, project).filter((each) => ids.has(each.id));
}
