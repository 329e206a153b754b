/** The configuration stream as a proxy sees it, and what a control plane bears from one that lies. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { createInterface, type Interface } from 'node:readline';
import { after, before, test } from 'node:test';
import { type ConfigurationDelta, streamPath, streamProtocol } from '../../src/dataplane/configuration.ts';
import { makeListener, makeLoadBalancer, makePolicy, makePool } from '../api/fixtures.ts';
import { startTestControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { until } from '../support/until.ts';

let controlPlane: TestControlPlane;

before(async () => {
  controlPlane = await startTestControlPlane();
});

after(() => controlPlane[Symbol.asyncDispose]());

test('a member added to a pool of many travels alone', async () => {
  const pool = await newPool();
  for (let batch = 0; batch < 5; batch++) {
    const members = Array.from({ length: 200 }, (_, index) => memberAt(batch, index));
    assert.equal((await controlPlane.api.post(`${pool}/members/batch-add`, { members })).status, 200);
  }
  using peer = await Peer.open();
  const snapshot = await peer.delta();
  assert.equal(snapshot.base, null);
  const member = await controlPlane.api.create(`${pool}/members`, { member: memberAt(9, 9) });
  const delta = await peer.delta();
  assert.equal(delta.base, snapshot.revision);
  assert.deepEqual(
    delta.members.flatMap(({ put }) => put.map(({ id }) => id)),
    [member.id],
  );
  assert.deepEqual([delta.pools.put, delta.listeners.put], [[], []]);
  await controlPlane.api.delete(`${pool}/members/${member.id}`);
  const removal = await peer.delta();
  assert.equal(removal.base, delta.revision);
  assert.deepEqual(
    removal.members.map(({ put, remove }) => [put, remove]),
    [[[], [member.id]]],
  );
});

test('a proxy that returns with the newest revision gets no snapshot', async () => {
  const pool = await newPool();
  const known = await Peer.newest();
  using peer = await Peer.open({ known });
  await controlPlane.api.create(`${pool}/members`, { member: memberAt(1, 1) });
  const delta = await peer.delta();
  assert.equal(delta.base, known.revision);
});

test('a proxy that returns with an older revision, or that of another store, gets a snapshot', async () => {
  const newest = await Peer.newest();
  await newPool();
  for (const known of [newest, { ...newest, source: 'another store' }, { ...newest, revision: 1e9 }]) {
    using peer = await Peer.open({ known });
    const snapshot = await peer.delta();
    assert.equal(snapshot.base, null);
    assert.equal(snapshot.source, newest.source);
  }
});

test('changes made at the same time reach a proxy in order and without a gap', async () => {
  const pool = await newPool();
  using peer = await Peer.open();
  let { revision } = await peer.delta();
  const created = Array.from({ length: 100 }, (_, index) =>
    controlPlane.api.create(`${pool}/members`, { member: memberAt(2, index) }),
  );
  const missing = new Set((await Promise.all(created)).map(({ id }) => id));
  while (missing.size > 0) {
    const delta = await peer.delta();
    assert.equal(delta.base, revision);
    revision = delta.revision;
    for (const { put } of delta.members) for (const { id } of put) missing.delete(id);
  }
});

test('a policy travels alone, with every change of its rules, and is taken back when it has no effect', async () => {
  const { api } = controlPlane;
  const lb = await makeLoadBalancer(api);
  const listener = await makeListener(api, lb.id, { enhance_l7policy_enable: true });
  await makeFixed(listener.id, { rules: [pathRule('/other')] });
  using peer = await Peer.open();
  const snapshot = await peer.delta();
  assert.equal(snapshot.policies.put.filter(({ listenerId }) => listenerId === listener.id).length, 1);

  const policy = await makeFixed(listener.id, {});
  assert.deepEqual(
    await policyStep(peer),
    { put: [], remove: [policy.id] },
    'without rules it is for nothing',
  );
  const rule = await api.create(`/elb/l7policies/${policy.id}/rules`, { rule: pathRule('/a') });
  assert.deepEqual((await policyStep(peer)).put[0]?.rules, [
    { id: rule.id, part: 'path', name: '', comparison: 'equal', values: ['/a'], inverted: false },
  ]);
  await api.put(`/elb/l7policies/${policy.id}/rules/${rule.id}`, { rule: { value: '/other' } });
  assert.deepEqual(
    await policyStep(peer),
    { put: [], remove: [policy.id] },
    'in ERROR: another has those rules',
  );
  await api.put(`/elb/l7policies/${policy.id}`, { l7policy: { rules: [pathRule('/b')], priority: 77 } });
  const [put] = (await policyStep(peer)).put;
  assert.deepEqual(
    [put?.id, put?.rules[0]?.values, put?.places.priority.slice(0, 7)],
    [policy.id, ['/b'], '1 00077'],
  );
  await api.delete(`/elb/l7policies/${policy.id}`);
  assert.deepEqual(await policyStep(peer), { put: [], remove: [policy.id] });
});

test('without advanced forwarding a policy’s place is told by its rules, and switching it on changes the listener', async () => {
  const { api } = controlPlane;
  const lb = await makeLoadBalancer(api);
  const listener = await makeListener(api, lb.id, {});
  const pool = await makePool(api, { type: 'ip' });
  const forward = (value: string) =>
    makePolicy(api, listener.id, { redirect_pool_id: pool.id, rules: [pathRule(value)] });
  const [short, long] = [await forward('/a'), await forward('/longer')];
  using peer = await Peer.open();
  const snapshot = await peer.delta();
  const own = snapshot.policies.put.filter(({ listenerId }) => listenerId === listener.id);
  const inOrder = own.toSorted((a, b) => (a.places.exactness < b.places.exactness ? -1 : 1));
  assert.deepEqual(
    inOrder.map(({ id }) => id),
    [long.id, short.id],
  );
  assert.equal(settingsOf(snapshot, listener.id)?.policyOrder, 'exactness');
  await api.put(`/elb/listeners/${listener.id}`, { listener: { enhance_l7policy_enable: true } });
  const delta = await peer.delta();
  assert.equal(settingsOf(delta, listener.id)?.policyOrder, 'priority');
  assert.deepEqual(
    delta.policies.put
      .toSorted((a, b) => (a.places.priority < b.places.priority ? -1 : 1))
      .map(({ id }) => id),
    [long.id, short.id],
  );
});

test('a wrong token, another path and another protocol open no stream', async () => {
  assert.equal(await Peer.refusal({ token: 'wrong' }), 401);
  assert.equal(await Peer.refusal({ token: '' }), 401);
  // Those are ordinary calls: one that a user may make, and one that nobody may.
  assert.equal(await Peer.refusal({ path: '/elbow/v1/proxies' }), 401);
  assert.equal(await Peer.refusal({ protocol: 'websocket' }), 404);
});

test('what is no report ends the stream, and nothing else', async () => {
  const wrong = [
    'garbage',
    'null',
    '[]',
    '7',
    '{}',
    '{"source":"s","revision":1}',
    '{"source":"s","revision":1,"listeners":[null],"removed":[]}',
    '{"source":"s","revision":1,"listeners":[{"id":"l","state":"singing"}],"removed":[]}',
    '{"source":"s","revision":"1","listeners":[],"removed":[]}',
    '{"source":"s","revision":1,"listeners":{},"removed":[]}',
    '{"source":"s","revision":1,"listeners":[],"removed":[7]}',
  ];
  for (const line of wrong) {
    using peer = await Peer.open();
    await peer.delta();
    const closed = peer.closed();
    peer.socket.write(`${line}\n`);
    await closed;
  }
  assert.equal((await controlPlane.api.get('/healthz')).status, 200);
});

test('a line without end ends the stream', async () => {
  using peer = await Peer.open();
  const closed = peer.closed();
  const piece = Buffer.alloc(1024 * 1024, 'x');
  for (let sent = 0; sent < 17 && !peer.socket.destroyed; sent++) peer.socket.write(piece);
  await closed;
  assert.equal((await controlPlane.api.get('/healthz')).status, 200);
});

test('a proxy that goes leaves the list of proxies', async () => {
  const named = async () =>
    (await controlPlane.api.get('/elbow/v1/proxies')).body.proxies.filter(
      ({ name }: { name: string }) => name === 'short-lived',
    );
  {
    using peer = await Peer.open({ name: 'short-lived' });
    await peer.delta();
    const [shown] = await named();
    assert.equal(shown.revision, null);
    const report = { source: peer.source, revision: 1, listeners: [], removed: [] };
    peer.socket.write(`${JSON.stringify(report)}\n`);
    await until(async () => (await named())[0].revision === 1);
  }
  await until(async () => (await named()).length === 0);
});

interface PeerOptions {
  readonly token?: string;
  readonly path?: string;
  readonly protocol?: string;
  readonly name?: string;
  readonly known?: { readonly source: string; readonly revision: number };
}

/** The proxy's end of a stream. */
class Peer implements Disposable {
  readonly socket: Socket;
  readonly #lines: AsyncIterator<string>;
  readonly #interface: Interface;
  source = '';

