/** The rules of master-slave pools (rules digest 2.11). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { seed, seedInventory, startTestControlPlane } from '../support/control-plane.ts';
import { evidence } from '../support/evidence.ts';
import {
  assertDone,
  assertRefused,
  loopback,
  loopbackInventory,
  makeGateway,
  makeListener,
  makeLoadBalancer,
  makeMember,
  makeMonitor,
  makePool,
  places,
} from './fixtures.ts';

const path = '/elb/master-slave-pools';

type Fields = Readonly<Record<string, unknown>>;

const monitor = { type: 'TCP', delay: 50, timeout: 3, max_retries: 3 };
const master = { address: '10.99.0.1', protocol_port: 8080, role: 'master' };
const slave = { address: '10.99.0.2', protocol_port: 8081, role: 'slave' };

/** A pool of type ip on addresses that nobody probes: without a listener the monitor has nothing to tell. */
const wanted = (fields: Fields = {}) => ({
  ...{ protocol: 'TCP', lb_algorithm: 'ROUND_ROBIN', type: 'ip' },
  members: [master, slave],
  healthmonitor: monitor,
  ...fields,
});

const create = (api: ApiClient, fields: Fields = {}) => api.post(path, { pool: wanted(fields) });
const makePair = (api: ApiClient, fields: Fields = {}) => api.create(path, { pool: wanted(fields) });
const shown = async (api: ApiClient, id: string) => assertDone(await api.get(`${path}/${id}`)).pool;
const idsOf = (records: readonly { readonly id: string }[]) => records.map(({ id }) => id);

