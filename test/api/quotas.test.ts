import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { seedInventory, startTestControlPlane } from '../support/control-plane.ts';
import { assertRefused, makeListener, makeLoadBalancer, makePolicy, makeRoad } from './fixtures.ts';

/** As rules digest 3.7 lists them. */
const keys = [
  'loadbalancer',
  'listener',
  'pool',
  'member',
  'healthmonitor',
  'l7policy',
  'certificate',
  'ipgroup',
  'security_policy',
  'listeners_per_loadbalancer',
  'listeners_per_pool',
  'members_per_pool',
  'condition_per_policy',
  'pools_per_l7policy',
  'l7policies_per_listener',
  'ipgroups_per_listener',
  'ipgroup_bindings',
  'ipgroup_max_length',
  'free_instance_members_per_pool',
  'free_instance_listeners_per_loadbalancer',
];

async function usedOf(api: ApiClient): Promise<Record<string, number>> {
  const { body } = await api.get('/elb/quotas/details');
  const used = (body.quotas as { quota_key: string; used: number }[])
    .filter((each) => each.used > 0)
    .map((each) => [each.quota_key, each.used]);
  return Object.fromEntries(used);
}

test('all twenty quotas are shown, unlimited unless the inventory limits them', async () => {
  await using controlPlane = await startTestControlPlane({
    ...seedInventory,
    quotas: { loadbalancer: 50, certificate: 120, free_instance_members_per_pool: 0 },
  });
  const { api } = controlPlane;
  const { status, body } = await api.get('/elb/quotas');
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(body).sort(), ['quota', 'request_id']);
  const { project_id, ...limits } = body.quota;
  assert.equal(project_id, api.projectId);
  const wanted: Record<string, number> = {
    ...Object.fromEntries(keys.map((key) => [key, -1])),
    loadbalancer: 50,
    certificate: 120,
    free_instance_members_per_pool: 0,
  };
  assert.deepEqual(limits, wanted);
  const details = await api.get('/elb/quotas/details');
  assert.deepEqual(
    details.body.quotas,
    keys.map((quota_key) => ({ quota_key, quota_limit: wanted[quota_key], used: 0, unit: 'count' })),
  );
});

test('what is used is counted, per project or in the fullest load balancer or pool', async () => {
  await using controlPlane = await startTestControlPlane();
  const { api, other } = controlPlane;
  const [busy, idle] = [await makeLoadBalancer(api), await makeLoadBalancer(api)];
  const listen = (loadbalancer_id: string, protocol_port: number) =>
    api.create('/elb/listeners', { listener: { loadbalancer_id, protocol: 'HTTP', protocol_port } });
  const listener = await listen(busy.id, 80);
  await listen(busy.id, 81);
  await listen(idle.id, 80);
  const pool = await api.create('/elb/pools', {
    pool: { listener_id: listener.id, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' },
  });
  const second = await api.create('/elb/pools', {
    pool: { loadbalancer_id: busy.id, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' },
  });
  for (const [pool_id, count] of [[pool.id, 3] as const, [second.id, 1] as const]) {
    for (let index = 0; index < count; index++) {
      await api.create(`/elb/pools/${pool_id}/members`, {
        member: { address: '10.9.0.1', protocol_port: 8000 + index },
      });
    }
  }
  await api.create('/elb/healthmonitors', {
    healthmonitor: { pool_id: pool.id, type: 'HTTP', delay: 5, timeout: 3, max_retries: 3 },
  });
  assert.deepEqual(await usedOf(api), {
    loadbalancer: 2,
    listener: 3,
    pool: 2,
    member: 4,
    healthmonitor: 1,
    listeners_per_loadbalancer: 2,
    listeners_per_pool: 1,
    members_per_pool: 3,
  });
  assert.deepEqual(await usedOf(other), {});
});

test('what listeners use of IP groups is counted in the fullest of them', async () => {
  await using controlPlane = await startTestControlPlane();
  const { api, other } = controlPlane;
  const group = (...ips: string[]) =>
    api.create('/elb/ipgroups', { ipgroup: { ip_list: ips.map((ip) => ({ ip })) } });
  const [one, two, unused] = [
    await group('10.0.0.1'),
    await group('10.0.0.2', '::/0'),
    await group('1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4'),
  ];
  const lb = await makeLoadBalancer(api);
  for (const [index, ipgroup_id] of [two.id, `${one.id},${two.id}`].entries()) {
    await makeListener(api, lb.id, { protocol_port: 80 + index, ipgroup: { ipgroup_id } });
  }
  assert.deepEqual(await usedOf(api), {
    loadbalancer: 1,
    listener: 2,
    listeners_per_loadbalancer: 2,
    ipgroup: 3,
    ipgroups_per_listener: 2,
    ipgroup_bindings: 2,
    ipgroup_max_length: 3,
  });
  assert.equal((await api.delete(`/elb/ipgroups/${unused.id}`)).status, 204);
  assert.deepEqual(await usedOf(other), {});
});

test('a listener counts once for a pool, however many of its policies send requests there too', async () => {
  await using controlPlane = await startTestControlPlane({
    ...seedInventory,
    quotas: { listeners_per_pool: 1 },
  });
  const { api } = controlPlane;
  const { lb, listener, pool } = await makeRoad(api);
  await makePolicy(api, listener.id, { redirect_pool_id: pool.id });
  await makePolicy(api, listener.id, { redirect_pool_id: pool.id });
  assert.equal((await usedOf(api))['listeners_per_pool'], 1);
  const beside = await makeListener(api, lb.id, { protocol_port: 81 });
  const l7policy = { listener_id: beside.id, action: 'REDIRECT_TO_POOL', redirect_pool_id: pool.id };
  assertRefused(await api.post('/elb/l7policies', { l7policy }), 409, 'ELB.8905', /listeners_per_pool/);
});

test('details are left to the asked keys, and a key that is none is refused', async () => {
  await using controlPlane = await startTestControlPlane({ ...seedInventory, quotas: { loadbalancer: 1 } });
  const { api } = controlPlane;
  await makeLoadBalancer(api);
  const { body } = await api.get('/elb/quotas/details?quota_key=pool&quota_key=loadbalancer');
  assert.deepEqual(body.quotas, [
    { quota_key: 'loadbalancer', quota_limit: 1, used: 1, unit: 'count' },
    { quota_key: 'pool', quota_limit: -1, used: 0, unit: 'count' },
  ]);
  const unknown = await api.get('/elb/quotas/details?quota_key=pools');
  assert.equal(unknown.status, 400);
  assert.match(
    unknown.body.error_msg,
    /'quota_key': got "pools", expected one of loadbalancer, listener, pool/,
  );

  const refused = await api.post('/elb/loadbalancers', {
    loadbalancer: {
      vip_subnet_cidr_id: seedInventory.vpcs?.[0]?.subnets[0]?.neutron_subnet_id,
      availability_zone_list: ['az1'],
    },
  });
  assert.equal(refused.status, 409);
  assert.equal(refused.body.error_code, 'ELB.8905');
});
