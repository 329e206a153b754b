/**
 * The document of a load balancer's whole graph: the bodies that would create its parts, with keys where the API
 * has ids.
 */
import { type TSchema, Type } from 'typebox';
import { keyspaceOf, type PartName, parts, type Reference } from './graph-parts.ts';
import { createBody } from './resource.ts';
import { Name, strict } from './schemas.ts';

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
const Key = Type.String({
  minLength: 1,
  maxLength: 255,
  description: 'What other parts call it; its name unless given.',
});

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
      ? Type.Array(entry(inner), { maxItems: maxParts, ...limitsOf(given) })
      : entry(inner);
    return [key, required.includes(key) ? schema : Type.Optional(schema)];
  });
  return strict({
    ...(keyspaceOf(name) ? { key: Type.Optional(Key) } : {}),
    ...Object.fromEntries(fields),
    ...Object.fromEntries(inside),
  });
}

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
    return { ...schema, properties: Object.fromEntries(inner) } as TSchema;
  }
  if (items) return { ...schema, items: keyed(items, references, [...path, '*']) } as TSchema;
  return (schema as { type?: string }).type === 'string' ? { ...schema, maxLength: 4096 } : schema;
}

const many = (name: PartName, description: string) =>
  Type.Optional(Type.Array(entry(name), { maxItems: maxParts, description }));

const loadbalancer = entry('loadbalancer') as TSchema & { readonly properties: Record<string, TSchema> };

export const GraphDocument = strict({
  version: Type.Literal(1, { description: 'The version of this form of documents.' }),
  certificates: many('certificate', 'The certificates that its listeners refer to.'),
  ipgroups: many('ipgroup', 'The IP groups that its listeners refer to.'),
  security_policies: many('security_policy', 'The security policies that its listeners refer to.'),
  loadbalancer: strict({
    ...loadbalancer.properties,
    name: {
      ...Name,
      minLength: 1,
      description: 'Its name, by which it is found in the project.',
    } as typeof Name,
  }),
  pools: many('pool', 'Its pools, and those of others that its listeners use.'),
  master_slave_pools: many('master_slave_pool', 'Its master-slave pools, and those of others that it uses.'),
  listeners: many('listener', 'Its listeners, with their policies.'),
});
