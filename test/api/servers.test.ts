/** Servers declared, stopped, started and removed through the API, and what becomes of their members. */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { seed, startTestControlPlane } from '../support/control-plane.ts';
import {
  assertDone,
  assertRefused,
  makeLoadBalancer,
  makeMember,
  makeMonitor,
  makePool,
  makeRoad,
  places,
} from './fixtures.ts';

const path = '/elbow/v1/servers';

const declare = (api: ApiClient, fields: object = {}) =>
  api.post(path, {
    server: {
      name: 'web-1',
      addresses: [{ subnet_id: places.declaredNetwork, address: '10.20.0.30' }],
      ...fields,
    },
  });

const act = (api: ApiClient, id: string, action: string) => api.post(`${path}/${id}/action`, { action });

test('a server is declared, shown, listed and removed, in a subnet by either of its ids', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const addresses = [
    { subnet_id: places.declaredSubnet },
    { subnet_id: seed.networkId, address: '2001:DB8:A583:6A:0::9' },
  ];
  const { server } = assertDone(await declare(api, { addresses, availability_zone: 'az1' }), 201);
  assert.deepEqual(
    [server.name, server.state, server.project_id, server.availability_zone, server.vpc_id],
    ['web-1', 'running', seed.projectId, 'az1', seed.vpcId],
  );
  assert.deepEqual(
    server.addresses.map(({ subnet_id, address }: Record<string, string>) => [subnet_id, address]),
    [
      [places.declaredNetwork, '10.20.0.2'],
      [seed.networkId, '2001:db8:a583:6a::9'],
    ],
  );
  const shown = assertDone(await api.get(`${path}/${server.id}`)).server;
  assert.deepEqual(shown, server);
  const listed = assertDone(await api.get(path)).servers;
  assert.deepEqual(
    listed.map(({ id, state }: Record<string, string>) => [id, state]),
    [
      [places.runningServer.id, 'running'],
      [places.stoppedServer.id, 'stopped'],
      [server.id, 'running'],
    ],
  );
  assert.deepEqual(assertDone(await api.get(`${path}?name=web-1`)).servers, [server]);
  await cp.restart();
  assert.deepEqual(assertDone(await cp.api.get(`${path}/${server.id}`)).server, server);
  assertDone(await cp.api.delete(`${path}/${server.id}`), 204);
  assertRefused(await cp.api.get(`${path}/${server.id}`), 404, 'ELB.8904', /server \S+ could not be found/);
});

test('members follow their server at once: declared, stopped, started, removed', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { pool } = await makeRoad(api);
  const at = { address: '10.20.0.30', subnet_cidr_id: places.declaredSubnet };
  const instance = await makeMember(api, pool.id, at);
  const ip = await makeMember(api, pool.id, {
    address: '10.20.0.30',
    protocol_port: 9,
    subnet_cidr_id: null,
  });
  await makeMonitor(api, pool.id, { admin_state_up: true, delay: 50 });
  const states = async () => {
    const { members } = assertDone(await api.get(`/elb/pools/${pool.id}/members`));
    const found = [instance, ip].map(({ id }) => members.find((each: { id: string }) => each.id === id));
    const [one, two] = found;
    const { admin_state_up, instance_id, availability_zone, operating_status } = one;
    return [admin_state_up, instance_id, availability_zone, operating_status, two.admin_state_up];
  };
  assert.deepEqual(await states(), [false, '', 'az2', 'UNKNOWN', false]);
  const fields = { availability_zone: 'az1' };
  const { server } = assertDone(await declare(api, fields), 201);
  const [up, id, zone, , ipUp] = await states();
  assert.deepEqual([up, id, zone, ipUp], [true, server.id, 'az1', true]);
  const stopped = assertDone(await act(api, server.id, 'stop')).server;
  assert.equal(stopped.state, 'stopped');
  assert.deepEqual(await states(), [true, server.id, 'az1', 'OFFLINE', true]);
  assert.deepEqual(assertDone(await act(api, server.id, 'stop')).server, stopped, 'what is so stays');
  const filtered = assertDone(await api.get('/elb/members?operating_status=OFFLINE')).members;
  assert.deepEqual(filtered.map((each: { id: string }) => each.id).includes(instance.id), true);
  const later = await makeMember(api, pool.id, { ...at, protocol_port: 2101 });
  assert.deepEqual([later.instance_id, later.operating_status], [server.id, 'OFFLINE']);
  assertDone(await act(api, server.id, 'start'));
  const [, , , status] = await states();
  assert.notEqual(status, 'OFFLINE');
  assertDone(await api.delete(`${path}/${server.id}`), 204);
  assert.deepEqual(await states(), [false, server.id, 'az2', 'OFFLINE', false], 'it is remembered');
});

