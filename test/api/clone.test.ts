/** Copies of load balancers and listeners (rules digest 2.1.7 and 2.2.5, clone). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ApiClient } from '../support/api-client.ts';
import { seed, seedInventory, startTestControlPlane } from '../support/control-plane.ts';
import { serverPair } from '../support/pem.ts';
import { below, grow, type Plan, plans, withoutIds } from './clone-ground.ts';
import {
  assertDone,
  assertRefused,
  flavorId,
  makeGateway,
  makeListener,
  makeLoadBalancer,
  makeMember,
  makeMonitor,
  makePool,
  makeRoad,
  makeShared,
  places,
} from './fixtures.ts';

const clone = (api: ApiClient, id: string, target: object = {}, more: object = {}) =>
  api.post(`/elb/loadbalancers/${id}/clone`, { target_loadbalancer_param: target, ...more });
const show = async (api: ApiClient, id: string) =>
  assertDone(await api.get(`/elb/loadbalancers/${id}`)).loadbalancer;
const copyOf = async (api: ApiClient, id: string, target: object = {}, more: object = {}) =>
  show(api, assertDone(await clone(api, id, target, more), 202).loadbalancer_list[0].id);
const cloneListener = (api: ApiClient, id: string, ...target_listener_params: object[]) =>
  api.post(`/elb/listeners/${id}/clone`, { target_listener_params });
const namesOf = (items: { name: string }[]) => items.map(({ name }) => name).sort();

/** How many there are of every resource, to see that nothing was made. */
async function census(api: ApiClient): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const kind of [
    'loadbalancers',
    'listeners',
    'pools',
    'members',
    'healthmonitors',
    'l7policies',
    'jobs',
  ]) {
    found[kind] = assertDone(await api.get(`/elb/${kind}`))[kind].length;
  }
  return found;
}

const wholePlan: Plan = {
  lb: { availability_zone_list: ['az1'] },
  pools: [
    { lb_algorithm: 'ROUND_ROBIN', members: 2, monitor: true, down: false, tcp: false },
    { lb_algorithm: 'SOURCE_IP', members: 1, monitor: true, down: true, tcp: true },
    { lb_algorithm: 'ROUND_ROBIN', members: 0, monitor: false, down: false, tcp: false },
  ],
  listeners: [
    {
      protocol: 'HTTP',
      pool: 0,
      enhanced: true,
      policies: [
        { kind: 0, pool: 1, paths: ['/a'] },
        { kind: 2, pool: 0, paths: ['/b'] },
        { kind: 1, pool: 0, paths: [] },
        { kind: 3, pool: 0, paths: ['/a'] },
      ],
    },
    { protocol: 'TCP', pool: 0, enhanced: false, policies: [] },
  ],
  standby: true,
  quic: true,
};

test('a copy equals its source but for ids, names and addresses, whatever the source has', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const source = await makeLoadBalancer(api, { ip_target_enable: false, name: 'source', ...plan.lb });
      await grow(api, source.id, plan);
      const before = await withoutIds(api, source.id);
      const copy = await copyOf(api, source.id);
      assert.deepEqual(await withoutIds(api, copy.id), before);
      assert.deepEqual(await withoutIds(api, source.id), before, 'the source stays as it was');
      const theirs = new Set(
        Object.values(await below(api, source.id))
          .flat()
          .map(({ id }) => id),
      );
      for (const { id } of Object.values(await below(api, copy.id)).flat())
        assert.equal(theirs.has(id), false);
      for (const { id } of [source, copy]) {
        assertDone(
          await api.put(`/elb/loadbalancers/${id}`, { loadbalancer: { deletion_protection_enable: false } }),
        );
        assertDone(await api.delete(`/elb/loadbalancers/${id}/force-elb`), 204);
      }
    }),
    { numRuns: 12, examples: [[wholePlan]] },
  );
});

