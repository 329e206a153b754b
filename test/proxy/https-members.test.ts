import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { OK, RawMember } from './raw-member.ts';
import { GET, RunningEngine } from './running-engine.ts';
import { certificate, type Pair, shown, startTls, TlsPeer } from './tls-ground.ts';
import { TlsMember } from './tls-member.ts';

let pair: Pair;

before(async () => {
  pair = await certificate('member.test');
});

test('members of an HTTPS pool are spoken to over TLS, on connections that are used again', async (t) => {
  const member = await TlsMember.start(
    t,
    { cert: pair.cert, key: pair.private, ALPNProtocols: ['h2', 'http/1.1'] },
    async (session) => {
      while (!session.isClosed) {
        const request = await session.until('\r\n\r\n');
        session.send(OK.replace('ok', request.includes('Host: example.test') ? 'ok' : 'no'));
      }
    },
  );
  const setup = { members: [member.configuration()], pool: { tls: true } };
  for (const proxy of [
    await RunningEngine.start(t, setup),
    await startTls(t, { ...setup, certificates: [shown('default', pair)] }),
  ]) {
    const before = member.sessions.length;
    const client = proxy.listener.tls ? await TlsPeer.open(proxy) : await proxy.client();
    for (let round = 0; round < 5; round += 1) {
      client.send(GET);
      assert.ok((await client.message()).endsWith('ok'));
    }
    assert.equal(member.sessions.length, before + 1);
  }
  assert.equal(member.sessions[0]?.socket.alpnProtocol, 'http/1.1');
});

test('large bodies pass both ways', async (t) => {
  const size = 3_000_000;
  const member = await TlsMember.start(t, { cert: pair.cert, key: pair.private }, async (session) => {
    await session.until('\r\n\r\n');
    session.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n${await session.bytes(size)}`);
  });
  const proxy = await RunningEngine.start(t, { members: [member.configuration()], pool: { tls: true } });
  const client = await proxy.client();
  const body = 'y'.repeat(size);
  client.send(`POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${size}\r\n\r\n${body}`);
  assert.ok((await client.message()).endsWith(body));
});

test('a member that does not speak TLS is left for one that does, and means 502 alone', async (t) => {
  const plain = await RawMember.start(t, (session) => session.send(OK));
  const member = await TlsMember.start(t, { cert: pair.cert, key: pair.private }, async (session) => {
    await session.until('\r\n\r\n');
    session.send(OK);
  });
  const proxy = await RunningEngine.start(t, { members: [plain.configuration()], pool: { tls: true } });
  const client = await proxy.client();
  client.send(GET);
  assert.ok((await client.message()).startsWith('HTTP/1.1 502 '));
  proxy.putMember(member.configuration());
  client.send(GET);
  assert.ok((await client.message()).startsWith('HTTP/1.1 200 '));
});

test('a member that takes a connection but no handshake means 504', async (t) => {
  const silent = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, {
    members: [silent.configuration()],
    pool: { tls: true },
    http: { memberTimeoutMs: 60, memberRetry: false },
  });
  const client = await proxy.client();
  client.send(GET);
  assert.ok((await client.message()).startsWith('HTTP/1.1 504 '));
});
