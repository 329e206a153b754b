/** Members that stand by for others, as the slave of a master-slave pool does (rules digest MS-3). */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { RawMember } from './raw-member.ts';
import { RunningEngine } from './running-engine.ts';

async function startPair(t: TestContext) {
  const master = await RawMember.start(t, (session) => session.send('m'));
  const slave = await RawMember.start(t, (session) => session.send('s'));
  const proxy = await RunningEngine.start(t, {
    members: [master.configuration(), slave.configuration({ standby: true })],
    listener: { http: null },
    pool: { protocol: 'tcp' },
  });
  return { master, slave, proxy };
}

const serverOf = async (proxy: RunningEngine) => (await proxy.client()).bytes(1);

test('MS-3 all connections go to the master, to the slave while it is unhealthy, and back', async (t) => {
  const { master, proxy } = await startPair(t);
  const rounds = [
    [true, 'm'],
    [false, 's'],
    [true, 'm'],
  ] as const;
  for (const [healthy, expected] of rounds) {
    proxy.putMember(master.configuration({ healthy }));
    for (let count = 0; count < 6; count += 1) assert.equal(await serverOf(proxy), expected);
  }
});

test('MS-3 a connection on the slave stays there when the master is back', async (t) => {
  const { master, slave, proxy } = await startPair(t);
  proxy.putMember(master.configuration({ healthy: false }));
  const client = await proxy.client();
  assert.equal(await client.bytes(1), 's');
  proxy.putMember(master.configuration());
  assert.equal(await serverOf(proxy), 'm');
  client.send('still here');
  assert.equal(await (await slave.session(0)).bytes(10), 'still here');
});

test('MS-3 a connection that the master refuses goes to the slave, before any verdict', async (t) => {
  const { master, proxy } = await startPair(t);
  await master.close();
  for (let count = 0; count < 4; count += 1) assert.equal(await serverOf(proxy), 's');
});

test('MS-3 a slave that becomes the master takes its place', async (t) => {
  const { master, slave, proxy } = await startPair(t);
  proxy.change({
    members: [
      {
        poolId: 'pool',
        put: [master.configuration({ standby: true }), slave.configuration()],
        remove: [],
      },
    ],
  });
  for (let count = 0; count < 4; count += 1) assert.equal(await serverOf(proxy), 's');
});
