/** Adding zones to a load balancer and taking them away (rules digest 2.1.7, AZ add/remove). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { seedInventory, startTestControlPlane } from '../support/control-plane.ts';
import { evidence } from '../support/evidence.ts';
import { assertDone, assertRefused, makeLoadBalancer, places } from './fixtures.ts';

const threeZones = {
  ...seedInventory,
  region: { name: 'region-1', availability_zones: ['az1', 'az2', 'az3'] },
};

const change = (api: ApiClient, id: string, verb: string, ...zones: string[]) =>
  api.post(`/elb/loadbalancers/${id}/availability-zone/${verb}`, { availability_zone_list: zones });

test('zones come behind those there are, and go, and the whole load balancer is answered', async () => {
  await using cp = await startTestControlPlane(threeZones);
  const { api } = cp;
  const lb = await makeLoadBalancer(api, { availability_zone_list: ['az2'] });
  const added = assertDone(await change(api, lb.id, 'batch-add', 'az3', 'az1', 'az3'));
  assert.deepEqual(Object.keys(added).sort(), ['loadbalancer', 'request_id']);
  assert.deepEqual(added.loadbalancer.availability_zone_list, ['az2', 'az3', 'az1']);
  assert.deepEqual(Object.keys(added.loadbalancer), Object.keys(lb));
  const removed = assertDone(await change(api, lb.id, 'batch-remove', 'az2', 'az1'));
  assert.deepEqual(Object.keys(removed).sort(), ['loadbalancer', 'request_id']);
  assert.deepEqual(removed.loadbalancer.availability_zone_list, ['az3']);
  const shown = assertDone(await api.get(`/elb/loadbalancers/${lb.id}`)).loadbalancer;
  assert.deepEqual(shown, removed.loadbalancer);
  const listed = assertDone(await api.get('/elb/loadbalancers?availability_zone_list=az3')).loadbalancers;
  assert.deepEqual(listed, [shown]);
});

test('what is there already, or away already, is no error and no change', async () => {
  await using cp = await startTestControlPlane(threeZones);
  const lb = await makeLoadBalancer(cp.api, { availability_zone_list: ['az1', 'az2'] });
  assert.deepEqual(assertDone(await change(cp.api, lb.id, 'batch-add', 'az2')).loadbalancer, lb);
  assert.deepEqual(assertDone(await change(cp.api, lb.id, 'batch-remove', 'az3')).loadbalancer, lb);
});

test('one zone remains, zones are those of the region, and a wrong call changes nothing', async () => {
  evidence('loadbalancer.availability_zone_list', 'enforced');
  await using cp = await startTestControlPlane(threeZones);
  const { api } = cp;
  const lb = await makeLoadBalancer(api, { availability_zone_list: ['az1', 'az2'] });
  const wrong: [string, readonly string[], RegExp][] = [
    ['batch-remove', ['az1', 'az2'], /availability_zone_list': .* has only az1, az2; leave it one/],
    ['batch-remove', ['az1', 'az2', 'az3'], /leave it one/],
    ['batch-remove', ['az1', 'az9'], /there is no zone "az9" in region-1; there are az1, az2, az3/],
    ['batch-add', ['az3', 'az9'], /'availability_zone_list': there is no zone "az9"/],
    ['batch-add', [], /availability_zone_list': got \[\], expected a list of 1 to 64 items/],
    ['batch-add', [''], /availability_zone_list\[0\]/],
  ];
  for (const [verb, zones, message] of wrong) {
    assertRefused(await change(api, lb.id, verb, ...zones), 400, 'ELB.8902', message);
  }
  const path = `/elb/loadbalancers/${lb.id}/availability-zone/batch-add`;
  assertRefused(await api.post(path, {}), 400, 'ELB.8902', /availability_zone_list': it is required/);
  assertRefused(await api.post(path, { zones: [] }), 400, 'ELB.8902', /Unrecognized attribute\(s\) 'zones'/);
  assert.deepEqual(assertDone(await api.get(`/elb/loadbalancers/${lb.id}`)).loadbalancer, lb);
});

test('what is not there and what another project has answer the same', async () => {
  await using cp = await startTestControlPlane();
  const lb = await makeLoadBalancer(cp.api);
  for (const verb of ['batch-add', 'batch-remove']) {
    for (const reply of [
      await change(cp.other, lb.id, verb, 'az2'),
      await change(cp.api, places.nothing, verb, 'az2'),
    ]) {
      assertRefused(reply, 404, 'ELB.8904', /^load balancer \S+ could not be found\.$/);
    }
  }
});
