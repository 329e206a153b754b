/** Who gets in and who does not, through HTTP. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Tokens } from '../../src/service/identity/tokens.ts';
import { ApiClient, type Reply } from '../support/api-client.ts';
import { seed, startTestControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { forms, type SignedParts, signedHeaders } from '../support/signed-request.ts';

let controlPlane: TestControlPlane;

before(async () => {
  controlPlane = await startTestControlPlane();
});

after(() => controlPlane[Symbol.asyncDispose]());

const key = { access: 'TESTAK0123456789', secret: 'testsk-secret-0123456789' };
const listUrl = `/v3/${seed.projectId}/elb/pools`;
const fifteenMinutesMs = 15 * 60 * 1000;

test('nothing is served without authentication but what the page says', async () => {
  const open = [
    ...['GET /healthz', 'GET /versions', 'GET /openapi.json', 'GET /docs', 'POST /v3/auth/tokens'],
    // Clients ask for these before they have anything to show.
    ...['GET /', 'GET /v3'],
  ];
  const nobody = new ApiClient(controlPlane.url, seed.projectId, {});
  const { paths } = (await nobody.get('/openapi.json')).body as { paths: Record<string, object> };
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ path, method: method.toUpperCase() })),
  );
  assert.ok(operations.length > 30);
  for (const { method, path } of operations) {
    if (open.includes(`${method} ${path}`)) continue;
    const url = path.replace('{project_id}', seed.projectId).replaceAll(/\{\w+\}/g, seed.vpcId);
    if (method === 'HEAD') {
      assert.equal((await call(method, url, {})).status, 401);
      continue;
    }
    for (const body of method === 'GET' || method === 'DELETE' ? [undefined] : ['', '{}', 'no json']) {
      expectRefusal(await call(method, url, {}, body), 401, /Authentication is required/);
    }
  }
  for (const path of ['/healthz', '/versions', '/openapi.json', '/docs']) {
    assert.equal((await nobody.get(path)).status, 200, path);
  }
});

test('a request signed with an access key is served', async () => {
  assert.equal((await signed({})).status, 200);
  const body = JSON.stringify({
    pool: { protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', type: 'instance', vpc_id: seed.vpcId },
  });
  const created = await signed({ method: 'POST', body });
  assert.equal(created.status, 201, JSON.stringify(created.body));
});

test('a signature of up to 15 minutes ago or ahead is served, and beyond that refused', async () => {
  for (const sign of [-1, 1]) {
    const near = new Date(Date.now() + sign * (fifteenMinutesMs - 30_000));
    assert.equal((await signed({ date: near })).status, 200);
    const far = new Date(Date.now() + sign * (fifteenMinutesMs + 30_000));
    expectRefusal(await signed({ date: far }), 401, /15 minutes/);
  }
});

test('a wrong secret and an unknown access key answer alike', async () => {
  const wrong = await signed({ secret: 'wrong' });
  const unknown = await signed({ access: 'NOSUCHKEY' });
  expectRefusal(wrong, 401, /unknown or the signature does not match/);
  assert.equal(unknown.status, 401);
  assert.equal(unknown.body.error_msg, wrong.body.error_msg);
  assert.equal(unknown.body.error_code, wrong.body.error_code);
});

test('a signature that does not cover X-Sdk-Date is refused', async () => {
  const headers = { 'x-project-id': seed.projectId };
  const reply = await signed({ signedHeaders: ['x-project-id'], headers });
  expectRefusal(reply, 401, /does not cover X-Sdk-Date/);
});

test('a date that is none is refused', async () => {
  const headers = { 'x-sdk-date': '2026-01-31' };
  expectRefusal(await signed({ headers }), 401, /X-Sdk-Date/);
});

test('a body that was changed on the way is refused', async () => {
  const body = '{"pool":{}}';
  const headers = signedHeaders({ ...key, method: 'POST', url: listUrl, body });
  expectRefusal(await call('POST', listUrl, headers, '{"pool": {}}'), 401, /does not match/);
});

test('a body hash that is not the body’s, or none at all, is refused', async () => {
  const withHash = (hash: string) => signed({ headers: { 'x-sdk-content-sha256': hash } });
  expectRefusal(await withHash('0'.repeat(64)), 401, /does not match/);
  expectRefusal(await withHash('UNSIGNED-PAYLOAD'), 401, /leaves the body unsigned; leave it out/);
});

test('a signature that names headers which every object has is refused', async () => {
  const names = ['constructor', '__proto__', 'x-sdk-date'];
  expectRefusal(await signed({ signedHeaders: names }), 401, /does not match/);
});

test('each form of signature is served, and refused with a wrong secret, an unknown key or a changed body', async () => {
  const body = JSON.stringify({
    pool: { protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', type: 'instance', vpc_id: seed.vpcId },
  });
  for (const form of Object.values(forms)) {
    assert.equal((await signed({ form })).status, 200);
    const created = await signed({ form, method: 'POST', body });
    assert.equal(created.status, 201, JSON.stringify(created.body));
    const refusals = [
      await signed({ form, secret: 'wrong' }),
      await signed({ form, access: 'NOSUCHKEY' }),
      await call(
        'POST',
        listUrl,
        signedHeaders({ ...key, form, method: 'POST', url: listUrl, body }),
        `${body} `,
      ),
    ];
    for (const reply of refusals) expectRefusal(reply, 401, /unknown or the signature does not match/);
    assert.equal(new Set(refusals.map((reply) => reply.body.error_msg)).size, 1);
  }
});

test('a key of another day than X-Sdk-Date is refused, though the signature is right', async () => {
  for (const form of [forms.credential, forms.derived]) {
    const yesterday = new Date(Date.now() - 24 * 60 * 60 * 1000);
    const day = yesterday.toISOString().slice(0, 10).replaceAll('-', '');
    expectRefusal(await signed({ form, day }), 401, /not that of X-Sdk-Date/);
  }
});

test('other algorithms and forms are refused with what is taken', async () => {
  const date = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const rest = `SignedHeaders=x-sdk-date, Signature=${'a'.repeat(64)}`;
  for (const authorization of [
    `SDK-HMAC-SM3 Access=${key.access}, ${rest}`,
    `SDK-ECDSA-P256-SHA256 Access=${key.access}, ${rest}`,
    `SDK-SM2-SM3 Access=${key.access}, ${rest}`,
    `V11-HMAC-SM3 Credential=${key.access}/20260131/region-1/elb, ${rest}`,
    'Bearer abc',
    'nonsense',
  ]) {
    const reply = await call('GET', listUrl, { authorization, 'x-sdk-date': date });
    expectRefusal(reply, 401, /Expected "SDK-HMAC-SHA256 Access=.*sdk_request.*"V11-HMAC-SHA256 Credential=/);
  }
});

test('an expired, a tampered and a foreign token, and garbage, are refused', async () => {
  const userId = await userIdOf(controlPlane.api);
  const claims = { userId, projectId: seed.projectId, methods: ['password'] };
  const dayAgo = () => new Date(Date.now() - 24 * 60 * 60 * 1000 - 1000);
  const expired = new Tokens('token-key', dayAgo).issue(claims).token;
  expectRefusal(await call('GET', listUrl, { 'x-auth-token': expired }), 401, /expired/);
  const [payload, signature] = new Tokens('token-key').issue(claims).token.split('.');
  const richer = Buffer.from(JSON.stringify({ ...claims, projectId: null, expiresAt: 9e15 }));
  for (const token of [
    `${richer.toString('base64url')}.${signature}`,
    `${payload}.${signature?.slice(1)}`,
    new Tokens('another key').issue(claims).token,
    'garbage',
    '.',
    '{}',
  ]) {
    expectRefusal(await call('GET', listUrl, { 'x-auth-token': token }), 401, /token is not valid/);
  }
});

test('a credential gives no access to a project that is not its own', async () => {
  expectRefusal(await controlPlane.other.get(`/v3/${seed.projectId}/elb/pools`), 403, /no access/);
  const url = `/v3/${seed.otherProjectId}/elb/pools`;
  const other = { access: 'OTHERACCESSKEY000001', secret: 'other-secret' };
  assert.equal((await signed({ ...other, url })).status, 200);
  expectRefusal(await signed(other), 403, /no access/);
});

test('a token for one project gives no access to another of the same user, and one for the domain does', async () => {
  const forProject = await login({ project: { id: seed.projectId } });
  assert.equal((await forProject.get(listUrl)).status, 200);
  expectRefusal(await forProject.get(`/v3/${seed.otherProjectId}/elb/pools`), 403, /no access/);
  const forDomain = await login({ domain: { name: 'elbow' } });
  for (const project of [seed.projectId, seed.otherProjectId]) {
    assert.equal((await forDomain.get(`/v3/${project}/elb/pools`)).status, 200);
  }
});

test('a wrong password, an unknown user and a user of another domain answer alike', async () => {
  const replies = await Promise.all([
    loginReply({ name: 'elbow', password: 'wrong' }),
    loginReply({ name: 'nobody', password: 'correct-password' }),
    loginReply({ id: 'nobody', password: 'correct-password' }),
    loginReply({ name: 'elbow', password: 'correct-password', domain: { name: 'elsewhere' } }),
  ]);
  for (const reply of replies) expectRefusal(reply, 401, /user name or the password is wrong/);
  assert.equal(new Set(replies.map(({ body }) => body.error_msg)).size, 1);
});

test('a scope that the user has no part in is refused', async () => {
  const user = { name: 'other', password: 'other-password' };
  expectRefusal(await loginReply(user, { project: { id: seed.projectId } }), 401, /no part in/);
  expectRefusal(await loginReply(user, { domain: { name: 'elsewhere' } }), 401, /no part in/);
});

test('a refused login never repeats the password', async () => {
  const reply = await loginReply({ name: 7, password: 'my secret password' });
  assert.equal(reply.status, 400);
  assert.ok(!JSON.stringify(reply.body).includes('my secret password'));
});

async function call(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<Reply> {
  return new ApiClient(controlPlane.url, seed.projectId, headers).call(method, url, body);
}

/** A signed list of pools, with some parts otherwise. */
async function signed(parts: Partial<SignedParts>): Promise<Reply> {
  const all = { method: 'GET', url: listUrl, ...key, ...parts };
  return call(all.method, all.url, signedHeaders(all), all.body?.toString());
}

