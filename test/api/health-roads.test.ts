/** Statuses of members by every road from a listener to their pool, and as their servers come and go (2.4.5, 3.1). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InventoryFile } from '../../src/model/inventory.ts';
import type { ApiClient } from '../support/api-client.ts';
import { startTestControlPlane } from '../support/control-plane.ts';
import {
  assertDone,
  loopback,
  loopbackInventory,
  makeListener,
  makeLoadBalancer,
  makeMasterSlavePool,
  makeMember,
  makeMonitor,
  makePolicy,
  makePool,
} from './fixtures.ts';

/** A member whose server is stopped: OFFLINE as soon as there are a monitor and a listener. */
const stopped = { address: loopback.stopped, subnet_cidr_id: loopback.subnet };
const running = { address: loopback.running, subnet_cidr_id: loopback.subnet };
const up = { admin_state_up: true, delay: 50, max_retries_down: 10 };
const words = ['NO_MONITOR', 'INITIAL', 'ONLINE', 'OFFLINE', 'UNKNOWN'];

/** The members of a pool, once it is seen that each filter finds exactly those that show its status. */
async function membersOf(api: ApiClient, poolId: string) {
  const path = `/elb/pools/${poolId}/members`;
  const { members } = assertDone(await api.get(path));
  for (const word of words) {
    const found = assertDone(await api.get(`${path}?operating_status=${word}`)).members;
    // biome-ignore lint/suspicious/noExplicitAny: members as the API answers them
    const shown = members.filter((each: any) => each.operating_status === word);
    assert.deepEqual(found, shown, word);
  }
  return members;
}

async function statusOf(api: ApiClient, poolId: string): Promise<string> {
  const [{ operating_status }] = await membersOf(api, poolId);
  return operating_status;
}

test('a member has the status by every road: default pool, policy, weighted pools and master-slave pool', async () => {
  await using cp = await startTestControlPlane(loopbackInventory);
  const { api } = cp;
  const lb = await makeLoadBalancer(api, { vip_subnet_cidr_id: loopback.subnet });
  const pools = await Promise.all([1, 2, 3, 4].map(() => makePool(api, { loadbalancer_id: lb.id })));
  const [straight, byPolicy, heavy, light] = pools.map(({ id }) => id as string);
  for (const { id } of pools) {
    await makeMember(api, id, stopped);
    assert.equal(await statusOf(api, id), 'NO_MONITOR');
    await makeMonitor(api, id, up);
    assert.equal(await statusOf(api, id), 'UNKNOWN', 'no listener uses the pool');
  }
  const listeners = await Promise.all(
    [81, 82, 83].map((protocol_port) =>
      makeListener(api, lb.id, { protocol_port, enhance_l7policy_enable: true }),
    ),
  );
  const [first, second, third] = listeners.map(({ id }) => id as string);
  assertDone(await api.put(`/elb/listeners/${first}`, { listener: { default_pool_id: straight } }));
  const policy = await makePolicy(api, second ?? '', { redirect_pool_id: byPolicy });
  await makePolicy(api, third ?? '', {
    redirect_pools_config: [
      { pool_id: heavy, weight: 90 },
      { pool_id: light, weight: 10 },
    ],
  });
  const standby = await makeMasterSlavePool(api, {
    members: [
      { ...stopped, protocol_port: 1, role: 'master' },
      { ...running, protocol_port: 1, role: 'slave' },
    ],
    ...{ type: 'instance', vpc_id: loopback.vpcId },
    loadbalancer_id: lb.id,
  });
  const fourth = await makeListener(api, lb.id, {
    ...{ protocol: 'TCP', protocol_port: 84, default_pool_id: standby.id },
  });
  const roads: [string | undefined, string | undefined][] = [
    [straight, first],
    [byPolicy, second],
    [heavy, third],
    [light, third],
  ];
  for (const [poolId = '', listenerId] of roads) {
    const [member] = await membersOf(api, poolId);
    assert.equal(member.operating_status, 'OFFLINE');
    assert.deepEqual(
      member.status.map((each: { listener_id: string; operating_status: string }) => [
        each.listener_id,
        each.operating_status,
      ]),
      [[listenerId, 'OFFLINE']],
    );
  }
  const { pool } = assertDone(await api.get(`/elb/master-slave-pools/${standby.id}`));
  assert.deepEqual(
    pool.members.map((each: { role: string; operating_status: string }) => [
      each.role,
      each.operating_status,
    ]),
    [
      ['master', 'OFFLINE'],
      ['slave', 'INITIAL'],
    ],
  );
  const tree = assertDone(await api.get(`/elb/loadbalancers/${lb.id}/statuses`)).statuses.loadbalancer;
  assert.equal(tree.operating_status, 'DEGRADED');
  for (const id of [first, second, third, fourth.id]) {
    const node = tree.listeners.find((each: { id: string }) => each.id === id);
    assert.equal(node.operating_status, 'DEGRADED', 'a member below is OFFLINE');
  }
  assertDone(await api.delete(`/elb/l7policies/${policy.id}`), 204);
  assert.equal(await statusOf(api, byPolicy ?? ''), 'UNKNOWN', 'no listener uses the pool any more');
});

