import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OK, RawMember } from './raw-member.ts';
import { GET, GET_AND_CLOSE, RunningEngine } from './running-engine.ts';

/** The header lines of a message, lower-case. */
function lines(message: string): string[] {
  return message.slice(0, message.indexOf('\r\n\r\n')).toLowerCase().split('\r\n').slice(1);
}

test('a request reaches the member with its header, Host and the client in X-Forwarded-For', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  client.send('GET /a?b=c HTTP/1.1\r\nHost: example.test\r\nX-Own:  kept \r\n\r\n');
  const session = await member.session(0);
  assert.equal(
    await session.until('\r\n\r\n'),
    'GET /a?b=c HTTP/1.1\r\nHost: example.test\r\nX-Own:  kept \r\nX-Forwarded-For: 127.0.0.1\r\n\r\n',
  );
  session.send(OK);
  assert.equal(await client.message(), OK);
});

test('requests on one client connection share one member connection, whatever their paths and headers', async (t) => {
  const member = await RawMember.answering(t, OK);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  for (const path of ['/1', '/2', '/3', '/4']) {
    client.send(`GET ${path} HTTP/1.1\r\nHost: example.test\r\n${path === '/3' ? 'X-A: b\r\n' : ''}\r\n`);
    assert.equal(await client.message(), OK);
  }
  assert.equal(member.sessions.length, 1);
});

test('a repeated header block is forwarded alike with every request line', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  for (const line of ['GET /1', 'POST /2', 'HEAD /3', 'GET /1']) {
    client.send(`${line} HTTP/1.1\r\nHost: h\r\nX-A: 1\r\n\r\n`);
    const session = await member.session(0);
    assert.equal(
      await session.until('\r\n\r\n'),
      `${line} HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n`,
    );
    session.send('HTTP/1.1 204 No Content\r\n\r\n');
    assert.equal(await client.message(), 'HTTP/1.1 204 No Content\r\n\r\n');
  }
});

test('hop-by-hop headers end at the proxy in both directions', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  client.send(
    'GET / HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, X-Secret, host\r\nX-Secret: 1\r\nKeep-Alive: 5\r\n' +
      'Proxy-Connection: x\r\nTE: gzip;q=1, trailers\r\nUpgrade: h2c\r\nX-End: 1\r\n\r\n',
  );
  const session = await member.session(0);
  assert.deepEqual(lines(await session.until('\r\n\r\n')), [
    'host: h',
    'x-end: 1',
    'te: trailers',
    'connection: te',
    'x-forwarded-for: 127.0.0.1',
  ]);
  session.send(
    'HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Hop\r\nKeep-Alive: 1\r\nX-Hop: 1\r\nUpgrade: h2c\r\n' +
      'X-End: 1\r\nContent-Length: 0\r\n\r\n',
  );
  assert.deepEqual(lines(await client.message()), ['x-end: 1', 'content-length: 0']);
});

test('X-Forwarded-For is appended to, removed or preserved', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  const expected = {
    append: ['x-forwarded-for: 1.1.1.1, 2.2.2.2, 127.0.0.1'],
    remove: [],
    preserve: ['x-forwarded-for: 1.1.1.1', 'x-forwarded-for: 2.2.2.2'],
  };
  for (const forwardedFor of ['append', 'remove', 'preserve'] as const) {
    if (proxy.listener.http === null) throw new Error('not an HTTP listener');
    proxy.putListener({ ...proxy.listener, http: { ...proxy.listener.http, forwardedFor } });
    client.send('GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 1.1.1.1\r\nx-forwarded-for: 2.2.2.2\r\n\r\n');
    const session = await member.session(0);
    assert.deepEqual(lines(await session.until('\r\n\r\n')).slice(1), expected[forwardedFor]);
    session.send(OK);
    await client.message();
  }
});

