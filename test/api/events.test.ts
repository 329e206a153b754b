/** The stream of events: every change of the caller's projects, in order, resumable, filtered. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closedPort, tcpPeer } from '../health/peers.ts';
import { startTestControlPlane } from '../support/control-plane.ts';
import { EventStream } from '../support/event-stream.ts';
import {
  assertDone,
  assertRefused,
  loopbackInventory,
  makeLoadBalancer,
  makeMonitor,
  makePool,
  makeRoad,
} from './fixtures.ts';

test('each change of a resource is an event, in the order of the changes', async () => {
  await using cp = await startTestControlPlane();
  await using stream = await EventStream.open(cp.api);
  assert.equal(stream.response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
  const lb = await makeLoadBalancer(cp.api);
  assertDone(await cp.api.put(`/elb/loadbalancers/${lb.id}`, { loadbalancer: { name: 'other' } }));
  assertDone(await cp.api.delete(`/elb/loadbalancers/${lb.id}`), 204);
  const events = [await stream.next(), await stream.next(), await stream.next()];
  assert.deepEqual(
    events.map(({ event, data }) => [event, data.type, data.id, data.operation, data.health]),
    ['create', 'update', 'delete'].map((operation) => [
      'loadbalancer',
      'loadbalancer',
      lb.id,
      operation,
      null,
    ]),
  );
  const [first] = events;
  assert.deepEqual(
    [first?.id, first?.data.project_id, first?.data.parent_id],
    [String(first?.data.revision), cp.api.projectId, null],
  );
  assert.ok(Number(events[2]?.id) > Number(events[1]?.id));
});

test('a stream goes on behind the event that a client names, by header or by query', async () => {
  await using cp = await startTestControlPlane();
  await using before = await EventStream.open(cp.api);
  const seen = await makeLoadBalancer(cp.api);
  assert.equal((await before.next()).data.id, seen.id);
  const missed = await makeLoadBalancer(cp.api);
  for (const [query, headers] of [
    ['', { 'last-event-id': before.lastId }],
    [`?last_event_id=${before.lastId}`, {}],
  ] as const) {
    await using after = await EventStream.open(cp.api, query, headers);
    const next = await after.next();
    assert.deepEqual([next.event, next.data.id], ['loadbalancer', missed.id]);
  }
});

test('a client that asks for what is forgotten, or never was, is told to look for itself', async () => {
  await using cp = await startTestControlPlane();
  await makeLoadBalancer(cp.api);
  await using stream = await EventStream.open(cp.api, '', { 'last-event-id': '999999' });
  const { event, id, data } = await stream.next();
  assert.deepEqual([event, id], ['reset', String(data.revision)]);
  const lb = await makeLoadBalancer(cp.api);
  assert.equal((await stream.next()).data.id, lb.id);
  assertRefused(
    await cp.api.get('/elbow/v1/events?last_event_id=new'),
    ...([400, 'ELB.8902', /last_event_id.*expected the id of an event/] as const),
  );
});

test('a stream is filtered by type and by id, and shows nothing of other projects', async () => {
  await using cp = await startTestControlPlane();
  await using others = await EventStream.open(cp.other);
  await using pools = await EventStream.open(cp.api, '?type=pool&type=healthmonitor');
  const { lb, pool } = await makeRoad(cp.api);
  await using one = await EventStream.open(cp.api, `?id=${lb.id}`);
  const { id: monitorId } = await makeMonitor(cp.api, pool.id);
  const spare = await makePool(cp.api, { loadbalancer_id: lb.id });
  assertDone(await cp.api.put(`/elb/loadbalancers/${lb.id}`, { loadbalancer: { name: 'other' } }));
  assert.deepEqual((await one.next()).data.operation, 'update');
  const seen = new Set<string>();
  while (!seen.has(spare.id)) {
    const { event, data } = await pools.next();
    assert.ok(event === 'pool' || event === 'healthmonitor');
    seen.add(data.id);
  }
  assert.deepEqual(seen, new Set([pool.id, monitorId, spare.id]));
  await cp.other.create('/elb/ipgroups', { ipgroup: { name: 'theirs', ip_list: [{ ip: '10.0.0.1' }] } });
  assert.equal((await others.next()).event, 'ipgroup', 'the first that the other project sees is its own');
});

test('transitions of members’ health are events, with what was found', async () => {
  await using cp = await startTestControlPlane(loopbackInventory);
  await using peer = await tcpPeer((socket) => socket.resume());
  const { pool } = await makeRoad(cp.api);
  const path = `/elb/pools/${pool.id}/members`;
  const up = await cp.api.create(path, { member: { address: '127.0.0.1', protocol_port: peer.port } });
  await using stream = await EventStream.open(cp.api, '?type=health');
  const often = {
    admin_state_up: true,
    type: 'TCP',
    delay: 1,
    timeout: 1,
    max_retries: 1,
    max_retries_down: 1,
  };
  const monitor = await makeMonitor(cp.api, pool.id, often);
  const online = await stream.next();
  assert.deepEqual([online.event, online.data.type, online.data.id], ['health', 'member', up.id]);
  assert.deepEqual([online.data.health.verdict, online.data.health.reason], ['ONLINE', null]);
  assert.ok(online.data.health.latency_ms > 0);
  const healthmonitor = { monitor_port: (await closedPort()).port };
  assertDone(await cp.api.put(`/elb/healthmonitors/${monitor.id}`, { healthmonitor }));
  const offline = await stream.next();
  assert.deepEqual(offline.data.health.verdict, 'OFFLINE');
  assert.equal(offline.data.health.reason.reason_code, 'CONNECT_REFUSED');
  const { history } = assertDone(await cp.api.get(`/elbow/v1/members/${up.id}/history`));
  assert.deepEqual(history.transitions, [offline.data.health, online.data.health]);
});

test('a stream ends when the control plane stops, which does not wait for it', async () => {
  await using cp = await startTestControlPlane();
  await using stream = await EventStream.open(cp.api);
  await Promise.all([stream.ended(), cp.restart()]);
});
