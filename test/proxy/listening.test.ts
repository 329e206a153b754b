import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { Peer } from './peer.ts';
import { OK, RawMember } from './raw-member.ts';
import { freePort, GET, ownAddress, RunningEngine } from './running-engine.ts';

async function refuses(address: string, port: number): Promise<boolean> {
  const socket = connect(port, address);
  try {
    await once(socket, 'connect');
    return false;
  } catch {
    return true;
  } finally {
    socket.destroy();
  }
}

test('a listener on a taken port is reported with what to do, disturbs no other, and recovers', async (t) => {
  const member = await RawMember.answering(t, OK);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const address = ownAddress();
  const occupant = createServer().listen(0, address);
  await once(occupant, 'listening');
  const port = await new Promise<number>((resolve) => {
    const bound = occupant.address();
    resolve(typeof bound === 'object' && bound !== null ? bound.port : 0);
  });
  proxy.putListener({ ...proxy.listener, id: 'late', addresses: [address], port });
  const state = await proxy.state('failed', 'late');
  assert.ok(state.state === 'failed');
  assert.match(state.reason, new RegExp(`port ${port} of ${address} is taken.*choose another port`));
  const client = await proxy.client();
  client.send(GET);
  assert.equal(await client.message(), OK);

  occupant.close();
  await proxy.state('listening', 'late');
  const late = await Peer.connect(address, port);
  late.send(GET);
  assert.equal(await late.message(), OK);
  late.close();
});

test('a listener on an address that is not local is reported, and its other addresses serve', async (t) => {
  const member = await RawMember.answering(t, OK);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  proxy.putListener({ ...proxy.listener, addresses: [proxy.address, '192.0.2.1'] });
  const state = await proxy.state('failed');
  assert.ok(state.state === 'failed');
  assert.match(state.reason, /192\.0\.2\.1 is not an address of this machine; .*--bind any/);
  const client = await proxy.client();
  client.send(GET);
  assert.equal(await client.message(), OK);
  proxy.putListener(proxy.listener);
  await proxy.state('listening');
});

test('two listeners never share a port: the later one is reported, and takes over when the first is gone', async (t) => {
  const proxy = await RunningEngine.start(t, {});
  proxy.putListener({ ...proxy.listener, id: 'second' });
  const state = await proxy.state('failed', 'second');
  assert.ok(state.state === 'failed');
  assert.match(state.reason, /is held by another listener of this proxy/);
  assert.equal(proxy.states.filter(({ id }) => id === 'second').length, 1);
  proxy.change({ listeners: { put: [], remove: ['listener'] } });
  await proxy.state('listening', 'second');
});

test('a changed port moves the listener and keeps its connections', async (t) => {
  const member = await RawMember.answering(t, OK);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  client.send(GET);
  await client.message();
  const port = await freePort(proxy.address);
  proxy.putListener({ ...proxy.listener, port });
  const next = await proxy.client(port);
  for (const peer of [client, next]) {
    peer.send(GET);
    assert.equal(await peer.message(), OK);
  }
  assert.ok(await refuses(proxy.address, proxy.port));
});

test('changed settings take effect on the next request of a connection', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  for (const forwardedFor of ['append', 'remove', 'append'] as const) {
    if (proxy.listener.http === null) throw new Error('not an HTTP listener');
    proxy.putListener({ ...proxy.listener, http: { ...proxy.listener.http, forwardedFor } });
    client.send(GET);
    const session = await member.session(0);
    assert.equal((await session.until('\r\n\r\n')).includes('X-Forwarded-For'), forwardedFor === 'append');
    session.send(OK);
    await client.message();
  }
});

test('a snapshot leaves unchanged listeners and their connections alone', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const client = await proxy.client();
  client.send(GET);
  const session = await member.session(0);
  await session.until('\r\n\r\n');
  const reports = proxy.states.length;
  proxy.engine.apply(proxy.snapshot([member.configuration()]));
  session.send(OK);
  assert.equal(await client.message(), OK);
  client.send(GET);
  await session.until('\r\n\r\n');
  assert.equal(proxy.states.length, reports);
  assert.equal(member.sessions.length, 1);
});

test('what a snapshot does not put is gone', async (t) => {
  const first = await RawMember.answering(t, OK);
  const second = await RawMember.answering(t, OK);
  const proxy = await RunningEngine.start(t, {
    members: [first.configuration(), second.configuration()],
  });
  const client = await proxy.client();
  proxy.engine.apply(proxy.snapshot([second.configuration()]));
  for (let round = 0; round < 3; round += 1) {
    client.send(GET);
    await client.message();
  }
  assert.equal(first.sessions.length, 0);
  proxy.engine.apply(proxy.snapshot([], []));
  await client.toClose();
  assert.ok(await refuses(proxy.address, proxy.port));
});

