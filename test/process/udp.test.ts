/** Datagrams through a load balancer that was made by the API, with two workers. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { DatagramPeer, longPacket, shortPacket } from '../proxy/datagrams.ts';
import { balance } from '../support/balanced.ts';
import { ElbowProcess } from '../support/elbow-process.ts';
import { evidence } from '../support/evidence.ts';
import { until } from '../support/until.ts';

const portOf = (peer: DatagramPeer) => ({ port: peer.socket.address().port });

/** Members on 127.0.0.1, since the local region takes those for IP members. */
const membersFor = (t: TestContext, count: number) =>
  Promise.all(Array.from({ length: count }, () => DatagramPeer.bind(t, '127.0.0.1')));

test('a UDP listener, its pool and its members pass datagrams both ways, until the listener is deleted', async (t) => {
  evidence('listener.protocol', 'traffic', ['UDP']);
  evidence('pool.protocol', 'traffic', ['UDP']);
  await using elbow = await ElbowProcess.start(['--workers', '2']);
  const members = await membersFor(t, 2);
  for (const [index, { socket }] of members.entries()) {
    socket.on('message', (bytes, { port, address }) => socket.send(`${index}${bytes}`, port, address));
  }
  const { host, port, listenerId, poolId, memberIds } = await balance(elbow.api, members.map(portOf), 'UDP');
  const to = { address: host, port };
  const served = new Set<string>();
  await until(async () => {
    const client = await DatagramPeer.bind(t);
    client.send('x', to);
    client.socket.once('message', (bytes) => served.add(bytes.toString()));
    return served.size === 2;
  });
  const client = await DatagramPeer.bind(t);
  const first = await client.ask('y', to);
  assert.equal(await client.ask('y', to), first, 'a session stays');
  const gone = memberIds[Number(first[0])];
  assert.equal((await elbow.api.delete(`/elb/pools/${poolId}/members/${gone}`)).status, 204);
  await until(async () => (await client.ask('y', to)) !== first);
  await elbow.api.put(`/elb/listeners/${listenerId}`, { listener: { default_pool_id: null } });
  await elbow.api.delete(`/elb/listeners/${listenerId}`);
  // Refused by the kernel, where nobody hears any more.
  const refused = new Promise<string | undefined>((resolve) => {
    const socket = client.socket;
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    socket.connect(port, host, () => {
      const timer = setInterval(() => socket.send('z'), 20);
      socket.once('close', () => clearInterval(timer));
      socket.once('error', () => clearInterval(timer));
    });
  });
  assert.equal(await refused, 'ECONNREFUSED');
});

test('QUIC_CID: a client that moves to another worker stays with its member', async (t) => {
  evidence('pool.protocol', 'traffic', ['QUIC']);
  evidence('pool.lb_algorithm', 'traffic', ['QUIC_CID']);
  evidence('pool.quic_cid_hash_strategy', 'traffic');
  await using elbow = await ElbowProcess.start(['--workers', '2']);
  const members = await membersFor(t, 3);
  const arrivals: { member: DatagramPeer; from: { address: string; port: number } }[] = [];
  for (const member of members) {
    member.socket.on('message', (_bytes, from) => arrivals.push({ member, from }));
  }
  const { host, port } = await balance(elbow.api, members.map(portOf), 'UDP', {
    protocol: 'QUIC',
    lb_algorithm: 'QUIC_CID',
    session_persistence: { type: 'SOURCE_IP', persistence_timeout: 1 },
    quic_cid_hash_strategy: { len: 4, offset: 0 },
  });
  const to = { address: host, port };
  const client = await DatagramPeer.bind(t);
  await until(() => {
    client.send(longPacket(randomBytes(8), randomBytes(5)), to);
    return arrivals.length > 0;
  });
  const { member, from } = arrivals[0] ?? assert.fail();
  const given = randomBytes(16);
  member.send(longPacket(Buffer.alloc(5), given), from);
  await client.next();
  // Sixteen addresses of a client: the kernel spreads them over both workers.
  const last = () => arrivals.at(-1)?.member;
  for (let move = 0; move < 16; move++) {
    arrivals.length = 0;
    (await DatagramPeer.bind(t)).send(shortPacket(given), to);
    await until(() => arrivals.length > 0);
    assert.equal(last(), member);
  }
});
