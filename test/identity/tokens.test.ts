/** Tokens: for what they are given, what they say, how they are renewed, and how they end. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertDone, assertRefused } from '../api/fixtures.ts';
import { ApiClient, type Reply } from '../support/api-client.ts';
import { seed, startTestControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { forms, signedHeaders } from '../support/signed-request.ts';

const path = '/v3/auth/tokens';
const pools = `/v3/${seed.projectId}/elb/pools`;
const hourMs = 60 * 60 * 1000;
let cp: TestControlPlane;
let now = Date.now();

before(async () => {
  cp = await startTestControlPlane(undefined, undefined, () => new Date(now));
});
after(() => cp[Symbol.asyncDispose]());

function nobody(): ApiClient {
  return new ApiClient(cp.url, seed.projectId, {});
}

const elbow = { name: 'elbow', password: 'correct-password' };
const byPassword = { methods: ['password'], password: { user: elbow } };
const byToken = (id: string) => ({ methods: ['token'], token: { id } });

function ask(identity: object, scope?: object, query = ''): Promise<Reply> {
  return nobody().post(`${path}${query}`, { auth: { identity, ...(scope ? { scope } : {}) } });
}

async function tokenFor(identity: object = byPassword, scope?: object): Promise<string> {
  const reply = await ask(identity, scope);
  assertDone(reply, 201);
  return reply.headers.get('x-subject-token') ?? assert.fail();
}

function withToken(token: string, subject?: string): ApiClient {
  const headers = { 'x-auth-token': token, ...(subject === undefined ? {} : { 'x-subject-token': subject }) };
  return new ApiClient(cp.url, seed.projectId, headers);
}

describe('a token', () => {
  test('is for a project by its id, by its name, or by default the first', async () => {
    const domain = { name: 'elbow' };
    for (const scope of [
      { project: { id: seed.projectId } },
      { project: { name: 'region-1' } },
      { project: { name: 'region-1', domain } },
      undefined,
    ]) {
      const { token } = assertDone(await ask(byPassword, scope), 201);
      assert.equal(token.project.id, seed.projectId);
      assert.equal(token.project.name, 'region-1');
      assert.equal(token.project.domain.name, 'elbow');
      assert.equal(token.domain, undefined);
      assert.deepEqual(token.methods, ['password']);
      assert.equal(token.user.name, 'elbow');
      assert.match(token.expires_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      assert.equal(Date.parse(token.expires_at) - Date.parse(token.issued_at), 24 * hourMs);
    }
  });

  test('is for the domain by its id or its name, and then acts in every project of the user', async () => {
    const { id } = assertDone(await cp.api.get('/v3/auth/domains')).domains[0];
    for (const domain of [{ name: 'elbow' }, { id }]) {
      const reply = await ask(byPassword, { domain });
      const { token } = assertDone(reply, 201);
      assert.deepEqual([token.domain.id, token.project], [id, undefined]);
      const api = withToken(reply.headers.get('x-subject-token') ?? '');
      for (const project of [seed.projectId, seed.otherProjectId]) {
        assertDone(await api.get(`/v3/${project}/elb/pools`));
      }
    }
  });

  test('for a project or domain that is not the user’s is refused, whether or not there is one', async () => {
    const other = {
      methods: ['password'],
      password: { user: { name: 'other', password: 'other-password' } },
    };
    const refusals = [];
    for (const scope of [
      { project: { id: seed.projectId } },
      { project: { name: 'region-1' } },
      { project: { id: 'nosuchproject' } },
      { project: { name: 'other', domain: { name: 'elsewhere' } } },
      { domain: { name: 'elsewhere' } },
    ]) {
      const reply = await ask(other, scope);
      assertRefused(reply, 401, 'SYS.0401', /no part in/);
      refusals.push(reply.body.error_msg);
    }
    assert.equal(new Set(refusals).size, 1);
  });

  test('has its request checked: methods, and one scope', async () => {
    const invalid = async (identity: object, scope: object | undefined, message: RegExp) =>
      assertRefused(await ask(identity, scope), 400, 'ELB.8902', message);
    const agency = { methods: ['assume_role'], assume_role: { agency_name: 'a', domain_name: 'elbow' } };
    await invalid(agency, undefined, /auth\.identity\.methods.*no agencies/);
    await invalid({ ...byPassword, methods: ['password', 'totp'] }, undefined, /auth\.identity\.methods/);
    await invalid({ methods: ['token'] }, undefined, /auth\.identity\.methods/);
    await invalid({ methods: [] }, undefined, /auth\.identity\.methods/);
    const both = { domain: { name: 'elbow' }, project: { name: 'region-1' } };
    await invalid(byPassword, both, /auth\.scope.*give one/);
  });

  test('may be asked for by two methods, if they show one user', async () => {
    const token = { id: await tokenFor() };
    const user = { name: 'other', password: 'other-password' };
    const two = { methods: ['password', 'token'], token };
    assertDone(await ask({ ...two, password: { user: elbow } }), 201);
    assertRefused(await ask({ ...two, password: { user } }), 401, 'SYS.0401', /different users/);
  });
});

describe('the catalog', () => {
  const typesOf = (catalog: { type: string }[]) => catalog.map(({ type }) => type).toSorted();

  test('of a project has each service under the URL that clients build on', async () => {
    const { token } = assertDone(await ask(byPassword), 201);
    const urls = Object.fromEntries(
      token.catalog.map((service: { type: string; endpoints: { url: string }[] }) => [
        service.type,
        service.endpoints[0]?.url.replace(cp.url, ''),
      ]),
    );
    assert.deepEqual(urls, {
      elbv3: `/v3/${seed.projectId}`,
      elb: '/v1.0',
      network: '',
      vpc: '/v1',
      compute: `/v2.1/${seed.projectId}`,
      ecs: `/v1/${seed.projectId}`,
      eps: '/v1.0',
      identity: '/v3',
    });
    for (const { endpoints } of token.catalog) {
      assert.equal(endpoints.length, 1);
      const { interface: side, region, region_id } = endpoints[0];
      assert.deepEqual([side, region, region_id], ['public', 'region-1', 'region-1']);
    }
  });

  test('of the domain leaves out what names a project, and nocatalog leaves out all of it', async () => {
    const { token } = assertDone(await ask(byPassword, { domain: { name: 'elbow' } }), 201);
    assert.deepEqual(typesOf(token.catalog), ['elb', 'eps', 'identity', 'network', 'vpc']);
    assert.equal(
      assertDone(await ask(byPassword, undefined, '?nocatalog=true'), 201).token.catalog,
      undefined,
    );
  });

  test('of a signed call is for the project of X-Project-Id, if it is the caller’s', async () => {
    const url = '/v3/auth/catalog';
    const key = { access: 'TESTAK0123456789', secret: 'testsk-secret-0123456789' };
    const elbv3 = async (headers: Record<string, string>) => {
      const signed = signedHeaders({
        ...key,
        method: 'GET',
        url,
        date: new Date(now),
        form: forms.credential,
      });
      const api = new ApiClient(cp.url, seed.projectId, { ...signed, ...headers });
      const { catalog } = assertDone(await api.get(url));
      return catalog.find(({ type }: { type: string }) => type === 'elbv3').endpoints[0].url;
    };
    assert.equal(await elbv3({}), `${cp.url}/v3/${seed.projectId}`);
    const project = (id: string) => elbv3({ 'x-project-id': id });
    assert.equal(await project(seed.otherProjectId), `${cp.url}/v3/${seed.otherProjectId}`);
    assert.equal(await project('nosuchproject'), `${cp.url}/v3/${seed.projectId}`);
  });
});

describe('a renewed token', () => {
  test('may be for another scope, says how it came to be, and ends with the one it came from', async () => {
    const first = await ask(byPassword, { project: { id: seed.projectId } });
    const token = first.headers.get('x-subject-token') ?? '';
    now += 20 * hourMs;
    const renewed = await ask(byToken(token), { project: { id: seed.otherProjectId } });
    const { methods, project, expires_at } = assertDone(renewed, 201).token;
    assert.deepEqual(methods, ['password', 'token']);
    assert.equal(project.id, seed.otherProjectId);
    assert.equal(expires_at, first.body.token.expires_at);
    const again = await tokenFor(byToken(renewed.headers.get('x-subject-token') ?? ''));
    assertDone(await withToken(again).get(pools));
    now += 4 * hourMs;
    assertRefused(await withToken(again).get(pools), 401, 'SYS.0401', /expired/);
    assertRefused(await ask(byToken(token)), 401, 'SYS.0401', /expired/);
  });
});

describe('about a token', () => {
  test('GET and HEAD tell its own user what it says and that it is good', async () => {
    const [token, subject] = [await tokenFor(), await tokenFor(byPassword, { domain: { name: 'elbow' } })];
    const api = withToken(token, subject);
    const shown = await api.get(path);
    assert.equal(shown.headers.get('x-subject-token'), subject);
    assert.equal(assertDone(shown).token.domain.name, 'elbow');
    assert.equal(assertDone(await api.get(`${path}?nocatalog`)).token.catalog, undefined);
    const checked = await api.call('HEAD', path);
    assert.deepEqual([checked.status, checked.body], [200, null]);
    assert.equal(checked.headers.get('x-subject-token'), subject);
  });

  test('of somebody else, a revoked one, an expired one and none, all calls answer the same 404', async () => {
    const caller = await tokenFor();
    const revoked = await tokenFor();
    assertDone(await withToken(caller, revoked).delete(path), 204);
    const expired = await tokenFor();
    now += 25 * hourMs;
    const mine = await tokenFor();
    const other = { name: 'other', password: 'other-password' };
    const foreign = await tokenFor({ methods: ['password'], password: { user: other } });
    for (const method of ['GET', 'HEAD', 'DELETE']) {
      const messages = new Set<string>();
      for (const subject of [foreign, revoked, expired, 'garbage', '', undefined]) {
        const reply = await withToken(mine, subject).call(method, path);
        assert.equal(reply.status, 404, method);
        if (method === 'HEAD') continue;
        assertRefused(reply, 404, 'ELB.8904', /^token of X-Subject-Token could not be found/);
        messages.add(reply.body.error_msg);
      }
      assert.ok(messages.size <= 1);
    }
    assertDone(await withToken(foreign).get(`/v3/${seed.otherProjectId}/elb/pools`));
  });
});

describe('a revoked token', () => {
  test('is refused from then on, also for a new one and after a restart; others are not', async () => {
    await using own = await startTestControlPlane();
    const login = async () => {
      const { headers } = await ApiClient.login(own.url, seed.projectId, 'elbow', 'correct-password');
      return headers['x-auth-token'] ?? assert.fail();
    };
    const as = (token: string, subject = '') =>
      new ApiClient(own.url, seed.projectId, { 'x-auth-token': token, 'x-subject-token': subject });
    const [revoked, other] = [await login(), await login()];
    assertDone(await as(revoked).get(pools));
    // A token may end itself.
    const reply = await as(revoked, revoked).delete(path);
    assert.deepEqual([reply.status, reply.body], [204, null]);
    for (const round of ['now', 'after a restart']) {
      assertRefused(await as(revoked).get(pools), 401, 'SYS.0401', /was revoked/);
      const renewal = { auth: { identity: byToken(revoked) } };
      assertRefused(await as('').post(path, renewal), 401, 'SYS.0401', /was revoked/);
      assertDone(await as(other).get(pools));
      if (round === 'now') await own.restart();
    }
  });
});
