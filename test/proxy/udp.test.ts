import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { evidence } from '../support/evidence.ts';
import { until } from '../support/until.ts';
import { DatagramPeer, longPacket, shortPacket } from './datagrams.ts';
import { type EngineSetup, ownAddress, RunningEngine } from './running-engine.ts';

const startUdp = (t: TestContext, setup: EngineSetup): Promise<RunningEngine> =>
  RunningEngine.start(t, {
    ...setup,
    listener: { http: null, transport: 'udp', ...setup.listener },
    pool: { protocol: 'udp', ...setup.pool },
  });

const echoes = (t: TestContext, ...names: string[]) =>
  Promise.all(names.map((name) => DatagramPeer.echo(t, name)));

test('a client reaches one member for its whole session, and is answered from where it wrote to', async (t) => {
  const members = await echoes(t, 'a', 'b', 'c');
  const proxy = await startUdp(t, { members: members.map((each) => each.configuration()) });
  const clients = await Promise.all([1, 2, 3, 4, 5, 6].map(() => DatagramPeer.bind(t)));
  const served = new Map<string, number>();
  for (const client of clients) {
    client.send('1', proxy);
    const { bytes, from } = await client.next();
    assert.deepEqual([from.address, from.port], [proxy.address, proxy.port]);
    const [member = ''] = bytes.toString().split(':');
    served.set(member, (served.get(member) ?? 0) + 1);
    for (const text of ['2', '', '3'.repeat(60_000)]) {
      assert.equal(await client.ask(text, proxy), `${member}:${text}`);
    }
  }
  assert.deepEqual([...served.values()], [2, 2, 2], 'sessions go round by turns');
});

test('what comes while the socket to the member is made arrives in order', async (t) => {
  const [member] = await echoes(t, 'a');
  const proxy = await startUdp(t, { members: [member?.configuration() ?? assert.fail()] });
  const client = await DatagramPeer.bind(t);
  for (const text of ['1', '2', '3', '4']) client.send(text, proxy);
  for (const text of ['1', '2', '3', '4']) assert.equal(await client.text(), `a:${text}`);
});

test('every client has a port of its own towards the member', async (t) => {
  const member = await DatagramPeer.bind(t);
  const proxy = await startUdp(t, { members: [member.configuration()] });
  const [one, two] = [await DatagramPeer.bind(t), await DatagramPeer.bind(t)];
  one.send('one', proxy);
  const first = await member.next();
  two.send('two', proxy);
  const second = await member.next();
  assert.notEqual(first.from.port, second.from.port);
  member.send('to two', second.from);
  member.send('to one', first.from);
  assert.equal(await two.text(), 'to two');
  assert.equal(await one.text(), 'to one');
});

test('a session ends when nothing has passed for the keep-alive timeout', async (t) => {
  const members = await echoes(t, 'a', 'b');
  const proxy = await startUdp(t, {
    members: members.map((each) => each.configuration()),
    listener: { keepaliveTimeoutMs: 100 },
  });
  const client = await DatagramPeer.bind(t);
  const first = await client.ask('x', proxy);
  // Asking is what keeps a session alive, so nothing can be asked for while it is to end.
  await setTimeout(300);
  assert.notEqual(await client.ask('x', proxy), first);
  evidence('listener.keepalive_timeout', 'traffic');
});

test('weights share sessions out, and weight 0 gets no new one and keeps what it has', async (t) => {
  const [a, b] = await echoes(t, 'a', 'b');
  assert.ok(a && b);
  const proxy = await startUdp(t, {
    members: [a.configuration({ weight: 3 }), b.configuration({ weight: 1 })],
  });
  const clients = await Promise.all(Array.from({ length: 8 }, () => DatagramPeer.bind(t)));
  const answers = await Promise.all(clients.map((client) => client.ask('x', proxy)));
  assert.equal(answers.filter((answer) => answer === 'a:x').length, 6);
  proxy.putMember(a.configuration({ weight: 0 }));
  assert.deepEqual(await Promise.all(clients.map((client) => client.ask('x', proxy))), answers);
  assert.equal(await (await DatagramPeer.bind(t)).ask('x', proxy), 'b:x');
});