test('inserted headers replace what the client sent under the same name, underscores included', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, {
    members: [member.configuration()],
    listener: { publicAddress: '198.51.100.7' },
    http: {
      insertedHeaders: [
        { name: 'X-Real-IP', source: 'client-address' },
        { name: 'X-Forwarded-For-Port', source: 'client-port' },
        { name: 'X-Forwarded-Host', source: 'host' },
        { name: 'X-Forwarded-Port', source: 'listener-port' },
        { name: 'X-Forwarded-Proto', source: 'listener-protocol' },
        { name: 'X-Forwarded-ELB-ID', source: 'load-balancer-id' },
        { name: 'X-Forwarded-ELB-IP', source: 'load-balancer-public-address' },
      ],
    },
  });
  const client = await proxy.client();
  client.send(
    'GET / HTTP/1.1\r\nHost: h\r\nX-REAL-IP: 6.6.6.6\r\nX_Real_IP: 6.6.6.6\r\nX-Forwarded-Proto: https\r\n' +
      'Connection: x-real-ip\r\n\r\n',
  );
  const session = await member.session(0);
  assert.deepEqual(lines(await session.until('\r\n\r\n')), [
    'host: h',
    'x-forwarded-for: 127.0.0.1',
    'x-real-ip: 127.0.0.1',
    `x-forwarded-for-port: ${client.socket.localPort}`,
    'x-forwarded-host: h',
    `x-forwarded-port: ${proxy.port}`,
    'x-forwarded-proto: http',
    'x-forwarded-elb-id: load-balancer',
    'x-forwarded-elb-ip: 198.51.100.7',
  ]);
});

test('an absolute target becomes origin-form and its authority wins over Host', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const cases = [
    ['GET http://a.test:81/x?y HTTP/1.1', 'GET /x?y HTTP/1.1', 'a.test:81'],
    ['GET http://a.test HTTP/1.1', 'GET / HTTP/1.1', 'a.test'],
    ['GET http://a.test?q HTTP/1.1', 'GET /?q HTTP/1.1', 'a.test'],
    ['OPTIONS http://a.test HTTP/1.1', 'OPTIONS * HTTP/1.1', 'a.test'],
    ['OPTIONS * HTTP/1.1', 'OPTIONS * HTTP/1.1', 'b.test'],
  ];
  const client = await proxy.client();
  for (const [line, forwarded, host] of cases) {
    client.send(`${line}\r\nHost: b.test\r\n\r\n`);
    const session = await member.session(0);
    const head = await session.until('\r\n\r\n');
    assert.equal(head.split('\r\n')[0], forwarded);
    assert.equal(
      lines(head)
        .filter((header) => header.startsWith('host:'))
        .join(),
      `host: ${host}`,
    );
    session.send(OK);
    await client.message();
  }
});

test('a body with a length reaches the member whole, however it is cut', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  for (const pieces of [['hello'], ['h', 'ell', 'o']]) {
    client.send('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n');
    const session = await member.session(0);
    const head = await session.until('\r\n\r\n');
    assert.ok(lines(head).includes('content-length: 5'));
    for (const [index, piece] of pieces.entries()) {
      client.send(piece);
      assert.equal(await session.bytes(piece.length), piece, `piece ${index}`);
    }
    session.send(OK);
    assert.equal(await client.message(), OK);
  }
  assert.equal(member.sessions.length, 1);
});

test('a chunked request passes in chunks, without extensions, with its trailers', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  client.send('POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n3;a=b;c="\\"d"\r\nabc\r\n');
  const session = await member.session(0);
  assert.ok(lines(await session.until('\r\n\r\n')).includes('transfer-encoding: chunked'));
  assert.equal(await session.until('abc\r\n'), '3\r\nabc\r\n');
  client.send('A\r\n0123456789\r\n0\r\nX-Sum: 1\r\nContent-Length: 9\r\nX-Real-IP: 1\r\n\r\n');
  assert.equal(await session.until('\r\n\r\n'), 'A\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n');
  session.send(OK);
  assert.equal(await client.message(), OK);
});

test('a chunked response passes in chunks with its trailers and both connections are kept', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  for (let round = 0; round < 2; round += 1) {
    client.send(GET);
    const session = await member.session(0);
    await session.until('\r\n\r\n');
    session.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n');
    await client.until('3\r\nabc\r\n');
    session.send('0\r\nX-Sum: 1\r\nSet-Cookie: a\r\n\r\n');
    assert.equal(await client.until('\r\n\r\n'), '0\r\nX-Sum: 1\r\n\r\n');
  }
  assert.equal(member.sessions.length, 1);
});

test('a response that ends with its connection is sent on in chunks', async (t) => {
  const member = await RawMember.start(t, async (session) => {
    await session.until('\r\n\r\n');
    session.send('HTTP/1.1 200 OK\r\n\r\nabc');
    session.socket.end();
  });
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  for (let round = 0; round < 2; round += 1) {
    client.send(GET);
    assert.equal(
      await client.until('0\r\n\r\n'),
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    );
  }
});

