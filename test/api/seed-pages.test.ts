/** The two pages the project began from: their examples as printed, and the rules S1 to S47 drawn from them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InventoryFile } from '../../src/model/inventory.ts';
import { seed, seedInventory, startTestControlPlane } from '../support/control-plane.ts';
import {
  assertDone,
  assertRefused,
  assertSameShape,
  makeGateway,
  makeLoadBalancer,
  makePool,
  makeRoad,
  places,
} from './fixtures.ts';

/** The pages print admin_state_up false: their subnet knows no servers. */
const printedInventory: InventoryFile = {
  ...seedInventory,
  vpcs: (seedInventory.vpcs ?? []).map((vpc) => ({
    ...vpc,
    subnets: vpc.subnets.map((subnet) => ({ ...subnet, servers: 'declared' as const })),
  })),
};

/** "Adding a Backend Server", Example Responses. */
const printedMember = {
  name: 'My member',
  weight: 1,
  admin_state_up: false,
  subnet_cidr_id: 'c09f620e-3492-4429-ac15-445d5dd9ca74',
  project_id: '99a3fff0d03c428eac3678da6a7d0f24',
  address: '120.10.10.16',
  protocol_port: 89,
  id: '1923923e-fe8a-484f-bdbc-e11559b1f48f',
  operating_status: 'NO_MONITOR',
  status: [{ listener_id: '427eee03-b569-4d6c-b1f1-712032f7ec2d', operating_status: 'NO_MONITOR' }],
  ip_version: 'v4',
};

/** "Querying Backend Servers", Example Responses, without the ids. */
const printedList = [
  { weight: 100, address: '120.10.10.2', protocol_port: 2100, ip_version: 'v4' },
  { weight: 100, address: '120.10.10.2', protocol_port: 2101, ip_version: 'v4' },
  { weight: 100, address: '2001:db8:a583:6a::4', protocol_port: 2101, ip_version: 'v6' },
].map((each) => ({
  name: 'quark-neutron',
  ...each,
  admin_state_up: false,
  subnet_cidr_id: each.ip_version === 'v4' ? seed.subnetCidrId : seed.networkId,
  project_id: seed.projectId,
  operating_status: 'NO_MONITOR',
}));

