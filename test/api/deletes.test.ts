/** The calls that delete a resource with what belongs to it, and several at once (rules digest 2.1.6 and 3.4). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { seed, seedInventory, startTestControlPlane } from '../support/control-plane.ts';
import { evidence } from '../support/evidence.ts';
import { serverPair } from '../support/pem.ts';
import {
  assertDone,
  assertRefused,
  makeListener,
  makeLoadBalancer,
  makeMember,
  makeMonitor,
  makePool,
  makeRoad,
  makeShared,
  places,
} from './fixtures.ts';
import { countProject, exportProject } from './project-export.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A load balancer with something of every kind below it. */
async function makeTree(api: ApiClient, lbFields: Fields = {}, poolFields: Fields = {}) {
  const { lb, listener, pool } = await makeRoad(api, poolFields, lbFields);
  const member = await makeMember(api, pool.id);
  const monitor = await makeMonitor(api, pool.id);
  const direct = await makePool(api, { loadbalancer_id: lb.id });
  await makeMember(api, direct.id, { address: '120.10.10.21' });
  const tcp = await makeListener(api, lb.id, { protocol: 'TCP', protocol_port: 81 });
  const reached = await makePool(api, { loadbalancer_id: lb.id });
  const policy = await makePolicy(api, listener.id, reached.id, '/a');
  const logtank = await api.create('/elb/logtanks', {
    logtank: { loadbalancer_id: lb.id, log_group_id: 'group', log_topic_id: 'topic' },
  });
  return { lb, listener, pool, member, monitor, direct, tcp, logtank, reached, policy };
}

/** A policy with one rule, which sends requests for a path to a pool. */
function makePolicy(api: ApiClient, listener_id: string, redirect_pool_id: string, value: string) {
  return api.create('/elb/l7policies', {
    l7policy: {
      ...{ listener_id, action: 'REDIRECT_TO_POOL', redirect_pool_id },
      rules: [{ type: 'PATH', compare_type: 'EQUAL_TO', value }],
    },
  });
}

const cascade = (api: ApiClient, id: string, loadbalancer: object = {}) =>
  api.post(`/elb/loadbalancers/${id}/delete-cascade`, { loadbalancer });
const force = (api: ApiClient, id: string) => api.delete(`/elb/loadbalancers/${id}/force-elb`);
const batch = (api: ApiClient, loadbalancer_ids: unknown, fields: object = {}) =>
  api.post('/elb/loadbalancers/batch-delete', { loadbalancer_ids, ...fields });
const jobOf = async (api: ApiClient, id: string) => assertDone(await api.get(`/elb/jobs/${id}`)).job;

test('3.4: delete-cascade, force-elb and batch-delete leave nothing of a load balancer, and all of the others', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  await makeTree(api);
  const others = await exportProject(api);
  const calls: readonly [(id: string) => Promise<{ status: number; body: unknown }>, number][] = [
    [(id) => cascade(api, id), 204],
    [(id) => cascade(api, id, { unbounded_pool: null, public_ip: null }), 204],
    [(id) => force(api, id), 204],
    [(id) => batch(api, [id]), 202],
  ];
  for (const [call, status] of calls) {
    const tree = await makeTree(api);
    const reply = await call(tree.lb.id);
    assert.equal(reply.status, status, JSON.stringify(reply.body));
    if (status === 204) assert.equal(reply.body, null);
    assert.deepEqual(await exportProject(api), others);
    for (const path of [
      `/elb/loadbalancers/${tree.lb.id}`,
      `/elb/loadbalancers/${tree.lb.id}/statuses`,
      `/elb/listeners/${tree.listener.id}`,
      `/elb/pools/${tree.direct.id}`,
      `/elb/pools/${tree.pool.id}/members/${tree.member.id}`,
      `/elb/healthmonitors/${tree.monitor.id}`,
      `/elb/logtanks/${tree.logtank.id}`,
      `/elb/l7policies/${tree.policy.id}`,
      `/elb/pools/${tree.reached.id}`,
    ]) {
      assertRefused(await api.get(path), 404, 'ELB.8904', /could not be found/);
    }
  }
});