test('a member that is down or gone loses its sessions to others', async (t) => {
  const [a, b] = await echoes(t, 'a', 'b');
  assert.ok(a && b);
  const proxy = await startUdp(t, { members: [a.configuration()] });
  const client = await DatagramPeer.bind(t);
  assert.equal(await client.ask('x', proxy), 'a:x');
  proxy.putMember(b.configuration());
  proxy.putMember(a.configuration({ healthy: false }));
  assert.equal(await client.ask('x', proxy), 'b:x');
  proxy.putMember(a.configuration());
  proxy.removeMember(b.configuration().id);
  assert.equal(await client.ask('x', proxy), 'a:x');
});

test('a member on whose port nobody hears is left with the next datagram', async (t) => {
  const [a, b] = await echoes(t, 'a', 'b');
  assert.ok(a && b);
  const gone = a.configuration();
  a.close();
  const proxy = await startUdp(t, { members: [gone, b.configuration()] });
  const client = await DatagramPeer.bind(t);
  client.send('lost', proxy);
  // The kernel says that the port is closed; only then is there a new choice.
  await until(async () => {
    client.send('x', proxy);
    return client.total > 0;
  });
  assert.equal(await client.text(), 'b:x');
});

test('SOURCE_IP leads all sessions of an address to one member', async (t) => {
  const members = await echoes(t, 'a', 'b', 'c');
  const proxy = await startUdp(t, {
    members: members.map((each) => each.configuration()),
    pool: { algorithm: 'source-ip' },
  });
  const first = await DatagramPeer.bind(t);
  const answer = await first.ask('x', proxy);
  for (let each = 0; each < 5; each++) {
    const again = await DatagramPeer.bind(t, first.socket.address().address);
    assert.equal(await again.ask('x', proxy), answer);
  }
});

test('a client that may not connect gets nothing; those who have begun go on', async (t) => {
  const [a] = await echoes(t, 'a');
  assert.ok(a);
  const proxy = await startUdp(t, { members: [a.configuration()] });
  const begun = await DatagramPeer.bind(t);
  assert.equal(await begun.ask('x', proxy), 'a:x');
  const { address } = begun.socket.address();
  const access = { allowsListed: false, ranges: [{ first: address, last: address }] };
  proxy.putListener({ ...proxy.listener, access });
  assert.equal(await begun.ask('y', proxy), 'a:y');
  const refused = await DatagramPeer.bind(t, address);
  refused.send('z', proxy);
  // What another client sends afterwards has passed: the refused one's datagram was dropped before.
  assert.equal(await (await DatagramPeer.bind(t)).ask('w', proxy), 'a:w');
  assert.equal(a.total, 3);
  evidence('listener.ipgroup', 'traffic');
});

test('a port of datagrams and one of connections may have the same number', async (t) => {
  const [a] = await echoes(t, 'a');
  assert.ok(a);
  const proxy = await startUdp(t, { members: [a.configuration()] });
  proxy.putListener({ ...proxy.listener, id: 'tcp', transport: 'tcp' });
  await proxy.state('listening', 'tcp');
  assert.equal(await (await DatagramPeer.bind(t)).ask('x', proxy), 'a:x');
});

test('a port that somebody has is reported, and taken once it is free', async (t) => {
  const [a] = await echoes(t, 'a');
  assert.ok(a);
  const proxy = await startUdp(t, { members: [a.configuration()] });
  const other = { ...proxy.listener, id: 'other' };
  proxy.putListener(other);
  const failed = await proxy.state('failed', 'other');
  assert.ok(failed.state === 'failed' && /held by another listener/.test(failed.reason));
  proxy.change({ listeners: { put: [], remove: ['listener'] } });
  await proxy.state('listening', 'other');
  assert.equal(await (await DatagramPeer.bind(t)).ask('x', proxy), 'a:x');
});

