/** What a dry run says of established connections, and that it is what happens to them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { auditedTypes } from '../../src/service/audit.ts';
import { kindOf } from '../../src/service/disruption.ts';
import { balance, NamedMember } from '../support/balanced.ts';
import { startTestControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { ElbowProcess } from '../support/elbow-process.ts';
import { until } from '../support/until.ts';
import { assertDone, makeListener, makeMember, makePool, makeRoad } from './fixtures.ts';

let cp: TestControlPlane;

before(async () => {
  cp = await startTestControlPlane();
});
after(() => cp[Symbol.asyncDispose]());

describe('what connections notice', () => {
  test('is said for every type of resource', () => {
    for (const type of auditedTypes) assert.ok(kindOf({ type }), type);
  });

  test('is said of each listener that uses what changes, also of those that lose it', async () => {
    const { listener, pool, lb } = await makeRoad(cp.api);
    const second = await makeListener(cp.api, lb.id, {
      protocol_port: 81,
      default_pool_id: pool.id,
      name: 'two',
    });
    const apart = await makeListener(cp.api, lb.id, { protocol_port: 82 });
    const { id } = await makeMember(cp.api, pool.id);
    const member = `/elb/pools/${pool.id}/members/${id}?dry_run=true`;
    const effects = async (method: string, path: string, body?: unknown) => {
      const { listeners, disruption } = assertDone(await cp.api.call(method, path, body));
      return [
        disruption.connections,
        Object.fromEntries(
          listeners.map((each: { id: string; connections: string }) => [each.id, each.connections]),
        ),
      ];
    };
    const both = (effect: string) => ({ [listener.id]: effect, [second.id]: effect });
    assert.deepEqual(await effects('DELETE', member), ['drain', both('drain')]);
    assert.deepEqual(await effects('PUT', member, { member: { weight: 0 } }), ['drain', both('drain')]);
    assert.deepEqual(await effects('PUT', member, { member: { weight: 5 } }), ['none', both('none')]);
    assert.deepEqual(await effects('PUT', member, { member: { protocol_port: 81 } }), [
      'drain',
      both('drain'),
    ]);
    const group = await cp.api.create('/elb/ipgroups', { ipgroup: { ip_list: [] } });
    assertDone(
      await cp.api.put(`/elb/listeners/${apart.id}`, { listener: { ipgroup: { ipgroup_id: group.id } } }),
    );
    const entries = { ipgroup: { ip_list: [{ ip: '10.0.0.1' }] } };
    assert.deepEqual(await effects('PUT', `/elb/ipgroups/${group.id}?dry_run=true`, entries), [
      'none',
      { [apart.id]: 'none' },
    ]);
    assert.deepEqual(await effects('DELETE', `/elb/listeners/${apart.id}?dry_run=true`), [
      'drain',
      { [apart.id]: 'drain' },
    ]);
    const tcp = await makeListener(cp.api, lb.id, { protocol: 'TCP', protocol_port: 83 });
    assert.deepEqual(await effects('DELETE', `/elb/listeners/${tcp.id}?dry_run=true`), [
      'close',
      { [tcp.id]: 'close' },
    ]);
    const moved = { loadbalancer: { vip_address: '120.10.10.99' } };
    const all = Object.fromEntries([listener, second, apart, tcp].map((each) => [each.id, 'none']));
    assert.deepEqual(await effects('PUT', `/elb/loadbalancers/${lb.id}?dry_run=true`, moved), ['none', all]);
    const lonely = await makePool(cp.api, { type: 'ip' });
    const nobodys = await makeMember(cp.api, lonely.id, { address: '10.0.0.9', subnet_cidr_id: null });
    assert.deepEqual(await effects('DELETE', `/elb/pools/${lonely.id}/members/${nobodys.id}?dry_run=true`), [
      'none',
      {},
    ]);
  });

  test('is what happens to them', async () => {
    await using elbow = await ElbowProcess.start();
    await using echo = await EchoMember.start();
    const { api } = elbow;
    const tcp = await balance(api, [echo], 'TCP');
    const [memberId = ''] = tcp.memberIds;
    const client = await connected(tcp);
    assert.equal(await client.ask('one'), 'one');
    const memberPath = `/elb/pools/${tcp.poolId}/members/${memberId}`;
    const listenerPath = `/elb/listeners/${tcp.listenerId}`;
    const effectOf = async (path: string) =>
      assertDone(await api.delete(`${path}?dry_run=true`)).listeners.find(
        ({ id }: { id: string }) => id === tcp.listenerId,
      ).connections;

    assert.equal(await effectOf(memberPath), 'drain');
    assertDone(await api.delete(memberPath), 204);
    await until(async () => (await isReset(tcp)) === true);
    assert.equal(await client.ask('two'), 'two', 'the connection to the member that is gone goes on');

    assert.equal(await effectOf(listenerPath), 'close');
    assert.equal(await client.ask('three'), 'three', 'a dry run is nothing that it notices');
    assertDone(await api.delete(listenerPath), 204);
    await client.closed;

    await using named = await NamedMember.start('named');
    const http = await balance(api, [named]);
    const agent = new Agent({ keepAlive: true });
    const ask = () =>
      new Promise<{ text: string; isReused: boolean }>((resolve, reject) => {
        const asked = httpRequest(http.url, { agent }, (response) => {
          let text = '';
          response.on('data', (piece) => {
            text += piece;
          });
          response.on('end', () => resolve({ text, isReused: asked.reusedSocket }));
        });
        asked.on('error', reject).end();
      });
    await until(() =>
      ask().then(
        ({ text }) => text === 'named',
        () => false,
      ),
    );
    const weightless = { member: { weight: 0 } };
    const httpMember = `/elb/pools/${http.poolId}/members/${http.memberIds[0]}`;
    const planned = assertDone(await api.put(`${httpMember}?dry_run=true`, weightless));
    assert.equal(planned.disruption.connections, 'drain');
    assert.deepEqual(await ask(), { text: 'named', isReused: true }, 'a dry run is nothing that it notices');
    assertDone(await api.put(httpMember, weightless));
    await until(async () => {
      const { text, isReused } = await ask();
      assert.ok(isReused, 'the connection goes on, whatever its requests are answered');
      return text !== 'named';
    });
    agent.destroy();
  });
});

/** Gives back whatever it gets. */
class EchoMember implements AsyncDisposable {
  readonly #server = createServer((socket) => socket.on('error', () => {}).pipe(socket));
  readonly #sockets = new Set<Socket>();
  port = 0;

