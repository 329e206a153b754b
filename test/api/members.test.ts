/** The rules of members beyond the two seed pages (rules digest 2.4). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seed, startTestControlPlane } from '../support/control-plane.ts';
import { evidence } from '../support/evidence.ts';
import {
  assertDone,
  assertRefused,
  makeGateway,
  makeListener,
  makeLoadBalancer,
  makeMember,
  makePool,
  makeRoad,
  places,
} from './fixtures.ts';

test('ME-1 S41 address and port are unique inside a pool, whatever the spelling, and not across pools', async () => {
  evidence('member.address', 'enforced');
  evidence('member.protocol_port', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  const pool = await makePool(api, { protocol: 'TCP', loadbalancer_id: lb.id });
  const other = await makePool(api, { protocol: 'TCP', loadbalancer_id: lb.id });
  const six = { subnet_cidr_id: seed.networkId, protocol_port: 80 };
  await makeMember(api, pool.id, { ...six, address: '2001:db8:a583:6a::a' });
  const first = await makeMember(api, pool.id, { protocol_port: 81 });
  const second = await makeMember(api, pool.id, { protocol_port: 82 });
  const path = `/elb/pools/${pool.id}/members`;
  const duplicates = [
    { ...six, address: '2001:0db8:a583:006a:0000:0000:0000:000a' },
    { ...six, address: '2001:DB8:A583:6A::A' },
    { address: first.address, protocol_port: 81 },
    { address: first.address, protocol_port: 81, subnet_cidr_id: seed.subnetCidrId },
  ];
  for (const member of duplicates) {
    assertRefused(await api.post(path, { member }), 409, 'ELB.8907', /already has a member with address/);
  }
  assertRefused(
    await api.put(`${path}/${second.id}`, { member: { protocol_port: 81 } }),
    409,
    'ELB.8907',
    /already has a member .* protocol_port 81/,
  );
  await makeMember(api, other.id, { protocol_port: 81 });
});

test('ME-2 C3 an IP member needs a protocol that takes it and ip_target_enable', async (t) => {
  evidence('member.subnet_cidr_id', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const open = await makeLoadBalancer(api);
  const closed = await makeLoadBalancer(api, { ip_target_enable: false });
  const persistent = { session_persistence: { type: 'SOURCE_IP' } };
  for (const protocol of ['TCP', 'UDP', 'TLS', 'HTTP', 'HTTPS', 'QUIC', 'GRPC']) {
    await t.test(`${protocol} pools take it`, async () => {
      const extra = protocol === 'QUIC' ? persistent : {};
      const pool = await makePool(api, { protocol, loadbalancer_id: open.id, ...extra });
      const member = await api.create(`/elb/pools/${pool.id}/members`, {
        member: { address: '192.168.0.1', protocol_port: 80 },
      });
      assert.deepEqual([member.subnet_cidr_id, member.member_type], [null, 'ip']);
      const shut = await makePool(api, { protocol, loadbalancer_id: closed.id, ...extra });
      assertRefused(
        await api.post(`/elb/pools/${shut.id}/members`, {
          member: { address: '192.168.0.1', protocol_port: 80 },
        }),
        400,
        'ELB.8939',
        /subnet_cidr_id.*ip_target_enable.*false/,
      );
    });
  }
});

test('ME-2 S23 an IP member has a private IPv4 address', async () => {
  evidence('member.address', 'enforced');
  await using cp = await startTestControlPlane();
  const { pool } = await makeRoad(cp.api, { ip_version: 'dualstack' });
  const add = (address: string) =>
    cp.api.post(`/elb/pools/${pool.id}/members`, { member: { address, protocol_port: 80 } });
  for (const address of ['10.0.0.1', '172.31.255.1', '192.168.9.9', '100.64.0.1', '120.10.10.77']) {
    assertDone(await add(address), 201);
  }
  for (const address of ['8.8.8.8', '172.32.0.1', '127.0.0.1', '120.10.11.1']) {
    assertRefused(await add(address), 400, 'ELB.8902', /member\.address.*not a private IPv4/);
  }
  assertRefused(await add('fd00::1'), 400, 'ELB.8902', /without subnet_cidr_id must have an IPv4/);
});

test('ME-3 S22 the subnet is in the VPC of the load balancer', async () => {
  evidence('member.subnet_cidr_id', 'enforced');
  await using cp = await startTestControlPlane();
  const { pool } = await makeRoad(cp.api);
  assertRefused(
    await cp.api.post(`/elb/pools/${pool.id}/members`, {
      member: { address: '10.30.0.9', protocol_port: 80, subnet_cidr_id: places.otherVpcSubnet },
    }),
    400,
    'ELB.8902',
    /member\.subnet_cidr_id.*give one of the VPC/,
  );
});

test('ME-5 S43 a load balancer’s address is no member, in its own VPC', async () => {
  evidence('member.address', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb, pool } = await makeRoad(api);
  assertRefused(
    await api.post(`/elb/pools/${pool.id}/members`, {
      member: { address: lb.vip_address, protocol_port: 80, subnet_cidr_id: seed.subnetCidrId },
    }),
    409,
    'ELB.8907',
    /is the address of a load balancer/,
  );
});

test('ME-6 S25 S26 S44 a member of an IP pool has port 0 and a subnet other than the gateway’s', async () => {
  evidence('member.protocol_port', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const gateway = await makeGateway(api);
  const pool = await makePool(api, {
    protocol: 'IP',
    lb_algorithm: '5_TUPLE_HASH',
    loadbalancer_id: gateway.id,
    vpc_id: seed.vpcId,
  });
  const add = (member: object) => api.post(`/elb/pools/${pool.id}/members`, { member });
  const right = { address: '10.20.0.10', subnet_cidr_id: places.declaredSubnet };
  for (const member of [right, { ...right, protocol_port: 80 }]) {
    assertRefused(await add(member), 400, 'ELB.8902', /member\.protocol_port.*must be 0/);
  }
  assertRefused(
    await add({ address: '120.10.10.9', subnet_cidr_id: seed.subnetCidrId, protocol_port: 0 }),
    400,
    'ELB.8902',
    /it is the subnet of the gateway/,
  );
  const { member } = assertDone(await add({ ...right, protocol_port: 0 }), 201);
  const path = `/elb/pools/${pool.id}/members/${member.id}`;
  assertRefused(
    await api.put(path, { member: { protocol_port: 80 } }),
    400,
    'ELB.8902',
    /protocol_port.*must be 0/,
  );
});

test('ME-11 the type and VPC of a pool decide which members it takes', async () => {
  evidence('pool.type', 'enforced');
  evidence('pool.vpc_id', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const add = (poolId: string, member: object) => api.post(`/elb/pools/${poolId}/members`, { member });
  const here = { address: '120.10.10.9', protocol_port: 80, subnet_cidr_id: seed.subnetCidrId };
  const there = { address: '10.30.0.9', protocol_port: 80, subnet_cidr_id: places.otherVpcSubnet };
  const ip = await makePool(api, { type: 'ip' });
  assertRefused(await add(ip.id, here), 400, 'ELB.8902', /type is ip, so its members have no subnet/);
  const instance = await makePool(api, { type: 'instance', vpc_id: seed.vpcId });
  assertRefused(await add(instance.id, there), 400, 'ELB.8902', /where the pool is/);
  assertDone(await add(instance.id, here), 201);
  assertDone(await add(instance.id, { address: '10.0.0.1', protocol_port: 80 }), 201);
});

test('a pool without a VPC takes that of its first member with a subnet (2.3.1)', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { pool } = await makeRoad(api);
  assert.equal(pool.vpc_id, '');
  const vpcOf = async () => assertDone(await api.get(`/elb/pools/${pool.id}`)).pool.vpc_id;
  await makeMember(api, pool.id, { address: '10.0.0.1', subnet_cidr_id: null });
  assert.equal(await vpcOf(), '');
  await makeMember(api, pool.id);
  assert.equal(await vpcOf(), seed.vpcId);
  const elsewhere = await makeLoadBalancer(api, { vip_subnet_cidr_id: places.otherVpcSubnet });
  const listener = await makeListener(api, elsewhere.id);
  assertRefused(
    await api.put(`/elb/listeners/${listener.id}`, { listener: { default_pool_id: pool.id } }),
    400,
    'ELB.8902',
    /the pool is for the VPC/,
  );
});

test('the list of all members says where each belongs and is filtered by it (2.4.3)', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const one = await makeRoad(api);
  const lb = await makeLoadBalancer(api);
  const loose = await makePool(api, { type: 'instance', vpc_id: seed.vpcId });
  const two = await makePool(api, { loadbalancer_id: lb.id });
  const members = await Promise.all([one.pool, two, loose].map(({ id }) => makeMember(api, id)));
  const list = async (query: string) => assertDone(await api.get(`/elb/members?${query}`)).members;
  const all = await list('');
  assert.equal(all.length, 3);
  const found = all.find(({ id }: { id: string }) => id === members[0].id);
  assert.deepEqual(found, {
    ...members[0],
    pool_id: one.pool.id,
    loadbalancer_id: one.lb.id,
    loadbalancers: [{ id: one.lb.id }],
    device_id: members[0].instance_id,
    device_owner: 'compute:az1',
  });
  const idsOf = async (query: string) => (await list(query)).map(({ id }: { id: string }) => id);
  assert.deepEqual(await idsOf(`pool_id=${two.id}`), [members[1].id]);
  assert.deepEqual(await idsOf(`loadbalancer_id=${one.lb.id}`), [members[0].id]);
  assert.deepEqual(await idsOf(`loadbalancer_id=${lb.id}`), [members[1].id]);
  assert.deepEqual(
    await idsOf(`loadbalancer_id=${one.lb.id}&loadbalancer_id=${lb.id}`),
    [members[0].id, members[1].id].toSorted(),
  );
  const others = all.find(({ id }: { id: string }) => id === members[2].id);
  assert.deepEqual([others.loadbalancer_id, others.loadbalancers], ['', []]);
});

test('a member is found in its own pool only', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb, pool } = await makeRoad(api);
  const other = await makePool(api, { loadbalancer_id: lb.id });
  const member = await makeMember(api, pool.id);
  const path = `/elb/pools/${other.id}/members/${member.id}`;
  const replies = [await api.get(path), await api.put(path, { member: {} }), await api.delete(path)];
  for (const reply of replies) assertRefused(reply, 404, 'ELB.8904', /member .* could not be found/);
});
