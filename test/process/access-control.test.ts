import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerOf, balance, NamedMember } from '../support/balanced.ts';
import { ElbowProcess } from '../support/elbow-process.ts';
import { evidence } from '../support/evidence.ts';
import { until } from '../support/until.ts';

test('an IP group decides who may connect, and its changes act at once (IG-4, LI-10, 4.8)', async () => {
  evidence('listener.ipgroup', 'traffic');
  evidence('ipgroup.ip_list', 'traffic');
  await using elbow = await ElbowProcess.start();
  await using member = await NamedMember.start('member');
  const { api } = elbow;
  const { url, listenerId } = await balance(api, [member]);
  const served = async () => (await answerOf(url)) === 'member';
  await until(served);

  const group = await api.create('/elb/ipgroups', { ipgroup: { name: 'clients', ip_list: [] } });
  const bind = (ipgroup: object | null) => api.put(`/elb/listeners/${listenerId}`, { listener: { ipgroup } });
  const list = (ip_list: readonly object[]) => api.put(`/elb/ipgroups/${group.id}`, { ipgroup: { ip_list } });
  const refused = async () => !(await served());

  await bind({ ipgroup_id: group.id, type: 'white' });
  await until(refused);
  await list([{ ip: '10.0.0.0/8' }, { ip: '127.0.0.0-127.255.255.255' }]);
  await until(served);
  await bind({ ipgroup_id: group.id, type: 'black' });
  await until(refused);
  await bind({ ipgroup_id: group.id, type: 'black', enable_ipgroup: false });
  await until(served);
  await bind({ ipgroup_id: group.id, type: 'black', enable_ipgroup: true });
  await until(refused);
  assert.equal((await bind(null)).status, 200);
  await until(served);
});
