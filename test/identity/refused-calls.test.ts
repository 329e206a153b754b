/** Every call that is refused for who made it leaves an entry in the audit, and a flood of them few entries. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { streamPath, streamProtocol } from '../../src/dataplane/configuration.ts';
import { forbidden, unauthenticated } from '../../src/model/errors.ts';
import { createLogger } from '../../src/observe/log.ts';
import { Inventory } from '../../src/service/inventory.ts';
import { type RefusedCall, RefusedCalls } from '../../src/service/refused-calls.ts';
import { Secrets } from '../../src/service/secrets.ts';
import { trimRefusals } from '../../src/store/audit-log.ts';
import { Store } from '../../src/store/store.ts';
import { assertDone } from '../api/fixtures.ts';
import { ApiClient, type Reply } from '../support/api-client.ts';
import { seed, startTestControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { databaseBytes } from '../support/database.ts';
import { type SignedParts, signedHeaders } from '../support/signed-request.ts';
import { until } from '../support/until.ts';

const key = { access: 'TESTAK0123456789', secret: 'testsk-secret-0123456789' };
const pools = `/v3/${seed.projectId}/elb/pools`;

function signed(cp: TestControlPlane, parts: Partial<SignedParts>): Promise<Reply> {
  const headers = signedHeaders({ method: 'GET', url: pools, ...key, ...parts });
  return new ApiClient(cp.url, seed.projectId, headers).get(parts.url ?? pools);
}

function login({ url }: TestControlPlane, name: string, password: string, scope?: object): Promise<Reply> {
  const identity = { methods: ['password'], password: { user: { name, password } } };
  const auth = { identity, ...(scope ? { scope } : {}) };
  return new ApiClient(url, seed.projectId, {}).post('/v3/auth/tokens', { auth });
}

/** The entry of a refused call, once it is there. */
async function entryOf(cp: TestControlPlane, reply: Reply, status: number, api = cp.api) {
  assert.equal(reply.status, status, JSON.stringify(reply.body));
  const query = `/elbow/v1/audit?request_id=${reply.headers.get('x-request-id')}`;
  // biome-ignore lint/suspicious/noExplicitAny: tests read whatever the API answers
  let audit: any[] = [];
  await until(async () => {
    ({ audit } = assertDone(await api.get(query)));
    return audit.length > 0;
  });
  assert.equal(audit.length, 1);
  const [{ id, at, ...entry }] = audit;
  assert.match(id, /^\d+$/);
  assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000);
  return entry;
}

