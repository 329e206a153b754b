/** Policies and rules in the document of a load balancer (rules digest 2.6 and 2.7). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { serverPair } from '../support/pem.ts';
import {
  assertDone,
  assertRefused,
  makeListener,
  makeLoadBalancer,
  makePolicy,
  makePool,
} from './fixtures.ts';
import { answersOf, applyPath, exportPath, startGround } from './graph-ground.ts';
import { exactly } from './policy-ground.ts';

type Entry = Readonly<Record<string, unknown>>;

const said = (changes: readonly Record<string, string>[]) =>
  changes.map(({ action, type, name }) => `${action} ${type} ${name}`);
const policiesOf = async (api: ApiClient) => assertDone(await api.get('/elb/l7policies')).l7policies;

/** A load balancer with an HTTP listener, with advanced forwarding, and two pools. */
async function makeGround(api: ApiClient, listenerFields: Entry = { enhance_l7policy_enable: true }) {
  const lb = await makeLoadBalancer(api, { name: 'web' });
  const listener = await makeListener(api, lb.id, { name: 'http', ...listenerFields });
  const [one, two] = [
    await makePool(api, { name: 'one', loadbalancer_id: lb.id }),
    await makePool(api, { name: 'two', loadbalancer_id: lb.id }),
  ];
  const document = async () => assertDone(await api.get(exportPath(lb.id)));
  const apply = async (wanted: unknown) => assertDone(await api.put(applyPath, wanted)).changes;
  const withPolicies = async (l7policies: readonly Entry[]) => {
    const { listeners, ...rest } = await document();
    return { ...rest, listeners: [{ ...listeners[0], l7policies }, ...listeners.slice(1)] };
  };
  return { lb, listener, one, two, document, apply, withPolicies };
}

test('policies and rules are exported where they belong, with keys for pools and listeners', async () => {
  await using cp = await startGround();
  const { api } = cp;
  const { lb, listener, one, two, document } = await makeGround(api);
  const { id } = await api.create('/elb/certificates', { certificate: serverPair() });
  const https = await makeListener(api, lb.id, {
    ...{ name: 'tls', protocol: 'HTTPS', protocol_port: 443, default_tls_container_ref: id },
  });
  await makePolicy(api, listener.id, {
    ...{ name: 'spread', redirect_pools_config: [{ pool_id: one.id, weight: 3 }, { pool_id: two.id }] },
    rules: [exactly('/a')],
  });
  await makePolicy(api, listener.id, {
    redirect_pool_id: one.id,
    redirect_pools_extend_config: { traffic_mirror_config: { target_ids: [two.id] } },
    rules: [exactly('/a')],
  });
  await makePolicy(api, listener.id, { action: 'REDIRECT_TO_LISTENER', redirect_listener_id: https.id });
  const { listeners } = await document();
  assert.deepEqual(listeners[0].l7policies, [
    {
      ...{ name: 'spread', action: 'REDIRECT_TO_POOL', priority: 1, rules: [exactly('/a')] },
      redirect_pools_config: [
        { pool_id: 'one', weight: 3 },
        { pool_id: 'two', weight: 1 },
      ],
    },
    { action: 'REDIRECT_TO_LISTENER', priority: 0, redirect_listener_id: 'tls' },
    // The one that is not in effect comes last, so that it is the one without effect again.
    {
      ...{ action: 'REDIRECT_TO_POOL', priority: 2, redirect_pool_id: 'one', rules: [exactly('/a')] },
      redirect_pools_extend_config: {
        rewrite_url_enable: false,
        traffic_mirror_config: { target_ids: ['two'], mirror_request_body_enable: true },
      },
    },
  ]);
});