test('count copies are made, named after the source or as asked, with one job for all', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb, listener, pool } = await makeRoad(api, {}, { name: 'web' });
  const answer = assertDone(await clone(api, lb.id, {}, { count: 3 }), 202);
  assert.deepEqual(Object.keys(answer).sort(), ['job_id', 'loadbalancer_list', 'request_id']);
  const made = await Promise.all(answer.loadbalancer_list.map(({ id }: { id: string }) => show(api, id)));
  assert.deepEqual(
    made.map(({ name }) => name),
    ['web-copy-1', 'web-copy-2', 'web-copy-3'],
  );
  assert.equal(new Set([lb, ...made].map(({ vip_address }) => vip_address)).size, 4);
  assert.equal(new Set([listener, ...made.map(({ listeners }) => listeners[0])].map(({ id }) => id)).size, 4);
  assert.equal(new Set([pool, ...made.map(({ pools }) => pools[0])].map(({ id }) => id)).size, 4);
  const { job } = assertDone(await api.get(`/elb/jobs/${answer.job_id}`));
  assert.deepEqual(
    [job.job_type, job.status, job.resource_id, job.sub_jobs.length],
    ['cloneLoadbalancer', 'SUCCESS', lb.id, 3],
  );
  assert.deepEqual(job.sub_jobs[0].entities, [{ resource_id: made[0].id, resource_type: 'loadbalancer' }]);
  const named = assertDone(await clone(api, lb.id, { name: 'other' }, { count: 2 }), 202).loadbalancer_list;
  assert.deepEqual(
    await Promise.all(named.map(async ({ id }: { id: string }) => (await show(api, id)).name)),
    ['other-0001', 'other-0002'],
  );
  assert.equal((await copyOf(api, lb.id, { name: 'one' })).name, 'one');
  const long = await makeLoadBalancer(api, { name: 'é'.repeat(255) });
  assert.equal((await copyOf(api, long.id)).name, `${'é'.repeat(248)}-copy-1`);
});

test('each parameter of the target is as asked for, and the rest as the source has it', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const small = await flavorId(api, 'L7_flavor.elb.s1.small');
  const bigger = await flavorId(api, 'L7_flavor.elb.pro.max');
  const { lb, pool } = await makeRoad(
    api,
    {},
    { l7_flavor_id: small, ipv6_vip_virsubnet_id: seed.networkId },
  );
  const own = (await show(api, lb.id)).l7_flavor_id;
  assert.equal(own, small);
  const asked = {
    availability_zone_list: ['az2'],
    vip_address: '120.10.10.77',
    ipv6_vip_address: '2001:db8:a583:6a::77',
    l7_flavor_id: bigger,
    enterprise_project_id: places.enterpriseProject,
  };
  const copy = await copyOf(api, lb.id, asked);
  for (const [key, value] of Object.entries(asked)) assert.deepEqual(copy[key], value, key);
  assert.deepEqual(
    [copy.charge_mode, copy.vpc_id, copy.elb_virsubnet_ids],
    ['lcu', lb.vpc_id, lb.elb_virsubnet_ids],
  );
  const { listeners, pools } = await below(api, copy.id);
  assert.equal(listeners?.[0].enterprise_project_id, places.enterpriseProject);
  assert.equal(pools?.[0].enterprise_project_id, places.enterpriseProject);
  assert.notEqual(pools?.[0].id, pool.id);
  const plain = await makeLoadBalancer(api);
  const subnet = { vip_subnet_cidr_id: places.declaredSubnet, elb_virsubnet_ids: [places.declaredNetwork] };
  const moved = await copyOf(api, plain.id, subnet);
  assert.deepEqual(
    [moved.vip_subnet_cidr_id, moved.elb_virsubnet_ids, moved.vip_address],
    [places.declaredSubnet, [places.declaredNetwork], '10.20.0.2'],
  );
});

test('addresses, public IPs, orders and logs stay with the source', async () => {
  const publicIp = { id: '7f5a4a0e-2f0a-4c11-8f0f-1b1d2d3e4f50', address: '203.0.113.9' };
  await using cp = await startTestControlPlane({ ...seedInventory, publicips: [publicIp] });
  const { api } = cp;
  const lb = await makeLoadBalancer(api, { publicip_ids: [publicIp.id] });
  await api.create('/elb/logtanks', {
    logtank: { loadbalancer_id: lb.id, log_group_id: 'g', log_topic_id: 't' },
  });
  assertDone(
    await api.post('/elb/loadbalancers/change-charge-mode', {
      loadbalancer_ids: [lb.id],
      charge_mode: 'prepaid',
    }),
  );
  const copy = await copyOf(api, lb.id);
  assert.notEqual(copy.vip_address, lb.vip_address);
  assert.deepEqual([copy.publicips, copy.billing_info, copy.log_group_id], [[], null, null]);
});