describe('a refused call', () => {
  test('is in the audit with who made it, from where, which, and why it was refused', async () => {
    await using cp = await startTestControlPlane();
    const reply = await cp.other.get(pools);
    const entry = await entryOf(cp, reply, 403);
    const [{ id: user_id }] = assertDone(await cp.other.get('/v3/users')).users;
    const request_id = reply.headers.get('x-request-id');
    assert.deepEqual(entry, {
      ...{ project_id: seed.projectId, resource_type: 'call', resource_id: request_id, parent_id: null },
      ...{ operation: 'refuse', user_id, user_name: 'other', source_address: '127.0.0.1' },
      ...{ request_id, operation_id: 'ListPools', before: null },
      after: {
        ...{ status: 403, error_code: 'SYS.0403', error_msg: reply.body.error_msg },
        ...{ access_key: null, calls: 1 },
      },
    });
    const { audit } = assertDone(await cp.api.get('/elbow/v1/audit?operation=refuse&resource_type=call'));
    assert.equal(audit.length, 1);
  });

  test('is known by the access key that it gives, whatever was wrong with it', async () => {
    await using cp = await startTestControlPlane();
    const old = new Date(Date.now() - 60 * 60 * 1000);
    const cases: [Partial<SignedParts>, string | null][] = [
      [{ secret: 'wrong' }, key.access],
      [{ access: 'NOSUCHKEY' }, 'NOSUCHKEY'],
      [{ date: old, url: '/v3/projects' }, key.access],
      [{ headers: { 'x-sdk-content-sha256': 'UNSIGNED-PAYLOAD' }, url: '/v3/users' }, key.access],
      // It may be a secret in the wrong place.
      [{ access: 'a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4e5f6a1b2' }, null],
    ];
    for (const [parts, access] of cases) {
      const { after, user_id, user_name } = await entryOf(cp, await signed(cp, parts), 401);
      assert.deepEqual([after.access_key, user_id, user_name], [access, null, null]);
    }
    // The user is known where the signature is right.
    const token = { 'x-security-token': 'some' };
    const entry = await entryOf(cp, await signed(cp, { headers: token, url: '/v3/regions' }), 401);
    assert.deepEqual([entry.after.access_key, entry.user_name], [key.access, 'elbow']);
  });

  test('at the login is known by its user if there is one, and keeps no name that is none', async () => {
    await using cp = await startTestControlPlane();
    const known = await entryOf(cp, await login(cp, 'other', 'wrong'), 401);
    assert.deepEqual([known.operation_id, known.user_name], ['CreateToken', 'other']);
    const unknown = await entryOf(cp, await login(cp, 'my-password', 'elbow'), 401);
    assert.deepEqual([unknown.user_name, unknown.user_id], [null, null]);
    const scope = { domain: { name: 'elsewhere' } };
    const scoped = await entryOf(cp, await login(cp, 'elbow', 'correct-password', scope), 401);
    assert.equal(scoped.user_name, 'elbow');
    assert.ok(!databaseBytes(cp.directory).includes('my-password'));
  });

  test('by a token that has ended is known by its user, and one by a garbled token by nobody', async () => {
    await using cp = await startTestControlPlane();
    const token = cp.other.headers['x-auth-token'] ?? '';
    const end = { 'x-auth-token': token, 'x-subject-token': token };
    const other = new ApiClient(cp.url, seed.projectId, end);
    assert.equal((await other.delete('/v3/auth/tokens')).status, 204);
    assert.equal((await entryOf(cp, await other.get('/v3/projects'), 401)).user_name, 'other');
    const garbled = new ApiClient(cp.url, seed.projectId, { 'x-auth-token': `${token}x` });
    assert.equal((await entryOf(cp, await garbled.get('/v3/projects'), 401)).user_name, null);
    const nobody = new ApiClient(cp.url, seed.projectId, {});
    assert.equal((await entryOf(cp, await nobody.get('/v3/users'), 401)).user_name, null);
    assert.ok(!databaseBytes(cp.directory).includes(token));
  });

  test('of a proxy with a wrong token is in the audit, without the token', async () => {
    await using cp = await startTestControlPlane();
    const headers = { authorization: 'Bearer wrong-token', connection: 'Upgrade', upgrade: streamProtocol };
    const [answer] = await once(request(`${cp.url}${streamPath}`, { headers }).end(), 'response');
    assert.equal(answer.statusCode, 401);
    answer.resume();
    // biome-ignore lint/suspicious/noExplicitAny: tests read whatever the API answers
    let audit: any[] = [];
    await until(async () => {
      ({ audit } = assertDone(await cp.api.get('/elbow/v1/audit?operation=refuse')));
      return audit.length > 0;
    });
    const [{ operation_id, source_address, user_id, after }] = audit;
    const expected = ['StreamConfiguration', '127.0.0.1', null];
    assert.deepEqual([operation_id, source_address, user_id], expected);
    assert.match(after.error_msg, /token of the proxy is wrong/);
    assert.ok(!databaseBytes(cp.directory).includes('wrong-token'));
  });

  test('is seen by those who have the project that it was about, and of no project by the administrator', async () => {
    await using cp = await startTestControlPlane();
    const foreign = await cp.api.get(`/v3/${seed.otherProjectId}/elb/pools`);
    assert.equal((await entryOf(cp, foreign, 403, cp.other)).user_name, 'elbow');
    const nowhere = await cp.other.get('/v3/nosuchproject/elb/pools');
    const entry = await entryOf(cp, nowhere, 403);
    assert.equal(entry.project_id, '');
    assert.match(entry.after.error_msg, /nosuchproject/);
    const query = `/elbow/v1/audit?request_id=${nowhere.headers.get('x-request-id')}`;
    assert.deepEqual(assertDone(await cp.other.get(query)).audit, []);
    assert.equal(assertDone(await cp.api.get(`${query}&project_id=`)).audit.length, 1);
    assert.equal((await cp.other.get(`${query}&project_id=`)).status, 403);
  });

  test('of a kind that there was a minute ago is counted, and the count kept when Elbow stops', async () => {
    await using cp = await startTestControlPlane();
    const first = await signed(cp, { secret: 'wrong' });
    await entryOf(cp, first, 401);
    for (let call = 0; call < 7; call++) await signed(cp, { secret: 'wrong' });
    const list = async () => assertDone(await cp.api.get('/elbow/v1/audit?operation=refuse')).audit;
    assert.equal((await list()).length, 1);
    await cp.restart();
    const [counted, ...rest] = await list();
    assert.equal(rest.length, 1);
    const { calls, first_at, last_at, access_key } = counted.after;
    assert.deepEqual([calls, access_key, counted.operation_id], [7, key.access, 'ListPools']);
    assert.ok(Date.parse(first_at) <= Date.parse(last_at));
  });

  test('does not fill the audit, however many there are and however they differ', async () => {
    await using cp = await startTestControlPlane();
    const flood = Array.from({ length: 300 }, (_, index) => signed(cp, { access: `FLOOD${index}` }));
    for (const { status } of await Promise.all(flood)) assert.equal(status, 401);
    await cp.restart();
    const { audit } = assertDone(await cp.api.get('/elbow/v1/audit?operation=refuse'));
    assert.equal(audit.length, 21);
    const { after, user_id, source_address } = audit[0];
    assert.deepEqual([user_id, source_address, after.status, after.access_key], [null, null, null, null]);
    assert.equal(after.calls, 280);
    const total = audit.reduce(
      (sum: number, entry: { after: { calls: number } }) => sum + entry.after.calls,
      0,
    );
    assert.equal(total, 300);
  });
});

