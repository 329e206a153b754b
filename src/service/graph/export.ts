/** Exports a load balancer with all that belongs to it as a document. */

import { certificate } from '../../model/certificate.ts';
import { notFound } from '../../model/errors.ts';
import type { Entry, GraphDocument, ListenerEntry, LoadBalancerEntry, PoolEntry } from '../../model/graph.ts';
import { type PartName, parts } from '../../model/graph-parts.ts';
import { healthMonitor } from '../../model/health-monitor.ts';
import { ipGroup } from '../../model/ip-group.ts';
import { l7Policy } from '../../model/l7-policy.ts';
import { l7Rule } from '../../model/l7-rule.ts';
import { listener } from '../../model/listener.ts';
import { type LoadBalancer, loadBalancer } from '../../model/load-balancer.ts';
import { logtank } from '../../model/logtank.ts';
import { member } from '../../model/member.ts';
import { type PoolKind, pool } from '../../model/pool.ts';
import type { Resource } from '../../model/resource.ts';
import { securityPolicy } from '../../model/security-policy.ts';
import { accessOf, type Subject, seenOf } from '../../store/access.ts';
import { findBy } from '../../store/rows.ts';
import type { Reader } from '../../store/transaction.ts';
import { privateKeysOf } from '../certificates.ts';
import { domainNameSettings } from '../domain-name-settings.ts';
import { isPrivateKeyEchoed } from '../private-key-echo.ts';
import type { Region } from '../region.ts';
import { shortened } from './entries.ts';
import { type Graph, graphOf, type ListenerParts, type PolicyParts, type PoolParts } from './graph.ts';
import { keysFor } from './keys.ts';
import { loadBalancerFields, memberFields, policyFields, shortenedListener } from './records.ts';
import { renamed } from './references.ts';

/** A document, and the ids of what its entries were made from. */
export interface Exported {
  readonly loadBalancer: LoadBalancer;
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
    const [found] = seenOf(db, loadBalancer, await findBy(db, loadBalancer, 'id', [id]));
    if (!found || !projectIds.has(found.project_id)) throw notFound(loadBalancer.label, id);
    const echoed = await isPrivateKeyEchoed(db, found.project_id);
    const graph = await graphOf(db, found);
    checkReadable(db, graph);
    return new Exporting(region, graph, echoed).exported();
  });
}

/** Refuses to show what the caller may not get by itself: the document is of no use without it. */
function checkReadable(db: Reader, graph: Graph): void {
  const access = accessOf(db);
  if (!access) return;
  const check = (of: Resource, records: readonly Subject[]) => {
    for (const each of records) access.check(of, each, 'get');
  };
  check(loadBalancer, [graph.loadBalancer]);
  check(logtank, graph.logtank ? [graph.logtank] : []);
  for (const each of graph.listeners) {
    check(listener, [each.listener]);
    for (const { policy, rules } of each.policies) {
      check(l7Policy, [policy]);
      check(l7Rule, rules);
    }
  }
  for (const each of graph.pools) {
    check(pool, [each.pool]);
    check(member, each.members);
    check(healthMonitor, each.monitor ? [each.monitor] : []);
  }
  check(certificate, graph.certificates);
  check(ipGroup, graph.ipGroups);
  check(securityPolicy, graph.securityPolicies);
}

interface Named extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly name: string;
}

class Exporting {
  readonly #region: Region;
  readonly #graph: Graph;
  readonly #withPrivateKeys: boolean;
  readonly #keys: Partial<Readonly<Record<PartName, ReadonlyMap<string, string>>>>;
  readonly #ids = new Map<Entry, string>();

  constructor(region: Region, graph: Graph, withPrivateKeys: boolean) {
    this.#region = region;
    this.#graph = graph;
    this.#withPrivateKeys = withPrivateKeys;
    const { certificates, ipGroups, securityPolicies, listeners } = graph;
    const pools = [...this.#poolsOf('ordinary'), ...this.#poolsOf('master-slave')];
    this.#keys = {
      certificate: keysFor('certificate', certificates),
      ipgroup: keysFor('ipgroup', ipGroups),
      security_policy: keysFor('security_policy', securityPolicies),
      pool: keysFor(
        'pool',
        pools.map(({ pool }) => pool),
      ),
      listener: keysFor(
        'listener',
        listeners.map(({ listener }) => listener),
      ),
    };
  }

