/** A load balancer's graph as a Terraform configuration that takes over what is there. */
import { type Entry, type GraphDocument, type PartName, type PoolEntry, parts } from '../../model/graph.ts';
import type { Exported } from '../../service/graph/export.ts';
import { keyOf } from '../../service/graph/keys.ts';
import { renamed } from '../../service/graph/references.ts';
import { resourceTypes } from './attributes.ts';
import { attribute, blockText, Expression, type Line, type Value } from './hcl.ts';

/** @returns the text of a `.tf` file for the provider huaweicloud/huaweicloud */
export function terraformOf({ document, ids }: Exported): string {
  return new Configuration(document, ids).text();
}

class Configuration {
  readonly #document: GraphDocument;
  readonly #ids: Exported['ids'];
  readonly #labels = new Map<Entry, string>();
  readonly #keys = new Map<string, Entry>();
  readonly #blocks: string[] = [];

  constructor(document: GraphDocument, ids: Exported['ids']) {
    this.#document = document;
    this.#ids = ids;
  }

  text(): string {
    const {
      certificates = [],
      ipgroups = [],
      security_policies = [],
      pools = [],
      listeners = [],
    } = this.#document;
    const lb = this.#document.loadbalancer;
    this.#name('certificate', certificates);
    this.#name('ipgroup', ipgroups);
    this.#name('security_policy', security_policies);
    this.#name('loadbalancer', [lb]);
    this.#name('pool', pools);
    this.#name('listener', listeners);
    for (const each of certificates) this.#write('certificate', each);
    for (const each of ipgroups) this.#write('ipgroup', each);
    for (const each of security_policies) this.#write('security_policy', each);
    this.#write('loadbalancer', lb);
    const owner = attribute('loadbalancer_id', this.#idOf('loadbalancer', lb));
    for (const each of pools) this.#writePool(each, owner);
    for (const each of listeners) this.#write('listener', each, [owner]);
    return `${head}\n${this.#blocks.join('\n')}`;
  }

  #writePool(entry: PoolEntry, owner: Line): void {
    const { members = [], healthmonitor, ...rest } = entry;
    const pool = attribute('pool_id', this.#idOf('pool', entry));
    this.#write('pool', entry, [owner], rest);
    if (healthmonitor) {
      this.#name('healthmonitor', [healthmonitor], this.#labels.get(entry));
      this.#write('healthmonitor', healthmonitor, [pool]);
    }
    this.#name('member', members, this.#labels.get(entry));
    for (const each of members) this.#write('member', each, [pool], each, this.#ids.get(entry));
  }

  /** Gives each entry a label that no other of its kind has: letters, digits, `_` and `-`, a letter first. */
  #name(kind: PartName, entries: readonly Entry[], prefix = ''): void {
    const taken = new Set<string>();
    for (const [label, each] of this.#labels) if (this.#kinds.get(label) === kind) taken.add(each);
    for (const entry of entries) {
      const stem = labelFrom([prefix, keyOf(entry) || kind].filter(Boolean).join('-'));
      let label = stem;
      for (let number = 2; taken.has(label); number++) label = `${stem}-${number}`;
      taken.add(label);
      this.#labels.set(entry, label);
      this.#kinds.set(entry, kind);
      if (keyOf(entry) !== '') this.#keys.set(`${kind} ${keyOf(entry)}`, entry);
    }
  }

  readonly #kinds = new Map<Entry, PartName>();

  #idOf(kind: PartName, entry: Entry): Expression {
    return new Expression(`${resourceTypes[kind].type}.${this.#labels.get(entry)}.id`);
  }

  /** @param parentId the id that goes before its own where Terraform imports it by both */
  #write(
    kind: PartName,
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

  #lines(kind: PartName, { key: _, ...fields }: Readonly<Record<string, unknown>>): Line[] {
    const { fields: namings } = resourceTypes[kind];
    return Object.entries(this.#withExpressions(kind, fields)).flatMap(([field, value]): readonly Line[] => {
      const naming = namings[field];
      if (typeof naming === 'string') return [attribute(naming, value)];
      if (naming) return naming(value);
      return [{ kind: 'comment', text: `The provider has nothing for ${field} = ${JSON.stringify(value)}` }];
    });
  }

  /** The fields with an expression in place of each key. */
  #withExpressions(
    kind: PartName,
    fields: Readonly<Record<string, unknown>>,
  ): Readonly<Record<string, Value>> {
    const marked = renamed(parts[kind], fields, (to, key) => {
      const entry = this.#keys.get(`${to} ${key}`);
      return entry ? `${mark}${this.#idOf(to, entry).text}` : key;
    });
    return expressed(marked) as Readonly<Record<string, Value>>;
  }
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
