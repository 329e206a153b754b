import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OK, RawMember } from './raw-member.ts';
import { GET, RunningEngine } from './running-engine.ts';

const UPGRADE =
  'GET /socket HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';
const SWITCH =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';
const FRAME = '\x81\x05hello';

test('a WebSocket upgrade becomes a tunnel, with frames that came early', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  client.send(UPGRADE + FRAME);
  const session = await member.session(0);
  const head = await session.until('\r\n\r\n');
  assert.match(head, /\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n/);
  assert.match(head, /\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n/);
  assert.equal(session.received, '', 'nothing of the tunnel before the member agreed');
  session.send(SWITCH + FRAME);
  const answer = await client.until('\r\n\r\n');
  assert.match(answer, /^HTTP\/1\.1 101 Switching Protocols\r\n/);
  assert.match(answer, /\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n/);
  assert.match(answer, /\r\nSec-WebSocket-Accept: /);
  assert.equal(await client.bytes(FRAME.length), FRAME);
  assert.equal(await session.bytes(FRAME.length), FRAME);
  client.send('\x88\x00');
  assert.equal(await session.bytes(2), '\x88\x00');
  client.socket.end();
  await session.toEnd();
  session.send('\x88\x00');
  session.socket.end();
  assert.equal(await client.toEnd(), '\x88\x00');
});

test('a member may decline the upgrade, and the connection goes on', async (t) => {
  const member = await RawMember.answering(t, OK);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  client.send(UPGRADE);
  assert.equal(await client.message(), OK);
  client.send(GET);
  assert.equal(await client.message(), OK);
});

test('no other protocol can be upgraded to, and never with a body', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  for (const request of [
    'GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n\r\nx',
  ]) {
    client.send(request);
    const session = await member.session(0);
    assert.doesNotMatch(await session.until('\r\n\r\n'), /upgrade|http2-settings/i);
    session.received = '';
    session.send(OK);
    assert.equal(await client.message(), OK);
  }
});

test('a tunnel without a byte for the keep-alive timeout is cut', async (t) => {
  const member = await RawMember.answering(t, SWITCH);
  const proxy = await RunningEngine.start(t, {
    members: [member.configuration()],
    listener: { keepaliveTimeoutMs: 40 },
  });
  const client = await proxy.client();
  client.send(UPGRADE);
  await client.until('\r\n\r\n');
  await client.toClose();
  await (await member.session(0)).toClose();
});

test('a client that goes away takes the tunnel with it', async (t) => {
  const member = await RawMember.answering(t, SWITCH);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  client.send(UPGRADE);
  await client.until('\r\n\r\n');
  client.socket.resetAndDestroy();
  await (await member.session(0)).toClose();
});
