import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerOf, balance, NamedMember } from '../support/balanced.ts';
import { ElbowProcess } from '../support/elbow-process.ts';
import { until } from '../support/until.ts';

test('listeners serve on a public IP from when it is bound until it is unbound', async () => {
  await using elbow = await ElbowProcess.start();
  await using member = await NamedMember.start('member');
  const { api } = elbow;
  const { url, port, listenerId } = await balance(api, [member]);
  await until(async () => (await answerOf(url)) === 'member');

  const { listener } = (await api.get(`/elb/listeners/${listenerId}`)).body;
  const { loadbalancer: owner } = (await api.get(`/elb/loadbalancers/${listener.loadbalancers[0].id}`)).body;
  const bandwidth = { name: 'b', size: 5, charge_mode: 'traffic', share_type: 'PER' };
  const first = await api.create('/elb/loadbalancers', {
    loadbalancer: {
      availability_zone_list: owner.availability_zone_list,
      vip_subnet_cidr_id: owner.vip_subnet_cidr_id,
      publicip: { network_type: '5_bgp', bandwidth },
    },
  });
  const [{ publicip_id, publicip_address }] = first.publicips;
  const bind = async (port_id: string) =>
    assert.equal(
      (await api.put(`/v1/${api.projectId}/publicips/${publicip_id}`, { publicip: { port_id } })).status,
      200,
    );
  const served = async () => (await answerOf(`http://${publicip_address}:${port}/`)) === 'member';
  const refused = async () => !(await served());

  assert.ok(await refused());
  await bind('');
  await bind(owner.vip_port_id);
  await until(served);
  assert.equal(await answerOf(url), 'member');
  await bind('');
  await until(refused);
  assert.equal(await answerOf(url), 'member');
});
