import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { before, test } from 'node:test';
import { connect } from 'node:tls';
import { OK, RawMember } from './raw-member.ts';
import { GET, GET_AND_CLOSE, type RunningEngine } from './running-engine.ts';
import {
  authority,
  certificate,
  clientOptions,
  type Pair,
  refusal,
  settings,
  shown,
  startTls,
  TlsPeer,
  trusted,
} from './tls-ground.ts';

let rsa: Pair;
let ec: Pair;

before(async () => {
  [rsa, ec] = await Promise.all([certificate('rsa.test', 'rsa'), certificate('ec.test', 'ec')]);
});

test('requests over TLS are served one after the other on one connection', async (t) => {
  const member = await RawMember.answering(t, OK);
  const proxy = await startTls(t, {
    members: [member.configuration()],
    certificates: [shown('default', ec)],
  });
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const client = await TlsPeer.open(proxy, { maxVersion });
    assert.equal(client.tls.getProtocol(), maxVersion);
    assert.equal(client.shownName, 'ec.test');
    for (let round = 0; round < 3; round += 1) {
      client.send(GET);
      assert.ok((await client.message()).startsWith('HTTP/1.1 200 '));
    }
    client.send(GET_AND_CLOSE);
    assert.ok((await client.toEnd()).endsWith('ok'));
    assert.equal(await client.toClose(), 'ended');
  }
});

