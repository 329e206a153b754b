/** What the fields of policies, their rules and sessions do to traffic that really flows. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { makePolicy, makeRule } from '../api/fixtures.ts';
import type { ApiClient } from '../support/api-client.ts';
import { addMember, answerOf, balance, NamedMember } from '../support/balanced.ts';
import { ElbowProcess } from '../support/elbow-process.ts';
import { evidence } from '../support/evidence.ts';
import { serverPair } from '../support/pem.ts';
import { until } from '../support/until.ts';

let elbow: ElbowProcess;
let api: ApiClient;

before(async () => {
  elbow = await ElbowProcess.start();
  api = elbow.api;
});

after(() => elbow[Symbol.asyncDispose]());

const pathRule = (value: string, compare_type = 'STARTS_WITH') => ({ type: 'PATH', compare_type, value });
const conditions = (type: string, ...values: string[]) => ({
  ...{ type, compare_type: 'EQUAL_TO', value: '' },
  conditions: values.map((value) => ({ value })),
});

/** A listener with advanced forwarding whose default pool has a member `default`. */
async function advanced(members: readonly { readonly port: number }[]) {
  const ground = await balance(api, members);
  await api.put(`/elb/listeners/${ground.listenerId}`, { listener: { enhance_l7policy_enable: true } });
  const [{ id: loadBalancerId }] = (await api.get(`/elb/listeners/${ground.listenerId}`)).body.listener
    .loadbalancers;
  return { ...ground, loadBalancerId };
}

