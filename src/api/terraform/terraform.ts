/** A load balancer's graph as a Terraform configuration that takes over what is there. */
import { conflict } from '../../model/errors.ts';
import type {
  Entry,
  GraphDocument,
  ListenerEntry,
  LoadBalancerEntry,
  PolicyEntry,
  PoolEntry,
} from '../../model/graph.ts';
import { parts } from '../../model/graph-parts.ts';
import type { Exported } from '../../service/graph/export.ts';
import { keyOf } from '../../service/graph/keys.ts';
import { renamed } from '../../service/graph/references.ts';
import { linesOf, type ResourcePart, resourceTypes } from './attributes.ts';
import { attribute, blockText, Expression, type Line, type Value } from './hcl.ts';

/**
 * @returns the text of a `.tf` file for the provider huaweicloud/huaweicloud
 * @throws Refusal (409) for a shared load balancer, which is another resource of the provider, of an older API
 */
export function terraformOf({ loadBalancer, document, ids }: Exported): string {
  if (!loadBalancer.guaranteed) {
    throw conflict(
      `The load balancer ${loadBalancer.id} is shared, and the resources huaweicloud_elb_* are for dedicated ones; ` +
        'export it as json or yaml, or upgrade it first.',
    );
  }
  return new Configuration({ loadBalancer, document, ids }).text();
}

class Configuration {
  readonly #loadBalancer: Exported['loadBalancer'];
  readonly #document: GraphDocument;
  readonly #ids: Exported['ids'];
  readonly #labels = new Map<Entry, string>();
  readonly #taken = new Set<string>();
  readonly #keys = new Map<string, readonly [ResourcePart, Entry]>();
  readonly #blocks: string[] = [];

  constructor({ loadBalancer, document, ids }: Exported) {
    this.#loadBalancer = loadBalancer;
    this.#document = document;
    this.#ids = ids;
  }

  text(): string {
    const {
      certificates = [],
      ipgroups = [],
      security_policies = [],
      pools = [],
      master_slave_pools = [],
      listeners = [],
    } = this.#document;
    const lb = this.#document.loadbalancer;
    this.#name('certificate', certificates);
    this.#name('ipgroup', ipgroups);
    this.#name('security_policy', security_policies);
    this.#name('loadbalancer', [lb]);
    this.#name('pool', pools);
    this.#name('master_slave_pool', master_slave_pools);
    this.#name('listener', listeners);
    for (const each of certificates) this.#write('certificate', each);
    for (const each of ipgroups) this.#write('ipgroup', each);
    for (const each of security_policies) this.#write('security_policy', each);
    const owner = this.#writeLoadBalancer(lb);
    for (const each of pools) this.#writePool(each, owner);
    for (const each of master_slave_pools) this.#write('master_slave_pool', each, [owner]);
    for (const each of listeners) this.#writeListener(each, owner);
    return `${head}\n${this.#blocks.join('\n')}`;
  }

  #writeLoadBalancer(entry: LoadBalancerEntry): Line {
    const { logtank, publicip: _, publicip_ids: __, ...fields } = entry;
    // One that was made with the load balancer is there by now.
    const [bound] = this.#loadBalancer.publicips;
    const publicIp = bound && { [bound.ip_version === 6 ? 'ipv6_publicip' : 'publicip']: bound.publicip_id };
    this.#write('loadbalancer', entry, [], { ...fields, ...publicIp });
    const owner = attribute('loadbalancer_id', this.#idOf('loadbalancer', entry));
    if (logtank) {
      this.#name('logtank', [logtank], this.#labels.get(entry));
      this.#write('logtank', logtank, [owner]);
    }
    return owner;
  }

  #writePool(entry: PoolEntry, owner: Line): void {
    const { members = [], healthmonitor, ...fields } = entry;
    this.#write('pool', entry, [owner], fields);
    const pool = attribute('pool_id', this.#idOf('pool', entry));
    if (healthmonitor) {
      this.#name('healthmonitor', [healthmonitor], this.#labels.get(entry));
      this.#write('healthmonitor', healthmonitor, [pool]);
    }
    this.#name('member', members, this.#labels.get(entry));
    for (const each of members) this.#write('member', each, [pool], each, this.#ids.get(entry));
  }

