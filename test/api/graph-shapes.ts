/** Shapes of load balancers for the tests of export and apply. */
import fc from 'fast-check';

// biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform would take it for a template
const template = '${x}"\\';

/** Names that repeat, are empty, or need care in a document. */
const name = fc.constantFrom(
  ...['', 'a', 'a', 'b', 'web, api', template, 'é\u{1f388}', '__proto__', 'true', '1'],
);

const maybe = <T>(shape: fc.Arbitrary<T>) => fc.option(shape, { nil: undefined });

const memberShape = fc.record({
  name,
  address: fc.integer({ min: 100, max: 250 }).map((last) => `120.10.10.${last}`),
  protocol_port: fc.integer({ min: 1, max: 65535 }),
  weight: fc.integer({ min: 0, max: 100 }),
  withSubnet: fc.boolean(),
});

const poolShape = fc.record({
  name,
  description: name,
  protocol: fc.constantFrom('HTTP', 'HTTP', 'TCP', 'UDP', 'HTTPS'),
  sticky: fc.boolean(),
  members: fc.uniqueArray(memberShape, {
    maxLength: 3,
    selector: ({ address, protocol_port }) => `${address} ${protocol_port}`,
  }),
  monitored: fc.boolean(),
});

const masterSlaveShape = fc.record({
  name,
  protocol: fc.constantFrom('TCP', 'UDP'),
  port: fc.integer({ min: 1, max: 9 }),
  slow: fc.boolean(),
});

/** Few, so that policies often have the same rules, and the later one is without effect. */
const rules = fc.subarray(
  [
    { type: 'HOST_NAME', compare_type: 'EQUAL_TO', value: 'a.example' },
    { type: 'PATH', compare_type: 'REGEX', value: '/[a-z]+' },
    {
      type: 'HEADER',
      compare_type: 'EQUAL_TO',
      conditions: [
        { key: 'x', value: '1' },
        { key: 'x', value: '2' },
      ],
    },
    { type: 'METHOD', compare_type: 'EQUAL_TO', conditions: [{ value: 'GET' }] },
  ],
  { maxLength: 2 },
);

const policyShape = fc.record({
  name,
  rules,
  priority: maybe(fc.integer({ min: 1, max: 9 })),
  action: fc.constantFrom(
    ...(['pool', 'pool', 'pools', 'mirrored pool', 'listener', 'url', 'response'] as const),
  ),
  target: fc.nat(3),
});

const listenerShape = fc.record({
  name,
  protocol: fc.constantFrom('HTTP', 'HTTP', 'TCP', 'UDP', 'HTTPS', 'QUIC'),
  port: fc.integer({ min: 1, max: 9 }),
  pool: maybe(fc.nat(3)),
  tagged: fc.boolean(),
  guarded: fc.boolean(),
  advanced: fc.boolean(),
  policies: fc.array(policyShape, { maxLength: 3 }),
});

/** What a run makes. What a kind of load balancer or listener does not take is left out on the way. */
export const graphShape = fc.record({
  shared: fc.boolean(),
  description: name,
  publicIp: maybe(fc.constantFrom('declared', 'made')),
  named: maybe(fc.constantFrom('system', 'user')),
  disabled: fc.boolean(),
  logged: fc.boolean(),
  withIpv6: fc.boolean(),
  pools: fc.array(poolShape, { maxLength: 4 }),
  masterSlavePools: fc.array(masterSlaveShape, { maxLength: 2 }),
  listeners: fc.uniqueArray(listenerShape, { maxLength: 4, selector: ({ port }) => port }),
});

export type GraphShape = typeof graphShape extends fc.Arbitrary<infer T> ? T : never;
export type PolicyShape = GraphShape['listeners'][number]['policies'][number];
