import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { startTestControlPlane } from '../support/control-plane.ts';

/** What of an OpenAPI document the requests are made from. */
interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}
interface Described {
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
}

const oddities = fc.constantFrom<unknown>(
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  '',
  'x',
  ' ',
  '\u{1f388}',
  'é'.repeat(300),
  '127.0.0.1',
  '::1',
  '120.10.10.16',
  '00000000-0000-4000-8000-000000000000',
  [],
  {},
  [[[]]],
  { constructor: 1 },
  JSON.parse('{"__proto__":{"a":1}}'),
  Array.from({ length: 300 }, () => ({ id: 'x' })),
);

/** A value that fits a schema more often than not, and is odd otherwise. */
function valueFor(schema: Schema, ids: readonly string[]): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 9, arbitrary: fitting(schema, ids) }, { weight: 1, arbitrary: oddities });
}

function fitting(schema: Schema, ids: readonly string[]): fc.Arbitrary<unknown> {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((option) => valueFor(option, ids)));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  switch (schema.type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: -10, max: 70000 }));
    case 'array':
      return fc.array(valueFor(schema.items ?? {}, ids), { maxLength: 3 });
    case 'object':
      return fc.record(
        Object.fromEntries(
          Object.entries(schema.properties ?? {}).map(([key, each]) => [key, valueFor(each, ids)]),
        ),
        { requiredKeys: [] },
      );
    default:
      return fc.oneof(fc.constantFrom(...ids), fc.string({ maxLength: 12 }), oddities.map(String));
  }
}

test('whatever is sent to whichever operation, nothing fails inside and every refusal says why', async () => {
  await using controlPlane = await startTestControlPlane();
  const { api } = controlPlane;
  const { paths } = (await api.get('/openapi.json')).body as {
    paths: Record<string, Record<string, Described>>;
  };
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({ path, method, described })),
  );
  const lb = await api.create('/elb/loadbalancers', {
    loadbalancer: {
      vip_subnet_cidr_id: 'c09f620e-3492-4429-ac15-445d5dd9ca74',
      availability_zone_list: ['az1'],
      ip_target_enable: true,
    },
  });
  const listener = await api.create('/elb/listeners', {
    listener: { loadbalancer_id: lb.id, protocol: 'HTTP', protocol_port: 80, enhance_l7policy_enable: true },
  });
  const pool = await api.create('/elb/pools', {
    pool: { listener_id: listener.id, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' },
  });
  const policy = await api.create('/elb/l7policies', {
    l7policy: { listener_id: listener.id, action: 'REDIRECT_TO_POOL', redirect_pool_id: pool.id },
  });
  const ids = [lb.id, listener.id, pool.id, policy.id, 'c09f620e-3492-4429-ac15-445d5dd9ca74', 'az1'];
  const request = fc.constantFrom(...operations).chain(({ path, method, described }) =>
    fc.record({
      method: fc.constant(method.toUpperCase()),
      path: fc
        .tuple(
          ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) =>
            name === 'project_id'
              ? fc.constant(api.projectId)
              : fc.oneof(fc.constantFrom(...ids), fc.webSegment()),
          ),
        )
        .map((values) => {
          let index = 0;
          return path.replaceAll(/\{\w+\}/g, () => encodeURIComponent(String(values[index++])));
        }),
      query: fc.dictionary(
        fc.constantFrom(
          'limit',
          'zzz',
          ...described.parameters.filter((each) => each.in === 'query').map((each) => each.name),
        ),
        fc.oneof(
          fc.constantFrom(...ids, 'true', 'TCP', '80', 'a=b', 'enable=true', ''),
          fc.string({ maxLength: 8 }),
        ),
        { maxKeys: 3 },
      ),
      body: described.requestBody
        ? valueFor(described.requestBody.content['application/json'].schema, ids)
        : fc.constant(undefined),
    }),
  );
  await fc.assert(
    fc.asyncProperty(request, async ({ method, path, query, body }) => {
      const reply = await api.call(method, `${path}?${new URLSearchParams(query)}`, body);
      assert.ok(reply.status < 500, `${method} ${path} answered ${reply.status}: ${JSON.stringify(body)}`);
      if (reply.status < 400) return;
      const { error_code, error_msg, request_id } = reply.body;
      assert.match(error_code, /^(ELB|SYS|APIGW)\.\d{4}$/);
      assert.ok(error_msg.length > 10, error_msg);
      assert.equal(reply.headers.get('x-request-id'), request_id);
    }),
    { numRuns: 3000 },
  );
});
