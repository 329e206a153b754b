/** Upgrading shared load balancers to dedicated ones (rules digest 2.1.5 and 2.1.7, upgrade). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { seed, startTestControlPlane } from '../support/control-plane.ts';
import { serverPair } from '../support/pem.ts';
import {
  assertDone,
  assertRefused,
  flavorId,
  makeListener,
  makeLoadBalancer,
  makeMember,
  makeMonitor,
  makePool,
  makeShared,
  places,
} from './fixtures.ts';

const upgrade = (api: ApiClient, id: string, body: object) =>
  api.post(`/elb/loadbalancers/${id}/upgrade`, body);
const show = async (api: ApiClient, path: string) => {
  const { request_id: _, ...body } = assertDone(await api.get(path));
  return Object.values(body)[0] as Record<string, unknown>;
};
const at = (id: string) => `/elb/loadbalancers/${id}`;

/** A shared load balancer with a listener of each protocol, policies, a pool, a member and a monitor. */
async function makeGround(api: ApiClient) {
  const lb = await makeShared(api, { name: 'shared' });
  const { id } = await api.create('/elb/certificates', { certificate: serverPair() });
  const http = await makeListener(api, lb.id);
  const https = await makeListener(api, lb.id, {
    ...{ protocol: 'HTTPS', protocol_port: 443, default_tls_container_ref: id },
  });
  const tcp = await makeListener(api, lb.id, { protocol: 'TCP', protocol_port: 81 });
  const udp = await makeListener(api, lb.id, { protocol: 'UDP', protocol_port: 81 });
  const nat64 = await makeListener(api, lb.id, { protocol: 'TCP', protocol_port: 82, nat64_enable: true });
  const pool = await makePool(api, { listener_id: http.id });
  const member = await makeMember(api, pool.id);
  const monitor = await makeMonitor(api, pool.id);
  const other = await makePool(api, { loadbalancer_id: lb.id });
  const policy = (value: string) =>
    api.create('/elb/l7policies', {
      l7policy: {
        ...{ listener_id: http.id, action: 'REDIRECT_TO_POOL', redirect_pool_id: other.id },
        rules: [{ type: 'PATH', compare_type: 'STARTS_WITH', value }],
      },
    });
  const policies = [await policy('/a'), await policy('/abc')];
  const start = {
    action: 'start',
    availability_zone_list: ['az1', 'az2'],
    l4_flavor_id: await flavorId(api, 'L4_flavor.elb.s1.small'),
    l7_flavor_id: await flavorId(api, 'L7_flavor.elb.pro.max'),
  };
  return { lb, http, https, tcp, udp, nat64, pool, member, monitor, other, policies, start };
}

