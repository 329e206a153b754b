import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { before, test } from 'node:test';
import type { InsertedHeader } from '../../src/dataplane/configuration.ts';
import { OK, RawMember } from './raw-member.ts';
import {
  authority,
  certificate,
  type Pair,
  settings,
  shown,
  startTls,
  TlsPeer,
  trusted,
} from './tls-ground.ts';

let own: Pair;
let server: Pair;
let named: Pair;
let client: Pair;

before(async () => {
  own = await authority('Some Authority');
  [server, named, client] = await Promise.all([
    certificate('server.test'),
    certificate('named.test'),
    certificate('Zoë', 'ec', own),
  ]);
});

const insertedHeaders: readonly InsertedHeader[] = [
  { name: 'x-proto', source: 'listener-protocol' },
  { name: 'x-version', source: 'tls-version' },
  { name: 'x-cipher', source: 'tls-cipher' },
  { name: 'x-certificate-id', source: 'certificate-id' },
  { name: 'x-alpn', source: 'tls-alpn' },
  { name: 'x-name', source: 'tls-server-name' },
  { name: 'x-subject', source: 'client-certificate-subject' },
  { name: 'x-issuer', source: 'client-certificate-issuer' },
  { name: 'x-fingerprint', source: 'client-certificate-fingerprint' },
  { name: 'x-verified', source: 'client-certificate-verification' },
  { name: 'x-serial', source: 'client-certificate-serial-number' },
  { name: 'x-client', source: 'client-certificate' },
  { name: 'x-end', source: 'client-certificate-end' },
  { name: 'x-ciphers', source: 'client-ciphers' },
  { name: 'x-ja3', source: 'tls-ja3' },
  { name: 'x-ja4', source: 'tls-ja4' },
];

/** The headers of a request as the member gets them. */
function headersOf(request: string): Record<string, string> {
  const lines = request.split('\r\n').slice(1, -2);
  return Object.fromEntries(lines.map((line) => line.split(/: (.*)/s).slice(0, 2)));
}

test('the member is told of the connection and of the client’s certificate', async (t) => {
  const requests: string[] = [];
  const member = await RawMember.start(t, async (session) => {
    while (!session.isClosed) {
      requests.push(await session.until('\r\n\r\n'));
      session.send(OK);
    }
  });
  const proxy = await startTls(t, {
    members: [member.configuration()],
    certificates: [
      shown('default', server),
      shown('by-name', named, 'named.test'),
      trusted('authority', own),
    ],
    tls: settings(undefined, { namedCertificateIds: ['by-name'], clientAuthorityId: 'authority' }),
    http: { insertedHeaders },
  });
  const peer = await TlsPeer.open(proxy, {
    servername: 'named.test',
    ALPNProtocols: ['http/1.1'],
    maxVersion: 'TLSv1.2',
    ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256',
    cert: client.cert,
    key: client.private,
  });
  peer.send('GET / HTTP/1.1\r\nHost: h\r\nX-Subject: CN=forged\r\nX_Ja4: forged\r\n\r\n');
  await peer.message();
  const headers = headersOf(requests[0] ?? '');
  const { serialNumber, raw, validTo } = new X509Certificate(client.cert);
  const { 'x-client': sent, 'x-ja3': ja3, 'x-ja4': ja4, ...others } = headers;
  assert.equal(new X509Certificate(decodeURIComponent(sent ?? '')).serialNumber, serialNumber);
  assert.match(ja3 ?? '', /^[0-9a-f]{32}$/);
  assert.match(ja4 ?? '', /^t12d\d{4}h1_[0-9a-f]{12}_[0-9a-f]{12}$/);
  assert.deepEqual(others, {
    Host: 'h',
    'X-Forwarded-For': peer.socket.localAddress,
    'x-proto': 'https',
    'x-version': 'TLSv1.2',
    'x-cipher': 'ECDHE-ECDSA-AES128-GCM-SHA256',
    'x-certificate-id': 'by-name',
    'x-alpn': 'http/1.1',
    'x-name': 'named.test',
    'x-subject': 'CN=Zo\\C3\\AB',
    'x-issuer': 'CN=Some Authority',
    'x-fingerprint': createHash('sha1').update(raw).digest('hex'),
    'x-verified': 'SUCCESS',
    'x-serial': serialNumber,
    'x-end': validTo,
    'x-ciphers': '0xc02b',
  });
});

test('what there is nothing to tell of is left out, and forged copies with it', async (t) => {
  const requests: string[] = [];
  const member = await RawMember.start(t, async (session) => {
    requests.push(await session.until('\r\n\r\n'));
    session.send(OK);
  });
  const proxy = await startTls(t, {
    members: [member.configuration()],
    certificates: [shown('default', server)],
    http: { insertedHeaders },
  });
  const peer = await TlsPeer.open(proxy);
  peer.send('GET / HTTP/1.1\r\nHost: h\r\nX-Subject: CN=forged\r\nX-Alpn: forged\r\n\r\n');
  await peer.message();
  const headers = headersOf(requests[0] ?? '');
  assert.equal(headers['x-version'], 'TLSv1.3');
  assert.equal(headers['x-certificate-id'], 'default');
  assert.equal(headers['x-verified'], 'NONE');
  for (const absent of ['x-subject', 'X-Subject', 'x-alpn', 'X-Alpn', 'x-name', 'x-client', 'x-end']) {
    assert.equal(headers[absent], undefined, absent);
  }
});

test('what is no ClientHello, or ends within one, does not trouble a listener that looks into them', async (t) => {
  const proxy = await startTls(t, {
    certificates: [shown('default', server)],
    http: { insertedHeaders: [{ name: 'x-ja4', source: 'tls-ja4' }] },
  });
  const broken = await proxy.client();
  broken.send('\x16\x03\x01\x00\x04\x01');
  broken.socket.end();
  await broken.toEnd();
  const plain = await proxy.client();
  plain.send('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
  await plain.toEnd();
  const hello = await TlsPeer.open(proxy);
  hello.send('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
  assert.ok((await hello.message()).startsWith('HTTP/1.1 503 '));
});
