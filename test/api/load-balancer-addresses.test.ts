/** The addresses and networks of load balancers (rules digest 2.1.1, LB-1 to LB-11). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seed, seedInventory, startTestControlPlane } from '../support/control-plane.ts';
import { evidence } from '../support/evidence.ts';
import { assertDone, assertRefused, makeLoadBalancer, places } from './fixtures.ts';

const zones = { availability_zone_list: ['az1'] };

test('LB-1 LB-8 the address is the one asked for, a free one of the subnet, or none', async () => {
  evidence('loadbalancer.vip_address', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const first = await makeLoadBalancer(api);
  const asked = await makeLoadBalancer(api, { vip_address: '120.10.10.200' });
  const second = await makeLoadBalancer(api);
  assert.deepEqual(
    [first.vip_address, asked.vip_address, second.vip_address],
    ['120.10.10.2', '120.10.10.200', '120.10.10.3'],
  );
  const bare = await makeLoadBalancer(api, { vip_subnet_cidr_id: null, vpc_id: seed.vpcId });
  assert.deepEqual([bare.vip_address, bare.vip_subnet_cidr_id, bare.vip_port_id], [null, null, null]);
  assert.equal(bare.vpc_id, seed.vpcId);
  const create = (loadbalancer: object) =>
    api.post('/elb/loadbalancers', { loadbalancer: { ...zones, ...loadbalancer } });
  const subnet = { vip_subnet_cidr_id: seed.subnetCidrId };
  assertRefused(
    await create({ ...subnet, vip_address: '120.10.10.200' }),
    409,
    'ELB.8907',
    /120\.10\.10\.200 is already in use; leave vip_address out/,
  );
  assertRefused(
    await create({ vip_subnet_cidr_id: places.declaredSubnet, vip_address: '10.20.0.10' }),
    409,
    'ELB.8907',
    /already in use/,
  );
  for (const vip_address of ['120.10.10.0', '120.10.10.1', '120.10.10.255', '10.20.0.9', 'nonsense', '::1']) {
    assertRefused(await create({ ...subnet, vip_address }), 400, 'ELB.8902', /loadbalancer\.vip_address/);
  }
  assertRefused(
    await create({ vpc_id: seed.vpcId, vip_address: '120.10.10.9' }),
    400,
    'ELB.8902',
    /vip_address.*needs vip_subnet_cidr_id/,
  );
});

test('LB-3 LB-9 a dual-stack load balancer has an IPv6 address and backend subnets with IPv6', async () => {
  evidence('loadbalancer.ipv6_vip_virsubnet_id', 'enforced');
  evidence('loadbalancer.ipv6_vip_address', 'enforced');
  evidence('loadbalancer.elb_virsubnet_ids', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api, {
    ipv6_vip_virsubnet_id: seed.networkId,
    ipv6_bandwidth: { id: 'b' },
  });
  assert.match(lb.ipv6_vip_address, /^2001:db8:a583:6a::/);
  assert.match(lb.ipv6_vip_port_id, /^[0-9a-f-]{36}$/);
  assert.deepEqual([lb.elb_virsubnet_ids, lb.elb_virsubnet_type], [[seed.networkId], 'dualstack']);
  const spelled = await makeLoadBalancer(api, {
    ipv6_vip_virsubnet_id: seed.networkId,
    ipv6_vip_address: '2001:DB8:a583:6a:0:0:0:99',
  });
  assert.equal(spelled.ipv6_vip_address, '2001:db8:a583:6a::99');
  const create = (loadbalancer: object) =>
    api.post('/elb/loadbalancers', { loadbalancer: { ...zones, ...loadbalancer } });
  assertRefused(
    await create({ ipv6_vip_virsubnet_id: seed.networkId, elb_virsubnet_ids: [places.declaredNetwork] }),
    400,
    'ELB.8931',
    /elb_virsubnet_ids.*has none/,
  );
  assertRefused(
    await create({ ipv6_vip_virsubnet_id: places.declaredNetwork }),
    400,
    'ELB.8932',
    /no IPv6 addresses/,
  );
  const single = await makeLoadBalancer(api, { vip_subnet_cidr_id: places.declaredSubnet });
  assert.deepEqual([single.elb_virsubnet_ids, single.elb_virsubnet_type], [[places.declaredNetwork], 'ipv4']);
});

test('2.1.1 at least one network is named, and all are in one VPC', async () => {
  evidence('loadbalancer.vpc_id', 'enforced');
  evidence('loadbalancer.vip_subnet_cidr_id', 'enforced');
  await using cp = await startTestControlPlane();
  const create = (loadbalancer: object) =>
    cp.api.post('/elb/loadbalancers', { loadbalancer: { ...zones, ...loadbalancer } });
  const subnet = { vip_subnet_cidr_id: seed.subnetCidrId };
  const wrong: [object, number, string, RegExp][] = [
    [{}, 400, 'ELB.8902', /at least one of vpc_id, vip_subnet_cidr_id and ipv6_vip_virsubnet_id/],
    [{ ...subnet, vpc_id: places.otherVpc }, 400, 'ELB.8902', /vip_subnet_cidr_id.*it is in the VPC/],
    [{ ...subnet, elb_virsubnet_ids: [places.otherVpcNetwork] }, 400, 'ELB.8902', /elb_virsubnet_ids.*VPC/],
    [{ vip_subnet_cidr_id: places.nothing }, 404, 'ELB.8904', /^subnet .* could not be found\.$/],
    [{ vip_subnet_cidr_id: seed.networkId }, 404, 'ELB.8904', /^subnet .* could not be found\.$/],
    [{ ipv6_vip_virsubnet_id: places.nothing }, 404, 'ELB.8904', /^network .* could not be found\.$/],
    [{ vpc_id: places.nothing }, 404, 'ELB.8904', /^vpc .* could not be found\.$/],
    [{ ...subnet, elb_virsubnet_ids: [places.nothing] }, 404, 'ELB.8904', /^network .* could not be found/],
  ];
  for (const [fields, status, code, message] of wrong) {
    assertRefused(await create(fields), status, code, message);
  }
});

test('LB-2 a public address is one of the inventory or a new one, and is answered twice', async () => {
  evidence('loadbalancer.publicip_ids', 'enforced');
  evidence('loadbalancer.publicip', 'enforced');
  const publicIp = { id: '7f5a4a0e-2f0a-4c11-8f0f-1b1d2d3e4f50', address: '203.0.113.9' };
  await using cp = await startTestControlPlane({
    ...seedInventory,
    public_network: '203.0.114.0/29',
    publicips: [publicIp],
  });
  const { api } = cp;
  const bound = await makeLoadBalancer(api, { publicip_ids: [publicIp.id, 'ignored'] });
  assert.deepEqual(bound.publicips, [
    { publicip_id: publicIp.id, publicip_address: publicIp.address, ip_version: 4 },
  ]);
  assert.deepEqual(bound.eips, [{ eip_id: publicIp.id, eip_address: publicIp.address, ip_version: 4 }]);
  const bandwidth = {
    name: 'b-1_x.名',
    size: 5,
    charge_mode: 'traffic',
    share_type: 'PER',
    billing_info: '',
  };
  const publicip = { network_type: '5_bgp', billing_info: '', bandwidth };
  const made = await makeLoadBalancer(api, { publicip });
  assert.equal(made.publicips.length, 1);
  const create = (fields: object) =>
    api.post('/elb/loadbalancers', {
      loadbalancer: { ...zones, vip_subnet_cidr_id: seed.subnetCidrId, ...fields },
    });
  const broken = (fields: object) => ({ publicip: { ...publicip, bandwidth: { ...bandwidth, ...fields } } });
  const wrong: [object, number, string, RegExp][] = [
    [{ publicip_ids: [publicIp.id] }, 409, 'ELB.8907', /already bound/],
    [{ publicip_ids: [places.nothing] }, 404, 'ELB.8904', /publicip .* could not be found/],
    [{ publicip_ids: [publicIp.id], publicip }, 400, 'ELB.8902', /excludes publicip_ids/],
    [broken({ size: null }), 400, 'ELB.8902', /bandwidth\.size.*required/],
    [broken({ charge_mode: null }), 400, 'ELB.8902', /bandwidth\.charge_mode.*required/],
    [broken({ share_type: 'WHOLE' }), 400, 'ELB.8902', /bandwidth\.id.*required when share_type is WHOLE/],
    [broken({ name: 'a b' }), 400, 'ELB.8902', /bandwidth\.name/],
    [{ publicip: { bandwidth } }, 400, 'ELB.8902', /publicip\.network_type.*required/],
    [{ publicip: { ...publicip, ip_version: 6 } }, 400, 'ELB.8902', /no such public network/],
  ];
  for (const [fields, status, code, message] of wrong) {
    assertRefused(await create(fields), status, code, message);
  }
});

test('an update moves, keeps or unbinds each address on its own (2.1.1)', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api, { ipv6_vip_virsubnet_id: seed.networkId });
  const put = async (fields: object) =>
    assertDone(await api.put(`/elb/loadbalancers/${lb.id}`, { loadbalancer: fields })).loadbalancer;
  const addresses = (of: Record<string, unknown>) => [of['vip_address'], of['ipv6_vip_address']];
  assert.deepEqual(addresses(await put({ name: 'n' })), addresses(lb));
  assert.deepEqual(addresses(await put({ vip_address: '120.10.10.99' })), [
    '120.10.10.99',
    lb.ipv6_vip_address,
  ]);
  const unbound = await put({ ipv6_vip_virsubnet_id: null });
  assert.deepEqual(addresses(unbound), ['120.10.10.99', null]);
  assert.deepEqual([unbound.ipv6_vip_virsubnet_id, unbound.ipv6_vip_port_id], [null, null]);
  const moved = await put({ vip_subnet_cidr_id: places.declaredSubnet });
  assert.equal(moved.vip_address, '10.20.0.2');
  assert.notEqual(moved.vip_port_id, unbound.vip_port_id);
  const named = await put({ vip_subnet_cidr_id: seed.subnetCidrId, vip_address: '120.10.10.98' });
  assert.equal(named.vip_address, '120.10.10.98');
  const none = await put({ vip_subnet_cidr_id: null });
  assert.deepEqual([none.vip_subnet_cidr_id, none.vip_address, none.vip_port_id], [null, null, null]);
  assert.equal((await put({ vip_subnet_cidr_id: seed.subnetCidrId })).vip_address, '120.10.10.2');
  assertRefused(
    await api.put(`/elb/loadbalancers/${lb.id}`, {
      loadbalancer: { vip_subnet_cidr_id: places.otherVpcSubnet },
    }),
    400,
    'ELB.8902',
    /vip_subnet_cidr_id.*it is in the VPC/,
  );
});

test('LB-11 elb_virsubnet_ids is replaced whole', async () => {
  evidence('loadbalancer.elb_virsubnet_ids', 'enforced');
  await using cp = await startTestControlPlane();
  const lb = await makeLoadBalancer(cp.api);
  const put = async (elb_virsubnet_ids: unknown) =>
    assertDone(await cp.api.put(`/elb/loadbalancers/${lb.id}`, { loadbalancer: { elb_virsubnet_ids } }))
      .loadbalancer;
  const both = await put([places.declaredNetwork, seed.networkId]);
  assert.deepEqual(both.elb_virsubnet_ids, [places.declaredNetwork, seed.networkId]);
  const one = await put([places.declaredNetwork]);
  assert.deepEqual([one.elb_virsubnet_ids, one.elb_virsubnet_type], [[places.declaredNetwork], 'ipv4']);
  assert.deepEqual((await put(null)).elb_virsubnet_ids, [seed.networkId]);
});
