/** L7 rules: what they compare, how many a policy has, and their five operations and two lists (rules digest 2.7). */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { seedInventory } from '../support/control-plane.ts';
import { evidence } from '../support/evidence.ts';
import { assertDone, assertRefused, makePolicy, makeRule, places } from './fixtures.ts';
import { exactly, PolicyGround, policiesPath } from './policy-ground.ts';

let ground: PolicyGround;
let api: ApiClient;
let to: { redirect_pool_id: string };
let listener: { id: string };

before(async () => {
  ground = await PolicyGround.start();
  api = ground.api;
  to = { redirect_pool_id: (await ground.pool()).id };
  listener = await ground.advanced();
});
after(() => ground[Symbol.asyncDispose]());

/** A policy of its own for a test, and the path of its rules. */
async function policyWith(...rules: object[]) {
  const policy = await makePolicy(api, listener.id, { ...to, rules });
  return { policy, path: `${policiesPath}/${policy.id}/rules` };
}

const condition = (type: string, key: string | undefined, ...values: string[]) => ({
  ...{ type, compare_type: 'EQUAL_TO', conditions: values.map((value) => ({ key, value })) },
});

test('a rule with next to nothing said has every field', async () => {
  const { path } = await policyWith();
  const { rule } = assertDone(await api.post(path, { rule: exactly('/a') }), 201);
  const { id, created_at, updated_at, ...rest } = rule;
  assert.match(id, /^[0-9a-f-]{36}$/);
  assert.equal(updated_at, created_at);
  assert.deepEqual(rest, {
    ...{ project_id: api.projectId, admin_state_up: true, type: 'PATH', compare_type: 'EQUAL_TO' },
    ...{ value: '/a', key: null, invert: false, conditions: [], provisioning_status: 'ACTIVE' },
  });
  assert.deepEqual(assertDone(await api.get(`${path}/${id}`)).rule, rule);
  assert.deepEqual(assertDone(await api.get(path)).rules, [rule]);
  const sent = { ...exactly('/a'), type: 'HOST_NAME', value: 'a.b', key: 'k', invert: true, project_id: 'x' };
  const made = await makeRule(api, (await policyWith()).policy.id, sent);
  assert.deepEqual([made.key, made.invert, made.project_id], ['k', false, api.projectId]);
});

test('2.7.2: every type takes what it compares', async () => {
  const right = [
    exactly('/'),
    { ...exactly("/a_b~';@^-%#&$.*+?,=!:|/(c)[d]{e}"), compare_type: 'STARTS_WITH' },
    { ...exactly('^/[a-z]+\\d{2,3}(x|y)$'), compare_type: 'REGEX' },
    { ...exactly('x'.repeat(128)), compare_type: 'REGEX' },
    { ...exactly('*.Example-1.com'), type: 'HOST_NAME' },
    condition('HOST_NAME', undefined, 'localhost', 'a.b.c'),
    condition('HOST_NAME', '', 'localhost', '*.c'),
    condition('METHOD', undefined, 'GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'),
    condition('SOURCE_IP', undefined, '192.168.0.2/32', '2049::49/64', '0.0.0.0/0'),
    condition('HEADER', 'X-a_1', 'a*b?', 'é'),
    condition('HEADER', 'k'.repeat(40), 'v'.repeat(128)),
    condition('QUERY_STRING', 'k!$()*+,-./:;=?@^_`', 'v*?', 'é'),
    condition('QUERY_STRING', 'k'.repeat(128), 'v'),
    condition('COOKIE', 'session', 'a*'),
  ];
  for (const rule of right) {
    const made = await makeRule(api, (await policyWith()).policy.id, { value: undefined, ...rule });
    const expected = 'conditions' in rule ? rule.conditions : [];
    assert.deepEqual(
      made.conditions,
      expected.map(({ key = '', value }) => ({ key, value })),
    );
  }
});

