/** The settings of pools: algorithms, persistence, and what suits which protocol (rules digest 2.3). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seed, startTestControlPlane } from '../support/control-plane.ts';
import { evidence } from '../support/evidence.ts';
import {
  assertDone,
  assertRefused,
  makeGateway,
  makeLoadBalancer,
  makeMember,
  makeMonitor,
  makePool,
  places,
} from './fixtures.ts';

test('the algorithm suits the protocol, and only an IP pool may leave it out (2.3.1)', async (t) => {
  evidence('pool.lb_algorithm', 'enforced');
  await using cp = await startTestControlPlane();
  const gateway = await makeGateway(cp.api);
  const base = { type: 'instance', vpc_id: seed.vpcId };
  const quic = { protocol: 'QUIC', session_persistence: { type: 'SOURCE_IP' } };
  const right = [
    ...['ROUND_ROBIN', 'LEAST_CONNECTIONS', 'SOURCE_IP'].map((a) => ({ protocol: 'TCP', lb_algorithm: a })),
    { ...quic, lb_algorithm: 'QUIC_CID' },
    { ...quic, lb_algorithm: 'ROUND_ROBIN' },
    ...['2_TUPLE_HASH', '3_TUPLE_HASH', '5_TUPLE_HASH'].map((a) => ({ protocol: 'IP', lb_algorithm: a })),
  ];
  for (const fields of right) {
    await t.test(`${fields.protocol} takes ${fields.lb_algorithm}`, () =>
      makePool(cp.api, { ...base, ...fields }),
    );
  }
  const { pool } = assertDone(
    await cp.api.post('/elb/pools', {
      pool: { protocol: 'IP', loadbalancer_id: gateway.id, vpc_id: seed.vpcId },
    }),
    201,
  );
  assert.equal(pool.lb_algorithm, '5_TUPLE_HASH');
  const cid = await makePool(cp.api, { ...base, ...quic, lb_algorithm: 'QUIC_CID' });
  assert.deepEqual(cid.quic_cid_hash_strategy, { len: 3, offset: 1 });
  const put = async (fields: object) =>
    assertDone(await cp.api.put(`/elb/pools/${cid.id}`, { pool: fields })).pool;
  const other = { len: 20, offset: 0 };
  assert.deepEqual((await put({ quic_cid_hash_strategy: other })).quic_cid_hash_strategy, other);
  assert.deepEqual((await put({ quic_cid_hash_strategy: null })).quic_cid_hash_strategy, {
    len: 3,
    offset: 1,
  });
});

test('2.3.5 C17 C18 session persistence: what is given, what is filled in, and how an update merges', async () => {
  evidence('pool.session_persistence', 'enforced');
  await using cp = await startTestControlPlane();
  const make = async (protocol: string, session_persistence: object) =>
    (await makePool(cp.api, { protocol, type: 'ip', session_persistence })).session_persistence;
  const persistence = (type: string, persistence_timeout: number, cookie_name: string | null = null) => ({
    type,
    cookie_name,
    persistence_timeout,
  });
  assert.deepEqual(await make('TCP', { type: 'SOURCE_IP' }), persistence('SOURCE_IP', 1));
  assert.deepEqual(await make('TCP', { type: 'HTTP_COOKIE' }), persistence('HTTP_COOKIE', 1));
  assert.deepEqual(
    await make('QUIC', { type: 'SOURCE_IP', persistence_timeout: 60 }),
    persistence('SOURCE_IP', 60),
  );
  assert.deepEqual(await make('HTTP', { type: 'SOURCE_IP' }), persistence('SOURCE_IP', 1440));
  assert.deepEqual(
    await make('HTTP', { type: 'APP_COOKIE', cookie_name: 'a-b_c.D9' }),
    persistence('APP_COOKIE', 1440, 'a-b_c.D9'),
  );
  assert.deepEqual(
    await make('TCP', { type: 'APP_COOKIE', cookie_name: 'x', persistence_timeout: 1440 }),
    persistence('APP_COOKIE', 1440, 'x'),
    'the time of an application’s cookie does not count',
  );
  const pool = await makePool(cp.api, {
    type: 'ip',
    session_persistence: { type: 'APP_COOKIE', cookie_name: 'x', persistence_timeout: 5 },
  });
  const put = async (session_persistence: object | null) =>
    assertDone(await cp.api.put(`/elb/pools/${pool.id}`, { pool: { session_persistence } })).pool
      .session_persistence;
  assert.deepEqual(await put({ persistence_timeout: 7 }), persistence('APP_COOKIE', 7, 'x'));
  assert.deepEqual(await put({ cookie_name: 'y' }), persistence('APP_COOKIE', 7, 'y'));
  assert.deepEqual(await put({ type: 'HTTP_COOKIE' }), persistence('HTTP_COOKIE', 1440));
  assert.equal(await put(null), null);
  assertRefused(
    await cp.api.put(`/elb/pools/${pool.id}`, { pool: { session_persistence: { persistence_timeout: 3 } } }),
    400,
    'ELB.8902',
    /session_persistence\.type.*required/,
  );
});

test('settings that are objects are made whole, merged by an update, and cleared by null', async () => {
  await using cp = await startTestControlPlane();
  const http = await makePool(cp.api, { type: 'ip', slow_start: { enable: true } });
  const tcp = await makePool(cp.api, { type: 'ip', protocol: 'TCP' });
  const put = async (id: string, fields: object) =>
    assertDone(await cp.api.put(`/elb/pools/${id}`, { pool: fields })).pool;
  assert.deepEqual(http.slow_start, { enable: true, duration: 30 });
  assert.deepEqual((await put(http.id, { slow_start: { duration: 600 } })).slow_start, {
    enable: true,
    duration: 600,
  });
  assert.deepEqual((await put(http.id, { slow_start: { enable: false } })).slow_start, {
    enable: false,
    duration: 600,
  });
  assert.equal((await put(http.id, { slow_start: null })).slow_start, null);
  const drain = async (connection_drain: object | null) =>
    (await put(tcp.id, { connection_drain })).connection_drain;
  assert.deepEqual(await drain({ timeout: 300 }), { enable: false, timeout: 300 });
  assert.deepEqual(await drain({ enable: true }), { enable: true, timeout: 300 });
  assert.deepEqual(await drain(null), { enable: false, timeout: null });
  const health = async (pool_health: object | null) => (await put(tcp.id, { pool_health })).pool_health;
  assert.deepEqual(await health({ minimum_healthy_member_count: 1 }), { minimum_healthy_member_count: 1 });
  assert.deepEqual(await health({}), { minimum_healthy_member_count: 1 });
  assert.deepEqual(await health(null), { minimum_healthy_member_count: 0 });
  const affinity = async (az_affinity: object | null) => (await put(tcp.id, { az_affinity })).az_affinity;
  const strategy = { az_unhealthy_fallback_strategy: 'forward_to_all_member_of_local_az' };
  const thresholds = (percentage: number, count: number) => ({
    az_minimum_healthy_member_percentage: percentage,
    az_minimum_healthy_member_count: count,
  });
  assert.deepEqual(await affinity({ enable: true, az_minimum_healthy_member_percentage: 50 }), {
    enable: true,
    ...thresholds(50, -1),
    ...strategy,
  });
  assert.deepEqual(await affinity({ enable: true, az_minimum_healthy_member_count: 3 }), {
    enable: true,
    ...thresholds(-1, 3),
    ...strategy,
  });
  assert.deepEqual(await affinity({ az_minimum_healthy_member_count: 4 }), {
    enable: true,
    ...thresholds(-1, 4),
    ...strategy,
  });
  assert.deepEqual(await affinity({ enable: false }), { enable: false, ...thresholds(-1, -1), ...strategy });
  assert.equal(await affinity(null), null);
});

test('type and vpc_id are settled once (2.3.1)', async () => {
  evidence('pool.type', 'enforced');
  evidence('pool.vpc_id', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  const put = (id: string, fields: object) => api.put(`/elb/pools/${id}`, { pool: fields });
  const first = await makePool(api, { loadbalancer_id: lb.id });
  assertRefused(await put(first.id, { type: 'instance' }), 400, 'ELB.8902', /vpc_id.*required/);
  assertRefused(
    await put(first.id, { vpc_id: places.otherVpc }),
    400,
    'ELB.8902',
    /expected .* the VPC of load balancer/,
  );
  const { pool } = assertDone(await put(first.id, { type: 'instance', vpc_id: seed.vpcId }));
  assert.deepEqual([pool.type, pool.vpc_id], ['instance', seed.vpcId]);
  for (const fields of [
    { type: '' },
    { type: null },
    { type: 'ip' },
    { vpc_id: places.otherVpc },
    { vpc_id: '' },
  ]) {
    assertRefused(await put(first.id, fields), 400, 'ELB.8902', /cannot be changed any more/);
  }
  const second = await makePool(api, { loadbalancer_id: lb.id });
  assert.equal(assertDone(await put(second.id, { type: 'ip' })).pool.type, 'ip');
  assertRefused(await put(second.id, { vpc_id: seed.vpcId }), 400, 'ELB.8902', /left out when type is ip/);
});

test('PO-11 an IP pool has a VPC, an own kind of algorithm, no persistence, and a gateway', async () => {
  evidence('pool.protocol', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const gateway = await makeGateway(api);
  const lb = await makeLoadBalancer(api);
  const create = (fields: object) =>
    api.post('/elb/pools', {
      pool: { protocol: 'IP', lb_algorithm: '5_TUPLE_HASH', loadbalancer_id: gateway.id, ...fields },
    });
  const vpc = { vpc_id: seed.vpcId };
  const wrong: [object, RegExp][] = [
    [{}, /vpc_id.*required when protocol is IP/],
    [{ vpc_id: places.otherVpc }, /expected .* the VPC of load balancer/],
    [{ ...vpc, lb_algorithm: 'ROUND_ROBIN' }, /protocol IP takes 2_TUPLE_HASH/],
    [{ type: 'ip' }, /cannot be of type ip/],
    [{ ...vpc, session_persistence: { type: 'SOURCE_IP' } }, /protocol IP has none/],
    [{ ...vpc, loadbalancer_id: lb.id }, /IP is for gateway load balancers only/],
    [{ protocol: 'TCP', lb_algorithm: 'ROUND_ROBIN' }, /a gateway load balancer takes pools of protocol IP/],
  ];
  for (const [fields, message] of wrong) assertRefused(await create(fields), 400, 'ELB.8902', message);
  assertDone(await create(vpc), 201);
});

test('PO-12 C49 any_port_enable changes only while the pool is empty and its monitor has a port', async () => {
  evidence('pool.any_port_enable', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const pool = await makePool(api, { protocol: 'TCP', type: 'ip' });
  const put = (any_port_enable: boolean) => api.put(`/elb/pools/${pool.id}`, { pool: { any_port_enable } });
  const monitor = await makeMonitor(api, pool.id, { type: 'TCP' });
  assertRefused(await put(true), 409, 'ELB.8907', /no monitor_port/);
  assertDone(await api.put(`/elb/healthmonitors/${monitor.id}`, { healthmonitor: { monitor_port: 80 } }));
  const member = await makeMember(api, pool.id, { address: '10.0.0.1', subnet_cidr_id: null });
  assertRefused(await put(true), 409, 'ELB.8907', /1 member\(s\), whose ports/);
  assertDone(await api.delete(`/elb/pools/${pool.id}/members/${member.id}`), 204);
  assert.equal(assertDone(await put(true)).pool.any_port_enable, true);
  await api.create(`/elb/pools/${pool.id}/members`, { member: { address: '10.0.0.1' } });
  assertRefused(await put(false), 409, 'ELB.8907', /1 member\(s\), whose ports/);
  assertRefused(
    await api.put(`/elb/healthmonitors/${monitor.id}`, { healthmonitor: { monitor_port: null } }),
    400,
    'ELB.8902',
    /monitor_port.*any_port_enable/,
  );
});