test('a response is forwarded alike however it is cut', async (t) => {
  const cases = [
    [
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello',
      'HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 5\r\n\r\nhello',
    ],
    [
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nX-A: b\r\n\r\n',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\nX-A: b\r\n\r\n',
    ],
    [
      'HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
      'HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
    ],
  ] as const;
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  for (const [sent, expected] of cases) {
    for (const size of [1000, 1, 2, 3, 7, 19]) {
      client.send(GET);
      const session = await member.session(0);
      await session.until('\r\n\r\n');
      for (let start = 0; start < sent.length; start += size) {
        session.send(sent.slice(start, start + size));
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.equal(await client.bytes(expected.length), expected);
    }
  }
  assert.equal(member.sessions.length, 1);
});

test('an HTTP/1.0 client gets no chunks, no interim response, and the end as the end', async (t) => {
  const member = await RawMember.start(t, async (session) => {
    await session.until('\r\n\r\n');
    session.send('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    session.send('3\r\nabc\r\n2\r\nde\r\n0\r\nX-A: b\r\n\r\n');
  });
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const response = await proxy.exchange(
    'GET / HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\nExpect: 100-continue\r\n\r\n',
  );
  assert.equal(response, 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcde');
});

test('an HTTP/1.0 request goes on as HTTP/1.1 with a Host, and keeps its connection only when it asks', async (t) => {
  const member = await RawMember.start(t, async (session) => {
    for (;;) {
      const head = await session.until('\r\n\r\n');
      assert.match(head, /^GET \/ HTTP\/1\.1\r\n/);
      assert.match(head, new RegExp(`\r\nHost: ${proxy.address}:${proxy.port}\r\n`, 'i'));
      session.send(OK);
    }
  });
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  assert.match(await proxy.exchange('GET / HTTP/1.0\r\n\r\n'), /\r\nConnection: close\r\n/);
  const client = await proxy.client();
  for (let round = 0; round < 2; round += 1) {
    client.send('GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n');
    assert.match(await client.message(), /\r\nConnection: keep-alive\r\n/);
  }
});

test('a member that speaks HTTP/1.0 is served like any other, and not reused', async (t) => {
  const member = await RawMember.answering(t, 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok');
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  for (let round = 0; round < 2; round += 1) {
    client.send(GET);
    assert.equal(await client.message(), OK);
  }
  assert.equal(member.sessions.length, 2);
});

test('HEAD, 204 and 304 have no body, whatever they announce', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  const cases = [
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'],
    [
      'HEAD',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
    ],
    ['GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n', undefined],
    ['GET', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['GET', OK, OK],
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n'],
    ['GET', OK, OK],
  ] as const;
  for (const [method, response, expected] of cases) {
    client.send(`${method} / HTTP/1.1\r\nHost: h\r\n\r\n`);
    const session = await member.session(0);
    await session.until('\r\n\r\n');
    session.send(response);
    const wanted = expected ?? response;
    assert.equal(await client.bytes(wanted.length), wanted);
  }
  assert.equal(member.sessions.length, 1);
});

test('pipelined requests are answered in order, one at a time', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  client.send(
    'GET /1 HTTP/1.1\r\nHost: h\r\n\r\nPOST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET /3 HTTP/1.1\r\nHost: h\r\n\r\n',
  );
  const session = await member.session(0);
  assert.match(await session.until('\r\n\r\n'), /^GET \/1 /);
  assert.equal(session.received, '');
  session.send('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1');
  assert.match(await session.until('abc'), /^POST \/2 /);
  assert.equal(session.received, '');
  session.send('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2');
  assert.match(await session.until('\r\n\r\n'), /^GET \/3 /);
  session.send('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n3');
  assert.match(await client.until('\r\n\r\n3'), /\r\n\r\n1HTTP.*\r\n\r\n2HTTP/s);
  assert.equal(member.sessions.length, 1);
});

test('more bytes after the request while it is served wait for their turn', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  client.send(GET);
  const session = await member.session(0);
  await session.until('\r\n\r\n');
  client.send(GET.slice(0, 10));
  session.send(OK);
  await client.message();
  client.send(GET.slice(10));
  await session.until('\r\n\r\n');
  session.send(OK);
  assert.equal(await client.message(), OK);
});

test('an interim response passes, and 100 releases the body that waited for it', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  client.send('PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n');
  const session = await member.session(0);
  assert.ok(lines(await session.until('\r\n\r\n')).includes('expect: 100-continue'));
  session.send('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n');
  assert.equal(
    await client.until('100 Continue\r\n\r\n'),
    'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n',
  );
  client.send('abc');
  assert.equal(await session.bytes(3), 'abc');
  session.send(OK);
  assert.equal(await client.message(), OK);
});

test('a final response instead of 100 is the answer, and the unsent body ends the connection', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  client.send('PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n');
  const session = await member.session(0);
  await session.until('\r\n\r\n');
  session.send('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n');
  assert.match(await client.toEnd(), /^HTTP\/1\.1 413 /);
  await session.toClose();
});

