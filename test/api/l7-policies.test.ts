/** L7 policies: create, show, list, update, delete (rules digest 2.6). */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import {
  assertDone,
  assertRefused,
  makeListener,
  makeLoadBalancer,
  makePolicy,
  makeRule,
  places,
} from './fixtures.ts';
import { exactly, PolicyGround, policiesPath } from './policy-ground.ts';

let ground: PolicyGround;
let api: ApiClient;

before(async () => {
  ground = await PolicyGround.start();
  api = ground.api;
});
after(() => ground[Symbol.asyncDispose]());

test('a policy with next to nothing said has every field', async () => {
  const listener = await ground.listener();
  const pool = await ground.pool();
  const reply = await ground.post(listener.id, { redirect_pool_id: pool.id });
  const { l7policy } = assertDone(reply, 201);
  const { id, created_at, updated_at, ...rest } = l7policy;
  assert.match(id, /^[0-9a-f-]{36}$/);
  assert.match(created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.equal(updated_at, created_at);
  assert.deepEqual(rest, {
    ...{ project_id: api.projectId, enterprise_project_id: '0', name: '', description: '' },
    ...{ admin_state_up: true, listener_id: listener.id, action: 'REDIRECT_TO_POOL', position: 100 },
    ...{ priority: 1, provisioning_status: 'ACTIVE', redirect_pool_id: pool.id, redirect_pools_config: [] },
    ...{ redirect_pools_sticky_session_config: null, redirect_pools_extend_config: null },
    ...{ redirect_listener_id: null, redirect_url: null, redirect_url_config: null },
    ...{ fixed_response_config: null, rules: [] },
  });
  assert.deepEqual(await ground.show(id), l7policy);
  assert.deepEqual(assertDone(await api.get(`${policiesPath}?id=${id}`)).l7policies, [l7policy]);
});

test('a policy and its rules are kept together or not at all', async () => {
  const listener = await ground.listener();
  const pool = await ground.pool();
  const rules = [exactly('/a'), { type: 'HOST_NAME', compare_type: 'EQUAL_TO', value: 'a.example.com' }];
  const made = await makePolicy(api, listener.id, { redirect_pool_id: pool.id, rules });
  const kept = assertDone(await api.get(`${policiesPath}/${made.id}/rules`)).rules;
  assert.deepEqual(
    kept.map(({ id }: { id: string }) => ({ id })),
    made.rules,
  );
  assert.deepEqual(kept.map(({ type }: { type: string }) => type).toSorted(), ['HOST_NAME', 'PATH']);

  const before = assertDone(await api.get(`${policiesPath}/rules`)).rules;
  const wrong = await ground.post(listener.id, {
    redirect_pool_id: pool.id,
    rules: [...rules, exactly('no-slash')],
  });
  assertRefused(wrong, 400, 'ELB.8902', /l7policy\.rules\[2\]\.value.*begins with "\/"/);
  assert.deepEqual(assertDone(await api.get(`${policiesPath}/rules`)).rules, before);
  assert.equal(assertDone(await api.get(`${policiesPath}?listener_id=${listener.id}`)).l7policies.length, 1);
});

test('display_all_rules answers the rules of a list whole', async () => {
  const listener = await ground.listener();
  const made = await makePolicy(api, listener.id, { redirect_pool_id: (await ground.pool()).id });
  const rule = await makeRule(api, made.id);
  const list = async (query: string) =>
    assertDone(await api.get(`${policiesPath}?listener_id=${listener.id}${query}`)).l7policies[0].rules;
  assert.deepEqual(await list('&display_all_rules=true'), [rule]);
  assert.deepEqual(await list('&display_all_rules=True'), [rule]);
  assert.deepEqual(await list('&display_all_rules=false'), [{ id: rule.id }]);
  assert.deepEqual(await list(''), [{ id: rule.id }]);
  assertRefused(await api.get(`${policiesPath}?display_all_rules=x`), 400, 'ELB.8902', /display_all_rules/);
});

test('an update changes what it names, and nothing when it names nothing (O12)', async () => {
  const listener = await ground.listener();
  const made = await makePolicy(api, listener.id, {
    ...{ redirect_pool_id: (await ground.pool()).id, name: 'n', description: 'd', rules: [exactly('/a')] },
  });
  assert.deepEqual(await ground.change(made.id, {}), made);
  const named = await ground.change(made.id, {
    name: 'm',
    description: null,
    admin_state_up: true,
    priority: null,
  });
  const { updated_at: _at, ...rest } = named;
  const { updated_at: _before, ...before } = made;
  assert.deepEqual(rest, { ...before, name: 'm', description: '' });
  const ruled = await ground.change(made.id, {
    rules: [exactly('/b'), { ...exactly('x.y'), type: 'HOST_NAME' }],
  });
  assert.equal(ruled.rules.length, 2);
  assertRefused(
    await api.get(`${policiesPath}/${made.id}/rules/${made.rules[0].id}`),
    404,
    'ELB.8904',
    /l7rule/,
  );
  for (const none of [null, []]) assert.deepEqual((await ground.change(made.id, { rules: none })).rules, []);
  for (const key of ['listener_id', 'action', 'position', 'redirect_url', 'project_id', 'id']) {
    const reply = await ground.put(made.id, { [key]: key === 'position' ? 1 : 'x' });
    assertRefused(reply, 400, 'ELB.8902', new RegExp(`l7policy\\.${key}.*cannot be changed`));
  }
  assertRefused(
    await ground.put(made.id, { rule_set: 'x' }),
    400,
    'ELB.8902',
    /Unrecognized attribute\(s\) 'rule_set'/,
  );
  assertRefused(await ground.put(made.id, { admin_state_up: false }), 400, 'ELB.8902', /admin_state_up/);
});

test('position and redirect_url are taken and without effect', async () => {
  const made = await makePolicy(api, (await ground.listener()).id, {
    ...{
      redirect_pool_id: (await ground.pool()).id,
      position: 7,
      redirect_url: 'http://a:80/b?c',
      project_id: 'x',
    },
  });
  assert.deepEqual([made.position, made.redirect_url, made.project_id], [100, null, api.projectId]);
});

test('L7-8: deleting a policy deletes its rules', async () => {
  const made = await makePolicy(api, (await ground.listener()).id, {
    ...{ redirect_pool_id: (await ground.pool()).id, rules: [exactly('/gone')] },
  });
  assertDone(await api.delete(`${policiesPath}/${made.id}`), 204);
  for (const gone of [`${policiesPath}/${made.id}`, `${policiesPath}/${made.id}/rules`]) {
    assertRefused(await api.get(gone), 404, 'ELB.8904', /^l7policy .* could not be found\.$/);
  }
  const rules = assertDone(await api.get(`${policiesPath}/rules?l7policy_id=${made.id}`)).rules;
  assert.deepEqual(rules, []);
  assertRefused(await api.delete(`${policiesPath}/${made.id}`), 404, 'ELB.8904', /l7policy/);
});

test('LI-7: a listener is deleted after its policies, and after those that redirect to it', async () => {
  const listener = await ground.listener();
  const https = await ground.overTls('HTTPS');
  const own = await makePolicy(api, https.id, { redirect_pool_id: (await ground.pool()).id });
  const redirect = await makePolicy(api, listener.id, {
    ...{ action: 'REDIRECT_TO_LISTENER', redirect_listener_id: https.id },
  });
  const remove = () => api.delete(`/elb/listeners/${https.id}`);
  assertRefused(
    await remove(),
    409,
    'ELB.8907',
    new RegExp(`still has l7policy ${own.id}; delete them first`),
  );
  assertDone(await api.delete(`${policiesPath}/${own.id}`), 204);
  assertRefused(await remove(), 409, 'ELB.8907', new RegExp(`where l7policy ${redirect.id} redirects to`));
  assertDone(await api.delete(`${policiesPath}/${redirect.id}`), 204);
  assertDone(await remove(), 204);
  assertDone(await api.delete(`/elb/listeners/${listener.id}`), 204);
});

test('another project’s policies are as absent as if they never were', async () => {
  const made = await makePolicy(api, (await ground.listener()).id, {
    ...{ redirect_pool_id: (await ground.pool()).id, rules: [exactly('/')] },
  });
  const rule = `${policiesPath}/${made.id}/rules/${made.rules[0].id}`;
  for (const each of [`${policiesPath}/${made.id}`, `${policiesPath}/${made.id}/rules`, rule]) {
    assertRefused(await ground.cp.other.get(each), 404, 'ELB.8904', /could not be found/);
    assertRefused(
      await ground.cp.other.get(each.replace(made.id, places.nothing)),
      404,
      'ELB.8904',
      /could not be found/,
    );
  }
  for (const each of [`${policiesPath}/${made.id}`, rule]) {
    assertRefused(await ground.cp.other.delete(each), 404, 'ELB.8904', /could not be found/);
  }
  const batch = { l7policies: [{ id: made.id, priority: 9 }] };
  const reply = await ground.cp.other.post(`${policiesPath}/batch-update-priority`, batch);
  assertRefused(reply, 404, 'ELB.8904', /could not be found/);
  const theirs = await makeListener(ground.cp.other, (await makeLoadBalancer(ground.cp.other)).id);
  const stolen = {
    ...{ listener_id: theirs.id, action: 'REDIRECT_TO_POOL', redirect_pool_id: made.redirect_pool_id },
  };
  assertRefused(
    await ground.cp.other.post(policiesPath, { l7policy: stolen }),
    ...([404, 'ELB.8904', /^pool .* could not be found\.$/] as const),
  );
  assert.deepEqual(assertDone(await ground.cp.other.get(policiesPath)).l7policies, []);
  assert.deepEqual(assertDone(await ground.cp.other.get(`${policiesPath}/rules`)).rules, []);
  assert.equal((await ground.show(made.id)).id, made.id);
});
