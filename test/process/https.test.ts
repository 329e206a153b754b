/** What certificates, security policies and the TLS fields of listeners and pools do to traffic that really flows. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type ConnectionOptions, connect, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';
import type { ApiClient } from '../support/api-client.ts';
import { balance, NamedMember } from '../support/balanced.ts';
import { ElbowProcess } from '../support/elbow-process.ts';
import { evidence } from '../support/evidence.ts';
import { pem, serverPair } from '../support/pem.ts';
import { until } from '../support/until.ts';

let elbow: ElbowProcess;
let api: ApiClient;
let certificateIds: Record<'rsa' | 'ec' | 'leaf', string>;

before(async () => {
  elbow = await ElbowProcess.start(['--workers', '2']);
  api = elbow.api;
  certificateIds = {
    rsa: await createCertificate(serverPair('rsa')),
    ec: await createCertificate({ ...serverPair('ec'), domain: '*.ec.test' }),
    leaf: await createCertificate(serverPair('leaf')),
  };
});

after(() => elbow[Symbol.asyncDispose]());

async function createCertificate(certificate: object): Promise<string> {
  return (await api.create('/elb/certificates', { certificate })).id;
}

const setListener = (id: string, listener: object) => api.put(`/elb/listeners/${id}`, { listener });

interface Place {
  readonly host: string;
  readonly port: number;
}

/** The connection of a client that takes any certificate; null when the handshake fails. */
async function open(to: Place, offer: ConnectionOptions = {}): Promise<TLSSocket | null> {
  const socket = connect({ host: to.host, port: to.port, rejectUnauthorized: false, ...offer });
  try {
    await once(socket, 'secureConnect');
    return socket;
  } catch {
    return null;
  }
}

/** The common name of the certificate that is shown; null when the handshake fails. */
async function shownBy(to: Place, offer: ConnectionOptions = {}): Promise<string | null> {
  const socket = await open(to, offer);
  const name = socket ? String(socket.getPeerCertificate().subject.CN) : null;
  socket?.destroy();
  return name;
}

/** All that comes back for a request on a connection of its own; '' when nothing does. */
async function answerOf(to: Place, offer: ConnectionOptions = {}): Promise<string> {
  const socket = await open(to, offer);
  let received = '';
  socket
    ?.on('error', () => {})
    .on('data', (bytes) => {
      received += bytes;
    });
  socket?.write('GET / HTTP/1.1\r\nHost: a.ec.test\r\nConnection: close\r\n\r\n');
  if (socket) await once(socket, 'close');
  return received;
}

const isServed = async (to: Place, offer: ConnectionOptions = {}) =>
  (await answerOf(to, offer)).startsWith('HTTP/1.1 200 ');

test('an HTTPS listener shows the certificate that the name asks for, and its default one', async () => {
  evidence('listener.protocol', 'traffic', ['HTTPS']);
  evidence('listener.default_tls_container_ref', 'traffic');
  evidence('listener.sni_container_refs', 'traffic');
  evidence('listener.sni_match_algo', 'traffic');
  evidence('certificate.certificate', 'traffic');
  evidence('certificate.private_key', 'traffic');
  evidence('certificate.domain', 'traffic');
  await using member = await NamedMember.start('member');
  const listening = {
    default_tls_container_ref: certificateIds.rsa,
    sni_container_refs: [certificateIds.ec],
  };
  const at = await balance(api, [member], 'HTTPS', { protocol: 'HTTP' }, listening);
  await until(() => isServed(at));
  const [rsa, ec, leaf] = [
    await shownBy(at),
    await shownBy(at, { servername: 'a.ec.test' }),
    'leaf.elbow.test',
  ];
  assert.notEqual(rsa, ec);
  assert.equal(await shownBy(at, { servername: 'b.a.ec.test' }), rsa);
  await setListener(at.listenerId, { sni_match_algo: 'longest_suffix' });
  await until(async () => (await shownBy(at, { servername: 'b.a.ec.test' })) === ec);
  await setListener(at.listenerId, { default_tls_container_ref: certificateIds.leaf });
  await until(async () => (await shownBy(at)) === leaf);

  const changing = await createCertificate({ ...serverPair('rsa'), domain: 'changing.test' });
  await setListener(at.listenerId, { sni_container_refs: [certificateIds.ec, changing] });
  await until(async () => (await shownBy(at, { servername: 'changing.test' })) === rsa);
  const established = await open(at, { servername: 'changing.test' });
  const set = (certificate: object) => api.put(`/elb/certificates/${changing}`, { certificate });
  await set({ domain: 'changed.test' });
  await until(async () => (await shownBy(at, { servername: 'changed.test' })) === rsa);
  await set(serverPair('ec'));
  await until(async () => (await shownBy(at, { servername: 'changed.test' })) === ec);
  established?.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
  assert.match(String((await once(established as TLSSocket, 'data'))[0]), /^HTTP\/1\.1 200 /);
  established?.destroy();
});

