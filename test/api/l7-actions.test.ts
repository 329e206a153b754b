/** What policies do with requests: each action with its settings (rules digest 2.6.1 to 2.6.5, L7-1 and L7-3). */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { evidence } from '../support/evidence.ts';
import {
  assertDone,
  assertRefused,
  makeListener,
  makeLoadBalancer,
  makePolicy,
  makePool,
  places,
} from './fixtures.ts';
import { exactly, PolicyGround } from './policy-ground.ts';

let ground: PolicyGround;
let api: ApiClient;

before(async () => {
  ground = await PolicyGround.start();
  api = ground.api;
});
after(() => ground[Symbol.asyncDispose]());

test('redirect_pools_config: weights as numbers or text, answered as numbers, 1 when left out (C27)', async () => {
  evidence('l7policy.redirect_pools_config', 'enforced');
  const listener = await ground.advanced();
  const pools = await Promise.all([1, 2, 3].map(() => ground.pool()));
  const weights = [7, '0', undefined];
  const redirect_pools_config = pools.map(({ id }, index) => ({ pool_id: id, weight: weights[index] }));
  const sticky = { redirect_pools_sticky_session_config: { enable: true } };
  const made = await makePolicy(api, listener.id, { redirect_pools_config, ...sticky });
  assert.deepEqual(
    made.redirect_pools_config.map(({ weight }: { weight: number }) => weight),
    [7, 0, 1],
  );
  assert.deepEqual(made.redirect_pools_sticky_session_config, { enable: true, timeout: 1440 });
  const [, second] = redirect_pools_config;
  const fewer = await ground.change(made.id, {
    redirect_pools_config: [second],
    redirect_pools_sticky_session_config: { timeout: 5 },
  });
  assert.deepEqual(
    fewer.redirect_pools_config,
    [{ pool_id: second?.pool_id, weight: 0 }],
    'they are replaced',
  );
  assert.deepEqual(fewer.redirect_pools_sticky_session_config, { enable: true, timeout: 5 });
  assert.equal(
    (await ground.change(made.id, { redirect_pools_sticky_session_config: null }))
      .redirect_pools_sticky_session_config,
    null,
  );
  for (const none of [[], null]) {
    assertRefused(
      await ground.put(made.id, { redirect_pools_config: none }),
      400,
      'ELB.8902',
      /redirect_pool_id.*required/,
    );
  }
});

test('redirect_pools_extend_config: whole with its defaults, changed part by part, cleared with null', async () => {
  evidence('l7policy.redirect_pools_extend_config', 'enforced');
  const listener = await ground.advanced();
  const pool = await ground.pool();
  const mirror = await ground.pool();
  const made = await makePolicy(api, listener.id, {
    redirect_pool_id: pool.id,
    redirect_pools_extend_config: {
      rewrite_url_enable: true,
      rewrite_url_config: { path: '/v2$1', host: 'in.example.com' },
      insert_headers_config: {
        configs: [
          { key: 'X-A', value_type: 'USER_DEFINED', value: 'two words' },
          { key: 'X-B', value_type: 'REFERENCE_HEADER', value: 'User-Agent' },
          { key: 'X-C', value_type: 'SYSTEM_DEFINED', value: 'CLIENT-IP' },
        ],
      },
      remove_headers_config: { configs: [{ key: 'X-Powered-By' }] },
      traffic_limit_config: { qps: 100, per_source_ip_qps: 99 },
      cors_config: { allow_origin: ['https://*.example.com:8443'], allow_methods: ['GET'] },
      traffic_mirror_config: { target_ids: [mirror.id] },
    },
  });
  const extension = made.redirect_pools_extend_config;
  assert.deepEqual(extension.rewrite_url_config, {
    ...{ host: 'in.example.com', path: '/v2$1', query: '$' + '{query}' },
  });
  assert.deepEqual(extension.traffic_limit_config, { qps: 100, per_source_ip_qps: 99, burst: 0 });
  assert.deepEqual(extension.cors_config, {
    ...{ allow_origin: ['https://*.example.com:8443'], allow_methods: ['GET'], allow_headers: [] },
    ...{ expose_headers: [], allow_credentials: false, max_age: -1 },
  });
  assert.deepEqual(extension.traffic_mirror_config, {
    ...{ target_ids: [mirror.id], mirror_request_body_enable: true },
  });
  const parts = { traffic_limit_config: { burst: 3 }, cors_config: null };
  const changed = await ground.change(made.id, { redirect_pools_extend_config: parts });
  assert.deepEqual(changed.redirect_pools_extend_config, {
    ...extension,
    traffic_limit_config: { qps: 0, per_source_ip_qps: 0, burst: 3 },
    cors_config: null,
  });
  const cleared = await ground.change(made.id, { redirect_pools_extend_config: null });
  assert.equal(cleared.redirect_pools_extend_config, null);
});