test('reuse_pool shares the pools of the source, unless the enterprise project differs', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb, listener, pool } = await makeRoad(api);
  const member = await makeMember(api, pool.id);
  const unused = await makePool(api, { loadbalancer_id: lb.id });
  const other = await makePool(api, { loadbalancer_id: lb.id });
  await api.create('/elb/l7policies', {
    l7policy: { listener_id: listener.id, action: 'REDIRECT_TO_POOL', redirect_pool_id: other.id },
  });
  const copy = await copyOf(api, lb.id, { reuse_pool: true });
  assert.deepEqual(
    copy.pools.map(({ id }: { id: string }) => id),
    [other.id, pool.id].sort(),
    'a pool that nothing sends requests to stays with the source alone',
  );
  assert.ok(unused.id);
  const shared = assertDone(await api.get(`/elb/pools/${pool.id}`)).pool;
  assert.deepEqual([shared.loadbalancers.length, shared.listeners.length], [2, 2]);
  assert.deepEqual(shared.members, [{ id: member.id }]);
  const apart = { reuse_pool: true, enterprise_project_id: places.enterpriseProject };
  const copied = await copyOf(api, lb.id, apart);
  assert.equal(copied.pools.length, 3);
  for (const { id } of copied.pools) assert.equal([pool.id, other.id, unused.id].includes(id), false);
});

test('a pool of another load balancer is copied for the copy, and one of none belongs to none', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { pool } = await makeRoad(api);
  const free = await makePool(api, { type: 'instance', vpc_id: seed.vpcId });
  const lb = await makeLoadBalancer(api);
  await makeListener(api, lb.id, { default_pool_id: pool.id });
  await makeListener(api, lb.id, { protocol_port: 81, default_pool_id: free.id });
  const copy = await copyOf(api, lb.id);
  const { pools } = await below(api, copy.id);
  assert.equal(pools?.length, 2);
  for (const each of pools ?? []) assert.deepEqual(each.loadbalancers, [{ id: copy.id }]);
  assert.equal(assertDone(await api.get(`/elb/pools/${pool.id}`)).pool.loadbalancers.length, 2);
});

test('members of a copy have not been probed yet', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb, pool } = await makeRoad(api);
  await makeMember(api, pool.id);
  await makeMonitor(api, pool.id, { admin_state_up: true, delay: 50, type: 'TCP' });
  const copy = await copyOf(api, lb.id);
  const { members } = await below(api, copy.id);
  assert.deepEqual([members?.[0].operating_status, members?.[0].reason], ['INITIAL', null]);
});

