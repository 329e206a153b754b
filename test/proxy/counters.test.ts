/** What the engine counts, seen from real clients and members. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countersOf, type TrafficKind } from '../../src/observe/traffic-counts.ts';
import { TrafficCounters } from '../../src/proxy/counters/traffic-counters.ts';
import { TrafficTotals } from '../../src/proxy/counters/traffic-totals.ts';
import { until } from '../support/until.ts';
import { OK, RawMember } from './raw-member.ts';
import { freePort, GET, GET_AND_CLOSE, RunningEngine } from './running-engine.ts';

/** What was counted until now, by name, without what is 0. */
class Counted {
  readonly #engine: RunningEngine;
  readonly #rows = new Map<TrafficKind, Readonly<Record<string, number>>>();

  constructor(engine: RunningEngine) {
    this.#engine = engine;
  }

  of(kind: TrafficKind, id: string): Readonly<Record<string, number>> {
    for (const row of this.#engine.engine.takeTraffic()) {
      if (row.kind === kind && row.id !== id) continue;
      const named = Object.entries(countersOf[row.kind]).map(([name, place]) => [
        name,
        row.values[place] ?? 0,
      ]);
      this.#rows.set(row.kind, Object.fromEntries(named.filter(([, value]) => value !== 0)));
    }
    return this.#rows.get(kind) ?? {};
  }
}

test('a request and its answer count on the listener, the member and the pool, with every byte', async (t) => {
  const member = await RawMember.answering(t, OK);
  const running = await RunningEngine.start(t, { members: [member.configuration()] });
  const answer = await running.exchange(GET_AND_CLOSE);
  const counted = new Counted(running);
  await until(() => counted.of('listener', 'listener')['connectionsClosed'] === 1);
  assert.deepEqual(counted.of('listener', 'listener'), {
    ...{ connectionsOpened: 1, connectionsClosed: 1, requests2xx: 1 },
    ...{ bytesReceived: GET_AND_CLOSE.length, bytesSent: answer.length },
  });
  const ofMember = counted.of('member', member.configuration().id);
  const { connectionsOpened, answers2xx, bytesReceived, bytesSent = 0 } = ofMember;
  assert.deepEqual([connectionsOpened, answers2xx, bytesReceived], [1, 1, OK.length]);
  assert.ok(bytesSent > GET.length, 'with X-Forwarded-For');
  const buckets = Object.entries(ofMember).filter(([name]) => /^answers(Within|Later)/.test(name));
  assert.deepEqual(
    buckets.map(([, value]) => value),
    [1],
    'an answer is in one bucket',
  );
  assert.deepEqual(counted.of('pool', 'pool'), ofMember);
});

test('failures are told apart, and what went on elsewhere is counted where it failed', async (t) => {
  const resets = await RawMember.start(
    t,
    (session) => void session.until('\r\n\r\n').then(() => session.close()),
  );
  const babbles = await RawMember.answering(t, 'what?\r\n\r\n');
  const silent = await RawMember.start(t);
  const absent = { ...silent.configuration(), id: 'absent', port: await freePort('127.0.0.1') };
  for (const [member, failure, status] of [
    [resets.configuration(), 'failuresReset', 502],
    [babbles.configuration(), 'failuresInvalid', 502],
    [silent.configuration(), 'failuresTimeout', 504],
    [absent, 'failuresConnect', 503],
  ] as const) {
    const running = await RunningEngine.start(t, { members: [member], http: { memberTimeoutMs: 100 } });
    const answer = await running.exchange(GET_AND_CLOSE);
    const counted = new Counted(running);
    const ofMember = counted.of('member', member.id);
    const failures = Object.entries(ofMember).filter(([name]) => name.startsWith('failures'));
    assert.deepEqual(failures, [[failure, 1]], member.id);
    assert.equal(ofMember['retries'] ?? 0, failure === 'failuresConnect' ? 1 : 0);
    const ofListener = counted.of('listener', 'listener');
    assert.deepEqual(
      [Number(answer.slice(9, 12)), ofListener['requests5xx']],
      [status === 503 ? Number(answer.slice(9, 12)) : status, 1],
    );
  }
});

