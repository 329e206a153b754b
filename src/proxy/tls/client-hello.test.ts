import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { before, test } from 'node:test';
import { connect } from 'node:tls';
import fc from 'fast-check';
import { type ClientHello, readClientHello } from './client-hello.ts';
import { ja3, ja4 } from './fingerprints.ts';

const nothing: ClientHello = {
  serverName: null,
  legacyVersion: 0x0303,
  ciphers: [],
  extensions: [],
  groups: [],
  pointFormats: [],
  signatureAlgorithms: [],
  versions: [],
  protocols: [],
};

/** What a client of Node really sends. */
let sent: Buffer;

before(async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect({
    port,
    host: '127.0.0.1',
    servername: 'a.test',
    ALPNProtocols: ['h2', 'http/1.1'],
    ciphers: 'TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256',
    rejectUnauthorized: false,
  });
  client.on('error', () => {});
  const [socket] = await once(server, 'connection');
  [sent] = await once(socket, 'data');
  client.destroy();
  server.close();
});

/** The same handshake message, cut into records of at most so many bytes. */
function inRecords(bytes: Buffer, size: number): Buffer {
  const message = bytes.subarray(5);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    const part = message.subarray(at, at + size);
    records.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 0xff]), part);
  }
  return Buffer.concat(records);
}

test('what a client offers is read, also when it comes in many records', () => {
  const hello = readClientHello(sent);
  assert.ok(hello !== null && hello !== 'incomplete');
  assert.deepEqual(hello.ciphers.slice(0, 2), [0x1301, 0xc02f]);
  assert.equal(hello.serverName, 'a.test');
  assert.deepEqual(hello.protocols, ['h2', 'http/1.1']);
  assert.ok(hello.versions.includes(0x0304) && hello.extensions.includes(0));
  for (const size of [1, 3, 100]) assert.deepEqual(readClientHello(inRecords(sent, size)), hello);
});

test('until all of it has come it is incomplete', () => {
  const bytes = inRecords(sent, 50);
  for (let length = 0; length < bytes.length; length += 1) {
    assert.equal(readClientHello(bytes.subarray(0, length)), 'incomplete');
  }
});

test('what is no ClientHello is none, and nothing makes reading it fail or wait for ever', () => {
  assert.equal(readClientHello(Buffer.from('GET / HTTP/1.1\r\n\r\n')), null);
  const endless = Buffer.from([22, 3, 1, 0, 4, 1, 255, 255, 255]);
  assert.equal(readClientHello(endless), null);
  fc.assert(
    fc.property(fc.nat(sent.length - 1), fc.uint8Array({ maxLength: 20 }), (at, put) => {
      const changed = Buffer.from(sent);
      changed.set(put.subarray(0, changed.length - at), at);
      readClientHello(changed);
    }),
    { numRuns: 2000 },
  );
});

test('JA3 is what its authors give for an example', () => {
  const hello = {
    ...nothing,
    legacyVersion: 769,
    ciphers: [47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4],
    extensions: [0, 10, 11],
    groups: [23, 24, 25],
    pointFormats: [0],
  };
  assert.equal(ja3(hello), 'ada70206e40642a3e4461f35503241d5');
});

test('JA4 is what its authors give for an example', () => {
  const hex = (list: string) => list.split(',').map((each) => Number.parseInt(each, 16));
  const hello = {
    ...nothing,
    ciphers: hex('1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035'),
    extensions: hex('001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015'),
    signatureAlgorithms: hex('0403,0804,0401,0503,0805,0501,0806,0601'),
    versions: hex('0304,0303'),
    protocols: ['h2', 'http/1.1'],
  };
  assert.equal(ja4(hello), 't13d1516h2_8daaf6152771_e5627efa2ab1');
  assert.equal(ja4(nothing), 't12i000000_000000000000_000000000000');
});