test('a new pool answers every field, with its members and its monitor in full', async () => {
  await using cp = await startTestControlPlane();
  const lb = await makeLoadBalancer(cp.api);
  const listener = await makeListener(cp.api, lb.id, { protocol: 'TCP' });
  const created = await makePair(cp.api, {
    ...{ name: 'pair', description: 'two', listener_id: listener.id, project_id: 'ignored' },
    members: [
      { address: '120.10.10.21', subnet_cidr_id: seed.subnetCidrId, protocol_port: 8081, role: 'slave' },
      { ...master, name: 'first', admin_state_up: true },
    ],
    ...{ type: 'instance', vpc_id: seed.vpcId },
    healthmonitor: { ...monitor, name: 'watch', monitor_port: 9000 },
  });
  const { id, created_at, updated_at, members, healthmonitor, ...pool } = created;
  assert.deepEqual(pool, {
    ...{ name: 'pair', description: 'two', project_id: seed.projectId, enterprise_project_id: '0' },
    ...{ protocol: 'TCP', lb_algorithm: 'ROUND_ROBIN', type: 'instance', vpc_id: seed.vpcId },
    ...{ ip_version: 'dualstack', session_persistence: null, any_port_enable: false },
    ...{ connection_drain: { enable: false, timeout: null }, quic_cid_hash_strategy: null },
    public_border_group: 'center',
    listeners: [{ id: listener.id }],
    loadbalancers: [{ id: lb.id }],
  });
  assert.equal(created_at, updated_at);
  assert.match(created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  const status = (operating_status: string) => ({
    operating_status,
    reason: null,
    status: [{ listener_id: listener.id, operating_status }],
  });
  const [first, second] = members;
  assert.deepEqual(
    { ...first, id: '' },
    {
      ...{ id: '', name: 'first', address: '10.99.0.1', protocol_port: 8080, role: 'master' },
      ...{ admin_state_up: false, subnet_cidr_id: null, ip_version: 'v4', member_type: 'ip' },
      ...{ instance_id: '', device_id: '', device_owner: '' },
      ...status('INITIAL'),
    },
  );
  assert.deepEqual(
    { ...second, id: '', instance_id: '', device_id: '' },
    {
      ...{ id: '', name: '', address: '120.10.10.21', protocol_port: 8081, role: 'slave' },
      ...{ admin_state_up: true, subnet_cidr_id: seed.subnetCidrId, ip_version: 'v4' },
      ...{ member_type: 'instance', instance_id: '', device_id: '', device_owner: 'compute:az1' },
      ...status('INITIAL'),
    },
  );
  assert.ok(second.instance_id && second.device_id === second.instance_id);
  assert.deepEqual(
    { ...healthmonitor, id: '' },
    {
      ...{ id: '', name: 'watch', admin_state_up: true, type: 'TCP', delay: 50, timeout: 3 },
      ...{ max_retries: 3, max_retries_down: 3, monitor_port: 9000, domain_name: null },
      ...{ url_path: '/', http_method: 'GET', expected_codes: '200' },
    },
  );
  assert.deepEqual(await shown(cp.api, id), created);
  const { default_pool_id } = assertDone(await cp.api.get(`/elb/listeners/${listener.id}`)).listener;
  assert.equal(default_pool_id, id);
});

test('what is required, what may be given, and how messages name what is wrong', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { members, ...noMembers } = wanted();
  const { healthmonitor, ...noMonitor } = wanted();
  assertRefused(
    await api.post(path, { pool: noMembers }),
    400,
    'ELB.8902',
    /'pool\.members': it is required/,
  );
  assertRefused(
    await api.post(path, { pool: noMonitor }),
    400,
    'ELB.8902',
    /'pool\.healthmonitor': it is required/,
  );
  const refusals: readonly (readonly [Fields, RegExp])[] = [
    [{ type: '' }, /'pool\.type': got "", expected one of instance, ip/],
    [{ type: 'instance' }, /'pool\.vpc_id': it is required when type is instance/],
    [{ vpc_id: seed.vpcId }, /'pool\.vpc_id': it must be left out when type is ip/],
    [{ protocol: 'HTTP' }, /'pool\.protocol': got "HTTP", expected one of TCP, UDP, QUIC, TLS/],
    [{ lb_algorithm: '5_TUPLE_HASH' }, /'pool\.lb_algorithm': .* QUIC_CID/],
    [{ lb_algorithm: 'QUIC_CID' }, /'pool\.lb_algorithm': QUIC_CID is for pools of protocol QUIC/],
    [{ lb_algorithm: null }, /'pool\.lb_algorithm'/],
    [{ admin_state_up: true }, /Unrecognized attribute\(s\) 'admin_state_up'/],
    [{ slow_start: { enable: false } }, /Unrecognized attribute\(s\) 'slow_start'/],
    [{ protection_status: 'nonProtection' }, /Unrecognized attribute\(s\) 'protection_status'/],
    [{ members: [master] }, /'pool\.members': got .*, expected a list of 2 items/],
    [{ members: [master, slave, { ...slave, protocol_port: 1 }] }, /expected a list of 2 items/],
    [{ members: [master, { ...slave, role: 'master' }] }, /'pool\.members': both have role master; give/],
    [{ members: [{ ...master, role: 'slave' }, slave] }, /'pool\.members': both have role slave; give/],
    [{ members: [master, { ...slave, role: 'spare' }] }, /'pool\.members\[1\]\.role': got "spare", expected/],
    [{ members: [master, { ...slave, weight: 1 }] }, /Unrecognized attribute\(s\) 'weight'/],
    [{ members: [master, { role: 'slave', protocol_port: 1 }] }, /'pool\.members\[1\]\.address': it is req/],
    [{ members: [{ ...master, address: 'x' }, slave] }, /'pool\.members\[0\]\.address': "x" is not an IPv4/],
    [{ members: [master, { ...slave, address: '8.8.8.8' }] }, /'pool\.members\[1\]\.address': 8\.8\.8\.8 is/],
    [{ members: [master, { ...slave, protocol_port: undefined }] }, /'pool\.members\[1\]\.protocol_port'/],
    [
      { members: [master, { ...slave, address: '120.10.10.9', subnet_cidr_id: seed.subnetCidrId }] },
      /'pool\.members\[1\]\.subnet_cidr_id': the pool's type is ip/,
    ],
    [{ healthmonitor: { ...monitor, type: 'TLS' } }, /'pool\.healthmonitor\.type': got "TLS", expected/],
    [{ healthmonitor: { ...monitor, type: 'UDP_CONNECT' } }, /'pool\.healthmonitor\.type': a pool of proto/],
    [{ healthmonitor: { ...monitor, delay: undefined } }, /'pool\.healthmonitor\.delay': it is required/],
    [{ healthmonitor: { ...monitor, timeout: 51 } }, /'pool\.healthmonitor\.timeout': got 51/],
    [{ healthmonitor: { ...monitor, admin_state_up: true } }, /Unrecognized attribute\(s\) 'admin_state_up'/],
    [
      { healthmonitor: { ...monitor, type: 'HTTP', expected_codes: '99' } },
      /'pool\.healthmonitor\.expected_codes': got "99"/,
    ],
    [
      { any_port_enable: true },
      /'pool\.healthmonitor\.monitor_port': it is required when the pool has any_port/,
    ],
    [{ connection_drain: { enable: true } }, /'pool\.connection_drain\.timeout': it is required/],
    [
      { protocol: 'QUIC', healthmonitor: { ...monitor, type: 'UDP_CONNECT' } },
      /'pool\.session_persistence': it is required when protocol is QUIC/,
    ],
  ];
  for (const [fields, message] of refusals) {
    assertRefused(await create(api, fields), 400, 'ELB.8902', message);
  }
  assertRefused(
    await create(api, { enterprise_project_id: 'nowhere' }),
    400,
    'ELB.1202',
    /no enterprise project "nowhere"/,
  );
  assertRefused(
    await create(api, { members: [master, { ...slave, address: '10.99.0.1', protocol_port: 8080 }] }),
    409,
    'ELB.8907',
    /'pool\.members': both have address 10\.99\.0\.1 and protocol_port 8080/,
  );
  assertRefused(
    await create(api, { loadbalancer_id: places.nothing }),
    404,
    'ELB.8904',
    /load balancer .* could not/,
  );
  for (const list of ['loadbalancers', 'pools', 'members', 'healthmonitors', 'master-slave-pools']) {
    const { page_info } = assertDone(await api.get(`/elb/${list}`));
    assert.equal(page_info.current_count, 0, `nothing was written to ${list}`);
  }
});