test('large bodies pass both ways as they are', async (t) => {
  const size = 4_000_000;
  const member = await RawMember.start(t, async (session) => {
    await session.until('\r\n\r\n');
    session.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n${await session.bytes(size)}`);
  });
  const proxy = await startTls(t, {
    members: [member.configuration()],
    certificates: [shown('default', ec)],
  });
  const client = await TlsPeer.open(proxy);
  const body = randomBytes(size).toString('latin1');
  client.send(`POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${size}\r\n\r\n${body}`);
  assert.ok((await client.message()).endsWith(body));
});

test('a client that does not read slows its member, and gets all of it in the end', async (t) => {
  const size = 64 * 1024 * 1024;
  let poured = 0;
  const member = await RawMember.start(t, async (session) => {
    await session.until('\r\n\r\n');
    session.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
    poured = await session.pour(size);
    client.tls.resume();
  });
  const proxy = await startTls(t, {
    members: [member.configuration()],
    certificates: [shown('default', ec)],
  });
  const client = await TlsPeer.open(proxy);
  client.tls.pause();
  client.send(GET);
  await client.waitFor(() => client.total > size, 'the whole body');
  assert.ok(poured > 0 && poured < size / 2, `${poured} bytes were taken`);
});

test('ALPN takes http/1.1 and refuses whoever speaks only something else', async (t) => {
  const proxy = await startTls(t, { certificates: [shown('default', ec)] });
  const client = await TlsPeer.open(proxy, { ALPNProtocols: ['x', 'http/1.1'] });
  assert.equal(client.tls.alpnProtocol, 'http/1.1');
  assert.equal(await refusal(proxy, { ALPNProtocols: ['x'] }), 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL');
});

test('what is no handshake, and a handshake that stops, does not trouble the listener', async (t) => {
  const member = await RawMember.answering(t, OK);
  const proxy = await startTls(t, {
    members: [member.configuration()],
    certificates: [shown('default', ec)],
  });
  const plain = await proxy.client();
  plain.send(GET);
  await plain.waitFor(() => plain.hasEnded || plain.isClosed, 'the connection to close');
  const silent = await proxy.client();
  silent.send('\x16\x03\x01\x02');
  silent.socket.resetAndDestroy();
  const client = await TlsPeer.open(proxy);
  client.send(GET);
  assert.ok((await client.message()).startsWith('HTTP/1.1 200 '));
});

test('a member that breaks off in the middle of a body cuts the client, without an end', async (t) => {
  const member = await RawMember.start(t, async (session) => {
    await session.until('\r\n\r\n');
    session.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf');
    session.socket.resetAndDestroy();
  });
  const proxy = await startTls(t, {
    members: [member.configuration()],
    certificates: [shown('default', ec)],
  });
  const client = await TlsPeer.open(proxy);
  client.send(GET);
  assert.equal(await client.toClose(), 'reset');
});

test('a client without, or with a foreign certificate gets nothing where one is asked for', async (t) => {
  const [own, foreign] = await Promise.all([authority('own'), authority('foreign')]);
  const [good, bad] = await Promise.all([
    certificate('good client', 'ec', own),
    certificate('bad client', 'ec', foreign),
  ]);
  const member = await RawMember.answering(t, OK);
  const proxy = await startTls(t, {
    members: [member.configuration()],
    certificates: [shown('default', ec), trusted('authority', own)],
    tls: settings(undefined, { clientAuthorityId: 'authority' }),
  });
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const outcome = async (offer: object): Promise<string> => {
      try {
        const client = await TlsPeer.open(proxy, { maxVersion, ...offer });
        client.send(GET_AND_CLOSE);
        const received = await client.toEnd().catch(() => '');
        return received === '' ? 'nothing' : received.slice(0, 12);
      } catch {
        return 'nothing';
      }
    };
    assert.equal(await outcome({}), 'nothing');
    assert.equal(await outcome({ cert: bad.cert, key: bad.private }), 'nothing');
    assert.equal(await outcome({ cert: good.cert, key: good.private }), 'HTTP/1.1 200');
  }
});

/** A session that a listener gave; TLS 1.3 gives it after the handshake. */
async function sessionOf(proxy: RunningEngine, offer: object = {}): Promise<Buffer> {
  const socket = connect(clientOptions(proxy, { servername: 'a.test', ...offer }));
  socket.on('error', () => {});
  const [session] = await once(socket, 'session');
  socket.destroy();
  return session;
}

async function isResumed(proxy: RunningEngine, session: Buffer, offer: object = {}): Promise<boolean> {
  const client = await TlsPeer.open(proxy, { session, servername: 'a.test', ...offer });
  const isReused = client.tls.isSessionReused();
  client.close();
  return isReused;
}

test('a session of one worker resumes at another, until the ticket keys are renewed', async (t) => {
  const setup = { certificates: [shown('default', ec)] };
  const [one, other] = [await startTls(t, setup), await startTls(t, setup)];
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
    const session = await sessionOf(one, { maxVersion });
    assert.equal(await isResumed(other, session, { maxVersion }), false, 'keys of their own');
    const keys = Buffer.alloc(48, maxVersion);
    for (const { engine } of [one, other]) engine.useTicketKeys(keys);
    const shared = await sessionOf(one, { maxVersion });
    assert.equal(await isResumed(other, shared, { maxVersion }), true);
    other.putListener({
      ...other.listener,
      tls: settings('tls-1-2-fs-with-1-3', { nameMatch: 'longest-suffix' }),
    });
    assert.equal(await isResumed(other, shared, { maxVersion }), true, 'also after other settings');
    other.engine.useTicketKeys(Buffer.alloc(48, 'renewed'));
    assert.equal(await isResumed(other, shared, { maxVersion }), false);
  }
});

test('a session from before does not get past the asking for a certificate', async (t) => {
  const own = await authority('own');
  const member = await RawMember.answering(t, OK);
  const proxy = await startTls(t, {
    members: [member.configuration()],
    certificates: [shown('default', ec), trusted('authority', own)],
  });
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
    proxy.putListener(proxy.listener);
    const session = await sessionOf(proxy, { maxVersion });
    proxy.change({
      certificates: { put: [trusted('authority', own)] },
      listeners: {
        put: [{ ...proxy.listener, tls: settings(undefined, { clientAuthorityId: 'authority' }) }],
        remove: [],
      },
    });
    const client = await TlsPeer.open(proxy, { maxVersion, session, servername: 'a.test' } as object).catch(
      () => null,
    );
    client?.send(GET);
    assert.equal((await client?.toEnd().catch(() => '')) ?? '', '');
  }
});

test('a certificate that changes is shown to new connections, and established ones go on', async (t) => {
  const member = await RawMember.answering(t, OK);
  const proxy = await startTls(t, {
    members: [member.configuration()],
    certificates: [shown('default', ec)],
  });
  const established = await TlsPeer.open(proxy);
  proxy.change({ certificates: { put: [shown('default', rsa)] } });
  const later = await TlsPeer.open(proxy);
  assert.equal(later.shownName, 'rsa.test');
  for (const client of [established, later]) {
    client.send(GET);
    assert.ok((await client.message()).startsWith('HTTP/1.1 200 '));
  }
  assert.equal(established.shownName, 'ec.test');
});

test('a certificate that cannot be used is told of, and the former one goes on', async (t) => {
  const proxy = await startTls(t, { certificates: [shown('default', ec)] });
  const unusable = [
    { ...shown('default', ec), key: null },
    { ...shown('default', ec), key: rsa.private },
    { ...shown('default', ec), chain: 'no certificate' },
  ];
  for (const wrong of unusable) {
    proxy.change({ certificates: { put: [wrong] } });
    const state = await proxy.state('failed');
    assert.ok(state.state === 'failed' && !state.reason.includes('PRIVATE'));
    assert.equal((await TlsPeer.open(proxy)).shownName, 'ec.test');
    proxy.change({ certificates: { put: [shown('default', ec)] } });
    await proxy.state('listening');
  }
});

test('a listener that has no certificate yet resets its clients, and serves once it has one', async (t) => {
  const proxy = await startTls(t, { certificates: [shown('default', ec)] });
  const port = await proxy.freePort();
  const second = {
    ...proxy.listener,
    id: 'second',
    port,
    tls: settings(undefined, { certificateId: 'later' }),
  };
  proxy.putListener(second);
  const state = await proxy.state('failed', 'second');
  assert.match(state.state === 'failed' ? state.reason : '', /^certificate later /);
  assert.equal(await refusal(Object.assign(Object.create(proxy), { port }), {}), 'ECONNRESET');
  proxy.change({ certificates: { put: [shown('later', rsa)] } });
  await proxy.state('listening', 'second');
});

test('draining lets a handshake that has begun come to its request', async (t) => {
  const member = await RawMember.answering(t, OK);
  const proxy = await startTls(t, {
    members: [member.configuration()],
    certificates: [shown('default', ec)],
  });
  const opening = TlsPeer.open(proxy);
  const waiting = await TlsPeer.open(proxy);
  const client = await opening;
  const drained = proxy.engine.drain(5000);
  client.send(GET);
  assert.ok((await client.toEnd()).startsWith('HTTP/1.1 200 '));
  waiting.send(GET);
  assert.ok((await waiting.toEnd()).startsWith('HTTP/1.1 200 '));
  client.close();
  waiting.close();
  await drained;
});