  private constructor(socket: Socket) {
    this.socket = socket.on('error', () => {});
    this.#interface = createInterface({ input: socket });
    this.#lines = this.#interface[Symbol.asyncIterator]();
  }

  static async open(options: PeerOptions = {}): Promise<Peer> {
    const [, socket, head] = await once(upgrade(options), 'upgrade');
    if (head.length > 0) socket.unshift(head);
    return new Peer(socket);
  }

  /** What a proxy knows that has taken everything so far. */
  static async newest(): Promise<{ source: string; revision: number }> {
    using peer = await Peer.open();
    return await peer.delta();
  }

  /** The status of an answer that is no stream. */
  static async refusal(options: PeerOptions): Promise<number | undefined> {
    const [response] = (await once(upgrade(options), 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  }

  /** The next delta. */
  async delta(): Promise<ConfigurationDelta> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      assert.ok(!done, 'the stream has ended');
      if (value === '') continue;
      const delta = JSON.parse(value) as ConfigurationDelta;
      this.source = delta.source;
      return delta;
    }
  }

  /** Resolves when the stream has ended, cleanly or not. */
  closed(): Promise<void> {
    return new Promise((resolve) => this.socket.once('close', () => resolve()));
  }

  [Symbol.dispose](): void {
    this.#interface.close();
    this.socket.destroy();
  }
}

