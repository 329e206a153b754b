/** The rules of certificates (rules digest 2.8). */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { seed, seedInventory, startTestControlPlane } from '../support/control-plane.ts';
import { evidence } from '../support/evidence.ts';
import { pem, serverPair } from '../support/pem.ts';
import { assertDone, assertRefused } from './fixtures.ts';

const path = '/elb/certificates';
const echoPath = `${path}/settings/private-key-echo`;

const sm2 = {
  type: 'server_sm',
  certificate: pem('sm2-sign'),
  private_key: pem('sm2-sign.key'),
  enc_certificate: pem('sm2-enc'),
  enc_private_key: pem('sm2-enc.key'),
};

test('a new certificate answers every field, with what its content says', async () => {
  await using cp = await startTestControlPlane();
  const sent = { ...serverPair(), name: 'rsa', domain: 'rsa.elbow.test,*.rsa.elbow.test' };
  const created = await cp.api.create(path, { certificate: { ...sent, project_id: 'ignored' } });
  const { id, created_at, updated_at, fingerprint, expire_time, ...rest } = created;
  assert.match(id, /^[0-9a-f]{32}$/);
  assert.match(fingerprint, /^[0-9A-F]{40}$/);
  assert.match(expire_time, /^2126-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.equal(created_at, updated_at);
  assert.deepEqual(rest, {
    ...sent,
    description: '',
    project_id: seed.projectId,
    enterprise_project_id: '0',
    admin_state_up: true,
    type: 'server',
    enc_certificate: null,
    enc_private_key: null,
    scm_certificate_id: null,
    source: '',
    common_name: 'rsa.elbow.test',
    subject_alternative_names: ['rsa.elbow.test', '*.rsa.elbow.test', '127.0.0.1'],
    protection_status: 'nonProtection',
    protection_reason: '',
  });
  assert.deepEqual(assertDone(await cp.api.get(`${path}/${id}`)).certificate, created);
  assertRefused(await cp.other.get(`${path}/${id}`), 404, 'ELB.8904', /certificate .* could not be found/);
});

test('an id of another length than 32 is no certificate id', async () => {
  await using cp = await startTestControlPlane();
  for (const call of [
    cp.api.get(`${path}/tooshort`),
    cp.api.put(`${path}/${'a'.repeat(33)}`, { certificate: {} }),
    cp.api.delete(`${path}/00000000-0000-4000-8000-000000000000`),
  ]) {
    assertRefused(await call, 400, 'ELB.5020', /has \d+ characters; it must have 32/);
  }
  assertRefused(await cp.api.get(`${path}/${'a'.repeat(32)}`), 404, 'ELB.8904', /could not be found/);
});

test('every kind of key without a password is taken, in whatever lines it comes', async () => {
  await using cp = await startTestControlPlane();
  const taken = [
    serverPair('rsa'),
    serverPair('ec'),
    { certificate: pem('leaf'), private_key: pem('leaf-pkcs1.key') },
    { certificate: `${pem('leaf')}\n\n${pem('ca')}`, private_key: pem('leaf.key').replaceAll('\n', '\r\n') },
    { certificate: pem('rsa').replaceAll('\n', ''), private_key: pem('rsa.key').replaceAll('\n', '') },
  ];
  for (const fields of taken) {
    const created = await cp.api.create(path, { certificate: fields });
    assert.equal(created.certificate, fields.certificate, 'answered as it was sent');
    assert.equal(created.private_key, fields.private_key);
  }
});

test('CE-5 CE-11 a content that cannot be used is refused by what is wrong with it, without repeating it', async () => {
  evidence('certificate.certificate', 'enforced');
  evidence('certificate.private_key', 'enforced');
  await using cp = await startTestControlPlane();
  const rsa = serverPair();
  const leaf = serverPair('leaf');
  const refusals = [
    [{}, 'ELB.8902', /certificate\.certificate': it is required for type server/],
    [{ certificate: rsa.certificate }, 'ELB.8902', /certificate\.private_key': it is required/],
    [{ ...rsa, certificate: 'x' }, 'ELB.5013', /certificate\.certificate': it is not PEM/],
    [{ ...rsa, certificate: rsa.private_key }, 'ELB.5013', /certificate\.certificate': it is not PEM/],
    [{ ...rsa, certificate: `text\n${rsa.certificate}` }, 'ELB.5013', /and nothing else/],
    [
      { ...rsa, certificate: rsa.certificate.replace('MII', 'AAA') },
      'ELB.5013',
      /certificate 1 cannot be read/,
    ],
    [
      { ...rsa, certificate: `${rsa.certificate}\n`.repeat(12) },
      'ELB.5013',
      /has 12 certificates, and takes 11/,
    ],
    [{ ...rsa, private_key: rsa.certificate }, 'ELB.5013', /certificate\.private_key': it is not PEM/],
    [{ ...rsa, private_key: `${rsa.private_key}${rsa.private_key}` }, 'ELB.5013', /expected one block/],
    [
      { ...rsa, private_key: rsa.private_key.replace('MII', 'AAA') },
      'ELB.5013',
      /cannot be read as a private key/,
    ],
    [{ ...leaf, private_key: pem('encrypted.key') }, 'ELB.5013', /it has a password; remove that first/],
    [
      { ...leaf, private_key: pem('encrypted-pkcs1.key') },
      'ELB.5013',
      /it has a password; remove that first/,
    ],
    [
      { certificate: pem('ed25519'), private_key: pem('ed25519.key') },
      'ELB.5013',
      /got a key of type ed25519, expected RSA or EC/,
    ],
    [
      { ...sm2, type: 'server', enc_certificate: null, enc_private_key: null },
      'ELB.5013',
      /type SM2, expected RSA/,
    ],
    [
      { ...rsa, private_key: leaf.private_key },
      'ELB.5013',
      /does not belong to certificate.*rsa\.elbow\.test/,
    ],
    [
      { ...leaf, certificate: `${pem('ca')}${pem('leaf')}` },
      'ELB.5013',
      /certificate 2 did not issue certificate 1/,
    ],
    [
      { ...leaf, certificate: `${pem('leaf')}${pem('rsa')}` },
      'ELB.5013',
      /certificate 2 did not issue certificate 1/,
    ],
    [
      { ...rsa, enc_certificate: rsa.certificate },
      'ELB.8902',
      /enc_certificate': it is for type server_sm, not server/,
    ],
    [{ ...rsa, enc_private_key: rsa.private_key }, 'ELB.8902', /enc_private_key': it is for type server_sm/],
    [{ ...rsa, certificate: 'x'.repeat(65537) }, 'ELB.8902', /text of 1 to 65536 characters/],
    [
      { ...rsa, private_key: rsa.private_key.repeat(9) },
      'ELB.8902',
      /got this value, expected text of 1 to 8192/,
    ],
    [{ ...rsa, private_key: [rsa.private_key] }, 'ELB.8902', /got this value/],
    [{ ...rsa, type: 'ca' }, 'ELB.8902', /expected one of server, client, server_sm/],
    [{ ...rsa, enterprise_project_id: 'nowhere' }, 'ELB.1202', /no enterprise project "nowhere"/],
  ] as const;
  for (const [certificate, code, message] of refusals) {
    const reply = await cp.api.post(path, { certificate });
    assertRefused(reply, 400, code, message);
    assert.doesNotMatch(reply.body.error_msg, /MII|BEGIN [A-Z ]*PRIVATE KEY-----./);
  }
  assert.deepEqual(assertDone(await cp.api.get(path)).certificates, []);
});

test('a CA has type client, needs no key, and must be able to issue', async () => {
  evidence('certificate.type', 'enforced');
  await using cp = await startTestControlPlane();
  const create = (fields: object) => cp.api.post(path, { certificate: { type: 'client', ...fields } });
  const { certificate: ca } = assertDone(await create({ certificate: pem('ca') }), 201);
  assert.deepEqual([ca.common_name, ca.private_key], ['Elbow Test CA', null]);
  assertDone(await create({ certificate: `${pem('ca')}${pem('ec')}` }), 201);
  const withKey = assertDone(await create({ certificate: pem('ca'), private_key: pem('rsa.key') }), 201);
  assert.equal(withKey.certificate.private_key, pem('rsa.key'));
  assertRefused(await create({}), 400, 'ELB.8902', /it is required for type client/);
  assertRefused(await create({ certificate: 'x' }), 400, 'ELB.5051', /it is not PEM/);
  assertRefused(await create({ certificate: pem('leaf') }), 400, 'ELB.5051', /is not that of a CA/);
  assertRefused(
    await create({ certificate: pem('ca'), private_key: 'x' }),
    400,
    'ELB.5013',
    /private_key': it is not PEM/,
  );
});

test('a SM2 server has two pairs, each of which belongs together', async () => {
  evidence('certificate.enc_certificate', 'enforced');
  evidence('certificate.enc_private_key', 'enforced');
  await using cp = await startTestControlPlane();
  const create = (fields: object) => cp.api.post(path, { certificate: { ...sm2, ...fields } });
  const { certificate } = assertDone(await create({}), 201);
  assert.equal(certificate.common_name, 'sm2.elbow.test');
  assert.equal(certificate.enc_private_key, sm2.enc_private_key);
  for (const key of ['certificate', 'private_key', 'enc_certificate', 'enc_private_key']) {
    assertRefused(
      await create({ [key]: null }),
      400,
      'ELB.8902',
      new RegExp(`certificate\\.${key}': it is required for type server_sm`),
    );
  }
  assertRefused(
    await create({ enc_private_key: sm2.private_key }),
    400,
    'ELB.5013',
    /enc_private_key': it does not belong to enc_certificate/,
  );
});

test('a domain is a list of at most 100 names, wildcards only in front', async () => {
  evidence('certificate.domain', 'enforced');
  await using cp = await startTestControlPlane();
  const { id } = await cp.api.create(path, { certificate: serverPair() });
  const put = (domain: string | null) => cp.api.put(`${path}/${id}`, { certificate: { domain } });
  const label = 'a'.repeat(63);
  for (const domain of [
    'www.elb.com',
    '*.elb.com,elb.com',
    'localhost',
    `${label}.x`,
    'xn--p1ai.1-2.com',
    '',
  ]) {
    assert.equal(assertDone(await put(domain)).certificate.domain, domain);
  }
  const hundred = Array.from({ length: 100 }, (_, i) => `w${i}.elb.com`);
  assertDone(await put(hundred.join()));
  assertRefused(await put([...hundred, 'x.com'].join()), 400, 'ELB.8902', /has 101 domains, and takes 100/);
  for (const wrong of [
    '*',
    'a.*.com',
    '*a.com',
    '-a.com',
    'a-.com',
    'a..com',
    'a,',
    ' a',
    'ä.com',
    `${label}a.x`,
  ]) {
    assertRefused(await put(wrong), 400, 'ELB.8902', /certificate\.domain': "[^"]*" is no domain\. Expected/);
  }
  assertRefused(await put('a.'.repeat(5001)), 400, 'ELB.8902', /text of 0 to 10000 characters/);
  assert.equal(assertDone(await put(null)).certificate.domain, null);
});

test('an update renews certificate and key, together or one that still fits the other', async () => {
  await using cp = await startTestControlPlane();
  const { id, ...created } = await cp.api.create(path, {
    certificate: { ...serverPair('leaf'), name: 'old' },
  });
  const put = (certificate: object) => cp.api.put(`${path}/${id}`, { certificate });
  const renamed = assertDone(await put({ name: 'new', protection_status: 'consoleProtection' })).certificate;
  assert.deepEqual(
    [renamed.name, renamed.private_key, renamed.fingerprint],
    ['new', pem('leaf.key'), created.fingerprint],
  );
  const chained = assertDone(await put({ certificate: `${pem('leaf')}${pem('ca')}` })).certificate;
  assert.deepEqual([chained.private_key, chained.fingerprint], [pem('leaf.key'), created.fingerprint]);
  assertRefused(await put({ certificate: pem('rsa') }), 400, 'ELB.5013', /private_key': it does not belong/);
  assertRefused(
    await put({ private_key: pem('rsa.key') }),
    400,
    'ELB.5013',
    /private_key': it does not belong/,
  );
  assertRefused(await put({ private_key: null }), 400, 'ELB.8902', /private_key': it is required/);
  assertRefused(await put({ type: 'client' }), 400, 'ELB.8902', /type': it cannot be changed after creation/);
  const renewed = assertDone(await put(serverPair('ec'))).certificate;
  assert.deepEqual([renewed.common_name, renewed.private_key], ['ec.elbow.test', pem('ec.key')]);
  assert.deepEqual(assertDone(await cp.api.get(`${path}/${id}`)).certificate, renewed);
  assert.deepEqual(assertDone(await put({})).certificate, renewed);
});

test('source follows scm_certificate_id unless it is given', async () => {
  evidence('certificate.source', 'enforced');
  evidence('certificate.scm_certificate_id', 'enforced');
  await using cp = await startTestControlPlane();
  const create = (fields: object) => cp.api.create(path, { certificate: { ...serverPair(), ...fields } });
  const { id, source } = await create({ scm_certificate_id: 'scm1' });
  assert.equal(source, 'scm');
  assert.equal((await create({ scm_certificate_id: 'scm1', source: '' })).source, '');
  const put = async (certificate: object) =>
    assertDone(await cp.api.put(`${path}/${id}`, { certificate })).certificate.source;
  assert.equal(await put({ name: 'n' }), 'scm');
  assert.equal(await put({ scm_certificate_id: null }), '');
  assert.equal(await put({ source: 'scm' }), 'scm');
  assert.equal(await put({ source: null }), '');
});

test('CE-9 CE-10 private keys are masked everywhere while a project has their echo off', async () => {
  await using cp = await startTestControlPlane();
  const { api, other } = cp;
  assert.equal(assertDone(await api.get(echoPath)).private_key_echo, true);
  const theirs = await other.create(path, { certificate: serverPair() });
  const { id } = await api.create(path, { certificate: sm2 });
  const off = assertDone(await api.post(echoPath, { private_key_echo: false }));
  assert.deepEqual([off.private_key_echo, typeof off.request_id], [false, 'string']);
  assert.equal(assertDone(await api.get(echoPath)).private_key_echo, false);
  const ca = await api.create(path, { certificate: { type: 'client', certificate: pem('ca') } });
  assert.equal(ca.private_key, null, 'what is not there needs no mask');
  const answers = [
    await api.create(path, { certificate: sm2 }),
    assertDone(await api.get(`${path}/${id}`)).certificate,
    assertDone(await api.get(`${path}?id=${id}`)).certificates[0],
    assertDone(await api.put(`${path}/${id}`, { certificate: { name: 'n' } })).certificate,
  ];
  for (const { private_key, enc_private_key } of answers) {
    assert.deepEqual([private_key, enc_private_key], ['******', '******']);
  }
  const seen = assertDone(await other.get(`${path}/${theirs.id}`)).certificate;
  assert.equal(seen.private_key, pem('rsa.key'), 'another project has a switch of its own');
  assertDone(await api.post(echoPath, { private_key_echo: true }));
  assert.equal(assertDone(await api.get(`${path}/${id}`)).certificate.private_key, sm2.private_key);
  assertRefused(await api.post(echoPath, {}), 400, 'ELB.8902', /private_key_echo': it is required/);
});

test('lists filter by every documented field, and page', async () => {
  await using cp = await startTestControlPlane();
  const a = await cp.api.create(path, {
    certificate: {
      ...serverPair(),
      ...{ name: 'a', description: 'first', domain: 'a.com', scm_certificate_id: 's1' },
      ...{ protection_status: 'consoleProtection', protection_reason: 'why' },
    },
  });
  const b = await cp.api.create(path, {
    certificate: { type: 'client', certificate: pem('ca'), admin_state_up: false },
  });
  const list = async (query: string) =>
    assertDone(await cp.api.get(`${path}?${query}`)).certificates.map((each: { id: string }) => each.id);
  const onlyA = [
    'name=a',
    'description=first',
    'domain=a.com',
    'type=server',
    'scm_certificate_id=s1',
    'source=scm',
    'common_name=rsa.elbow.test',
    'admin_state_up=true',
    'protection_status=consoleProtection',
    'protection_reason=why',
    `fingerprint=${a.fingerprint}`,
    `id=${a.id}`,
  ];
  for (const query of onlyA) assert.deepEqual(await list(query), [a.id], query);
  assert.deepEqual(await list('type=client'), [b.id]);
  assert.deepEqual(await list('type=client&name=a'), []);
  const both = [a.id, b.id].sort();
  assert.deepEqual(await list('enterprise_project_id=0'), both);
  assert.equal(assertDone(await cp.api.get(`${path}?limit=1`)).page_info.next_marker, both[0]);
  assert.deepEqual(await list(`marker=${both[0]}`), [both[1]]);
});

test('CE-8 batch-delete says of each certificate what became of it', async () => {
  await using cp = await startTestControlPlane();
  const { id } = await cp.api.create(path, { certificate: serverPair() });
  const theirs = await cp.other.create(path, { certificate: serverPair() });
  const call = (certificates: unknown) => cp.api.post(`${path}/batch-delete`, { certificates });
  const missing = (unknown: string, ret_code: string) => ({ id: unknown, ret_status: 'not found', ret_code });
  const { certificates } = assertDone(await call([id, 'short', theirs.id, id]));
  assert.deepEqual(certificates, [
    { id, ret_status: 'successful' },
    missing('short', 'ELB.5020'),
    missing(theirs.id, 'ELB.8904'),
    missing(id, 'ELB.8904'),
  ]);
  assertDone(await cp.other.get(`${path}/${theirs.id}`));
  assertRefused(
    await call([]),
    400,
    'ELB.8902',
    /certificates': got \[\], expected a list of 1 to 200 items/,
  );
});

test('the quota certificate bounds their number, and a deleted one makes room', async () => {
  await using cp = await startTestControlPlane({ ...seedInventory, quotas: { certificate: 1 } });
  const { id } = await cp.api.create(path, { certificate: serverPair() });
  const again = () => cp.api.post(path, { certificate: serverPair() });
  assertRefused(await again(), 409, 'ELB.8905', /Quota exceeded for resources: \['certificate'\]/);
  assertDone(await cp.api.delete(`${path}/${id}`), 204);
  assertDone(await again(), 201);
});

test('no file of the data directory holds a private key that can be read', async () => {
  await using cp = await startTestControlPlane();
  const { id } = await cp.api.create(path, { certificate: serverPair() });
  await cp.api.create(path, { certificate: sm2 });
  assertDone(await cp.api.put(`${path}/${id}`, { certificate: serverPair('ec') }));
  const files = readdirSync(cp.directory, { recursive: true, withFileTypes: true }).filter((each) =>
    each.isFile(),
  );
  const stored = files.map((each) => readFileSync(join(each.parentPath, each.name), 'latin1')).join('\n');
  const lineOf = (name: string) =>
    pem(name)
      .split('\n')
      .findLast((line) => line.length === 64) ?? '';
  assert.ok(stored.includes(lineOf('rsa')), 'the certificate is there');
  for (const name of ['rsa.key', 'ec.key', 'sm2-sign.key', 'sm2-enc.key']) {
    assert.equal(lineOf(name).length, 64);
    assert.ok(!stored.includes(lineOf(name)), name);
  }
});