  #writeListener(entry: ListenerEntry, owner: Line): void {
    const { l7policies = [], ...fields } = entry;
    this.#write('listener', entry, [owner], fields);
    this.#name('l7policy', l7policies, this.#labels.get(entry));
    const listener = attribute('listener_id', this.#idOf('listener', entry));
    for (const each of l7policies) this.#writePolicy(each, listener);
  }

  #writePolicy(entry: PolicyEntry, listener: Line): void {
    const { rules = [], ...fields } = entry;
    this.#write('l7policy', entry, [listener], fields);
    this.#name('rule', rules, this.#labels.get(entry));
    const policy = attribute('l7policy_id', this.#idOf('l7policy', entry));
    for (const each of rules) {
      // A rule has a field that is called key, which is without meaning.
      const { key: _, ...said } = each;
      this.#write('rule', each, [policy], said, this.#ids.get(entry));
    }
  }

  /** Gives each entry a label that no other of its kind has: letters, digits, `_` and `-`, a letter first. */
  #name(kind: ResourcePart, entries: readonly Entry[], prefix = ''): void {
    for (const entry of entries) {
      const key = kind === 'rule' ? String(entry['type']).toLowerCase() : keyOf(entry);
      const stem = labelFrom([prefix, key || kind].filter(Boolean).join('-'));
      let label = stem;
      for (let number = 2; this.#taken.has(`${kind} ${label}`); number++) label = `${stem}-${number}`;
      this.#taken.add(`${kind} ${label}`);
      this.#labels.set(entry, label);
      if (key !== '') this.#keys.set(`${parts[kind].keyedAs ?? kind} ${key}`, [kind, entry]);
    }
  }

  #idOf(kind: ResourcePart, entry: Entry): Expression {
    return new Expression(`${resourceTypes[kind].type}.${this.#labels.get(entry)}.id`);
  }

  /** @param parentId the id that goes before its own where Terraform imports it by both */
  #write(
    kind: ResourcePart,
    entry: Entry,
    first: readonly Line[] = [],
    fields: Readonly<Record<string, unknown>> = entry,
    parentId?: string,
  ): void {
    const { type } = resourceTypes[kind];
    const label = this.#labels.get(entry) ?? kind;
    const id = this.#ids.get(entry) ?? '';
    const imported = parentId ? `${parentId}/${id}` : id;
    this.#blocks.push(
      blockText('import', [attribute('to', new Expression(`${type}.${label}`)), attribute('id', imported)]),
      blockText(`resource "${type}" "${label}"`, [...first, ...this.#lines(kind, fields)]),
    );
  }

  #lines(kind: ResourcePart, { key: _, ...fields }: Readonly<Record<string, unknown>>): Line[] {
    const { fields: names, always = [] } = resourceTypes[kind];
    const said = linesOf(this.#withExpressions(kind, fields), names);
    const unsaid = always.filter((line) => said.every((each) => !isSameAttribute(each, line)));
    return [...unsaid, ...said];
  }

  /** The fields with an expression in place of each key. */
  #withExpressions(
    kind: ResourcePart,
    fields: Readonly<Record<string, unknown>>,
  ): Readonly<Record<string, Value>> {
    const marked = renamed(parts[kind], fields, (to, key) => {
      const found = this.#keys.get(`${to} ${key}`);
      return found ? `${mark}${this.#idOf(...found).text}` : key;
    });
    return expressed(marked) as Readonly<Record<string, Value>>;
  }
}

function isSameAttribute(a: Line, b: Line): boolean {
  return a.kind === 'attribute' && b.kind === 'attribute' && a.name === b.name;
}

/** No text of a document begins so: NUL is refused in every body. */
const mark = '\0';

function expressed(value: unknown): unknown {
  if (typeof value === 'string') return value.includes(mark) ? expressionOf(value) : value;
  if (Array.isArray(value)) return value.map(expressed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, expressed(inner)]));
}

function expressionOf(text: string): Expression {
  const parts = text.split(',').map((each) => each.replace(mark, ''));
  return new Expression(parts.length === 1 ? (parts[0] ?? '') : `join(",", [${parts.join(', ')}])`);
}

function labelFrom(text: string): string {
  const label = text
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return /^[A-Za-z_]/.test(label) ? label : `x-${label}`;
}

const head = `terraform {
  required_providers {
    huaweicloud = {
      source = "huaweicloud/huaweicloud"
    }
  }
}
`;