test('3.4: with unbounded_pool false the pools stay, with their members and monitors, and belong to nothing', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const tree = await makeTree(api);
  assert.equal((await cascade(api, tree.lb.id, { unbounded_pool: false })).status, 204);
  assert.deepEqual(await countProject(api), { pools: 3, members: 2, healthmonitors: 1 });
  for (const id of [tree.pool.id, tree.direct.id]) {
    const { pool } = assertDone(await api.get(`/elb/pools/${id}`));
    assert.deepEqual([pool.listeners, pool.loadbalancers, pool.members.length], [[], [], 1]);
  }
  const { member } = assertDone(await api.get(`/elb/pools/${tree.pool.id}/members/${tree.member.id}`));
  assert.deepEqual([member.operating_status, member.status], ['NO_MONITOR', []]);

  const next = await makeTree(api);
  assert.equal((await batch(api, [next.lb.id], { unbounded_pool: false })).status, 202);
  assert.equal((await countProject(api)).pools, 6);
});

test('C38: a pool that several load balancers use is unbound, never deleted', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  for (const call of [cascade, force]) {
    const { lb, pool } = await makeTree(api);
    const other = await makeLoadBalancer(api);
    const listener = await makeListener(api, other.id, { default_pool_id: pool.id });
    assert.equal((await call(api, lb.id)).status, 204);
    assert.deepEqual(await countProject(api), {
      ...{ loadbalancers: 1, listeners: 1, pools: 1, members: 1, healthmonitors: 1 },
    });
    const { pool: left } = assertDone(await api.get(`/elb/pools/${pool.id}`));
    assert.deepEqual([left.listeners, left.loadbalancers], [[{ id: listener.id }], [{ id: other.id }]]);
    assert.equal((await force(api, other.id)).status, 204);
    assert.deepEqual(await countProject(api), {});
  }
});

/** Two shared load balancers, of which the second uses the pools of the first. */
async function makeSharedPools(api: ApiClient) {
  const [lb, other] = [await makeShared(api), await makeShared(api)];
  const make = () => makePool(api, { loadbalancer_id: lb.id });
  const [own, asDefault, byPolicy] = [await make(), await make(), await make()];
  const theirs = await makeListener(api, other.id, { default_pool_id: asDefault.id });
  await makePolicy(api, theirs.id, byPolicy.id, '/a');
  return { lb, own, asDefault, byPolicy, theirs };
}

const poolIds = async (api: ApiClient) =>
  assertDone(await api.get('/elb/pools')).pools.map(({ id }: { id: string }) => id);

test('2.1.6 C38: force deletes the pools of a shared load balancer, unless a policy of another uses them', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb, byPolicy, theirs } = await makeSharedPools(api);
  assert.equal((await force(api, lb.id)).status, 204);
  assert.deepEqual(await poolIds(api), [byPolicy.id]);
  assert.equal(assertDone(await api.get(`/elb/listeners/${theirs.id}`)).listener.default_pool_id, null);
});

test('2.1.6: the other deletes of a shared load balancer unbind the pools that others use', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  for (const call of [cascade, (client: ApiClient, id: string) => batch(client, [id])]) {
    const { lb, asDefault, byPolicy, theirs } = await makeSharedPools(api);
    assertRefused(
      await cascade(api, lb.id, { unbounded_pool: false }),
      400,
      'ELB.8902',
      /'unbounded_pool': it must be true: .* is shared/,
    );
    assert.ok((await call(api, lb.id)).status < 300);
    assert.deepEqual(await poolIds(api), [asDefault.id, byPolicy.id].sort());
    const { listener } = assertDone(await api.get(`/elb/listeners/${theirs.id}`));
    assert.equal(listener.default_pool_id, asDefault.id);
    assert.equal((await force(api, listener.loadbalancers[0].id)).status, 204);
    assert.deepEqual(await countProject(api), {});
  }
});

test('1.8: deletion_protection_enable refuses every delete, and changes nothing', async () => {
  evidence('loadbalancer.deletion_protection_enable', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb } = await makeTree(api, { deletion_protection_enable: true });
  const before = await exportProject(api);
  for (const reply of [
    await api.delete(`/elb/loadbalancers/${lb.id}`),
    await cascade(api, lb.id),
    await cascade(api, lb.id, { unbounded_pool: false }),
    await force(api, lb.id),
  ]) {
    assertRefused(reply, 409, 'ELB.8907', /has deletion_protection_enable; set it to false/);
  }
  const { job_id } = assertDone(await batch(api, [lb.id]), 202);
  const job = await jobOf(api, job_id);
  assert.deepEqual([job.status, job.error_code, job.sub_jobs[0].status], ['FAIL', 'ELB.8907', 'FAIL']);
  assert.match(job.sub_jobs[0].error_msg, /deletion_protection_enable/);
  assert.deepEqual(await exportProject(api), before);
  assertDone(
    await api.put(`/elb/loadbalancers/${lb.id}`, { loadbalancer: { deletion_protection_enable: false } }),
  );
  assert.equal((await force(api, lb.id)).status, 204);
});

