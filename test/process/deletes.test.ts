/** Deleting what carries traffic ends it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { answerOf, balance, NamedMember } from '../support/balanced.ts';
import { ElbowProcess } from '../support/elbow-process.ts';
import { until } from '../support/until.ts';

test('a cascade delete of a load balancer that carries traffic closes its listeners, and only those', async () => {
  await using elbow = await ElbowProcess.start();
  await using member = await NamedMember.start('member');
  const { api } = elbow;
  const [doomed, other] = [await balance(api, [member]), await balance(api, [member])];
  await until(async () => (await answerOf(doomed.url)) === 'member');
  await until(async () => (await answerOf(other.url)) === 'member');
  const [owner] = (await api.get(`/elb/listeners/${doomed.listenerId}`)).body.listener.loadbalancers;
  const deleted = await api.post(`/elb/loadbalancers/${owner.id}/delete-cascade`, { loadbalancer: {} });
  assert.equal(deleted.status, 204);
  await until(() => refuses(doomed.host, doomed.port));
  assert.equal(await answerOf(other.url), 'member');
});

test('a load balancer in the recycle bin carries no traffic; restored it does again, and probes (3.12)', async () => {
  await using elbow = await ElbowProcess.start();
  await using member = await NamedMember.start('member');
  const { api } = elbow;
  await api.put('/elb/recycle-bin', { recycle_bin: { enable: true } });
  const { url, host, port, listenerId, poolId, memberIds } = await balance(api, [member]);
  await api.create('/elb/healthmonitors', {
    healthmonitor: {
      pool_id: poolId,
      type: 'TCP',
      delay: 1,
      timeout: 1,
      max_retries: 1,
      max_retries_down: 1,
    },
  });
  const statusOf = async () =>
    (await api.get(`/elb/pools/${poolId}/members/${memberIds[0]}`)).body.member.operating_status;
  await until(async () => (await statusOf()) === 'ONLINE');
  await until(async () => (await answerOf(url)) === 'member');
  const [{ id }] = (await api.get(`/elb/listeners/${listenerId}`)).body.listener.loadbalancers;
  assert.equal((await api.delete(`/elb/loadbalancers/${id}/force-elb`)).status, 204);
  await until(() => refuses(host, port));
  await member.close();
  assert.equal((await api.put(`/elb/recycle-bin/loadbalancers/${id}/recover`, undefined)).status, 200);
  await until(async () => (await statusOf()) === 'OFFLINE');
  await member.listen();
  await until(async () => (await answerOf(url)) === 'member');
});

async function refuses(host: string, port: number): Promise<boolean> {
  const socket = connect(port, host);
  try {
    await once(socket, 'connect');
    return false;
  } catch {
    return true;
  } finally {
    socket.destroy();
  }
}