test('a request for which there is no member is unserved, and a client that leaves is answered 499', async (t) => {
  const silent = await RawMember.start(t);
  const running = await RunningEngine.start(t, {});
  await running.exchange(GET_AND_CLOSE);
  const counted = new Counted(running);
  assert.deepEqual(counted.of('pool', 'pool'), { unserved: 1 });
  running.putMember(silent.configuration());
  const client = await running.client();
  client.send(GET);
  await (await silent.session(0)).until('\r\n\r\n');
  client.socket.resetAndDestroy();
  await until(() => counted.of('listener', 'listener')['requests4xx'] === 1);
});

test('bytes of TCP count both ways, and an open connection is one that has not closed', async (t) => {
  const member = await RawMember.start(t, async (session) => {
    await session.until('ping');
    session.send('pong!');
  });
  const setup = {
    listener: { http: null },
    pool: { protocol: 'tcp' },
    members: [member.configuration()],
  } as const;
  const running = await RunningEngine.start(t, setup);
  const client = await running.client();
  client.send('ping');
  await client.until('pong!');
  const counted = new Counted(running);
  assert.deepEqual(counted.of('listener', 'listener'), {
    connectionsOpened: 1,
    bytesReceived: 4,
    bytesSent: 5,
  });
  const ofMember = counted.of('member', member.configuration().id);
  assert.deepEqual(ofMember, { connectionsOpened: 1, bytesSent: 4, bytesReceived: 5 });
  client.socket.resetAndDestroy();
  await until(() => counted.of('listener', 'listener')['connectionsClosed'] === 1);
});

test('a client that the access control refuses is counted, and nothing else of it', async (t) => {
  const running = await RunningEngine.start(t, { listener: { access: { allowsListed: true, ranges: [] } } });
  await running.exchange(GET).catch(() => {});
  assert.deepEqual(new Counted(running).of('listener', 'listener'), { connectionsRefused: 1 });
});

test('the sums of a pool keep what its members counted, after those are gone', () => {
  let now = 0;
  const counters = new TrafficCounters(() => now);
  const pool = counters.pool('pool');
  const member = counters.member('member', 'pool');
  const { retries } = countersOf.member;
  member[retries] = 3;
  const told = (exists: boolean) => counters.take((kind) => kind === 'pool' || exists);
  assert.equal(told(true).find(({ kind }) => kind === 'pool')?.values[retries], 3);
  assert.deepEqual(told(false), [], 'it is kept for a while');
  now = 10 * 60 * 1000;
  assert.deepEqual(told(false), []);
  const again = counters.member('member', 'pool');
  assert.notEqual(again, member, 'it was forgotten');
  again[retries] = 1;
  assert.equal(told(true).find(({ kind }) => kind === 'pool')?.values[retries], 4);
  assert.equal(pool[retries], 3);
});

test('a worker that dies loses nothing that it told, but its open connections', () => {
  const { connectionsOpened, connectionsClosed, bytesSent } = countersOf.listener;
  const values = (opened: number, closed: number, sent: number) => {
    const row = new Array<number>(Object.keys(countersOf.listener).length).fill(0);
    row[connectionsOpened] = opened;
    row[connectionsClosed] = closed;
    row[bytesSent] = sent;
    return [{ kind: 'listener', id: 'l', parentId: 'lb', values: row }] as const;
  };
  let now = 0;
  const totals = new TrafficTotals(() => now);
  totals.add(0, values(5, 2, 100));
  totals.add(1, values(1, 0, 10));
  totals.add(0, values(6, 2, 150));
  totals.forgetWorker(0);
  totals.add(0, values(1, 0, 1));
  const [row] = totals.take(false).rows;
  assert.deepEqual(
    [connectionsOpened, connectionsClosed, bytesSent].map((place) => row?.values[place]),
    [8, 6, 161],
  );
  assert.deepEqual(totals.take(false), { rows: [], removed: [] });
  assert.equal(totals.take(true).rows.length, 1, 'who knows nothing gets everything');
  totals.add(1, values(0, 0, 7));
  assert.equal(totals.rows()[0]?.values[bytesSent], 168, 'a worker that began anew');
  now = 10 * 60 * 1000;
  totals.prune(() => true);
  assert.equal(totals.rows().length, 1);
  totals.prune(() => false);
  assert.deepEqual(totals.take(false), { rows: [], removed: [{ kind: 'listener', id: 'l' }] });
});