test('start makes it dedicated and switches on what dedicated ones have; complete ends it', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb, http, https, tcp, udp, nat64, pool, policies, start } = await makeGround(api);
  const answer = assertDone(await upgrade(api, lb.id, start), 202);
  assert.deepEqual(Object.keys(answer).sort(), ['job_id', 'request_id']);
  const { job } = assertDone(await api.get(`/elb/jobs/${answer.job_id}`));
  assert.deepEqual(
    [
      job.job_type,
      job.status,
      job.resource_id,
      job.sub_jobs.map((each: { job_type: string }) => each.job_type),
    ],
    ['UPGRADE', 'SUCCESS', lb.id, ['UPGRADE_INIT', 'UPGRADE_TRAFFIC_SWITCH']],
  );
  const upgraded = await show(api, at(lb.id));
  const { listeners, pools } = upgraded;
  assert.deepEqual(upgraded, {
    ...lb,
    guaranteed: true,
    provisioning_status: 'UPGRADED',
    ...{ availability_zone_list: ['az1', 'az2'], charge_mode: 'flavor' },
    ...{ l4_flavor_id: start.l4_flavor_id, l7_flavor_id: start.l7_flavor_id },
    ...{ elb_virsubnet_ids: [seed.networkId], elb_virsubnet_type: 'dualstack' },
    ...{ listeners, pools, updated_at: upgraded['updated_at'] },
  });
  const listenerOf = ({ id }: { id: string }) => show(api, `/elb/listeners/${id}`);
  assert.deepEqual(
    [(await listenerOf(http))['protocol'], (await listenerOf(https))['protocol']],
    ['HTTP', 'HTTPS'],
  );
  for (const each of [http, https]) assert.equal((await listenerOf(each))['enhance_l7policy_enable'], true);
  for (const each of [tcp, udp]) assert.equal((await listenerOf(each))['transparent_client_ip_enable'], true);
  for (const each of [tcp, udp]) assert.equal((await listenerOf(each))['enhance_l7policy_enable'], false);
  assert.equal((await listenerOf(nat64))['transparent_client_ip_enable'], false, 'NAT64 excludes it');
  const priorities = await Promise.all(policies.map(({ id }) => show(api, `/elb/l7policies/${id}`)));
  assert.deepEqual(
    priorities.map(({ priority }) => priority),
    [2, 1],
    'the longer path still comes first',
  );
  const completed = assertDone(await upgrade(api, lb.id, { action: 'complete' }), 202);
  const done = assertDone(await api.get(`/elb/jobs/${completed.job_id}`)).job;
  assert.deepEqual([done.job_type, done.sub_jobs[0].job_type], ['UPGRADE', 'UPGRADE_COMPLETE']);
  assert.equal((await show(api, at(lb.id)))['provisioning_status'], 'ACTIVE');
  assertDone(await api.put(at(lb.id), { loadbalancer: { ip_target_enable: true } }));
  await makeMember(api, pool.id, { address: '10.0.0.5', subnet_cidr_id: null });
  for (const action of ['complete', 'rollback']) {
    assertRefused(
      await upgrade(api, lb.id, { action }),
      409,
      'ELB.8907',
      new RegExp(`is ACTIVE; ${action} needs UPGRADED`),
    );
  }
  assertRefused(await upgrade(api, lb.id, start), 400, 'ELB.8902', /'action': .* is dedicated already/);
});

test('rollback takes everything back, but not what was deleted meanwhile', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const ground = await makeGround(api);
  const { lb, http, https, tcp, udp, nat64, policies, start } = ground;
  const paths = [
    at(lb.id),
    ...[http, https, tcp, udp, nat64].map(({ id }) => `/elb/listeners/${id}`),
    ...policies.map(({ id }) => `/elb/l7policies/${id}`),
  ];
  const state = () =>
    Promise.all(paths.map(async (path) => ({ ...(await show(api, path)), updated_at: undefined })));
  const before = await state();
  const ipv6 = { ipv6_vip_virsubnet_id: seed.networkId, ipv6_vip_address: '2001:db8:a583:6a::77' };
  assertDone(await upgrade(api, lb.id, { ...start, ...ipv6 }), 202);
  const upgraded = await show(api, at(lb.id));
  assert.equal(upgraded['ipv6_vip_address'], '2001:db8:a583:6a::77');
  assert.notDeepEqual(await state(), before);
  const { job_id } = assertDone(await upgrade(api, lb.id, { action: 'rollback' }), 202);
  assert.equal(assertDone(await api.get(`/elb/jobs/${job_id}`)).job.job_type, 'UPGRADE');
  assert.deepEqual(await state(), before);
  await makeLoadBalancer(api, ipv6);
  assertDone(await upgrade(api, lb.id, start), 202);
  assertDone(await api.delete(`/elb/listeners/${udp.id}`), 204);
  assertDone(await api.delete(`/elb/l7policies/${policies[0].id}`), 204);
  assertDone(await upgrade(api, lb.id, { action: 'rollback' }), 202);
  assert.equal((await show(api, `/elb/listeners/${https.id}`))['protocol'], 'TERMINATED_HTTPS');
  assertDone(await upgrade(api, lb.id, start), 202);
  assertDone(await upgrade(api, lb.id, { action: 'complete' }), 202);
});