test('tls_ciphers_policy says which versions and suites are taken, and a policy of one’s own wins', async () => {
  evidence('listener.tls_ciphers_policy', 'traffic');
  evidence('listener.security_policy_id', 'traffic');
  evidence('security_policy.protocols', 'traffic');
  evidence('security_policy.ciphers', 'traffic');
  await using member = await NamedMember.start('member');
  const listening = { default_tls_container_ref: certificateIds.rsa };
  const at = await balance(api, [member], 'HTTPS', { protocol: 'HTTP' }, listening);
  await until(() => isServed(at));
  const takes = async (offer: ConnectionOptions) => (await shownBy(at, offer)) !== null;
  const tls13 = { minVersion: 'TLSv1.3' } as const;
  const sha1 = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-SHA' } as const;
  const chacha = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-CHACHA20-POLY1305' } as const;
  assert.deepEqual([await takes(tls13), await takes(sha1), await takes(chacha)], [false, true, false]);
  await setListener(at.listenerId, { tls_ciphers_policy: 'tls-1-2-fs-with-1-3' });
  await until(() => takes(tls13));
  assert.deepEqual([await takes(sha1), await takes(chacha)], [false, false]);
  const { id } = await api.create('/elb/security-policies', {
    security_policy: { protocols: ['TLSv1.2'], ciphers: ['ECDHE-RSA-CHACHA20-POLY1305'] },
  });
  await setListener(at.listenerId, { security_policy_id: id });
  await until(() => takes(chacha));
  assert.deepEqual([await takes(tls13), await takes(sha1)], [false, false]);
  const set = (security_policy: object) => api.put(`/elb/security-policies/${id}`, { security_policy });
  await set({ ciphers: ['ECDHE-RSA-AES128-SHA'] });
  await until(() => takes(sha1));
  assert.equal(await takes(chacha), false);
  await set({ protocols: ['TLSv1.3'], ciphers: ['TLS_AES_128_GCM_SHA256'] });
  await until(() => takes(tls13));
  assert.equal(await takes(sha1), false);
});

test('client_ca_tls_container_ref lets in only clients with a certificate of that CA', async () => {
  evidence('listener.client_ca_tls_container_ref', 'traffic');
  await using member = await NamedMember.start('member');
  const listening = { default_tls_container_ref: certificateIds.rsa };
  const at = await balance(api, [member], 'HTTPS', { protocol: 'HTTP' }, listening);
  await until(() => isServed(at));
  const ca = await createCertificate({ type: 'client', certificate: pem('ca') });
  await setListener(at.listenerId, { client_ca_tls_container_ref: ca });
  await until(async () => !(await isServed(at)));
  assert.equal(await isServed(at, { cert: pem('leaf'), key: pem('leaf.key') }), true);
  assert.equal(await isServed(at, { cert: pem('ec'), key: pem('ec.key') }), false);
  await setListener(at.listenerId, { client_ca_tls_container_ref: null });
  await until(() => isServed(at));
});

test('a session resumes whichever worker the client meets', async () => {
  await using member = await NamedMember.start('member');
  const listening = {
    default_tls_container_ref: certificateIds.rsa,
    tls_ciphers_policy: 'tls-1-2-fs-with-1-3',
  };
  const at = await balance(api, [member], 'HTTPS', { protocol: 'HTTP' }, listening);
  await until(() => isServed(at));
  const first = connect({ ...at, servername: 'a.test', rejectUnauthorized: false });
  const [session] = await once(first, 'session');
  first.destroy();
  for (let round = 0; round < 20; round += 1) {
    const again = await open(at, { servername: 'a.test', session });
    assert.equal(again?.isSessionReused(), true);
    again?.destroy();
  }
});