test('a session ends with the address that it came through, whatever its member still sends', async (t) => {
  const member = await DatagramPeer.bind(t);
  const proxy = await startUdp(t, { members: [member.configuration()] });
  const client = await DatagramPeer.bind(t);
  client.send('x', proxy);
  const { from } = await member.next();
  const address = ownAddress();
  proxy.putListener({ ...proxy.listener, addresses: [address] });
  const asked = { address, port: proxy.port };
  await until(() => {
    client.send('y', asked);
    return member.total > 1;
  });
  const again = await member.next();
  member.send('too late', from);
  member.send('in time', again.from);
  assert.equal(await client.text(), 'in time');
});

const quicPool = {
  algorithm: 'connection-id',
  connectionIdSlice: { offset: 1, length: 3 },
} as const satisfies EngineSetup['pool'];

interface Arrival {
  readonly member: DatagramPeer;
  readonly bytes: Buffer;
  readonly from: { readonly address: string; readonly port: number };
}

/** Members of which everything that any of them gets is listed. */
async function watched(t: TestContext, count: number): Promise<[DatagramPeer[], Arrival[]]> {
  const arrivals: Arrival[] = [];
  const members = await Promise.all(Array.from({ length: count }, () => DatagramPeer.bind(t)));
  for (const member of members) {
    member.socket.on('message', (bytes, from) => arrivals.push({ member, bytes, from }));
  }
  return [members, arrivals];
}

test('QUIC_CID: a connection stays with its member though its client’s address changes', async (t) => {
  const [members, arrivals] = await watched(t, 4);
  const proxy = await startUdp(t, { members: members.map((each) => each.configuration()), pool: quicPool });
  const reached = new Set<DatagramPeer>();
  for (let connection = 0; connection < 12; connection++) {
    arrivals.length = 0;
    const client = await DatagramPeer.bind(t);
    client.send(longPacket(randomBytes(8), randomBytes(5)), proxy);
    await until(() => arrivals.length === 1);
    const { member, from } = arrivals[0] ?? assert.fail();
    reached.add(member);
    // The member gives the connection an id of its own, which the client uses from then on.
    const given = randomBytes(12);
    member.send(longPacket(Buffer.alloc(5), given), from);
    await client.next();
    for (let move = 0; move < 3; move++) {
      const elsewhere = await DatagramPeer.bind(t);
      elsewhere.send(shortPacket(given), proxy);
      elsewhere.send(longPacket(given, randomBytes(5)), proxy);
    }
    await until(() => arrivals.length === 7);
    assert.ok(arrivals.every((each) => each.member === member));
  }
  assert.ok(reached.size > 1, 'connections are spread');
});

test('QUIC_CID: ids that nobody has learnt go by the bytes that the pool names (rules digest 4.1)', async (t) => {
  const [members, arrivals] = await watched(t, 4);
  const proxy = await startUdp(t, { members: members.map((each) => each.configuration()), pool: quicPool });
  const byServer = new Map<number, DatagramPeer>();
  for (let round = 0; round < 4; round++) {
    for (let server = 0; server < 16; server++) {
      arrivals.length = 0;
      const id = randomBytes(8);
      // As a fleet of servers does that writes its own number into every id.
      id.set([7, server, 9], 1);
      const client = await DatagramPeer.bind(t);
      client.send(round % 2 === 0 ? longPacket(id, Buffer.alloc(0)) : shortPacket(id), proxy);
      await until(() => arrivals.length === 1);
      const { member } = arrivals[0] ?? assert.fail();
      assert.equal(member, byServer.get(server) ?? member);
      byServer.set(server, member);
    }
  }
  assert.ok(new Set(byServer.values()).size > 1, 'servers are spread');
});

test('QUIC_CID: what is no QUIC, or cut short, goes by the client’s address', async (t) => {
  const [members, arrivals] = await watched(t, 4);
  const proxy = await startUdp(t, { members: members.map((each) => each.configuration()), pool: quicPool });
  const client = await DatagramPeer.bind(t);
  const whole = longPacket(randomBytes(8), randomBytes(8));
  const cuts = Array.from({ length: 14 }, (_, length) => whole.subarray(0, length));
  for (const bytes of [...cuts, Buffer.from([0xff, 0, 0, 0, 1, 255]), Buffer.from('@')])
    client.send(bytes, proxy);
  await until(() => arrivals.length === 16);
  assert.equal(new Set(arrivals.map(({ member }) => member)).size, 1);
});