/** A pool of its own with these members. */
async function poolOf(loadbalancer_id: string, ...members: readonly { readonly port: number }[]) {
  const pool = { loadbalancer_id, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' };
  const { id } = await api.create('/elb/pools', { pool });
  for (const { port } of members) await addMember(api, id, port);
  return id as string;
}

/** A member that answers with the request line's target and the headers that it got. */
async function echo(): Promise<Server & AsyncDisposable & { port: number }> {
  const server = createServer(({ url, headers }, response) => response.end(JSON.stringify({ url, headers })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(server, { port: (server.address() as AddressInfo).port });
}

/** An answer as it comes: redirects are not followed. */
async function ask(url: string, headers: Readonly<Record<string, string>> = {}) {
  const options = { redirect: 'manual', headers: { connection: 'close', ...headers } } as const;
  const response = await fetch(url, options);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const set = (id: string, l7policy: object) => api.put(`/elb/l7policies/${id}`, { l7policy });

test('a policy sends the requests that its rules describe to its pool', async () => {
  evidence('l7policy.listener_id', 'traffic');
  evidence('l7policy.action', 'traffic', ['REDIRECT_TO_POOL']);
  evidence('l7policy.redirect_pool_id', 'traffic');
  evidence('l7policy.rules', 'traffic');
  evidence('rule.type', 'traffic', ['PATH', 'HOST_NAME']);
  evidence('rule.compare_type', 'traffic');
  evidence('rule.value', 'traffic');
  await using fallback = await NamedMember.start('default');
  await using one = await NamedMember.start('one');
  await using other = await NamedMember.start('other');
  const { url, listenerId, ...ground } = await balance(api, [fallback]);
  const [{ id: lbId }] = (await api.get(`/elb/listeners/${listenerId}`)).body.listener.loadbalancers;
  const [first, second] = [await poolOf(lbId, one), await poolOf(lbId, other)];
  await until(async () => (await answerOf(url)) === 'default');
  const policy = await makePolicy(api, listenerId, {
    ...{ redirect_pool_id: first, rules: [pathRule('/a', 'EQUAL_TO')] },
  });
  await until(async () => (await answerOf(`${url}a`)) === 'one');
  assert.equal(await answerOf(`${url}ab`), 'default');
  await set(policy.id, { redirect_pool_id: second });
  await until(async () => (await answerOf(`${url}a`)) === 'other');
  const [{ id: ruleId }] = (await api.get(`/elb/l7policies/${policy.id}`)).body.l7policy.rules;
  const setRule = (rule: object) => api.put(`/elb/l7policies/${policy.id}/rules/${ruleId}`, { rule });
  await setRule({ compare_type: 'STARTS_WITH' });
  await until(async () => (await answerOf(`${url}ab`)) === 'other');
  await setRule({ compare_type: 'REGEX', value: '/\\d+$' });
  await until(async () => (await answerOf(`${url}x/12`)) === 'other');
  assert.equal(await answerOf(`${url}a`), 'default');
  await makeRule(api, policy.id, { type: 'HOST_NAME', compare_type: 'EQUAL_TO', value: ground.host });
  assert.equal(await answerOf(`${url}12`), 'other');
  await set(policy.id, { rules: [{ type: 'HOST_NAME', compare_type: 'EQUAL_TO', value: 'elsewhere.test' }] });
  await until(async () => (await answerOf(`${url}12`)) === 'default');
  await api.delete(`/elb/l7policies/${policy.id}`);
  assert.equal(await answerOf(url), 'default');
});

test('rules of advanced forwarding look at method, headers, query, cookies and the client’s address', async () => {
  evidence('rule.type', 'traffic', ['METHOD', 'HEADER', 'QUERY_STRING', 'SOURCE_IP', 'COOKIE']);
  evidence('rule.conditions', 'traffic');
  evidence('listener.enhance_l7policy_enable', 'traffic');
  evidence('l7policy.action', 'traffic', ['FIXED_RESPONSE']);
  await using fallback = await NamedMember.start('default');
  const { url, listenerId } = await advanced([fallback]);
  const { id } = await makePolicy(api, listenerId, {
    ...{ action: 'FIXED_RESPONSE', fixed_response_config: { status_code: '299' } },
    rules: [conditions('METHOD', 'PUT', 'GET')],
  });
  const keyed = (type: string, key: string, value: string) => ({
    ...{ type, compare_type: 'EQUAL_TO', value: '', conditions: [{ key, value }] },
  });
  const status = async (path = '', headers = {}) => (await ask(url + path, headers)).status;
  await until(async () => (await status()) === 299);
  const matches = async (rules: object[], path: string, headers: Readonly<Record<string, string>>) => {
    await set(id, { rules });
    await until(async () => (await status()) === 200 && (await status(path, headers)) === 299);
  };
  await matches([keyed('HEADER', 'X-Stage', 't*t')], '', { 'x-stage': 'test' });
  await matches([keyed('QUERY_STRING', 'q', '1?')], '?q=12', {});
  await matches([keyed('COOKIE', 'c', 'v')], '', { cookie: 'a=b; c=v' });
  await matches([conditions('SOURCE_IP', '127.0.0.0/8'), pathRule('/s')], 's', {});
});

test('policies are tried by priority, and without advanced forwarding by how exact they are', async () => {
  evidence('l7policy.priority', 'traffic');
  evidence('listener.enhance_l7policy_enable', 'traffic');
  await using one = await NamedMember.start('short');
  await using other = await NamedMember.start('long');
  const { url, listenerId } = await balance(api, [one]);
  const [{ id: lbId }] = (await api.get(`/elb/listeners/${listenerId}`)).body.listener.loadbalancers;
  const forwardTo = async (member: NamedMember, path: string) =>
    makePolicy(api, listenerId, { redirect_pool_id: await poolOf(lbId, member), rules: [pathRule(path)] });
  const short = await forwardTo(one, '/a');
  await forwardTo(other, '/a/b');
  await until(async () => (await answerOf(`${url}a/b`)) === 'long');
  await api.put(`/elb/listeners/${listenerId}`, { listener: { enhance_l7policy_enable: true } });
  await set(short.id, { priority: 10 });
  assert.equal(await answerOf(`${url}a/b`), 'long');
  const { l7policies } = (await api.get(`/elb/l7policies?listener_id=${listenerId}`)).body;
  const long = l7policies.find((each: { id: string }) => each.id !== short.id);
  await set(long.id, { priority: 20 });
  await until(async () => (await answerOf(`${url}a/b`)) === 'short');
});

test('several pools share requests by weight, and keep their clients when told to', async () => {
  evidence('l7policy.redirect_pools_config', 'traffic');
  evidence('l7policy.redirect_pools_sticky_session_config', 'traffic');
  await using one = await NamedMember.start('one');
  await using other = await NamedMember.start('other');
  const { url, listenerId, loadBalancerId } = await advanced([one]);
  const [first, second] = [await poolOf(loadBalancerId, one), await poolOf(loadBalancerId, other)];
  const weighted = (weight: number) => [
    { pool_id: first, weight },
    { pool_id: second, weight: 1 },
  ];
  const { id } = await makePolicy(api, listenerId, {
    ...{ redirect_pools_config: weighted(3), rules: [pathRule('/')] },
  });
  const share = async () => {
    let mine = 0;
    for (let request = 0; request < 8; request++) if ((await answerOf(url)) === 'one') mine += 1;
    return mine;
  };
  await until(async () => (await share()) === 6);
  await set(id, { redirect_pools_sticky_session_config: { enable: true, timeout: 5 } });
  let cookie = '';
  await until(async () => {
    cookie = (await ask(url)).headers.get('set-cookie') ?? '';
    return cookie !== '';
  });
  assert.match(cookie, /Max-Age=300/);
  const own = { cookie: cookie.split(';')[0] ?? '' };
  const { text } = await ask(url, own);
  for (let request = 0; request < 6; request++) assert.equal((await ask(url, own)).text, text);
  await set(id, {
    redirect_pools_config: weighted(0),
    redirect_pools_sticky_session_config: { enable: false },
  });
  await until(async () => (await share()) === 0);
});

test('what goes to a pool is rewritten, changed, limited and opened to other origins', async () => {
  evidence('l7policy.redirect_pools_extend_config', 'traffic');
  await using member = await echo();
  const { url, listenerId, loadBalancerId } = await advanced([member]);
  const { id } = await makePolicy(api, listenerId, {
    redirect_pool_id: await poolOf(loadBalancerId, member),
    rules: [pathRule('^/old/(\\w+)', 'REGEX')],
    redirect_pools_extend_config: {
      rewrite_url_enable: true,
      rewrite_url_config: { host: 'inside.test', path: '/new/$1', query: 'from=old' },
      insert_headers_config: {
        configs: [
          { key: 'X-Client', value_type: 'SYSTEM_DEFINED', value: 'CLIENT-IP' },
          { key: 'X-Stage', value_type: 'USER_DEFINED', value: 'test' },
        ],
      },
      remove_headers_config: { configs: [{ key: 'x-debug' }] },
      cors_config: { allow_origin: ['https://a.test'] },
    },
  });
  const asked = async () => {
    const { text, headers } = await ask(`${url}old/page`, { origin: 'https://a.test', 'x-debug': '1' });
    return { ...JSON.parse(text), allowed: headers.get('access-control-allow-origin') };
  };
  await until(async () => (await asked()).url === '/new/page?from=old');
  const { headers, allowed } = await asked();
  assert.deepEqual(
    [headers.host, headers['x-stage'], headers['x-debug'], allowed],
    ['inside.test', 'test', undefined, 'https://a.test'],
  );
  assert.match(headers['x-client'], /^127\./);
  await set(id, { redirect_pools_extend_config: { traffic_limit_config: { qps: 2, per_source_ip_qps: 1 } } });
  await until(async () => (await ask(`${url}old/page`)).status === 503);
});

test('clients are redirected to URLs and to listeners', async () => {
  evidence('l7policy.action', 'traffic', ['REDIRECT_TO_URL', 'REDIRECT_TO_LISTENER']);
  evidence('l7policy.redirect_url_config', 'traffic');
  evidence('l7policy.redirect_listener_id', 'traffic');
  await using member = await NamedMember.start('default');
  const { url, host, listenerId, loadBalancerId } = await advanced([member]);
  await makePolicy(api, listenerId, {
    ...{ action: 'REDIRECT_TO_URL', rules: [pathRule('/a')] },
    redirect_url_config: { status_code: '307', protocol: 'HTTPS', host: 'b.test', port: '443' },
  });
  await until(async () => (await ask(`${url}a?q`)).status === 307);
  assert.equal((await ask(`${url}a?q`)).headers.get('location'), 'https://b.test/a?q');
  assert.equal(await answerOf(url), 'default');
  const { id } = await api.create('/elb/certificates', { certificate: serverPair() });
  const secure = await api.create('/elb/listeners', {
    listener: {
      ...{ loadbalancer_id: loadBalancerId, protocol: 'HTTPS', protocol_port: 8443 },
      default_tls_container_ref: id,
    },
  });
  await makePolicy(api, listenerId, {
    ...{ action: 'REDIRECT_TO_LISTENER', redirect_listener_id: secure.id },
  });
  await until(async () => (await ask(url)).status === 301);
  assert.equal(
    (await ask(`${url}a?q`)).headers.get('location'),
    `https://${host}:8443/a?q`,
    'before all others',
  );
});

test('a fixed response has its status, type and text', async () => {
  evidence('l7policy.fixed_response_config', 'traffic');
  await using member = await NamedMember.start('default');
  const { url, listenerId } = await advanced([member]);
  const { id } = await makePolicy(api, listenerId, {
    ...{ action: 'FIXED_RESPONSE', rules: [pathRule('/down')] },
    fixed_response_config: {
      status_code: '503',
      content_type: 'application/json',
      message_body: '{"down":true}',
    },
  });
  await until(async () => (await ask(`${url}down`)).text === '{"down":true}');
  const { status, headers } = await ask(`${url}down`);
  assert.deepEqual([status, headers.get('content-type')], [503, 'application/json']);
  await set(id, { fixed_response_config: { message_body: 'soon' } });
  await until(async () => (await ask(`${url}down`)).text === 'soon');
});

test('session_persistence keeps a client with a member, by a cookie of ours or of the application', async () => {
  evidence('pool.session_persistence', 'traffic');
  await using one = await NamedMember.start('one');
  await using other = await NamedMember.start('other');
  const { url, poolId, memberIds } = await balance(api, [one, other]);
  const persist = (session_persistence: object) =>
    api.put(`/elb/pools/${poolId}`, { pool: { session_persistence } });
  const cookieAt = async (headers: Readonly<Record<string, string>>) =>
    ((await ask(url, headers)).headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  await until(async () => (await answerOf(url)) !== null);
  await persist({ type: 'HTTP_COOKIE', persistence_timeout: 1 });
  await until(async () => (await cookieAt({})) !== '');
  const cookie = await cookieAt({});
  const { text: name } = await ask(url, { cookie });
  for (let request = 0; request < 6; request++) assert.equal((await ask(url, { cookie })).text, name);
  // The proxies know the cookies that others, or they themselves before, have set.
  await elbow.signal('SIGTERM');
  await elbow.restart();
  api = elbow.api;
  await until(async () => (await answerOf(url)) !== null);
  for (let request = 0; request < 4; request++) assert.equal((await ask(url, { cookie })).text, name);
  await api.delete(`/elb/pools/${poolId}/members/${memberIds[name === 'one' ? 0 : 1]}`);
  await until(async () => (await ask(url, { cookie })).text !== name);
  assert.notEqual(await cookieAt({ cookie }), '');

  await persist({ type: 'APP_COOKIE', cookie_name: 'APPID' });
  await until(async () => (await cookieAt({})) === '' && (await cookieAt({ cookie: 'APPID=1' })) !== '');
});

test('below HTTP session_persistence goes by the client’s address', async () => {
  evidence('pool.session_persistence', 'traffic');
  await using one = await NamedMember.start('one');
  await using other = await NamedMember.start('other');
  const { url, poolId } = await balance(api, [one, other], 'TCP');
  const answers = async () => new Set([await answerOf(url), await answerOf(url), await answerOf(url)]);
  await until(async () => (await answers()).size === 2 && !(await answers()).has(null));
  await api.put(`/elb/pools/${poolId}`, { pool: { session_persistence: { type: 'SOURCE_IP' } } });
  await until(async () => (await answers()).size === 1);
  for (let round = 0; round < 4; round++) assert.equal((await answers()).size, 1);
});
