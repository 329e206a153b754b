/**
 * The calls of the Kubernetes cloud controller manager for a service of type LoadBalancer, class dedicated, in their
 * order. It builds its own host names and needs a cluster, so its requests are sent for it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertDone, loopback, loopbackInventory } from '../api/fixtures.ts';
import type { ApiClient } from '../support/api-client.ts';
import { seed, startTestControlPlane } from '../support/control-plane.ts';

const name = 'k8s_service_cluster_default_web';

/** A load balancer that the controller polls until it is ACTIVE, and fails on ERROR. */
async function waitFor(api: ApiClient, id: string): Promise<void> {
  const { loadbalancer } = assertDone(await api.get(`/elb/loadbalancers/${id}`));
  assert.equal(loadbalancer.provisioning_status, 'ACTIVE');
}

async function ensureLoadBalancer(api: ApiClient): Promise<string> {
  assert.deepEqual(assertDone(await api.get(`/elb/loadbalancers?name=${name}`)).loadbalancers, []);
  const { servers } = assertDone(
    await api.get(`/v1/${seed.projectId}/cloudservers/detail?ip-eq=${loopback.running}`),
  );
  const path = `/v1/${seed.projectId}/cloudservers/${servers[0].id}/os-interface`;
  const { interfaceAttachments } = assertDone(await api.get(path));
  const [fixed] = interfaceAttachments[0].fixed_ips;
  assert.equal(fixed.ip_address, loopback.running);
  const lb = await api.create('/elb/loadbalancers', {
    loadbalancer: {
      ...{ name, description: 'made for a service', provider: 'vlb', availability_zone_list: ['az1'] },
      vip_subnet_cidr_id: fixed.subnet_id,
    },
  });
  await waitFor(api, lb.id);
  // An exact name: two hits would be an error.
  assert.equal(assertDone(await api.get(`/elb/loadbalancers?name=${name}`)).loadbalancers.length, 1);
  return lb.id;
}

async function ensurePort(api: ApiClient, lb: string, port: number): Promise<void> {
  const listener = await api.create('/elb/listeners', {
    listener: {
      ...{ loadbalancer_id: lb, name: `tcp-${port}`, protocol: 'TCP', protocol_port: port },
      insert_headers: { 'X-Forwarded-Host': false },
    },
  });
  const { pools } = assertDone(await api.get(`/elb/pools?loadbalancer_id=${lb}`));
  const of = (pool: { listeners: { id: string }[] }) => pool.listeners.some(({ id }) => id === listener.id);
  assert.equal(pools.find(of), undefined);
  const pool = await api.create('/elb/pools', {
    pool: { listener_id: listener.id, protocol: 'TCP', lb_algorithm: 'ROUND_ROBIN' },
  });
  assert.ok(!pool.healthmonitor_id);
  assert.deepEqual(assertDone(await api.get(`/elb/pools/${pool.id}/members`)).members, []);
  await api.create(`/elb/pools/${pool.id}/members`, {
    member: { address: loopback.running, protocol_port: 30080, subnet_cidr_id: loopback.subnet },
  });
  await waitFor(api, lb);
  await api.create('/elb/healthmonitors', {
    healthmonitor: { pool_id: pool.id, type: 'TCP', delay: 5, timeout: 3, max_retries: 3 },
  });
}

async function removeListener(api: ApiClient, lb: string, listener: string): Promise<void> {
  const path = `/elb/pools?loadbalancer_id=${lb}&listener_id=${listener}`;
  const [pool] = assertDone(await api.get(path)).pools;
  const members = `/v2/${seed.projectId}/elb/pools/${pool.id}/members`;
  for (const { id } of assertDone(await api.get(members)).members) {
    assert.equal((await api.delete(`${members}/${id}`)).status, 204);
  }
  assert.equal((await api.delete(`/elb/healthmonitors/${pool.healthmonitor_id}`)).status, 204);
  assert.equal((await api.delete(`/elb/pools/${pool.id}`)).status, 204);
  assert.deepEqual(assertDone(await api.get(path)).pools, []);
  assert.equal((await api.delete(`/elb/listeners/${listener}`)).status, 204);
}

test('trap 20: the cloud controller manager makes a service, changes it, and empties its pools through v2', async () => {
  await using controlPlane = await startTestControlPlane(loopbackInventory);
  const { api } = controlPlane;
  const lb = await ensureLoadBalancer(api);
  assert.deepEqual(assertDone(await api.get(`/elb/listeners?loadbalancer_id=${lb}`)).listeners, []);
  for (const port of [80, 443]) await ensurePort(api, lb, port);
  const { listeners } = assertDone(await api.get(`/elb/listeners?loadbalancer_id=${lb}`));
  assert.equal(listeners.length, 2);
  const changed = { listener: { name: 'changed', insert_headers: { 'X-Forwarded-Host': false } } };
  assertDone(await api.put(`/elb/listeners/${listeners[0].id}`, changed));
  for (const { id } of listeners) await removeListener(api, lb, id);
  assert.equal((await api.delete(`/elb/loadbalancers/${lb}`)).status, 204);
  assert.equal((await api.get(`/elb/loadbalancers/${lb}`)).status, 404);
});