test('1.8: member_deletion_protection_enable of any pool refuses the cascades, and changes nothing', async () => {
  evidence('pool.member_deletion_protection_enable', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb, listener, pool } = await makeTree(api, {}, { member_deletion_protection_enable: true });
  const before = await exportProject(api);
  for (const reply of [
    await cascade(api, lb.id),
    await cascade(api, lb.id, { unbounded_pool: false }),
    await force(api, lb.id),
    await api.delete(`/elb/listeners/${listener.id}/force`),
    await api.delete(`/elb/pools/${pool.id}/delete-cascade`),
  ]) {
    assertRefused(reply, 409, 'ELB.8907', /pool .* has member_deletion_protection_enable; set it to false/);
  }
  const { job_id } = assertDone(
    await api.post('/elb/listeners/batch-delete', { listener_ids: [listener.id] }),
    202,
  );
  assert.equal((await jobOf(api, job_id)).error_code, 'ELB.8907');
  assert.deepEqual(await exportProject(api), before);
  // It is the members that it keeps: a pool without any other use of them goes as any other.
  assertDone(await api.put(`/elb/pools/${pool.id}`, { pool: { member_deletion_protection_enable: false } }));
  assert.equal((await force(api, lb.id)).status, 204);
});

test('1.8: protection_status never blocks a delete', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb } = await makeTree(api, { protection_status: 'consoleProtection' });
  assert.equal((await force(api, lb.id)).status, 204);
});

test('batch-delete does what it can, and its job tells of each (2.1.6, 3.6)', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const gone = await makeTree(api);
  const kept = await makeTree(api, { deletion_protection_enable: true });
  const theirs = await makeLoadBalancer(cp.other, {
    vip_subnet_cidr_id: places.otherVpcSubnet,
    ip_target_enable: false,
  });
  const ids = [gone.lb.id, kept.lb.id, places.nothing, theirs.id];
  const reply = await batch(api, ids);
  const body = assertDone(reply, 202);
  assert.deepEqual(Object.keys(body).sort(), ['job_id', 'loadbalancer_ids', 'request_id']);
  assert.deepEqual(body.loadbalancer_ids, ids);
  const job = await jobOf(api, body.job_id);
  assert.deepEqual(
    [job.job_id, job.job_type, job.status, job.error_code, job.project_id, job.resource_id],
    [body.job_id, 'batchDeleteLoadbalancer', 'FAIL', 'ELB.8907', seed.projectId, null],
  );
  assert.equal('id' in job, false);
  assert.deepEqual(
    job.sub_jobs.map((each: Record<string, unknown>) => [
      each['resource_id'],
      each['status'],
      each['error_code'],
      each['entities'],
    ]),
    [
      [gone.lb.id, 'SUCCESS', null],
      [kept.lb.id, 'FAIL', 'ELB.8907'],
      [places.nothing, 'FAIL', 'ELB.8904'],
      [theirs.id, 'FAIL', 'ELB.8904'],
    ].map((each) => [...each, [{ resource_id: each[0], resource_type: 'loadbalancer' }]]),
  );
  const messages = job.sub_jobs.slice(2).map((each: { error_msg: string }) => each.error_msg);
  assert.deepEqual(messages, [
    `load balancer ${places.nothing} could not be found.`,
    `load balancer ${theirs.id} could not be found.`,
  ]);
  assertDone(await cp.other.get(`/elb/loadbalancers/${theirs.id}`));
  assertRefused(await cp.other.get(`/elb/jobs/${body.job_id}`), 404, 'ELB.8904', /job .* could not be found/);
  assert.equal((await countProject(api)).loadbalancers, 1);
});