test('policies are found by content, name and rules; rules by content and type; the rest is made or deleted', async () => {
  await using cp = await startGround();
  const { api } = cp;
  const { listener, one, two, apply, withPolicies } = await makeGround(api);
  const kept = await makePolicy(api, listener.id, {
    ...{ name: 'kept', redirect_pool_id: one.id, priority: 5 },
    rules: [exactly('/a'), { type: 'HOST_NAME', compare_type: 'EQUAL_TO', value: 'a.example' }],
  });
  const nameless = await makePolicy(api, listener.id, { redirect_pool_id: one.id, rules: [exactly('/b')] });
  await makePolicy(api, listener.id, { name: 'gone', redirect_pool_id: two.id, rules: [exactly('/c')] });
  const wanted = await withPolicies([
    {
      ...{ name: 'kept', action: 'REDIRECT_TO_POOL', redirect_pool_id: 'two', priority: 6 },
      rules: [
        { type: 'PATH', compare_type: 'STARTS_WITH', value: '/z' },
        { type: 'METHOD', compare_type: 'EQUAL_TO', conditions: [{ value: 'GET' }] },
      ],
    },
    { action: 'REDIRECT_TO_POOL', redirect_pool_id: 'two', priority: 5, rules: [exactly('/b')] },
    { name: 'new', action: 'FIXED_RESPONSE', fixed_response_config: { status_code: '204' } },
  ]);
  const changes = await apply(wanted);
  assert.deepEqual(said(changes).toSorted(), [
    'create l7policy new',
    'create rule METHOD EQUAL_TO GET',
    'delete l7policy gone',
    'delete rule HOST_NAME EQUAL_TO a.example',
    'update l7policy REDIRECT_TO_POOL',
    'update l7policy kept',
    'update rule PATH STARTS_WITH /z',
  ]);
  const update = changes.find(({ name }: Entry) => name === 'kept');
  assert.deepEqual(update, {
    ...{ action: 'update', type: 'l7policy', id: kept.id, name: 'kept' },
    fields: {
      redirect_pool_id: { before: 'one', after: 'two' },
      priority: { before: 5, after: 6 },
    },
  });
  const priorities = (await policiesOf(api)).map(({ id, priority }: Entry) => [id, priority]);
  assert.deepEqual(priorities.slice(0, 2), [
    [kept.id, 6],
    [nameless.id, 5],
  ]);
  assert.deepEqual(await apply(wanted), []);
});

test('two policies change places, and rules their conditions, in one apply', async () => {
  await using cp = await startGround();
  const { api } = cp;
  const { listener, one, apply, document } = await makeGround(api);
  const header = (count: number, name: string) => ({
    ...{ type: 'HEADER', compare_type: 'EQUAL_TO' },
    conditions: Array.from({ length: count }, (_, index) => ({ key: name, value: `${index}` })),
  });
  await makePolicy(api, listener.id, {
    name: 'a',
    redirect_pool_id: one.id,
    priority: 1,
    rules: [exactly('/a')],
  });
  await makePolicy(api, listener.id, {
    ...{ name: 'b', redirect_pool_id: one.id, priority: 2 },
    rules: [header(8, 'x'), header(2, 'y')],
  });
  const { listeners, ...rest } = await document();
  const [{ l7policies, ...first }] = listeners;
  const [a, b] = l7policies;
  const wanted = {
    ...rest,
    listeners: [
      {
        ...first,
        l7policies: [
          { ...b, priority: 1, rules: [header(2, 'x'), header(8, 'y')] },
          { ...a, priority: 2 },
        ],
      },
    ],
  };
  await apply(wanted);
  assert.deepEqual(
    (await policiesOf(api)).map(({ name, priority }: Entry) => [name, priority]),
    [
      ['a', 2],
      ['b', 1],
    ],
  );
  assert.deepEqual(await apply(wanted), []);
});

