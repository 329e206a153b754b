import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { auditedTypes } from '../../src/service/audit.ts';
import { kindOf } from '../../src/service/disruption.ts';
import type { ApiClient, Reply } from '../support/api-client.ts';
import { balance, NamedMember } from '../support/balanced.ts';
import { startTestControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { dump } from '../support/database.ts';
import { ElbowProcess } from '../support/elbow-process.ts';
import { eachOperation, fetchDocument } from '../support/openapi.ts';
import { pem, serverPair } from '../support/pem.ts';
import { until } from '../support/until.ts';
import {
  assertDone,
  assertRefused,
  makeListener,
  makeMember,
  makePool,
  makeRoad,
  places,
} from './fixtures.ts';
import { send, steps, writeOf } from './random-writes.ts';

let cp: TestControlPlane;

before(async () => {
  cp = await startTestControlPlane();
});
after(() => cp[Symbol.asyncDispose]());

describe('a dry run', () => {
  test('answers what would be created, and leaves nothing behind', async () => {
    const { pool, listener, lb } = await makeRoad(cp.api, { name: 'web' });
    const path = `/elb/pools/${pool.id}/members`;
    const member = {
      address: '120.10.10.7',
      protocol_port: 80,
      weight: 3,
      subnet_cidr_id: lb.vip_subnet_cidr_id,
    };
    const earlier = dump(cp.directory);
    const reply = await cp.api.post(`${path}?dry_run=true`, { member });
    const { request_id, ...plan } = assertDone(reply);
    assert.equal(request_id, reply.headers.get('x-request-id'));
    const [{ resource_id, after: record, ...created }, ...rest] = plan.creates;
    assert.deepEqual(rest, []);
    assert.deepEqual(created, { resource_type: 'member', parent_id: pool.id });
    assert.deepEqual([record.address, record.weight, record.id], ['120.10.10.7', 3, resource_id]);
    assert.deepEqual(
      { ...plan, creates: [] },
      {
        dry_run: true,
        would_answer_status: 201,
        creates: [],
        // The first member with a subnet settles the VPC of its pool.
        changes: plan.changes,
        deletes: [],
        listeners: [
          {
            ...{ id: listener.id, name: '', loadbalancer_id: lb.id, protocol: 'HTTP', protocol_port: 80 },
            connections: 'none',
          },
        ],
        disruption: {
          connections: 'none',
          reasons: plan.disruption.reasons,
        },
      },
    );
    assert.equal(dump(cp.directory), earlier);
    assert.equal((await cp.api.get(`${path}/${resource_id}`)).status, 404);
    assertDone(await cp.api.post(path, { member }), 201);
  });

  test('tells changes by the fields that change, and deletions by what goes', async () => {
    const { pool, listener } = await makeRoad(cp.api);
    const { id } = await makeMember(cp.api, pool.id);
    const path = `/elb/pools/${pool.id}/members/${id}`;
    const update = assertDone(
      await cp.api.put(`${path}?dry_run=true`, { member: { weight: 9, name: 'nine' } }),
    );
    assert.equal(update.would_answer_status, 200);
    assert.deepEqual(update.changes, [
      {
        ...{ resource_type: 'member', resource_id: id, parent_id: pool.id },
        before: { name: '', weight: 1 },
        after: { name: 'nine', weight: 9 },
      },
    ]);
    const deletion = assertDone(await cp.api.delete(`${path}?dry_run=true`));
    assert.equal(deletion.would_answer_status, 204);
    assert.equal(deletion.deletes[0].before.address, '120.10.10.20');
    assert.equal(deletion.disruption.connections, 'drain');
    const removal = assertDone(await cp.api.delete(`${path}?dry_run=TRUE`));
    assert.deepEqual({ ...removal, request_id: '' }, { ...deletion, request_id: '' });
    const same = assertDone(await cp.api.put(`${path}?dry_run=true`, { member: { weight: 1 } }));
    assert.deepEqual([same.creates, same.changes, same.deletes, same.listeners], [[], [], [], []]);
    assertDone(await cp.api.delete(`${path}?dry_run=false`), 204);
    assertDone(await cp.api.delete(path), 404 as 200);
    const ofPool = assertDone(await cp.api.delete(`/elb/pools/${pool.id}?dry_run=true`));
    assert.deepEqual(
      [ofPool.changes[0].before, ofPool.changes[0].after, ofPool.deletes[0].resource_id],
      [{ default_pool_id: pool.id }, { default_pool_id: null }, pool.id],
    );
    assert.equal(ofPool.listeners[0].id, listener.id);
    assert.match(ofPool.disruption.reasons[0].reason, /answered 503/);
  });

  test('refuses what the call itself would, with the same answer', async () => {
    const { lb, listener, pool } = await makeRoad(cp.api);
    const same = async (method: string, path: string, body: unknown, status: number) => {
      const dry = await cp.api.call(method, `${path}?dry_run=true`, body);
      const real = await cp.api.call(method, path, body);
      assert.equal(real.status, status, JSON.stringify(real.body));
      assert.equal(dry.status, status);
      assert.deepEqual({ ...dry.body, request_id: '' }, { ...real.body, request_id: '' });
    };
    await same('POST', `/elb/pools/${pool.id}/members`, { member: { address: 'x' } }, 400);
    await same('POST', `/elb/pools/${pool.id}/members`, { nonsense: 1 }, 400);
    await same('PUT', `/elb/pools/${places.nothing}`, { pool: { name: 'x' } }, 404);
    await same('DELETE', `/elb/loadbalancers/${lb.id}`, undefined, 409);
    const twin = { loadbalancer_id: lb.id, protocol: 'HTTP', protocol_port: listener.protocol_port };
    await same('POST', '/elb/listeners', { listener: twin }, 409);
    const foreign = await cp.other.delete(`/elb/pools/${pool.id}?dry_run=true`);
    assertRefused(foreign, 404, 'ELB.8904', /could not be found/);
  });

  test('is asked for by true or false and nothing else, and only of writes', async () => {
    const { pool } = await makeRoad(cp.api);
    const path = `/elb/pools/${pool.id}`;
    for (const query of ['dry_run=1', 'dry_run=', 'dry_run=yes', 'dry_run=true%20']) {
      const expected = /'dry_run': got ".*", expected true or false/;
      assertRefused(await cp.api.delete(`${path}?${query}`), 400, 'ELB.8902', expected);
    }
    const twice = await cp.api.delete(`${path}?dry_run=true&dry_run=false`);
    assertRefused(twice, 400, 'ELB.8902', /'dry_run': it was given 2 times/);
    assertDone(await cp.api.get(`${path}?dry_run=perhaps`));
    const token = await cp.api.call('POST', '/v3/auth/tokens?dry_run=true', {
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: 'elbow', password: 'correct-password' } },
        },
      },
    });
    assert.equal(token.status, 201, 'a token is no resource');
  });

  test('masks private keys, in what is and in what would be', async () => {
    const create = await cp.api.post('/elb/certificates?dry_run=true', { certificate: serverPair('rsa') });
    const { id } = await cp.api.create('/elb/certificates', { certificate: serverPair('rsa') });
    const change = await cp.api.put(`/elb/certificates/${id}?dry_run=true`, {
      certificate: serverPair('ec'),
    });
    const deletion = await cp.api.delete(`/elb/certificates/${id}?dry_run=true`);
    assert.equal(assertDone(create).creates[0].after.sealed_private_key, '******');
    assert.equal(assertDone(change).changes[0].after.sealed_private_key, '******');
    assert.equal(assertDone(deletion).deletes[0].before.sealed_private_key, '******');
    for (const { body } of [create, change, deletion]) {
      const text = JSON.stringify(body);
      for (const name of ['rsa.key', 'ec.key']) {
        assert.ok(!text.includes(pem(name).split('\n')[1] ?? assert.fail()), name);
      }
    }
  });

  test('changes as little of those around it as they of it', async () => {
    const pool = await makePool(cp.api, { type: 'ip' });
    const path = `/elb/pools/${pool.id}/members`;
    const memberAt = (index: number) => ({
      member: { address: `10.2.${index % 2}.${1 + (index >> 1)}`, protocol_port: 80 },
    });
    const replies = await Promise.all(
      Array.from({ length: 120 }, (_, index) =>
        cp.api.post(`${path}${index % 2 ? '?dry_run=true' : ''}`, memberAt(index)),
      ),
    );
    const { members } = assertDone(await cp.api.get(path));
    const addresses = members.map(({ address }: { address: string }) => address).toSorted();
    const real = replies.filter((_, index) => index % 2 === 0);
    assert.deepEqual(addresses, real.map((reply) => assertDone(reply, 201).member.address).toSorted());
    for (const [index, reply] of replies.entries()) {
      if (index % 2 === 0) continue;
      const { creates } = assertDone(reply);
      assert.deepEqual(
        creates.map(({ after: record }: { after: { address: string } }) => record.address),
        [memberAt(index).member.address],
      );
    }
  });
});