test('C37 3.4: force deletes a listener that a plain delete refuses, and its pool stays unbound', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { listener, pool, member } = await makeTree(api);
  assertRefused(await api.delete(`/elb/listeners/${listener.id}`), 409, 'ELB.8907', /still sends requests/);
  assert.equal((await api.delete(`/elb/listeners/${listener.id}/force`)).status, 204);
  assertRefused(await api.get(`/elb/listeners/${listener.id}`), 404, 'ELB.8904', /listener/);
  const { pool: left } = assertDone(await api.get(`/elb/pools/${pool.id}`));
  assert.deepEqual([left.listeners, left.members], [[], [{ id: member.id }]]);
  assertRefused(
    await api.delete(`/elb/listeners/${listener.id}/force`),
    404,
    'ELB.8904',
    /listener .* could not be found/,
  );
});

test('3.4: a QUIC listener that is deleted by force leaves the quic_config of the one that names it', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { id } = await api.create('/elb/certificates', { certificate: serverPair() });
  const lb = await makeLoadBalancer(api);
  const server = { default_tls_container_ref: id };
  const quic = await makeListener(api, lb.id, { protocol: 'QUIC', ...server });
  const quic_config = { quic_listener_id: quic.id };
  const https = await makeListener(api, lb.id, { protocol: 'HTTPS', ...server, quic_config });
  assert.equal((await api.delete(`/elb/listeners/${quic.id}/force`)).status, 204);
  assert.equal(assertDone(await api.get(`/elb/listeners/${https.id}`)).listener.quic_config, null);
});

test('2.2.5: batch-delete of listeners is as force, answers no request_id, and takes ten at most', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb, listener, tcp } = await makeTree(api);
  const other = await makeListener(api, lb.id, { protocol_port: 8080 });
  const call = (listener_ids: unknown) => api.post('/elb/listeners/batch-delete', { listener_ids });
  const listener_ids = [listener.id, tcp.id, listener.id];
  const reply = await call(listener_ids);
  const body = assertDone(reply, 202);
  assert.deepEqual(Object.keys(body).sort(), ['job_id', 'listener_ids']);
  assert.match(reply.headers.get('x-request-id') ?? '', /^[0-9a-z-]+$/);
  assert.deepEqual(body.listener_ids, listener_ids);
  const job = await jobOf(api, body.job_id);
  assert.deepEqual([job.job_type, job.status], ['batchDeleteListener', 'FAIL']);
  assert.deepEqual(
    job.sub_jobs.map((each: { status: string }) => each.status),
    ['SUCCESS', 'SUCCESS', 'FAIL'],
  );
  assert.deepEqual(job.sub_jobs[1].entities, [{ resource_id: tcp.id, resource_type: 'listener' }]);
  assert.deepEqual(assertDone(await api.get('/elb/listeners')).listeners, [other]);
  const eleven = Array.from({ length: 11 }, () => other.id);
  assertRefused(await call(eleven), 400, 'ELB.8902', /listener_ids': .* expected a list of 1 to 10 items/);
  const one = await jobOf(api, assertDone(await call([other.id]), 202).job_id);
  assert.deepEqual(
    [one.status, one.error_code, one.error_msg, one.resource_id],
    ['SUCCESS', null, null, other.id],
  );
});

test('L7-8 C37: a listener deleted by force takes its policies and those that redirect to it', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb, listener, reached } = await makeTree(api);
  const { id } = await api.create('/elb/certificates', { certificate: serverPair() });
  const server = { default_tls_container_ref: id };
  const https = await makeListener(api, lb.id, { protocol: 'HTTPS', protocol_port: 443, ...server });
  await api.create('/elb/l7policies', {
    l7policy: { listener_id: listener.id, action: 'REDIRECT_TO_LISTENER', redirect_listener_id: https.id },
  });
  const policies = async () => assertDone(await api.get('/elb/l7policies')).l7policies.length;
  assertRefused(await api.delete(`/elb/listeners/${https.id}`), 409, 'ELB.8907', /l7policy .* redirects to/);
  assert.equal(await policies(), 2);
  assert.equal((await api.delete(`/elb/listeners/${https.id}/force`)).status, 204);
  assert.equal(await policies(), 1);
  assert.equal((await api.delete(`/elb/listeners/${listener.id}/force`)).status, 204);
  const { l7policies, rules, pools, ...rest } = await countProject(api);
  assert.deepEqual([l7policies, rules, pools], [undefined, undefined, 3]);
  assert.deepEqual(rest, { loadbalancers: 1, listeners: 1, members: 2, healthmonitors: 1, logtanks: 1 });
  assert.deepEqual(assertDone(await api.get(`/elb/pools/${reached.id}`)).pool.listeners, []);
});

