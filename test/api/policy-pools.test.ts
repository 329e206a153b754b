/** Pools that only policies lead to: attached, monitored, shown and kept like default pools (rules digest 2.3, 2.6). */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { evidence } from '../support/evidence.ts';
import { until } from '../support/until.ts';
import {
  assertDone,
  assertRefused,
  loopback,
  loopbackInventory,
  makeListener,
  makeLoadBalancer,
  makeMember,
  makeMonitor,
  makePolicy,
  makePool,
  places,
} from './fixtures.ts';
import { PolicyGround } from './policy-ground.ts';

let ground: PolicyGround;
let api: ApiClient;

before(async () => {
  ground = await PolicyGround.start(loopbackInventory);
  api = ground.api;
});
after(() => ground[Symbol.asyncDispose]());

const showPool = async (id: string) => assertDone(await api.get(`/elb/pools/${id}`)).pool;
const membersOf = async (id: string) => assertDone(await api.get(`/elb/pools/${id}/members`)).members;
const ids = (records: readonly { id: string }[]) => records.map(({ id }) => id).toSorted();
const found = async (query: string) => {
  const body = assertDone(await api.get(`/elb/${query}`));
  return ids(body[query.split('?')[0] ?? '']);
};

test('PO-9, PO-10: a pool shows each listener that reaches it once, by whichever road, and its load balancers', async () => {
  const [one, two] = [await ground.advanced(), await ground.advanced()];
  const far = await makeListener(api, (await makeLoadBalancer(api)).id, { enhance_l7policy_enable: true });
  const pool = await ground.pool();
  const mirror = await ground.pool();
  assertDone(await api.put(`/elb/listeners/${one.id}`, { listener: { default_pool_id: pool.id } }));
  const policies = [
    await makePolicy(api, one.id, { redirect_pool_id: pool.id }),
    await makePolicy(api, two.id, { redirect_pools_config: [{ pool_id: pool.id }] }),
    await makePolicy(api, far.id, {
      ...{ redirect_pool_id: pool.id },
      redirect_pools_extend_config: { traffic_mirror_config: { target_ids: [mirror.id] } },
    }),
  ];
  const shown = await showPool(pool.id);
  const loadBalancers = [ground.lb.id, far.loadbalancers[0].id].toSorted();
  assert.deepEqual(ids(shown.listeners), ids([one, two, far]));
  assert.equal(shown.listeners.length, 3);
  assert.deepEqual(ids(shown.loadbalancers), loadBalancers);
  assert.deepEqual(ids((await showPool(mirror.id)).listeners), [far.id]);
  const member = await makeMember(api, pool.id, { address: '10.0.0.77', subnet_cidr_id: null });
  assert.deepEqual(
    member.status.map(({ listener_id }: { listener_id: string }) => listener_id).toSorted(),
    ids([one, two, far]),
  );
  for (const { id } of [one, two, far]) assert.ok((await found(`pools?listener_id=${id}`)).includes(pool.id));
  assert.deepEqual(await found('listeners?member_address=10.0.0.77'), ids([one, two, far]));
  assert.deepEqual(await found('loadbalancers?member_address=10.0.0.77'), loadBalancers);
  for (const id of loadBalancers) {
    assert.ok((await found(`pools?loadbalancer_id=${id}`)).includes(pool.id));
    assert.ok((await found(`members?loadbalancer_id=${id}`)).includes(member.id));
    const { loadbalancer } = assertDone(await api.get(`/elb/loadbalancers/${id}`));
    assert.ok(ids(loadbalancer.pools).includes(pool.id));
  }
  for (const { id } of policies) await ground.drop(id);
  assert.deepEqual(ids((await showPool(pool.id)).listeners), [one.id]);
  assert.deepEqual((await showPool(mirror.id)).listeners, []);
  assert.deepEqual(await found(`pools?listener_id=${two.id}`), []);
});

