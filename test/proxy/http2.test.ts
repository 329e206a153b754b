import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { constants } from 'node:http2';
import { test } from 'node:test';
import { answerOn, closeOf, Http2Peer, startHttp2 } from './http2-peer.ts';
import type { Peer } from './peer.ts';
import { OK, RawMember } from './raw-member.ts';
import { settings, TlsPeer } from './tls-ground.ts';

/** A member that answers every request with the request that it got. */
async function echo(session: Peer): Promise<void> {
  while (!session.isClosed) {
    const head = await session.until('\r\n\r\n');
    const length = /^content-length: (\d+)/im.exec(head)?.[1];
    const chunked = /^transfer-encoding: chunked/im.test(head);
    const body = length ? await session.bytes(Number(length)) : chunked ? await session.until('0\r\n') : '';
    session.send(`HTTP/1.1 200 OK\r\nContent-Length: ${head.length + body.length}\r\n\r\n${head}${body}`);
  }
}

test('HTTP/2 is agreed upon where the listener has it, and only there', async (t) => {
  const member = await RawMember.answering(t, OK);
  const proxy = await startHttp2(t, { members: [member.configuration()] });
  const ALPNProtocols = ['http/1.1', 'h2'];
  assert.equal((await TlsPeer.open(proxy, { ALPNProtocols })).tls.alpnProtocol, 'h2');
  const old = await TlsPeer.open(proxy);
  old.send('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
  assert.ok((await old.message()).startsWith('HTTP/1.1 200 '));
  proxy.putListener({ ...proxy.listener, tls: settings() });
  assert.equal((await TlsPeer.open(proxy, { ALPNProtocols })).tls.alpnProtocol, 'http/1.1');
});

test('a request reaches the member as one of HTTP/1.1, with the headers of the listener', async (t) => {
  const member = await RawMember.start(t, echo);
  const proxy = await startHttp2(t, {
    members: [member.configuration()],
    http: {
      insertedHeaders: [
        { name: 'X-Forwarded-Proto', source: 'listener-protocol' },
        { name: 'x-alpn', source: 'tls-alpn' },
      ],
    },
  });
  const peer = await Http2Peer.open(t, proxy);
  const { status, body } = await peer.ask({
    ':path': '/a?b=c',
    'x-own': ['1', '2'],
    cookie: ['a=1', 'b=2'],
    'x-alpn': 'forged',
    te: 'trailers',
  });
  assert.equal(status, 200);
  assert.deepEqual(body.split('\r\n').sort(), [
    ...['', ''],
    'Connection: TE',
    'GET /a?b=c HTTP/1.1',
    'TE: trailers',
    `X-Forwarded-For: ${peer.session.socket.localAddress}`,
    'X-Forwarded-Proto: https',
    'cookie: a=1; b=2',
    `host: ${peer.authority}`,
    'x-alpn: h2',
    'x-own: 1',
    'x-own: 2',
  ]);
});

test('many requests go at once on one connection, over connections to members that are used again', async (t) => {
  const member = await RawMember.answering(t, OK);
  const proxy = await startHttp2(t, { members: [member.configuration()] });
  const peer = await Http2Peer.open(t, proxy);
  for (let round = 0; round < 3; round += 1) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => peer.ask()));
    assert.ok(answers.every(({ status, body, resetBy }) => status === 200 && body === 'ok' && resetBy === 0));
  }
  assert.ok(member.sessions.length <= 50, `${member.sessions.length} connections`);
});

test('answers of the proxy itself, and answers without a body, are whole', async (t) => {
  const proxy = await startHttp2(t, {});
  const peer = await Http2Peer.open(t, proxy);
  const unserved = await peer.ask();
  assert.equal(unserved.status, 503);
  assert.match(unserved.body, /503 Service Unavailable/);
  const member = await RawMember.start(t, async (session) => {
    while (!session.isClosed) {
      const request = await session.until('\r\n\r\n');
      if (request.startsWith('HEAD'))
        session.send('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: "x"\r\n\r\n');
      else session.send('HTTP/1.1 204 No Content\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n');
    }
  });
  proxy.putMember(member.configuration());
  const head = await peer.ask({ ':method': 'HEAD' });
  assert.deepEqual([head.status, head.headers['content-length'], head.body], [200, '5', '']);
  const empty = await peer.ask();
  assert.deepEqual([empty.status, empty.headers['set-cookie'], empty.body], [204, ['a=1', 'b=2'], '']);
  assert.equal(empty.resetBy, 0);
});

