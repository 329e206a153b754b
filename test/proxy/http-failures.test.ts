import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { MemberConfiguration } from '../../src/dataplane/configuration.ts';
import { DeafMember } from './deaf-member.ts';
import { OK, RawMember } from './raw-member.ts';
import { freePort, GET, RunningEngine } from './running-engine.ts';

/** A member whose port nobody listens on. */
async function absentMember(id = 'absent'): Promise<MemberConfiguration> {
  return {
    id,
    address: '127.0.0.1',
    port: await freePort('127.0.0.1'),
    weight: 1,
    healthy: true,
    standby: false,
  };
}

const statusOf = (response: string): number => Number(response.slice(9, 12));

test('without a pool, without a member, or with none that may serve, the answer is 503', async (t) => {
  const member = await RawMember.answering(t, OK);
  const proxy = await RunningEngine.start(t, { listener: { poolId: null } });
  const client = await proxy.client();
  const ask = async (): Promise<number> => {
    client.send(GET);
    return statusOf(await client.message());
  };
  assert.equal(await ask(), 503);
  proxy.putListener(proxy.listener);
  proxy.putListener({ ...proxy.listener, poolId: 'pool' });
  assert.equal(await ask(), 503);
  proxy.putMember(member.configuration({ weight: 0 }));
  assert.equal(await ask(), 503);
  proxy.putMember(member.configuration({ healthy: false }));
  assert.equal(await ask(), 503);
  proxy.putMember(member.configuration());
  assert.equal(await ask(), 200);
  proxy.removeMember(member.configuration().id);
  assert.equal(await ask(), 503);
});

test('many pipelined requests that are answered at once do not exhaust the stack', async (t) => {
  const proxy = await RunningEngine.start(t, {});
  const client = await proxy.client();
  const count = 2000;
  client.send(GET.repeat(count));
  let answers = 0;
  while (answers < count) {
    assert.equal(statusOf(await client.message()), 503);
    answers += 1;
  }
});

test('a member that refuses connections is left for another one', async (t) => {
  const member = await RawMember.answering(t, OK);
  const proxy = await RunningEngine.start(t, {
    members: [await absentMember('a'), member.configuration(), await absentMember('b')],
  });
  const client = await proxy.client();
  for (let round = 0; round < 4; round += 1) {
    client.send('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc');
    assert.equal(statusOf(await client.message()), 200);
  }
});

