/**
 * The document of a load balancer's whole graph: the bodies that would create its parts, with keys where the API
 * has ids.
 */
import { type TSchema, Type } from 'typebox';
import { keyspaceOf, type PartName, parts, type Reference } from './graph-parts.ts';
import { createBody } from './resource.ts';
import { described, Name, named, strict } from './schemas.ts';

/** What a document says of a part: fields as in a create request, and its key where its name is none. */
export type Entry = Readonly<Record<string, unknown>> & { readonly key?: string };

/** A pool with what is in it. */
export interface PoolEntry extends Entry {
  readonly members?: readonly Entry[];
  readonly healthmonitor?: Entry;
}

export interface PolicyEntry extends Entry {
  readonly rules?: readonly Entry[];
}

export interface ListenerEntry extends Entry {
  readonly l7policies?: readonly PolicyEntry[];
}

export interface LoadBalancerEntry extends Entry {
  readonly logtank?: Entry;
  readonly domain_names?: Entry;
}

export interface GraphDocument {
  readonly version: 1;
  readonly certificates?: readonly Entry[];
  readonly ipgroups?: readonly Entry[];
  readonly security_policies?: readonly Entry[];
  readonly loadbalancer: LoadBalancerEntry;
  readonly pools?: readonly PoolEntry[];
  readonly master_slave_pools?: readonly PoolEntry[];
  readonly listeners?: readonly ListenerEntry[];
}

/** Where a reference leads, so that a key may stand for an id: a key is a name, and longer. */
const Key = described(
  'By what other parts name it, where its name is none.',
  Type.String({ minLength: 1, maxLength: 255 }),
);

/** The most parts of one kind in one list. */
const maxParts = 10_000;

function entry(name: PartName): TSchema {
  const part = parts[name];
  const body = createBody(part.of);
  const { properties } = body;
  const required: readonly string[] = (body as { readonly required?: string[] }).required ?? [];
  const fields = part.fields.map((key) => {
    const schema = keyed(properties[key] as TSchema, part.references, [key]);
    return [key, required.includes(key) ? schema : Type.Optional(schema)];
  });
  const inside = Object.entries(part.inside).map(([key, { part: inner, many: several }]) => {
    const given = properties[key] as TSchema | undefined;
    // What an outer part is created with keeps the limits that its create request has.
    const schema = several
      ? Type.Array(entry(inner), { maxItems: maxParts, description: insideMeans[key], ...limitsOf(given) })
      : entry(inner);
    return [key, required.includes(key) ? schema : Type.Optional(schema)];
  });
  return named(
    documentNames[name],
    strict({
      ...(keyspaceOf(name) ? { key: Type.Optional(Key) } : {}),
      ...Object.fromEntries(fields),
      ...Object.fromEntries(inside),
    }),
  );
}

/** What the lists inside parts are. */
const insideMeans: Readonly<Record<string, string>> = {
  members: 'The members of the pool.',
  l7policies: 'The policies of the listener.',
  rules: 'The rules of the policy.',
};

/** How documents of the API name the parts. */
const documentNames: Readonly<Record<PartName, string>> = {
  loadbalancer: 'GraphLoadBalancer',
  logtank: 'GraphLogtank',
  domain_names: 'GraphDomainNames',
  listener: 'GraphListener',
  l7policy: 'GraphL7Policy',
  rule: 'GraphL7Rule',
  pool: 'GraphPool',
  member: 'GraphMember',
  healthmonitor: 'GraphHealthMonitor',
  master_slave_pool: 'GraphMasterSlavePool',
  master_slave_member: 'GraphMasterSlaveMember',
  master_slave_monitor: 'GraphMasterSlaveHealthMonitor',
  certificate: 'GraphCertificate',
  ipgroup: 'GraphIpGroup',
  security_policy: 'GraphSecurityPolicy',
};

function limitsOf(schema: TSchema | undefined): object {
  const { minItems, maxItems, anyOf } = (schema ?? {}) as {
    minItems?: number;
    maxItems?: number;
    anyOf?: TSchema[];
  };
  if (anyOf) return limitsOf(anyOf[0]);
  return { ...(minItems === undefined ? {} : { minItems }), ...(maxItems === undefined ? {} : { maxItems }) };
}

/** The schema of a field with keys in place of ids. */
function keyed(schema: TSchema, references: readonly Reference[], path: readonly string[]): TSchema {
  const { anyOf, properties, items } = schema as {
    anyOf?: TSchema[];
    properties?: Record<string, TSchema>;
    items?: TSchema;
  };
  const matches = references.filter((each) => path.every((step, index) => each.path[index] === step));
  if (matches.length === 0) return schema;
  if (anyOf) return { ...schema, anyOf: anyOf.map((option) => keyed(option, references, path)) } as TSchema;
  if (properties) {
    const inner = Object.entries(properties).map(([key, each]) => [
      key,
      keyed(each, references, [...path, key]),
    ]);
    // With keys for ids it is another schema than the one that has the name.
    const { title: _, ...rest } = schema as TSchema & { readonly title?: string };
    return { ...rest, properties: Object.fromEntries(inner) } as TSchema;
  }
  if (items) return { ...schema, items: keyed(items, references, [...path, '*']) } as TSchema;
  return (schema as { type?: string }).type === 'string' ? { ...schema, maxLength: 4096 } : schema;
}

const many = (description: string, name: PartName) =>
  Type.Optional(Type.Array(entry(name), { maxItems: maxParts, description }));

const loadbalancer = entry('loadbalancer') as TSchema & { readonly properties: Record<string, TSchema> };

export const GraphDocument = strict({
  version: described('The form of the document.', Type.Literal(1)),
  certificates: many('The certificates that listeners refer to.', 'certificate'),
  ipgroups: many('The IP groups that listeners refer to.', 'ipgroup'),
  security_policies: many('The security policies that listeners refer to.', 'security_policy'),
  loadbalancer: named(
    documentNames.loadbalancer,
    strict({
      ...loadbalancer.properties,
      name: described('Its name, by which it is found.', { ...Name, minLength: 1 } as typeof Name, 'web'),
    }),
  ),
  pools: many('Its pools, and those of others that it uses.', 'pool'),
  master_slave_pools: many('Its master-slave pools, and those of others that it uses.', 'master_slave_pool'),
  listeners: many('Its listeners.', 'listener'),
});