test('S40 S47 Example 1 adds a backend server and answers as printed', async () => {
  await using cp = await startTestControlPlane(printedInventory);
  const { api } = cp;
  const { listener, pool } = await makeRoad(api);
  const reply = await api.post(`/elb/pools/${pool.id}/members`, {
    member: {
      subnet_cidr_id: 'c09f620e-3492-4429-ac15-445d5dd9ca74',
      protocol_port: 89,
      name: 'My member',
      address: '120.10.10.16',
    },
  });
  const body = assertDone(reply, 201);
  assertSameShape(body, { member: printedMember, request_id: '' });
  const { id, status, ...determined } = printedMember;
  for (const [key, value] of Object.entries(determined)) assert.deepEqual(body.member[key], value, key);
  assert.match(body.member.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(body.member.status.length, 1);
  assert.equal(body.member.status[0].listener_id, listener.id);
  assert.equal(body.member.status[0].operating_status, 'NO_MONITOR');
  assert.equal(reply.headers.get('x-request-id'), body.request_id);
  assert.match(reply.headers.get('content-type') ?? '', /^application\/json/);
});

test('S23 S31 Example 2 adds an IP address as a backend server', async () => {
  await using cp = await startTestControlPlane(printedInventory);
  const { pool } = await makeRoad(cp.api);
  const reply = await cp.api.post(`/elb/pools/${pool.id}/members`, {
    member: { protocol_port: 89, name: 'My member', address: '120.10.10.16' },
  });
  const { member } = assertDone(reply, 201);
  assertSameShape(member, { ...printedMember, subnet_cidr_id: null });
  assert.equal(member.member_type, 'ip');
  assert.equal(member.instance_id, '');
  assert.equal(member.admin_state_up, false);
  assert.equal(member.weight, 1);
});

test('S26 S44 C6 Example 3 adds a backend server to an IP pool, in the subnet of the VPC that has the address', async () => {
  await using cp = await startTestControlPlane(printedInventory);
  const { api } = cp;
  const gateway = await makeGateway(api, { vip_subnet_cidr_id: places.declaredSubnet });
  const pool = await makePool(api, {
    protocol: 'IP',
    lb_algorithm: '5_TUPLE_HASH',
    loadbalancer_id: gateway.id,
    vpc_id: seed.vpcId,
  });
  const { member } = assertDone(
    await api.post(`/elb/pools/${pool.id}/members`, {
      member: { protocol_port: 0, name: 'My IP pool member', address: '120.10.10.16' },
    }),
    201,
  );
  assert.equal(member.subnet_cidr_id, seed.subnetCidrId);
  assert.equal(member.protocol_port, 0);
  assert.equal(member.member_type, 'instance');
  assertRefused(
    await api.post(`/elb/pools/${pool.id}/members`, {
      member: { protocol_port: 0, address: '192.168.7.7' },
    }),
    400,
    'ELB.8902',
    /member\.subnet_cidr_id.*required/,
  );
});

test('S1 S14 S16 the list example answers three members and page_info as printed', async () => {
  await using cp = await startTestControlPlane(printedInventory);
  const { api } = cp;
  const lb = await makeLoadBalancer(api, { vip_address: '120.10.10.200' });
  const pool = await makePool(api, { protocol: 'TCP', loadbalancer_id: lb.id });
  for (const { name, weight, subnet_cidr_id, address, protocol_port } of printedList) {
    await api.create(`/elb/pools/${pool.id}/members`, {
      member: { name, weight, subnet_cidr_id, address, protocol_port },
    });
  }
  const body = assertDone(await api.get(`/elb/pools/${pool.id}/members`));
  assert.deepEqual(Object.keys(body).sort(), ['members', 'page_info', 'request_id']);
  const ids = body.members.map(({ id }: { id: string }) => id);
  assert.deepEqual(body.page_info, { previous_marker: ids[0], current_count: 3 });
  assert.deepEqual(ids, ids.toSorted());
  for (const printed of printedList) {
    const member = body.members.find(
      ({ address, protocol_port }: { address: string; protocol_port: number }) =>
        address === printed.address && protocol_port === printed.protocol_port,
    );
    assertSameShape(member, { ...printed, id: '', availability_zone: '' });
    for (const [key, value] of Object.entries(printed)) assert.deepEqual(member[key], value, key);
  }
});

test('S17 S18 S19 S39 a member has every key of the page, its own id, its own name, and UTC timestamps', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { pool } = await makeRoad(api);
  const { member } = assertDone(
    await api.post(`/elb/pools/${pool.id}/members`, {
      member: {
        address: places.runningServer.address,
        protocol_port: 80,
        subnet_cidr_id: places.declaredSubnet,
      },
    }),
    201,
  );
  assert.deepEqual(
    Object.keys(member).sort(),
    [
      ...['address', 'admin_state_up', 'availability_zone', 'created_at', 'id', 'instance_id', 'ip_version'],
      ...['member_type', 'name', 'operating_status', 'project_id', 'protocol_port', 'reason', 'status'],
      ...['subnet_cidr_id', 'updated_at', 'weight'],
    ].sort(),
  );
  assert.equal(member.instance_id, places.runningServer.id);
  assert.notEqual(member.id, member.instance_id);
  assert.equal(member.name, '', 'S45: an empty value when no name is given');
  assert.equal(member.availability_zone, 'az2');
  for (const key of ['created_at', 'updated_at']) {
    assert.match(member[key], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.match(member.status[0][key], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  }
  assert.deepEqual(assertDone(await api.get(`/elb/pools/${pool.id}/members/${member.id}`)).member, member);
});
