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
