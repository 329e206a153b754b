import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { ElbowProcess } from './support/elbow-process.ts';
import { freePort } from './support/free-port.ts';

test('a load balancer made through the API spreads requests over its members by weight', async () => {
  await using elbow = await ElbowProcess.start();
  const { api } = elbow;
  const port = await freePort();
  const members = await Promise.all(['a', 'b'].map(startMember));
  try {
    const { subnets } = (await api.get(`/v1/${api.projectId}/subnets`)).body;
    const lb = await api.create('/elb/loadbalancers', {
      loadbalancer: {
        vip_subnet_cidr_id: subnets[0].neutron_subnet_id,
        availability_zone_list: ['local-1a'],
        ip_target_enable: true,
      },
    });
    const listener = await api.create('/elb/listeners', {
      listener: { loadbalancer_id: lb.id, protocol: 'HTTP', protocol_port: port },
    });
    const pool = await api.create('/elb/pools', {
      pool: { listener_id: listener.id, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' },
    });
    for (const [index, member] of members.entries()) {
      await api.create(`/elb/pools/${pool.id}/members`, {
        member: { address: '127.0.0.1', protocol_port: member.port, weight: index + 1 },
      });
    }
    const answers = await collect(`http://${lb.vip_address}:${port}/`, 12);
    assert.deepEqual(answers, { a: 4, b: 8 });
  } finally {
    for (const { close } of members) close();
  }
});

async function startMember(name: string): Promise<{ port: number; close: () => void }> {
  const server = createServer((_request, response) => response.end(name));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

/** The answers to so many requests, counted; waits for the listener to come up first. */
async function collect(url: string, requests: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let sent = 0; sent < requests; ) {
    const answer = await fetch(url).catch(() => null);
    if (!answer?.ok) continue;
    const name = await answer.text();
    counts[name] = (counts[name] ?? 0) + 1;
    sent++;
  }
  return counts;
}
