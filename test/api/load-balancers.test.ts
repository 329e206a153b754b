/** The rules of load balancers (rules digest 2.1). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seed, startTestControlPlane } from '../support/control-plane.ts';
import { evidence } from '../support/evidence.ts';
import {
  assertDone,
  assertRefused,
  flavorId,
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
    ...{ log_group_id: null, log_topic_id: null, custom_qos_limit: null, service_lb_mode: null },
    ...{ instance_type: null, instance_id: null, proxy_protocol_extensions: null },
  });
  const shown = assertDone(await cp.api.get(`/elb/loadbalancers/${id}`));
  assert.deepEqual(Object.keys(shown).sort(), ['loadbalancer', 'request_id']);
});

test('LB-15 C48 what an update may not take back or choose', async () => {
  evidence('loadbalancer.ip_target_enable', 'enforced');
  evidence('loadbalancer.l4_flavor_id', 'enforced');
  evidence('loadbalancer.l7_flavor_id', 'enforced');
  evidence('loadbalancer.charge_mode', 'enforced');
  evidence('loadbalancer.prepaid_options', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const small = await flavorId(api, 'L4_flavor.elb.s1.small');
  const bigger = await flavorId(api, 'L4_flavor.elb.s2.small');
  const l7 = await flavorId(api, 'L7_flavor.elb.s1.small');
  const lb = await makeLoadBalancer(api, { l4_flavor_id: small });
  assert.equal(lb.charge_mode, 'flavor');
  const put = (fields: object) => api.put(`/elb/loadbalancers/${lb.id}`, { loadbalancer: fields });
  const wrong: [object, string, RegExp][] = [
    [{ ip_target_enable: false }, 'ELB.8902', /ip_target_enable.*cannot be switched off/],
    [{ l4_flavor_id: null }, 'ELB.8959', /l4_flavor_id.*cannot change from \S+ to null/],
    [{ l7_flavor_id: l7 }, 'ELB.8959', /l7_flavor_id.*cannot change from null to \S+/],
    [{ charge_mode: 'lcu' }, 'ELB.8902', /charge_mode.*only set it to flavor/],
    [{ prepaid_options: { period_type: 'month' } }, 'ELB.8902', /prepaid_options.*nothing can be bought/],
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
  assert.equal(assertDone(await put({ l4_flavor_id: bigger })).loadbalancer.l4_flavor_id, bigger);
  assert.equal(assertDone(await put({ charge_mode: 'flavor' })).loadbalancer.charge_mode, 'flavor');
});

test('LB-14 autoscaling asks for a lowest flavor once there are listeners of layer 7', async () => {
  evidence('loadbalancer.autoscaling', 'enforced');
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
  evidence('loadbalancer.loadbalancer_type', 'enforced');
  evidence('loadbalancer.gw_flavor_id', 'enforced');
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
  evidence('loadbalancer.enterprise_project_id', 'enforced');
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
  evidence('loadbalancer.tags', 'enforced');
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
  evidence('loadbalancer.deletion_protection_enable', 'enforced');
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
