/** Works out what a stretch of the change log means for the configuration. */
import { certificate } from '../model/certificate.ts';
import { healthMonitor } from '../model/health-monitor.ts';
import { ipGroup } from '../model/ip-group.ts';
import { type L7Policy, l7Policy } from '../model/l7-policy.ts';
import { l7Rule } from '../model/l7-rule.ts';
import { type Listener, listener, listenerOfIpGroup, listenerOfSni } from '../model/listener.ts';
import { loadBalancer } from '../model/load-balancer.ts';
import { type Member, member } from '../model/member.ts';
import { pool } from '../model/pool.ts';
import { securityPolicy } from '../model/security-policy.ts';
import type { Change } from '../store/change-log.ts';
import { ownersOf } from '../store/elements.ts';
import { all, findBy } from '../store/rows.ts';
import type { Reader } from '../store/transaction.ts';
import { compiledFields, compileListener, compileMember, compilePool, ipGroupIds } from './compile.ts';
import { compilePolicy } from './compile-policy.ts';
import { compileCertificate, namedCertificates, type OpenKey } from './compile-tls.ts';
import type {
  CertificateConfiguration,
  Changes,
  ConfigurationDelta,
  ListenerConfiguration,
  MemberChanges,
  PoolConfiguration,
} from './configuration.ts';
import type { PolicyConfiguration } from './policy-configuration.ts';
import type { ProxySecrets } from './proxy-secrets.ts';
import type { SessionKeys } from './session-keys.ts';

type Parts = Pick<ConfigurationDelta, 'certificates' | 'pools' | 'members' | 'policies' | 'listeners'>;

/** Policies are read this many at a time with their rules. */
const policiesAtOnce = 500;

/** Everything there is, for a proxy that starts from nothing. */
export async function compileSnapshot(
  db: Reader,
  { sessionKeys: keys, openKey }: ProxySecrets,
): Promise<Parts> {
  const pools: PoolConfiguration[] = [];
  for await (const each of all(db, pool)) {
    const compiled = compilePool(each, keys);
    if (compiled) pools.push(compiled);
  }
  const members = new Map<string, MemberChanges & { put: ReturnType<typeof compileMember>[] }>(
    pools.map(({ id }) => [id, { poolId: id, put: [], remove: [] }]),
  );
  for await (const each of all(db, member, compiledFields))
    members.get(each.pool_id)?.put.push(compileMember(each));
  const policies: PolicyConfiguration[] = [];
  const gathered: L7Policy[] = [];
  for await (const each of all(db, l7Policy)) gathered.push(each);
  for (let start = 0; start < gathered.length; start += policiesAtOnce) {
    const some = gathered.slice(start, start + policiesAtOnce);
    policies.push(...(await compilePolicies(db, some, keys)));
  }
  const listeners: Listener[] = [];
  for await (const each of all(db, listener)) listeners.push(each);
  const { put } = await compileListeners(db, listeners);
  return {
    certificates: { put: await compileCertificates(db, namesOf(put), openKey) },
    pools: { put: pools, remove: [] },
    members: [...members.values()].filter((changes) => changes.put.length > 0),
    policies: { put: policies, remove: [] },
    listeners: { put, remove: [] },
  };
}

/** What the changes come to, read from the state they led to; putting what is there already does no harm. */
export async function compileChanges(
  db: Reader,
  changes: readonly Change[],
  { sessionKeys: keys, openKey }: ProxySecrets,
): Promise<Parts> {
  const touched = new Touched(changes);
  const pools = await findBy(db, pool, 'id', [...touched.pools]);
  const compiledPools = pools.flatMap((each) => compilePool(each, keys) ?? []);
  const served = new Set(
    (await findBy(db, pool, 'id', [...touched.poolsOfMembers, ...touched.monitoredPools])).flatMap(
      (each) => compilePool(each, keys)?.id ?? [],
    ),
  );
  const monitored = [...touched.monitoredPools].filter((id) => served.has(id));
  const found = new Map(
    [
      ...(await findBy(db, member, 'id', [...touched.members.keys()])),
      ...(await findBy(db, member, 'pool_id', monitored)),
    ].map((each) => [each.id, each]),
  );
  const listeners = new Map(
    [
      ...(await findBy(db, listener, 'id', [...touched.listeners])),
      ...(await findBy(db, listener, 'loadbalancer_id', [...touched.loadBalancers])),
      ...(await findBy(db, listener, 'security_policy_id', [...touched.securityPolicies])),
    ].map((each) => [each.id, each]),
  );
  for (const each of await usersOf(db, touched.ipGroups)) listeners.set(each.id, each);
  const compiledListeners = await compileListeners(db, [...listeners.values()]);
  const certificates = [
    ...namesOf(compiledListeners.put),
    ...(await usedCertificates(db, [...touched.certificates])),
  ];
  const policies = await findBy(db, l7Policy, 'id', [...touched.policies]);
  const compiledPolicies = await compilePolicies(db, policies, keys);
  return {
    certificates: { put: await compileCertificates(db, certificates, openKey) },
    pools: { put: compiledPools, remove: without(touched.pools, compiledPools) },
    members: memberChanges(served, touched.members, found),
    policies: { put: compiledPolicies, remove: without(touched.policies, compiledPolicies) },
    listeners: {
      put: compiledListeners.put,
      remove: [...without(touched.listeners, [...listeners.values()]), ...compiledListeners.remove],
    },
  };
}

