/** The rules of pools (rules digest 2.3). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seed, seedInventory, startTestControlPlane } from '../support/control-plane.ts';
import { evidence } from '../support/evidence.ts';
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
  evidence('pool.ip_version', 'enforced');
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
  evidence('pool.loadbalancer_id', 'enforced');
  evidence('pool.listener_id', 'enforced');
  evidence('pool.type', 'enforced');
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
  evidence('pool.protocol', 'enforced');
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
  evidence('pool.protection_status', 'enforced');
  evidence('pool.protection_reason', 'enforced');
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