test('a response that comes before the whole body is delivered', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  client.send('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nbeginning');
  const session = await member.session(0);
  await session.until('beginning');
  session.send('HTTP/1.1 400 No\r\nContent-Length: 2\r\n\r\nno');
  client.send('x'.repeat(10_000));
  assert.equal(await client.toEnd(), 'HTTP/1.1 400 No\r\nContent-Length: 2\r\n\r\nno');
  assert.equal(client.error, undefined);
});

test('body and response may run at the same time, and then both connections are kept', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  client.send('POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n');
  const session = await member.session(0);
  await session.until('1\r\na\r\n');
  session.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nA\r\n');
  await client.until('1\r\nA\r\n');
  client.send('1\r\nb\r\n0\r\n\r\n');
  await session.until('0\r\n\r\n');
  session.send('1\r\nB\r\n0\r\n\r\n');
  assert.equal(await client.until('0\r\n\r\n'), '1\r\nB\r\n0\r\n\r\n');
  client.send(GET);
  await session.until('\r\n\r\n');
  session.send(OK);
  assert.equal(await client.message(), OK);
});

test('a client that stops sending still gets its response', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  client.send(GET);
  client.socket.end();
  const session = await member.session(0);
  await session.until('\r\n\r\n');
  session.send(OK);
  assert.equal(await client.toEnd(), OK);
  assert.equal(await client.toClose(), 'ended');
});

test('keepalive timeout 0 closes after each response', async (t) => {
  const member = await RawMember.answering(t, OK);
  const proxy = await RunningEngine.start(t, {
    members: [member.configuration()],
    listener: { keepaliveTimeoutMs: 0 },
  });
  assert.equal(
    await proxy.exchange(GET),
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok',
  );
});

test('Connection: close of the client ends its connection after the response', async (t) => {
  const member = await RawMember.answering(t, OK);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  assert.match(await proxy.exchange(GET_AND_CLOSE), /\r\nConnection: close\r\n\r\nok$/);
});

test('a slow client holds its member back instead of filling the proxy', async (t) => {
  const size = 64 * 1024 * 1024;
  const poured = Promise.withResolvers<number>();
  const member = await RawMember.start(t, async (session) => {
    await session.until('\r\n\r\n');
    session.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
    poured.resolve(await session.pour(size));
  });
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  client.socket.pause();
  client.send(GET);
  const taken = await poured.promise;
  assert.ok(taken < size / 2, `${taken} bytes were taken`);
  client.socket.resume();
  await client.waitFor(() => client.total >= size, 'the whole body');
});

test('a slow member holds its client back instead of filling the proxy', async (t) => {
  const member = await RawMember.start(t, (session) => {
    session.socket.pause();
  });
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const size = 64 * 1024 * 1024;
  const client = await proxy.client();
  client.send(`POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${size}\r\n\r\n`);
  const taken = await client.pour(size);
  assert.ok(taken < size / 2, `${taken} bytes were taken`);
  const session = await member.session(0);
  session.socket.resume();
  await session.waitFor(() => session.total > size, 'the whole body');
  session.send(OK);
  assert.equal(await client.message(), OK);
});

test('a request on a member connection that is gone is sent again on a new one', async (t) => {
  const member = await RawMember.start(t, async (session, index) => {
    await session.until('\r\n\r\n');
    session.send(OK);
    await session.until('\r\n\r\n');
    if (index === 0) session.socket.destroy();
    else session.send(OK);
  });
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  client.send(GET);
  assert.equal(await client.message(), OK);
  client.send(GET);
  assert.equal(await client.message(), OK);
  assert.equal(member.sessions.length, 2);
});
