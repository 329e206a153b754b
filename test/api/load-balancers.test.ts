/** The rules of load balancers (rules digest 2.1). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seed, seedInventory, startTestControlPlane } from '../support/control-plane.ts';
import {
  assertDone,
  assertRefused,
  makeGateway,
  makeListener,
  makeLoadBalancer,
  makePool,
  makeRoad,
  places,
} from './fixtures.ts';

const zones = { availability_zone_list: ['az1'] };

test('a new load balancer answers every field with its default (2.1.2)', async () => {
  await using cp = await startTestControlPlane();
  const { id, created_at, updated_at, vip_port_id, ...lb } = await makeLoadBalancer(cp.api, {
    ip_target_enable: false,
  });
  assert.match(vip_port_id, /^[0-9a-f-]{36}$/);
  assert.equal(created_at, updated_at);
  assert.deepEqual(lb, {
    ...{ name: '', description: '', project_id: seed.projectId, enterprise_project_id: '0' },
    ...{ provisioning_status: 'ACTIVE', operating_status: 'ONLINE', admin_state_up: true },
    ...{ provider: 'vlb', guaranteed: true, ip_target_enable: false, availability_zone_list: ['az1'] },
    ...{ vpc_id: seed.vpcId, vip_subnet_cidr_id: seed.subnetCidrId, vip_address: '120.10.10.2' },
    ...{ ipv6_vip_address: null, ipv6_vip_virsubnet_id: null, ipv6_vip_port_id: null, ipv6_bandwidth: null },
    ...{ elb_virsubnet_ids: [seed.networkId], elb_virsubnet_type: 'dualstack' },
    ...{ l4_flavor_id: null, l7_flavor_id: null, l4_scale_flavor_id: null, l7_scale_flavor_id: null },
    ...{ gw_flavor_id: null, loadbalancer_type: null, autoscaling: null, charge_mode: 'lcu' },
    ...{ pools: [], listeners: [], eips: [], publicips: [], global_eips: [], tags: [] },
    ...{
      billing_info: null,
      frozen_scene: null,
      public_border_group: 'center',
      waf_failure_action: 'forward',
    },
    ...{ deletion_protection_enable: false, protection_status: 'nonProtection', protection_reason: '' },
    ...{ log_group_id: null, log_topic_id: null },
  });
  const shown = assertDone(await cp.api.get(`/elb/loadbalancers/${id}`));
  assert.deepEqual(Object.keys(shown).sort(), ['loadbalancer', 'request_id']);
});

test('LB-1 LB-8 the address is the one asked for, a free one of the subnet, or none', async () => {
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

test('LB-15 C48 what an update may not take back or choose', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const [small, bigger] = (await api.get('/elb/flavors?type=L4')).body.flavors;
  const [l7] = (await api.get('/elb/flavors?type=L7')).body.flavors;
  const lb = await makeLoadBalancer(api, { l4_flavor_id: small.id });
  assert.equal(lb.charge_mode, 'flavor');
  const put = (fields: object) => api.put(`/elb/loadbalancers/${lb.id}`, { loadbalancer: fields });
  const wrong: [object, string, RegExp][] = [
    [{ ip_target_enable: false }, 'ELB.8902', /ip_target_enable.*cannot be switched off/],
    [{ l4_flavor_id: null }, 'ELB.8959', /l4_flavor_id.*cannot change from \S+ to null/],
    [{ l7_flavor_id: l7.id }, 'ELB.8959', /l7_flavor_id.*cannot change from null to \S+/],
    [{ charge_mode: 'lcu' }, 'ELB.8902', /charge_mode.*only set it to flavor/],
    [{ prepaid_options: {} }, 'ELB.8902', /prepaid_options.*nothing can be bought/],
    [{ gw_flavor_id: 'x' }, 'ELB.8902', /'loadbalancer\.gw_flavor_id': it cannot be changed/],
  ];
  for (const key of [
    'vpc_id',
    'guaranteed',
    'provider',
    'availability_zone_list',
    'tags',
    'project_id',
    'id',
  ]) {
    wrong.push([{ [key]: lb[key] }, 'ELB.8902', new RegExp(`'loadbalancer\\.${key}': it cannot be changed`)]);
  }
  for (const [fields, code, message] of wrong) assertRefused(await put(fields), 400, code, message);
  assert.equal(assertDone(await put({ l4_flavor_id: bigger.id })).loadbalancer.l4_flavor_id, bigger.id);
  assert.equal(assertDone(await put({ charge_mode: 'flavor' })).loadbalancer.charge_mode, 'flavor');
});

test('LB-14 autoscaling asks for a lowest flavor once there are listeners of layer 7', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  const put = (autoscaling: object | null) =>
    api.put(`/elb/loadbalancers/${lb.id}`, { loadbalancer: { autoscaling } });
  assert.deepEqual(assertDone(await put({ enable: true })).loadbalancer.autoscaling, {
    enable: true,
    min_l7_flavor_id: '',
  });
  await makeListener(api, lb.id);
  assertRefused(await put({ enable: true }), 400, 'ELB.8902', /autoscaling\.min_l7_flavor_id.*required/);
  assertDone(await put({ enable: true, min_l7_flavor_id: 'small' }));
  assertDone(await put({ enable: false }));
  assert.equal(assertDone(await put(null)).loadbalancer.autoscaling, null);
});

test('LB-17 a gateway load balancer has a flavor, a subnet, and nothing public or chosen', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const gateway = await makeGateway(api, { ipv6_vip_virsubnet_id: seed.networkId });
  assert.deepEqual([gateway.loadbalancer_type, gateway.gw_flavor_id], ['gateway', 'gateway-flavor']);
  const base = {
    ...zones,
    loadbalancer_type: 'gateway',
    gw_flavor_id: 'g',
    vip_subnet_cidr_id: seed.subnetCidrId,
  };
  const create = (fields: object) => api.post('/elb/loadbalancers', { loadbalancer: { ...base, ...fields } });
  const bandwidth = { name: 'b', size: 1, charge_mode: 'traffic', share_type: 'PER' };
  const none = /a gateway load balancer has none/;
  const wrong: [object, RegExp][] = [
    [{ gw_flavor_id: null }, /gw_flavor_id.*required when loadbalancer_type is gateway/],
    [{ vip_subnet_cidr_id: null, vpc_id: seed.vpcId }, /needs it, or ipv6_vip_virsubnet_id/],
    [{ vip_subnet_cidr_id: places.declaredSubnet, ipv6_vip_virsubnet_id: seed.networkId }, /in one subnet/],
    [{ loadbalancer_type: null }, /gw_flavor_id.*it is for loadbalancer_type gateway/],
    [{ l4_flavor_id: 'x' }, none],
    [{ l7_flavor_id: 'x' }, none],
    [{ vip_address: '120.10.10.9' }, none],
    [{ publicip_ids: ['x'] }, none],
    [{ publicip: { network_type: '5_bgp', bandwidth } }, none],
    [{ ipv6_bandwidth: { id: 'x' } }, none],
    [{ autoscaling: { enable: true } }, none],
    [{ ip_target_enable: true }, none],
  ];
  for (const [fields, message] of wrong) assertRefused(await create(fields), 400, 'ELB.8902', message);
  const put = (fields: object) => api.put(`/elb/loadbalancers/${gateway.id}`, { loadbalancer: fields });
  assertRefused(await put({ ip_target_enable: true }), 400, 'ELB.8902', none);
  assertRefused(await put({ vip_address: '120.10.10.9' }), 400, 'ELB.8902', none);
  assertRefused(
    await put({ vip_subnet_cidr_id: null, ipv6_vip_virsubnet_id: null }),
    400,
    'ELB.8902',
    /needs it, or ipv6_vip_virsubnet_id/,
  );
  assertDone(await put({ name: 'still a gateway' }));
});

test('1.7 enterprise_project_id is "0" or one that exists', async () => {
  await using cp = await startTestControlPlane();
  const enterprise_project_id = places.enterpriseProject;
  const lb = await makeLoadBalancer(cp.api, { enterprise_project_id });
  const listener = await makeListener(cp.api, lb.id);
  assert.deepEqual(
    [lb.enterprise_project_id, listener.enterprise_project_id],
    [enterprise_project_id, enterprise_project_id],
  );
  assert.equal((await makeLoadBalancer(cp.api, { enterprise_project_id: '0' })).enterprise_project_id, '0');
  for (const unknown of ['', 'default', places.nothing]) {
    assertRefused(
      await cp.api.post('/elb/loadbalancers', {
        loadbalancer: { ...zones, vip_subnet_cidr_id: seed.subnetCidrId, enterprise_project_id: unknown },
      }),
      400,
      'ELB.1202',
      /there is no enterprise project/,
    );
  }
});

test('1.8 C44 tags: twenty at most, each key once, without the forbidden characters', async () => {
  await using cp = await startTestControlPlane();
  const tag = (key: string, value = 'v') => ({ key, value });
  const tags = Array.from({ length: 20 }, (_, i) => tag(`k${i}`));
  assert.deepEqual((await makeLoadBalancer(cp.api, { tags })).tags, tags);
  await makeLoadBalancer(cp.api, { tags: [tag('k'.repeat(128), 'v'.repeat(255)), tag('ü 名', '')] });
  const wrong = [
    ...['=', '*', '<', '>', '\\', ',', '|', '/', '\u0007'].flatMap((c) => [[tag(`a${c}`)], [tag('a', c)]]),
    [tag('')],
    [tag('k'.repeat(129))],
    [tag('k', 'v'.repeat(256))],
    [tag('twice'), tag('twice')],
    [...tags, tag('k20')],
    [{ key: 'without-value' }],
  ];
  for (const each of wrong) {
    assertRefused(
      await cp.api.post('/elb/loadbalancers', {
        loadbalancer: { ...zones, vip_subnet_cidr_id: seed.subnetCidrId, tags: each },
      }),
      400,
      'ELB.8902',
      /loadbalancer\.tags/,
    );
  }
});

test('2.1.6 a load balancer goes when it is empty and not protected', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb, listener, pool } = await makeRoad(api);
  const path = `/elb/loadbalancers/${lb.id}`;
  const shown = assertDone(await api.get(path)).loadbalancer;
  assert.deepEqual([shown.listeners, shown.pools], [[{ id: listener.id }], [{ id: pool.id }]]);
  assertRefused(
    await api.delete(path),
    409,
    'ELB.8907',
    /1 listener\(s\) and 1 pool\(s\); delete them first/,
  );
  assertDone(await api.delete(`/elb/listeners/${listener.id}`), 204);
  assertRefused(await api.delete(path), 409, 'ELB.8907', /0 listener\(s\) and 1 pool\(s\)/);
  assertDone(await api.delete(`/elb/pools/${pool.id}`), 204);
  assertDone(await api.put(path, { loadbalancer: { deletion_protection_enable: true } }));
  assertRefused(await api.delete(path), 409, 'ELB.8907', /deletion_protection_enable; set it to false/);
  assertDone(await api.put(path, { loadbalancer: { deletion_protection_enable: false } }));
  const reply = await api.delete(path);
  assert.deepEqual([reply.status, reply.body], [204, null]);
  assertRefused(await api.get(path), 404, 'ELB.8904', /load balancer .* could not be found/);
});

test('a pool of another load balancer that a listener uses shows on both', async () => {
  await using cp = await startTestControlPlane();
  const { lb, pool } = await makeRoad(cp.api);
  const other = await makeLoadBalancer(cp.api);
  const own = await makePool(cp.api, { loadbalancer_id: other.id });
  await makeListener(cp.api, other.id, { default_pool_id: pool.id });
  const poolsOf = async (id: string) =>
    assertDone(await cp.api.get(`/elb/loadbalancers/${id}`)).loadbalancer.pools;
  assert.deepEqual(await poolsOf(lb.id), [{ id: pool.id }]);
  assert.deepEqual(
    await poolsOf(other.id),
    [pool.id, own.id].toSorted().map((id) => ({ id })),
  );
});

test('an empty update changes nothing, not even updated_at (O12)', async () => {
  await using cp = await startTestControlPlane();
  const lb = await makeLoadBalancer(cp.api);
  const after = assertDone(await cp.api.put(`/elb/loadbalancers/${lb.id}`, { loadbalancer: {} }));
  assert.deepEqual(after.loadbalancer, lb);
});
