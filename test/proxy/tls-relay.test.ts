import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, type TestContext, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { RawMember } from './raw-member.ts';
import type { RunningEngine } from './running-engine.ts';
import { certificate, type Pair, refusal, shown, startTls, TlsPeer, type TlsSetup } from './tls-ground.ts';
import { TlsMember } from './tls-member.ts';

let pair: Pair;

before(async () => {
  pair = await certificate('relay.test');
});

/** An engine with a TLS listener before a pool of members that speak TLS too, or not. */
function startRelay(t: TestContext, tls: boolean, setup: Partial<TlsSetup>): Promise<RunningEngine> {
  return startTls(t, {
    certificates: [shown('default', pair)],
    ...setup,
    listener: { http: null, ...setup.listener },
    pool: { protocol: 'tcp', tls },
  });
}

test('the member gets the bytes without TLS, and each side may end while the other still sends', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await startRelay(t, false, { members: [member.configuration()] });
  for (const [index, maxVersion] of (['TLSv1.2', 'TLSv1.3'] as const).entries()) {
    const client = await TlsPeer.open(proxy, { maxVersion });
    client.send('question');
    client.socket.end();
    const session = await member.session(2 * index);
    assert.equal(await session.toEnd(), 'question');
    session.send('answer');
    session.socket.end();
    assert.equal(await client.toEnd(), 'answer');
    assert.equal(await client.toClose(), 'ended');

    const second = await TlsPeer.open(proxy, { maxVersion });
    const other = await member.session(2 * index + 1);
    other.send('bye');
    other.socket.end();
    assert.equal(await second.toEnd(), 'bye');
    second.send('still here');
    assert.equal(await other.bytes(10), 'still here');
  }
});

test('a member that speaks first is heard', async (t) => {
  const member = await RawMember.start(t, (session) => session.send('220 ready\r\n'));
  const proxy = await startRelay(t, false, { members: [member.configuration()] });
  assert.equal(await (await TlsPeer.open(proxy)).until('\r\n'), '220 ready\r\n');
});

test('a reset on one side is a reset on the other', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await startRelay(t, false, { members: [member.configuration()] });
  const client = await TlsPeer.open(proxy);
  client.send('a');
  const session = await member.session(0);
  await session.bytes(1);
  session.socket.resetAndDestroy();
  assert.equal(await client.toClose(), 'reset');
});

test('without a member the connection is reset, once its handshake is over', async (t) => {
  const proxy = await startRelay(t, false, {});
  assert.equal(await (await TlsPeer.open(proxy)).toClose(), 'reset');
});

test('a relay agrees to no protocol, whichever the client offers', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await startRelay(t, false, { members: [member.configuration()] });
  assert.equal(await refusal(proxy, { ALPNProtocols: ['imap'] }), null);
});

test('members of a pool over TLS get TLS of their own, half-closed as well', async (t) => {
  const resumed: boolean[] = [];
  const member = await TlsMember.start(t, { cert: pair.cert, key: pair.private }, async (session) => {
    resumed.push((session.socket as TLSSocket).isSessionReused());
    const question = await session.toEnd();
    session.send(question.toUpperCase());
    session.socket.end();
  });
  const proxy = await startRelay(t, true, { members: [member.configuration()] });
  for (const text of ['one', 'two', 'three']) {
    const client = await TlsPeer.open(proxy);
    client.send(text);
    client.socket.end();
    assert.equal(await client.toEnd(), text.toUpperCase());
  }
  assert.equal(member.sessions[0]?.socket.servername, false, 'no name is asked for');
  assert.deepEqual(resumed, [false, true, true]);
});

test('much passes both ways at once as it is', async (t) => {
  const member = await TlsMember.start(t, { cert: pair.cert, key: pair.private }, (session) => {
    session.socket.pipe(session.socket);
  });
  const proxy = await startRelay(t, true, { members: [member.configuration()] });
  const client = await TlsPeer.open(proxy);
  const bytes = randomBytes(3_000_000).toString('latin1');
  client.send(bytes);
  assert.equal(await client.bytes(bytes.length), bytes);
});

test('a member that does not speak TLS is left for one that does', async (t) => {
  const plain = await RawMember.start(t, (session) => session.send('this is no TLS\r\n'));
  const member = await TlsMember.start(t, { cert: pair.cert, key: pair.private }, (session) =>
    session.send('hi'),
  );
  const proxy = await startRelay(t, true, { members: [plain.configuration(), member.configuration()] });
  for (let round = 0; round < 4; round += 1) {
    assert.equal(await (await TlsPeer.open(proxy)).bytes(2), 'hi');
  }
  assert.ok(plain.sessions.length > 0);
});