test('a removed HTTP listener answers what is running and closes', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const idle = await proxy.client();
  idle.send(GET);
  const session = await member.session(0);
  await session.until('\r\n\r\n');
  session.send(OK);
  await idle.message();
  const busy = await proxy.client();
  busy.send(GET);
  await session.until('\r\n\r\n');
  proxy.change({ listeners: { put: [], remove: ['listener'] } });
  assert.equal(await idle.toClose(), 'ended');
  session.send(OK);
  assert.equal(await busy.toEnd(), 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok');
});

test('a removed TCP listener cuts its connections', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, {
    members: [member.configuration()],
    listener: { http: null },
  });
  const client = await proxy.client();
  const session = await member.session(0);
  proxy.change({ listeners: { put: [], remove: ['listener'] } });
  await client.toClose();
  await session.toClose();
});

test('draining stops accepting, finishes what runs, and cuts the rest at the deadline', async (t) => {
  const member = await RawMember.start(t);
  const proxy = await RunningEngine.start(t, { members: [member.configuration()] });
  const idle = await proxy.client();
  idle.send(GET);
  const session = await member.session(0);
  await session.until('\r\n\r\n');
  session.send(OK);
  await idle.message();
  const finishing = await proxy.client();
  finishing.send(GET);
  await session.until('\r\n\r\n');
  const stuck = await proxy.client();
  stuck.send(GET);
  await (await member.session(1)).until('\r\n\r\n');

  const fresh = await proxy.client();
  const drained = proxy.engine.drain(300);
  assert.equal(await idle.toClose(), 'ended');
  assert.ok(await refuses(proxy.address, proxy.port));
  session.send(OK);
  assert.match(await finishing.toEnd(), /Connection: close\r\n\r\nok$/);
  // It was accepted before: its first request may be on the way.
  fresh.send(GET);
  await session.until('\r\n\r\n');
  session.send(OK);
  assert.match(await fresh.toEnd(), /Connection: close\r\n\r\nok$/);
  await drained;
  await stuck.toClose();
});

test('draining ends at once when nothing runs', async (t) => {
  const proxy = await RunningEngine.start(t, {});
  await proxy.engine.drain(60_000);
});

test('two engines share an address and port', async (t) => {
  const member = await RawMember.answering(t, OK);
  const old = await RunningEngine.start(t, { members: [member.configuration()] });
  const young = await RunningEngine.start(t, {
    members: [member.configuration()],
    listener: { addresses: [old.address], port: old.port },
  });
  await old.engine.drain(1000);
  const client = await Peer.connect(young.listener.addresses[0] ?? '', old.port);
  client.send(GET);
  assert.equal(await client.message(), OK);
  client.close();
});

test('a delta that does not follow on what runs is refused and changes nothing', async (t) => {
  const proxy = await RunningEngine.start(t, {});
  const { revision } = proxy.engine;
  const delta = { ...proxy.snapshot([], []), base: 7, revision: 8 };
  assert.throws(() => proxy.engine.apply(delta), /does not follow revision 1 of test; ask for a snapshot/);
  assert.throws(() => proxy.engine.apply({ ...delta, base: revision, source: 'other' }), /does not follow/);
  assert.throws(
    () => proxy.change({ members: [{ poolId: 'unknown', put: [], remove: [] }] }),
    /pool unknown, which does not exist/,
  );
  assert.equal(proxy.engine.revision, revision);
});

test('adding one member to a pool of 10,000 takes less than a millisecond', async (t) => {
  const member = (index: number) => ({
    id: `m${index}`,
    address: '127.0.0.1',
    port: 1 + (index % 60_000),
    weight: 1 + (index % 100),
    healthy: true,
    standby: false,
  });
  for (const algorithm of ['round-robin', 'least-connections', 'source-ip'] as const) {
    const proxy = await RunningEngine.start(t, {
      members: Array.from({ length: 10_000 }, (_, index) => member(index)),
      pool: { algorithm },
    });
    const times: number[] = [];
    for (let index = 10_000; index < 10_050; index += 1) {
      const before = performance.now();
      proxy.putMember(member(index));
      times.push(performance.now() - before);
    }
    // The median: a shared machine may stop anyone for a while.
    const median = times.toSorted((a, b) => a - b)[25] ?? Number.POSITIVE_INFINITY;
    assert.ok(median < 1, `${algorithm}: ${median} ms`);
  }
});
