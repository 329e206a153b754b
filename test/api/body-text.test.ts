import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiClient } from '../support/api-client.ts';
import { startTestControlPlane } from '../support/control-plane.ts';
import { assertRefused } from './fixtures.ts';

const poolNamed = (name: string) =>
  `{"pool":{"name":${name},"protocol":"HTTP","lb_algorithm":"ROUND_ROBIN","type":"ip"}}`;

test('a body whose text no database could hold is refused, and any other Unicode comes back as it was', async () => {
  await using controlPlane = await startTestControlPlane();
  const { api } = controlPlane;
  for (const name of ['"\\ud800"', '"a\\udc00b"', '"a\\u0000b"', '{"\\ud800":1}']) {
    const refused = await api.post('/elb/pools', poolNamed(name));
    assert.equal(refused.status, 400, name);
    assert.equal(refused.body.error_code, 'ELB.8902');
  }
  const bytes = new Uint8Array([...new TextEncoder().encode('{"pool":'), 0xff, 0xfe]);
  const response = await fetch(`${controlPlane.url}/v3/${api.projectId}/elb/pools`, {
    method: 'POST',
    headers: api.headers,
    body: bytes,
  });
  assert.equal(response.status, 400);
  for (const name of ['naïve – 日本 🎈', '\u0001\u007f', '\\"\\\\', '']) {
    const pool = await api.create('/elb/pools', JSON.parse(poolNamed(JSON.stringify(name))));
    assert.equal(pool.name, name);
    assert.equal((await api.get(`/elb/pools/${pool.id}`)).body.pool.name, name);
  }
});

const tooDeep = /'body': it is nested more than 64 levels deep/;

test('a body that is nested without end is refused, in JSON and in YAML', async () => {
  await using controlPlane = await startTestControlPlane();
  const { api } = controlPlane;
  for (const depth of [70, 3000, 50_000]) {
    for (const deep of [
      `${'['.repeat(depth)}${']'.repeat(depth)}`,
      `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
    ]) {
      for (const body of [deep, poolNamed(deep)]) {
        assertRefused(await api.post('/elb/pools', body), 400, 'ELB.8902', tooDeep);
      }
    }
  }
  const text = `${'['.repeat(500)}${']'.repeat(500)}`;
  const { headers } = api;
  const yaml = new ApiClient(api.url, api.projectId, { ...headers, 'content-type': 'application/yaml' });
  assertRefused(await yaml.call('PUT', '/elbow/v1/loadbalancers/apply', text), 400, 'ELB.8902', tooDeep);
});
