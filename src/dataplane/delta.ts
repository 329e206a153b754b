/** Works out what a stretch of the change log means for the configuration. */
import { certificate } from '../model/certificate.ts';
import { healthMonitor } from '../model/health-monitor.ts';
import { ipGroup } from '../model/ip-group.ts';
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
import { compileCertificate, namedCertificates, type OpenKey } from './compile-tls.ts';
import type {
  CertificateConfiguration,
  Changes,
  ConfigurationDelta,
  ListenerConfiguration,
  MemberChanges,
  PoolConfiguration,
} from './configuration.ts';

type Parts = Pick<ConfigurationDelta, 'certificates' | 'pools' | 'members' | 'listeners'>;

/** Everything there is, for a proxy that starts from nothing. */
export async function compileSnapshot(db: Reader, openKey: OpenKey): Promise<Parts> {
  const pools: PoolConfiguration[] = [];
  for await (const each of all(db, pool)) {
    const compiled = compilePool(each);
    if (compiled) pools.push(compiled);
  }
  const members = new Map<string, MemberChanges & { put: ReturnType<typeof compileMember>[] }>(
    pools.map(({ id }) => [id, { poolId: id, put: [], remove: [] }]),
  );
  for await (const each of all(db, member, compiledFields))
    members.get(each.pool_id)?.put.push(compileMember(each));
  const listeners: Listener[] = [];
  for await (const each of all(db, listener)) listeners.push(each);
  const { put } = await compileListeners(db, listeners);
  return {
    certificates: { put: await compileCertificates(db, namesOf(put), openKey) },
    pools: { put: pools, remove: [] },
    members: [...members.values()].filter((changes) => changes.put.length > 0),
    listeners: { put, remove: [] },
  };
}

/** What the changes come to, read from the state they led to; putting what is there already does no harm. */
export async function compileChanges(
  db: Reader,
  changes: readonly Change[],
  openKey: OpenKey,
): Promise<Parts> {
  const touched = new Touched(changes);
  const pools = await findBy(db, pool, 'id', [...touched.pools]);
  const compiledPools = pools.flatMap((each) => compilePool(each) ?? []);
  const served = new Set(
    (await findBy(db, pool, 'id', [...touched.poolsOfMembers, ...touched.monitoredPools])).flatMap(
      (each) => compilePool(each)?.id ?? [],
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
  return {
    certificates: { put: await compileCertificates(db, certificates, openKey) },
    pools: { put: compiledPools, remove: without(touched.pools, compiledPools) },
    members: memberChanges(served, touched.members, found),
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