test('for any write, the plan is what the call then does, and the dry run changes nothing', async () => {
  let carriedOut = 0;
  await fc.assert(
    fc.asyncProperty(steps, async (random) => {
      await using own = await startTestControlPlane();
      for (const step of random) {
        const write = await writeOf(own.api, step);
        const earlier = dump(own.directory);
        const dry = await send(own.api, write, '?dry_run=true');
        assert.equal(dump(own.directory), earlier);
        const real = await send(own.api, write);
        if (dry.status !== 200) {
          assert.deepEqual([dry.status, dry.body.error_code], [real.status, real.body.error_code]);
          assert.equal(stable(dry.body.error_msg), stable(real.body.error_msg));
          continue;
        }
        carriedOut++;
        assert.equal(dry.body.would_answer_status, real.status, JSON.stringify(real.body));
        assert.deepEqual(stable(changesOfPlan(dry)), stable(await changesOfCall(own.api, real)));
      }
    }),
    { numRuns: 8 },
  );
  assert.ok(carriedOut > 80, `${carriedOut} writes are something`);
});

interface Change {
  readonly resource_type: string;
  readonly before: object | null;
  readonly after: object | null;
}

function changesOfPlan({ body }: Reply): Change[] {
  return [...body.creates, ...body.changes, ...body.deletes].map(
    ({ resource_type, before: was, after: is }) => ({
      ...{ resource_type, before: was ?? null, after: is ?? null },
    }),
  );
}

