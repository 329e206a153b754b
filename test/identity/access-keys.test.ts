/** Access keys of users: made, rotated and ended through the API, and temporary ones. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertDone, assertRefused } from '../api/fixtures.ts';
import { ApiClient, type Reply } from '../support/api-client.ts';
import {
  seed,
  seedInventory,
  startTestControlPlane,
  type TestControlPlane,
} from '../support/control-plane.ts';
import { databaseBytes, dump } from '../support/database.ts';
import { forms, type SignedParts, signedHeaders } from '../support/signed-request.ts';

const path = '/v3.0/OS-CREDENTIAL/credentials';
const tokensPath = '/v3.0/OS-CREDENTIAL/securitytokens';
const minuteMs = 60 * 1000;
const declared = { access: 'OTHERACCESSKEY000001', secret: 'other-secret' };

interface Key {
  readonly access: string;
  readonly secret: string;
}

/** The list of pools of a project, signed. */
async function list(
  { url }: TestControlPlane,
  key: Key,
  { date = new Date(), ...more }: Partial<SignedParts> & { securityToken?: string } = {},
  projectId: string = seed.otherProjectId,
): Promise<Reply> {
  const { securityToken, ...parts } = more;
  const target = `/v3/${projectId}/elb/pools`;
  const headers = {
    ...signedHeaders({ ...key, method: 'GET', url: target, date, ...parts }),
    ...(securityToken === undefined ? {} : { 'x-security-token': securityToken }),
  };
  return new ApiClient(url, projectId, headers).get(target);
}

async function create(api: ApiClient, credential: object = {}): Promise<Key & { user_id: string }> {
  return assertDone(await api.post(path, { credential }), 201).credential;
}

async function accessesOf(api: ApiClient, query = ''): Promise<string[]> {
  const { credentials } = assertDone(await api.get(`${path}${query}`));
  return credentials.map(({ access }: Key) => access);
}