test('a body that waits for the connection is all there after a retry', async (t) => {
  const body = 'x'.repeat(300_000);
  const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
  const member = await RawMember.start(t, async (session) => {
    await session.until('\r\n\r\n');
    session.send(`HTTP/1.1 200 OK\r\nContent-Length: 64\r\n\r\n${digest(await session.bytes(body.length))}`);
  });
  const proxy = await RunningEngine.start(t, {
    members: [await absentMember('a'), await absentMember('b'), member.configuration()],
  });
  const client = await proxy.client();
  client.send(`POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  assert.ok((await client.message()).endsWith(digest(body)));
});

test('without retries a member that refuses the connection means 502', async (t) => {
  const member = await RawMember.answering(t, OK);
  const proxy = await RunningEngine.start(t, {
    members: [await absentMember(), member.configuration()],
    http: { memberRetry: false },
  });
  const client = await proxy.client();
  const statuses: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    client.send(GET);
    statuses.push(statusOf(await client.message()));
  }
  assert.deepEqual(statuses.toSorted(), [200, 200, 502, 502]);
});

test('when every member refuses, the attempts end with 502', async (t) => {
  const proxy = await RunningEngine.start(t, {
    members: await Promise.all(['a', 'b', 'c', 'd', 'e'].map(absentMember)),
  });
  const client = await proxy.client();
  client.send(GET);
  assert.equal(statusOf(await client.message()), 502);
});

test('a member that cannot be reached in time is left for another one, and means 504 without one', async (t) => {
  const deaf = await DeafMember.start(t);
  const member = await RawMember.answering(t, OK);
  const proxy = await RunningEngine.start(t, {
    members: [deaf.configuration()],
    http: { memberTimeoutMs: 50 },
  });
  const client = await proxy.client();
  client.send(GET);
  assert.equal(statusOf(await client.message()), 504);
  proxy.putMember(member.configuration());
  for (let round = 0; round < 4; round += 1) {
    client.send(GET);
    assert.equal(statusOf(await client.message()), 200);
  }
});

test('a request that was sent on a dead connection goes again only when it is idempotent', async (t) => {
  for (const [method, expected] of [
    ['GET', 200],
    ['PUT', 200],
    ['POST', 502],
    ['PATCH', 502],
  ] as const) {
    const member = await RawMember.start(t, async (session, index) => {
      await session.until('\r\n\r\n');
      session.send(OK);
      await session.until('abc');
      if (index === 0) session.socket.destroy();
      else session.send(OK);
    });
    const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
    const client = await proxy.client();
    client.send(GET);
    await client.message();
    // The second connection first answers a request of its own kind.
    client.send(`${method} / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc`);
    assert.equal(statusOf(await client.message()), expected, method);
    assert.equal(member.sessions.length, expected === 200 ? 2 : 1, method);
  }
});

test('a body that goes on after its request was sent again arrives whole', async (t) => {
  const member = await RawMember.start(t, async (session, index) => {
    if (index === 0) {
      await session.until('\r\n\r\n');
      session.send(OK);
      await session.until('abc');
      session.socket.destroy();
    } else {
      await session.until('abcdef');
      session.send(OK);
    }
  });
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  client.send(GET);
  await client.message();
  client.send('PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nabc');
  await (await member.session(0)).toClose();
  client.send('def');
  assert.equal(await client.message(), OK);
});

test('a request whose body went by is not sent again', async (t) => {
  const member = await RawMember.start(t, async (session) => {
    await session.until('\r\n\r\n');
    session.send(OK);
    await session.until('def');
    session.socket.destroy();
  });
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  client.send(GET);
  await client.message();
  client.send('PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nabc');
  await (await member.session(0)).until('abc');
  client.send('def');
  assert.equal(statusOf(await client.message()), 502);
  assert.equal(member.sessions.length, 1);
});

test('a new connection that dies without a response is not tried again', async (t) => {
  const member = await RawMember.start(t, async (session) => {
    await session.until('\r\n\r\n');
    session.socket.destroy();
  });
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  client.send(GET);
  assert.equal(statusOf(await client.message()), 502);
  assert.equal(member.sessions.length, 1);
});

test('a response that is not valid HTTP means 502 and never reaches the client', async (t) => {
  const invalid = [
    'HTTP/1.1 200 OK\nContent-Length: 2\n\nok',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nokk',
    'HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok',
    'HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
    'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nX: a\r\n folded\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nX : a\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n',
    'HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 999 OK\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
    'SSH-2.0-OpenSSH_9.0\r\n',
    `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(40_000)}\r\n\r\n`,
    `HTTP/1.1 200 ${'a'.repeat(10_000)}`,
    'HTTP/1.1 200 OK\r\nContent-Le',
  ];
  for (const response of invalid) {
    const member = await RawMember.start(t, async (session) => {
      await session.until('\r\n\r\n');
      session.send(response);
      session.socket.end();
    });
    const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
    const client = await proxy.client();
    client.send(GET);
    assert.match(
      await client.message(),
      /^HTTP\/1\.1 502 Bad Gateway\r\n/,
      JSON.stringify(response.slice(0, 80)),
    );
  }
});

test('a response that is cut short is cut for the client too', async (t) => {
  const heads = [
    'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nnonsense\r\n',
  ];
  for (const head of heads) {
    const member = await RawMember.start(t, async (session) => {
      await session.until('\r\n\r\n');
      session.send(head);
      session.socket.end();
    });
    const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
    const client = await proxy.client();
    client.send(GET);
    assert.equal(await client.toClose(), 'reset', JSON.stringify(head));
  }
});

test('bytes after a response end the member connection and reach nobody', async (t) => {
  const member = await RawMember.start(t, async (session) => {
    for (;;) {
      await session.until('\r\n\r\n');
      session.send(`${OK}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison`);
    }
  });
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  for (let round = 0; round < 3; round += 1) {
    client.send(GET);
    assert.equal(await client.message(), OK);
  }
  assert.equal(member.sessions.length, 3);
});

test('bytes on a waiting member connection end it', async (t) => {
  const member = await RawMember.start(t, async (session) => {
    await session.until('\r\n\r\n');
    session.send(OK);
  });
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  client.send(GET);
  assert.equal(await client.message(), OK);
  const session = await member.session(0);
  session.send('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison');
  await session.toClose();
  client.send(GET);
  assert.equal(await client.message(), OK);
});

test('a member that does not answer in time means 504', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, {
    members: [member.configuration()],
    http: { memberTimeoutMs: 30 },
  });
  const client = await proxy.client();
  client.send(GET);
  assert.match(await client.message(), /^HTTP\/1\.1 504 Gateway Timeout\r\n/);
  client.send(GET);
  assert.equal(statusOf(await client.message()), 504);
  for (const session of member.sessions) await session.toClose();
});

test('a member that stops in the middle of a response is cut after its timeout', async (t) => {
  const member = await RawMember.answering(t, 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc');
  const proxy = await RunningEngine.start(t, {
    members: [member.configuration()],
    http: { memberTimeoutMs: 30 },
  });
  const client = await proxy.client();
  client.send(GET);
  assert.equal(await client.toClose(), 'reset');
});

test('a request head that does not come whole in time is answered 408', async (t) => {
  const proxy = await RunningEngine.start(t, { http: { clientTimeoutMs: 30 } });
  assert.match(await proxy.exchange('GET / HTTP/1.1\r\nHos'), /^HTTP\/1\.1 408 .*\r\nConnection: close\r\n/s);
});

test('a head that drips in is measured from its first byte', async (t) => {
  const proxy = await RunningEngine.start(t, { http: { clientTimeoutMs: 60 } });
  const client = await proxy.client();
  const drip = setInterval(() => client.send('X'), 10);
  assert.match(await client.toEnd(), /^HTTP\/1\.1 408 /);
  clearInterval(drip);
});

test('a connection on which nothing comes is closed in silence', async (t) => {
  const proxy = await RunningEngine.start(t, { http: { clientTimeoutMs: 30 } });
  assert.equal(await proxy.exchange(''), '');
});

test('a connection that waits too long for its next request is closed in silence', async (t) => {
  const member = await RawMember.answering(t, OK);
  const proxy = await RunningEngine.start(t, {
    members: [member.configuration()],
    listener: { keepaliveTimeoutMs: 30 },
  });
  assert.equal(await proxy.exchange(GET), OK);
});

test('a body that stops is answered 408, and the member never takes it for whole', async (t) => {
  for (const request of [
    'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc',
    'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n',
  ]) {
    const member = await RawMember.start(t);
    const proxy = await RunningEngine.start(t, {
      members: [member.configuration()],
      http: { clientTimeoutMs: 30 },
    });
    assert.match(await proxy.exchange(request), /^HTTP\/1\.1 408 /);
    const session = await member.session(0);
    assert.ok(!(await session.toEnd()).includes('0\r\n\r\n'));
  }
});

test('while the client waits for 100 it is the member whose time runs', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, {
    members: [member.configuration()],
    http: { clientTimeoutMs: 20, memberTimeoutMs: 40 },
  });
  const client = await proxy.client();
  client.send('PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n');
  assert.equal(statusOf(await client.message()), 504);
});

test('a client that does not read its response is cut after its timeout', async (t) => {
  const member = await RawMember.start(t, async (session) => {
    await session.until('\r\n\r\n');
    session.send('HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n');
    session.socket.write(Buffer.alloc(100_000_000));
  });
  const proxy = await RunningEngine.start(t, {
    members: [member.configuration()],
    http: { clientTimeoutMs: 50 },
  });
  const client = await proxy.client();
  client.socket.pause();
  client.send(GET);
  await (await member.session(0)).toClose();
});

test('a client that goes away takes its request to the member with it', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  client.send(GET);
  const session = await member.session(0);
  await session.until('\r\n\r\n');
  client.socket.resetAndDestroy();
  await session.toClose();
});

test('a body that ends before its length is never completed for the member', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  client.send('POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
  const session = await member.session(0);
  await session.until('abc\r\n');
  client.socket.end();
  assert.equal(await session.toEnd(), '');
  await client.toClose();
});

test('a malformed chunk is answered 400 and ends the request at the member unfinished', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  client.send('POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
  const session = await member.session(0);
  await session.until('abc\r\n');
  client.send('-1\r\n');
  assert.match(await client.toEnd(), /^HTTP\/1\.1 400 /);
  assert.ok(!(await session.toEnd()).includes('0\r\n\r\n'));
});

test('a removed member finishes its response, gets nothing new, and loses its waiting connections', async (t) => {
  const leaving = await RawMember.start(t);
  const staying = await RawMember.answering(t, OK);
  const proxy = await RunningEngine.start(t, { members: [leaving.configuration()] });
  const idle = await proxy.client();
  const busy = await proxy.client();
  idle.send(GET);
  const idleSession = await leaving.session(0);
  busy.send(GET);
  const busySession = await leaving.session(1);
  busySession.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab');
  await busy.until('ab');
  idleSession.send(OK);
  await idle.message();

  proxy.putMember(staying.configuration());
  proxy.removeMember(leaving.configuration().id);
  await idleSession.toClose();
  busySession.send('cd');
  assert.equal(await busy.bytes(2), 'cd');
  await busySession.toClose();
  for (const client of [idle, busy]) {
    client.send(GET);
    assert.equal(await client.message(), OK);
  }
  assert.equal(leaving.sessions.length, 2);
});

test('a member at weight 0 or in bad health finishes what it has and gets nothing new', async (t) => {
  for (const change of [{ weight: 0 }, { healthy: false }]) {
    const leaving = await RawMember.start(t);
    const staying = await RawMember.answering(t, OK);
    const proxy = await RunningEngine.start(t, { members: [leaving.configuration()] });
    const client = await proxy.client();
    client.send(GET);
    const session = await leaving.session(0);
    await session.until('\r\n\r\n');
    proxy.putMember(staying.configuration());
    proxy.putMember(leaving.configuration(change));
    session.send('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nend');
    assert.match(await client.message(), /end$/);
    for (let round = 0; round < 4; round += 1) {
      client.send(GET);
      assert.equal(await client.message(), OK);
    }
    proxy.putMember(leaving.configuration());
    proxy.removeMember(staying.configuration().id);
    client.send(GET);
    await session.until('\r\n\r\n');
  }
});
