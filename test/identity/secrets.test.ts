import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ApiClient } from '../support/api-client.ts';
import { ElbowProcess } from '../support/elbow-process.ts';
import { pem, serverPair } from '../support/pem.ts';
import { signedHeaders } from '../support/signed-request.ts';
import { until } from '../support/until.ts';

test('no secret is ever logged, however much is logged', async () => {
  await using elbow = await ElbowProcess.start(['--workers', '1', '--log-level', 'debug']);
  const { api } = elbow;
  const kept = JSON.parse(readFileSync(join(elbow.directory, 'credentials.json'), 'utf8'));
  const key = { access: kept.access_key, secret: kept.secret_key };
  const url = `/v3/${api.projectId}/elb/pools`;
  const right = signedHeaders({ ...key, method: 'GET', url });
  const wrong = signedHeaders({ ...key, secret: 'a wrong secret key', method: 'GET', url });
  const call = (headers: Record<string, string>) => new ApiClient(api.url, api.projectId, headers).get(url);
  assert.equal((await call(right)).status, 200);
  assert.equal((await call(wrong)).status, 401);
  assert.equal((await call({ 'x-auth-token': 'a garbled token' })).status, 401);
  const identity = {
    methods: ['password'],
    password: { user: { name: 'elbow', password: 'a wrong password' } },
  };
  assert.equal((await api.post('/v3/auth/tokens', { auth: { identity } })).status, 401);
  const certificates = '/elb/certificates';
  const pair = serverPair();
  const { id } = await api.create(certificates, { certificate: pair });
  assert.equal((await api.put(`${certificates}/${id}`, { certificate: serverPair('ec') })).status, 200);
  assert.equal((await api.post(certificates, { certificate: { ...pair, name: 1 } })).status, 400);
  assert.equal(
    (await api.post(certificates, { certificate: { ...pair, certificate: pem('ec') } })).status,
    400,
  );
  await until(async () => (await api.get('/elbow/v1/proxies')).body.proxies.length === 1);
  await elbow.signal('SIGTERM');

  assert.match(elbow.log, /a proxy connected/, 'it did log');
  const secrets = [
    kept.secret_key,
    kept.password,
    kept.proxy_token,
    kept.token_key,
    kept.secrets_key,
    api.headers['x-auth-token'],
    /Signature=(\w+)/.exec(right['authorization'] ?? '')?.[1],
    /Signature=(\w+)/.exec(wrong['authorization'] ?? '')?.[1],
    'a wrong password',
    pem('rsa.key').split('\n')[1],
    pem('ec.key').split('\n')[4],
    'a garbled token',
  ];
  for (const secret of secrets) {
    assert.equal(typeof secret, 'string');
    assert.ok(!elbow.log.includes(String(secret)), `the log holds ${secret}`);
  }
});

test('the data directory and what is secret in it are for its owner alone', async () => {
  await using elbow = await ElbowProcess.start(['--no-proxy']);
  const mode = (path: string) => statSync(join(elbow.directory, path)).mode & 0o777;
  assert.equal(mode('.'), 0o700);
  assert.equal(mode('credentials.json'), 0o600);
  assert.equal(mode('control.json'), 0o600);
});
