/** Values for schemas: such that fit, so that requests come deep, and such that do not. */
import fc from 'fast-check';
import { pem } from '../support/pem.ts';
import { ground } from './ground.ts';
import { idFor } from './ids.ts';
import type { Schema } from './operations.ts';
import { oddName, oddText } from './texts.ts';

/** What suits fields by their names, where the schema says less than the rules. Ports that nothing listens on. */
const likely: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  vip_subnet_cidr_id: fc.constantFrom(...ground.subnets),
  subnet_cidr_id: fc.constantFrom(...ground.subnets),
  virsubnet_id: fc.constantFrom(...ground.networks),
  vpc_id: fc.constantFrom(...ground.vpcs),
  availability_zone_list: fc.constant(['az1']),
  availability_zone: fc.constant('az1'),
  elb_virsubnet_ids: fc.constantFrom([], [ground.networks[0]]),
  enterprise_project_id: fc.constant('0'),
  address: fc.integer({ min: 2, max: 250 }).map((last) => `127.73.0.${last}`),
  vip_address: fc.integer({ min: 2, max: 250 }).map((last) => `127.73.0.${last}`),
  protocol: fc.constantFrom('HTTP', 'HTTPS', 'TCP', 'UDP', 'TLS', 'QUIC'),
  protocol_port: fc.integer({ min: 1, max: 65535 }),
  lb_algorithm: fc.constant('ROUND_ROBIN'),
  ip_list: fc.array(fc.record({ ip: fc.constantFrom('127.0.0.1', '127.0.0.0/8', '::1') }), { maxLength: 3 }),
  certificate: fc.constantFrom(pem('rsa'), pem('ec'), pem('ca')),
  private_key: fc.constantFrom(pem('rsa.key'), pem('ec.key')),
  domain: fc.constantFrom('a.example.com', '*.example.com,b.example.com'),
  domain_name: fc.constant('a.example.com'),
  url_path: fc.constant('/'),
  expected_codes: fc.constantFrom('200', '200-204,300'),
  ciphers: fc.constant(['ECDHE-RSA-AES128-GCM-SHA256']),
  protocols: fc.constant(['TLSv1.2']),
  member_address: fc.constant('127.73.0.2'),
  guaranteed: fc.constant(true),
  provider: fc.constant('vlb'),
  provisioning_status: fc.constant('ACTIVE'),
  admin_state_up: fc.constant(true),
};

const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, -0, -1, 1.5, 65536, 2 ** 31, 2 ** 53, 1e308, -1e308, 5e-324),
  oddText,
  fc.dictionary(oddName, fc.constantFrom<unknown>(1, null, {}, 'x'), { maxKeys: 2 }),
  fc.constantFrom<unknown>([], {}, [[[]]], [null], [{}, []]),
  fc.constantFrom(20, 300, 3000).map((length) => Array.from({ length }, () => ({ id: 'x' }))),
  fc.constantFrom(50, 1000).map(nested),
  fc.json({ maxDepth: 2 }).map((text): unknown => JSON.parse(text)),
);

/** As deep as that, which is more than a recursive reader takes. */
function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = level % 2 ? { a: value } : [value];
  return value;
}

/** A value for a field of the name, that fits but for one time in sixty. */
export function valueFor(schema: Schema, name: string): fc.Arbitrary<unknown> {
  return fc.oneof(
    {
      weight: 60,
      arbitrary: fc.oneof({ weight: 3, arbitrary: likelyFor(schema, name) }, fitting(schema, name)),
    },
    { weight: 1, arbitrary: oddValue },
  );
}

function likelyFor(schema: Schema, name: string): fc.Arbitrary<unknown> {
  const suits = Object.hasOwn(likely, name) ? likely[name] : undefined;
  if (suits && schema.type !== 'object' && !schema.properties) return suits;
  return fitting(schema, name);
}

function fitting(schema: Schema, name: string): fc.Arbitrary<unknown> {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((option) => fitting(option, name)));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  switch (schema.type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 100, 70_000) });
    case 'array':
      return fc.array(valueFor(schema.items ?? {}, name), { maxLength: 3 });
    case 'object':
      return objectFor(schema);
    case 'string':
      return /(?:^|_)(?:ids?|refs?)$|^(?:pools|listeners|certificates)$/.test(name)
        ? idFor(name)
        : fc.string({ maxLength: Math.min(schema.maxLength ?? 12, 12) });
    default:
      return oddValue;
  }
}

/** What the rules want although the schema does not, since it depends on something else. */
const wanted = new Set([
  ...[
    'vip_subnet_cidr_id',
    'ip_target_enable',
    'lb_algorithm',
    'protocol_port',
    'certificate',
    'private_key',
  ],
  ...['listener_id', 'redirect_pool_id', 'default_tls_container_ref', 'vpc_id', 'address', 'id'],
]);

/** Nearly always what is required, mostly what is wanted, and a few of the others. */
function objectFor({ properties = {}, required = [] }: Schema): fc.Arbitrary<object> {
  const names = Object.keys(properties);
  const values = names.map((name) => valueFor(properties[name] ?? {}, name));
  const presences = names.map((name) => {
    const percent = required.includes(name) ? 98 : wanted.has(name) ? 60 : Math.min(25, 150 / names.length);
    return fc.integer({ min: 1, max: 1000 }).map((dice) => dice <= percent * 10);
  });
  return fc
    .tuple(fc.tuple(...presences), fc.tuple(...values))
    .map(([present, given]) =>
      Object.fromEntries(names.flatMap((name, index) => (present[index] ? [[name, given[index]]] : []))),
    );
}

export { oddValue };