describe('the refused calls of a minute', () => {
  async function opened(t: TestContext): Promise<{ store: Store; calls: RefusedCalls }> {
    const directory = mkdtempSync(join(tmpdir(), 'elbow-refused-'));
    const store = await Store.open({ directory });
    const inventory = new Inventory({}, [{ id: 'p', name: 'p' }]);
    const region = { store, inventory, secrets: new Secrets('key') };
    const calls = new RefusedCalls(region, createLogger('test', 'silent'));
    t.after(async () => {
      await calls.stop();
      await store.close();
      rmSync(directory, { recursive: true });
    });
    return { store, calls };
  }

  const refused = (address: string, refusal = unauthenticated('no')): RefusedCall => ({
    ...{ refusal, projectId: null },
    origin: { user: null, address, requestId: address, operationId: 'X' },
  });

  async function countsOf(store: Store): Promise<[string | null, number][]> {
    const rows = await store.reader
      .selectFrom('audit')
      .select(['address', 'after'])
      .orderBy('revision')
      .execute();
    return rows.map(({ address, after }) => [address, JSON.parse(after ?? '').calls]);
  }

  test('are counted until it is over, and then begin anew', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { store, calls } = await opened(t);
    for (const address of ['a', 'b', 'a', 'a']) calls.note(refused(address));
    calls.note(refused('a', forbidden('no')));
    t.mock.timers.tick(60_000);
    calls.note(refused('a'));
    t.mock.timers.tick(60_000);
    await calls.stop();
    assert.deepEqual(await countsOf(store), [
      ['a', 1],
      ['b', 1],
      ['a', 1],
      ['a', 2],
      ['a', 1],
    ]);
  });

  test('that cannot be written are passed over: the answer is the same', async (t) => {
    const { store, calls } = await opened(t);
    t.mock.method(store, 'write', () => Promise.reject(new Error('the disk is full')));
    calls.note(refused('a'));
    await calls.stop();
    assert.deepEqual(await countsOf(store), []);
  });

  test('are kept to so many, the newest', async (t) => {
    const { store } = await opened(t);
    const row = (revision: number, operation: 'refuse' | 'create') => ({
      ...{ revision, operation, at: revision, project_id: '', type: 'call', id: '', parent_id: null },
      ...{ user_id: null, user_name: null, address: null, request_id: null, operation_id: null },
      ...{ before: null, after: null },
    });
    await store.write(async ({ db }) => {
      await db.insertInto('audit').values(row(1, 'create')).execute();
      for (let from = 2; from < 51_002; from += 1000) {
        const rows = Array.from({ length: 1000 }, (_, index) => row(from + index, 'refuse'));
        await db.insertInto('audit').values(rows).execute();
      }
    });
    let went = 0;
    for (let more = 1; more > 0; went += more) more = await store.write(trimRefusals);
    assert.equal(went, 1000);
    const left = store.reader.selectFrom('audit').select('revision').orderBy('revision').limit(2);
    assert.deepEqual(
      (await left.execute()).map(({ revision }) => revision),
      [1, 1002],
    );
  });
});
