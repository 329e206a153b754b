/** The order of policies: priorities, and policies whose rules are the same (rules digest L7-5, L7-7, L7-10). */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { evidence } from '../support/evidence.ts';
import { assertDone, assertRefused, makePolicy, makeRule, places } from './fixtures.ts';
import { exactly, PolicyGround, policiesPath } from './policy-ground.ts';

let ground: PolicyGround;
let api: ApiClient;
let to: { redirect_pool_id: string };

before(async () => {
  ground = await PolicyGround.start();
  api = ground.api;
  to = { redirect_pool_id: (await ground.pool()).id };
});
after(() => ground[Symbol.asyncDispose]());

const batch = (l7policies: unknown) => api.post(`${policiesPath}/batch-update-priority`, { l7policies });
const priorityOf = async ({ id }: { id: string }) => (await ground.show(id)).priority;
const statusOf = async ({ id }: { id: string }) => (await ground.show(id)).provisioning_status;
const enhance = async ({ id }: { id: string }) =>
  assertDone(await api.put(`/elb/listeners/${id}`, { listener: { enhance_l7policy_enable: true } }));

test('L7-5: a policy without a priority comes last, and on a listener without advanced forwarding has 1', async () => {
  const plain = await ground.listener();
  for (let turn = 0; turn < 2; turn++) assert.equal((await makePolicy(api, plain.id, to)).priority, 1);

  const listener = await ground.advanced();
  const redirect_listener_id = (await ground.overTls('HTTPS')).id;
  const redirect = { action: 'REDIRECT_TO_LISTENER', redirect_pool_id: null, redirect_listener_id };
  const priority = async (fields: object) =>
    (await makePolicy(api, listener.id, { ...to, ...fields })).priority;
  assert.equal(await priority(redirect), 0);
  assert.equal(await priority({}), 1);
  assert.equal(await priority({ priority: 7 }), 7);
  assert.equal(await priority({}), 8);
  assert.equal(await priority({ priority: 3 }), 3);
  assert.equal(await priority({ priority: 10_000 }), 10_000);
  assertRefused(
    await ground.post(listener.id, to),
    409,
    'ELB.8907',
    /priority 10000, behind which there is none/,
  );
  const again = await ground.post(listener.id, redirect);
  assertRefused(again, 409, 'ELB.8907', /already has l7policy .* with priority 0/);
  assert.equal(await priority({ ...redirect, priority: 5 }), 5, 'C22: it may have another');
});

test('a priority is in its range, and no other policy of the listener has it', async () => {
  evidence('l7policy.priority', 'enforced');
  const listener = await ground.advanced();
  const one = await makePolicy(api, listener.id, { ...to, priority: 1 });
  const two = await makePolicy(api, listener.id, { ...to, priority: 2 });
  for (const priority of [-1, 10_001, 1.5, '5']) {
    assertRefused(
      await ground.post(listener.id, { ...to, priority }),
      400,
      'ELB.8902',
      /priority.*0 to 10000/,
    );
    assertRefused(await ground.put(one.id, { priority }), 400, 'ELB.8902', /priority.*0 to 10000/);
  }
  assertRefused(
    await ground.post(listener.id, { ...to, priority: 0 }),
    400,
    'ELB.8902',
    /priority.*1 to 10000/,
  );
  assertRefused(await ground.put(one.id, { priority: 0 }), 400, 'ELB.8902', /priority.*1 to 10000/);
  const taken = new RegExp(`already has l7policy ${two.id} with priority 2; give another`);
  assertRefused(await ground.post(listener.id, { ...to, priority: 2 }), 409, 'ELB.8907', taken);
  assertRefused(await ground.put(one.id, { priority: 2 }), 409, 'ELB.8907', taken);
  assert.equal((await ground.change(one.id, { priority: 1 })).priority, 1, 'its own it keeps');
  assert.equal((await ground.change(one.id, { priority: 9 })).priority, 9);
  assert.equal((await makePolicy(api, (await ground.advanced()).id, { ...to, priority: 2 })).priority, 2);
});

test('L7-10: a batch gives all priorities at once, so that two may change places, and answers 202', async () => {
  const [here, there] = [await ground.advanced(), await ground.advanced()];
  const one = await makePolicy(api, here.id, to);
  const two = await makePolicy(api, here.id, to);
  const far = await makePolicy(api, there.id, to);
  const reply = await batch([
    { id: one.id, priority: 2 },
    { id: two.id, priority: 1 },
    { id: far.id, priority: 2 },
  ]);
  assert.deepEqual(Object.keys(assertDone(reply, 202)), ['request_id']);
  assert.deepEqual(await Promise.all([one, two, far].map(priorityOf)), [2, 1, 2]);
});

