/** Exports a load balancer with all that belongs to it as a document. */
import { notFound } from '../../model/errors.ts';
import { type Entry, type GraphDocument, type PartName, type PoolEntry, parts } from '../../model/graph.ts';
import { type LoadBalancer, loadBalancer } from '../../model/load-balancer.ts';
import type { Member } from '../../model/member.ts';
import { findBy } from '../../store/rows.ts';
import { privateKeysOf } from '../certificates.ts';
import { isPrivateKeyEchoed } from '../private-key-echo.ts';
import type { Region } from '../region.ts';
import { entryOf } from './entries.ts';
import { type Graph, graphOf, type PoolParts } from './graph.ts';
import { keysFor } from './keys.ts';
import { renamed } from './references.ts';

/** A document, and the ids of what its entries were made from. */
export interface Exported {
  readonly document: GraphDocument;
  readonly ids: ReadonlyMap<Entry, string>;
}

/**
 * The document of a load balancer of one of the projects. Private keys are in it while its project has their echo
 * on, and only then.
 *
 * @throws Refusal (404)
 */
export async function exportGraph(
  region: Region,
  projectIds: ReadonlySet<string>,
  id: string,
): Promise<Exported> {
  // A transaction, so that nothing changes between one read and the next.
  return region.store.write(async ({ db }) => {
    const [found] = await findBy(db, loadBalancer, 'id', [id]);
    if (!found || !projectIds.has(found.project_id)) throw notFound(loadBalancer.label, id);
    const echoed = await isPrivateKeyEchoed(db, found.project_id);
    return documentOf(region, await graphOf(db, found), echoed);
  });
}

function documentOf(region: Region, graph: Graph, withKeys: boolean): Exported {
  const keys = {
    certificate: keysFor('certificate', graph.certificates),
    ipgroup: keysFor('ipgroup', graph.ipGroups),
    security_policy: keysFor('security_policy', graph.securityPolicies),
    pool: keysFor(
      'pool',
      graph.pools.map(({ pool }) => pool),
    ),
    listener: keysFor('listener', graph.listeners),
  };
  type Keyed = keyof typeof keys;
  const keyIn = (kind: PartName, id: string) => keys[kind as Keyed]?.get(id) ?? id;
  const ids = new Map<Entry, string>();
  const keyed = (kind: Keyed, record: Named, inside: Readonly<Record<string, unknown>> = {}): Entry => {
    const key = keyIn(kind, record.id);
    const said = { ...renamed(parts[kind], entryOf(parts[kind], record), keyIn), ...inside };
    const entry = key === record.name ? said : { key, ...said };
    ids.set(entry, record.id);
    return entry;
  };
  const document: GraphDocument = {
    version: 1,
    certificates: graph.certificates.map((each) =>
      keyed('certificate', withKeys ? { ...each, ...privateKeysOf(region, each) } : each),
    ),
    ipgroups: graph.ipGroups.map((each) => keyed('ipgroup', each)),
    security_policies: graph.securityPolicies.map((each) => keyed('security_policy', each)),
    loadbalancer: loadBalancerEntry(graph.loadBalancer),
    pools: graph.pools.map((each) => {
      const inside = insideOf(each);
      for (const [index, entry] of inside.members?.entries() ?? [])
        ids.set(entry, each.members[index]?.id ?? '');
      if (inside.healthmonitor && each.monitor) ids.set(inside.healthmonitor, each.monitor.id);
      return keyed('pool', each.pool, inside);
    }),
    listeners: graph.listeners.map((each) => keyed('listener', each)),
  };
  ids.set(document.loadbalancer, graph.loadBalancer.id);
  return { document: withoutEmpty(document), ids };
}

interface Named extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly name: string;
}

export function loadBalancerEntry(of: LoadBalancer): Entry {
  return entryOf(parts.loadbalancer, {
    ...of,
    publicip_ids: of.publicips.length > 0 ? of.publicips.map(({ publicip_id }) => publicip_id) : null,
  });
}

/** The members and the monitor of a pool, as its entry holds them. */
export function insideOf({ members, monitor }: PoolParts): Pick<PoolEntry, 'members' | 'healthmonitor'> {
  return {
    ...(members.length > 0 ? { members: members.map(memberEntry) } : {}),
    ...(monitor ? { healthmonitor: entryOf(parts.healthmonitor, monitor) } : {}),
  };
}

/** The zone of a server is the server's, and not the member's to say. */
export function memberEntry({ availability_zone, ...rest }: Member): Entry {
  return entryOf(parts.member, rest.member_type === 'ip' ? { ...rest, availability_zone } : rest);
}

function withoutEmpty<T extends object>(document: T): T {
  const kept = Object.entries(document).filter(([, value]) => !Array.isArray(value) || value.length > 0);
  return Object.fromEntries(kept) as T;
}