describe('a permanent key', () => {
  let cp: TestControlPlane;
  before(async () => {
    cp = await startTestControlPlane();
  });
  after(() => cp[Symbol.asyncDispose]());

  test('is rotated: a second is created and used, the first deactivated, taken back, and deleted', async () => {
    await using own = await startTestControlPlane({
      ...seedInventory,
      users: [{ name: 'other', password: 'other-password', projects: [seed.otherProjectId] }],
    });
    const first = await create(own.other);
    assertDone(await list(own, first));
    const second = await create(own.other, { description: 'the next one' });
    for (const key of [first, second]) assertDone(await list(own, key));

    const firstPath = `${path}/${first.access}`;
    const set = async (credential: object) =>
      assertDone(await own.other.put(firstPath, { credential })).credential;
    assert.equal((await set({ status: 'inactive' })).status, 'inactive');
    const refused = await list(own, first);
    assertRefused(refused, 401, 'SYS.0401', /unknown or the signature does not match/);
    assert.equal(refused.body.error_msg, (await list(own, { ...first, access: 'NOSUCHKEY' })).body.error_msg);
    await own.restart();
    assertRefused(await list(own, first), 401, 'SYS.0401', /unknown or the signature/);
    assertDone(await list(own, second));
    assert.equal((await set({ status: 'active' })).status, 'active');
    assertDone(await list(own, first));

    assert.deepEqual(await accessesOf(own.other), [first.access, second.access]);
    assert.equal((await own.other.delete(firstPath)).status, 204);
    assertRefused(await list(own, first), 401, 'SYS.0401', /unknown or the signature/);
    assertRefused(await own.other.get(firstPath), 404, 'ELB.8904', new RegExp(first.access));
    assertRefused(await own.other.delete(firstPath), 404, 'ELB.8904', new RegExp(first.access));
    assert.deepEqual(await accessesOf(own.other), [second.access]);
    assertDone(await list(own, second));
    await create(own.other);
  });

  test('has the cloud’s form, and its secret is shown once', async () => {
    const { credential } = assertDone(
      await cp.other.post(path, { credential: { description: 'pipeline' } }),
      201,
    );
    const { secret, ...shown } = credential;
    try {
      assert.match(shown.access, /^[A-Z0-9]{20}$/);
      assert.match(secret, /^[A-Za-z0-9]{40}$/);
      assert.match(shown.create_time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      assert.deepEqual([shown.status, shown.description], ['active', 'pipeline']);
      const own = `${path}/${shown.access}`;
      assert.deepEqual(assertDone(await cp.other.get(own)).credential, shown);
      const renamed = assertDone(await cp.other.put(own, { credential: { description: 'p2' } })).credential;
      assert.deepEqual(renamed, { ...shown, description: 'p2' });
      assert.deepEqual(assertDone(await cp.other.put(own, { credential: {} })).credential, renamed);
      const { credentials } = assertDone(await cp.other.get(path));
      assert.deepEqual(credentials.at(1), renamed);
      assert.ok(!JSON.stringify(credentials).includes(secret));
    } finally {
      await cp.other.delete(`${path}/${shown.access}`);
    }
  });

  test('is one of two at most, the declared ones counted', async () => {
    const [first, second] = await Promise.all([1, 2].map(() => cp.other.post(path, { credential: {} })));
    const replies = [first, second].filter((reply) => reply !== undefined);
    assert.deepEqual(replies.map(({ status }) => status).toSorted(), [201, 409]);
    const refused = replies.find(({ status }) => status === 409) ?? assert.fail();
    assertRefused(refused, 409, 'ELB.8905', /\['access_key'\]. The limit is 2/);
    const { access } = replies.find(({ status }) => status === 201)?.body.credential ?? assert.fail();
    assert.deepEqual(await accessesOf(cp.other), [declared.access, access]);
    assert.equal((await cp.other.delete(`${path}/${access}`)).status, 204);
  });

  test('that is declared is listed, and cannot be changed here', async () => {
    const own = `${path}/${declared.access}`;
    const { credential } = assertDone(await cp.other.get(own));
    assert.deepEqual([credential.status, credential.create_time], ['active', null]);
    const deactivated = await cp.other.put(own, { credential: { status: 'inactive' } });
    for (const reply of [deactivated, await cp.other.delete(own)]) {
      assertRefused(reply, 409, 'ELB.8907', /declared in the inventory/);
    }
    assertDone(await list(cp, declared));
  });

  test('of another user is not there, whether there is one or not; for the administrator it is', async () => {
    const { access, user_id } = await create(cp.api);
    try {
      const adminsOther = 'TESTAK0123456789';
      for (const absent of [access, adminsOther, 'NOSUCHKEY']) {
        const own = `${path}/${absent}`;
        const changed = await cp.other.put(own, { credential: { status: 'inactive' } });
        for (const reply of [await cp.other.get(own), changed, await cp.other.delete(own)]) {
          assertRefused(reply, 404, 'ELB.8904', new RegExp(`^access key ${absent} could not be found`));
        }
      }
      for (const absent of [user_id, 'nosuchuser']) {
        const message = new RegExp(`^user ${absent} could not be found`);
        assertRefused(await cp.other.get(`${path}?user_id=${absent}`), 404, 'ELB.8904', message);
        const credential = { user_id: absent };
        assertRefused(await cp.other.post(path, { credential }), 404, 'ELB.8904', message);
      }
      assert.deepEqual(await accessesOf(cp.api), [adminsOther, access]);
      const [other] = assertDone(await cp.api.get('/v3/users?name=other')).users;
      assert.deepEqual(await accessesOf(cp.api, `?user_id=${other.id}`), [declared.access]);
      const given = await create(cp.api, { user_id: other.id });
      assertDone(await list(cp, given));
      assertRefused(await list(cp, given, {}, seed.projectId), 403, 'SYS.0403', /no access/);
      assert.equal((await cp.api.delete(`${path}/${given.access}`)).status, 204);
      assertRefused(await list(cp, given), 401, 'SYS.0401', /unknown/);
    } finally {
      await cp.api.delete(`${path}/${access}`);
    }
  });

  test('has its requests checked, and a wrong one makes none', async () => {
    const before = await accessesOf(cp.other);
    const bad = async (method: string, target: string, credential: unknown, message: RegExp) =>
      assertRefused(await cp.other.call(method, target, { credential }), 400, 'ELB.8902', message);
    await bad('POST', path, { status: 'inactive' }, /Unrecognized.*status/);
    await bad('POST', path, { description: 'x'.repeat(256) }, /credential\.description/);
    await bad('POST', path, null, /credential/);
    await bad(
      'PUT',
      `${path}/${declared.access}`,
      { status: 'gone' },
      /credential\.status.*active, inactive/,
    );
    await bad('PUT', `${path}/${declared.access}`, { secret: 'mine' }, /Unrecognized.*secret/);
    assert.deepEqual(await accessesOf(cp.other), before);
  });

  test('leaves in the audit who made, changed and deleted it, and its secret nowhere', async () => {
    await using own = await startTestControlPlane();
    const { access, secret, user_id } = await create(own.other, { description: 'd' });
    await own.other.put(`${path}/${access}`, { credential: { status: 'inactive' } });
    await own.other.delete(`${path}/${access}`);
    const query = `/elbow/v1/audit?resource_type=access_key&resource_id=${access}`;
    assert.deepEqual(
      assertDone(await own.other.get(query)).audit,
      [],
      'it belongs to no project of the user',
    );
    const { audit } = assertDone(await own.api.get(query));
    const values = { user_id, status: 'active', description: 'd' };
    assert.deepEqual(
      audit.map(({ operation, before, after }: Record<string, unknown>) => [operation, before, after]),
      [
        ['delete', { ...values, status: 'inactive' }, null],
        ['update', values, { ...values, status: 'inactive' }],
        ['create', null, values],
      ],
    );
    assert.ok(audit.every((entry: { user_name: string }) => entry.user_name === 'other'));
    assert.ok(!databaseBytes(own.directory).includes(secret));
    assert.ok(!dump(own.directory).includes(secret));
  });
});

describe('a temporary key', () => {
  let cp: TestControlPlane;
  let now = Date.now();
  before(async () => {
    cp = await startTestControlPlane(undefined, undefined, () => new Date(now));
  });
  after(() => cp[Symbol.asyncDispose]());

  const ask = (api: ApiClient, token: object = {}) =>
    api.post(tokensPath, { auth: { identity: { methods: ['token'], token } } });
  const signedWith = (key: Key, body: string, securityToken?: string) => {
    const headers = signedHeaders({ ...key, method: 'POST', url: tokensPath, body, date: new Date(now) });
    const more: Record<string, string> =
      securityToken === undefined ? {} : { 'x-security-token': securityToken };
    return new ApiClient(cp.url, seed.otherProjectId, { ...headers, ...more }).post(tokensPath, body);
  };
  const bodyFor = (seconds: number) =>
    JSON.stringify({ auth: { identity: { methods: ['token'], token: { duration_seconds: seconds } } } });

  test('is taken in each form with its security token until it expires, and after a restart too', async () => {
    const reply = await ask(cp.other, { duration_seconds: 1800 });
    const { credential } = assertDone(reply, 201);
    const { access, secret, securitytoken: securityToken, expires_at } = credential;
    assert.equal(Date.parse(expires_at), now + 30 * minuteMs);
    const key = { access, secret };
    for (const round of ['now', 'after a restart']) {
      for (const form of Object.values(forms)) {
        assertDone(await list(cp, key, { form, securityToken, date: new Date(now) }));
        const headers = { 'x-security-token': securityToken };
        const names = ['x-sdk-date', 'x-security-token'];
        assertDone(await list(cp, key, { form, headers, signedHeaders: names, date: new Date(now) }));
      }
      if (round === 'now') await cp.restart();
    }
    const elsewhere = await list(cp, key, { securityToken, date: new Date(now) }, seed.projectId);
    assertRefused(elsewhere, 403, 'SYS.0403', /no access/);
    assertRefused(
      await list(cp, key, { date: new Date(now) }),
      401,
      'SYS.0401',
      /needs its X-Security-Token/,
    );
    now += 30 * minuteMs;
    const late = await list(cp, key, { securityToken, date: new Date(now) });
    assertRefused(late, 401, 'SYS.0401', /has expired/);
    await cp.restart();
  });

  test('lasts 15 minutes unless asked otherwise, and never longer than what it was got with', async () => {
    const { credential } = assertDone(await ask(cp.other), 201);
    assert.equal(Date.parse(credential.expires_at), now + 15 * minuteMs);
    const { token } = assertDone(
      await new ApiClient(cp.url, seed.otherProjectId, {
        ...cp.other.headers,
        'x-subject-token': cp.other.headers['x-auth-token'] ?? '',
      }).get('/v3/auth/tokens'),
    );
    now += minuteMs;
    const day = assertDone(await ask(cp.other, { duration_seconds: 86400 }), 201).credential;
    assert.equal(Date.parse(day.expires_at), Date.parse(token.expires_at));
    const byKey = assertDone(await signedWith(declared, bodyFor(86400)), 201).credential;
    assert.equal(Date.parse(byKey.expires_at), now + 24 * 60 * minuteMs);
    const key = { access: credential.access, secret: credential.secret };
    const again = assertDone(await signedWith(key, bodyFor(3600), credential.securitytoken), 201).credential;
    assert.equal(again.expires_at, credential.expires_at);
  });

  test('may be got with another token of the caller, and is for the project of that one', async () => {
    const domain = { name: 'elbow' };
    const identity = {
      methods: ['password'],
      password: { user: { name: 'elbow', password: 'correct-password' } },
    };
    const login = await cp.api.post('/v3/auth/tokens', { auth: { identity, scope: { domain } } });
    const id = login.headers.get('x-subject-token');
    const whole = assertDone(await ask(cp.api, { id }), 201).credential;
    const part = assertDone(await ask(cp.api), 201).credential;
    const reach = async ({ securitytoken, ...key }: Key & { securitytoken: string }) =>
      (await list(cp, key, { securityToken: securitytoken, date: new Date(now) })).status;
    assert.deepEqual([await reach(whole), await reach(part)], [200, 403]);
    for (const other of [id, 'garbage']) {
      assertRefused(await ask(cp.other, { id: other }), 401, 'SYS.0401', /token\.id is not valid/);
    }
  });

  test('cannot create a permanent one, which would outlive it', async () => {
    const { access, secret, securitytoken } = assertDone(await ask(cp.other), 201).credential;
    const body = '{"credential":{}}';
    const headers = signedHeaders({ access, secret, method: 'POST', url: path, body, date: new Date(now) });
    const api = new ApiClient(cp.url, seed.otherProjectId, { ...headers, 'x-security-token': securitytoken });
    assertRefused(await api.post(path, body), 403, 'SYS.0403', /cannot create permanent ones/);
    assert.deepEqual(await accessesOf(cp.other), [declared.access]);
  });

  test('has its request checked: the method, the duration, and no policy that would be passed over', async () => {
    const bad = async (identity: object, message: RegExp) =>
      assertRefused(await cp.other.post(tokensPath, { auth: { identity } }), 400, 'ELB.8902', message);
    const methods = ['token'];
    const agency = { methods: ['assume_role'], assume_role: { agency_name: 'a', domain_name: 'elbow' } };
    await bad(agency, /auth\.identity\.methods.*no agencies/);
    await bad({ methods, policy: { Version: '1.1', Statement: [] } }, /auth\.identity\.policy/);
    for (const seconds of [899, 86401, 900.5, '900']) {
      await bad({ methods, token: { duration_seconds: seconds } }, /duration_seconds.*900 to 86400/);
    }
  });

  test('and its secret are nowhere in the database', async () => {
    const { secret, securitytoken } = assertDone(await ask(cp.other), 201).credential;
    const bytes = databaseBytes(cp.directory);
    assert.ok(!bytes.includes(secret) && !bytes.includes(securitytoken));
  });
});