test('L7-10: a batch that cannot be done whole is not done at all', async () => {
  const listener = await ground.advanced();
  const [one, two, three] = [
    await makePolicy(api, listener.id, to),
    await makePolicy(api, listener.id, to),
    await makePolicy(api, listener.id, to),
  ];
  const plain = await makePolicy(api, (await ground.listener()).id, to);
  const moved = { id: one.id, priority: 50 };
  const refused: [unknown, number, string, RegExp][] = [
    [[moved, { id: two.id, priority: 3 }], 409, 'ELB.8907', /priority 3; give another/],
    [[moved, { id: two.id, priority: 50 }], 409, 'ELB.8907', /priority 50; give another/],
    [[moved, { id: places.nothing, priority: 4 }], 404, 'ELB.8904', /^l7policy .* could not be found/],
    [[moved, { id: plain.id, priority: 4 }], 400, 'ELB.8902', /needs enhance_l7policy_enable/],
    [[moved, { id: two.id, priority: 0 }], 400, 'ELB.8902', /l7policies\[1\]\.priority.*1 to 10000/],
    [[moved, { id: two.id, priority: 10_001 }], 400, 'ELB.8902', /l7policies\[1\]\.priority.*0 to 10000/],
    [[moved, { id: two.id }], 400, 'ELB.8902', /l7policies\[1\]\.priority.*required/],
    [[moved, { ...moved, priority: 51 }], 400, 'ELB.8902', /same id is there twice/],
    [[], 400, 'ELB.8902', /l7policies/],
    [null, 400, 'ELB.8902', /l7policies/],
  ];
  for (const [body, status, code, message] of refused)
    assertRefused(await batch(body), status, code, message);
  assert.deepEqual(await Promise.all([one, two, three].map(priorityOf)), [1, 2, 3]);
});

test('LI-13, L7-4: with advanced forwarding switched on policies go on in the order they had', async () => {
  const listener = await ground.listener();
  const host = { type: 'HOST_NAME', compare_type: 'EQUAL_TO', value: 'a.example.com' };
  const path = (compare_type: string, value: string) => ({ type: 'PATH', compare_type, value });
  const redirect = {
    action: 'REDIRECT_TO_LISTENER',
    redirect_listener_id: (await ground.overTls('HTTPS')).id,
  };
  const inOrder: object[] = [
    redirect,
    { rules: [host, path('EQUAL_TO', '/b')] },
    { rules: [host, path('STARTS_WITH', '/long/path')] },
    { rules: [host, path('STARTS_WITH', '/short')] },
    { rules: [host] },
    { rules: [host, path('REGEX', '^/.*x$')] },
    { rules: [path('EQUAL_TO', '/longer')] },
    { rules: [path('EQUAL_TO', '/a')] },
    { rules: [path('STARTS_WITH', '/a')] },
    { rules: [path('REGEX', '/a')] },
    { rules: [] },
  ];
  const made = new Map<number, { id: string }>();
  for (const index of [10, 3, 7, 0, 5, 1, 9, 8, 2, 6, 4]) {
    const fields = index === 0 ? redirect : { ...to, ...inOrder[index] };
    made.set(index, await makePolicy(api, listener.id, fields));
  }
  await enhance(listener);
  for (const [index, policy] of made)
    assert.equal(await priorityOf(policy), index, JSON.stringify(inOrder[index]));
  assert.equal((await makePolicy(api, listener.id, to)).priority, inOrder.length);
  await enhance(listener);
  assert.equal(await priorityOf(made.get(4) ?? { id: '' }), 4, 'once is enough');
  const off = { listener: { enhance_l7policy_enable: false } };
  assertRefused(
    await api.put(`/elb/listeners/${listener.id}`, off),
    400,
    'ELB.8902',
    /cannot be switched off/,
  );
});

test('L7-7: of two policies with the same rules the newer is in ERROR, and stays so when the older is deleted', async () => {
  const listener = await ground.advanced();
  const rules = [
    exactly('/same'),
    { type: 'HOST_NAME', compare_type: 'EQUAL_TO', conditions: [{ value: 'a.b' }, { value: 'C.D' }] },
  ];
  const alike = [
    { type: 'HOST_NAME', compare_type: 'EQUAL_TO', conditions: [{ value: 'c.d' }, { value: 'a.B' }] },
    { type: 'PATH', compare_type: 'EQUAL_TO', conditions: [{ value: '/same' }] },
  ];
  const older = await makePolicy(api, listener.id, { ...to, rules });
  const newer = await makePolicy(api, listener.id, { ...to, rules: alike });
  const beside = await makePolicy(api, (await ground.advanced()).id, { ...to, rules });
  assert.deepEqual(
    [older, newer, beside].map((each) => each.provisioning_status),
    ['ACTIVE', 'ERROR', 'ACTIVE'],
  );
  const { listeners } = assertDone(await api.get(`/elb/loadbalancers/${ground.lb.id}/statuses`)).statuses
    .loadbalancer;
  const node = listeners.find(({ id }: { id: string }) => id === listener.id);
  assert.equal(node.operating_status, 'DEGRADED');
  assert.deepEqual(
    node.l7policies.map((each: { provisioning_status: string }) => each.provisioning_status),
    ['ACTIVE', 'ERROR'],
  );
  const listed = assertDone(
    await api.get(`${policiesPath}?provisioning_status=ERROR&listener_id=${listener.id}`),
  ).l7policies;
  assert.deepEqual(listed, [newer]);
  await ground.drop(older.id);
  assert.equal(await statusOf(newer), 'ERROR');
  const third = await makePolicy(api, listener.id, { ...to, rules });
  assert.equal(third.provisioning_status, 'ERROR');
});

