/**
 * What breaks a client first: the traps that were found by running clients of the API, each under its number. Signatures
 * have tests of their own beside them; the programs of this folder meet the rest again, unmodified.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeListener, makeLoadBalancer, makeMember, makePolicy, makePool } from '../api/fixtures.ts';
import type { ApiClient } from '../support/api-client.ts';
import { seed, startTestControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { fetchDocument, inlined } from '../support/openapi.ts';
import { forms, signedHeaders } from '../support/signed-request.ts';

const keys = { access: 'TESTAK0123456789', secret: 'testsk-secret-0123456789' };

let controlPlane: TestControlPlane;
let api: ApiClient;

before(async () => {
  controlPlane = await startTestControlPlane();
  api = controlPlane.api;
});

after(() => controlPlane[Symbol.asyncDispose]());

async function makeMembers(count: number) {
  const lb = await makeLoadBalancer(api);
  const pool = await makePool(api, { loadbalancer_id: lb.id });
  for (let index = 0; index < count; index++) {
    await makeMember(api, pool.id, {
      protocol_port: 1000 + index,
      name: index === 0 ? 'a b+c' : `m${index}`,
    });
  }
  return { lb, pool, path: `/elb/pools/${pool.id}/members` };
}

async function signed(method: string, path: string, body = '', more: Record<string, string> = {}) {
  const [bare = ''] = path.split('?');
  const headers = signedHeaders({ method, url: path, body, ...keys, headers: more });
  return fetch(controlPlane.url + path, { method, headers, ...(body && { body }) }).then(async (answer) => ({
    ...{ status: answer.status, path: bare },
    body: (await answer.text()) || null,
  }));
}

test('trap 1: all three forms of signatures are taken', async () => {
  const path = `/v3/${seed.projectId}/elb/pools`;
  for (const form of Object.values(forms)) {
    const headers = signedHeaders({ method: 'GET', url: path, ...keys, form });
    assert.equal((await fetch(controlPlane.url + path, { headers })).status, 200, form.algorithm);
  }
});

test('traps 3 and 6: X-Sdk-Date alone need be signed, and the project is that of the path', async () => {
  const path = `/v3/${seed.projectId}/elb/pools`;
  assert.equal((await signed('GET', path, '', { 'x-domain-id': 'any' })).status, 200);
});

test('trap 5: the body is hashed as received, a newline at its end included', async () => {
  const { lb } = await makeMembers(0);
  const path = `/v3/${seed.projectId}/elb/loadbalancers/${lb.id}`;
  const body = '{ "loadbalancer": {"name":"ü <&>"} }\n';
  assert.equal(
    (await signed('PUT', path, body, { 'content-type': 'application/json;charset=utf8' })).status,
    200,
  );
});

test('trap 7: a plus in a query is a space, and %2B a plus', async () => {
  const { path } = await makeMembers(1);
  for (const query of ['name=a+b%2Bc', 'name=a%20b%2Bc']) {
    assert.equal((await api.get(`${path}?${query}`)).body.members.length, 1, query);
  }
});

test('trap 8: booleans are read as True and False too', async () => {
  await makeMembers(0);
  assert.ok((await api.get('/elb/loadbalancers?guaranteed=True')).body.loadbalancers.length > 0);
  assert.deepEqual((await api.get('/elb/loadbalancers?guaranteed=False')).body.loadbalancers, []);
});

test('trap 9: unknown query parameters are ignored, on lists and on single resources', async () => {
  const { pool, path } = await makeMembers(1);
  const { body } = await api.get(`${path}?sort_key=id&sort_dir=asc&subnet_sidr_id=x`);
  assert.equal(body.members.length, 1);
  const one = await api.get(`${path}/${body.members[0].id}?pool_id=${pool.id}`);
  assert.equal(one.status, 200);
});

test('traps 10 and 12: markers without a limit lead to an empty page, and none is given on the last', async () => {
  const { path } = await makeMembers(3);
  const { members, page_info } = (await api.get(path)).body;
  assert.ok(!page_info.next_marker);
  const beyond = await api.get(`${path}?marker=${members.at(-1).id}`);
  assert.equal(beyond.status, 200);
  assert.deepEqual(beyond.body.members, []);
  assert.ok(!beyond.body.page_info.next_marker);
  const last = await api.get(`${path}?limit=2&marker=${members[1].id}`);
  assert.equal(last.body.members.length, 1);
  assert.ok(!last.body.page_info.next_marker);
});

test('trap 11: the answer of a list has exactly one array at its top', async () => {
  const { pool } = await makeMembers(1);
  const lists = [
    'loadbalancers',
    'listeners',
    'pools',
    'healthmonitors',
    'l7policies',
    'certificates',
    'ipgroups',
  ];
  const others = ['members', 'flavors', 'security-policies', 'logtanks', 'master-slave-pools', 'jobs'];
  for (const path of [
    ...lists,
    ...others,
    'availability-zones',
    'quotas/details',
    `pools/${pool.id}/members`,
  ]) {
    const { status, body } = await api.get(`/elb/${path}`);
    assert.equal(status, 200, path);
    assert.equal(Object.values(body).filter(Array.isArray).length, 1, path);
  }
});

test('trap 13: every error is flat and all text, with its request id in the header too', async () => {
  const { path } = await makeMembers(0);
  const refused = [
    await api.get(`${path}/00000000-0000-4000-8000-000000000000`),
    await api.post(path, { member: {} }),
    await api.post(path, '{'),
    await api.get('/elb/no-such-things'),
    await api.call('GET', `/v3/${seed.otherProjectId}/elb/pools`),
  ];
  for (const { status, body, headers } of refused) {
    assert.ok(status >= 400, String(status));
    assert.deepEqual(Object.keys(body), ['error_code', 'error_msg', 'request_id']);
    for (const part of Object.values(body)) assert.ok(typeof part === 'string' && part !== '');
    assert.equal(headers.get('x-request-id'), body.request_id);
  }
});

test('trap 14: what is documented as a list is one, empty rather than null, and numbers are numbers', async () => {
  const document = await fetchDocument(controlPlane.url);
  const { lb, pool } = await makeMembers(1);
  const listener = await makeListener(api, lb.id, { enhance_l7policy_enable: true });
  const policy = await makePolicy(api, listener.id, {
    action: 'FIXED_RESPONSE',
    fixed_response_config: { status_code: '200' },
  });
  const made = { LoadBalancer: lb, Listener: listener, Pool: pool, L7Policy: policy };
  const kinds: Readonly<Record<string, (value: unknown) => boolean>> = {
    array: Array.isArray,
    integer: Number.isInteger,
    boolean: (value) => typeof value === 'boolean',
    string: (value) => typeof value === 'string',
  };
  let compared = 0;
  for (const [name, resource] of Object.entries(made)) {
    const schema = document.components.schemas[name] ?? assert.fail(name);
    for (const [field, { type }] of Object.entries(inlined(document, schema).properties ?? {})) {
      const isSo = typeof type === 'string' ? kinds[type] : undefined;
      if (!isSo || !(field in resource)) continue;
      assert.ok(
        isSo(resource[field]),
        `${name}.${field} is ${JSON.stringify(resource[field])}, not of type ${type}`,
      );
      compared++;
    }
  }
  assert.ok(compared > 60, `${compared} fields`);
});

test('trap 15: redirect_pools_config stays empty unless the caller gave it', async () => {
  const { lb, pool } = await makeMembers(0);
  const listener = await makeListener(api, lb.id);
  const policy = await makePolicy(api, listener.id, { redirect_pool_id: pool.id });
  assert.deepEqual(policy.redirect_pools_config, []);
});

test('trap 16: an IP group says whether it is enabled, and a listener has its load balancer', async () => {
  const { lb } = await makeMembers(0);
  const group = await api.create('/elb/ipgroups', { ipgroup: { ip_list: [] } });
  const listener = await makeListener(api, lb.id, { ipgroup: { ipgroup_id: group.id } });
  assert.equal(listener.ipgroup.enable_ipgroup, true);
  const { body } = await api.get('/elb/listeners');
  for (const each of body.listeners) assert.equal(each.loadbalancers.length, 1);
});

test('trap 17: nothing is limited in rate', async () => {
  const answers = await Promise.all(Array.from({ length: 300 }, () => api.get('/elb/quotas')));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
});

test('trap 18: what is made is ACTIVE at once, and a member without a health check is not INITIAL', async () => {
  const { lb, pool, path } = await makeMembers(1);
  const listener = await makeListener(api, lb.id);
  const rules = [{ type: 'PATH', compare_type: 'STARTS_WITH', value: '/a' }];
  const policy = await makePolicy(api, listener.id, { redirect_pool_id: pool.id, rules });
  const { body } = await api.get(`/elb/l7policies/${policy.id}/rules`);
  for (const each of [lb, policy, ...body.rules]) assert.equal(each.provisioning_status, 'ACTIVE');
  assert.equal((await api.get(path)).body.members[0].operating_status, 'NO_MONITOR');
});

test('trap 19: tags of load balancers and listeners are there under v2.0 too', async () => {
  const { lb } = await makeMembers(0);
  const listener = await makeListener(api, lb.id);
  for (const [kind, id] of [
    ['loadbalancers', lb.id],
    ['listeners', listener.id],
  ]) {
    const tags = `/v2.0/${seed.projectId}/${kind}/${id}/tags`;
    const added = await api.post(`${tags}/action`, { action: 'create', tags: [{ key: 'k', value: 'v' }] });
    assert.equal(added.status, 204);
    assert.deepEqual((await api.get(tags)).body, { tags: [{ key: 'k', value: 'v' }] });
    const { body } = await api.get(`/elb/${kind}/${id}`);
    assert.deepEqual(body[kind?.slice(0, -1) ?? ''].tags, [{ key: 'k', value: 'v' }]);
  }
});
