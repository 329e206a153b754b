import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seedInventory, startTestControlPlane } from '../support/control-plane.ts';
import { makeLoadBalancer } from './fixtures.ts';

interface Feature {
  readonly feature: string;
  readonly type: string;
  readonly value: string;
}

const valuesOf = (features: readonly Feature[]) =>
  Object.fromEntries(features.map(({ feature, type, value }) => [feature, `${type} ${value}`]));

test('the features of a project follow from the inventory, each with exactly its documented keys', async () => {
  await using controlPlane = await startTestControlPlane();
  const { api } = controlPlane;
  const { status, body } = await api.get('/elb/feature/configs');
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(body).sort(), ['configs', 'page_info', 'request_id']);
  assert.deepEqual(valuesOf(body.configs), {
    ip_target: 'BOOL true',
    ipv6: 'BOOL true',
    pool_multi_attach: 'BOOL true',
    public_ip_creation: 'BOOL false',
    tags_per_resource: 'INT 20',
  });
  assert.equal(body.page_info.current_count, body.configs.length);
  assert.equal(body.page_info.next_marker, undefined);
  const [first] = body.configs;
  const { id, description, created_at, ...rest } = first;
  assert.ok(description.length > 10);
  assert.deepEqual(rest, {
    feature: 'ip_target',
    type: 'BOOL',
    value: 'true',
    switch: true,
    service: 'ELB',
    tenant_id: api.projectId,
    caller: 'elbow',
    updated_at: created_at,
  });
  const one = await api.get('/elb/feature/configs?feature=ip_target');
  assert.deepEqual(one.body.configs, [first]);
  assert.deepEqual(one.body.page_info, { previous_marker: id, current_count: 1 });
  const none = await api.get('/elb/feature/configs?feature=teleport');
  assert.deepEqual(none.body.configs, []);
  assert.deepEqual(none.body.page_info, { current_count: 0 });
});

test('a region without IPv6 says so, and one that makes public IPs', async () => {
  const { region, projects } = seedInventory;
  await using controlPlane = await startTestControlPlane({
    ...(region && { region }),
    ...(projects && { projects }),
    users: seedInventory.users ?? [],
  });
  const { body } = await controlPlane.api.get('/elb/feature/configs');
  const values = valuesOf(body.configs);
  assert.equal(values['ipv6'], 'BOOL false');
  assert.equal(values['public_ip_creation'], 'BOOL true');
});

test('the features of a load balancer are its own', async () => {
  await using controlPlane = await startTestControlPlane();
  const { api, other } = controlPlane;
  const plain = await makeLoadBalancer(api, { ip_target_enable: false });
  const { status, body } = await api.get(`/elb/loadbalancers/${plain.id}/features`);
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(body).sort(), ['features', 'request_id']);
  assert.deepEqual(body.features[0], { feature: 'ip_target', type: 'BOOL', value: 'false' });
  const elsewhere = await makeLoadBalancer(api, {
    vip_subnet_cidr_id: '6d3e2b8f-9d2a-4c1f-8e66-1c8a3a2a0b02',
    ip_target_enable: true,
  });
  const values = valuesOf((await api.get(`/elb/loadbalancers/${elsewhere.id}/features`)).body.features);
  assert.equal(values['ip_target'], 'BOOL true');
  assert.equal(values['ipv6'], 'BOOL false', 'its VPC has no IPv6 network');
  assert.equal((await other.get(`/elb/loadbalancers/${plain.id}/features`)).status, 404);
});

test('a pool serves listeners of several load balancers, as pool_multi_attach says', async () => {
  await using controlPlane = await startTestControlPlane();
  const { api } = controlPlane;
  const pool = await api.create('/elb/pools', {
    pool: {
      loadbalancer_id: (await makeLoadBalancer(api)).id,
      protocol: 'HTTP',
      lb_algorithm: 'ROUND_ROBIN',
    },
  });
  const listener = await api.create('/elb/listeners', {
    listener: {
      loadbalancer_id: (await makeLoadBalancer(api)).id,
      protocol: 'HTTP',
      protocol_port: 80,
      default_pool_id: pool.id,
    },
  });
  const { loadbalancers } = (await api.get(`/elb/pools/${pool.id}`)).body.pool;
  assert.equal(loadbalancers.length, 2);
  assert.equal(listener.default_pool_id, pool.id);
});
