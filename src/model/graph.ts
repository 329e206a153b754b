/**
 * The document of a load balancer's whole graph: the bodies that would create its parts, with keys where the API
 * has ids. What a document holds of a part follows from the part's own description.
 */
import { type TSchema, Type } from 'typebox';
import { certificate } from './certificate.ts';
import { healthMonitor } from './health-monitor.ts';
import { ipGroup } from './ip-group.ts';
import { listener } from './listener.ts';
import { loadBalancer } from './load-balancer.ts';
import { member } from './member.ts';
import { pool } from './pool.ts';
import { createBody, type Resource } from './resource.ts';
import { described, Name, named, strict } from './schemas.ts';
import { securityPolicy } from './security-policy.ts';

/** How a document treats the fields of one kind of part. */
export interface Part {
  readonly of: Resource;
  /** Fields of a create request that the document leaves out: its shape says them, or they are of one creation only. */
  readonly placed: readonly string[];
  /** Fields that name other parts: their path, `*` for each item of a list, and the kind they name. */
  readonly references: readonly Reference[];
  /** Fields that the service works out for a part that does not give them; leaving one out asks for no change. */
  readonly workedOut: readonly string[];
}

export interface Reference {
  readonly path: readonly string[];
  readonly to: PartName;
  /** Whether the text holds several, with commas between. */
  readonly several?: boolean;
}

export type PartName =
  | 'loadbalancer'
  | 'listener'
  | 'pool'
  | 'member'
  | 'healthmonitor'
  | 'certificate'
  | 'ipgroup'
  | 'security_policy';

export const parts: Readonly<Record<PartName, Part>> = {
  certificate: {
    of: certificate,
    placed: ['project_id'],
    references: [],
    // A document without the private key asks for no other one.
    workedOut: ['source', 'domain', 'private_key', 'enc_private_key'],
  },
  ipgroup: { of: ipGroup, placed: ['project_id'], references: [], workedOut: [] },
  security_policy: { of: securityPolicy, placed: ['project_id'], references: [], workedOut: [] },
  loadbalancer: {
    of: loadBalancer,
    placed: ['project_id', 'publicip', 'prepaid_options'],
    references: [],
    workedOut: [
      ...['vpc_id', 'vip_subnet_cidr_id', 'vip_address', 'ipv6_vip_virsubnet_id', 'ipv6_vip_address'],
      ...['elb_virsubnet_ids', 'publicip_ids', 'autoscaling', 'l4_flavor_id', 'l7_flavor_id', 'charge_mode'],
    ],
  },
  listener: {
    of: listener,
    placed: ['project_id', 'loadbalancer_id'],
    references: [
      { path: ['default_pool_id'], to: 'pool' },
      { path: ['default_tls_container_ref'], to: 'certificate' },
      { path: ['client_ca_tls_container_ref'], to: 'certificate' },
      { path: ['sni_container_refs', '*'], to: 'certificate' },
      { path: ['security_policy_id'], to: 'security_policy' },
      { path: ['ipgroup', 'ipgroup_id'], to: 'ipgroup', several: true },
      { path: ['quic_config', 'quic_listener_id'], to: 'listener' },
    ],
    workedOut: [
      ...['keepalive_timeout', 'client_timeout', 'member_timeout', 'insert_headers', 'tls_ciphers_policy'],
      ...['transparent_client_ip_enable', 'http2_enable', 'enable_member_retry'],
    ],
  },
  pool: {
    of: pool,
    placed: ['project_id', 'loadbalancer_id', 'listener_id'],
    references: [],
    workedOut: ['lb_algorithm', 'ip_version', 'vpc_id', 'quic_cid_hash_strategy'],
  },
  member: {
    of: member,
    placed: ['project_id', 'admin_state_up'],
    references: [],
    workedOut: ['protocol_port', 'availability_zone'],
  },
  healthmonitor: {
    of: healthMonitor,
    placed: ['project_id', 'pool_id'],
    references: [],
    workedOut: ['http_method', 'expected_codes', 'http_version'],
  },
};

/** What a document says of a part: fields as in a create request, and its key where its name is none. */
export type Entry = Readonly<Record<string, unknown>> & { readonly key?: string };

/** A pool with what is in it. */
export interface PoolEntry extends Entry {
  readonly members?: readonly Entry[];
  readonly healthmonitor?: Entry;
}

export interface GraphDocument {
  readonly version: 1;
  readonly certificates?: readonly Entry[];
  readonly ipgroups?: readonly Entry[];
  readonly security_policies?: readonly Entry[];
  readonly loadbalancer: Entry;
  readonly pools?: readonly PoolEntry[];
  readonly listeners?: readonly Entry[];
}

/** The fields of a part that a document may give. */
export function documentFields(part: Part): readonly string[] {
  return Object.keys(createBody(part.of).properties).filter((name) => !part.placed.includes(name));
}

/** Where a reference leads, so that a key may stand for an id: a key is a name, and longer. */
const Key = described(
  'By what other parts name it, where its name is none.',
  Type.String({ minLength: 1, maxLength: 255 }),
);

function entry(name: PartName, inside: Readonly<Record<string, TSchema>> = {}): TSchema {
  const part = parts[name];
  const body = createBody(part.of);
  const { properties } = body;
  const required: readonly string[] = (body as { readonly required?: string[] }).required ?? [];
  const fields = documentFields(part).map((key) => {
    const schema = keyed(properties[key] as TSchema, part.references, [key]);
    return [key, required.includes(key) ? schema : Type.Optional(schema)];
  });
  return named(
    documentNames[name],
    strict({
      ...(keyedParts.has(name) ? { key: Type.Optional(Key) } : {}),
      ...Object.fromEntries(fields),
      ...inside,
    }),
  );
}

/** How documents of the API name the parts. */
const documentNames: Readonly<Record<PartName, string>> = {
  loadbalancer: 'GraphLoadBalancer',
  listener: 'GraphListener',
  pool: 'GraphPool',
  member: 'GraphMember',
  healthmonitor: 'GraphHealthMonitor',
  certificate: 'GraphCertificate',
  ipgroup: 'GraphIpGroup',
  security_policy: 'GraphSecurityPolicy',
};

/** The parts that others refer to. */
const keyedParts: ReadonlySet<PartName> = new Set(
  Object.values(parts).flatMap(({ references }) => references.map(({ to }) => to)),
);

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
    const { title, ...rest } = schema as TSchema & { readonly title?: string };
    return { ...rest, properties: Object.fromEntries(inner) } as TSchema;
  }
  if (items) return { ...schema, items: keyed(items, references, [...path, '*']) } as TSchema;
  return (schema as { type?: string }).type === 'string' ? { ...schema, maxLength: 4096 } : schema;
}

const many = (description: string, schema: TSchema) =>
  Type.Optional(Type.Array(schema, { maxItems: 10_000, description }));

export const GraphDocument = strict({
  version: described('The form of the document.', Type.Literal(1)),
  certificates: many('The certificates that listeners refer to.', entry('certificate')),
  ipgroups: many('The IP groups that listeners refer to.', entry('ipgroup')),
  security_policies: many('The security policies that listeners refer to.', entry('security_policy')),
  loadbalancer: entry('loadbalancer', {
    name: described('Its name, by which it is found.', { ...Name, minLength: 1 } as TSchema, 'web'),
  }),
  pools: many(
    'Its pools.',
    entry('pool', {
      members: many('The members of the pool.', entry('member')),
      healthmonitor: Type.Optional(entry('healthmonitor')),
    }),
  ),
  listeners: many('Its listeners.', entry('listener')),
});