test('the members of a pool have statuses while a policy leads to it, and are UNKNOWN again after', async () => {
  const listener = await ground.advanced();
  const [pool, other] = [await ground.pool(), await ground.pool()];
  for (const { id } of [pool, other]) {
    await makeMonitor(api, id, { admin_state_up: true, type: 'TCP', delay: 50 });
    await makeMember(api, id, { address: '10.99.0.1', subnet_cidr_id: null });
  }
  const statuses = async () => {
    const members = [...(await membersOf(pool.id)), ...(await membersOf(other.id))];
    return members.map(({ operating_status }) => operating_status);
  };
  assert.deepEqual(await statuses(), ['UNKNOWN', 'UNKNOWN']);
  const policy = await makePolicy(api, listener.id, { redirect_pool_id: pool.id });
  assert.deepEqual(await statuses(), ['INITIAL', 'UNKNOWN']);
  const second = await makePolicy(api, listener.id, { redirect_pools_config: [{ pool_id: pool.id }] });
  await ground.change(policy.id, { redirect_pool_id: other.id });
  assert.deepEqual(
    await statuses(),
    ['INITIAL', 'INITIAL'],
    'the second policy still leads to the first pool',
  );
  await ground.change(second.id, { redirect_pools_config: [{ pool_id: other.id }] });
  assert.deepEqual(await statuses(), ['UNKNOWN', 'INITIAL']);
  await ground.drop(policy.id);
  assert.deepEqual(await statuses(), ['UNKNOWN', 'INITIAL']);
  await ground.drop(second.id);
  assert.deepEqual(await statuses(), ['UNKNOWN', 'UNKNOWN']);
});