test('2.7.2: and refuses what it does not', async () => {
  evidence('rule.type', 'enforced');
  evidence('rule.compare_type', 'enforced');
  evidence('rule.conditions', 'enforced');
  evidence('rule.value', 'enforced');
  const { path } = await policyWith();
  const wrong: [object, RegExp][] = [
    [exactly('a'), /rule\.value.*begins with "\/"/],
    [exactly('/a b'), /rule\.value/],
    [exactly('/é'), /rule\.value/],
    [exactly(''), /rule\.value.*required without conditions/],
    [exactly(`/${'x'.repeat(128)}`), /rule\.value.*128/],
    [{ ...exactly('/['), compare_type: 'REGEX' }, /rule\.value.*a regular expression/],
    [
      { ...exactly('/(a)\\1'), compare_type: 'REGEX' },
      /rule\.value.*without lookaround and references to groups/,
    ],
    [{ ...exactly('a'), type: 'HOST_NAME', compare_type: 'STARTS_WITH' }, /compare_type.*expected EQUAL_TO/],
    [{ ...exactly('a'), compare_type: 'LIKE' }, /compare_type.*EQUAL_TO, STARTS_WITH, REGEX/],
    [{ ...exactly('a'), type: 'PORT' }, /rule\.type.*HOST_NAME, PATH/],
    ...['-a.b', '.a', 'a_b', 'a.*.b', '*a.b', '*', 'a b'].map((value): [object, RegExp] => [
      { ...exactly(value), type: 'HOST_NAME' },
      /rule\.value.*domain name/,
    ]),
    ...['METHOD', 'SOURCE_IP', 'HEADER', 'QUERY_STRING', 'COOKIE'].map((type): [object, RegExp] => [
      { ...exactly('GET'), type },
      /rule\.conditions.*required for type/,
    ]),
    [condition('METHOD', '', 'get'), /conditions\[0\]\.value.*one of GET, PUT/],
    [condition('METHOD', 'k', 'GET'), /conditions\[0\]\.key.*no keys/],
    ...['10.0.0.1', '10.0.0.0/33', '::/129', '10.0.0.0/8/8', 'a/8'].map((value): [object, RegExp] => [
      condition('SOURCE_IP', '', value),
      /conditions\[0\]\.value.*a network/,
    ]),
    [condition('HEADER', undefined, 'v'), /conditions\[0\]\.key.*1 to 40/],
    [condition('HEADER', 'k'.repeat(41), 'v'), /conditions\[0\]\.key.*1 to 40/],
    [condition('HEADER', 'a b', 'v'), /conditions\[0\]\.key/],
    [condition('HEADER', 'k', 'a', 'b c'), /conditions\[1\]\.value.*without spaces/],
    [condition('HEADER', 'k', 'a"'), /conditions\[0\]\.value/],
    ...[...' []{}<>\\"#&|%~'].map((character): [object, RegExp] => [
      condition('QUERY_STRING', `k${character}`, 'v'),
      /conditions\[0\]\.key.*1 to 128/,
    ]),
    [condition('QUERY_STRING', 'k', 'a&b'), /conditions\[0\]\.value/],
    [condition('QUERY_STRING', '', 'a'), /conditions\[0\]\.key/],
    [condition('HEADER', 'k', 'a', 'a'), /rule\.conditions.*same value is there twice/],
    [
      {
        ...condition('HEADER', 'k', 'a'),
        conditions: [
          { key: 'k', value: 'a' },
          { key: 'l', value: 'b' },
        ],
      },
      /rule\.conditions.*the same key/,
    ],
    [condition('HEADER', 'k', ...'abcdefghijk'), /rule\.conditions.*0 to 10/],
    [condition('HEADER', 'k', ''), /conditions\[0\]\.value.*1 to 128/],
    [{ ...exactly('/'), admin_state_up: false }, /admin_state_up.*true/],
    [{ compare_type: 'EQUAL_TO', value: '/' }, /rule\.type.*required/],
    [{ ...exactly('/'), redirect: 1 }, /Unrecognized attribute\(s\) 'redirect'/],
    [{ ...exactly('/'), l7policy_id: 'x' }, /Unrecognized attribute\(s\) 'l7policy_id'/],
  ];
  for (const [rule, message] of wrong) {
    assertRefused(await api.post(path, { rule }), 400, 'ELB.8902', message);
  }
  assert.deepEqual(assertDone(await api.get(path)).rules, []);
});

