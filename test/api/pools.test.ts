/** The rules of pools (rules digest 2.3). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seed, seedInventory, startTestControlPlane } from '../support/control-plane.ts';
import {
  assertDone,
  assertRefused,
  makeGateway,
  makeListener,
  makeLoadBalancer,
  makeMember,
  makeMonitor,
  makePool,
  makeRoad,
  places,
} from './fixtures.ts';

test('a new pool answers every field with its default (2.3.1 and 2.3.2)', async () => {
  await using cp = await startTestControlPlane();
  const lb = await makeLoadBalancer(cp.api);
  const { id, created_at, updated_at, ...pool } = await makePool(cp.api, {
    protocol: 'TCP',
    loadbalancer_id: lb.id,
  });
  assert.deepEqual(pool, {
    name: '',
    description: '',
    project_id: seed.projectId,
    enterprise_project_id: '0',
    admin_state_up: true,
    protocol: 'TCP',
    lb_algorithm: 'ROUND_ROBIN',
    type: '',
    vpc_id: '',
    ip_version: 'dualstack',
    session_persistence: null,
    slow_start: null,
    member_deletion_protection_enable: false,
    any_port_enable: false,
    connection_drain: { enable: false, timeout: null },
    pool_health: { minimum_healthy_member_count: 0 },
    az_affinity: null,
    quic_cid_hash_strategy: null,
    public_border_group: 'center',
    protection_status: 'nonProtection',
    protection_reason: '',
    healthmonitor_id: null,
    listeners: [],
    loadbalancers: [{ id: lb.id }],
    members: [],
  });
  assert.equal(created_at, updated_at);
});

test('C50 ip_version follows from the protocol unless it is given', async () => {
  await using cp = await startTestControlPlane();
  const expected = {
    ...{ TCP: 'dualstack', UDP: 'dualstack', TLS: 'dualstack', QUIC: 'dualstack' },
    ...{ HTTP: 'v4', HTTPS: 'v4', GRPC: 'v4' },
  };
  for (const [protocol, ip_version] of Object.entries(expected)) {
    const extra = protocol === 'QUIC' ? { session_persistence: { type: 'SOURCE_IP' } } : {};
    assert.equal((await makePool(cp.api, { protocol, type: 'ip', ...extra })).ip_version, ip_version);
  }
  for (const ip_version of ['v4', 'v6', 'dualstack']) {
    assert.equal((await makePool(cp.api, { type: 'ip', ip_version })).ip_version, ip_version);
  }
});

test('PO-1 PO-2 a pool belongs to a listener, a load balancer, or has a type', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb, listener, pool } = await makeRoad(api);
  assert.deepEqual([pool.listeners, pool.loadbalancers], [[{ id: listener.id }], [{ id: lb.id }]]);
  const shown = assertDone(await api.get(`/elb/listeners/${listener.id}`)).listener;
  assert.equal(shown.default_pool_id, pool.id);
  const create = (fields: object) =>
    api.post('/elb/pools', { pool: { protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', ...fields } });
  assertRefused(await create({}), 400, 'ELB.8902', /at least one of listener_id, loadbalancer_id and type/);
  assertRefused(
    await create({ type: '' }),
    400,
    'ELB.8902',
    /at least one of listener_id, loadbalancer_id and type/,
  );
  assertRefused(
    await create({ listener_id: listener.id }),
    409,
    'ELB.8907',
    /already has the default pool .* default_pool_id to null/,
  );
  assertRefused(
    await create({ listener_id: places.nothing }),
    404,
    'ELB.8904',
    /listener .* could not be found/,
  );
  assertRefused(
    await create({ loadbalancer_id: places.nothing }),
    404,
    'ELB.8904',
    /load balancer .* could not be found/,
  );
  const other = await makeLoadBalancer(api);
  const free = await makeListener(api, lb.id, { protocol_port: 81 });
  assertRefused(
    await create({ listener_id: free.id, loadbalancer_id: other.id }),
    400,
    'ELB.8902',
    /belongs to load balancer/,
  );
  assertDone(await create({ listener_id: free.id, loadbalancer_id: lb.id }), 201);
  assertDone(await create({ type: 'ip' }), 201);
});

test('2.3.4 a listener takes pools of its own protocols only', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  const gateway = await makeGateway(api);
  const allowed: Record<string, readonly string[]> = {
    TCP: ['TCP'],
    UDP: ['UDP', 'QUIC'],
    HTTP: ['HTTP'],
    IP: ['IP'],
  };
  const pools: Record<string, { id: string }> = {};
  for (const protocol of ['TCP', 'UDP', 'TLS', 'GRPC', 'HTTP', 'HTTPS', 'QUIC', 'IP']) {
    pools[protocol] = await makePool(api, {
      protocol,
      type: 'instance',
      vpc_id: seed.vpcId,
      lb_algorithm: protocol === 'IP' ? '5_TUPLE_HASH' : 'ROUND_ROBIN',
      ...(protocol === 'QUIC' ? { session_persistence: { type: 'SOURCE_IP' } } : {}),
    });
  }
  let port = 1000;
  for (const [protocol, takes] of Object.entries(allowed)) {
    for (const [poolProtocol, { id }] of Object.entries(pools)) {
      const listener = {
        loadbalancer_id: protocol === 'IP' ? gateway.id : lb.id,
        protocol,
        protocol_port: protocol === 'IP' ? 0 : port++,
        default_pool_id: id,
      };
      const reply = await api.post('/elb/listeners', { listener });
      if (takes.includes(poolProtocol)) {
        assert.equal(reply.status, 201, `${protocol} ${poolProtocol} ${JSON.stringify(reply.body)}`);
      } else {
        assertRefused(reply, 400, 'ELB.8902', /default_pool_id.*takes a pool of protocol/);
      }
    }
  }
});

test('the algorithm suits the protocol, and only an IP pool may leave it out (2.3.1)', async (t) => {
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
  assert.deepEqual((await put({ quic_cid_hash_strategy: { len: 20 } })).quic_cid_hash_strategy, {
    len: 20,
    offset: 1,
  });
  assert.deepEqual((await put({ quic_cid_hash_strategy: null })).quic_cid_hash_strategy, {
    len: 3,
    offset: 1,
  });
});

test('2.3.5 C17 C18 session persistence: what is given, what is filled in, and how an update merges', async () => {
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
  assert.deepEqual(await affinity({ enable: false }), { enable: false, ...thresholds(-1, -1), ...strategy });
  assert.equal(await affinity(null), null);
});

test('type and vpc_id are settled once (2.3.1)', async () => {
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

test('PO-5 a pool with members or a monitor is not deleted; an empty default pool is, and unbinds', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { listener, pool } = await makeRoad(api);
  const member = await makeMember(api, pool.id);
  const monitor = await makeMonitor(api, pool.id);
  const path = `/elb/pools/${pool.id}`;
  assertRefused(await api.delete(path), 409, 'ELB.8907', /still has 1 member\(s\); delete them first/);
  assertDone(await api.delete(`${path}/members/${member.id}`), 204);
  assertRefused(await api.delete(path), 409, 'ELB.8907', /in use by health monitor .* delete the monitor/);
  assertDone(await api.delete(`/elb/healthmonitors/${monitor.id}`), 204);
  assertDone(await api.delete(path), 204);
  assert.equal(assertDone(await api.get(`/elb/listeners/${listener.id}`)).listener.default_pool_id, null);
  for (const reply of [await api.get(path), await api.delete(path), await api.get(`${path}/members`)]) {
    assertRefused(reply, 404, 'ELB.8904', /pool .* could not be found/);
  }
});

test('PO-9 several load balancers share one pool, up to the quota of listeners', async () => {
  await using cp = await startTestControlPlane({ ...seedInventory, quotas: { listeners_per_pool: 2 } });
  const { api } = cp;
  const { lb, listener, pool } = await makeRoad(api);
  const other = await makeLoadBalancer(api);
  const second = await makeListener(api, other.id, { default_pool_id: pool.id });
  const shown = assertDone(await api.get(`/elb/pools/${pool.id}`)).pool;
  const ids = (list: { id: string }[]) => list.map(({ id }) => id).toSorted();
  assert.deepEqual(ids(shown.listeners), [listener.id, second.id].toSorted());
  assert.deepEqual(ids(shown.loadbalancers), [lb.id, other.id].toSorted());
  assertRefused(
    await api.post('/elb/listeners', {
      listener: { loadbalancer_id: other.id, protocol: 'HTTP', protocol_port: 81, default_pool_id: pool.id },
    }),
    409,
    'ELB.8905',
    /listeners_per_pool/,
  );
});

test('1.8 protection is a hint: it blocks nothing, and its reason goes with it', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const held = { protection_status: 'consoleProtection', protection_reason: 'because' };
  const pool = await makePool(api, { type: 'ip', ...held });
  assert.equal(pool.protection_reason, 'because');
  const put = async (fields: object) =>
    assertDone(await api.put(`/elb/pools/${pool.id}`, { pool: fields })).pool;
  assert.equal((await put({ protection_status: 'nonProtection' })).protection_reason, '');
  assert.equal((await put({ protection_reason: 'no' })).protection_reason, '');
  await put(held);
  assertDone(await api.delete(`/elb/pools/${pool.id}`), 204);
  const bare = await makePool(api, { type: 'ip', protection_reason: 'without protection' });
  assert.equal(bare.protection_reason, '');
});

test('an update leaves out what stays, takes what Terraform sends, and {} changes nothing (O12)', async () => {
  await using cp = await startTestControlPlane();
  const pool = await makePool(cp.api, { type: 'ip', name: 'a', description: 'b' });
  const put = async (fields: object) =>
    assertDone(await cp.api.put(`/elb/pools/${pool.id}`, { pool: fields })).pool;
  assert.deepEqual(await put({}), pool);
  const after = await put({
    ...{ name: 'n', description: '', session_persistence: null, az_affinity: null },
    ...{ protection_status: 'nonProtection', protection_reason: '', lb_algorithm: 'LEAST_CONNECTIONS' },
    member_deletion_protection_enable: false,
  });
  assert.deepEqual(
    { ...after, updated_at: pool.updated_at },
    { ...pool, name: 'n', description: '', lb_algorithm: 'LEAST_CONNECTIONS' },
  );
});
