/** A master-slave pool in front of real members: who serves when the master dies, and when it is back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { answerOf, NamedMember } from '../support/balanced.ts';
import { ElbowProcess } from '../support/elbow-process.ts';
import { evidence } from '../support/evidence.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';

test('MS-3 the master serves alone, the slave while it is dead, and no request is lost on the way', async () => {
  evidence('master_slave_member.role', 'traffic');
  evidence('master_slave_member.address', 'traffic');
  evidence('master_slave_member.protocol_port', 'traffic');
  evidence('master_slave_pool.listener_id', 'traffic');
  evidence('master_slave_pool.protocol', 'traffic', ['TCP']);
  evidence('master_slave_healthmonitor.type', 'traffic', ['TCP']);
  await using elbow = await ElbowProcess.start();
  await using master = await NamedMember.start('master');
  await using slave = await NamedMember.start('slave');
  const { url, poolId } = await pair(elbow.api, master, slave);
  const statuses = async () => {
    const { pool } = (await elbow.api.get(`/elb/master-slave-pools/${poolId}`)).body;
    return pool.members.map((each: { role: string; operating_status: string }) => each.operating_status);
  };
  await until(async () => (await answerOf(url)) === 'master');
  await until(async () => (await statuses()).join() === 'ONLINE,ONLINE', 30_000);
  for (let request = 0; request < 10; request++) assert.equal(await answerOf(url), 'master');

  await master.close();
  // Before any verdict the connection that the master refuses goes to the slave.
  for (let request = 0; request < 10; request++) assert.equal(await answerOf(url), 'slave');
  await until(async () => (await statuses()).join() === 'OFFLINE,ONLINE', 30_000);
  for (let request = 0; request < 10; request++) assert.equal(await answerOf(url), 'slave');

  await master.listen();
  await until(async () => {
    const answer = await answerOf(url);
    assert.notEqual(answer, null, 'somebody serves all along');
    return answer === 'master';
  }, 30_000);
  await until(async () => (await statuses()).join() === 'ONLINE,ONLINE', 30_000);
  for (let request = 0; request < 10; request++) assert.equal(await answerOf(url), 'master');

  await slave.close();
  await until(async () => (await statuses()).join() === 'ONLINE,OFFLINE', 30_000);
  for (let request = 0; request < 10; request++) assert.equal(await answerOf(url), 'master');
  assert.equal((await elbow.api.delete(`/elb/master-slave-pools/${poolId}`)).status, 204);
  await until(async () => (await answerOf(url)) === null);
});

/** A TCP listener on a free port, whose default pool is a master-slave pool probed as often as the API allows. */
async function pair(api: ApiClient, master: NamedMember, slave: NamedMember) {
  const { subnets } = (await api.get(`/v1/${api.projectId}/subnets`)).body;
  const lb = await api.create('/elb/loadbalancers', {
    loadbalancer: {
      vip_subnet_cidr_id: subnets[0].neutron_subnet_id,
      availability_zone_list: ['local-1a'],
      ip_target_enable: true,
    },
  });
  const port = await freePort();
  const listener = await api.create('/elb/listeners', {
    listener: { loadbalancer_id: lb.id, protocol: 'TCP', protocol_port: port },
  });
  const at = ({ port }: NamedMember) => ({ address: '127.0.0.1', protocol_port: port });
  const pool = await api.create('/elb/master-slave-pools', {
    pool: {
      ...{ listener_id: listener.id, protocol: 'TCP', lb_algorithm: 'ROUND_ROBIN', type: 'ip' },
      members: [
        { ...at(master), role: 'master' },
        { ...at(slave), role: 'slave' },
      ],
      healthmonitor: { type: 'TCP', delay: 1, timeout: 1, max_retries: 1, max_retries_down: 1 },
    },
  });
  return { url: `http://${lb.vip_address}:${port}/`, poolId: pool.id as string };
}