/** What the audit has of a call, ordered as a plan is. None of these calls changes a resource twice. */
async function changesOfCall(api: ApiClient, { headers }: Reply): Promise<Change[]> {
  const query = `request_id=${headers.get('x-request-id')}`;
  const entries: (Change & { operation: string })[] = (await api.get(`/elbow/v1/audit?${query}`)).body.audit;
  return ['create', 'update', 'delete'].flatMap((wanted) =>
    entries
      .toReversed()
      .filter(({ operation }) => operation === wanted)
      .map(({ resource_type, before: was, after: is }) => ({ resource_type, before: was, after: is })),
  );
}

/** Without what two calls never agree on: ids by their order, and times to the second. */
function stable(value: unknown): string {
  const ids = new Map<string, string>();
  return JSON.stringify(value)
    .replaceAll(/[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/g, (id) => {
      const known = ids.get(id) ?? `id ${ids.size}`;
      ids.set(id, known);
      return known;
    })
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'time');
}

test('every write is documented with dry_run and its plan, and reads are without', async () => {
  const document = await fetchDocument(cp.url);
  assert.ok(document.components.schemas['Plan']);
  const writes = eachOperation(document).filter(
    ({ method, path }) => method !== 'get' && /^\/(v[\d.]+\/\{project_id\}|elbow)\//.test(path),
  );
  assert.ok(writes.length > 30);
  for (const { path, method, operation } of eachOperation(document)) {
    const where = `${method} ${path}`;
    const parameter = operation.parameters.find(({ $ref }) => $ref === '#/components/parameters/dry_run');
    const isWrite = writes.some((write) => write.operation === operation);
    assert.equal(parameter !== undefined, isWrite, where);
    assert.equal(JSON.stringify(operation.responses['200'] ?? {}).includes('schemas/Plan'), isWrite, where);
  }
});

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
    await turn();
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
