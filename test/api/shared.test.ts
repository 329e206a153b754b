/** Shared load balancers and what is below them (rules digest LB-6, LB-7, LB-12 and the notes on "shared"). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { seed, startTestControlPlane } from '../support/control-plane.ts';
import { evidence } from '../support/evidence.ts';
import { pem, serverPair } from '../support/pem.ts';
import {
  assertDone,
  assertRefused,
  flavorId,
  makeListener,
  makeLoadBalancer,
  makeMember,
  makeMonitor,
  makePool,
  makeShared,
  places,
} from './fixtures.ts';

const makeServer = (api: ApiClient) => api.create('/elb/certificates', { certificate: serverPair() });

test('LB-6 a create makes dedicated load balancers only', async () => {
  evidence('loadbalancer.guaranteed', 'enforced');
  await using cp = await startTestControlPlane();
  const reply = await cp.api.post('/elb/loadbalancers', {
    loadbalancer: {
      guaranteed: false,
      vip_subnet_cidr_id: seed.subnetCidrId,
      availability_zone_list: ['az1'],
    },
  });
  assertRefused(reply, 400, 'ELB.8902', /loadbalancer\.guaranteed': got false, expected true/);
});

test('LB-7 the other calls work on shared ones and what is below them', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeShared(api, { name: 'old', tags: [{ key: 'k', value: 'v' }] });
  const listener = await makeListener(api, lb.id);
  const pool = await makePool(api, { listener_id: listener.id });
  const member = await makeMember(api, pool.id);
  const monitor = await makeMonitor(api, pool.id);
  const put = assertDone(await api.put(`/elb/loadbalancers/${lb.id}`, { loadbalancer: { name: 'new' } }));
  assert.deepEqual(
    [put.loadbalancer.name, put.loadbalancer.guaranteed, put.loadbalancer.listeners],
    ['new', false, [{ id: listener.id }]],
  );
  assert.equal(
    assertDone(await api.get(`/elb/loadbalancers/${lb.id}/statuses`)).statuses.loadbalancer.id,
    lb.id,
  );
  assertDone(await api.put(`/elb/pools/${pool.id}/members/${member.id}`, { member: { weight: 5 } }));
  for (const path of [
    `/elb/pools/${pool.id}/members/${member.id}`,
    `/elb/healthmonitors/${monitor.id}`,
    `/elb/pools/${pool.id}`,
    `/elb/listeners/${listener.id}`,
    `/elb/loadbalancers/${lb.id}`,
  ]) {
    assertDone(await api.delete(path), 204);
  }
});

test('LB-7 LB-12 what only dedicated ones have cannot be given to a shared one', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeShared(api);
  const put = (fields: object) => api.put(`/elb/loadbalancers/${lb.id}`, { loadbalancer: fields });
  const wrong = {
    vip_address: '120.10.10.77',
    vip_subnet_cidr_id: places.declaredSubnet,
    ipv6_vip_virsubnet_id: seed.networkId,
    elb_virsubnet_ids: [seed.networkId],
    l4_flavor_id: await flavorId(api, 'L4_flavor.elb.s1.small'),
    l7_flavor_id: await flavorId(api, 'L7_flavor.elb.s1.small'),
    ip_target_enable: true,
    charge_mode: 'flavor',
  };
  for (const [key, value] of Object.entries(wrong)) {
    const reply = await put({ [key]: value });
    assert.equal(reply.status, 400, key);
    assert.match(reply.body.error_msg, new RegExp(`loadbalancer\\.${key}'`), key);
  }
  assertRefused(
    await put({ ip_target_enable: true }),
    400,
    'ELB.8902',
    /dedicated load balancers, and \S+ is shared/,
  );
  assertRefused(await put({ vip_subnet_cidr_id: null }), 400, 'ELB.8902', /dedicated load balancers/);
  for (const verb of ['batch-add', 'batch-remove']) {
    assertRefused(
      await api.post(`/elb/loadbalancers/${lb.id}/availability-zone/${verb}`, {
        availability_zone_list: ['az1'],
      }),
      400,
      'ELB.8902',
      /availability_zone_list': it is for dedicated load balancers/,
    );
  }
  const same = {
    vip_address: lb.vip_address,
    vip_subnet_cidr_id: lb.vip_subnet_cidr_id,
    elb_virsubnet_ids: [],
  };
  const { updated_at, ...kept } = assertDone(await put({ ...same, ip_target_enable: false })).loadbalancer;
  assert.ok(updated_at);
  assert.deepEqual({ ...kept, updated_at: lb.updated_at }, lb);
});

test('2.2.1 HTTPS is called TERMINATED_HTTPS there, and the other way round on dedicated ones', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const shared = await makeShared(api);
  const dedicated = await makeLoadBalancer(api);
  const { id } = await makeServer(api);
  const ca = await api.create('/elb/certificates', {
    certificate: { type: 'client', certificate: pem('ca') },
  });
  const make = (lb: { id: string }, protocol: string, protocol_port: number, fields: object = {}) =>
    makeListener(api, lb.id, { protocol, protocol_port, default_tls_container_ref: id, ...fields });
  for (const [index, sent] of ['HTTPS', 'TERMINATED_HTTPS'].entries()) {
    const on = await make(shared, sent, 443 + index, { client_ca_tls_container_ref: ca.id });
    assert.deepEqual([on.protocol, on.tls_ciphers_policy], ['TERMINATED_HTTPS', 'tls-1-2']);
    assert.equal((await make(dedicated, sent, 443 + index)).protocol, 'HTTPS');
    assertRefused(
      await api.put(`/elb/listeners/${on.id}`, { listener: { default_tls_container_ref: null } }),
      400,
      'ELB.9899',
      /cannot be cleared while protocol is TERMINATED_HTTPS/,
    );
  }
  const pools = ['HTTP', 'HTTPS', 'GRPC'];
  for (const protocol of pools) {
    const listener = await make(shared, 'HTTPS', 8000 + pools.indexOf(protocol), { http2_enable: true });
    const pool = { protocol, lb_algorithm: 'ROUND_ROBIN', listener_id: listener.id };
    const reply = await api.post('/elb/pools', { pool });
    if (protocol === 'HTTP') assertDone(reply, 201);
    else assertRefused(reply, 400, 'ELB.8902', /protocol TERMINATED_HTTPS takes a pool of protocol HTTP/);
  }
});

test('a shared load balancer serves TCP, UDP, HTTP and HTTPS, and HTTP not on port 21', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeShared(api);
  const { id } = await makeServer(api);
  const create = (protocol: string, protocol_port: number) =>
    api.post('/elb/listeners', {
      listener: {
        loadbalancer_id: lb.id,
        protocol,
        protocol_port,
        ...(['HTTPS', 'QUIC', 'TLS'].includes(protocol) ? { default_tls_container_ref: id } : {}),
      },
    });
  for (const protocol of ['QUIC', 'TLS']) {
    assertRefused(
      await create(protocol, 443),
      400,
      'ELB.8902',
      /takes listeners of protocol TCP, UDP, HTTP or HTTPS/,
    );
  }
  for (const protocol of ['HTTP', 'HTTPS']) {
    assertRefused(await create(protocol, 21), 400, 'ELB.8902', /protocol_port': 21 cannot be used/);
  }
  for (const protocol of ['TCP', 'UDP']) assertDone(await create(protocol, 21), 201);
  const dedicated = await makeLoadBalancer(api);
  assert.equal((await makeListener(api, dedicated.id, { protocol_port: 21 })).protocol_port, 21);
});

test('2.2.1 transparent_client_ip_enable is for TCP and UDP to choose there, and true above', async () => {
  evidence('listener.transparent_client_ip_enable', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeShared(api);
  const { id } = await makeServer(api);
  let protocol_port = 8000;
  const body = (protocol: string, fields: object = {}) => ({
    listener: {
      loadbalancer_id: lb.id,
      protocol,
      protocol_port: protocol_port++,
      ...(protocol === 'HTTPS' ? { default_tls_container_ref: id } : {}),
      ...fields,
    },
  });
  const make = (protocol: string, fields: object = {}) =>
    api.create('/elb/listeners', body(protocol, fields));
  for (const protocol of ['TCP', 'UDP']) {
    const listener = await make(protocol);
    assert.equal(listener.transparent_client_ip_enable, false, protocol);
    const put = (transparent_client_ip_enable: boolean | null) =>
      api.put(`/elb/listeners/${listener.id}`, { listener: { transparent_client_ip_enable } });
    assert.equal(assertDone(await put(true)).listener.transparent_client_ip_enable, true);
    assert.equal(assertDone(await put(null)).listener.transparent_client_ip_enable, false);
    const chosen = await make(protocol, { transparent_client_ip_enable: true });
    assert.equal(chosen.transparent_client_ip_enable, true);
  }
  for (const protocol of ['HTTP', 'HTTPS']) {
    assert.equal((await make(protocol)).transparent_client_ip_enable, true, protocol);
    assertRefused(
      await api.post('/elb/listeners', body(protocol, { transparent_client_ip_enable: false })),
      400,
      'ELB.8902',
      /transparent_client_ip_enable': it must be true for protocol/,
    );
  }
});

test('C21 a UDP listener has no keepalive_timeout to choose there', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeShared(api);
  const listener = await makeListener(api, lb.id, { protocol: 'UDP', keepalive_timeout: null });
  const wrong = /keepalive_timeout': UDP listeners of a shared load balancer have none/;
  const put = { listener: { keepalive_timeout: 100 } };
  assertRefused(await api.put(`/elb/listeners/${listener.id}`, put), 400, 'ELB.8902', wrong);
  const create = { ...put.listener, loadbalancer_id: lb.id, protocol: 'UDP', protocol_port: 81 };
  assertRefused(await api.post('/elb/listeners', { listener: create }), 400, 'ELB.8902', wrong);
  const tcp = await makeListener(api, lb.id, { protocol: 'TCP', keepalive_timeout: 100 });
  assert.equal(tcp.keepalive_timeout, 100);
  const dedicated = await makeLoadBalancer(api);
  const udp = await makeListener(api, dedicated.id, { protocol: 'UDP', keepalive_timeout: 100 });
  assert.equal(udp.keepalive_timeout, 100);
});

test('2.2.1 enable_member_retry is for HTTP and HTTPS there', async () => {
  evidence('listener.enable_member_retry', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeShared(api);
  const { id } = await makeServer(api);
  const fields = { enable_member_retry: false };
  const https = { protocol: 'HTTPS', default_tls_container_ref: id, protocol_port: 443, ...fields };
  for (const listener of [await makeListener(api, lb.id, fields), await makeListener(api, lb.id, https)]) {
    assert.equal(listener.enable_member_retry, false);
  }
  const tcp = { loadbalancer_id: lb.id, protocol: 'TCP', protocol_port: 81, ...fields };
  assertRefused(
    await api.post('/elb/listeners', { listener: tcp }),
    400,
    'ELB.8902',
    /enable_member_retry': it is for protocol HTTP, HTTPS or QUIC, not TCP/,
  );
});

test('2.3.1 PO-1 its pools are of IPv4, and made for a load balancer', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeShared(api);
  const listener = await makeListener(api, lb.id, { protocol: 'TCP' });
  const tcp = { protocol: 'TCP', loadbalancer_id: lb.id };
  assert.equal((await makePool(api, tcp)).ip_version, 'v4');
  const pool = await makePool(api, { ...tcp, ip_version: 'v4', listener_id: listener.id });
  assert.equal(pool.ip_version, 'v4');
  assertRefused(
    await api.post('/elb/pools', { pool: { ...tcp, lb_algorithm: 'ROUND_ROBIN', ip_version: 'dualstack' } }),
    400,
    'ELB.8902',
    /ip_version': the load balancer \S+ is shared, so it must be v4, not dualstack/,
  );
  const free = await makePool(api, { protocol: 'TCP', type: 'instance', vpc_id: seed.vpcId });
  assertRefused(
    await api.put(`/elb/listeners/${listener.id}`, { listener: { default_pool_id: free.id } }),
    400,
    'ELB.8902',
    /default_pool_id': the load balancer \S+ is shared, and the pool \S+ was created for no load balancer/,
  );
  const ip = { member: { address: '10.0.0.5', protocol_port: 80 } };
  assertRefused(
    await api.post(`/elb/pools/${pool.id}/members`, ip),
    400,
    'ELB.8939',
    /ip_target_enable of load balancer \S+ is false/,
  );
});

test('2.6.1 C24 its policies redirect to pools and listeners, and have no priorities', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeShared(api);
  const listener = await makeListener(api, lb.id, { enhance_l7policy_enable: true });
  const { id } = await makeServer(api);
  const https = await makeListener(api, lb.id, {
    ...{ protocol: 'HTTPS', protocol_port: 443, default_tls_container_ref: id },
  });
  const pool = await makePool(api, { loadbalancer_id: lb.id });
  const create = (l7policy: object) =>
    api.post('/elb/l7policies', { l7policy: { listener_id: listener.id, ...l7policy } });
  const toPool = { action: 'REDIRECT_TO_POOL', redirect_pool_id: pool.id };
  const policy = assertDone(await create(toPool), 201).l7policy;
  assertDone(await create({ action: 'REDIRECT_TO_LISTENER', redirect_listener_id: https.id }), 201);
  const wrong: [string, object][] = [
    ['priority', { ...toPool, priority: 5 }],
    ['redirect_pools_config', { action: 'REDIRECT_TO_POOL', redirect_pools_config: [{ pool_id: pool.id }] }],
    [
      'redirect_url_config',
      { action: 'REDIRECT_TO_URL', redirect_url_config: { status_code: '301', host: 'a.test' } },
    ],
    ['fixed_response_config', { action: 'FIXED_RESPONSE', fixed_response_config: { status_code: '200' } }],
  ];
  const message = (key: string) => new RegExp(`l7policy\\.${key}': it is for dedicated load balancers`);
  for (const [key, fields] of wrong) {
    assertRefused(await create(fields), 400, 'ELB.8902', message(key));
  }
  assertRefused(
    await api.put(`/elb/l7policies/${policy.id}`, { l7policy: { priority: 5 } }),
    400,
    'ELB.8902',
    message('priority'),
  );
  assert.equal(assertDone(await api.get('/elb/l7policies')).l7policies.length, 2);
});
