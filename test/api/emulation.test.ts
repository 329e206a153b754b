/** The emulation controls: what they pretend, that it ends, and that they are off unless asked for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closedPort, tcpPeer } from '../health/peers.ts';
import type { ApiClient } from '../support/api-client.ts';
import { seedInventory, startTestControlPlane } from '../support/control-plane.ts';
import { EventStream } from '../support/event-stream.ts';
import { until } from '../support/until.ts';
import {
  assertDone,
  assertRefused,
  loopbackInventory,
  makeLoadBalancer,
  makeMonitor,
  makeRoad,
} from './fixtures.ts';

const now = () => new Date();
const startEmulation = (inventory = loopbackInventory) => startTestControlPlane(inventory, now, now, true);
const base = '/elbow/v1/emulation';

/** A member whose pool has a monitor that asks so seldom that only time or force changes anything. */
async function watched(api: ApiClient, port: number, fields: object = {}) {
  const { pool } = await makeRoad(api);
  const path = `/elb/pools/${pool.id}/members`;
  const { id } = await api.create(path, { member: { address: '127.0.0.1', protocol_port: port } });
  const seldom = { type: 'TCP', delay: 50, timeout: 2, max_retries: 2, max_retries_down: 2 };
  await makeMonitor(api, pool.id, { admin_state_up: true, ...seldom, ...fields });
  return {
    id: id as string,
    show: async () => assertDone(await api.get(`${path}/${id}`)).member,
    force: (emulation: object) => api.put(`${base}/members/${id}`, { emulation }),
    end: () => api.delete(`${base}/members/${id}`),
  };
}

test('without --emulation each control is not found, and says how it would be', async () => {
  await using cp = await startTestControlPlane();
  const id = '8f0e6a7c-0d0b-4b50-9c8f-1a2b3c4d5e6f';
  for (const [method, path, body] of [
    ['PUT', `members/${id}`, { emulation: { verdict: 'OFFLINE' } }],
    ['DELETE', `members/${id}`, undefined],
    ['PUT', 'pending', { pending: {} }],
    ['PUT', 'faults', { faults: [] }],
    ['POST', 'clock/advance', { advance_ms: 1 }],
  ] as const) {
    assertRefused(await cp.api.call(method, `${base}/${path}`, body), 404, 'ELB.8904', /with --emulation/);
  }
});

test('a forced verdict shows at once with any reason, and ends in INITIAL and what probes show', async () => {
  await using cp = await startEmulation();
  await using peer = await tcpPeer((socket) => socket.resume());
  const member = await watched(cp.api, peer.port, { delay: 1 });
  await until(async () => (await member.show()).operating_status === 'ONLINE', 30_000);
  const mismatch = {
    reason_code: 'RESPONSE_MISMATCH',
    expected_response: '200',
    healthcheck_response: '503',
  };
  assertDone(await member.force({ verdict: 'OFFLINE', ...mismatch }), 204);
  await until(async () => (await member.show()).operating_status === 'OFFLINE');
  assert.deepEqual((await member.show()).reason, mismatch);
  assertDone(await member.force({ verdict: 'ONLINE' }), 204);
  await until(async () => (await member.show()).operating_status === 'ONLINE');
  assertDone(await member.force({ verdict: 'OFFLINE' }), 204);
  await until(async () => (await member.show()).reason?.reason_code === 'CONNECT_REFUSED');
  assertDone(await member.end(), 204);
  await until(async () => (await member.show()).operating_status === 'ONLINE', 30_000);
});

test('a forced verdict can wait, and flap, by the clock that can be moved on', async () => {
  await using cp = await startEmulation();
  const member = await watched(cp.api, 9);
  await using stream = await EventStream.open(cp.api, '?type=health');
  assertDone(await member.force({ verdict: 'OFFLINE', delay_ms: 600_000, flap_ms: 60_000 }), 204);
  assert.equal((await member.show()).operating_status, 'INITIAL');
  assertDone(await cp.api.post(`${base}/clock/advance`, { advance_ms: 730_000 }));
  const verdicts = [await stream.next(), await stream.next(), await stream.next()];
  assert.deepEqual(
    verdicts.map(({ data }) => data.health.verdict),
    ['OFFLINE', 'ONLINE', 'OFFLINE'],
  );
});

test('a member of another project, or without a monitor, cannot be forced', async () => {
  await using cp = await startEmulation();
  const member = await watched(cp.api, 9);
  const forced = { emulation: { verdict: 'OFFLINE' } };
  const foreign = await cp.other.put(`${base}/members/${member.id}`, forced);
  assertRefused(foreign, 404, 'ELB.8904', /could not be found/);
  const { pool } = await makeRoad(cp.api);
  const alone = await cp.api.create(`/elb/pools/${pool.id}/members`, {
    member: { address: '127.0.0.1', protocol_port: 9 },
  });
  const unwatched = await cp.api.put(`${base}/members/${alone.id}`, forced);
  assertRefused(unwatched, 409, 'ELB.8907', /no health monitor that is up/);
});