test('while it is UPGRADED nothing below it is made or changed, and all can be deleted', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb, http, tcp, pool, member, monitor, other, policies, start } = await makeGround(api);
  assertDone(await upgrade(api, lb.id, start), 202);
  const rule = { type: 'METHOD', compare_type: 'EQUAL_TO', value: 'GET' };
  const healthmonitor = { pool_id: other.id, type: 'HTTP', delay: 5, timeout: 3, max_retries: 3 };
  const calls: [string, string, object][] = [
    ['PUT', at(lb.id), { loadbalancer: { name: 'x' } }],
    ['POST', `${at(lb.id)}/availability-zone/batch-remove`, { availability_zone_list: ['az1'] }],
    ['POST', '/elb/loadbalancers/change-charge-mode', { loadbalancer_ids: [lb.id], charge_mode: 'prepaid' }],
    ['POST', '/elb/listeners', { listener: { loadbalancer_id: lb.id, protocol: 'TCP', protocol_port: 99 } }],
    ['PUT', `/elb/listeners/${tcp.id}`, { listener: { name: 'x' } }],
    [
      'POST',
      '/elb/pools',
      { pool: { protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', loadbalancer_id: lb.id } },
    ],
    ['PUT', `/elb/pools/${pool.id}`, { pool: { name: 'x' } }],
    ['PUT', `/elb/pools/${pool.id}/members/${member.id}`, { member: { weight: 2 } }],
    [
      'POST',
      `/elb/pools/${pool.id}/members`,
      { member: { address: '120.10.10.21', protocol_port: 1, subnet_cidr_id: seed.subnetCidrId } },
    ],
    ['PUT', `/elb/healthmonitors/${monitor.id}`, { healthmonitor: { delay: 6 } }],
    ['POST', '/elb/healthmonitors', { healthmonitor }],
    ['PUT', `/elb/l7policies/${policies[0].id}`, { l7policy: { name: 'x' } }],
    ['POST', `/elb/l7policies/${policies[0].id}/rules`, { rule }],
    ['POST', '/elb/l7policies/batch-update-priority', { l7policies: [{ id: policies[0].id, priority: 9 }] }],
    ['POST', `${at(lb.id)}/upgrade`, start],
  ];
  for (const [method, path, body] of calls) {
    const reply = await api.call(method, path, body);
    const way = path.endsWith('/upgrade') ? /is UPGRADED; start needs ACTIVE/ : /action complete or rollback/;
    assertRefused(reply, 409, 'ELB.8907', /The load balancer \S+ is UPGRADED; /);
    assertRefused(reply, 409, 'ELB.8907', way);
  }
  for (const path of [
    `/elb/healthmonitors/${monitor.id}`,
    `/elb/pools/${pool.id}/members/${member.id}`,
    ...policies.map(({ id }) => `/elb/l7policies/${id}`),
    `/elb/listeners/${http.id}`,
    `${at(lb.id)}/force-elb`,
  ]) {
    assertDone(await api.delete(path), 204);
  }
});