test('C38: a pool that only a policy of another load balancer uses is not deleted either', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb, pool, listener } = await makeTree(api);
  const other = await makeLoadBalancer(api);
  const theirs = await makeListener(api, other.id);
  await makePolicy(api, theirs.id, pool.id, '/theirs');
  assertRefused(
    await api.delete(`/elb/pools/${pool.id}/delete-cascade`),
    409,
    'ELB.8907',
    /pool .* is in use by l7policy/,
  );
  assert.equal(assertDone(await api.get(`/elb/listeners/${listener.id}`)).listener.default_pool_id, pool.id);
  assert.equal((await force(api, lb.id)).status, 204);
  const { pools } = assertDone(await api.get('/elb/pools'));
  assert.deepEqual(
    pools.map((each: { id: string; loadbalancers: unknown }) => [each.id, each.loadbalancers]),
    [[pool.id, [{ id: other.id }]]],
  );
});

test('PO-6: delete-cascade of a pool takes its members and monitor, and listeners let go of it', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { pool, listener } = await makeTree(api);
  assertRefused(await api.delete(`/elb/pools/${pool.id}`), 409, 'ELB.8907', /still has 1 member/);
  assert.equal((await api.delete(`/elb/pools/${pool.id}/delete-cascade`)).status, 204);
  const left = { loadbalancers: 1, listeners: 2, pools: 2, members: 1, l7policies: 1, rules: 1, logtanks: 1 };
  assert.deepEqual(await countProject(api), left);
  const shown = assertDone(await api.get(`/elb/listeners/${listener.id}`)).listener;
  assert.equal(shown.default_pool_id, null);
  assertRefused(
    await api.delete(`/elb/pools/${pool.id}/delete-cascade`),
    404,
    'ELB.8904',
    /pool .* could not be found/,
  );
});

test('PO-7: batch-delete of pools answers what became of each', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb, pool, direct } = await makeTree(api);
  const empty = await makePool(api, { loadbalancer_id: lb.id });
  const body = assertDone(
    await api.post('/elb/pools/batch-delete', { pools: [pool.id, empty.id, places.nothing, direct.id] }),
  );
  assert.deepEqual(body.pools, [
    { id: pool.id, ret_status: 'failed', ret_code: 'ELB.8907' },
    { id: empty.id, ret_status: 'successful' },
    { id: places.nothing, ret_status: 'not found', ret_code: 'ELB.8904' },
    { id: direct.id, ret_status: 'failed', ret_code: 'ELB.8907' },
  ]);
  assert.ok(body.request_id);
  assert.equal((await countProject(api)).pools, 3);
});

test('2.1.6: a public IP that was made for a load balancer outlives it, unless public_ip is true', async () => {
  await using cp = await startTestControlPlane({ ...seedInventory, public_network: '203.0.114.0/29' });
  const { api } = cp;
  const bandwidth = { name: 'b', size: 5, charge_mode: 'traffic', share_type: 'PER' };
  const publicIps = async () => assertDone(await api.get(`/v1/${seed.projectId}/publicips`)).publicips;
  let lb = await makeLoadBalancer(api, { publicip: { network_type: '5_bgp', bandwidth } });
  const [eip] = lb.publicips;
  const deletes: readonly ((id: string) => Promise<{ status: number }>)[] = [
    (id) => api.delete(`/elb/loadbalancers/${id}`),
    (id) => force(api, id),
    (id) => cascade(api, id),
    (id) => batch(api, [id]),
  ];
  for (const call of deletes) {
    assert.ok((await call(lb.id)).status < 300);
    assert.deepEqual(
      (await publicIps()).map((each: { id: string; status: string }) => [each.id, each.status]),
      [[eip.publicip_id, 'DOWN']],
    );
    lb = await makeLoadBalancer(api, { publicip_ids: [eip.publicip_id] });
    assert.deepEqual(lb.publicips, [eip]);
  }
  assert.equal((await cascade(api, lb.id, { public_ip: true })).status, 204);
  assert.deepEqual(await publicIps(), []);
});