test('REDIRECT_TO_URL: what is left out is the request’s own, and clients are not sent in circles', async () => {
  evidence('l7policy.redirect_url_config', 'enforced');
  const listener = await ground.advanced();
  const asRequested = (part: string) => `$\{${part}}`;
  const make = (redirect_url_config: object) =>
    makePolicy(api, listener.id, { action: 'REDIRECT_TO_URL', redirect_url_config });
  const made = await make({ status_code: '308', protocol: 'HTTPS', query: `${asRequested('query')}&a=b` });
  assert.deepEqual(made.redirect_url_config, {
    ...{ protocol: 'HTTPS', host: asRequested('host'), port: asRequested('port') },
    ...{ path: asRequested('path'), query: `${asRequested('query')}&a=b`, status_code: '308' },
    ...{ insert_headers_config: null, remove_headers_config: null },
  });
  const changed = await ground.change(made.id, { redirect_url_config: { port: '8443', status_code: '302' } });
  assert.deepEqual(changed.redirect_url_config, {
    ...made.redirect_url_config,
    ...{ port: '8443', status_code: '302' },
  });
  await make({ status_code: '301', path: '/new/$1' });
  await make({ status_code: '301', port: '9' });
  const circles = [
    { query: 'a=b' },
    { protocol: 'HTTP' },
    { port: String(listener.protocol_port) },
    { protocol: asRequested('protocol'), host: asRequested('host') },
  ];
  for (const circle of circles) {
    const config = { status_code: '301', ...circle };
    const reply = await ground.post(listener.id, { action: 'REDIRECT_TO_URL', redirect_url_config: config });
    assertRefused(reply, 400, 'ELB.8902', /redirect_url_config.*sent to where they are/);
  }
  assertRefused(
    await ground.put(made.id, { redirect_url_config: null }),
    ...([400, 'ELB.8902', /redirect_url_config.*required for action REDIRECT_TO_URL/] as const),
  );
});

test('parts of a URL that Terraform sends empty are as if left out, but a query may be empty', async () => {
  const listener = await ground.advanced();
  const asRequested = (part: string) => `$\{${part}}`;
  const empty = { host: '', path: '', query: '' };
  const { redirect_url_config: url } = await makePolicy(api, listener.id, {
    action: 'REDIRECT_TO_URL',
    redirect_url_config: { ...empty, protocol: '', port: '9', status_code: '301' },
  });
  assert.deepEqual(
    [url.protocol, url.host, url.port, url.path, url.query],
    [asRequested('protocol'), asRequested('host'), '9', asRequested('path'), ''],
  );
  const pool = await makePool(api, { loadbalancer_id: listener.loadbalancers[0].id });
  const { redirect_pools_extend_config: extension } = await makePolicy(api, listener.id, {
    redirect_pool_id: pool.id,
    redirect_pools_extend_config: { rewrite_url_enable: true, rewrite_url_config: { ...empty, path: '/x' } },
  });
  assert.deepEqual(extension.rewrite_url_config, { host: asRequested('host'), path: '/x', query: '' });
  const { fixed_response_config: response } = await makePolicy(api, listener.id, {
    action: 'FIXED_RESPONSE',
    fixed_response_config: { status_code: '204', content_type: '', message_body: '' },
  });
  assert.deepEqual([response.content_type, response.message_body], ['text/plain', '']);
});

test('FIXED_RESPONSE: text/plain without a body unless told otherwise (C26)', async () => {
  evidence('l7policy.fixed_response_config', 'enforced');
  const listener = await ground.advanced();
  const made = await makePolicy(api, listener.id, {
    ...{ action: 'FIXED_RESPONSE', fixed_response_config: { status_code: '503' } },
  });
  const response = made.fixed_response_config;
  assert.deepEqual(response, {
    ...{ status_code: '503', content_type: 'text/plain', message_body: '' },
    ...{ insert_headers_config: null, remove_headers_config: null, traffic_limit_config: null },
  });
  const changed = await ground.change(made.id, {
    fixed_response_config: { content_type: 'application/json', traffic_limit_config: { qps: 5 } },
  });
  assert.deepEqual(changed.fixed_response_config, {
    ...response,
    content_type: 'application/json',
    traffic_limit_config: { qps: 5, per_source_ip_qps: 0, burst: 0 },
  });
});