/** The ids that changes touch, by what they are ids of. */
class Touched {
  readonly pools = new Set<string>();
  readonly listeners = new Set<string>();
  readonly loadBalancers = new Set<string>();
  readonly ipGroups = new Set<string>();
  readonly certificates = new Set<string>();
  readonly securityPolicies = new Set<string>();
  readonly policies = new Set<string>();
  /** Pools whose health monitor changed: their members' verdicts may have been forgotten. */
  readonly monitoredPools = new Set<string>();
  readonly poolsOfMembers = new Set<string>();
  /** Member id to pool id. */
  readonly members = new Map<string, string>();

  constructor(changes: readonly Change[]) {
    for (const { type, id, parent_id } of changes) {
      if (type === pool.name) this.pools.add(id);
      else if (type === listener.name) this.listeners.add(id);
      else if (type === loadBalancer.name) this.loadBalancers.add(id);
      else if (type === ipGroup.name) this.ipGroups.add(id);
      else if (type === certificate.name) this.certificates.add(id);
      else if (type === securityPolicy.name) this.securityPolicies.add(id);
      else if (type === l7Policy.name) this.policies.add(id);
      else if (type === l7Rule.name && parent_id) this.policies.add(parent_id);
      else if (type === healthMonitor.name && parent_id) this.monitoredPools.add(parent_id);
      else if (type === member.name && parent_id) {
        this.members.set(id, parent_id);
        this.poolsOfMembers.add(parent_id);
      }
    }
  }
}

/** The listeners that use any of the IP groups. */
async function usersOf(db: Reader, groups: ReadonlySet<string>): Promise<Listener[]> {
  const owners = await ownersOf(db, listener, listenerOfIpGroup, [...groups]);
  return findBy(
    db,
    listener,
    'id',
    owners.map(({ id }) => id),
  );
}

function memberChanges(
  served: ReadonlySet<string>,
  touched: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, Member>,
): MemberChanges[] {
  const byPool = new Map<string, { put: ReturnType<typeof compileMember>[]; remove: string[] }>();
  const of = (poolId: string) => {
    const changes = byPool.get(poolId) ?? { put: [], remove: [] };
    byPool.set(poolId, changes);
    return changes;
  };
  for (const each of found.values())
    if (served.has(each.pool_id)) of(each.pool_id).put.push(compileMember(each));
  for (const [id, poolId] of touched) if (served.has(poolId) && !found.has(id)) of(poolId).remove.push(id);
  return [...byPool].map(([poolId, changes]) => ({ poolId, ...changes }));
}

/** What policies come to. They need nothing of a listener that can change: its port stays what it is. */
async function compilePolicies(
  db: Reader,
  policies: readonly L7Policy[],
  keys: SessionKeys,
): Promise<PolicyConfiguration[]> {
  const ids = policies.map(({ id }) => id);
  const rules = Map.groupBy(await findBy(db, l7Rule, 'l7policy_id', ids), ({ l7policy_id }) => l7policy_id);
  const targetIds = policies.flatMap(({ redirect_listener_id }) => redirect_listener_id ?? []);
  const targets = await findBy(db, listener, 'id', [...new Set(targetIds)], ['id', 'protocol_port']);
  return policies.flatMap((policy) => {
    const target = targets.find(({ id }) => id === policy.redirect_listener_id);
    return compilePolicy(policy, rules.get(policy.id) ?? [], target, keys) ?? [];
  });
}

async function compileListeners(
  db: Reader,
  listeners: readonly Listener[],
): Promise<Changes<ListenerConfiguration>> {
  const ids = [...new Set(listeners.map(({ loadbalancer_id }) => loadbalancer_id))];
  const groups = await findBy(db, ipGroup, 'id', [...new Set(listeners.flatMap(ipGroupIds))]);
  const ipGroups = new Map(groups.map((each) => [each.id, each]));
  const policyIds = new Set(listeners.flatMap(({ security_policy_id }) => security_policy_id || []));
  const policies = new Map(
    (await findBy(db, securityPolicy, 'id', [...policyIds])).map((each) => [each.id, each]),
  );
  const owners = new Map((await findBy(db, loadBalancer, 'id', ids)).map((each) => [each.id, each]));
  const put: ListenerConfiguration[] = [];
  const remove: string[] = [];
  for (const each of listeners) {
    const owner = owners.get(each.loadbalancer_id);
    const compiled = owner && compileListener(each, owner, ipGroups, policies);
    if (compiled) put.push(compiled);
    else remove.push(each.id);
  }
  return { put, remove };
}

/** The ids of the certificates that listeners name. */
function namesOf(listeners: readonly ListenerConfiguration[]): string[] {
  return listeners.flatMap(({ tls }) => (tls ? namedCertificates(tls) : []));
}

/** Which of the certificates any listener names: a key that nobody needs goes to no proxy. */
async function usedCertificates(db: Reader, ids: readonly string[]): Promise<string[]> {
  const used = new Set((await ownersOf(db, listener, listenerOfSni, ids)).map(({ value }) => value));
  for (const key of ['default_tls_container_ref', 'client_ca_tls_container_ref'] as const) {
    for (const { [key]: id } of await findBy(db, listener, key, ids)) if (id) used.add(id);
  }
  return ids.filter((id) => used.has(id));
}

async function compileCertificates(
  db: Reader,
  ids: readonly string[],
  openKey: OpenKey,
): Promise<CertificateConfiguration[]> {
  const found = await findBy(db, certificate, 'id', [...new Set(ids)]);
  return found.map((each) => compileCertificate(each, openKey));
}

function without(ids: Iterable<string>, present: readonly { readonly id: string }[]): string[] {
  const there = new Set(present.map(({ id }) => id));
  return [...ids].filter((id) => !there.has(id));
}
