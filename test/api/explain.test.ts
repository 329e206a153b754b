/** What a listener would do with a request, told without sending one. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Explanation } from '../../src/model/explanation.ts';
import type { ApiClient } from '../support/api-client.ts';
import { serverPair } from '../support/pem.ts';
import { assertDone, assertRefused, makeMember, makePolicy, makeRule } from './fixtures.ts';
import { exactly, PolicyGround } from './policy-ground.ts';

let ground: PolicyGround;

before(async () => {
  ground = await PolicyGround.start();
});

after(() => ground[Symbol.asyncDispose]());

const pathTo = (id: string) => `/elbow/v1/listeners/${id}/explain`;

async function explain(id: string, request: object, api: ApiClient = ground.api): Promise<Explanation> {
  return assertDone(await api.post(pathTo(id), request)).explanation;
}

const condition = (type: string, value: string, key = '') => ({
  ...{ type, compare_type: 'EQUAL_TO', value: '', conditions: [{ key, value }] },
});

/** A policy of its own with an answer. */
function answering(listenerId: string, name: string, rules: object[], more: object = {}) {
  return makePolicy(ground.api, listenerId, {
    ...{ name, action: 'FIXED_RESPONSE', fixed_response_config: { status_code: '404' }, rules },
    ...more,
  });
}

test('it names the policy and its rules, and says of each before it which rule is not met and why', async () => {
  const listener = await ground.advanced();
  const byPath = await answering(listener.id, 'path', [exactly('/a')]);
  const byHeader = await answering(listener.id, 'header', [condition('HEADER', 'one*', 'X-A')]);
  const twin = await answering(listener.id, 'twin', [exactly('/a')]);
  const empty = await answering(listener.id, 'empty', []);
  const met = await answering(listener.id, 'met', [condition('QUERY_STRING', '2', 'q'), exactly('/b')]);
  await answering(listener.id, 'later', [exactly('/b')]);
  const explanation = await explain(listener.id, {
    ...{ path: '/b?q=2', headers: [{ name: 'x-a', value: 'two' }], client_address: '192.0.2.1' },
  });
  assert.deepEqual(
    explanation.passed_over.map(({ policy_id, reason }) => [policy_id, reason]),
    [
      [byPath.id, 'Its path is "/b"; the rule expects /a.'],
      [byHeader.id, 'Its header x-a is "two"; the rule expects one*.'],
      [twin.id, 'It is in ERROR: an older policy of the listener has the same rules.'],
      [empty.id, 'It has no rules yet, so it is for no request.'],
    ],
  );
  assert.ok(explanation.passed_over[0]?.rule_id);
  assert.equal(explanation.passed_over[2]?.rule_id, null);
  const { policy } = explanation;
  assert.deepEqual([policy?.id, policy?.name, policy?.action], [met.id, 'met', 'FIXED_RESPONSE']);
  assert.equal(policy?.rule_ids.length, 2);
  assert.deepEqual([explanation.outcome, explanation.status, explanation.pools], ['answer', 404, []]);
});

test('it names the pools and the members that may get the request', async () => {
  const listener = await ground.advanced();
  const ordinary = { type: '', loadbalancer_id: ground.lb.id };
  const [pool, other] = [await ground.pool({ name: 'main', ...ordinary }), await ground.pool()];
  const member = await makeMember(ground.api, pool.id, { weight: 3 });
  await makeMember(ground.api, pool.id, { weight: 0, protocol_port: 81 });
  await makePolicy(ground.api, listener.id, {
    redirect_pools_config: [
      { pool_id: pool.id, weight: 2 },
      { pool_id: other.id, weight: 0 },
    ],
    rules: [exactly('/a')],
  });
  const explanation = await explain(listener.id, { path: '/a' });
  const { id, name, address, protocol_port, weight } = member;
  assert.deepEqual(explanation.pools, [
    {
      ...{ id: pool.id, name: 'main', weight: 2, is_served: true },
      members: [{ id, name, address, protocol_port, weight }],
    },
    { id: other.id, name: other.name, weight: 0, is_served: true, members: [] },
  ]);
  assert.equal(explanation.outcome, 'forward');
  const byDefault = await explain(listener.id, { path: '/b' });
  assert.deepEqual(
    [byDefault.policy, byDefault.passed_over.length, byDefault.outcome, byDefault.status],
    [null, 1, 'answer', 503],
  );
});