test('a policy has HOST_NAME, PATH, METHOD and SOURCE_IP once, the other types as often as it likes', async () => {
  const once = [
    exactly('/'),
    { ...exactly('a.b'), type: 'HOST_NAME' },
    condition('METHOD', '', 'GET'),
    condition('SOURCE_IP', '', '10.0.0.0/8'),
  ];
  const often = ['HEADER', 'QUERY_STRING', 'COOKIE'].map((type) => condition(type, 'k', 'v'));
  for (const rule of once) {
    const { policy, path } = await policyWith(rule);
    const twice = /at most one rule of type/;
    assertRefused(await api.post(path, { rule }), 400, 'ELB.8902', twice);
    assertRefused(await ground.put(policy.id, { rules: [rule, rule] }), 400, 'ELB.8902', twice);
    assertRefused(await ground.post(listener.id, { ...to, rules: [rule, rule] }), 400, 'ELB.8902', twice);
  }
  const { path } = await policyWith(...once, ...often, ...often);
  assert.equal(assertDone(await api.get(path)).rules.length, 10);
});

test('a policy has ten conditions, a rule without any counting as one', async () => {
  const nine = condition('HEADER', 'k', ...'abcdefghi');
  const { policy, path } = await policyWith(nine, exactly('/'));
  const many = /would have 11 conditions, and takes 10/;
  const rule = condition('COOKIE', 'k', 'v');
  assertRefused(await api.post(path, { rule }), 400, 'ELB.8902', many);
  assertRefused(await ground.put(policy.id, { rules: [nine, exactly('/'), rule] }), 400, 'ELB.8902', many);
  const [header] = assertDone(await api.get(`${path}?type=HEADER`)).rules;
  const more = { rule: condition('HEADER', 'k', ...'abcdefghij') };
  const { type: _type, ...changed } = more.rule;
  assertRefused(await api.put(`${path}/${header.id}`, { rule: changed }), 400, 'ELB.8902', many);
  assertDone(await api.delete(`${path}/${header.id}`), 204);
  assertDone(await api.post(path, { rule }), 201);
});

test('a rule is changed within its type, and conditions cleared leave its value', async () => {
  const { path } = await policyWith();
  const { rule } = assertDone(await api.post(path, { rule: exactly('/a') }), 201);
  const put = (fields: object) => api.put(`${path}/${rule.id}`, { rule: fields });
  const change = async (fields: object) => assertDone(await put(fields)).rule;
  assert.deepEqual(await change({}), rule);
  assert.equal((await change({ compare_type: 'REGEX', value: 'b$' })).value, 'b$');
  assertRefused(await put({ compare_type: 'STARTS_WITH' }), 400, 'ELB.8902', /rule\.value.*got "b\$"/);
  const conditions = [{ value: '/x' }, { value: '/y' }];
  const held = await change({ compare_type: 'EQUAL_TO', conditions });
  assert.deepEqual(held.conditions, [
    { key: '', value: '/x' },
    { key: '', value: '/y' },
  ]);
  assertRefused(await put({ conditions: null }), 400, 'ELB.8902', /rule\.value.*got "b\$"/);
  const cleared = await change({
    conditions: null,
    value: '/z',
    invert: true,
    key: 'k',
    admin_state_up: true,
  });
  assert.deepEqual([cleared.conditions, cleared.value, cleared.invert, cleared.key], [[], '/z', false, 'k']);
  assertRefused(await put({ value: null }), 400, 'ELB.8902', /rule\.value.*required/);
  for (const key of ['type', 'project_id', 'id', 'provisioning_status', 'created_at']) {
    assertRefused(
      await put({ [key]: 'HEADER' }),
      400,
      'ELB.8902',
      new RegExp(`rule\\.${key}.*cannot be changed`),
    );
  }
});

test('a redirect to a listener has no rules', async () => {
  const redirect = await makePolicy(api, (await ground.listener()).id, {
    ...{ action: 'REDIRECT_TO_LISTENER', redirect_listener_id: (await ground.overTls('HTTPS')).id },
  });
  const reply = await api.post(`${policiesPath}/${redirect.id}/rules`, { rule: exactly('/') });
  assertRefused(reply, 400, 'ELB.8902', /'rule': a policy of action REDIRECT_TO_LISTENER has none/);
});

