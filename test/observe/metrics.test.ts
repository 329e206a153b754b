/** `GET /metrics` of a control plane: who sees what, and that it is what Prometheus can read. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import { after, before, test } from 'node:test';
import { streamPath, streamProtocol } from '../../src/dataplane/configuration.ts';
import { ProbeMetrics } from '../../src/health/probe-metrics.ts';
import { countersOf, type TrafficKind } from '../../src/observe/traffic-counts.ts';
import { trafficFamilies } from '../../src/observe/traffic-families.ts';
import { CommitMetrics } from '../../src/store/commit-metrics.ts';
import { makeListener, makeLoadBalancer, makeMember, makePool } from '../api/fixtures.ts';
import { startTestControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { Exposition } from '../support/exposition.ts';
import { until } from '../support/until.ts';

let controlPlane: TestControlPlane;

before(async () => {
  controlPlane = await startTestControlPlane();
});

after(() => controlPlane[Symbol.asyncDispose]());

const scrape = async (
  headers: Readonly<Record<string, string>> = { authorization: 'Bearer metrics-token' },
) => {
  const response = await fetch(`${controlPlane.url}/metrics`, { headers });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  return new Exposition(text);
};

test('metrics want a credential: nobody, a wrong bearer token, and the token elsewhere are answered 401', async () => {
  for (const [path, authorization, message] of [
    ['/metrics', undefined, /Authentication is required/],
    ['/metrics', 'Bearer proxy-token', /bearer token is not the metrics_token/],
    ['/metrics', 'Basic bWV0cmljcy10b2tlbg==', /not understood/],
    ['/elbow/v1/proxies', 'Bearer metrics-token', /not understood/],
  ] as const) {
    const response = await fetch(`${controlPlane.url}${path}`, {
      headers: authorization ? { authorization } : {},
    });
    const { error_code, error_msg } = (await response.json()) as Record<string, string>;
    assert.deepEqual([response.status, error_code], [401, 'SYS.0401'], `${path} ${authorization}`);
    assert.match(error_msg ?? '', message);
  }
});

test('the metrics token and the first user see everything, another user only their own projects', async () => {
  const { api, other } = controlPlane;
  const lb = await makeLoadBalancer(api, { name: 'mine' });
  const listener = await makeListener(api, lb.id, { name: 'na"me\\with\nlines' });
  const pool = await makePool(api, { loadbalancer_id: lb.id });
  const member = await makeMember(api, pool.id);
  using proxy = await ToldProxy.open('proxy-1');
  proxy.tell([
    ['listener', listener.id, lb.id, { connectionsOpened: 7, connectionsClosed: 3, requests2xx: 5 }],
    ['pool', pool.id, '', { unserved: 2, answersWithin25ms: 4, answersLater: 1, answerMilliseconds: 12_500 }],
    ['member', member.id, pool.id, { failuresConnect: 3, retries: 1 }],
    ['listener', 'of-nobody', lb.id, { connectionsOpened: 1 }],
  ]);
  const token = await scrapedOnce();
  const labels = { proxy: 'proxy-1', listener_id: listener.id, loadbalancer_id: lb.id };
  assert.equal(token.value('elbow_listener_connections_total', labels), 7);
  assert.equal(token.value('elbow_listener_connections_open', labels), 4);
  assert.equal(token.value('elbow_listener_requests_total', { ...labels, code: '2xx' }), 5);
  assert.equal(
    token.value('elbow_listener_requests_total', { listener: 'na"me\\with\nlines', code: '5xx' }),
    0,
  );
  assert.equal(token.value('elbow_pool_unserved_total', { pool_id: pool.id }), 2);
  assert.equal(token.value('elbow_pool_answer_seconds_bucket', { pool_id: pool.id, le: '0.025' }), 4);
  assert.equal(token.value('elbow_pool_answer_seconds_bucket', { pool_id: pool.id, le: '10' }), 4);
  assert.equal(token.value('elbow_pool_answer_seconds_bucket', { pool_id: pool.id, le: '+Inf' }), 5);
  assert.equal(token.value('elbow_pool_answer_seconds_sum', { pool_id: pool.id }), 12.5);
  assert.equal(token.value('elbow_member_failures_total', { member_id: member.id, kind: 'connect' }), 3);
  assert.equal(token.value('elbow_members', { project_id: api.projectId }), 1);
  assert.equal(token.value('elbow_proxies_connected', {}), 1);
  assert.ok((token.value('elbow_revision', {}) ?? 0) > 0);
  assert.ok(
    (token.value('elbow_api_call_seconds_count', { operation: 'CreateMember', status: '201' }) ?? 0) > 0,
  );
  assert.ok((token.value('elbow_store_commit_writers_count', {}) ?? 0) > 0);
  assert.ok((token.value('process_cpu_seconds_total', {}) ?? 0) > 0);
  assert.ok(!token.text.includes('of-nobody'), 'what there is not has no series');

  const first = await scrape(api.headers);
  assert.deepEqual(first.names, token.names);
  const theirs = await scrape(other.headers);
  assert.ok(!theirs.text.includes(api.projectId) && !theirs.text.includes(listener.id));
  assert.ok(
    ![...theirs.names].some((name) => /^(process|elbow_(proxy|api|store|proxies|revision))/.test(name)),
  );

  await api.delete(`/elb/pools/${pool.id}/members/${member.id}`);
  assert.equal((await scrape()).value('elbow_member_retries_total', { member_id: member.id }), undefined);
});

test('two proxies by one name are one series, and a proxy that is gone takes its series with it', async () => {
  const { api } = controlPlane;
  const lb = await makeLoadBalancer(api);
  const listener = await makeListener(api, lb.id);
  const row = (count: number) => [['listener', listener.id, lb.id, { connectionsOpened: count }]] as const;
  {
    using one = await ToldProxy.open('twin');
    using two = await ToldProxy.open('twin');
    one.tell(row(3));
    two.tell(row(4));
    await until(
      async () =>
        (await scrape()).value('elbow_listener_connections_total', { listener_id: listener.id }) === 7,
    );
  }
  await until(
    async () =>
      (await scrape()).value('elbow_listener_connections_total', { listener_id: listener.id }) === undefined,
  );
});

test('counters that are not known here are passed over, and a report without counters is one as ever', async () => {
  const { api } = controlPlane;
  const lb = await makeLoadBalancer(api);
  const listener = await makeListener(api, lb.id);
  using proxy = await ToldProxy.open('newer');
  proxy.send({
    names: { listener: ['fromTheFuture', 'connectionsOpened', 'toString'], tunnel: ['x'] },
    rows: [
      { kind: 'listener', id: listener.id, parentId: lb.id, values: [9, 2, 3] },
      { kind: 'tunnel', id: 'x', parentId: '', values: [1] },
    ],
    removed: [],
  });
  const labels = { listener_id: listener.id };
  await until(async () => (await scrape()).value('elbow_listener_connections_total', labels) === 2);
  proxy.send(undefined);
  assert.equal((await scrape()).value('elbow_listener_connections_total', labels), 2);
  proxy.send({ names: {}, rows: [], removed: [{ kind: 'listener', id: listener.id }] });
  await until(async () => (await scrape()).value('elbow_listener_connections_total', labels) === undefined);
  proxy.send({
    names: {},
    rows: [{ kind: 'listener', id: listener.id, parentId: '', values: ['1'] }],
    removed: [],
  });
  await proxy.closed;
});

async function scrapedOnce(): Promise<Exposition> {
  let last = await scrape();
  await until(async () => {
    last = await scrape();
    return last.names.has('elbow_member_failures_total');
  });
  return last;
}

type Row = readonly [TrafficKind, string, string, Readonly<Record<string, number>>];

/** A configuration stream whose proxy says what the test wants. */
class ToldProxy implements Disposable {
  readonly closed: Promise<unknown>;
  readonly #socket: Duplex;