test('interim answers pass, in their order', async (t) => {
  const member = await RawMember.start(t, async (session) => {
    await session.until('\r\n\r\n');
    session.send(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}`);
  });
  const proxy = await startHttp2(t, { members: [member.configuration()] });
  const stream = (await Http2Peer.open(t, proxy)).begin();
  const [early] = await once(stream, 'headers');
  assert.equal(early[':status'], 103);
  assert.equal(early['link'], '</a>');
  assert.equal((await answerOn(stream)).body, 'ok');
});

test('bodies pass both ways as they are, of a length that is told or not', async (t) => {
  const size = 2_000_000;
  const body = randomBytes(size).toString('latin1');
  const member = await RawMember.start(t, async (session) => {
    while (!session.isClosed) {
      const head = await session.until('\r\n\r\n');
      if (/content-length/i.test(head)) {
        const received = await session.bytes(size);
        session.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n${received}`);
        continue;
      }
      let received = '';
      for (;;) {
        const length = Number.parseInt(await session.until('\r\n'), 16);
        const chunk = await session.bytes(length + 2);
        if (length === 0) break;
        received += chunk.slice(0, -2);
      }
      const half = received.slice(0, size / 2);
      session.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      for (const part of [half, received.slice(size / 2)]) {
        session.send(`${part.length.toString(16)}\r\n${part}\r\n`);
      }
      session.send('0\r\n\r\n');
    }
  });
  const proxy = await startHttp2(t, { members: [member.configuration()] });
  const peer = await Http2Peer.open(t, proxy);
  for (const told of [{ 'content-length': size }, {}]) {
    const stream = peer.begin({ ':method': 'POST', ...told }, false);
    stream.end(Buffer.from(body, 'latin1'));
    const answer = await answerOn(stream);
    assert.equal(answer.status, 200);
    assert.ok(answer.body === body);
    assert.equal(answer.resetBy, 0);
  }
});