test('a rule is found below its own policy only', async () => {
  const { path } = await policyWith(exactly('/'));
  const { path: beside, policy } = await policyWith(exactly('/a'));
  const [{ id }] = policy.rules;
  for (const wrong of [`${path}/${id}`, `${beside}/${places.nothing}`]) {
    for (const method of ['GET', 'DELETE']) {
      assertRefused(await api.call(method, wrong), 404, 'ELB.8904', /^l7rule .* could not be found\.$/);
    }
    assertRefused(await api.put(wrong, { rule: { value: '/b' } }), 404, 'ELB.8904', /^l7rule/);
  }
  const nowhere = `${policiesPath}/${places.nothing}/rules`;
  assertRefused(await api.get(nowhere), 404, 'ELB.8904', /^l7policy .* could not be found\.$/);
  assertRefused(await api.post(nowhere, { rule: exactly('/') }), 404, 'ELB.8904', /^l7policy/);
});

test('rules page like every list, those of a policy and those of all', async () => {
  const { policy, path } = await policyWith(...['a', 'b', 'c'].map((key) => condition('HEADER', key, 'v')));
  const ids: string[] = [];
  for (let marker = '', turns = 0; turns < 5; turns++) {
    const { rules, page_info } = assertDone(await api.get(`${path}?limit=2${marker && `&marker=${marker}`}`));
    ids.push(...rules.map(({ id }: { id: string }) => id));
    marker = page_info.next_marker ?? '';
    if (marker === '') break;
  }
  assert.deepEqual(
    ids,
    policy.rules.map(({ id }: { id: string }) => id),
  );
  const all = assertDone(await api.get(`${policiesPath}/rules`)).rules;
  const mine = assertDone(await api.get(`${policiesPath}/rules?l7policy_id=${policy.id}`)).rules;
  assert.deepEqual(mine, assertDone(await api.get(path)).rules);
  assert.ok(all.length > mine.length);
  const back = assertDone(await api.get(`${path}?limit=1&page_reverse=true&marker=${ids[2]}`));
  assert.deepEqual(
    back.rules.map(({ id }: { id: string }) => id),
    [ids[1]],
  );
  assertRefused(await api.get(`${path}?marker=${places.nothing}`), 400, 'ELB.8902', /marker/);
});

test('the quotas of policies are kept, and what is used of them is told', async () => {
  const quotas = { l7policy: 3, l7policies_per_listener: 2, condition_per_policy: 3, pools_per_l7policy: 2 };
  await using own = await PolicyGround.start({ ...seedInventory, quotas });
  const pools = await Promise.all([1, 2, 3].map(() => own.pool()));
  const config = (...some: { id: string }[]) => some.map(({ id }) => ({ pool_id: id }));
  const [one, two] = [await own.advanced(), await own.advanced()];
  const refuse = async (id: string, fields: object, key: string) =>
    assertRefused(await own.post(id, fields), 409, 'ELB.8905', new RegExp(`\\['${key}'\\]`));
  const rules = [exactly('/'), condition('HEADER', 'k', 'a', 'b')];
  await refuse(one.id, { redirect_pools_config: config(...pools) }, 'pools_per_l7policy');
  const four = { redirect_pool_id: pools[0]?.id, rules: [...rules, condition('COOKIE', 'k', 'a')] };
  await refuse(one.id, four, 'condition_per_policy');
  const policy = await makePolicy(own.api, one.id, {
    redirect_pools_config: config(...pools.slice(1)),
    rules,
  });
  const path = `${policiesPath}/${policy.id}/rules`;
  const reply = await own.api.post(path, { rule: condition('COOKIE', 'k', 'a') });
  assertRefused(reply, 409, 'ELB.8905', /\['condition_per_policy'\]/);
  const single = { redirect_pool_id: pools[0]?.id };
  await makePolicy(own.api, one.id, single);
  await refuse(one.id, single, 'l7policies_per_listener');
  await makePolicy(own.api, two.id, single);
  await refuse(two.id, single, 'l7policy');
  const { quotas: told } = assertDone(await own.api.get('/elb/quotas/details'));
  const used = Object.fromEntries(
    told.map((each: { quota_key: string; used: number }) => [each.quota_key, each.used]),
  );
  for (const [key, limit] of Object.entries(quotas)) assert.equal(used[key], limit, key);
  assert.equal(used['listeners_per_pool'], 2);
});
