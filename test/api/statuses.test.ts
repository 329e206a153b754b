/** The status tree of a load balancer (rules digest 3.1). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { startTestControlPlane } from '../support/control-plane.ts';
import {
  assertDone,
  assertRefused,
  loopback,
  loopbackInventory,
  makeListener,
  makeLoadBalancer,
  makeMember,
  makeMonitor,
  makePool,
  makeRoad,
  places,
} from './fixtures.ts';

const treeOf = async (api: ApiClient, id: string) =>
  assertDone(await api.get(`/elb/loadbalancers/${id}/statuses`)).statuses.loadbalancer;

/** A member whose server is stopped: OFFLINE as soon as there is a monitor. */
const stopped = { address: loopback.stopped, subnet_cidr_id: loopback.subnet };

const onLoopback = { vip_subnet_cidr_id: loopback.subnet };
const up = { admin_state_up: true, delay: 50, max_retries_down: 10 };

test('an empty load balancer has a tree of itself', async () => {
  await using cp = await startTestControlPlane();
  const lb = await makeLoadBalancer(cp.api, { name: 'lb' });
  const reply = await cp.api.get(`/elb/loadbalancers/${lb.id}/statuses`);
  assert.deepEqual(Object.keys(assertDone(reply)).sort(), ['request_id', 'statuses']);
  assert.deepEqual(reply.body.statuses, {
    loadbalancer: {
      ...{ id: lb.id, name: 'lb', provisioning_status: 'ACTIVE', operating_status: 'ONLINE' },
      ...{ listeners: [], pools: [] },
    },
  });
});

test('the tree shows listeners with their pool, and every pool of the load balancer', async () => {
  await using cp = await startTestControlPlane(loopbackInventory);
  const { api } = cp;
  const { lb, listener, pool } = await makeRoad(api, { name: 'used' }, onLoopback);
  const spare = await makePool(api, { loadbalancer_id: lb.id, name: 'spare' });
  const monitor = await makeMonitor(api, pool.id, { ...up, name: 'm' });
  const member = await makeMember(api, pool.id, { ...stopped, address: loopback.running });
  const node = { provisioning_status: 'ACTIVE', operating_status: 'ONLINE' };
  const usedNode = {
    ...{ id: pool.id, name: 'used', ...node },
    healthmonitor: { id: monitor.id, name: 'm', type: 'HTTP', provisioning_status: 'ACTIVE' },
    members: [
      {
        ...{ id: member.id, address: member.address, protocol_port: member.protocol_port },
        ...{ provisioning_status: 'ACTIVE', operating_status: 'INITIAL' },
      },
    ],
  };
  const spareNode = { id: spare.id, name: 'spare', ...node, healthmonitor: null, members: [] };
  assert.deepEqual(await treeOf(api, lb.id), {
    ...{ id: lb.id, name: '', ...node },
    listeners: [{ id: listener.id, name: '', ...node, pools: [usedNode], l7policies: [] }],
    pools: [usedNode, spareNode].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  });
});

test('an OFFLINE member makes its pool, its listener and the load balancer DEGRADED, and nothing beside', async () => {
  await using cp = await startTestControlPlane(loopbackInventory);
  const { api } = cp;
  const { lb, listener, pool } = await makeRoad(api, {}, onLoopback);
  const healthy = await makeListener(api, lb.id, { protocol_port: 81 });
  const other = await makePool(api, { listener_id: healthy.id });
  await makeMonitor(api, pool.id, up);
  await makeMember(api, pool.id, stopped);
  await makeMember(api, other.id, { ...stopped, address: loopback.running });
  const tree = await treeOf(api, lb.id);
  const statusOf = (nodes: { id: string; operating_status: string }[], id: string) =>
    nodes.find((each) => each.id === id)?.operating_status;
  assert.equal(tree.operating_status, 'DEGRADED');
  assert.equal(statusOf(tree.listeners, listener.id), 'DEGRADED');
  assert.equal(statusOf(tree.pools, pool.id), 'DEGRADED');
  assert.equal(statusOf(tree.listeners, healthy.id), 'ONLINE');
  assert.equal(statusOf(tree.pools, other.id), 'ONLINE');
  const shown = assertDone(await api.get(`/elb/loadbalancers/${lb.id}`)).loadbalancer;
  assert.equal(shown.operating_status, 'ONLINE', 'DEGRADED appears in the tree only (C56)');
});

test('C40 admin_state_up false makes a load balancer and all below it DISABLED', async () => {
  await using cp = await startTestControlPlane(loopbackInventory);
  const { api } = cp;
  const { lb, pool } = await makeRoad(api, {}, onLoopback);
  await makeMonitor(api, pool.id, up);
  await makeMember(api, pool.id, stopped);
  assertDone(await api.put(`/elb/loadbalancers/${lb.id}`, { loadbalancer: { admin_state_up: false } }));
  const tree = await treeOf(api, lb.id);
  assert.equal(tree.operating_status, 'DISABLED');
  assert.equal(tree.listeners[0].operating_status, 'DISABLED');
  assert.equal(tree.pools[0].operating_status, 'DISABLED');
  assert.equal(tree.pools[0].members[0].operating_status, 'DISABLED');
  const member = assertDone(await api.get(`/elb/pools/${pool.id}/members`)).members[0];
  assert.equal(member.operating_status, 'OFFLINE', 'the member itself does not say DISABLED');
});

test('a member without a server is DISABLED; an IP address used as a member is not', async () => {
  await using cp = await startTestControlPlane();
  const { lb, pool } = await makeRoad(cp.api);
  await makeMember(cp.api, pool.id, { address: '10.20.0.99', subnet_cidr_id: places.declaredSubnet });
  await makeMember(cp.api, pool.id, { address: '10.99.0.1', subnet_cidr_id: null });
  const { members } = (await treeOf(cp.api, lb.id)).pools[0];
  assert.deepEqual(
    Object.fromEntries(
      members.map((each: { address: string; operating_status: string }) => [
        each.address,
        each.operating_status,
      ]),
    ),
    { '10.20.0.99': 'DISABLED', '10.99.0.1': 'NO_MONITOR' },
  );
});

test('the tree of no load balancer, or of another project’s, is not found', async () => {
  await using cp = await startTestControlPlane();
  const lb = await makeLoadBalancer(cp.api);
  const wording = /load balancer .* could not be found/;
  assertRefused(await cp.api.get(`/elb/loadbalancers/${places.nothing}/statuses`), 404, 'ELB.8904', wording);
  assertRefused(await cp.other.get(`/elb/loadbalancers/${lb.id}/statuses`), 404, 'ELB.8904', wording);
});
