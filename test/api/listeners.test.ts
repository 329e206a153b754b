/** The rules of listeners (rules digest 2.2), but for what needs certificates, policies and IP groups. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestControlPlane } from '../support/control-plane.ts';
import { evidence } from '../support/evidence.ts';
import {
  assertDone,
  assertRefused,
  flavorId,
  makeGateway,
  makeListener,
  makeLoadBalancer,
  makeMember,
  makePool,
  makeRoad,
  places,
} from './fixtures.ts';

test('LI-1 LI-2 TCP and HTTP share the ports of a load balancer, UDP has its own', async () => {
  evidence('listener.protocol_port', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  await makeListener(api, lb.id, { protocol: 'TCP', protocol_port: 80 });
  await makeListener(api, lb.id, { protocol: 'UDP', protocol_port: 80 });
  for (const protocol of ['TCP', 'HTTP', 'UDP']) {
    const listener = { loadbalancer_id: lb.id, protocol, protocol_port: 80 };
    assertRefused(
      await api.post('/elb/listeners', { listener }),
      409,
      'ELB.8907',
      new RegExp(`^Load Balancer ${lb.id} already has a listener with protocol_port of 80\\.$`),
    );
  }
  const other = await makeLoadBalancer(api);
  await makeListener(api, other.id, { protocol: 'TCP', protocol_port: 80 });
});

test('LI-3 port ranges collide neither with each other nor with other listeners', async () => {
  evidence('listener.port_ranges', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  const range = (start_port: number, end_port: number) => ({ start_port, end_port });
  const create = (listener: object) =>
    api.post('/elb/listeners', { listener: { loadbalancer_id: lb.id, protocol: 'TCP', ...listener } });
  const ranges = [range(100, 200), range(300, 300)];
  const { listener } = assertDone(await create({ port_ranges: ranges }), 201);
  assert.deepEqual([listener.protocol_port, listener.port_ranges], [0, ranges]);
  assertDone(await create({ protocol: 'UDP', protocol_port: 0, port_ranges: ranges }), 201);
  const taken: [object, number][] = [
    [{ protocol_port: 150 }, 150],
    [{ protocol_port: 300 }, 300],
    [{ port_ranges: [range(1, 100)] }, 100],
    [{ port_ranges: [range(1, 2), range(250, 400)] }, 300],
  ];
  for (const [fields, port] of taken) {
    assertRefused(await create(fields), 409, 'ELB.8907', new RegExp(`protocol_port of ${port}\\.`));
  }
  const wrong: [object, RegExp][] = [
    [{ port_ranges: [range(10, 20), range(20, 30)] }, /10-20 and 20-30 overlap/],
    [{ port_ranges: [range(20, 10)] }, /20-10 ends before it starts/],
    [{ port_ranges: [range(0, 10)] }, /port_ranges\[0\]\.start_port.*1 to 65535/],
    [{ port_ranges: [range(1, 65536)] }, /port_ranges\[0\]\.end_port.*1 to 65535/],
    [{ protocol_port: 9, port_ranges: [range(10, 20)] }, /goes with protocol_port 0/],
    [{ protocol: 'HTTP', port_ranges: [range(10, 20)] }, /for protocol TCP, UDP or TLS, not HTTP/],
    [{ port_ranges: Array.from({ length: 11 }, (_, i) => range(i + 1, i + 1)) }, /0 to 10 items/],
    [{ protocol_port: 0 }, /protocol_port.*required.*or port_ranges/],
    [{}, /protocol_port.*required.*or port_ranges/],
  ];
  for (const [fields, message] of wrong) assertRefused(await create(fields), 400, 'ELB.8902', message);
});

test('LI-4 HTTPS, TLS and QUIC need a certificate, and there is none to name yet', async () => {
  await using cp = await startTestControlPlane();
  const lb = await makeLoadBalancer(cp.api);
  for (const protocol of ['HTTPS', 'TERMINATED_HTTPS', 'TLS', 'QUIC']) {
    const listener = { loadbalancer_id: lb.id, protocol, protocol_port: 443 };
    assertRefused(
      await cp.api.post('/elb/listeners', { listener }),
      400,
      'ELB.8902',
      /default_tls_container_ref.*required when protocol is/,
    );
    assertRefused(
      await cp.api.post('/elb/listeners', {
        listener: { ...listener, default_tls_container_ref: 'a'.repeat(32) },
      }),
      404,
      'ELB.8904',
      /certificate a+ could not be found/,
    );
  }
});

test('references to what does not exist answer 404 ELB.8904 (LI-14)', async () => {
  evidence('listener.loadbalancer_id', 'enforced');
  evidence('listener.default_pool_id', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb, listener } = await makeRoad(api);
  const cases: [object, RegExp][] = [
    [{ ipgroup: { ipgroup_id: 'x' } }, /ipgroup x/],
    [{ default_pool_id: places.nothing }, /pool .*/],
  ];
  for (const [fields, name] of cases) {
    const message = new RegExp(`^${name.source} could not be found\\.$`);
    assertRefused(
      await api.post('/elb/listeners', {
        listener: { loadbalancer_id: lb.id, protocol: 'HTTP', protocol_port: 90, ...fields },
      }),
      404,
      'ELB.8904',
      message,
    );
    assertRefused(
      await api.put(`/elb/listeners/${listener.id}`, { listener: fields }),
      404,
      'ELB.8904',
      message,
    );
  }
});