function loginReply(user: object, scope?: object): Promise<Reply> {
  const identity = { methods: ['password'], password: { user } };
  const body = JSON.stringify({ auth: { identity, ...(scope ? { scope } : {}) } });
  return call('POST', '/v3/auth/tokens', {}, body);
}

async function login(scope: object): Promise<ApiClient> {
  const reply = await loginReply({ name: 'elbow', password: 'correct-password' }, scope);
  assert.equal(reply.status, 201);
  const token = reply.headers.get('x-subject-token') ?? '';
  return new ApiClient(controlPlane.url, seed.projectId, { 'x-auth-token': token });
}

async function userIdOf(api: ApiClient): Promise<string> {
  const token = api.headers['x-auth-token'] ?? '';
  const reply = await call('GET', '/v3/auth/tokens', { ...api.headers, 'x-subject-token': token });
  return reply.body.token.user.id;
}

/** An error body is flat and all text, and its request id is a header too. */
function expectRefusal(reply: Reply, status: number, message: RegExp): void {
  assert.equal(reply.status, status, JSON.stringify(reply.body));
  assert.deepEqual(Object.keys(reply.body).toSorted(), ['error_code', 'error_msg', 'request_id']);
  for (const value of Object.values(reply.body)) assert.equal(typeof value, 'string');
  assert.match(reply.body.error_msg, message);
  assert.equal(reply.headers.get('x-request-id'), reply.body.request_id);
  if (status === 401) assert.equal(reply.body.error_code, 'SYS.0401');
}