test('each protocol with what it needs; any_port_enable stores ports as 0', async () => {
  evidence('master_slave_pool.protocol', 'enforced');
  evidence('master_slave_pool.any_port_enable', 'enforced');
  await using cp = await startTestControlPlane();
  const datagrams = { ...monitor, type: 'UDP_CONNECT' };
  const made = {
    TCP: await makePair(cp.api, { healthmonitor: { ...monitor, type: 'HTTP' } }),
    UDP: await makePair(cp.api, { protocol: 'UDP', healthmonitor: datagrams }),
    TLS: await makePair(cp.api, { protocol: 'TLS' }),
    QUIC: await makePair(cp.api, {
      ...{ protocol: 'QUIC', lb_algorithm: 'QUIC_CID', session_persistence: { type: 'SOURCE_IP' } },
      healthmonitor: datagrams,
    }),
  };
  for (const [protocol, pool] of Object.entries(made)) assert.equal(pool.protocol, protocol);
  assert.deepEqual(made.QUIC.quic_cid_hash_strategy, { len: 3, offset: 1 });
  const { http_method, expected_codes } = made.UDP.healthmonitor;
  assert.deepEqual([http_method, expected_codes], [null, null]);
  const anyPort = await makePair(cp.api, {
    any_port_enable: true,
    connection_drain: { enable: true, timeout: 30 },
    healthmonitor: { ...monitor, monitor_port: 8080 },
  });
  assert.deepEqual(
    anyPort.members.map(({ protocol_port }: Fields) => protocol_port),
    [0, 0],
  );
  assert.deepEqual(anyPort.connection_drain, { enable: true, timeout: 30 });
});