function upgrade({
  token = 'proxy-token',
  path = streamPath,
  protocol = streamProtocol,
  name,
  known,
}: PeerOptions) {
  const headers = {
    authorization: `Bearer ${token}`,
    connection: 'Upgrade',
    upgrade: protocol,
    ...(name ? { 'x-elbow-proxy': name } : {}),
    ...(known ? { 'x-elbow-source': known.source, 'x-elbow-revision': String(known.revision) } : {}),
  };
  return request(new URL(path, controlPlane.url), { headers }).end();
}

const pathRule = (value: string) => ({ type: 'PATH', compare_type: 'EQUAL_TO', value });

/** A new policy that answers 200. */
function makeFixed(listenerId: string, fields: object) {
  const fixed_response_config = { status_code: '200' };
  return makePolicy(controlPlane.api, listenerId, {
    action: 'FIXED_RESPONSE',
    fixed_response_config,
    ...fields,
  });
}

/** What the next delta says of policies: nothing else may be in it. */
async function policyStep(peer: Peer): Promise<ConfigurationDelta['policies']> {
  const { pools, members, policies, listeners } = await peer.delta();
  assert.deepEqual([pools.put, members, listeners.put], [[], [], []]);
  return policies;
}

function settingsOf({ listeners }: ConfigurationDelta, id: string) {
  return listeners.put.find((each) => each.id === id)?.http;
}

/** The path of a new pool. */
async function newPool(): Promise<string> {
  const { api } = controlPlane;
  const { vpcs } = (await api.get(`/v1/${api.projectId}/vpcs`)).body;
  const pool = { protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', type: 'instance', vpc_id: vpcs[0].id };
  return `/elb/pools/${(await api.create('/elb/pools', { pool })).id}`;
}

function memberAt(block: number, index: number) {
  return { address: `10.${block}.0.${index + 1}`, protocol_port: 80 };
}