test('O6: rules that differ in anything they match are not the same', async () => {
  const listener = await ground.advanced();
  const rule = (type: string, key: string, value: string) => [
    { type, compare_type: 'EQUAL_TO', conditions: [{ key, value }] },
  ];
  const different = [
    [exactly('/a')],
    [exactly('/A')],
    [{ ...exactly('/a'), compare_type: 'STARTS_WITH' }],
    [exactly('/a'), ...rule('HEADER', 'k', 'v')],
    rule('HEADER', 'k', 'v'),
    rule('HEADER', 'k', 'V'),
    rule('COOKIE', 'k', 'v'),
    rule('COOKIE', 'K', 'v'),
    rule('QUERY_STRING', 'k', 'v'),
    [...rule('HEADER', 'k', 'v'), ...rule('HEADER', 'l', 'v')],
  ];
  for (const rules of different) {
    const made = await makePolicy(api, listener.id, { ...to, rules });
    assert.equal(made.provisioning_status, 'ACTIVE', JSON.stringify(rules));
  }
  const same = await makePolicy(api, listener.id, { ...to, rules: rule('HEADER', 'K', 'v') });
  assert.equal(same.provisioning_status, 'ERROR', 'names of headers have no case');
});

test('policies without rules are not the same: clients give them rules one by one', async () => {
  const listener = await ground.listener();
  const one = await makePolicy(api, listener.id, to);
  const two = await makePolicy(api, listener.id, to);
  assert.deepEqual([await statusOf(one), await statusOf(two)], ['ACTIVE', 'ACTIVE']);
  await makeRule(api, one.id, exactly('/a'));
  const shared = await makeRule(api, two.id, exactly('/a'));
  assert.deepEqual([await statusOf(one), await statusOf(two)], ['ACTIVE', 'ERROR']);
  await makeRule(api, two.id, { ...exactly('a.b'), type: 'HOST_NAME' });
  assert.deepEqual([await statusOf(one), await statusOf(two)], ['ACTIVE', 'ACTIVE']);
  await makeRule(api, one.id, { ...exactly('a.b'), type: 'HOST_NAME' });
  assert.deepEqual(
    [await statusOf(one), await statusOf(two)],
    ['ERROR', 'ACTIVE'],
    'the later change is the newer',
  );
  assertDone(await api.delete(`${policiesPath}/${two.id}/rules/${shared.id}`), 204);
  assert.deepEqual([await statusOf(one), await statusOf(two)], ['ACTIVE', 'ACTIVE'], 'the cause is gone');
});

test('L7-7: a policy in ERROR is ACTIVE again when its rules, or those it shares, change', async () => {
  const listener = await ground.listener();
  const rules = [exactly('/one')];
  const [first, second, third] = [
    await makePolicy(api, listener.id, { ...to, rules }),
    await makePolicy(api, listener.id, { ...to, rules }),
    await makePolicy(api, listener.id, { ...to, rules }),
  ];
  const statuses = () => Promise.all([first, second, third].map(statusOf));
  assert.deepEqual(await statuses(), ['ACTIVE', 'ERROR', 'ERROR']);
  assert.equal((await ground.change(second.id, { name: 'n' })).provisioning_status, 'ERROR');
  assert.equal((await ground.change(second.id, { rules })).provisioning_status, 'ERROR');
  assert.equal((await ground.change(third.id, { rules: [exactly('/3')] })).provisioning_status, 'ACTIVE');
  assert.equal((await ground.change(first.id, { rules: [exactly('/1')] })).provisioning_status, 'ACTIVE');
  assert.deepEqual(await statuses(), ['ACTIVE', 'ACTIVE', 'ACTIVE']);
  const [rule] = (await ground.show(first.id)).rules;
  const one = `${policiesPath}/${first.id}/rules/${rule.id}`;
  assertDone(await api.put(one, { rule: { value: '/one' } }));
  assert.deepEqual(await statuses(), ['ERROR', 'ACTIVE', 'ACTIVE']);
});

test('a second redirect of a listener to another is in ERROR: both are for every request', async () => {
  const listener = await ground.listener();
  const redirect_listener_id = (await ground.overTls('HTTPS')).id;
  const redirect = { action: 'REDIRECT_TO_LISTENER', redirect_listener_id };
  assert.equal((await makePolicy(api, listener.id, redirect)).provisioning_status, 'ACTIVE');
  assert.equal((await makePolicy(api, listener.id, redirect)).provisioning_status, 'ERROR');
});