test('the clock moves probes on: INITIAL, ONLINE, OFFLINE and back in no time, with dates to match', async () => {
  await using cp = await startEmulation();
  await using peer = await tcpPeer((socket) => socket.resume());
  const member = await watched(cp.api, peer.port);
  const monitors = assertDone(await cp.api.get('/elb/healthmonitors')).healthmonitors;
  const set = async (healthmonitor: object) =>
    assertDone(await cp.api.put(`/elb/healthmonitors/${monitors[0].id}`, { healthmonitor }));
  const advance = async (seconds: number) =>
    Date.parse(assertDone(await cp.api.post(`${base}/clock/advance`, { advance_ms: seconds * 1000 })).now);
  const status = async () => (await member.show()).operating_status;
  const begun = performance.now();
  assert.equal(await status(), 'INITIAL');
  await until(async () => {
    await advance(51);
    return (await status()) === 'ONLINE';
  });
  await set({ monitor_port: (await closedPort()).port });
  await until(async () => {
    await advance(51);
    return (await status()) === 'OFFLINE';
  });
  assert.equal((await member.show()).reason.reason_code, 'CONNECT_REFUSED');
  await set({ monitor_port: null });
  await until(async () => {
    await advance(51);
    return (await status()) === 'ONLINE';
  });
  assert.ok(performance.now() - begun < 20_000, 'five probes, 50 s apart');
  const { transitions } = assertDone(await cp.api.get(`/elbow/v1/members/${member.id}/history`)).history;
  const [up, down] = transitions.map(({ at }: { at: string }) => Date.parse(at));
  assert.ok(up - down >= 50_000 && (await advance(1)) - Date.now() > 150_000);
});

test('load balancers pass through pending states for as long as is asked', async () => {
  await using cp = await startEmulation(seedInventory);
  const { api } = cp;
  const times = { create_ms: 60_000, update_ms: 60_000, delete_ms: 60_000 };
  assertDone(await api.put(`${base}/pending`, { pending: times }), 204);
  const lb = await makeLoadBalancer(api);
  assert.equal(lb.provisioning_status, 'PENDING_CREATE');
  const path = `/elb/loadbalancers/${lb.id}`;
  const stateOf = async () => assertDone(await api.get(path)).loadbalancer.provisioning_status;
  const rename = (name: string) => api.put(path, { loadbalancer: { name } });
  const pass = async () => assertDone(await api.post(`${base}/clock/advance`, { advance_ms: 60_001 }));
  assert.equal(await stateOf(), 'PENDING_CREATE');
  assert.equal(
    assertDone(await api.get('/elb/loadbalancers')).loadbalancers[0].provisioning_status,
    'PENDING_CREATE',
  );
  assertRefused(await rename('early'), 409, 'ELB.8907', /is PENDING_CREATE; wait until it is ACTIVE/);
  await pass();
  assert.equal(await stateOf(), 'ACTIVE');
  assert.equal(assertDone(await rename('later')).loadbalancer.provisioning_status, 'PENDING_UPDATE');
  await pass();
  assertDone(await api.delete(path), 204);
  assert.equal(await stateOf(), 'PENDING_DELETE');
  assert.equal((await cp.other.get(`/v3/${cp.other.projectId}${path}`)).status, 404);
  await pass();
  assert.equal((await api.get(path)).status, 404);
});

test('calls fail with a given code, at a given rate, or wait, until the faults are taken away', async () => {
  await using cp = await startEmulation(seedInventory);
  const { api } = cp;
  const befall = async (...faults: object[]) => assertDone(await api.put(`${base}/faults`, { faults }), 204);
  await befall({ operation: 'ListPools', error_code: 'ELB.8906' });
  assertRefused(await api.get('/elb/pools'), 500, 'ELB.8906', /Emulated by/);
  assertDone(await api.get('/elb/listeners'));
  await befall({ operation: '*', error_code: 'ELB.8905', rate: 0.5 });
  const statuses = await Promise.all(
    Array.from({ length: 60 }, async () => (await api.get('/elb/pools')).status),
  );
  assert.deepEqual(new Set(statuses), new Set([200, 409]));
  await befall({ operation: 'ListPools', delay_ms: 300 });
  const begun = performance.now();
  assertDone(await api.get('/elb/pools'));
  assert.ok(performance.now() - begun >= 295);
  await befall();
  assertDone(await api.get('/elb/pools'));
  const wrong = await api.put(`${base}/faults`, { faults: [{ operation: 'ListPools', error_code: 'E1' }] });
  assertRefused(wrong, 400, 'ELB.8902', /faults.*error_code/);
});