test('a shared load balancer has shared copies, or dedicated ones, which are as an upgrade makes them', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeShared(api, { name: 'old' });
  const { id } = await api.create('/elb/certificates', { certificate: serverPair() });
  const listener = await makeListener(api, lb.id);
  await makeListener(api, lb.id, { protocol: 'HTTPS', protocol_port: 443, default_tls_container_ref: id });
  await makeListener(api, lb.id, { protocol: 'TCP', protocol_port: 81 });
  const pool = await makePool(api, { listener_id: listener.id });
  await makeMember(api, pool.id);
  const toPool = await makePool(api, { loadbalancer_id: lb.id });
  for (const value of ['/a', '/abc']) {
    await api.create('/elb/l7policies', {
      l7policy: {
        ...{ listener_id: listener.id, name: value, action: 'REDIRECT_TO_POOL', redirect_pool_id: toPool.id },
        rules: [{ type: 'PATH', compare_type: 'STARTS_WITH', value }],
      },
    });
  }
  assertDone(
    await api.put(`/elb/loadbalancers/${lb.id}`, { loadbalancer: { deletion_protection_enable: true } }),
  );
  const twin = await copyOf(api, lb.id);
  assert.deepEqual(
    [twin.guaranteed, twin.name, twin.deletion_protection_enable],
    [false, 'old-copy-1', true],
  );
  assert.deepEqual(
    (await withoutIds(api, twin.id))['listeners'],
    (await withoutIds(api, lb.id))['listeners'],
  );
  const flavor = await flavorId(api, 'L7_flavor.elb.s1.small');
  const l4 = await flavorId(api, 'L4_flavor.elb.s1.small');
  const dedicated = await copyOf(api, lb.id, {
    guaranteed: true,
    l4_flavor_id: l4,
    l7_flavor_id: flavor,
    vip_address: '120.10.10.88',
    elb_virsubnet_ids: [places.declaredNetwork],
  });
  assert.deepEqual(
    [dedicated.guaranteed, dedicated.vip_address, dedicated.availability_zone_list, dedicated.charge_mode],
    [true, '120.10.10.88', ['az1', 'az2'], 'flavor'],
  );
  const tree = await below(api, dedicated.id);
  const byProtocol = new Map(tree['listeners']?.map((each) => [each.protocol, each]));
  assert.deepEqual([...byProtocol.keys()].sort(), ['HTTP', 'HTTPS', 'TCP']);
  assert.equal(byProtocol.get('TCP').transparent_client_ip_enable, true);
  assert.equal(byProtocol.get('HTTP').enhance_l7policy_enable, true);
  const order = tree['policies']?.toSorted((a, b) => a.priority - b.priority) ?? [];
  assert.deepEqual(namesOf(order), ['/a', '/abc']);
  assert.deepEqual(
    order.map(({ name, priority }) => [name, priority]),
    [
      ['/abc', 1],
      ['/a', 2],
    ],
  );
  const wrong: [object, RegExp][] = [
    [{ availability_zone_list: ['az1'] }, /availability_zone_list': it is for dedicated load balancers/],
    [{ ipv6_vip_virsubnet_id: seed.networkId }, /ipv6_vip_virsubnet_id': it is for dedicated/],
    [{ vip_address: '120.10.10.89' }, /vip_address': it is for copies that are dedicated/],
    [{ l4_flavor_id: l4 }, /l4_flavor_id': it is for copies that are dedicated/],
    [{ reuse_pool: true }, /reuse_pool': it is for copies that are dedicated/],
    [{ elb_virsubnet_ids: [seed.networkId] }, /elb_virsubnet_ids': it is for copies/],
    [{ guaranteed: true, l4_flavor_id: l4 }, /has only an l4_flavor_id, so it takes TCP, UDP, TLS, not HTTP/],
  ];
  const before = await census(api);
  for (const [target, message] of wrong) {
    assertRefused(await clone(api, lb.id, target), 400, 'ELB.8902', message);
  }
  assertRefused(
    await clone(api, dedicated.id, { guaranteed: false }),
    400,
    'ELB.8902',
    /guaranteed': a dedicated load balancer has dedicated copies only/,
  );
  assert.deepEqual(await census(api), before);
});

test('a wrong request for a copy is refused with what would be right, and nothing is made', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb } = await makeRoad(api);
  const before = await census(api);
  const wrong: [object, object, number, string, RegExp][] = [
    [{}, { count: 0 }, 400, 'ELB.8902', /count': got 0, expected an integer from 1 to 10/],
    [{}, { count: 11 }, 400, 'ELB.8902', /count': got 11/],
    [{ vip_address: '120.10.10.9' }, { count: 2 }, 400, 'ELB.8902', /vip_address': only one .* count > 1/],
    [{ vip_address: lb.vip_address }, {}, 409, 'ELB.8907', /is already in use/],
    [
      { vip_subnet_cidr_id: places.otherVpcSubnet },
      {},
      400,
      'ELB.8902',
      /vip_subnet_cidr_id': it is in the VPC/,
    ],
    [{ vip_subnet_cidr_id: places.nothing }, {}, 404, 'ELB.8904', /subnet \S+ could not be found/],
    [{ availability_zone_list: ['az9'] }, {}, 400, 'ELB.8902', /there is no zone "az9"/],
    [{ l7_flavor_id: places.nothing }, {}, 404, 'ELB.8904', /flavor \S+ could not be found/],
    [{ enterprise_project_id: 'nowhere' }, {}, 400, 'ELB.1202', /no enterprise project "nowhere"/],
    [{ tags: [] }, {}, 400, 'ELB.8902', /Unrecognized attribute\(s\) 'tags'/],
  ];
  for (const [target, more, status, code, message] of wrong) {
    assertRefused(await clone(api, lb.id, target, more), status, code, message);
  }
  assertRefused(await api.post(`/elb/loadbalancers/${lb.id}/clone`, {}), 400, 'ELB.8902', /it is required/);
  for (const reply of [await clone(cp.other, lb.id), await clone(api, places.nothing)]) {
    assertRefused(reply, 404, 'ELB.8904', /load balancer \S+ could not be found/);
  }
  assert.deepEqual(await census(api), before);
});

test('quotas count a whole copy, and one that exceeds any of them leaves nothing', async () => {
  const plan = { ...wholePlan, standby: false };
  const ground = await (async () => {
    await using cp = await startTestControlPlane();
    const lb = await makeLoadBalancer(cp.api);
    await grow(cp.api, lb.id, plan);
    return await census(cp.api);
  })();
  const keys = {
    loadbalancer: 'loadbalancers',
    listener: 'listeners',
    pool: 'pools',
    member: 'members',
    healthmonitor: 'healthmonitors',
    l7policy: 'l7policies',
  } as const;
  for (const [key, kind] of Object.entries(keys)) {
    const limit = 2 * (ground[kind] ?? 0);
    assert.ok(limit > 0, key);
    await using cp = await startTestControlPlane({ ...seedInventory, quotas: { [key]: limit } });
    const { api } = cp;
    const lb = await makeLoadBalancer(api);
    await grow(api, lb.id, plan);
    const before = await census(api);
    assertRefused(
      await clone(api, lb.id, {}, { count: 2 }),
      409,
      'ELB.8905',
      new RegExp(`\\['${key}'\\]\\. The limit is ${limit}`),
    );
    assert.deepEqual(await census(api), before, key);
    const both = await Promise.all([clone(api, lb.id), clone(api, lb.id)]);
    assert.deepEqual(both.map(({ status }) => status).sort(), [202, 409], key);
    assert.equal((await census(api))[kind], limit);
  }
});

test('the listeners of a shared pool are limited for copies too', async () => {
  await using cp = await startTestControlPlane({ ...seedInventory, quotas: { listeners_per_pool: 2 } });
  const { api } = cp;
  const { lb } = await makeRoad(api);
  const before = await census(api);
  const reply = await clone(api, lb.id, { reuse_pool: true }, { count: 2 });
  assertRefused(reply, 409, 'ELB.8905', /\['listeners_per_pool'\]/);
  assert.deepEqual(await census(api), before);
  await copyOf(api, lb.id, { reuse_pool: true });
});

test('2.2.5 a listener is copied to other load balancers, with its pools and policies', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const source = await makeLoadBalancer(api);
  await grow(api, source.id, wholePlan);
  const { listeners } = await below(api, source.id);
  const http = listeners?.find(({ protocol }) => protocol === 'HTTP');
  const https = listeners?.find(({ quic_config }) => quic_config);
  const target = await makeLoadBalancer(api);
  const answer = assertDone(
    await cloneListener(
      api,
      http.id,
      { loadbalancer_id: target.id },
      { loadbalancer_id: target.id, name: 'second', protocol_port: 9000 },
      { loadbalancer_id: source.id, name: '', protocol_port: 9001, subnet_mapping_list: [] },
    ),
    202,
  );
  assert.deepEqual(Object.keys(answer).sort(), ['job_id', 'listener_list', 'request_id']);
  assert.deepEqual(
    answer.listener_list.map(({ id: _, ...rest }: { id: string }) => rest),
    [
      { loadbalancer_id: target.id, protocol_port: http.protocol_port, port_ranges: [] },
      { loadbalancer_id: target.id, protocol_port: 9000, port_ranges: [] },
      { loadbalancer_id: source.id, protocol_port: 9001, port_ranges: [] },
    ],
  );
  const { job } = assertDone(await api.get(`/elb/jobs/${answer.job_id}`));
  assert.deepEqual([job.job_type, job.resource_id, job.sub_jobs.length], ['cloneListener', http.id, 3]);
  const made = await below(api, target.id);
  assert.deepEqual(namesOf(made['listeners'] ?? []), [`${http.name}-copy`, 'second'].sort());
  const theirs =
    (await below(api, source.id))['policies']?.filter(({ listener_id }) => listener_id === http.id) ?? [];
  assert.ok(theirs.some(({ action }) => action === 'REDIRECT_TO_LISTENER'));
  const [first] = answer.listener_list;
  const copied = made['policies']?.filter(({ listener_id }) => listener_id === first.id) ?? [];
  assert.deepEqual(
    namesOf(copied),
    namesOf(theirs.filter(({ action }) => action !== 'REDIRECT_TO_LISTENER')),
    'redirects to listeners are not copied',
  );
  for (const { loadbalancers } of made['pools'] ?? []) assert.deepEqual(loadbalancers, [{ id: target.id }]);
  const plain = ({
    id,
    name,
    loadbalancers,
    default_pool_id,
    created_at,
    updated_at,
    ...rest
  }: typeof http) => rest;
  assert.deepEqual(plain(made['listeners']?.find(({ id }) => id === first.id)), plain(http));
  const secure = assertDone(await cloneListener(api, https.id, { loadbalancer_id: target.id }), 202);
  const shown = assertDone(await api.get(`/elb/listeners/${secure.listener_list[0].id}`)).listener;
  assert.deepEqual(
    [shown.quic_config, shown.default_tls_container_ref],
    [null, https.default_tls_container_ref],
  );
});

test('2.2.5 a listener may share its pools with its copies, and choose ranges of ports', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  const ranges = [{ start_port: 100, end_port: 200 }];
  const listener = await makeListener(api, lb.id, { protocol: 'TCP', protocol_port: 0, port_ranges: ranges });
  const pool = await makePool(api, { listener_id: listener.id, protocol: 'TCP' });
  const target = await makeLoadBalancer(api);
  const at = (fields: object) => ({ loadbalancer_id: target.id, ...fields });
  const wide = [{ start_port: 300, end_port: 400 }];
  const { listener_list } = assertDone(
    await cloneListener(
      api,
      listener.id,
      at({ reuse_pool: true }),
      at({ reuse_pool: true, protocol_port: 0, port_ranges: wide }),
      at({ reuse_pool: true, protocol_port: 500 }),
    ),
    202,
  );
  assert.deepEqual(
    listener_list.map(({ protocol_port, port_ranges }: Record<string, unknown>) => [
      protocol_port,
      port_ranges,
    ]),
    [
      [0, ranges],
      [0, wide],
      [500, []],
    ],
  );
  assert.equal(assertDone(await api.get(`/elb/pools/${pool.id}`)).pool.listeners.length, 4);
  assert.equal(assertDone(await api.get('/elb/pools')).pools.length, 1);
});

test('2.2.5 a copy of a listener that cannot be is refused, and none of the copies is made', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb, listener, pool } = await makeRoad(api);
  await makeMember(api, pool.id);
  const good = await makeLoadBalancer(api);
  const shared = await makeShared(api);
  const strict = await makeLoadBalancer(api, { ip_target_enable: false });
  const elsewhere = await makeLoadBalancer(api, { vip_subnet_cidr_id: places.otherVpcSubnet });
  const gateway = await makeGateway(api);
  const l4 = await makeLoadBalancer(api, { l4_flavor_id: await flavorId(api, 'L4_flavor.elb.s1.small') });
  const before = await census(api);
  const at = (to: { id: string }, fields: object = {}) => ({ loadbalancer_id: to.id, ...fields });
  const wrong: [object, number, string, RegExp][] = [
    [at(lb), 409, 'ELB.8907', /already has a listener with protocol_port of 80/],
    [at(shared), 400, 'ELB.8902', /\[1\]\.loadbalancer_id': .* is shared, expected a dedicated one/],
    [at(strict), 400, 'ELB.8939', /\[1\]\.loadbalancer_id': ip_target_enable .* is false/],
    [at(elsewhere), 400, 'ELB.8902', /\[1\]\.loadbalancer_id': it is in the VPC/],
    [at(gateway), 400, 'ELB.8902', /\[1\]\.loadbalancer_id': .* is a gateway/],
    [at(l4), 400, 'ELB.8902', /has only an l4_flavor_id, so it takes TCP, UDP, TLS, not HTTP/],
    [at(good, { protocol_port: 0 }), 400, 'ELB.8902', /protocol_port': it is required/],
    [
      at(good, { port_ranges: [{ start_port: 1, end_port: 2 }] }),
      400,
      'ELB.8902',
      /port_ranges': it is for pro/,
    ],
    [at(good, { protocol_port: 70000 }), 400, 'ELB.8902', /\[1\]\.protocol_port': got 70000/],
    [at({ id: places.nothing }), 404, 'ELB.8904', /load balancer \S+ could not be found/],
    [{}, 400, 'ELB.8902', /\[1\]\.loadbalancer_id': it is required/],
  ];
  for (const [target, status, code, message] of wrong) {
    assertRefused(await cloneListener(api, listener.id, at(good), target), status, code, message);
  }
  assertRefused(await cloneListener(api, listener.id), 400, 'ELB.8902', /a list of 1 to 10 items/);
  for (const reply of [
    await cloneListener(cp.other, listener.id, at(good)),
    await cloneListener(api, places.nothing, at(good)),
  ]) {
    assertRefused(reply, 404, 'ELB.8904', /listener \S+ could not be found/);
  }
  const theirs = await makeLoadBalancer(cp.other);
  assertRefused(await cloneListener(api, listener.id, at(theirs)), 404, 'ELB.8904', /could not be found/);
  assert.deepEqual(await census(api), before);
  const tcp = await makeListener(api, shared.id, { protocol: 'TCP' });
  const other = await makeShared(api);
  assertRefused(
    await cloneListener(api, tcp.id, at(other, { reuse_pool: true })),
    400,
    'ELB.8902',
    /reuse_pool': only listeners of dedicated load balancers/,
  );
  assertDone(await cloneListener(api, tcp.id, at(other)), 202);
});

test('2.2.5 a listener with more than 1000 members or 100 policies is not copied', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { listener, pool } = await makeRoad(api);
  const target = await makeLoadBalancer(api);
  const to = { loadbalancer_id: target.id };
  for (let batch = 0; batch < 6; batch++) {
    const members = Array.from({ length: batch < 5 ? 200 : 1 }, (_, port) => ({
      ...{ address: '10.0.0.5', protocol_port: 1000 + batch * 200 + port },
    }));
    if (batch === 5) assertDone(await cloneListener(api, listener.id, to), 202);
    assertDone(await api.post(`/elb/pools/${pool.id}/members/batch-add`, { members }));
  }
  const again = { ...to, protocol_port: 81 };
  assertRefused(
    await cloneListener(api, listener.id, again),
    400,
    'ELB.8902',
    /the listener has 1001 members, and one with at most 1000 can be cloned/,
  );
  assert.equal((await below(api, target.id))['members']?.length, 1000);
  const other = await makeListener(api, target.id, { protocol_port: 90 });
  const toPool = await makePool(api, { loadbalancer_id: target.id });
  for (let number = 0; number <= 100; number++) {
    if (number === 100) assertDone(await cloneListener(api, other.id, { ...to, protocol_port: 91 }), 202);
    await api.create('/elb/l7policies', {
      l7policy: { listener_id: other.id, action: 'REDIRECT_TO_POOL', redirect_pool_id: toPool.id },
    });
  }
  const refused = await cloneListener(api, other.id, { ...to, protocol_port: 92 });
  assertRefused(refused, 400, 'ELB.8902', /has 101 policies, and one with at most 100 can be cloned/);
});