test('of two deletes at once one finds nothing any more', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const pairs: readonly ((tree: Awaited<ReturnType<typeof makeTree>>) => [string, string, unknown?])[] = [
    ({ lb }) => ['POST', `/elb/loadbalancers/${lb.id}/delete-cascade`, { loadbalancer: {} }],
    ({ lb }) => ['DELETE', `/elb/loadbalancers/${lb.id}/force-elb`],
    ({ listener }) => ['DELETE', `/elb/listeners/${listener.id}/force`],
    ({ pool }) => ['DELETE', `/elb/pools/${pool.id}/delete-cascade`],
  ];
  for (const pair of pairs) {
    const call = pair(await makeTree(api));
    const replies = await Promise.all([api.call(...call), api.call(...call)]);
    assert.deepEqual(replies.map(({ status }) => status).sort(), [204, 404], call[1]);
  }
});

test('a pool of many members goes whole, and lists may go on from any of them', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb, pool } = await makeRoad(api);
  const ids: string[] = [];
  for (let from = 0; from < 1000; from += 200) {
    const members = Array.from({ length: 200 }, (_, index) => ({
      ...{ address: '120.10.10.20', protocol_port: 1 + from + index, subnet_cidr_id: seed.subnetCidrId },
    }));
    const added = assertDone(await api.post(`/elb/pools/${pool.id}/members/batch-add`, { members }));
    ids.push(...added.members.map(({ id }: { id: string }) => id));
  }
  assert.equal((await countProject(api)).members, 1000);
  assert.equal((await cascade(api, lb.id)).status, 204);
  assert.deepEqual(await countProject(api), {});
  for (const id of [ids[0], ids[999]]) assertDone(await api.get(`/elb/members?marker=${id}`));
});

test('wrong requests are refused, and delete nothing', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb } = await makeTree(api);
  const before = await exportProject(api);
  const at = `/elb/loadbalancers/${lb.id}/delete-cascade`;
  const wrong: readonly [string, string, unknown, RegExp][] = [
    ['POST', at, {}, /'loadbalancer': it is required/],
    ['POST', at, { loadbalancer: null }, /'loadbalancer': got null, expected an object/],
    ['POST', at, { loadbalancer: { force: true } }, /Unrecognized attribute\(s\) 'force'/],
    [
      'POST',
      at,
      { loadbalancer: { unbounded_pool: 'no' } },
      /'loadbalancer.unbounded_pool': got "no", expected true/,
    ],
    [
      'POST',
      at,
      { loadbalancer: { public_ip: 1 } },
      /'loadbalancer.public_ip': got 1, expected true or false/,
    ],
    ['POST', '/elb/loadbalancers/batch-delete', {}, /'loadbalancer_ids': it is required/],
    [
      'POST',
      '/elb/loadbalancers/batch-delete',
      { loadbalancer_ids: [] },
      /expected a list of 1 to 200 items/,
    ],
    [
      'POST',
      '/elb/loadbalancers/batch-delete',
      { loadbalancer_ids: [lb.id, 7] },
      /loadbalancer_ids\[1\]': got 7/,
    ],
    [
      'POST',
      '/elb/loadbalancers/batch-delete',
      { loadbalancer_ids: lb.id },
      /'loadbalancer_ids': got .* a list/,
    ],
    ['POST', '/elb/listeners/batch-delete', { listeners: [] }, /Unrecognized attribute\(s\) 'listeners'/],
    ['POST', '/elb/pools/batch-delete', { pools: [{ id: lb.id }] }, /'pools\[0\]': got .* expected text/],
    ['POST', '/elb/pools/batch-delete', { pools: [] }, /expected a list of 1 to 200 items/],
  ];
  for (const [method, path, body, message] of wrong) {
    assertRefused(await api.call(method, path, body), 400, 'ELB.8902', message);
  }
  for (const [method, path, body] of [
    ['POST', `/elb/loadbalancers/${places.nothing}/delete-cascade`, { loadbalancer: {} }],
    ['DELETE', `/elb/loadbalancers/${places.nothing}/force-elb`],
    ['DELETE', `/elb/listeners/${places.nothing}/force`],
    ['DELETE', `/elb/pools/${places.nothing}/delete-cascade`],
  ] as const) {
    assertRefused(await api.call(method, path, body), 404, 'ELB.8904', /could not be found/);
  }
  const foreign = await cp.other.call('DELETE', `/elb/loadbalancers/${lb.id}/force-elb`);
  assertRefused(foreign, 404, 'ELB.8904', /load balancer .* could not be found/);
  assert.deepEqual(await exportProject(api), before);
  assert.deepEqual(assertDone(await api.get('/elb/jobs')).jobs, []);
});