test('what an update leaves out of an object is taken away', async () => {
  await using cp = await startGround();
  const { api } = cp;
  const { listener, one, apply, withPolicies } = await makeGround(api);
  const policy = await makePolicy(api, listener.id, {
    ...{ name: 'p', redirect_pool_id: one.id },
    redirect_pools_extend_config: {
      traffic_limit_config: { qps: 5 },
      cors_config: { allow_origin: ['*'] },
    },
  });
  const wanted = await withPolicies([
    {
      ...{ name: 'p', action: 'REDIRECT_TO_POOL', redirect_pool_id: 'one' },
      redirect_pools_extend_config: { traffic_limit_config: { qps: 5 } },
    },
  ]);
  assert.deepEqual(said(await apply(wanted)), ['update l7policy p']);
  const [{ id, redirect_pools_extend_config: shown }] = await policiesOf(api);
  assert.equal(id, policy.id);
  assert.equal(shown.cors_config, null);
  assert.deepEqual(shown.traffic_limit_config, { qps: 5, per_source_ip_qps: 0, burst: 0 });
  assert.deepEqual(await apply(wanted), []);
});

test('a policy that leads to what goes, or gives its pool up, is made anew, and the diff says why', async () => {
  await using cp = await startGround();
  const { api } = cp;
  const { listener, one, apply, document } = await makeGround(api);
  const policy = await makePolicy(api, listener.id, { name: 'p', redirect_pool_id: one.id });
  const { pools, listeners, ...rest } = await document();
  const [{ l7policies, ...first }] = listeners;
  const toTwo = { ...l7policies[0], redirect_pool_id: 'two' };
  const wanted = { ...rest, pools: pools.slice(1), listeners: [{ ...first, l7policies: [toTwo] }] };
  const changes = await apply(wanted);
  assert.deepEqual(said(changes), ['delete l7policy p', 'delete pool one', 'create l7policy p']);
  const { replaces, fields } = changes[2];
  assert.equal(replaces, policy.id);
  assert.deepEqual(fields, { redirect_pool_id: { before: one.id, after: 'two' } });
  const { redirect_pool_id: _, ...others } = toTwo;
  const spread = { ...others, redirect_pools_config: [{ pool_id: 'two', weight: '7' }] };
  const again = { ...wanted, listeners: [{ ...first, l7policies: [spread] }] };
  assert.deepEqual(said(await apply(again)), ['delete l7policy p', 'create l7policy p']);
  assert.deepEqual(await apply(again), []);
});

test('listeners go with their policies, and policies that redirect to them before', async () => {
  await using cp = await startGround();
  const { api } = cp;
  const { lb, listener, one, apply, document } = await makeGround(api);
  const { id } = await api.create('/elb/certificates', { certificate: serverPair() });
  const https = await makeListener(api, lb.id, {
    ...{ name: 'tls', protocol: 'HTTPS', protocol_port: 443, default_tls_container_ref: id },
  });
  await makePolicy(api, https.id, { name: 'in tls', redirect_pool_id: one.id, rules: [exactly('/')] });
  await makePolicy(api, listener.id, {
    ...{ name: 'to tls', action: 'REDIRECT_TO_LISTENER', redirect_listener_id: https.id },
  });
  const { listeners, ...rest } = await document();
  const [{ l7policies: _, ...http }] = listeners;
  assert.deepEqual(said(await apply({ ...rest, listeners: [http] })), [
    'delete l7policy in tls',
    'delete l7policy to tls',
    'delete listener tls',
  ]);
});

test('L7-7: a policy without effect because of one that goes is made anew, and then has effect', async () => {
  await using cp = await startGround();
  const { api } = cp;
  const { listener, one, two, apply, document } = await makeGround(api);
  await makePolicy(api, listener.id, { name: 'first', redirect_pool_id: one.id, rules: [exactly('/a')] });
  const late = await makePolicy(api, listener.id, {
    ...{ name: 'late', redirect_pool_id: two.id, rules: [exactly('/a')] },
  });
  assert.equal(late.provisioning_status, 'ERROR');
  const { listeners, ...rest } = await document();
  const [{ l7policies, ...http }] = listeners;
  const wanted = { ...rest, listeners: [{ ...http, l7policies: l7policies.slice(1) }] };
  const changes = await apply(wanted);
  assert.deepEqual(said(changes), ['delete l7policy first', 'delete l7policy late', 'create l7policy late']);
  assert.deepEqual(changes[2].fields, { provisioning_status: { before: 'ERROR', after: 'ACTIVE' } });
  const [{ provisioning_status, priority }] = await policiesOf(api);
  assert.deepEqual([provisioning_status, priority], ['ACTIVE', late.priority]);
  assert.deepEqual(await apply(wanted), []);
});