test('a start says what it needs, and a refused one changes nothing', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb, http, https, start } = await makeGround(api);
  const before = await show(api, at(lb.id));
  const { l4_flavor_id, l7_flavor_id } = start;
  const wrong: [object, number, string, RegExp][] = [
    [{ action: 'stop' }, 400, 'ELB.8902', /action': got "stop", expected one of start, complete, rollback/],
    [{}, 400, 'ELB.8902', /'action': it is required/],
    [
      { ...start, availability_zone_list: null },
      400,
      'ELB.8902',
      /availability_zone_list': it is required for/,
    ],
    [
      { ...start, availability_zone_list: [] },
      400,
      'ELB.8902',
      /availability_zone_list': it is required for/,
    ],
    [
      { ...start, availability_zone_list: ['az9'] },
      400,
      'ELB.8902',
      /'availability_zone_list': there is no zone/,
    ],
    [
      { ...start, l4_flavor_id: null },
      400,
      'ELB.8902',
      /l4_flavor_id': it is required: .* protocol (TCP|UDP)/,
    ],
    [
      { ...start, l7_flavor_id: null },
      400,
      'ELB.8902',
      /l7_flavor_id': it is required: .* (HTTP|TERMINATED)/,
    ],
    [
      { ...start, l4_flavor_id: l7_flavor_id },
      400,
      'ELB.8902',
      /has type L7_elastic_max, expected one of L4/,
    ],
    [{ ...start, l7_flavor_id: places.nothing }, 404, 'ELB.8904', /flavor \S+ could not be found/],
    [{ ...start, elb_virsubnet_ids: [places.otherVpcNetwork] }, 400, 'ELB.8902', /elb_virsubnet_ids/],
    [{ ...start, ipv6_vip_address: '2001:db8::1' }, 400, 'ELB.8902', /needs ipv6_vip_virsubnet_id/],
    [{ ...start, ipv6_vip_virsubnet_id: places.declaredNetwork }, 400, 'ELB.8932', /no IPv6 addresses/],
    [{ action: 'complete', l4_flavor_id }, 409, 'ELB.8907', /is ACTIVE; complete needs UPGRADED/],
    [{ action: 'rollback' }, 409, 'ELB.8907', /is ACTIVE; rollback needs UPGRADED or UPGRADE_FAILED/],
  ];
  for (const [body, status, code, message] of wrong) {
    assertRefused(await upgrade(api, lb.id, body), status, code, message);
  }
  for (const reply of [await upgrade(cp.other, lb.id, start), await upgrade(api, places.nothing, start)]) {
    assertRefused(reply, 404, 'ELB.8904', /load balancer \S+ could not be found/);
  }
  assert.deepEqual(await show(api, at(lb.id)), before);
  assert.equal((await show(api, `/elb/listeners/${https.id}`))['protocol'], 'TERMINATED_HTTPS');
  assert.equal((await show(api, `/elb/listeners/${http.id}`))['enhance_l7policy_enable'], false);
  const empty = await makeShared(api);
  const bare = { action: 'start', availability_zone_list: ['az1'] };
  assertRefused(
    await upgrade(api, empty.id, bare),
    400,
    'ELB.8902',
    /l4_flavor_id': give it, or l7_flavor_id/,
  );
  const named = { ...bare, l7_flavor_id, elb_virsubnet_ids: [places.declaredNetwork] };
  assertDone(await upgrade(api, empty.id, named), 202);
  assert.deepEqual((await show(api, at(empty.id)))['elb_virsubnet_ids'], [places.declaredNetwork]);
  assert.equal((await show(api, at(empty.id)))['charge_mode'], 'lcu');
  assertRefused(
    await upgrade(api, empty.id, { action: 'rollback', l7_flavor_id }),
    400,
    'ELB.8902',
    /l7_flavor_id': it is for action start, not rollback/,
  );
});

test('3.12: an upgrade that is in the recycle bin is not found, and goes on after the restore', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb, start } = await makeGround(api);
  assertDone(await upgrade(api, lb.id, start), 202);
  const upgraded = await show(api, at(lb.id));
  assertDone(await api.put('/elb/recycle-bin', { recycle_bin: { enable: true } }));
  assertDone(await api.delete(`${at(lb.id)}/force-elb`), 204);
  for (const action of ['complete', 'rollback']) {
    assertRefused(await upgrade(api, lb.id, { action }), 404, 'ELB.8904', /could not be found/);
  }
  assertDone(await api.put(`/elb/recycle-bin/loadbalancers/${lb.id}/recover`, {}));
  assert.deepEqual(await show(api, at(lb.id)), upgraded);
  assertDone(await upgrade(api, lb.id, { action: 'rollback' }), 202);
  assert.equal((await show(api, at(lb.id)))['provisioning_status'], 'ACTIVE');
});

test('2.1.6 the pools of a shared load balancer go with it', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeShared(api);
  await makePool(api, { loadbalancer_id: lb.id });
  assertRefused(
    await api.post(`${at(lb.id)}/delete-cascade`, { loadbalancer: { unbounded_pool: false } }),
    400,
    'ELB.8902',
    /unbounded_pool': it must be true: the load balancer \S+ is shared/,
  );
  assertDone(await api.post(`${at(lb.id)}/delete-cascade`, { loadbalancer: {} }), 204);
  assert.deepEqual(assertDone(await api.get('/elb/pools')).pools, []);
});
