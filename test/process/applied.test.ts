/** Whether a change is in effect, as the API tells it of a proxy that really runs. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { addMember, answerOf, balance, NamedMember } from '../support/balanced.ts';
import { ElbowProcess } from '../support/elbow-process.ts';
import { until } from '../support/until.ts';

let elbow: ElbowProcess;

before(async () => {
  elbow = await ElbowProcess.start();
});

after(() => elbow[Symbol.asyncDispose]());

async function loadBalancerOf(listenerId: string): Promise<string> {
  const { listener } = (await elbow.api.get(`/elb/listeners/${listenerId}`)).body;
  return listener.loadbalancers[0].id;
}

const appliedOf = async (id: string) => (await elbow.api.get(`/elbow/v1/loadbalancers/${id}/applied`)).body;

test('once a load balancer says that its last change is applied, traffic follows it', async () => {
  await using one = await NamedMember.start('one');
  await using two = await NamedMember.start('two');
  const balanced = await balance(elbow.api, [one]);
  const id = await loadBalancerOf(balanced.listenerId);
  for (const [member, leaving] of [
    [two, balanced.memberIds[0] ?? ''],
    [one, null],
  ] as const) {
    const added = await addMember(elbow.api, balanced.poolId, member.port);
    if (leaving) await elbow.api.delete(`/elb/pools/${balanced.poolId}/members/${leaving}`);
    await until(async () => (await appliedOf(id)).applied);
    const names = new Set(await Promise.all([1, 2, 3, 4].map(() => answerOf(balanced.url))));
    assert.deepEqual([...names].sort(), leaving ? ['two'] : ['one', 'two'], added);
  }
  const { proxies, failed_listeners } = await appliedOf(id);
  assert.deepEqual([proxies.length, proxies[0].applied, failed_listeners], [1, true, []]);
});

test('a change that a stopped proxy has not taken up is not applied, and one of another load balancer does not matter', async () => {
  await using member = await NamedMember.start('a');
  const mine = await balance(elbow.api, [member]);
  const other = await balance(elbow.api, [member]);
  const [id, otherId] = [await loadBalancerOf(mine.listenerId), await loadBalancerOf(other.listenerId)];
  await until(async () => (await appliedOf(id)).applied && (await appliedOf(otherId)).applied);
  const pid = elbow.proxyPid() ?? 0;
  process.kill(pid, 'SIGSTOP');
  try {
    await elbow.api.put(`/elb/pools/${mine.poolId}/members/${mine.memberIds[0]}`, { member: { weight: 7 } });
    const now = await appliedOf(id);
    assert.deepEqual([now.applied, now.proxies[0].applied], [false, false]);
    assert.equal((await appliedOf(otherId)).applied, true);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await until(async () => (await appliedOf(id)).applied);
});

test('a listener whose port is taken is told of with its reason, on its own load balancer only', async () => {
  const fine = await balance(elbow.api, []);
  const fineId = await loadBalancerOf(fine.listenerId);
  const { host } = fine;
  const holder = createServer().listen(0, host);
  await once(holder, 'listening');
  try {
    const { port } = holder.address() as AddressInfo;
    const { loadbalancer } = (await elbow.api.get(`/elb/loadbalancers/${fineId}`)).body;
    const listener = await elbow.api.create('/elb/listeners', {
      listener: { loadbalancer_id: loadbalancer.id, protocol: 'HTTP', protocol_port: port },
    });
    await until(async () => (await appliedOf(fineId)).failed_listeners.length === 1);
    const { failed_listeners } = await appliedOf(fineId);
    assert.equal(failed_listeners[0].id, listener.id);
    assert.match(failed_listeners[0].reason, /taken by another program/);
    const another = await balance(elbow.api, []);
    assert.deepEqual((await appliedOf(await loadBalancerOf(another.listenerId))).failed_listeners, []);
  } finally {
    holder.close();
  }
});

test('a load balancer that there is not is answered 404', async () => {
  const reply = await elbow.api.get('/elbow/v1/loadbalancers/nothing/applied');
  assert.deepEqual([reply.status, reply.body.error_code], [404, 'ELB.8904']);
  assert.match(reply.body.error_msg, /load balancer nothing could not be found/);
});