test('advanced forwarding is switched on before policies get their priorities', async () => {
  await using cp = await startGround();
  const { api } = cp;
  const { listener, one, apply, document } = await makeGround(api, {});
  await makePolicy(api, listener.id, { name: 'a', redirect_pool_id: one.id, rules: [exactly('/a')] });
  await makePolicy(api, listener.id, { name: 'b', redirect_pool_id: one.id, rules: [exactly('/bb')] });
  const { listeners, ...rest } = await document();
  const [{ l7policies, ...http }] = listeners;
  assert.ok(l7policies.every((each: Entry) => !('priority' in each)));
  const wanted = {
    ...rest,
    listeners: [
      {
        ...{ ...http, enhance_l7policy_enable: true },
        l7policies: [
          { ...l7policies[0], priority: 7 },
          { ...l7policies[1], priority: 9 },
        ],
      },
    ],
  };
  await apply(wanted);
  assert.deepEqual(
    (await policiesOf(api)).map(({ priority }: Entry) => priority),
    [7, 9],
  );
});

test('older policies of equal rank stay the older ones in a copy (rules digest L7-4)', async () => {
  await using here = await startGround();
  await using there = await startGround();
  const { listener, one, document } = await makeGround(here.api, {});
  const names = ['[a-z]+', '[a-y]+', '[a-x]+', '[a-w]+', '[a-v]+'];
  for (const name of names) {
    const rules = [{ type: 'PATH', compare_type: 'REGEX', value: `/${name}` }];
    await makePolicy(here.api, listener.id, { name, redirect_pool_id: one.id, rules });
  }
  assertDone(await there.api.put(applyPath, await document()));
  assert.deepEqual(
    (await policiesOf(there.api)).map(({ name }: Entry) => name),
    names,
  );
  assert.deepEqual(await answersOf(there.api), await answersOf(here.api));
});

test('a wrong policy changes nothing, and the message names it and calls what was being made by its key', async () => {
  await using cp = await startGround();
  const { api } = cp;
  const { lb, document, withPolicies } = await makeGround(api);
  const before = await answersOf(api);
  const toPool = { name: 'p', action: 'REDIRECT_TO_POOL' };
  const wrong: [Entry[], number, string, RegExp][] = [
    [
      [{ ...toPool, redirect_pool_id: 'nowhere' }],
      400,
      'ELB.8902',
      /l7policy "p": .*the pool "nowhere", which the doc/,
    ],
    [[toPool], 400, 'ELB.8902', /l7policy "p": .*l7policy\.redirect_pool_id': it is required/],
    [[{ ...toPool, redirect_pool_id: 'one', rules: [{ type: 'PATH' }] }], 400, 'ELB.8902', /compare_type/],
    [
      [{ name: 'u', action: 'REDIRECT_TO_URL', redirect_url_config: {} }],
      400,
      'ELB.8902',
      /l7policy "u": .*status_code': it is required/,
    ],
    [
      [
        { ...toPool, redirect_pool_id: 'one', priority: 3 },
        { ...toPool, name: 'q', redirect_pool_id: 'two', priority: 3 },
      ],
      409,
      'ELB.8907',
      /l7policy "q": .*l7policy "p" with priority 3/,
    ],
  ];
  for (const [policies, status, code, message] of wrong) {
    assertRefused(await api.put(applyPath, await withPolicies(policies)), status, code, message);
    assert.deepEqual(await answersOf(api), before);
  }
  assert.equal((await document()).loadbalancer.name, 'web');
  assert.ok(lb.id);
});