  static async start(): Promise<EchoMember> {
    const member = new EchoMember();
    member.#server.on('connection', (socket) => member.#sockets.add(socket));
    member.#server.listen(0, '127.0.0.1');
    await once(member.#server, 'listening');
    const address = member.#server.address();
    if (address === null || typeof address === 'string') throw new Error('it listens on a port');
    member.port = address.port;
    return member;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

interface Client {
  readonly ask: (text: string) => Promise<string>;
  readonly closed: Promise<unknown>;
}

/** A connection that its member has answered, tried until the proxy has both. */
async function connected({ host, port }: { host: string; port: number }): Promise<Client> {
  for (;;) {
    const socket = connect({ host, port });
    const closed = new Promise((resolve) => socket.on('error', () => {}).on('close', resolve));
    const ask = async (text: string) => {
      socket.write(text);
      const answer = await Promise.race([once(socket, 'data').catch(() => null), closed.then(() => null)]);
      return answer ? String(answer[0]) : '';
    };
    if ((await ask('hello')) === 'hello') return { ask, closed };
  }
}

/** Whether a new connection is cut, as it is when no member is left. */
async function isReset({ host, port }: { host: string; port: number }): Promise<boolean> {
  const socket = connect({ host, port });
  const closed = new Promise<boolean>((resolve) =>
    socket.on('error', () => {}).on('close', () => resolve(true)),
  );
  socket.write('x');
  const outcome = await Promise.race([
    closed,
    once(socket, 'data').then(
      () => false,
      () => true,
    ),
  ]);
  socket.destroy();
  return outcome;
}