test('LI-5 what a listener is cannot be changed', async () => {
  await using cp = await startTestControlPlane();
  const { listener } = await makeRoad(cp.api);
  for (const key of ['protocol', 'protocol_port', 'port_ranges', 'loadbalancer_id', 'tags', 'project_id']) {
    assertRefused(
      await cp.api.put(`/elb/listeners/${listener.id}`, { listener: { [key]: listener[key] ?? 'x' } }),
      400,
      'ELB.8902',
      new RegExp(`'listener\\.${key}': it cannot be changed`),
    );
  }
});

test('LB-4 a flavor of one layer limits the protocols', async () => {
  evidence('listener.protocol', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const l4_flavor_id = await flavorId(api, 'L4_flavor.elb.s1.small');
  const l7_flavor_id = await flavorId(api, 'L7_flavor.elb.s1.small');
  const flavored = {
    l4: await makeLoadBalancer(api, { l4_flavor_id }),
    l7: await makeLoadBalancer(api, { l7_flavor_id }),
    both: await makeLoadBalancer(api, { l4_flavor_id, l7_flavor_id }),
    none: await makeLoadBalancer(api),
    gateway: await makeGateway(api),
  };
  const served: Record<keyof typeof flavored, readonly string[]> = {
    l4: ['TCP', 'UDP'],
    l7: ['HTTP'],
    both: ['TCP', 'UDP', 'HTTP'],
    none: ['TCP', 'UDP', 'HTTP'],
    gateway: ['IP'],
  };
  let port = 1;
  for (const [kind, { id }] of Object.entries(flavored)) {
    for (const protocol of ['TCP', 'UDP', 'HTTP', 'IP']) {
      const protocol_port = protocol === 'IP' ? 0 : port++;
      const reply = await api.post('/elb/listeners', {
        listener: { loadbalancer_id: id, protocol, protocol_port },
      });
      if (served[kind as keyof typeof flavored].includes(protocol)) assertDone(reply, 201);
      else assertRefused(reply, 400, 'ELB.8902', /listener\.protocol.*(takes|IP is for gateway)/);
    }
  }
});

test('LI-7 a listener goes unless its default pool still has members', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { listener, pool } = await makeRoad(api);
  const member = await makeMember(api, pool.id);
  const path = `/elb/listeners/${listener.id}`;
  assertRefused(
    await api.delete(path),
    409,
    'ELB.8907',
    /still sends requests to the members of pool .* default_pool_id to null/,
  );
  assertDone(await api.delete(`/elb/pools/${pool.id}/members/${member.id}`), 204);
  const reply = await api.delete(path);
  assert.deepEqual([reply.status, reply.body], [204, null]);
  assertDone(await api.get(`/elb/pools/${pool.id}`));
  assertRefused(await api.get(path), 404, 'ELB.8904', /listener .* could not be found/);
});

test('default_pool_id null unbinds; a pool with IP members needs ip_target_enable', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { listener, pool } = await makeRoad(api);
  await makeMember(api, pool.id, { address: '10.0.0.1', subnet_cidr_id: null });
  const put = (id: string, default_pool_id: string | null) =>
    api.put(`/elb/listeners/${id}`, { listener: { default_pool_id } });
  assert.equal(assertDone(await put(listener.id, null)).listener.default_pool_id, null);
  assertDone(await api.delete(`/elb/listeners/${listener.id}`), 204);
  const closed = await makeLoadBalancer(api, { ip_target_enable: false });
  const other = await makeListener(api, closed.id);
  assertRefused(await put(other.id, pool.id), 400, 'ELB.8939', /1 member\(s\) without a subnet/);
  const empty = await makePool(api, { type: 'ip' });
  assertDone(await put(other.id, empty.id));
});

test('an update takes what Terraform always sends, and {} changes nothing (O12)', async () => {
  await using cp = await startTestControlPlane();
  const lb = await makeLoadBalancer(cp.api);
  const tcp = await makeListener(cp.api, lb.id, { protocol: 'TCP', protocol_port: 9 });
  const put = async (fields: object) =>
    assertDone(await cp.api.put(`/elb/listeners/${tcp.id}`, { listener: fields })).listener;
  assert.deepEqual(await put({}), tcp);
  const same = await put({ quic_config: null, security_policy_id: null, ipgroup: {} });
  assert.deepEqual({ ...same, updated_at: tcp.updated_at }, tcp);
  const cleared = await put({ keepalive_timeout: null, client_timeout: null });
  assert.deepEqual([cleared.keepalive_timeout, cleared.client_timeout], [300, null]);
});