test('listeners take such a pool by protocol, and one that exists already as default_pool_id', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  const tcp = await makeListener(api, lb.id, { protocol: 'TCP', protocol_port: 1 });
  const udp = await makeListener(api, lb.id, { protocol: 'UDP', protocol_port: 2 });
  const http = await makeListener(api, lb.id, { protocol: 'HTTP', protocol_port: 3 });
  for (const { id } of [udp, http]) {
    const message = /'default_pool_id': a listener of protocol (UDP|HTTP) takes a pool of protocol/;
    assertRefused(await create(api, { listener_id: id }), 400, 'ELB.8902', message);
  }
  const gateway = await makeGateway(api);
  assertRefused(
    await create(api, { loadbalancer_id: gateway.id }),
    400,
    'ELB.8902',
    /'pool\.protocol': a gateway load balancer takes pools of protocol IP, not TCP/,
  );
  const pool = await makePair(api);
  assert.deepEqual([pool.listeners, pool.loadbalancers], [[], []]);
  assert.equal(pool.members[0].operating_status, 'UNKNOWN', 'it has no listener');
  const put = (id: string, default_pool_id: string | null) =>
    api.put(`/elb/listeners/${id}`, { listener: { default_pool_id } });
  assertRefused(await put(http.id, pool.id), 400, 'ELB.8902', /a listener of protocol HTTP takes a pool/);
  assertDone(await put(tcp.id, pool.id));
  const attached = await shown(api, pool.id);
  assert.deepEqual([attached.listeners, attached.loadbalancers], [[{ id: tcp.id }], [{ id: lb.id }]]);
  assert.equal(attached.members[0].operating_status, 'INITIAL');
  assertRefused(
    await create(api, { listener_id: tcp.id }),
    409,
    'ELB.8907',
    /already has the default pool .* default_pool_id to null/,
  );
  assertDone(await put(tcp.id, null));
  assert.equal((await shown(api, pool.id)).members[0].operating_status, 'UNKNOWN');
  const closed = await makeLoadBalancer(api, { ip_target_enable: false });
  const shut = await makeListener(api, closed.id, { protocol: 'TCP' });
  assertRefused(await put(shut.id, pool.id), 400, 'ELB.8939', /has 2 member\(s\) without a subnet/);
  assertRefused(
    await create(api, { loadbalancer_id: closed.id }),
    400,
    'ELB.8939',
    /'pool\.members\[0\]\.subnet_cidr_id': it is required/,
  );
});

test('MS-1 it is not there for the calls of ordinary pools, members and monitors, nor they for its own', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const pair = await makePair(api);
  const ordinary = await makePool(api, { type: 'instance', vpc_id: seed.vpcId });
  const member = await makeMember(api, ordinary.id);
  const ordinaryMonitor = await makeMonitor(api, ordinary.id);
  const [first] = pair.members;
  const added = { address: '10.99.0.3', protocol_port: 1 };
  const gone = (reply: Parameters<typeof assertRefused>[0]) =>
    assertRefused(reply, 404, 'ELB.8904', /could not be found/);
  gone(await api.get(`/elb/pools/${pair.id}`));
  gone(await api.put(`/elb/pools/${pair.id}`, { pool: { name: 'x' } }));
  gone(await api.delete(`/elb/pools/${pair.id}`));
  gone(await api.delete(`/elb/pools/${pair.id}/delete-cascade`));
  const { pools } = assertDone(await api.post('/elb/pools/batch-delete', { pools: [pair.id] }));
  assert.equal(pools[0].ret_status, 'not found');
  const members = `/elb/pools/${pair.id}/members`;
  gone(await api.get(members));
  gone(await api.post(members, { member: added }));
  gone(await api.get(`${members}/${first.id}`));
  gone(await api.put(`${members}/${first.id}`, { member: { weight: 0 } }));
  gone(await api.delete(`${members}/${first.id}`));
  gone(await api.post(`${members}/batch-add`, { members: [added] }));
  gone(await api.post(`${members}/batch-update`, { members: [{ id: first.id, weight: 0 }] }));
  gone(await api.post(`${members}/batch-delete`, { members: [{ id: first.id }] }));
  gone(await api.get(`/elb/pools/${ordinary.id}/members/${first.id}`));
  const watch = `/elb/healthmonitors/${pair.healthmonitor.id}`;
  gone(await api.get(watch));
  gone(await api.put(watch, { healthmonitor: { delay: 1 } }));
  gone(await api.delete(watch));
  gone(
    await api.post('/elb/healthmonitors', {
      healthmonitor: { pool_id: pair.id, ...monitor },
    }),
  );
  gone(await api.get(`${path}/${ordinary.id}`));
  gone(await api.delete(`${path}/${ordinary.id}`));
  gone(await cp.other.get(`${path}/${pair.id}`));
  gone(await cp.other.delete(`${path}/${pair.id}`));
  assertRefused(await api.put(`${path}/${pair.id}`, { pool: { name: 'x' } }), 404, 'APIGW.0101', /./);
  assert.deepEqual(idsOf(assertDone(await api.get('/elb/pools')).pools), [ordinary.id]);
  assert.deepEqual(idsOf(assertDone(await api.get('/elb/members')).members), [member.id]);
  assert.deepEqual(idsOf(assertDone(await api.get('/elb/healthmonitors')).healthmonitors), [
    ordinaryMonitor.id,
  ]);
  assert.deepEqual(idsOf(assertDone(await api.get(path)).pools), [pair.id]);
  assert.deepEqual(idsOf(assertDone(await cp.other.get(path)).pools), []);
  assert.deepEqual(await shown(api, pair.id), pair);
});