test('REDIRECT_TO_LISTENER sends clients of an HTTP listener to an HTTPS one of its load balancer (LI-14)', async () => {
  evidence('l7policy.redirect_listener_id', 'enforced');
  const listener = await ground.listener();
  const https = await ground.overTls('HTTPS');
  const make = { action: 'REDIRECT_TO_LISTENER', redirect_listener_id: https.id };
  const made = await makePolicy(api, listener.id, make);
  assert.equal(made.redirect_listener_id, https.id);
  const elsewhere = await makeListener(api, (await makeLoadBalancer(api)).id);
  const wrong: [object, RegExp][] = [
    [{ redirect_listener_id: listener.id }, /has protocol HTTP, expected HTTPS/],
    [{ redirect_listener_id: elsewhere.id }, /has protocol HTTP, expected HTTPS/],
    [{ redirect_listener_id: null }, /redirect_listener_id.*required/],
  ];
  for (const [fields, message] of wrong) {
    assertRefused(await ground.post(listener.id, { ...make, ...fields }), 400, 'ELB.8902', message);
    assertRefused(await ground.put(made.id, fields), 400, 'ELB.8902', message);
  }
  const other = await makeLoadBalancer(api);
  const { default_tls_container_ref } = https;
  const far = await makeListener(api, other.id, {
    ...{ protocol: 'HTTPS', protocol_port: 443, default_tls_container_ref },
  });
  const reply = await ground.put(made.id, { redirect_listener_id: far.id });
  assertRefused(reply, 400, 'ELB.8902', /belongs to load balancer/);
  assertRefused(
    await ground.put(made.id, { redirect_listener_id: places.nothing }),
    ...([404, 'ELB.8904', /listener .* could not be found/] as const),
  );
  assertRefused(
    await ground.post(listener.id, { ...make, rules: [exactly('/')] }),
    ...([400, 'ELB.8902', /l7policy\.rules.*has none/] as const),
  );
  assertRefused(
    await ground.put(made.id, { rules: [exactly('/')] }),
    400,
    'ELB.8902',
    /l7policy\.rules.*has none/,
  );
});

test('L7-1: policies are for HTTP, HTTPS and QUIC listeners; REDIRECT_TO_LISTENER for HTTP ones (C59)', async () => {
  evidence('l7policy.listener_id', 'enforced');
  evidence('l7policy.action', 'enforced');
  const pool = await ground.pool();
  const tcp = await ground.listener({ protocol: 'TCP' });
  const reply = await ground.post(tcp.id, { redirect_pool_id: pool.id });
  assertRefused(reply, 400, 'ELB.8902', /listener_id.*protocol TCP, expected HTTP, HTTPS or QUIC/);
  const https = await ground.overTls('HTTPS');
  const { default_tls_container_ref } = https;
  const quic = await ground.listener({
    ...{ protocol: 'QUIC', default_tls_container_ref },
  });
  for (const { id } of [https, quic]) {
    await makePolicy(api, id, { redirect_pool_id: pool.id });
    const redirect = { action: 'REDIRECT_TO_LISTENER', redirect_listener_id: https.id };
    assertRefused(await ground.post(id, redirect), 400, 'ELB.8902', /REDIRECT_TO_LISTENER is for .* HTTP/);
  }
  assertRefused(
    await ground.post(quic.id, {
      redirect_pool_id: pool.id,
      redirect_pools_extend_config: { traffic_limit_config: { per_source_ip_qps: 1 } },
    }),
    ...([400, 'ELB.8902', /per_source_ip_qps.*0 or null for a QUIC listener/] as const),
  );
  const overTls = { key: 'X-A', value_type: 'SYSTEM_DEFINED', value: 'TLS-SNI' };
  const extend = { redirect_pools_extend_config: { insert_headers_config: { configs: [overTls] } } };
  await makePolicy(api, https.id, { redirect_pool_id: pool.id, ...extend });
  const onHttp = await ground.post((await ground.listener()).id, { redirect_pool_id: pool.id, ...extend });
  assertRefused(
    onHttp,
    400,
    'ELB.8902',
    /insert_headers_config\.configs\[0\]\.value.*protocol HTTP one of CLIENT-PORT/,
  );
});