test('trailers pass both ways', async (t) => {
  const member = await RawMember.start(t, async (session) => {
    await session.until('\r\n\r\n');
    const body = await session.until('\r\n\r\n');
    session.send(
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n` +
        '0\r\nx-sum: 42\r\n\r\n',
    );
  });
  const proxy = await startHttp2(t, { members: [member.configuration()] });
  const stream = (await Http2Peer.open(t, proxy)).session.request(
    { ':method': 'POST', ':path': '/' },
    { endStream: false, waitForTrailers: true },
  );
  stream.on('wantTrailers', () => stream.sendTrailers({ 'x-check': 'yes' }));
  stream.end('abc');
  const { body, trailers } = await answerOn(stream);
  assert.equal(body, '3\r\nabc\r\n0\r\nx-check: yes\r\n\r\n');
  assert.equal(trailers?.['x-sum'], '42');
});

test('a client that does not read one stream slows its member, while others go on', async (t) => {
  const size = 64 * 1024 * 1024;
  let poured = 0;
  const slow = Promise.withResolvers<void>();
  const member = await RawMember.start(t, async (session) => {
    const request = await session.until('\r\n\r\n');
    if (!request.startsWith('GET /much')) {
      session.send(OK);
      return;
    }
    session.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
    poured = await session.pour(size);
    slow.resolve();
  });
  const proxy = await startHttp2(t, { members: [member.configuration()] });
  const peer = await Http2Peer.open(t, proxy);
  const much = peer.begin({ ':path': '/much' });
  await once(much, 'response');
  await slow.promise;
  assert.ok(poured > 0 && poured < size / 2, `${poured} bytes were taken`);
  assert.equal((await peer.ask()).body, 'ok');
  let received = 0;
  much.on('data', (bytes: Buffer) => {
    received += bytes.length;
  });
  await once(much, 'end');
  assert.equal(received, size);
});

test('a member that does not read slows the client of its stream', async (t) => {
  const member = await RawMember.start(t, async (session) => {
    await session.until('\r\n\r\n');
    session.socket.pause();
  });
  const proxy = await startHttp2(t, { members: [member.configuration()] });
  const stream = (await Http2Peer.open(t, proxy)).begin({ ':method': 'POST' }, false);
  await member.session(0);
  let sent = 0;
  const block = Buffer.alloc(64 * 1024);
  const fill = (): void => {
    while (sent < 64 * 1024 * 1024 && stream.write(block)) sent += block.length;
  };
  stream.on('drain', fill);
  fill();
  for (let before = -1; before !== sent; ) {
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  assert.ok(sent < 32 * 1024 * 1024, `${sent} bytes were taken`);
});

test('a client that resets a stream ends the request at the member, and no other', async (t) => {
  const member = await RawMember.start(t, async (session) => {
    const request = await session.until('\r\n\r\n');
    if (request.startsWith('GET /kept')) session.send(OK);
  });
  const proxy = await startHttp2(t, { members: [member.configuration()] });
  const peer = await Http2Peer.open(t, proxy);
  const stream = peer.begin({ ':path': '/reset' });
  const session = await member.session(0);
  await session.waitFor(() => session.total > 0, 'the request');
  stream.close(constants.NGHTTP2_CANCEL);
  await session.waitFor(() => session.hasEnded || session.isClosed, 'the connection to close');
  assert.equal((await peer.ask({ ':path': '/kept' })).body, 'ok');
});

test('a request body that is cut short does not reach the member as a whole one', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await startHttp2(t, { members: [member.configuration()] });
  const peer = await Http2Peer.open(t, proxy);
  peer.begin({ ':method': 'POST' }, false).write('abc');
  const session = await member.session(0);
  await session.until('abc\r\n');
  // Node's client would end a stream before it resets it.
  peer.session.destroy();
  await session.waitFor(() => session.isClosed || session.hasEnded, 'the connection to close');
  assert.ok(!session.received.includes('0\r\n'), 'no last chunk');
});

test('a member that breaks off in the middle of a body resets the stream', async (t) => {
  const member = await RawMember.start(t, async (session) => {
    await session.until('\r\n\r\n');
    session.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n');
    await new Promise((resolve) => setImmediate(resolve));
    session.socket.end();
  });
  const proxy = await startHttp2(t, { members: [member.configuration()] });
  const peer = await Http2Peer.open(t, proxy);
  const answer = await peer.ask();
  assert.deepEqual([answer.body, answer.resetBy], ['half', constants.NGHTTP2_INTERNAL_ERROR]);
  assert.equal(peer.session.closed, false);
});

test('what is asked for in another form, or of two hosts, is refused', async (t) => {
  const member = await RawMember.answering(t, OK);
  const proxy = await startHttp2(t, { members: [member.configuration()] });
  const peer = await Http2Peer.open(t, proxy);
  const wrongs = [
    { ':path': 'http://other.test/' },
    { ':path': '*' },
    { ':path': '/a b' },
    { ':authority': 'a test' },
    { ':authority': 'a.test', host: 'b.test' },
  ];
  for (const wrong of wrongs) {
    const { status, resetBy } = await peer.ask(wrong);
    assert.ok(status === 400 || resetBy !== 0, `${JSON.stringify(wrong)}: ${status}`);
  }
  assert.equal(member.sessions.length, 0);
  assert.equal((await peer.ask({ ':authority': 'a.test', host: 'A.test' })).status, 200);
  assert.equal((await peer.ask({ ':path': '*', ':method': 'OPTIONS' })).status, 200);
  const tunnel = peer.session.request({ ':method': 'CONNECT', ':authority': 'a.test:443' });
  assert.equal((await answerOn(tunnel)).status, 501);
  assert.equal(peer.session.closed, false);
});

test('a head that is too long is answered 431', async (t) => {
  const proxy = await startHttp2(t, {});
  const peer = await Http2Peer.open(t, proxy);
  const { status, resetBy } = await peer.ask({ 'x-long': 'x'.repeat(40_000) });
  assert.ok(status === 431 || resetBy !== 0, `${status} ${resetBy}`);
});

test('a flood of resets ends the connection', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await startHttp2(t, { members: [member.configuration()] });
  const peer = await Http2Peer.open(t, proxy);
  const closed = closeOf(peer.session);
  let opened = 0;
  const flood = setInterval(() => {
    for (let index = 0; index < 50 && !peer.session.destroyed && !peer.session.closed; index += 1) {
      opened += 1;
      peer.begin().close(constants.NGHTTP2_CANCEL);
    }
  }, 1);
  await closed;
  clearInterval(flood);
  assert.ok(opened < 20_000);
  const other = await Http2Peer.open(t, proxy);
  proxy.putMember((await RawMember.answering(t, OK)).configuration({ id: member.configuration().id }));
  assert.equal((await other.ask()).status, 200);
});

test('an idle connection is closed, and one that never asks for anything', async (t) => {
  const member = await RawMember.answering(t, OK);
  const proxy = await startHttp2(t, {
    members: [member.configuration()],
    listener: { keepaliveTimeoutMs: 60 },
    http: { clientTimeoutMs: 60 },
  });
  const silent = await Http2Peer.open(t, proxy);
  await closeOf(silent.session);
  const peer = await Http2Peer.open(t, proxy);
  const closed = closeOf(peer.session);
  assert.equal((await peer.ask()).status, 200);
  await closed;
});

test('a connection that drains finishes what it has and takes nothing new', async (t) => {
  const held = Promise.withResolvers<Peer>();
  const member = await RawMember.start(t, async (session) => {
    await session.until('\r\n\r\n');
    held.resolve(session);
  });
  const proxy = await startHttp2(t, { members: [member.configuration()] });
  const peer = await Http2Peer.open(t, proxy);
  const running = peer.ask();
  const session = await held.promise;
  const goaway = once(peer.session, 'goaway');
  const drained = proxy.engine.drain(5000);
  await goaway;
  session.send(OK);
  assert.equal((await running).body, 'ok');
  await drained;
});

test('a response that is whole before the request is leaves the connection as it was', async (t) => {
  const member = await RawMember.start(t, async (session) => {
    await session.until('\r\n\r\n');
    session.send(OK.replace('200 OK', '413 Content Too Large'));
  });
  const proxy = await startHttp2(t, { members: [member.configuration()] });
  const peer = await Http2Peer.open(t, proxy);
  const stream = peer.begin({ ':method': 'POST' }, false);
  stream.write('abc');
  const answer = await answerOn(stream);
  assert.deepEqual([answer.status, answer.body, answer.resetBy], [413, 'ok', 0]);
  assert.equal((await peer.ask()).status, 413);
});