test('an HTTPS pool speaks TLS to its members', async () => {
  evidence('pool.protocol', 'traffic', ['HTTPS']);
  const member = createHttpsServer({ cert: pem('leaf'), key: pem('leaf.key') }, (_request, response) =>
    response.end('over TLS'),
  ).listen(0, '127.0.0.1');
  await once(member, 'listening');
  try {
    const { port } = member.address() as AddressInfo;
    const listening = { default_tls_container_ref: certificateIds.rsa };
    const at = await balance(api, [{ port }], 'HTTPS', { protocol: 'HTTPS' }, listening);
    await until(async () => (await answerOf(at)).endsWith('over TLS'));
  } finally {
    member.closeAllConnections();
    member.close();
  }
});

test('a TLS listener relays to members of a TCP pool in the clear, of a TLS pool over TLS', async () => {
  evidence('listener.protocol', 'traffic', ['TLS']);
  evidence('pool.protocol', 'traffic', ['TLS']);
  const plain = createTcpServer((socket) => socket.end('in the clear')).listen(0, '127.0.0.1');
  const secure = createTlsServer({ cert: pem('leaf'), key: pem('leaf.key') }, (socket) =>
    socket.end('over TLS'),
  ).listen(0, '127.0.0.1');
  try {
    for (const [server, protocol, said] of [
      [plain, 'TCP', 'in the clear'],
      [secure, 'TLS', 'over TLS'],
    ] as const) {
      if (!server.listening) await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const listening = { default_tls_container_ref: certificateIds.ec };
      const at = await balance(api, [{ port }], 'TLS', { protocol, ip_version: 'v4' }, listening);
      await until(async () => (await answerOf(at)) === said);
    }
  } finally {
    plain.close();
    secure.close();
  }
});

test('http2_enable lets clients speak HTTP/2', async () => {
  evidence('listener.http2_enable', 'traffic');
  await using member = await NamedMember.start('member');
  const listening = { default_tls_container_ref: certificateIds.rsa };
  const at = await balance(api, [member], 'HTTPS', { protocol: 'HTTP' }, listening);
  await until(() => isServed(at));
  const agreed = async () => {
    const socket = await open(at, { ALPNProtocols: ['h2', 'http/1.1'] });
    socket?.destroy();
    return socket?.alpnProtocol;
  };
  assert.equal(await agreed(), 'http/1.1');
  await setListener(at.listenerId, { http2_enable: true });
  await until(async () => (await agreed()) === 'h2');
  const session = connectHttp2(at.url, { rejectUnauthorized: false });
  try {
    const stream = session.request({ ':path': '/' });
    const [answer] = await once(stream, 'response');
    assert.equal(answer[':status'], 200);
    assert.equal(String((await once(stream, 'data'))[0]), 'member');
  } finally {
    session.destroy();
  }
});

test('keys are in no log, and where a proxy keeps them only its owner may read', async () => {
  const made = await generate([{ name: 'commonName', value: 'kept.test' }], {
    keyType: 'ec',
    algorithm: 'sha256',
  });
  await using member = await NamedMember.start('member');
  const kept = await createCertificate({ certificate: made.cert, private_key: made.private });
  const unused = await createCertificate(serverPair('rsa'));
  const at = await balance(api, [member], 'HTTPS', { protocol: 'HTTP' }, { default_tls_container_ref: kept });
  await until(() => isServed(at));
  const file = join(elbow.directory, 'proxy', 'configuration.ndjson');
  await until(async () => readFileSync(file, 'utf8').includes(kept));
  const written = readFileSync(file, 'utf8');
  assert.ok(written.includes(JSON.stringify(made.private).slice(1, -1)));
  assert.ok(!written.includes(unused), 'a certificate that no listener names goes to no proxy');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.ok(!elbow.log.includes('PRIVATE KEY'));
});