test('without advanced forwarding the most exact rule comes first, and a redirect to a listener before all', async () => {
  const listener = await ground.listener();
  const pool = await ground.pool();
  const forward = (rules: object[]) =>
    makePolicy(ground.api, listener.id, { redirect_pool_id: pool.id, rules });
  const prefix = await forward([{ ...exactly('/a'), compare_type: 'STARTS_WITH' }]);
  const exact = await forward([exactly('/a/b')]);
  assert.equal((await explain(listener.id, { path: '/a/b' })).policy?.id, exact.id);
  const { policy, passed_over } = await explain(listener.id, { path: '/a/c' });
  assert.deepEqual([policy?.id, passed_over[0]?.policy_id], [prefix.id, exact.id]);
  const secure = await ground.overTls('HTTPS');
  const redirect = await makePolicy(ground.api, listener.id, {
    ...{ action: 'REDIRECT_TO_LISTENER', redirect_listener_id: secure.id },
  });
  const redirected = await explain(listener.id, { path: '/a/b' });
  assert.deepEqual(
    [redirected.policy?.id, redirected.outcome, redirected.status],
    [redirect.id, 'redirect', 301],
  );
});

test('a rule that comes later counts at once', async () => {
  const listener = await ground.advanced();
  const policy = await answering(listener.id, 'p', []);
  assert.equal((await explain(listener.id, { method: 'PUT' })).policy, null);
  await makeRule(ground.api, policy.id, condition('METHOD', 'PUT'));
  assert.equal((await explain(listener.id, { method: 'PUT' })).policy?.id, policy.id);
});

test('a client that the IP groups do not let in is refused before any policy', async () => {
  const { ipgroup } = (
    await ground.api.post('/elb/ipgroups', {
      ipgroup: { name: 'g', ip_list: [{ ip: '192.0.2.0/24' }] },
    })
  ).body;
  const listener = await ground.advanced({ ipgroup: { ipgroup_id: ipgroup.id, type: 'white' } });
  const inside = await explain(listener.id, { client_address: '192.0.2.9' });
  assert.equal(inside.admitted, true);
  const outside = await explain(listener.id, { client_address: '198.51.100.1' });
  assert.deepEqual([outside.admitted, outside.outcome], [false, 'refuse']);
});

test('it names the certificate: the exact name before wildcards, the default for any other', async () => {
  const certificate = async (domain: string | null) =>
    (await ground.api.create('/elb/certificates', { certificate: { ...serverPair(), domain } })).id;
  const [fallback, exact, wide] = [
    await certificate(null),
    await certificate('a.test'),
    await certificate('*.test'),
  ];
  const listener = await ground.listener({
    ...{ protocol: 'HTTPS', default_tls_container_ref: fallback, sni_container_refs: [exact, wide] },
  });
  const shown = async (sni?: string) => (await explain(listener.id, sni ? { sni } : {})).certificate?.id;
  assert.equal(await shown('A.test'), exact);
  assert.equal(await shown('b.test'), wide);
  assert.equal(await shown('c.b.test'), fallback, 'a wildcard covers one label');
  assert.equal(await shown(), fallback);
  await ground.api.put(`/elb/listeners/${listener.id}`, { listener: { sni_match_algo: 'longest_suffix' } });
  assert.equal(await shown('c.b.test'), wide);
  assert.equal((await explain((await ground.listener()).id, { sni: 'a.test' })).certificate, null);
});

test('what is wrong is named, and a listener of others is not there', async () => {
  const { id } = await ground.listener();
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ method: 'get' }, /method.*upper-case/],
    [{ path: 'a' }, /path.*begins with "\/"/],
    [{ path: '/é' }, /path/],
    [{ client_address: 'nobody' }, /client_address.*"nobody".*expected an IPv4 or IPv6 address/],
    [{ headers: [{ name: 'a b', value: '' }] }, /headers\[0\]\.name/],
    [{ headers: { a: 'b' } }, /headers/],
    [{ verb: 'GET' }, /verb/],
  ];
  for (const [body, message] of wrong) {
    assertRefused(await ground.api.post(pathTo(id), body), 400, 'ELB.8902', message);
  }
  assertRefused(await ground.api.post(pathTo('absent'), {}), 404, 'ELB.8904', /absent/);
  assertRefused(await ground.cp.other.post(pathTo(id), {}), 404, 'ELB.8904', new RegExp(id));
});
