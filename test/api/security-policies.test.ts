/** The rules of security policies (rules digest 2.10). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seed, seedInventory, startTestControlPlane } from '../support/control-plane.ts';
import { evidence } from '../support/evidence.ts';
import { assertDone, assertRefused, makeLoadBalancer } from './fixtures.ts';

const path = '/elb/security-policies';
const modern = {
  protocols: ['TLSv1.2', 'TLSv1.3'],
  ciphers: ['AES128-GCM-SHA256', 'TLS_AES_128_GCM_SHA256'],
};

test('a new security policy answers every field', async () => {
  await using cp = await startTestControlPlane();
  const created = await cp.api.create(path, { security_policy: { name: 'modern', ...modern } });
  const { id, created_at, updated_at, ...rest } = created;
  assert.deepEqual(rest, {
    name: 'modern',
    description: '',
    project_id: seed.projectId,
    enterprise_project_id: '0',
    ...modern,
    listeners: [],
  });
  assert.match(id, /^[0-9a-f-]{36}$/);
  assert.equal(created_at, updated_at);
  assert.deepEqual(assertDone(await cp.api.get(`${path}/${id}`)).security_policy, created);
  assertRefused(
    await cp.other.get(`${path}/${id}`),
    404,
    'ELB.8904',
    /security policy .* could not be found/,
  );
});

test('protocols and ciphers are named, counted, and fit each other at least once', async () => {
  evidence('security_policy.protocols', 'enforced');
  evidence('security_policy.ciphers', 'enforced');
  await using cp = await startTestControlPlane();
  const create = (fields: object) => cp.api.post(path, { security_policy: fields });
  const refusals = [
    [{ ciphers: modern.ciphers }, /security_policy\.protocols': it is required/],
    [{ protocols: modern.protocols }, /security_policy\.ciphers': it is required/],
    [{ ...modern, protocols: [] }, /a list of 1 to 5 items/],
    [{ ...modern, ciphers: [] }, /a list of 1 to 30 items/],
    [{ ...modern, protocols: ['SSLv3'] }, /protocols\[0\]': got "SSLv3", expected one of TLSv1, TLSv1\.1/],
    [{ ...modern, ciphers: ['RC4-SHA'] }, /ciphers\[0\]': got "RC4-SHA", expected one of ECDHE-RSA/],
    [
      { protocols: ['TLSv1.3'], ciphers: ['AES128-SHA', 'AES128-GCM-SHA256'] },
      /none of them fits the protocols TLSv1\.3; at least one must, as TLS_AES_128_GCM_SHA256/,
    ],
    [{ protocols: ['TLSv1', 'TLSv1.1'], ciphers: ['AES128-SHA256'] }, /none of them fits/],
    [{ protocols: ['TLSv1.2'], ciphers: ['TLS_AES_128_GCM_SHA256'] }, /none of them fits/],
  ] as const;
  for (const [fields, message] of refusals) {
    assertRefused(await create(fields), 400, 'ELB.8902', message);
  }
  const fitting = [
    { protocols: ['TLSv1'], ciphers: ['AES128-SHA'] },
    { protocols: ['TLSv1.2'], ciphers: ['AES128-SHA'] },
    { protocols: ['TLSv1.2'], ciphers: ['ECDHE-RSA-CHACHA20-POLY1305'] },
    { protocols: ['TLSv1.3', 'TLSv1'], ciphers: ['TLS_AES_128_CCM_8_SHA256'] },
  ];
  for (const fields of fitting) assertDone(await create(fields), 201);
});

test('an update changes what it gives, and the whole must still fit', async () => {
  await using cp = await startTestControlPlane();
  const { id } = await cp.api.create(path, { security_policy: modern });
  const put = (security_policy: object) => cp.api.put(`${path}/${id}`, { security_policy });
  const updated = assertDone(await put({ name: 'n', ciphers: ['AES256-SHA'] })).security_policy;
  assert.deepEqual(
    [updated.name, updated.protocols, updated.ciphers],
    ['n', modern.protocols, ['AES256-SHA']],
  );
  assertRefused(await put({ protocols: ['TLSv1.3'] }), 400, 'ELB.8902', /none of them fits/);
  assertRefused(await put({ ciphers: null }), 400, 'ELB.8902', /security_policy\.ciphers/);
  assert.deepEqual(assertDone(await put({})).security_policy, updated);
});

test('SP-4 lists filter by name, and by all protocols or ciphers as one text', async () => {
  await using cp = await startTestControlPlane();
  const a = await cp.api.create(path, { security_policy: { ...modern, name: 'a' } });
  const b = await cp.api.create(path, {
    security_policy: { protocols: ['TLSv1.2'], ciphers: ['AES128-SHA'], name: 'b', description: 'd' },
  });
  const list = async (query: Record<string, string>) =>
    assertDone(await cp.api.get(`${path}?${new URLSearchParams(query)}`)).security_policies.map(
      (each: { name: string }) => each.name,
    );
  assert.deepEqual(await list({ protocols: 'TLSv1.2 TLSv1.3' }), ['a']);
  assert.deepEqual(await list({ protocols: 'TLSv1.2' }), ['b']);
  assert.deepEqual(await list({ protocols: 'TLSv1.3 TLSv1.2' }), []);
  assert.deepEqual(await list({ ciphers: modern.ciphers.join(':') }), ['a']);
  assert.deepEqual(await list({ id: b.id, description: 'd', name: 'b' }), ['b']);
  const [first] = [a.id, b.id].sort();
  assert.equal(assertDone(await cp.api.get(`${path}?limit=1`)).page_info.next_marker, first);
});

test('SP-5 the system policies are those of the API, in its spelling', async () => {
  await using cp = await startTestControlPlane();
  const { system_security_policies: policies } = assertDone(
    await cp.api.get('/elb/system-security-policies'),
  );
  const counts = Object.fromEntries(
    policies.map((each: { name: string; protocols: string; ciphers: string }) => [
      each.name,
      [each.protocols, new Set(each.ciphers.split(':')).size],
    ]),
  );
  assert.deepEqual(counts, {
    'tls-1-0': ['TLSv1.2 TLSv1.1 TLSv1', 18],
    'tls-1-0-inherit': ['TLSv1.2 TLSv1.1 TLSv1', 33],
    'tls-1-1': ['TLSv1.2 TLSv1.1', 18],
    'tls-1-2': ['TLSv1.2', 18],
    'tls-1-2-strict': ['TLSv1.2', 12],
    'tls-1-2-fs': ['TLSv1.2', 8],
    'tls-1-0-with-1-3': ['TLSv1.3 TLSv1.2 TLSv1.1 TLSv1', 23],
    'tls-1-2-fs-with-1-3': ['TLSv1.3 TLSv1.2', 13],
    'hybrid-policy-1-0': ['TLSv1.2 TLSv1.1', 18],
    'tls-1-2-strict-no-cbc': ['TLSv1.2', 4],
  });
  const fs = policies.find((each: { name: string }) => each.name === 'tls-1-2-fs');
  assert.deepEqual(fs, {
    name: 'tls-1-2-fs',
    protocols: 'TLSv1.2',
    ciphers:
      'ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-SHA256:' +
      'ECDHE-ECDSA-AES256-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:' +
      'ECDHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384',
    project_id: seed.projectId,
  });
});

test('the quota security_policy bounds their number, and an unused one can be deleted', async () => {
  await using cp = await startTestControlPlane({ ...seedInventory, quotas: { security_policy: 1 } });
  const { id } = await cp.api.create(path, { security_policy: modern });
  const again = () => cp.api.post(path, { security_policy: modern });
  assertRefused(await again(), 409, 'ELB.8905', /Quota exceeded for resources: \['security_policy'\]/);
  assertDone(await cp.api.delete(`${path}/${id}`), 204);
  assertRefused(
    await cp.api.delete(`${path}/${id}`),
    404,
    'ELB.8904',
    /security policy .* could not be found/,
  );
  assertDone(await again(), 201);
});

test('SP-1 a listener without TLS takes no security policy', async () => {
  await using cp = await startTestControlPlane();
  const lb = await makeLoadBalancer(cp.api);
  const { id } = await cp.api.create(path, { security_policy: modern });
  const create = (protocol: string, security_policy_id: string | null) =>
    cp.api.post('/elb/listeners', {
      listener: { loadbalancer_id: lb.id, protocol, protocol_port: 80, security_policy_id },
    });
  for (const protocol of ['HTTP', 'TCP', 'UDP']) {
    assertRefused(
      await create(protocol, id),
      400,
      'ELB.8902',
      /security_policy_id': it is for protocol HTTPS or TLS, not /,
    );
  }
  assertDone(await create('HTTP', ''), 201);
});
