/** VPCs and subnets made through the API: their rules, and that load balancers and members use them at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { seed, startTestControlPlane } from '../support/control-plane.ts';
import { assertDone, assertRefused, makeLoadBalancer, makeMember, makePool, places } from './fixtures.ts';

const vpcs = (api: ApiClient) => `/v1/${api.projectId}/vpcs`;
const subnets = (api: ApiClient) => `/v1/${api.projectId}/subnets`;

const makeVpc = async (api: ApiClient, fields: object = {}) =>
  assertDone(await api.post(vpcs(api), { vpc: { name: 'v', cidr: '192.168.0.0/16', ...fields } })).vpc;

const createSubnet = (api: ApiClient, vpc_id: string, fields: object = {}) =>
  api.post(subnets(api), {
    subnet: { name: 's', cidr: '192.168.0.0/24', gateway_ip: '192.168.0.1', vpc_id, ...fields },
  });

const makeSubnet = async (api: ApiClient, vpc_id: string, fields: object = {}) =>
  assertDone(await createSubnet(api, vpc_id, fields)).subnet;

const inVpc = (api: ApiClient, { id, vpc_id }: { id: string; vpc_id: string }) =>
  `${vpcs(api)}/${vpc_id}/subnets/${id}`;

test('a VPC is made, shown, listed, changed and deleted, in version 1 and in version 3', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  for (const [path, status, created] of [
    [`/v1/${seed.projectId}/vpcs`, 'OK', 200],
    [`/v3/${seed.projectId}/vpc/vpcs`, 'ACTIVE', 201],
  ] as const) {
    const wanted = {
      name: 'web',
      description: 'for the web',
      cidr: '10.0.0.0/8',
      enterprise_project_id: '0',
    };
    const made = assertDone(await api.post(path, { vpc: wanted }), created).vpc;
    const { id, created_at, updated_at } = made;
    assert.match(created_at, /^\d{4}-\d\d-\d\dT/);
    assert.equal(updated_at, created_at);
    assert.deepEqual({ ...made, ...wanted, id, status }, made);
    assert.deepEqual(assertDone(await api.get(`${path}/${id}`)).vpc, made);
    const { vpcs: listed } = assertDone(await api.get(path));
    assert.deepEqual(
      listed.map((each: { id: string }) => each.id),
      [seed.vpcId, places.otherVpc, id],
    );
    assert.deepEqual(assertDone(await api.get(`${path}?marker=${id}`)).vpcs, []);
    assert.deepEqual(assertDone(await api.get(`${path}?name=web&limit=5`)).vpcs, [made]);
    const changed = assertDone(await api.put(`${path}/${id}`, { vpc: { name: 'db', description: '' } })).vpc;
    assert.deepEqual([changed.name, changed.description, changed.cidr], ['db', '', '10.0.0.0/8']);
    assertDone(await api.delete(`${path}/${id}`), 204);
    assertRefused(await api.get(`${path}/${id}`), 404, 'ELB.8904', /vpc \S+ could not be found/);
  }
});

test('a subnet has the ids and addresses that clients read, and is changed and deleted in its VPC', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const vpc = await makeVpc(api);
  const made = await makeSubnet(api, vpc.id, { primary_dns: '100.125.1.250', dnsList: ['100.125.1.250'] });
  assert.equal(made.neutron_network_id, made.id);
  assert.notEqual(made.neutron_subnet_id, made.id);
  assert.deepEqual(
    [made.status, made.cidr, made.gateway_ip, made.vpc_id, made.availability_zone, made.ipv6_enable],
    ['ACTIVE', '192.168.0.0/24', '192.168.0.1', vpc.id, 'az1', false],
  );
  assert.deepEqual([made.primary_dns, made.dnsList], ['100.125.1.250', ['100.125.1.250']]);
  const path = `${subnets(api)}/${made.id}`;
  assert.deepEqual(assertDone(await api.get(path)).subnet, made);
  assert.deepEqual(assertDone(await api.get(`${subnets(api)}?vpc_id=${vpc.id}`)).subnets, [made]);
  const change = { name: 'two', ipv6_enable: true, dhcp_enable: false };
  const changed = assertDone(await api.put(inVpc(api, made), { subnet: change })).subnet;
  assert.deepEqual(changed, { id: made.id, status: 'ACTIVE' });
  const dual = assertDone(await api.get(path)).subnet;
  assert.match(dual.cidr_v6, /^fd[0-9a-f:]+::\/64$/);
  assert.deepEqual([dual.name, dual.dhcp_enable, dual.neutron_subnet_id_v6], ['two', false, made.id]);
  const back = await api.put(inVpc(api, made), { subnet: { name: 'two', ipv6_enable: false } });
  assertRefused(back, 400, 'ELB.8902', /ipv6_enable': it cannot be switched off/);
  const elsewhere = inVpc(api, { id: made.id, vpc_id: seed.vpcId });
  assertRefused(await api.delete(elsewhere), 404, 'ELB.8904', /subnet/);
  assertDone(await api.delete(inVpc(api, made)), 204);
  assertRefused(await api.get(path), 404, 'ELB.8904', /subnet \S+ could not be found/);
});

test('networks that cannot be are refused with what would be right, and nothing is written', async () => {
  await using cp = await startTestControlPlane();
  const { api, other } = cp;
  const vpc = await makeVpc(api);
  const theirs = await makeVpc(other);
  await makeSubnet(api, vpc.id);
  const before = assertDone(await api.get(subnets(api)));
  for (const [fields, status, code, message] of [
    [
      { cidr: '10.0.0.0/24', gateway_ip: null },
      400,
      'ELB.8902',
      /subnet\.cidr': got 10.* within 192\.168\.0\.0\/16/,
    ],
    [
      { cidr: '192.168.0.128/25', gateway_ip: null },
      409,
      'ELB.8907',
      /overlaps 192\.168\.0\.0\/24 of the subnet/,
    ],
    [{ cidr: '192.168.0.0/16', gateway_ip: null }, 409, 'ELB.8907', /overlaps/],
    [{ cidr: '192.168.1.0/30', gateway_ip: null }, 400, 'ELB.8902', /prefix of at most \/29/],
    [{ cidr: '192.168.1.1/24' }, 400, 'ELB.8902', /no bits set behind the prefix/],
    [{ cidr: '8.8.8.0/24' }, 400, 'ELB.8902', /network of private addresses/],
    [{ cidr: 'fd00::/64' }, 400, 'ELB.8902', /expected an IPv4 network/],
    [
      { cidr: '192.168.1.0/24' },
      400,
      'ELB.8902',
      /gateway_ip': got "192\.168\.0\.1", expected an address in/,
    ],
    [{ availability_zone: 'az9' }, 400, 'ELB.8902', /there is no zone "az9" in region-1; there are az1, az2/],
    [{ name: 'a b' }, 400, 'ELB.8902', /subnet\.name': got "a b"/],
    [{ name: null }, 400, 'ELB.8902', /subnet\.name/],
    [{ vpc_id: places.nothing }, 404, 'ELB.8904', /vpc \S+ could not be found/],
    [{ vpc_id: theirs.id }, 404, 'ELB.8904', /vpc \S+ could not be found/],
    [{ vpc_id: seed.vpcId }, 409, 'ELB.8907', /is one of the inventory; only its file changes it/],
    [{ colour: 'red' }, 400, 'ELB.8902', /Unrecognized attribute\(s\) 'colour'/],
  ] as const) {
    assertRefused(await createSubnet(api, vpc.id, fields), status, code, message);
  }
  for (const [cidr, message] of [
    ['10.0.0.0/7', /network of private addresses/],
    ['10.0.0.0/30', /prefix from \/8 to \/29/],
    ['ten', /expected an IPv4 network as/],
  ] as const) {
    assertRefused(await api.post(vpcs(api), { vpc: { cidr } }), 400, 'ELB.8902', message);
  }
  const narrowed = await api.put(`${vpcs(api)}/${vpc.id}`, { vpc: { cidr: '192.168.128.0/17' } });
  assertRefused(narrowed, 409, 'ELB.8907', /does not hold the subnet/);
  assert.deepEqual(assertDone(await api.get(subnets(api))), before);
  assert.deepEqual(assertDone(await api.get(`${vpcs(api)}/${vpc.id}`)).vpc, vpc);
});

test('what is foreign is as absent as what never was, and what the inventory declares stays', async () => {
  await using cp = await startTestControlPlane();
  const { api, other } = cp;
  const vpc = await makeVpc(api);
  const subnet = await makeSubnet(api, vpc.id);
  const said = async (id: string, of: string) => {
    const replies = [
      await other.get(`${of}/${id}`),
      await other.put(`${vpcs(other)}/${id}`, { vpc: { name: 'x' } }),
      await other.delete(`${vpcs(other)}/${id}`),
      await other.put(inVpc(other, { id, vpc_id: vpc.id }), { subnet: { name: 'x' } }),
      await other.delete(inVpc(other, { id, vpc_id: vpc.id })),
      await createSubnet(other, id),
    ];
    for (const reply of replies) assert.equal(reply.status, 404, JSON.stringify(reply.body));
    return replies.map(({ body }) => body.error_msg.replaceAll(id, 'ID'));
  };
  assert.deepEqual(await said(vpc.id, vpcs(other)), await said(places.nothing, vpcs(other)));
  assert.deepEqual(await said(subnet.id, subnets(other)), await said(places.nothing, subnets(other)));
  assert.ok(!JSON.stringify(assertDone(await other.get(vpcs(other)))).includes(vpc.id));
  assert.ok(!JSON.stringify(assertDone(await other.get(subnets(other)))).includes(subnet.id));
  const theirs = await other.post('/elb/loadbalancers', {
    loadbalancer: { availability_zone_list: ['az1'], vip_subnet_cidr_id: subnet.neutron_subnet_id },
  });
  assertRefused(theirs, 404, 'ELB.8904', /subnet \S+ could not be found/);
  const declared = { id: seed.networkId, vpc_id: seed.vpcId };
  for (const reply of [
    await api.put(`${vpcs(api)}/${seed.vpcId}`, { vpc: { name: 'x' } }),
    await api.delete(`${vpcs(api)}/${seed.vpcId}`),
    await api.put(inVpc(api, declared), { subnet: { name: 'x' } }),
    await api.delete(inVpc(api, declared)),
  ]) {
    assertRefused(
      reply,
      409,
      'ELB.8907',
      /is one of the inventory; only its file changes it or takes it away/,
    );
  }
});

test('load balancers, backend subnets, pools and members use a subnet as soon as it is there', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const vpc = await makeVpc(api);
  const subnet = await makeSubnet(api, vpc.id, { ipv6_enable: true });
  const lb = await makeLoadBalancer(api, {
    vip_subnet_cidr_id: subnet.neutron_subnet_id,
    ipv6_vip_virsubnet_id: subnet.id,
    elb_virsubnet_ids: [subnet.id],
  });
  assert.deepEqual(
    [lb.vpc_id, lb.vip_address, lb.elb_virsubnet_ids, lb.elb_virsubnet_type],
    [vpc.id, '192.168.0.2', [subnet.id], 'dualstack'],
  );
  assert.ok(lb.ipv6_vip_address.startsWith(subnet.cidr_v6.split('::')[0]));
  const pool = await makePool(api, { loadbalancer_id: lb.id });
  const fields = { subnet_cidr_id: subnet.neutron_subnet_id, address: '192.168.0.9' };
  const member = await makeMember(api, pool.id, fields);
  assert.deepEqual([member.member_type, member.availability_zone], ['instance', 'az1']);
  assert.equal(assertDone(await api.get(`/elb/pools/${pool.id}`)).pool.vpc_id, vpc.id);
  assert.equal((await makePool(api, { type: 'instance', vpc_id: vpc.id })).vpc_id, vpc.id);
  await cp.restart();
  const again = await makeLoadBalancer(cp.api, { vip_subnet_cidr_id: subnet.neutron_subnet_id });
  assert.equal(again.vip_address, '192.168.0.3');
});

test('a subnet or VPC that is in use is not deleted, also when its user is in the recycle bin', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const vpc = await makeVpc(api);
  const subnet = await makeSubnet(api, vpc.id);
  const second = await makeSubnet(api, vpc.id, { cidr: '192.168.1.0/24', gateway_ip: null });
  const refused = async (of: typeof subnet, message: RegExp) =>
    assertRefused(await api.delete(inVpc(api, of)), 409, 'ELB.8907', message);
  const lb = await makeLoadBalancer(api, {
    vip_subnet_cidr_id: subnet.neutron_subnet_id,
    elb_virsubnet_ids: [second.id],
  });
  await refused(subnet, new RegExp(`in use by load balancer ${lb.id}`));
  await refused(second, new RegExp(`in use by load balancer ${lb.id}`));
  const ofVpc = await api.delete(`${vpcs(api)}/${vpc.id}`);
  assertRefused(ofVpc, 409, 'ELB.8907', /in use by subnet \S+, \S+; load balancer \S+\. Delete or move/);
  const pool = await makePool(api, { loadbalancer_id: lb.id });
  const fields = { subnet_cidr_id: second.neutron_subnet_id, address: '192.168.1.9' };
  const member = await makeMember(api, pool.id, fields);
  await refused(second, new RegExp(`; member ${member.id}`));
  assertDone(await api.put('/elb/recycle-bin', { recycle_bin: { enable: true } }));
  assertDone(await api.delete(`/elb/loadbalancers/${lb.id}/force-elb`), 204);
  await refused(subnet, new RegExp(`load balancer in the recycle bin ${lb.id}`));
  await refused(second, /load balancer in the recycle bin \S+; member in the recycle bin 192\.168\.1\.9/);
  assertDone(await api.delete(`/elb/recycle-bin/loadbalancers/${lb.id}`), 204);
  for (const each of [subnet, second]) assertDone(await api.delete(inVpc(api, each)), 204);
  assertDone(await api.delete(`${vpcs(api)}/${vpc.id}`), 204);
});

test('of a deletion and a creation at the same moment one is refused', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const vpc = await makeVpc(api);
  for (let round = 0; round < 8; round++) {
    const subnet = await makeSubnet(api, vpc.id);
    const remove = () => api.delete(inVpc(api, subnet));
    const create = () =>
      api.post('/elb/loadbalancers', {
        loadbalancer: { availability_zone_list: ['az1'], vip_subnet_cidr_id: subnet.neutron_subnet_id },
      });
    const [removed, created] =
      round % 2 === 0
        ? await Promise.all([remove(), create()])
        : (await Promise.all([create(), remove()])).toReversed();
    assert.ok(removed && created);
    if (removed.status === 204) assert.equal(created.status, 404, JSON.stringify(created.body));
    else {
      assertRefused(removed, 409, 'ELB.8907', /in use by load balancer/);
      assertDone(await api.delete(`/elb/loadbalancers/${assertDone(created, 201).loadbalancer.id}`), 204);
      assertDone(await remove(), 204);
    }
  }
});

test('a dry run of a network leaves no trace', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const before = assertDone(await api.get(vpcs(api)));
  const plan = assertDone(await api.post(`${vpcs(api)}?dry_run=true`, { vpc: { name: 'p' } }));
  assert.equal(plan.creates[0].resource_type, 'vpc');
  assert.deepEqual(assertDone(await api.get(vpcs(api))), before);
});