test('in a subnet where every address is a server, a declared one is that server, and gone it is any again', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const pool = await makePool(api, { type: 'instance', vpc_id: seed.vpcId });
  const before = await makeMember(api, pool.id, { address: '120.10.10.20' });
  const addresses = [{ subnet_id: seed.subnetCidrId, address: '120.10.10.20' }];
  const { server } = assertDone(await declare(api, { addresses }), 201);
  const show = async () => assertDone(await api.get(`/elb/pools/${pool.id}/members/${before.id}`)).member;
  assert.equal((await show()).instance_id, server.id);
  assertDone(await api.delete(`${path}/${server.id}`), 204);
  const { updated_at: _, ...after } = await show();
  const { updated_at: __, ...first } = before;
  assert.deepEqual(after, first);
});

test('an address is one server’s or load balancer’s, never two', async () => {
  await using cp = await startTestControlPlane();
  const { api, other } = cp;
  const lb = await makeLoadBalancer(api);
  const { server } = assertDone(await declare(api), 201);
  for (const [subnet_id, address] of [
    [places.declaredNetwork, '10.20.0.30'],
    [places.declaredNetwork, places.runningServer.address],
    [seed.subnetCidrId, lb.vip_address],
  ]) {
    const again = await declare(api, { addresses: [{ subnet_id, address }] });
    assertRefused(again, 409, 'ELB.8907', /addresses\[0\]\.address': \S+ is in use already/);
  }
  const theirs = await declare(other, {
    addresses: [{ subnet_id: places.declaredNetwork, address: '10.20.0.30' }],
  });
  assertRefused(theirs, 409, 'ELB.8907', /is in use already/);
  const asked = await api.post('/elb/loadbalancers', {
    loadbalancer: {
      ...{ availability_zone_list: ['az1'], vip_subnet_cidr_id: places.declaredSubnet },
      vip_address: '10.20.0.30',
    },
  });
  assertRefused(asked, 409, 'ELB.8907', /10\.20\.0\.30 is already in use/);
  const { servers } = assertDone(await api.get(path));
  assert.deepEqual(servers.at(-1), server);
});

test('a server that cannot be is refused with what would be right, and nothing is written', async () => {
  await using cp = await startTestControlPlane();
  const { api, other } = cp;
  const { server: theirs } = assertDone(await declare(other), 201);
  const before = assertDone(await api.get(path)).servers;
  const at = (...addresses: object[]) => declare(api, { addresses });
  const subnet_id = places.declaredSubnet;
  for (const [reply, status, code, message] of [
    [await at(), 400, 'ELB.8902', /server\.addresses': got \[\], expected a list of 1 to 16 items/],
    [await at({ subnet_id: places.nothing }), 404, 'ELB.8904', /subnet \S+ could not be found/],
    [
      await at({ subnet_id, address: '10.99.0.1' }),
      400,
      'ELB.8902',
      /expected an address of the subnet .* 10\.20\.0\.0\/24/,
    ],
    [await at({ subnet_id, address: 'x' }), 400, 'ELB.8902', /addresses\[0\]\.address': got "x"/],
    [await at({ subnet_id, address: '10.20.0.1' }), 400, 'ELB.8902', /is kept for the network/],
    [
      await at({ subnet_id }, { subnet_id: places.otherVpcSubnet }),
      400,
      'ELB.8902',
      /addresses\[1\]\.subnet_id': it is in the VPC/,
    ],
    [
      await at({ subnet_id, address: '10.20.0.9' }, { subnet_id, address: '10.20.0.9' }),
      409,
      'ELB.8907',
      /in use already/,
    ],
    [await declare(api, { name: '' }), 400, 'ELB.8902', /server\.name/],
    [
      await declare(api, { state: 'paused' }),
      400,
      'ELB.8902',
      /state': got "paused", expected one of running, stopped/,
    ],
    [await declare(api, { availability_zone: 'az9' }), 400, 'ELB.8902', /there is no zone "az9"/],
    [await declare(api, { project_id: seed.otherProjectId }), 403, 'SYS.0403', /no access to the project/],
    [await act(api, theirs.id, 'stop'), 404, 'ELB.8904', /server \S+ could not be found/],
    [await act(api, places.nothing, 'stop'), 404, 'ELB.8904', /server \S+ could not be found/],
    [await api.delete(`${path}/${theirs.id}`), 404, 'ELB.8904', /server \S+ could not be found/],
    [
      await act(api, places.runningServer.id, 'stop'),
      409,
      'ELB.8907',
      /is one of the inventory; only its file/,
    ],
    [await api.delete(`${path}/${places.runningServer.id}`), 409, 'ELB.8907', /is one of the inventory/],
    [
      await act(api, theirs.id, 'reboot'),
      400,
      'ELB.8902',
      /action': got "reboot", expected one of start, stop/,
    ],
  ] as const) {
    assertRefused(reply, status, code, message);
  }
  assert.deepEqual(assertDone(await api.get(path)).servers, before);
});

test('clients of ECS find the server of an address or a name, and the subnets that it is in', async () => {
  await using cp = await startTestControlPlane();
  const { api, other } = cp;
  const { server } = assertDone(await declare(api, { name: 'node-1' }), 201);
  const ecs = `/v1/${seed.projectId}/cloudservers`;
  const find = async (query: string) => assertDone(await api.get(`${ecs}/detail?${query}`));
  const { servers, count } = await find('ip-eq=10.20.0.30');
  assert.equal(count, 1);
  const [found] = servers;
  assert.deepEqual([found.id, found.name, found.status], [server.id, 'node-1', 'ACTIVE']);
  assert.deepEqual(
    found.addresses[seed.vpcId].map((each: Record<string, string>) => [each['addr'], each['version']]),
    [['10.20.0.30', '4']],
  );
  for (const query of [
    'name=^node-1$',
    'name=node',
    'name=^node',
    'name=-1$',
    'ip=10.20.0.3',
    'status=ACTIVE&ip-eq=10.20.0.30',
  ])
    assert.deepEqual((await find(query)).servers.at(-1), found, query);
  for (const query of ['name=^node$', 'name=.*', 'ip-eq=10.20.0.3', 'status=SHUTOFF&name=node'])
    assert.equal((await find(query)).count, 0, query);
  const ids = async (query: string) => (await find(query)).servers.map((each: { id: string }) => each.id);
  const all = await ids('');
  assert.equal(all.length, 3);
  assert.deepEqual(
    [await ids('limit=2&offset=1'), await ids('limit=2&offset=2')],
    [all.slice(0, 2), all.slice(2)],
  );
  assertRefused(await api.get(`${ecs}/detail?limit=x`), 400, 'ELB.8902', /limit': got "x"/);
  assertRefused(await api.get(`${ecs}/detail?offset=-1`), 400, 'ELB.8902', /offset': got "-1"/);
  assert.deepEqual(assertDone(await api.get(`${ecs}/${server.id}`)).server, found);
  const { interfaceAttachments } = assertDone(await api.get(`${ecs}/${server.id}/os-interface`));
  assert.deepEqual(interfaceAttachments[0].fixed_ips, [
    { ip_address: '10.20.0.30', subnet_id: places.declaredSubnet },
  ]);
  const theirs = `/v1/${seed.otherProjectId}/cloudservers`;
  assert.equal(assertDone(await other.get(`${theirs}/detail?ip-eq=10.20.0.30`)).count, 0);
  for (const id of [server.id, places.nothing]) {
    assertRefused(await other.get(`${theirs}/${id}`), 404, 'ELB.8904', /server \S+ could not be found/);
  }
});

test('members in the recycle bin come back as their servers are by then', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { server } = assertDone(await declare(api), 201);
  const lb = await makeLoadBalancer(api);
  const pool = await makePool(api, { loadbalancer_id: lb.id });
  const at = { address: '10.20.0.30', subnet_cidr_id: places.declaredSubnet };
  const member = await makeMember(api, pool.id, at);
  assert.equal(member.instance_id, server.id);
  assertDone(await api.put('/elb/recycle-bin', { recycle_bin: { enable: true } }));
  assertDone(await api.delete(`/elb/loadbalancers/${lb.id}/force-elb`), 204);
  assertDone(await api.delete(`${path}/${server.id}`), 204);
  assertDone(await api.put(`/elb/recycle-bin/loadbalancers/${lb.id}/recover`, {}));
  const { member: back } = assertDone(await api.get(`/elb/pools/${pool.id}/members/${member.id}`));
  assert.deepEqual([back.instance_id, back.admin_state_up], [server.id, false]);
});

test('a member in a subnet of the inventory is created without a look at what projects have made', async (t) => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { pool } = await makeRoad(api);
  const statements: string[] = [];
  const { prepare } = DatabaseSync.prototype;
  t.after(() => {
    DatabaseSync.prototype.prepare = prepare;
  });
  DatabaseSync.prototype.prepare = function (sql) {
    statements.push(sql);
    return prepare.call(this, sql);
  };
  const looks = () => statements.splice(0).filter((sql) => /\b(vpcs|subnets|ports|servers)\b/.test(sql));
  await makeMember(api, pool.id);
  assert.ok(statements.length > 0, 'the first member prepares its statements');
  assert.deepEqual(looks(), []);
  assertDone(await declare(api), 201);
  statements.splice(0);
  await makeMember(api, pool.id, { address: '120.10.10.21' });
  assert.equal(looks().length, 1, 'where there are servers one query looks for them');
});

test('a dry run of a server leaves no trace, and its plan has the members that would change', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const pool = await makePool(api, { type: 'instance', vpc_id: seed.vpcId });
  const member = await makeMember(api, pool.id, {
    address: '10.20.0.30',
    subnet_cidr_id: places.declaredSubnet,
  });
  const body = {
    server: { name: 'p', addresses: [{ subnet_id: places.declaredSubnet, address: '10.20.0.30' }] },
  };
  const plan = assertDone(await api.post(`${path}?dry_run=true`, body));
  assert.deepEqual(
    plan.creates.map(({ resource_type }: { resource_type: string }) => resource_type),
    ['server', 'port'],
  );
  assert.deepEqual(
    plan.changes.map(({ resource_id }: { resource_id: string }) => resource_id),
    [member.id],
  );
  assert.equal(assertDone(await api.get(path)).servers.length, 2);
  assert.equal(
    assertDone(await api.get(`/elb/pools/${pool.id}/members/${member.id}`)).member.instance_id,
    '',
  );
});

test('2.4 clients of Compute make a server that is ACTIVE at once, stop, start and delete it', async () => {
  await using cp = await startTestControlPlane();
  const { api, other } = cp;
  const nova = `/v2.1/${seed.projectId}`;
  const [image] = assertDone(await api.get(`${nova}/images?name=Standard_Debian_12_latest`)).images;
  assert.equal(image.name, 'Standard_Debian_12_latest');
  const { flavors } = assertDone(await api.get(`${nova}/flavors/detail?is_public=None`));
  const { keypair } = assertDone(await api.post(`${nova}/os-keypairs`, { keypair: { name: 'k' } }));
  assert.equal(keypair.name, 'k');
  const { availabilityZoneInfo } = assertDone(await api.get(`${nova}/os-availability-zone`));
  assert.deepEqual(
    availabilityZoneInfo.map(({ zoneName }: { zoneName: string }) => zoneName),
    ['az1', 'az2'],
  );
  const create = (fields: object) =>
    api.post(`${nova}/servers`, {
      server: {
        ...{ name: 'sdk', imageRef: image.id, flavorRef: flavors[0].id, key_name: 'k' },
        ...{ networks: [{ uuid: places.declaredNetwork }], min_count: 1, max_count: 1, ...fields },
      },
    });
  const { server } = assertDone(await create({}), 202);
  assert.deepEqual([server.status, server.image.id, server.flavor.id], ['ACTIVE', image.id, flavors[0].id]);
  assert.equal(server.addresses[seed.vpcId][0].addr, '10.20.0.2');
  const path_ = `${nova}/servers/${server.id}`;
  assert.deepEqual(assertDone(await api.get(path_)).server, server);
  assert.deepEqual(assertDone(await api.get(`${nova}/servers/detail?name=sdk`)).servers, [server]);
  assert.equal(
    assertDone(await api.get(`${path}/${server.id}`)).server.name,
    'sdk',
    'it is one of Elbow’s own',
  );
  assertDone(await api.post(`${path_}/action`, { 'os-stop': null }), 202);
  assert.equal(assertDone(await api.get(path_)).server.status, 'SHUTOFF');
  assertDone(await api.post(`${path_}/action`, { 'os-start': {} }), 202);
  for (const [reply, status, code, message] of [
    [
      await api.post(`${path_}/action`, {}),
      400,
      'ELB.8902',
      /names no single action; expected os-start or os-stop/,
    ],
    [
      await api.post(`${path_}/action`, { reboot: null }),
      400,
      'ELB.8902',
      /Unrecognized attribute\(s\) 'reboot'/,
    ],
    [await create({ networks: [] }), 400, 'ELB.8902', /server\.networks': got \[\]/],
    [
      await create({ networks: [{ uuid: places.nothing }] }),
      404,
      'ELB.8904',
      /subnet \S+ could not be found/,
    ],
    [await create({ max_count: 2 }), 400, 'ELB.8902', /max_count': got 2, expected 1/],
    [await other.get(path_.replace(seed.projectId, seed.otherProjectId)), 404, 'ELB.8904', /server/],
    [await other.delete(path_.replace(seed.projectId, seed.otherProjectId)), 404, 'ELB.8904', /server/],
  ] as const) {
    assertRefused(reply, status, code, message);
  }
  assertDone(await api.delete(path_), 204);
  assertDone(await api.delete(`${nova}/os-keypairs/k`), 202);
  assert.equal((await api.get(path_)).status, 404);
});
