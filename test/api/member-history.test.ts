/** The history of members' health, from real probes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keptTransitions, recordTransition, transitionsOf } from '../../src/store/member-transitions.ts';
import { Store } from '../../src/store/store.ts';
import { answering, type Peer, tcpPeer } from '../health/peers.ts';
import { startTestControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { until } from '../support/until.ts';
import {
  assertDone,
  assertRefused,
  loopbackInventory,
  makeMember,
  makeMonitor,
  makeRoad,
} from './fixtures.ts';

/** A server whose answers are scripted: one status for each probe, the last for all that follow. */
async function scripted(statuses: readonly number[]): Promise<Peer & { readonly asked: () => number }> {
  let asked = 0;
  const peer = await tcpPeer((socket) => {
    const status = statuses[Math.min(asked++, statuses.length - 1)];
    answering(`HTTP/1.1 ${status} Scripted\r\n\r\n`)(socket);
  });
  return { ...peer, asked: () => asked };
}

async function watched({ api }: TestControlPlane, port: number, thresholds: object) {
  const { pool } = await makeRoad(api);
  const path = `/elb/pools/${pool.id}/members`;
  const { id } = await api.create(path, { member: { address: '127.0.0.1', protocol_port: port } });
  await makeMonitor(api, pool.id, { admin_state_up: true, delay: 1, timeout: 1, ...thresholds });
  return { id: id as string, poolId: pool.id as string };
}

test('max_retries and max_retries_down are exact, in both directions, and the history shows each probe', async () => {
  await using cp = await startTestControlPlane(loopbackInventory);
  // The first success is enough for a new member; two failures of three, a success, then three; one success, a
  // failure, then two.
  await using peer = await scripted([200, 500, 500, 200, 500, 500, 500, 200, 500, 200, 200, 200]);
  const member = await watched(cp, peer.port, { max_retries: 2, max_retries_down: 3 });
  const history = async () => assertDone(await cp.api.get(`/elbow/v1/members/${member.id}/history`)).history;
  await until(() => peer.asked() >= 12, 30_000);
  await until(async () => (await history()).transitions.length >= 3);
  const { transitions, probes, ...rest } = await history();
  assert.deepEqual(rest, {
    ...{ member_id: member.id, pool_id: member.poolId, operating_status: 'ONLINE', is_flapping: false },
  });
  assert.deepEqual(
    transitions.map(
      ({ verdict, reason }: { verdict: string; reason: { healthcheck_response: string } | null }) => [
        verdict,
        reason?.healthcheck_response,
      ],
    ),
    [
      ['ONLINE', undefined],
      ['OFFLINE', '500'],
      ['ONLINE', undefined],
    ],
  );
  const [up, down, first] = transitions;
  const secondsBetween = (a: { at: string }, b: { at: string }) =>
    (Date.parse(a.at) - Date.parse(b.at)) / 1000;
  assert.equal(
    Math.round(secondsBetween(down, first)),
    6,
    'the seventh probe was the third failure in a row',
  );
  assert.equal(Math.round(secondsBetween(up, down)), 4, 'the eleventh was the second success in a row');
  assert.equal(probes.length, 10);
  const failure = probes.find(({ outcome }: { outcome: string }) => outcome === 'failed');
  assert.deepEqual(
    [failure.reason.reason_code, failure.latency_ms, failure.cause],
    ['RESPONSE_MISMATCH', null, null],
  );
  assert.ok(
    probes.some(
      (each: { outcome: string; latency_ms: number }) => each.outcome === 'passed' && each.latency_ms > 0,
    ),
  );
});

test('transitions outlive the control plane; the last probes are those of the one that runs', async () => {
  await using cp = await startTestControlPlane(loopbackInventory);
  await using peer = await scripted([200]);
  const member = await watched(cp, peer.port, { max_retries: 1, max_retries_down: 1 });
  const history = async () => assertDone(await cp.api.get(`/elbow/v1/members/${member.id}/history`)).history;
  await until(async () => (await history()).transitions.length === 1);
  const before = await history();
  await cp.restart();
  const after = await history();
  assert.deepEqual(after.transitions, before.transitions);
  assertDone(await cp.api.delete(`/elb/pools/${member.poolId}/members/${member.id}`), 204);
  assertRefused(
    await cp.api.get(`/elbow/v1/members/${member.id}/history`),
    ...([404, 'ELB.8904', /member .* could not be found/] as const),
  );
});

test('the history of a member of another project is not found', async () => {
  await using cp = await startTestControlPlane();
  const { pool } = await makeRoad(cp.api);
  const { id } = await makeMember(cp.api, pool.id);
  const { history } = assertDone(await cp.api.get(`/elbow/v1/members/${id}/history`));
  assert.deepEqual([history.operating_status, history.transitions, history.probes], ['NO_MONITOR', [], []]);
  assertRefused(await cp.other.get(`/elbow/v1/members/${id}/history`), 404, 'ELB.8904', /could not be found/);
});

test('a member that flaps is reported, and no more than 100 transitions of it are kept', async () => {
  await using cp = await startTestControlPlane(loopbackInventory);
  const { pool } = await makeRoad(cp.api);
  const { id } = await cp.api.create(`/elb/pools/${pool.id}/members`, {
    member: { address: '127.0.0.1', protocol_port: 9 },
  });
  const { directory } = cp;
  const at = new Date();
  await cp.whileStopped(async () => {
    const store = await Store.open({ directory });
    for (let index = 0; index < keptTransitions + 5; index++) {
      await store.write(async (tx) => {
        const verdict = index % 2 === 0 ? 'ONLINE' : 'OFFLINE';
        await tx.db.insertInto('changes').values(change(id, at)).execute();
        await recordTransition(tx, id, { at, verdict, reason: null, latencyMs: index });
      });
    }
    const kept = await transitionsOf(store.reader, id);
    assert.deepEqual([kept.length, kept[0]?.latencyMs, kept.at(-1)?.latencyMs], [keptTransitions, 104, 5]);
    await store.close();
  });
  const { history } = assertDone(await cp.api.get(`/elbow/v1/members/${id}/history`));
  assert.deepEqual([history.is_flapping, history.transitions.length], [true, keptTransitions]);
});

function change(id: string, at: Date) {
  return {
    project_id: '',
    type: 'member',
    id,
    parent_id: null,
    operation: 'update' as const,
    at: at.getTime(),
  };
}
