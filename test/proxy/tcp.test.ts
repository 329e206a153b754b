import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { evidence } from '../support/evidence.ts';
import { DeafMember } from './deaf-member.ts';
import type { Peer } from './peer.ts';
import { RawMember } from './raw-member.ts';
import { type EngineSetup, freePort, RunningEngine } from './running-engine.ts';

const startTcp = (t: TestContext, setup: EngineSetup): Promise<RunningEngine> =>
  RunningEngine.start(t, {
    ...setup,
    listener: { http: null, ...setup.listener },
    pool: { protocol: 'tcp', ...setup.pool },
  });

/** Whether a new connection is reset; that may happen before the client has noticed that it is connected. */
async function isReset(proxy: RunningEngine): Promise<boolean> {
  try {
    const client = await proxy.client();
    return (await client.toClose()) === 'reset';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ECONNRESET';
  }
}

test('bytes pass both ways as they are', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await startTcp(t, { members: [member.configuration()] });
  const client = await proxy.client();
  client.send('\0\r\nGET \xff');
  const session = await member.session(0);
  assert.equal(await session.bytes(8), '\0\r\nGET \xff');
  session.send('answer');
  assert.equal(await client.bytes(6), 'answer');
});

test('a member that speaks first is heard', async (t) => {
  const member = await RawMember.start(t, (session) => session.send('220 ready\r\n'));
  const proxy = await startTcp(t, { members: [member.configuration()] });
  const client = await proxy.client();
  assert.equal(await client.until('\r\n'), '220 ready\r\n');
});

test('a side that stops sending still hears the other', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await startTcp(t, { members: [member.configuration()] });
  const first = await proxy.client();
  first.send('question');
  first.socket.end();
  const session = await member.session(0);
  assert.equal(await session.toEnd(), 'question');
  session.send('answer');
  session.socket.end();
  assert.equal(await first.toEnd(), 'answer');
  assert.equal(await first.toClose(), 'ended');

  const second = await proxy.client();
  const other = await member.session(1);
  other.send('bye');
  other.socket.end();
  assert.equal(await second.toEnd(), 'bye');
  second.send('still here');
  assert.equal(await other.bytes(10), 'still here');
});

test('a client that ends before it sends anything is heard as such', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await startTcp(t, { members: [member.configuration()] });
  const client = await proxy.client();
  client.socket.end();
  const session = await member.session(0);
  assert.equal(await session.toEnd(), '');
  session.send('answer');
  session.socket.end();
  assert.equal(await client.toEnd(), 'answer');
});

test('a reset on one side is a reset on the other', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await startTcp(t, { members: [member.configuration()] });
  const client = await proxy.client();
  client.send('a');
  const session = await member.session(0);
  await session.bytes(1);
  session.socket.resetAndDestroy();
  assert.equal(await client.toClose(), 'reset');

  const second = await proxy.client();
  second.send('a');
  const other = await member.session(1);
  await other.bytes(1);
  second.socket.resetAndDestroy();
  assert.equal(await other.toClose(), 'reset');
});

test('a connection without a byte for the idle timeout is cut on both sides', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await startTcp(t, {
    members: [member.configuration()],
    listener: { keepaliveTimeoutMs: 60 },
  });
  const client = await proxy.client();
  const session = await member.session(0);
  for (let round = 0; round < 5; round += 1) {
    client.send('x');
    await session.bytes(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.equal(client.isClosed, false);
  await client.toClose();
  await session.toClose();
});

test('without a pool or a member that may serve, the connection is reset', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await startTcp(t, { members: [] });
  assert.ok(await isReset(proxy));
  proxy.putMember(member.configuration({ healthy: false }));
  assert.ok(await isReset(proxy));
  proxy.putListener({ ...proxy.listener, poolId: null });
  assert.ok(await isReset(proxy));
  assert.equal(member.sessions.length, 0);
});

test('a member that refuses or does not answer is left for another, and no byte is lost', async (t) => {
  const deaf = await DeafMember.start(t);
  const member = await RawMember.start(t);
  const refusing = { ...deaf.configuration(), id: 'refusing', port: await freePort('127.0.0.1') };
  const proxy = await startTcp(t, {
    members: [refusing, member.configuration()],
  });
  for (let round = 0; round < 4; round += 1) {
    const client = await proxy.client();
    client.send('hello');
    assert.equal(await (await member.session(round)).bytes(5), 'hello');
  }
});

test('when every member refuses, the connection is reset', async (t) => {
  const members = await Promise.all(
    ['a', 'b', 'c', 'd', 'e'].map(async (id) => ({
      id,
      address: '127.0.0.1',
      port: await freePort('127.0.0.1'),
      weight: 1,
      healthy: true,
      standby: false,
    })),
  );
  const proxy = await startTcp(t, { members });
  assert.ok(await isReset(proxy));
});

test('a member of any port is reached on the port of the listener', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await startTcp(t, {
    members: [member.configuration({ port: 0 })],
    listener: { port: member.port },
  });
  const client = await proxy.client(member.port);
  client.send('hello');
  assert.equal(await (await member.session(0)).bytes(5), 'hello');
});

test('a side that does not read holds the other back', async (t) => {
  const member = await RawMember.start(t, (session) => {
    session.socket.pause();
  });
  const proxy = await startTcp(t, { members: [member.configuration()] });
  const size = 64 * 1024 * 1024;
  const client = await proxy.client();
  const taken = await client.pour(size);
  assert.ok(taken < size / 2, `${taken} bytes were taken`);
  const session = await member.session(0);
  session.socket.resume();
  await session.waitFor(() => session.total === size, 'every byte');
});

test('a removed member keeps the connections it has', async (t) => {
  const leaving = await RawMember.start(t);
  const staying = await RawMember.start(t);
  const proxy = await startTcp(t, { members: [leaving.configuration()] });
  const client = await proxy.client();
  const session = await leaving.session(0);
  proxy.putMember(staying.configuration());
  proxy.removeMember(leaving.configuration().id);
  client.send('a');
  assert.equal(await session.bytes(1), 'a');
  const next = await proxy.client();
  next.send('b');
  assert.equal(await (await staying.session(0)).bytes(1), 'b');
});

test('least connections counts what is open', async (t) => {
  evidence('pool.lb_algorithm', 'traffic', ['LEAST_CONNECTIONS']);
  const first = await RawMember.start(t, (session) => session.send('1'));
  const second = await RawMember.start(t, (session) => session.send('2'));
  const proxy = await startTcp(t, {
    members: [first.configuration(), second.configuration()],
    pool: { algorithm: 'least-connections' },
  });
  const served: Peer[] = [];
  for (let count = 0; count < 6; count += 1) {
    const client = await proxy.client();
    if ((await client.bytes(1)) === '1') served.push(client);
  }
  assert.equal(served.length, 3);
  for (const session of first.sessions) session.socket.resetAndDestroy();
  await Promise.all(served.map((client) => client.toClose()));
  for (let count = 0; count < 3; count += 1) {
    const client = await proxy.client();
    assert.equal(await client.bytes(1), '1');
  }
});