test('MS-2 deleting it takes its members and its monitor with it, and leaves its listener without a pool', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  const listener = await makeListener(api, lb.id, { protocol: 'TCP' });
  const used = async () => {
    const { quotas } = assertDone(await api.get('/elb/quotas/details'));
    const of = (key: string) => quotas.find((each: Fields) => each['quota_key'] === key).used;
    return ['pool', 'member', 'healthmonitor'].map(of);
  };
  const pair = await makePair(api, { listener_id: listener.id });
  assert.deepEqual(await used(), [1, 2, 1]);
  const { pools } = assertDone(await api.get(`/elb/loadbalancers/${lb.id}`)).loadbalancer;
  assert.deepEqual(pools, [{ id: pair.id }]);
  const reply = await api.delete(`${path}/${pair.id}`);
  assert.equal(reply.status, 204);
  assert.deepEqual(await used(), [0, 0, 0]);
  const after = assertDone(await api.get(`/elb/listeners/${listener.id}`)).listener;
  assert.equal(after.default_pool_id, null);
  assertRefused(await api.get(`${path}/${pair.id}`), 404, 'ELB.8904', /pool .* could not be found/);
  assertRefused(await api.delete(`${path}/${pair.id}`), 404, 'ELB.8904', /pool .* could not be found/);
  assertDone(await create(api, { listener_id: listener.id }), 201);
});

test('LI-7 a listener is deleted while it has such a pool, whose members cannot be deleted before', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  const pool = await makePair(api, { loadbalancer_id: lb.id });
  const listener = await makeListener(api, lb.id, { protocol: 'TCP', default_pool_id: pool.id });
  assert.equal((await api.delete(`/elb/listeners/${listener.id}`)).status, 204);
  assert.deepEqual(assertDone(await api.get(`/elb/master-slave-pools/${pool.id}`)).pool.listeners, []);
});

test('it goes with its load balancer when that is deleted with all below it', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  const listener = await makeListener(api, lb.id, { protocol: 'TCP' });
  const pair = await makePair(api, { listener_id: listener.id });
  const path = `/elb/loadbalancers/${lb.id}`;
  assert.equal((await api.delete(path)).status, 409);
  assert.equal((await api.delete(`${path}/force-elb`)).status, 204);
  assertRefused(await api.get(`/elb/master-slave-pools/${pair.id}`), 404, 'ELB.8904', /could not be found/);
});

test('quotas count it as a pool, two members and a monitor, and what exceeds one writes nothing', async () => {
  for (const [quota, limit] of Object.entries({
    pool: 0,
    member: 1,
    members_per_pool: 1,
    healthmonitor: 0,
  })) {
    await using cp = await startTestControlPlane({ ...seedInventory, quotas: { [quota]: limit } });
    assertRefused(
      await create(cp.api),
      409,
      'ELB.8905',
      new RegExp(`\\['${quota}'\\]. The limit is ${limit}`),
    );
    assert.deepEqual(assertDone(await cp.api.get(path)).pools, []);
  }
});