test('a pool that only a policy leads to is probed, under the address of the policy’s load balancer', async () => {
  const hosts = new Set<string | undefined>();
  const server = createServer((request, response) => {
    hosts.add(request.headers.host);
    response.writeHead(200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await using _server = server;
  const { port } = server.address() as AddressInfo;
  const pool = await ground.pool();
  await makeMonitor(api, pool.id, {
    ...{ admin_state_up: true, delay: 1, timeout: 1, max_retries: 1, url_path: '/' },
  });
  const member = { address: '127.0.0.1', protocol_port: port, subnet_cidr_id: null };
  await makeMember(api, pool.id, member);
  await makePolicy(api, (await ground.advanced()).id, { redirect_pool_id: pool.id });
  const { vip_address } = assertDone(await api.get(`/elb/loadbalancers/${ground.lb.id}`)).loadbalancer;
  await until(async () => (await membersOf(pool.id))[0].operating_status === 'ONLINE');
  await until(() => [...hosts].some((host) => host?.split(':')[0] === vip_address));
});

test('3.1: the tree shows policies with their rules, and below a listener every pool it reaches', async () => {
  const lb = await makeLoadBalancer(api, { vip_subnet_cidr_id: loopback.subnet });
  const listener = await makeListener(api, lb.id, { enhance_l7policy_enable: true });
  const normal = await makePool(api, { listener_id: listener.id });
  const reached = await makePool(api, { type: 'instance', vpc_id: loopback.vpcId });
  const rules = [{ type: 'PATH', compare_type: 'EQUAL_TO', value: '/' }];
  const policy = await makePolicy(api, listener.id, { redirect_pool_id: reached.id, name: 'p', rules });
  const url = { status_code: '301', host: 'a.b' };
  const redirect = await makePolicy(api, listener.id, {
    action: 'REDIRECT_TO_URL',
    redirect_url_config: url,
  });
  const tree = async () =>
    assertDone(await api.get(`/elb/loadbalancers/${lb.id}/statuses`)).statuses.loadbalancer;
  const { pools, listeners } = await tree();
  assert.deepEqual(ids(pools), ids([normal, reached]));
  const [node] = listeners;
  assert.deepEqual(node.pools, pools);
  assert.equal(node.operating_status, 'ONLINE');
  const active = { provisioning_status: 'ACTIVE' };
  assert.deepEqual(node.l7policies, [
    {
      ...{ id: policy.id, name: 'p', action: 'REDIRECT_TO_POOL', ...active },
      rules: [{ id: policy.rules[0].id, type: 'PATH', ...active }],
    },
    { id: redirect.id, name: '', action: 'REDIRECT_TO_URL', ...active, rules: [] },
  ]);
  await makeMonitor(api, reached.id, { admin_state_up: true, delay: 50, max_retries_down: 10 });
  await makeMember(api, reached.id, { address: loopback.stopped, subnet_cidr_id: loopback.subnet });
  const after = await tree();
  assert.deepEqual([after.operating_status, after.listeners[0].operating_status], ['DEGRADED', 'DEGRADED']);
});

test('PO-5: a pool that policies use is not deleted, nor one that only gets copies', async () => {
  const listener = await ground.advanced();
  const [pool, mirror, next] = [await ground.pool(), await ground.pool(), await ground.pool()];
  const policy = await makePolicy(api, listener.id, {
    redirect_pool_id: pool.id,
    redirect_pools_extend_config: { traffic_mirror_config: { target_ids: [mirror.id] } },
  });
  const other = await makePolicy(api, listener.id, { redirect_pools_config: [{ pool_id: pool.id }] });
  const remove = (id: string) => api.delete(`/elb/pools/${id}`);
  assertRefused(
    await remove(pool.id),
    ...([409, 'ELB.8907', new RegExp(`in use by l7policy ${policy.id}, ${other.id};`)] as const),
  );
  assertRefused(await remove(mirror.id), 409, 'ELB.8907', new RegExp(`in use by l7policy ${policy.id};`));
  await ground.change(policy.id, { redirect_pool_id: next.id, redirect_pools_extend_config: null });
  assertDone(await remove(mirror.id), 204);
  await ground.drop(other.id);
  assertDone(await remove(pool.id), 204);
});

test('L7-6: a policy’s pool is one that its listener can use', async () => {
  evidence('l7policy.redirect_pool_id', 'enforced');
  const listener = await ground.advanced();
  const right = await ground.pool();
  const policy = await makePolicy(api, listener.id, { redirect_pool_id: right.id });
  const tcp = await ground.pool({ protocol: 'TCP' });
  const grpc = await ground.pool({ protocol: 'GRPC' });
  const elsewhere = await makePool(api, { type: 'instance', vpc_id: places.otherVpc });
  const says = {
    redirect_pool_id: (id: string) => ({ redirect_pool_id: id }),
    'redirect_pools_config\\[1\\].pool_id': (id: string) => ({
      ...{ redirect_pool_id: right.id, redirect_pools_config: [{ pool_id: right.id }, { pool_id: id }] },
    }),
    'traffic_mirror_config.target_ids\\[0\\]': (id: string) => ({
      ...{ redirect_pool_id: right.id },
      redirect_pools_extend_config: { traffic_mirror_config: { target_ids: [id] } },
    }),
  };
  for (const [field, fields] of Object.entries(says)) {
    for (const [wrong, why] of [
      [tcp.id, 'takes a pool of protocol HTTP, and pool .* has TCP'],
      [grpc.id, 'takes a pool of protocol HTTP, and pool .* has GRPC'],
      [elsewhere.id, 'the pool is for the VPC'],
    ] as const) {
      const message = new RegExp(`${field}.*${why}`);
      assertRefused(await ground.post(listener.id, fields(wrong)), 400, 'ELB.8902', message);
      assertRefused(await ground.put(policy.id, fields(wrong)), 400, 'ELB.8902', message);
    }
    const gone = await ground.post(listener.id, fields(places.nothing));
    assertRefused(gone, 404, 'ELB.8904', /^pool .* could not be found\.$/);
  }
  const closed = await makeListener(api, (await makeLoadBalancer(api, { ip_target_enable: false })).id);
  const withIps = await ground.pool();
  await makeMember(api, withIps.id, { address: '10.99.0.2', subnet_cidr_id: null });
  const reply = await ground.post(closed.id, { redirect_pool_id: withIps.id });
  assertRefused(reply, 400, 'ELB.8939', /redirect_pool_id.*ip_target_enable/);
  const twice = [{ pool_id: right.id }, { pool_id: right.id }];
  const same = await ground.post(listener.id, { redirect_pools_config: twice });
  assertRefused(same, 400, 'ELB.8902', /redirect_pools_config.*same pool_id/);
});

test('LI-12: a listener speaks HTTP/2 as long as a policy leads to a GRPC pool', async () => {
  const listener = await ground.overTls('HTTPS', { http2_enable: true });
  const grpc = await ground.pool({ protocol: 'GRPC' });
  const policy = await makePolicy(api, listener.id, { redirect_pool_id: grpc.id });
  const off = () => api.put(`/elb/listeners/${listener.id}`, { listener: { http2_enable: false } });
  assertRefused(await off(), 400, 'ELB.8902', /http2_enable.*GRPC pool needs/);
  await ground.drop(policy.id);
  assertDone(await off());
  assertRefused(
    await ground.post(listener.id, { redirect_pool_id: grpc.id }),
    400,
    'ELB.8902',
    /http2_enable true/,
  );
});

test('O19: a listener with policies may still get a default pool, also a policy’s (PO-2)', async () => {
  const listener = await ground.advanced();
  const policy = await makePolicy(api, listener.id, { redirect_pool_id: (await ground.pool()).id });
  const made = await makePool(api, { listener_id: listener.id });
  assert.deepEqual(ids(made.listeners), [listener.id]);
  const update = { listener: { default_pool_id: policy.redirect_pool_id } };
  assertDone(await api.put(`/elb/listeners/${listener.id}`, update));
});
