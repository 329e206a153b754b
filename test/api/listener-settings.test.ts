/** The settings of listeners: defaults, ranges, and what suits which protocol (rules digest 2.2.1 and 2.2.2). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seed, startTestControlPlane } from '../support/control-plane.ts';
import { evidence } from '../support/evidence.ts';
import { assertDone, assertRefused, makeGateway, makeListener, makeLoadBalancer } from './fixtures.ts';

test('a new listener answers every field with the default of its protocol (2.2.2)', async (t) => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  const gateway = await makeGateway(api);
  const off = Object.fromEntries(
    [
      ...['X-Forwarded-ELB-IP', 'X-Forwarded-Port', 'X-Forwarded-For-Port', 'X-Forwarded-Proto', 'X-Real-IP'],
      ...['X-Forwarded-ELB-ID', 'X-Forwarded-TLS-Certificate-ID', 'X-Forwarded-TLS-Protocol'],
      'X-Forwarded-TLS-Cipher',
    ].map((name) => [name, false]),
  );
  const below = { keepalive_timeout: 300, client_timeout: null, member_timeout: null };
  const above = { keepalive_timeout: 60, client_timeout: 60, member_timeout: 60 };
  const cases = [
    { protocol: 'TCP', port: 80, owner: lb, timeouts: below },
    { protocol: 'UDP', port: 80, owner: lb, timeouts: below },
    { protocol: 'HTTP', port: 81, owner: lb, timeouts: above },
    { protocol: 'IP', port: 0, owner: gateway, timeouts: below },
  ];
  for (const { protocol, port, owner, timeouts } of cases) {
    await t.test(protocol, async () => {
      const { id, created_at, updated_at, ...listener } = await makeListener(api, owner.id, {
        protocol,
        ...(port === 0 ? { protocol_port: undefined } : { protocol_port: port }),
      });
      assert.equal(created_at, updated_at);
      assert.deepEqual(listener, {
        ...{ name: '', description: '', project_id: seed.projectId, enterprise_project_id: '0' },
        ...{ admin_state_up: true, protocol, protocol_port: port, port_ranges: [], connection_limit: -1 },
        ...{ loadbalancers: [{ id: owner.id }], default_pool_id: null },
        ...{ default_tls_container_ref: null, client_ca_tls_container_ref: null, sni_container_refs: [] },
        ...{ sni_match_algo: 'wildcard', tls_ciphers_policy: null, security_policy_id: null },
        ...{ http2_enable: false, ssl_early_data_enable: false, enable_member_retry: true, ...timeouts },
        ...{ insert_headers: { ...off, 'X-Forwarded-Host': true }, ipgroup: null, quic_config: null },
        ...{ transparent_client_ip_enable: true, proxy_protocol_enable: false, nat64_enable: false },
        ...{ enhance_l7policy_enable: false, gzip_enable: false, cps: 0 },
        ...{ access_log_customized_headers_config: null, tags: [] },
        ...{ protection_status: 'nonProtection', protection_reason: '' },
      });
    });
  }
});

test('C20 C21 each protocol has its timeouts and switches (2.2.1)', async () => {
  evidence('listener.keepalive_timeout', 'enforced');
  evidence('listener.client_timeout', 'enforced');
  evidence('listener.member_timeout', 'enforced');
  evidence('listener.enable_member_retry', 'enforced');
  evidence('listener.gzip_enable', 'enforced');
  evidence('listener.nat64_enable', 'enforced');
  evidence('listener.transparent_client_ip_enable', 'enforced');
  evidence('listener.ssl_early_data_enable', 'enforced');
  evidence('listener.ipgroup', 'enforced');
  evidence('listener.access_log_customized_headers_config', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  let port = 1000;
  const create = (protocol: string, fields: object) =>
    api.post('/elb/listeners', {
      listener: { loadbalancer_id: lb.id, protocol, protocol_port: port++, ...fields },
    });
  const right: [string, object][] = [
    ['HTTP', { keepalive_timeout: 0, client_timeout: 1, member_timeout: 300 }],
    ['HTTP', { keepalive_timeout: 4000, enable_member_retry: false, gzip_enable: true }],
    ['HTTP', { enhance_l7policy_enable: true, transparent_client_ip_enable: true }],
    ['HTTP', { access_log_customized_headers_config: { enable: true, include_headers: ['X-A', 'x_b'] } }],
    [
      'HTTP',
      { http2_enable: true, proxy_protocol_enable: true, quic_config: null, security_policy_id: null },
    ],
    ['TCP', { keepalive_timeout: 10, proxy_protocol_enable: true }],
    ['TCP', { insert_headers: { 'X-Forwarded-ELB-IP': true, 'X-Forwarded-Host': false } }],
    ['TCP', { cps: 1000000, connection: 1000000, quic_config: null, security_policy_id: '' }],
    ['UDP', { keepalive_timeout: 4000, nat64_enable: true, transparent_client_ip_enable: false }],
  ];
  for (const [protocol, fields] of right) {
    const { listener } = assertDone(await create(protocol, fields), 201);
    for (const [key, value] of Object.entries(fields)) {
      if (key === 'insert_headers')
        for (const [k, v] of Object.entries(value)) assert.equal(listener[key][k], v);
      else assert.deepEqual(listener[key], value === '' ? null : value, key);
    }
  }
  const wrong: [string, object, RegExp][] = [
    ['TCP', { keepalive_timeout: 9 }, /keepalive_timeout.*10 to 4000 for protocol TCP/],
    ['UDP', { keepalive_timeout: 0 }, /keepalive_timeout.*10 to 4000 for protocol UDP/],
    ['HTTP', { keepalive_timeout: 4001 }, /keepalive_timeout.*0 to 4000/],
    ['HTTP', { client_timeout: 0 }, /client_timeout.*1 to 300/],
    ['HTTP', { member_timeout: 301 }, /member_timeout.*1 to 300/],
    ['TCP', { client_timeout: 60 }, /client_timeout.*HTTP or HTTPS, not TCP/],
    ['TCP', { member_timeout: 60 }, /member_timeout.*HTTP or HTTPS, not TCP/],
    ['TCP', { enable_member_retry: true }, /enable_member_retry.*HTTP, HTTPS or QUIC, not TCP/],
    ['TCP', { gzip_enable: true }, /gzip_enable.*not TCP/],
    ['TCP', { enhance_l7policy_enable: true }, /enhance_l7policy_enable.*not TCP/],
    ['TCP', { access_log_customized_headers_config: {} }, /access_log_customized_headers_config.*not TCP/],
    ['TCP', { quic_config: { quic_listener_id: 'x' } }, /quic_config.*HTTPS, not TCP/],
    ['HTTP', { quic_config: { quic_listener_id: 'x' } }, /quic_config.*HTTPS, not HTTP/],
    ['HTTP', { quic_config: {} }, /quic_config\.quic_listener_id.*required/],
    [
      'HTTP',
      { nat64_enable: true, transparent_client_ip_enable: false },
      /nat64_enable.*TCP or UDP, not HTTP/,
    ],
    ['TCP', { nat64_enable: true }, /nat64_enable.*transparent_client_ip_enable false/],
    ['TCP', { transparent_client_ip_enable: false }, /transparent_client_ip_enable.*must be true/],
    ['HTTP', { transparent_client_ip_enable: false }, /transparent_client_ip_enable.*must be true/],
    ['HTTP', { ssl_early_data_enable: true }, /ssl_early_data_enable.*HTTPS, not HTTP/],
    ['HTTP', { admin_state_up: false }, /admin_state_up.*expected true/],
    ['HTTP', { cps: 1000001 }, /cps.*0 to 1000000/],
    ['HTTP', { connection: -1 }, /connection.*0 to 1000000/],
    ['HTTP', { ipgroup: { type: 'white' } }, /ipgroup\.ipgroup_id.*required/],
    ['HTTP', { ipgroup: { ipgroup_id: 'x', type: 'grey' } }, /ipgroup\.type.*white, black/],
    ['HTTP', { sni_container_refs: Array(51).fill('x') }, /sni_container_refs.*0 to 50 items/],
    ['HTTP', { sni_match_algo: 'best' }, /sni_match_algo.*wildcard, longest_suffix/],
    ['HTTP', { tls_ciphers_policy: 'tls-2-0' }, /tls_ciphers_policy.*one of tls-1-0-inherit/],
    ['HTTP', { insert_headers: { 'X-Real-IP': 'yes' } }, /insert_headers\.X-Real-IP.*true or false/],
    ['HTTP', { insert_headers: { 'X-Unknown': true } }, /Unrecognized attribute\(s\) 'X-Unknown'/],
    [
      'HTTP',
      { insert_headers: { 'X-Forwarded-TLS-Cipher-alias': 'UPPER' } },
      /Cipher-alias.*lowercase letters/,
    ],
    ['HTTP', { insert_headers: { 'X-Forwarded-For-Processing-Mode': 'x' } }, /append, remove, preserve/],
    ['IP', { protocol_port: 0 }, /IP is for gateway load balancers only/],
  ];
  const header = (name: string) => ({ access_log_customized_headers_config: { include_headers: [name] } });
  for (const name of ['Host', 'user-agent', 'Referer', 'X-Forwarded-For', 'X-ClientTraceId', 'traceparent']) {
    wrong.push(['HTTP', header(name), new RegExp(`"${name}" cannot be named here`)]);
  }
  for (const name of ['', 'a b', 'a'.repeat(41)]) {
    wrong.push(['HTTP', header(name), /include_headers\[0\].*text of 1 to 40/]);
  }
  for (const [protocol, fields, message] of wrong) {
    assertRefused(await create(protocol, fields), 400, 'ELB.8902', message);
  }
});

test('C57 insert_headers keeps what a request leaves out, and null puts a key back', async () => {
  evidence('listener.insert_headers', 'enforced');
  await using cp = await startTestControlPlane();
  const lb = await makeLoadBalancer(cp.api);
  const listener = await makeListener(cp.api, lb.id, {
    insert_headers: { 'X-Real-IP': true, 'X-Forwarded-For-Processing-Mode': 'remove' },
  });
  const put = async (insert_headers: object | null) =>
    assertDone(await cp.api.put(`/elb/listeners/${listener.id}`, { listener: { insert_headers } })).listener
      .insert_headers;
  const host = await put({ 'X-Forwarded-Host': false });
  assert.deepEqual(host, { ...listener.insert_headers, 'X-Forwarded-Host': false });
  const back = await put({ 'X-Forwarded-Host': null, 'X-Forwarded-For-Processing-Mode': null });
  const { 'X-Forwarded-For-Processing-Mode': _, ...rest } = listener.insert_headers;
  assert.deepEqual(back, rest);
});

test('LI-13 enhance_l7policy_enable cannot be switched off', async () => {
  evidence('listener.enhance_l7policy_enable', 'enforced');
  await using cp = await startTestControlPlane();
  const lb = await makeLoadBalancer(cp.api);
  const listener = await makeListener(cp.api, lb.id, { enhance_l7policy_enable: true });
  assertRefused(
    await cp.api.put(`/elb/listeners/${listener.id}`, { listener: { enhance_l7policy_enable: false } }),
    400,
    'ELB.8902',
    /cannot be switched off/,
  );
});

test('the limit of connections is answered only where there is one, since openstacksdk cannot take it', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  const listener = await makeListener(api, lb.id, { protocol: 'TCP' });
  const path = `/elb/listeners/${listener.id}`;
  assert.ok(!('connection' in listener));
  assert.equal((await api.put(path, { listener: { connection: 5 } })).body.listener.connection, 5);
  assert.equal((await api.get('/elb/listeners')).body.listeners[0].connection, 5);
  await api.put(path, { listener: { connection: 0 } });
  assert.ok(!('connection' in (await api.get('/elb/listeners')).body.listeners[0]));
});