test('MS-4 lists are paged and filtered', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  const listener = await makeListener(api, lb.id, { protocol: 'TCP' });
  const odd = await makePair(api, {
    ...{ name: 'odd', description: 'one', listener_id: listener.id, lb_algorithm: 'SOURCE_IP' },
    ...{ ip_version: 'v4', type: 'instance', vpc_id: seed.vpcId },
    enterprise_project_id: places.enterpriseProject,
    connection_drain: { enable: true, timeout: 10 },
    members: [
      { ...master, address: places.runningServer.address, subnet_cidr_id: places.declaredSubnet },
      slave,
    ],
  });
  const plain = await makePair(api, {
    protocol: 'UDP',
    members: [
      { ...master, address: '10.99.1.1' },
      { ...slave, address: '10.99.1.2' },
    ],
    healthmonitor: { ...monitor, type: 'UDP_CONNECT' },
  });
  await makePool(api, { loadbalancer_id: lb.id, protocol: 'TCP', name: 'odd' });
  const ids = async (query: string) => idsOf(assertDone(await api.get(`${path}?${query}`)).pools);
  const both = [odd.id, plain.id].sort();
  const ofOdd: Fields = {
    ...{ id: odd.id, name: 'odd', description: 'one', lb_algorithm: 'SOURCE_IP', protocol: 'TCP' },
    ...{ healthmonitor_id: odd.healthmonitor.id, loadbalancer_id: lb.id, listener_id: listener.id },
    ...{ enterprise_project_id: places.enterpriseProject, ip_version: 'v4', vpc_id: seed.vpcId },
    ...{ type: 'instance', member_address: slave.address, connection_drain: true },
    member_device_id: places.runningServer.id,
    member_instance_id: places.runningServer.id,
  };
  for (const [key, value] of Object.entries(ofOdd)) {
    assert.deepEqual(await ids(`${key}=${value}`), [odd.id], key);
  }
  assert.deepEqual(await ids('type=ip&type=instance'), both);
  assert.deepEqual(await ids('connection_drain=false'), [plain.id]);
  assert.deepEqual(await ids('public_border_group=center'), both);
  assert.deepEqual(await ids('public_border_group=edge'), []);
  assert.deepEqual(await ids('enterprise_project_id=all_granted_eps'), both);
  assert.deepEqual(await ids('name=odd&protocol=UDP'), []);
  const first = assertDone(await api.get(`${path}?limit=1`));
  assert.deepEqual(
    [idsOf(first.pools), first.page_info.next_marker, first.page_info.current_count],
    [[both[0]], both[0], 1],
  );
  assert.deepEqual(await ids(`marker=${both[0]}`), [both[1]]);
  const wrong = await api.get(`${path}?marker=${places.nothing}`);
  assertRefused(wrong, 400, 'ELB.8902', /'marker'/);
});

test('its members are in the status tree, OFFLINE by their servers too', async () => {
  await using cp = await startTestControlPlane(loopbackInventory);
  const { api } = cp;
  const lb = await makeLoadBalancer(api, { vip_subnet_cidr_id: loopback.subnet });
  const listener = await makeListener(api, lb.id, { protocol: 'TCP' });
  const at = (address: string) => ({ address, subnet_cidr_id: loopback.subnet });
  const pair = await makePair(api, {
    ...{ listener_id: listener.id, type: 'instance', vpc_id: loopback.vpcId },
    members: [
      { ...master, ...at(loopback.stopped) },
      { ...slave, ...at(loopback.running) },
    ],
  });
  assert.deepEqual(
    pair.members.map(({ role, operating_status }: Fields) => [role, operating_status]),
    [
      ['master', 'OFFLINE'],
      ['slave', 'INITIAL'],
    ],
  );
  const tree = assertDone(await api.get(`/elb/loadbalancers/${lb.id}/statuses`)).statuses.loadbalancer;
  const [node] = tree.listeners[0].pools;
  assert.equal(node.id, pair.id);
  assert.equal(node.operating_status, 'DEGRADED');
  assert.equal(node.healthmonitor.id, pair.healthmonitor.id);
  assert.deepEqual(idsOf(node.members), idsOf(pair.members).sort());
});