test('INITIAL is shown at once when a monitor appears or comes up, NO_MONITOR when it goes', async () => {
  await using cp = await startTestControlPlane(loopbackInventory);
  const { api } = cp;
  const lb = await makeLoadBalancer(api, { vip_subnet_cidr_id: loopback.subnet });
  const listener = await makeListener(api, lb.id);
  const pool = await makePool(api, { listener_id: listener.id });
  await makeMember(api, pool.id, running);
  const monitor = await makeMonitor(api, pool.id, up);
  assert.equal(await statusOf(api, pool.id), 'INITIAL');
  const set = async (healthmonitor: object) =>
    assertDone(await api.put(`/elb/healthmonitors/${monitor.id}`, { healthmonitor }));
  await set({ admin_state_up: false });
  assert.equal(await statusOf(api, pool.id), 'NO_MONITOR');
  await set({ admin_state_up: true });
  assert.equal(await statusOf(api, pool.id), 'INITIAL');
  assertDone(await api.delete(`/elb/healthmonitors/${monitor.id}`), 204);
  assert.equal(await statusOf(api, pool.id), 'NO_MONITOR');
});

test('a server that is no more makes its members OFFLINE; an address that never had one leaves them UNKNOWN', async () => {
  await using cp = await startTestControlPlane(loopbackInventory);
  const lb = await makeLoadBalancer(cp.api, { vip_subnet_cidr_id: loopback.subnet });
  const listener = await makeListener(cp.api, lb.id);
  const pool = await makePool(cp.api, { listener_id: listener.id });
  const had = await makeMember(cp.api, pool.id, running);
  const never = await makeMember(cp.api, pool.id, { ...running, address: '127.70.0.77' });
  await makeMonitor(cp.api, pool.id, up);
  const statuses = async () =>
    Object.fromEntries(
      (await membersOf(cp.api, pool.id)).map((each: { id: string; operating_status: string }) => [
        each.id,
        each.operating_status,
      ]),
    );
  assert.deepEqual(await statuses(), { [had.id]: 'INITIAL', [never.id]: 'UNKNOWN' });
  const without: InventoryFile = {
    ...loopbackInventory,
    vpcs: (loopbackInventory.vpcs ?? []).map((vpc) =>
      vpc.id === loopback.vpcId ? { ...vpc, servers: [] } : vpc,
    ),
  };
  await cp.restart(without);
  assert.deepEqual(await statuses(), { [had.id]: 'OFFLINE', [never.id]: 'UNKNOWN' });
  const [gone] = (await membersOf(cp.api, pool.id)).filter(({ id }: { id: string }) => id === had.id);
  assert.deepEqual([gone.reason, gone.admin_state_up, gone.instance_id], [null, false, had.instance_id]);
  await cp.restart(loopbackInventory);
  assert.deepEqual(await statuses(), { [had.id]: 'INITIAL', [never.id]: 'UNKNOWN' });
});
