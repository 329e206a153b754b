/** Traffic follows servers: in a network made through the API, a stopped server gets none from that moment on. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { answerOf } from '../support/balanced.ts';
import { ElbowProcess } from '../support/elbow-process.ts';
import { until } from '../support/until.ts';

test('a server of a network that was made is served, not while it is stopped, and again', async () => {
  await using elbow = await ElbowProcess.start();
  const { api } = elbow;
  const backend = createServer((_, response) => response.end('here'));
  await new Promise<void>((resolve) => backend.listen(0, '127.66.0.10', resolve));
  try {
    const { port } = backend.address() as AddressInfo;
    const { vpc } = (await api.post(`/v1/${api.projectId}/vpcs`, { vpc: { cidr: '127.66.0.0/16' } })).body;
    const { subnet } = (
      await api.post(`/v1/${api.projectId}/subnets`, {
        subnet: { name: 's', cidr: '127.66.0.0/24', vpc_id: vpc.id },
      })
    ).body;
    const place = { subnet_id: subnet.id, address: '127.66.0.10' };
    const server = await api.create('/elbow/v1/servers', { server: { name: 'web', addresses: [place] } });
    const lb = await api.create('/elb/loadbalancers', {
      loadbalancer: {
        vip_subnet_cidr_id: subnet.neutron_subnet_id,
        availability_zone_list: ['local-1a'],
      },
    });
    const listener = await api.create('/elb/listeners', {
      listener: { loadbalancer_id: lb.id, protocol: 'HTTP', protocol_port: port },
    });
    const pool = await api.create('/elb/pools', {
      pool: { listener_id: listener.id, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' },
    });
    await api.create(`/elb/pools/${pool.id}/members`, {
      member: { address: place.address, protocol_port: port, subnet_cidr_id: subnet.neutron_subnet_id },
    });
    const isServed = async () => (await answerOf(`http://${lb.vip_address}:${port}/`)) === 'here';
    await until(isServed);
    const act = (action: string) => api.post(`/elbow/v1/servers/${server.id}/action`, { action });
    assert.equal((await act('stop')).status, 200);
    await until(async () => !(await isServed()), 1_000);
    assert.equal((await act('start')).status, 200);
    await until(isServed, 1_000);
  } finally {
    backend.closeAllConnections();
    await new Promise((resolve) => backend.close(resolve));
  }
});