  private constructor(socket: Duplex) {
    this.#socket = socket;
    this.closed = once(socket.resume(), 'close');
  }

  static async open(name: string): Promise<ToldProxy> {
    const headers = {
      ...{ authorization: 'Bearer proxy-token', connection: 'Upgrade' },
      ...{ upgrade: streamProtocol, 'x-elbow-proxy': name },
    };
    const [, socket] = await once(
      request(new URL(streamPath, controlPlane.url), { headers }).end(),
      'upgrade',
    );
    return new ToldProxy(socket);
  }

  tell(rows: readonly Row[]): void {
    this.send({
      names: Object.fromEntries(Object.entries(countersOf).map(([kind, of]) => [kind, Object.keys(of)])),
      rows: rows.map(([kind, id, parentId, counts]) => ({
        ...{ kind, id, parentId },
        values: Object.keys(countersOf[kind]).map((name) => counts[name] ?? 0),
      })),
      removed: [],
    });
  }

  send(traffic: unknown): void {
    this.#socket.write(
      `${JSON.stringify({ source: 'x', revision: -1, listeners: [], removed: [], traffic })}\n`,
    );
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}

test('docs/observability.md has every metric that there is, with its type, and no other', async () => {
  const { api } = controlPlane;
  const lb = await makeLoadBalancer(api);
  await makeMember(api, (await makePool(api, { loadbalancer_id: lb.id })).id);
  using _proxy = await ToldProxy.open('documented');
  await until(async () => (await scrape()).value('elbow_proxies_connected', {}) === 1);
  const page = readFileSync(new URL('../../docs/observability.md', import.meta.url), 'utf8');
  const documented = [...page.matchAll(/^\| `([a-z_]+)` \| (counter|gauge|histogram)/gm)].map(
    ([, name, type]) => `${name} ${type}`,
  );
  const families = [
    ...trafficFamilies([]),
    ...(await scrape()).families,
    ...new ProbeMetrics().families(),
    ...new CommitMetrics().families(),
  ];
  const served = new Set(families.map(({ name, type }) => `${name} ${type}`));
  assert.deepEqual(documented.toSorted(), [...served].toSorted());
});