  exported(): Exported {
    const { certificates, ipGroups, securityPolicies, listeners } = this.#graph;
    const document: GraphDocument = {
      version: 1,
      certificates: certificates.map((each) => {
        const fields = this.#withPrivateKeys ? { ...each, ...privateKeysOf(this.#region, each) } : each;
        return this.#entry('certificate', each, shortened('certificate', fields));
      }),
      ipgroups: ipGroups.map((each) => this.#entry('ipgroup', each, shortened('ipgroup', each))),
      security_policies: securityPolicies.map((each) =>
        this.#entry('security_policy', each, shortened('security_policy', each)),
      ),
      loadbalancer: this.#loadBalancer(),
      pools: this.#poolsOf('ordinary').map((each) => this.#pool(each)),
      master_slave_pools: this.#poolsOf('master-slave').map((each) => this.#masterSlavePool(each)),
      listeners: listeners.map((each) => this.#listener(each)),
    };
    return { loadBalancer: this.#graph.loadBalancer, document: withoutEmpty(document), ids: this.#ids };
  }

  #loadBalancer(): LoadBalancerEntry {
    const { loadBalancer: of, logtank } = this.#graph;
    const { publicip, publicip_ids, ...fields } = shortened(
      'loadbalancer',
      loadBalancerFields(this.#region, this.#graph),
    );
    const names = shortened('domain_names', domainNameSettings(of));
    return this.#noted(of.id, {
      ...fields,
      ...(publicip ? { publicip } : publicip_ids ? { publicip_ids } : {}),
      ...(logtank ? { logtank: this.#noted(logtank.id, shortened('logtank', logtank)) } : {}),
      ...(Object.keys(names).length > 0 ? { domain_names: names } : {}),
    });
  }

  #poolsOf(kind: PoolKind): PoolParts[] {
    return this.#graph.pools.filter(({ pool }) => pool.kind === kind);
  }

  #pool({ pool, members, monitor }: PoolParts): PoolEntry {
    return this.#entry('pool', pool, shortened('pool', pool), {
      members: members.map((each) => this.#noted(each.id, shortened('member', memberFields(each)))),
      healthmonitor: monitor && this.#noted(monitor.id, shortened('healthmonitor', monitor)),
    });
  }

  #masterSlavePool({ pool, members, monitor }: PoolParts): PoolEntry {
    return this.#entry('master_slave_pool', pool, shortened('master_slave_pool', pool), {
      members: members.map((each) => this.#noted(each.id, shortened('master_slave_member', each))),
      healthmonitor: monitor && this.#noted(monitor.id, shortened('master_slave_monitor', monitor)),
    });
  }

  #listener({ listener: of, policies }: ListenerParts): ListenerEntry {
    return this.#entry('listener', of, shortenedListener(this.#graph.loadBalancer, of), {
      l7policies: policies.map((each) => this.#policy(of, each)),
    });
  }

  #policy(of: ListenerParts['listener'], { policy, rules }: PolicyParts): Entry {
    return this.#entry('l7policy', policy, shortened('l7policy', policyFields(of, policy)), {
      rules: rules.map((each) => this.#noted(each.id, shortened('rule', each))),
    });
  }

  /** An entry with keys for ids, and with the parts inside it, if there are any. */
  #entry(kind: PartName, { id, name }: Named, fields: Entry, inside: object = {}): Entry {
    const key = this.#keys[parts[kind].keyedAs ?? kind]?.get(id) ?? name;
    const said = {
      ...renamed(parts[kind], fields, (to, other) => this.#keys[to]?.get(other) ?? other),
      ...withoutEmpty(inside),
    };
    return this.#noted(id, key === name ? said : { key, ...said });
  }

  #noted<T extends Entry>(id: string, entry: T): T {
    this.#ids.set(entry, id);
    return entry;
  }
}

function withoutEmpty<T extends object>(document: T): T {
  const kept = Object.entries(document).filter(
    ([, value]) => value !== null && (!Array.isArray(value) || value.length > 0),
  );
  return Object.fromEntries(kept) as T;
}