test('L7-3: without enhance_l7policy_enable a listener has none of the advanced settings', async () => {
  evidence('listener.enhance_l7policy_enable', 'enforced');
  const listener = await ground.listener();
  const pool = await ground.pool();
  const url = { action: 'REDIRECT_TO_URL', redirect_url_config: { status_code: '301', path: '/' } };
  const fixed = { action: 'FIXED_RESPONSE', fixed_response_config: { status_code: '200' } };
  const to = { redirect_pool_id: pool.id };
  const needs = /needs (a listener with )?enhance_l7policy_enable/;
  const rule = (fields: object) => ({ ...to, rules: [{ compare_type: 'EQUAL_TO', value: 'x', ...fields }] });
  const conditions = [{ value: 'a.example.com' }];
  const wrong: object[] = [
    ...[url, fixed, { ...to, priority: 3 }, { redirect_pools_config: [{ pool_id: pool.id }] }],
    ...['METHOD', 'HEADER', 'QUERY_STRING', 'SOURCE_IP', 'COOKIE'].map((type) => rule({ type })),
    rule({ type: 'HOST_NAME', value: '*.example.com' }),
    rule({ type: 'HOST_NAME', conditions }),
  ];
  for (const fields of wrong) assertRefused(await ground.post(listener.id, fields), 400, 'ELB.8902', needs);
  const made = await makePolicy(api, listener.id, to);
  assertRefused(await ground.put(made.id, { priority: 3 }), 400, 'ELB.8902', needs);
  assertDone(await api.put(`/elb/listeners/${listener.id}`, { listener: { enhance_l7policy_enable: true } }));
  for (const [index, fields] of wrong.slice(0, 4).entries()) {
    assertDone(await ground.post(listener.id, { ...fields, priority: 100 + index }), 201);
  }
});

test('every setting belongs to one action', async () => {
  evidence('l7policy.action', 'enforced');
  const listener = await ground.advanced();
  const pool = await ground.pool();
  const https = await ground.overTls('HTTPS');
  const settings = {
    redirect_pool_id: pool.id,
    redirect_pools_config: [{ pool_id: pool.id }],
    redirect_pools_sticky_session_config: { enable: true },
    redirect_pools_extend_config: { rewrite_url_enable: false },
    redirect_listener_id: https.id,
    redirect_url_config: { status_code: '301', host: 'example.com' },
    fixed_response_config: { status_code: '200' },
  };
  const own: Record<string, readonly (keyof typeof settings)[]> = {
    REDIRECT_TO_POOL: [
      ...(['redirect_pool_id', 'redirect_pools_config', 'redirect_pools_sticky_session_config'] as const),
      'redirect_pools_extend_config',
    ],
    REDIRECT_TO_LISTENER: ['redirect_listener_id'],
    REDIRECT_TO_URL: ['redirect_url_config'],
    FIXED_RESPONSE: ['fixed_response_config'],
  };
  const nothing = {
    ...{ redirect_pool_id: null, redirect_pools_config: [], redirect_listener_id: null },
    ...{ redirect_url_config: null, fixed_response_config: null, redirect_pools_extend_config: null },
  };
  for (const [action, [first, ...more]] of Object.entries(own)) {
    assert.ok(first);
    const right = { ...nothing, action, [first]: settings[first] };
    const made = assertDone(await ground.post(listener.id, right), 201).l7policy;
    assertRefused(
      await ground.post(listener.id, { ...nothing, action }),
      400,
      'ELB.8902',
      new RegExp(`${first}.*required`),
    );
    for (const key of Object.keys(settings) as (keyof typeof settings)[]) {
      if (key === first || more.includes(key)) continue;
      const stray = { [key]: settings[key] };
      const says = new RegExp(`l7policy\\.${key}'.*it is for action .*, not ${action}; leave it out`);
      assertRefused(await ground.post(listener.id, { ...right, ...stray }), 400, 'ELB.8902', says);
      assertRefused(await ground.put(made.id, stray), 400, 'ELB.8902', says);
    }
  }
});

test('2.6.1: redirect_pool_id may be changed and not cleared', async () => {
  evidence('l7policy.redirect_pool_id', 'enforced');
  const listener = await ground.advanced();
  const [one, two] = await Promise.all([ground.pool(), ground.pool()]);
  const made = await makePolicy(api, listener.id, { redirect_pool_id: one.id });
  assertRefused(
    await ground.put(made.id, { redirect_pool_id: null }),
    400,
    'ELB.8902',
    /redirect_pool_id.*cannot be cleared/,
  );
  assertRefused(await ground.put(made.id, { redirect_pool_id: '' }), 400, 'ELB.8902', /redirect_pool_id/);
  assert.equal((await ground.change(made.id, { redirect_pool_id: two.id })).redirect_pool_id, two.id);
  const both = await ground.change(made.id, { redirect_pools_config: [{ pool_id: one.id }] });
  assert.equal(both.redirect_pool_id, two.id, 'redirect_pools_config wins, and the other is kept');
});
