/** The recycle bin: deleted load balancers stay for a while, hidden and whole (rules digest 3.12). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ApiClient, Reply } from '../support/api-client.ts';
import { seed, seedInventory, startTestControlPlane } from '../support/control-plane.ts';
import { pem, serverPair } from '../support/pem.ts';
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
import { makeGraph } from './graph-ground.ts';
import { graphShape } from './graph-shapes.ts';
import { countProject, exportProject } from './project-export.ts';

const path = '/elb/recycle-bin';
const inBin = `${path}/loadbalancers`;
const never = { retention_hour: 168, recycle_threshold_hour: 0 };

const enable = (api: ApiClient, on: unknown = true) => api.put(path, { recycle_bin: { enable: on } });
const setPolicy = (api: ApiClient, policy: unknown) => api.put(`${path}/policy`, { recycle_bin: { policy } });
const restore = (api: ApiClient, id: string) => api.put(`${inBin}/${id}/recover`, undefined);
const force = (api: ApiClient, id: string) => api.delete(`/elb/loadbalancers/${id}/force-elb`);
const binned = async (api: ApiClient, query = '') =>
  assertDone(await api.get(`${inBin}?${query}`)).loadbalancers.map(({ id }: { id: string }) => id);

/** A load balancer with something of every kind below it, and with policies of every kind. */
async function makeTree(api: ApiClient) {
  const { lb, listener, pool } = await makeRoad(
    api,
    { name: 'default' },
    { name: 'web', description: 'whole', tags: [{ key: 'a', value: 'b' }] },
  );
  const member = await makeMember(api, pool.id, { weight: 7, name: 'first' });
  await makeMember(api, pool.id, { address: '10.9.9.9', subnet_cidr_id: null });
  const monitor = await makeMonitor(api, pool.id);
  const reached = await makePool(api, { loadbalancer_id: lb.id });
  await makeMember(api, reached.id, { address: '120.10.10.21' });
  const certificate = await api.create('/elb/certificates', { certificate: serverPair() });
  const ipgroup = await api.create('/elb/ipgroups', { ipgroup: { ip_list: [{ ip: '10.0.0.0/8' }] } });
  const policies = await api.create('/elb/security-policies', {
    security_policy: { protocols: ['TLSv1.2'], ciphers: ['ECDHE-RSA-AES256-GCM-SHA384'] },
  });
  const https = await makeListener(api, lb.id, {
    ...{ protocol: 'HTTPS', protocol_port: 443, default_tls_container_ref: certificate.id },
    ...{ ipgroup: { ipgroup_id: ipgroup.id, type: 'white' }, security_policy_id: policies.id },
    tags: [{ key: 'c', value: 'd' }],
  });
  const toPool = await makePolicy(api, listener.id, {
    action: 'REDIRECT_TO_POOL',
    redirect_pool_id: reached.id,
  });
  const toListener = await api.create('/elb/l7policies', {
    l7policy: {
      ...{ listener_id: listener.id, action: 'REDIRECT_TO_LISTENER', redirect_listener_id: https.id },
    },
  });
  const logtank = await api.create('/elb/logtanks', {
    logtank: { loadbalancer_id: lb.id, log_group_id: 'group', log_topic_id: 'topic' },
  });
  return {
    ...{ lb, listener, pool, member, monitor, reached, https, certificate, ipgroup, security: policies },
    ...{ toPool, toListener, logtank },
  };
}

function makePolicy(api: ApiClient, listener_id: string, fields: object, value = '/a') {
  return api.create('/elb/l7policies', {
    l7policy: { listener_id, ...fields, rules: [{ type: 'PATH', compare_type: 'EQUAL_TO', value }] },
  });
}

test('3.12: the settings of a project are shown and changed, without a request id', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const off = { recycle_bin: { project_id: seed.projectId, enable: false, policy: never } };
  const shown = await api.get(path);
  assert.deepEqual(assertDone(shown), off);
  assert.ok(shown.headers.get('x-request-id'));
  assertRefused(
    await setPolicy(api, {}),
    409,
    'ELB.8907',
    /switched off; set recycle_bin.enable to true first/,
  );
  const on = { recycle_bin: { ...off.recycle_bin, enable: true } };
  assert.deepEqual(assertDone(await enable(api)), on);
  assert.deepEqual(assertDone(await api.put(path, { recycle_bin: {} })), on);
  assert.deepEqual(assertDone(await setPolicy(api, { retention_hour: 24 })), {
    recycle_bin: { ...on.recycle_bin, policy: { ...never, retention_hour: 24 } },
  });
  const both = { retention_hour: 1, recycle_threshold_hour: 2 };
  assert.deepEqual(assertDone(await setPolicy(api, both)).recycle_bin.policy, both);
  assert.deepEqual(assertDone(await api.get(path)).recycle_bin, { ...on.recycle_bin, policy: both });
  assert.deepEqual(assertDone(await cp.other.get(path)).recycle_bin.enable, false);
  assert.deepEqual(assertDone(await enable(api, false)).recycle_bin.policy, both);
  const wrong: readonly [string, unknown, RegExp][] = [
    [path, {}, /'recycle_bin': it is required/],
    [path, { recycle_bin: { enable: 'on' } }, /'recycle_bin.enable': got "on", expected true or false/],
    [path, { recycle_bin: { enable: null } }, /'recycle_bin.enable': got null/],
    [path, { recycle_bin: { policy: both } }, /Unrecognized attribute\(s\) 'policy'/],
    [
      `${path}/policy`,
      { recycle_bin: { policy: { retention_hour: 169 } } },
      /got 169, expected an integer from 0 to 168/,
    ],
    [
      `${path}/policy`,
      { recycle_bin: { policy: { recycle_threshold_hour: -1 } } },
      /got -1, expected .* from 0 to 168/,
    ],
    [`${path}/policy`, { recycle_bin: { policy: { hours: 1 } } }, /Unrecognized attribute\(s\) 'hours'/],
  ];
  for (const [at, body, message] of wrong) assertRefused(await api.put(at, body), 400, 'ELB.8902', message);
});

test('3.12: what is deleted is hidden from every call, and only the bin and include_recycle_bin show it', async () => {
  let now = new Date('2026-01-31T10:00:00Z');
  await using cp = await startTestControlPlane(seedInventory, () => now);
  const { api } = cp;
  await enable(api);
  const tree = await makeTree(api);
  const { lb, listener, https, pool, reached } = tree;
  now = new Date('2026-01-31T12:00:00Z');
  assert.equal((await force(api, lb.id)).status, 204);
  assert.deepEqual(await countProject(api), {});
  const hidden: readonly string[] = [
    ...['', '/statuses', '/features', '/local-ports'].map((below) => `/elb/loadbalancers/${lb.id}${below}`),
    ...[`/loadbalancers/${lb.id}/tags`, `/listeners/${listener.id}/tags`, `/elb/listeners/${listener.id}`],
    ...[`/elb/pools/${pool.id}`, `/elb/pools/${pool.id}/members`, `/elb/healthmonitors/${tree.monitor.id}`],
    ...[`/elb/pools/${pool.id}/members/${tree.member.id}`, `/elb/logtanks/${tree.logtank.id}`],
    ...[`/elb/l7policies/${tree.toPool.id}`, `/elb/l7policies/${tree.toPool.id}/rules`],
  ];
  for (const each of hidden) assertRefused(await api.get(each), 404, 'ELB.8904', /could not be found/);
  assertRefused(
    await api.put(`/elb/loadbalancers/${lb.id}`, { loadbalancer: {} }),
    404,
    'ELB.8904',
    /could not be found/,
  );
  assertRefused(
    await api.post('/elb/listeners', {
      listener: { loadbalancer_id: lb.id, protocol: 'TCP', protocol_port: 1 },
    }),
    404,
    'ELB.8904',
    /could not be found/,
  );
  assertRefused(await force(api, lb.id), 404, 'ELB.8904', /could not be found/);
  for (const tags of ['loadbalancers', 'listeners']) {
    assert.deepEqual(assertDone(await api.get(`/${tags}/tags`)).tags, []);
  }

  const recycling = { ...lb, provisioning_status: 'RECYCLING' };
  const [listed] = assertDone(await api.get('/elb/loadbalancers?include_recycle_bin=true')).loadbalancers;
  const expected = {
    ...recycling,
    ...{ log_group_id: 'group', log_topic_id: 'topic' },
    listeners: [listener, https].map(({ id }) => ({ id })).sort((a, b) => (a.id < b.id ? -1 : 1)),
    pools: [pool, reached].map(({ id }) => ({ id })).sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
  assert.deepEqual(listed, expected);
  const { loadbalancers } = assertDone(await api.get(inBin));
  const end = '2026-02-07T12:00:00Z';
  const absent = [
    'gw_flavor_id',
    'loadbalancer_type',
    'custom_qos_limit',
    'service_lb_mode',
    'instance_type',
  ];
  absent.push('instance_id', 'proxy_protocol_extensions');
  const shown = Object.fromEntries(Object.entries(expected).filter(([key]) => !absent.includes(key)));
  assert.deepEqual(loadbalancers, [{ ...shown, auto_terminate_time: end }]);
  const listeners = assertDone(await api.get('/elb/listeners?include_recycle_bin=true')).listeners;
  assert.deepEqual(
    listeners.map(({ id }: { id: string }) => id),
    [listener.id, https.id].sort(),
  );
  assert.deepEqual(
    listeners.find(({ id }: { id: string }) => id === https.id),
    https,
  );
  assert.deepEqual(assertDone(await cp.other.get(inBin)).loadbalancers, []);
  assert.deepEqual(
    assertDone(await cp.other.get('/elb/loadbalancers?include_recycle_bin=true')).loadbalancers,
    [],
  );
});

test('3.12: a restored load balancer is as before, with all below it, and serves all calls again', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  await enable(api);
  const tree = await makeTree(api);
  await makeTree(api);
  const before = await exportProject(api);
  const statuses = assertDone(await api.get(`/elb/loadbalancers/${tree.lb.id}/statuses`)).statuses;
  assert.equal((await force(api, tree.lb.id)).status, 204);
  const body = assertDone(await restore(api, tree.lb.id));
  assert.deepEqual(Object.keys(body).sort(), ['job_id', 'request_id', 'type']);
  assert.equal(body.type, 'v3');
  const { job } = assertDone(await api.get(`/elb/jobs/${body.job_id}`));
  assert.deepEqual(
    [job.job_type, job.status, job.resource_id, job.sub_jobs[0].entities],
    [
      'restoreLoadbalancer',
      'SUCCESS',
      tree.lb.id,
      [{ resource_id: tree.lb.id, resource_type: 'loadbalancer' }],
    ],
  );
  assert.deepEqual(await exportProject(api), before);
  assert.deepEqual(assertDone(await api.get(`/elb/loadbalancers/${tree.lb.id}/statuses`)).statuses, statuses);
  assert.deepEqual(await binned(api), []);
  assertRefused(await restore(api, tree.lb.id), 404, 'ELB.8904', /in the recycle bin .* could not be found/);
  const { status } = await api.put(`/elb/l7policies/${tree.toPool.id}`, { l7policy: { name: 'new' } });
  assert.equal(status, 200);
  await makeMember(api, tree.pool.id, { address: '120.10.10.77' });
  await makePolicy(
    api,
    tree.listener.id,
    { action: 'REDIRECT_TO_POOL', redirect_pool_id: tree.reached.id },
    '/b',
  );
  assert.equal((await force(api, tree.lb.id)).status, 204);
  assert.deepEqual(await binned(api), [tree.lb.id]);
});

test('3.12: the restore of a shared load balancer is of type v2, and every step is audited', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  await enable(api);
  await enable(api);
  const { id } = await makeShared(api);
  assert.equal((await force(api, id)).status, 204);
  assert.equal(assertDone(await restore(api, id)).type, 'v2');
  assert.equal((await force(api, id)).status, 204);
  assert.equal((await api.delete(`${inBin}/${id}`)).status, 204);
  const audit = async (query: string) => assertDone(await api.get(`/elbow/v1/audit?${query}`)).audit;
  const [settings, ...more] = await audit('resource_type=recycle_bin');
  assert.deepEqual([settings.before.enable, settings.after.enable, more.length], [false, true, 0]);
  assert.deepEqual(
    (await audit(`resource_id=${id}`)).map((each: { operation_id: string; operation: string }) => [
      each.operation_id,
      each.operation,
    ]),
    [
      ['DeleteRecycleLoadBalancer', 'delete'],
      ['DeleteLoadBalancerForce', 'delete'],
      ['RestoreLoadbalancer', 'create'],
      ['DeleteLoadBalancerForce', 'delete'],
      ['BatchCreateLoadBalancers', 'create'],
    ],
  );
});

test('any load balancer that is deleted in any way is restored equal to what it was', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  await enable(api);
  let number = 0;
  const ways: Readonly<Record<string, (id: string) => Promise<Reply>>> = {
    cascade: (id) => api.post(`/elb/loadbalancers/${id}/delete-cascade`, { loadbalancer: {} }),
    force: (id) => force(api, id),
    batch: (id) => api.post('/elb/loadbalancers/batch-delete', { loadbalancer_ids: [id] }),
  };
  await fc.assert(
    fc.asyncProperty(graphShape, fc.constantFrom(...Object.keys(ways)), async (shape, way) => {
      // All of them stay, and the region has no public IPs.
      const id = await makeGraph(api, `lb ${number++}`, { ...shape, publicIp: undefined });
      const before = await exportProject(api);
      assert.match(String((await ways[way]?.(id))?.status), /^20[24]$/);
      assert.deepEqual(await binned(api), [id]);
      assert.equal((await exportProject(api)).loadbalancers.length, before.loadbalancers.length - 1);
      assertDone(await restore(api, id));
      assert.deepEqual(await exportProject(api), before);
    }),
    { numRuns: 20 },
  );
});

test('3.12: every way of deleting goes through the bin, and a plain delete still needs an empty load balancer', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  await enable(api);
  const { lb } = await makeRoad(api);
  assertRefused(await api.delete(`/elb/loadbalancers/${lb.id}`), 409, 'ELB.8907', /still has 1 listener/);
  const ids: string[] = [];
  const ways: readonly ((id: string) => Promise<Reply>)[] = [
    (id) => api.delete(`/elb/loadbalancers/${id}`),
    (id) => api.post(`/elb/loadbalancers/${id}/delete-cascade`, { loadbalancer: {} }),
    (id) => force(api, id),
    (id) => api.post('/elb/loadbalancers/batch-delete', { loadbalancer_ids: [id] }),
  ];
  for (const way of ways) {
    const { id } = await makeLoadBalancer(api);
    assert.ok((await way(id)).status < 300);
    ids.push(id);
  }
  assert.deepEqual(await binned(api), ids.sort());
});

test('3.12: a load balancer younger than recycle_threshold_hour is destroyed at once', async () => {
  let now = new Date('2026-01-31T10:00:00Z');
  await using cp = await startTestControlPlane(seedInventory, () => now);
  const { api } = cp;
  await enable(api);
  assertDone(await setPolicy(api, { recycle_threshold_hour: 2 }));
  const [young, old] = [await makeLoadBalancer(api), await makeLoadBalancer(api)];
  now = new Date('2026-01-31T11:59:59Z');
  assert.equal((await force(api, young.id)).status, 204);
  now = new Date('2026-01-31T12:00:00Z');
  assert.equal((await force(api, old.id)).status, 204);
  assert.deepEqual(await binned(api), [old.id]);
});

test('3.12: while the bin is off deletes are for good; it goes off only when it is empty', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { lb } = await makeRoad(api);
  assert.equal((await force(api, lb.id)).status, 204);
  assert.deepEqual(await binned(api), []);
  await enable(api);
  const kept = await makeLoadBalancer(api);
  await enable(cp.other);
  assert.equal((await force(api, kept.id)).status, 204);
  assertRefused(
    await enable(api, false),
    409,
    'ELB.8907',
    new RegExp(`${kept.id} is in the recycle bin; restore or delete all`),
  );
  assertDone(await enable(cp.other, false));
  assertRefused(await cp.other.delete(`${inBin}/${kept.id}`), 404, 'ELB.8904', /could not be found/);
  assertRefused(await restore(cp.other, kept.id), 404, 'ELB.8904', /could not be found/);
  assert.equal((await api.delete(`${inBin}/${kept.id}`)).status, 204);
  assertRefused(await api.delete(`${inBin}/${kept.id}`), 404, 'ELB.8904', /could not be found/);
  assertRefused(await restore(api, kept.id), 404, 'ELB.8904', /could not be found/);
  assertDone(await enable(api, false));
});

test('3.12: a load balancer in the bin keeps its addresses for itself, those of its members too', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  await enable(api);
  const vip_address = '120.10.10.50';
  const { lb, pool } = await makeRoad(api, {}, { vip_address });
  const address = '120.10.10.51';
  await makeMember(api, pool.id, { address });
  assert.equal((await force(api, lb.id)).status, 204);
  const fields = { vip_subnet_cidr_id: seed.subnetCidrId, availability_zone_list: ['az1'] };
  const create = (asked: string) =>
    api.post('/elb/loadbalancers', { loadbalancer: { ...fields, vip_address: asked } });
  for (const asked of [vip_address, address]) {
    assertRefused(await create(asked), 409, 'ELB.8907', /address .* is already in use/);
  }
  const other = await makePool(api, { type: 'instance', vpc_id: seed.vpcId });
  const member = { address: vip_address, protocol_port: 80, subnet_cidr_id: seed.subnetCidrId };
  assertRefused(
    await api.post(`/elb/pools/${other.id}/members`, { member }),
    409,
    'ELB.8907',
    /is the address of a load balancer/,
  );
  assertDone(await restore(api, lb.id));
  assert.equal((await force(api, lb.id)).status, 204);
  assert.equal((await api.delete(`${inBin}/${lb.id}`)).status, 204);
  assert.equal((await create(vip_address)).status, 201);
});

test('3.12: what listeners in the bin refer to stays until they are restored or destroyed', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  await enable(api);
  const { lb, certificate, ipgroup, security } = await makeTree(api);
  const spare = await api.create('/elb/certificates', {
    certificate: { type: 'client', certificate: pem('ca') },
  });
  assert.equal((await force(api, lb.id)).status, 204);
  const used = [
    `/elb/certificates/${certificate.id}`,
    `/elb/ipgroups/${ipgroup.id}`,
    `/elb/security-policies/${security.id}`,
  ];
  for (const each of used) {
    assertRefused(
      await api.delete(each),
      409,
      'ELB.8907',
      new RegExp(
        `in use by listener .* of load balancer ${lb.id} in the recycle bin; restore or delete that first`,
      ),
    );
  }
  assert.equal((await api.delete(`/elb/certificates/${spare.id}`)).status, 204);
  assert.equal((await api.delete(`${inBin}/${lb.id}`)).status, 204);
  for (const each of used) assert.equal((await api.delete(each)).status, 204);
});

test('C38: a pool that others use stays, and is taken up again with the restore', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  await enable(api);
  const { lb, pool, listener } = await makeRoad(api);
  await makePolicy(api, listener.id, { action: 'REDIRECT_TO_POOL', redirect_pool_id: pool.id });
  const other = await makeLoadBalancer(api);
  const theirs = await makeListener(api, other.id, { default_pool_id: pool.id });
  const attached = async () => {
    const { pool: shown } = assertDone(await api.get(`/elb/pools/${pool.id}`));
    return [shown.listeners, shown.loadbalancers].map((refs: { id: string }[]) =>
      refs.map(({ id }) => id).sort(),
    );
  };
  const before = await attached();
  assert.equal((await force(api, lb.id)).status, 204);
  assert.deepEqual(await attached(), [[theirs.id], [other.id]]);
  assertDone(await restore(api, lb.id));
  assert.deepEqual(await attached(), before);
  assert.equal((await countProject(api)).l7policies, 1);
});

test('3.12: with unbounded_pool false the pools stay outside; what is gone of them a restore does without', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  await enable(api);
  const { lb, pool, listener } = await makeRoad(api);
  const reached = await makePool(api, { loadbalancer_id: lb.id });
  await makePolicy(api, listener.id, { action: 'REDIRECT_TO_POOL', redirect_pool_id: reached.id });
  await makePolicy(api, listener.id, { action: 'REDIRECT_TO_POOL', redirect_pool_id: pool.id }, '/b');
  const unbind = () =>
    api.post(`/elb/loadbalancers/${lb.id}/delete-cascade`, { loadbalancer: { unbounded_pool: false } });
  const before = await exportProject(api);
  assert.equal((await unbind()).status, 204);
  assert.deepEqual(await countProject(api), { pools: 2 });
  assertDone(await restore(api, lb.id));
  const times = (exported: unknown) => JSON.stringify(exported).replaceAll(/"updated_at":"[^"]+"/g, '');
  assert.equal(times(await exportProject(api)), times(before));
  assert.equal((await unbind()).status, 204);
  assert.equal((await api.delete(`/elb/pools/${reached.id}/delete-cascade`)).status, 204);
  assertDone(await restore(api, lb.id));
  assert.deepEqual(await countProject(api), {
    ...{ loadbalancers: 1, listeners: 1, pools: 1, l7policies: 1, rules: 1 },
  });
  assert.equal((await unbind()).status, 204);
  assert.equal((await api.delete(`/elb/pools/${pool.id}/delete-cascade`)).status, 204);
  assertDone(await restore(api, lb.id));
  assert.deepEqual(await countProject(api), { loadbalancers: 1, listeners: 1 });
  assert.equal(assertDone(await api.get(`/elb/listeners/${listener.id}`)).listener.default_pool_id, null);
});

test('3.12: a restore that exceeds a quota brings nothing back', async () => {
  const quotas = ['loadbalancer', 'listener', 'pool', 'member', 'healthmonitor', 'l7policy'] as const;
  for (const quota of quotas) {
    await using cp = await startTestControlPlane({ ...seedInventory, quotas: { [quota]: 1 } });
    const { api } = cp;
    await enable(api);
    const build = async () => {
      const { lb, listener, pool } = await makeRoad(api);
      await makeMember(api, pool.id);
      await makeMonitor(api, pool.id);
      await makePolicy(api, listener.id, { action: 'REDIRECT_TO_POOL', redirect_pool_id: pool.id });
      return lb.id;
    };
    const id = await build();
    assert.equal((await force(api, id)).status, 204);
    const other = await build();
    const before = await exportProject(api);
    assertRefused(
      await restore(api, id),
      409,
      'ELB.8905',
      new RegExp(`Quota exceeded .*'${quota}'.* limit is 1`),
    );
    assert.deepEqual(await exportProject(api), before);
    assert.deepEqual(await binned(api), [id]);
    assert.equal((await force(api, other)).status, 204);
    assertDone(await restore(api, id));
  }
});

test('2.1.6: the public IP stays bound in the bin, and goes as the delete had asked for', async () => {
  await using cp = await startTestControlPlane({ ...seedInventory, public_network: '203.0.114.0/29' });
  const { api } = cp;
  await enable(api);
  const bandwidth = { name: 'b', size: 5, charge_mode: 'traffic', share_type: 'PER' };
  const publicIps = async () =>
    assertDone(await api.get(`/v1/${seed.projectId}/publicips`)).publicips.map(
      (each: { public_ip_address: string; status: string }) => [each.public_ip_address, each.status],
    );
  const lb = await makeLoadBalancer(api, { publicip: { network_type: '5_bgp', bandwidth } });
  const [{ publicip_id, publicip_address }] = lb.publicips;
  const cascade = (public_ip: boolean) =>
    api.post(`/elb/loadbalancers/${lb.id}/delete-cascade`, { loadbalancer: { public_ip } });
  for (const released of [true, false]) {
    assert.equal((await cascade(released)).status, 204);
    assert.deepEqual(await publicIps(), [[publicip_address, 'ELB']]);
    assertRefused(
      await api.delete(`/v1/${seed.projectId}/publicips/${publicip_id}`),
      409,
      'ELB.8907',
      /bound to load balancer/,
    );
    assertDone(await restore(api, lb.id));
    assert.deepEqual(assertDone(await api.get(`/elb/loadbalancers/${lb.id}`)).loadbalancer, lb);
  }
  assert.equal((await cascade(false)).status, 204);
  assert.equal((await api.delete(`${inBin}/${lb.id}`)).status, 204);
  assert.deepEqual(await publicIps(), [[publicip_address, 'DOWN']]);
  const next = await makeLoadBalancer(api, { publicip_ids: [publicip_id] });
  const released = { loadbalancer: { public_ip: true } };
  assert.equal((await api.post(`/elb/loadbalancers/${next.id}/delete-cascade`, released)).status, 204);
  assert.equal((await api.delete(`${inBin}/${next.id}`)).status, 204);
  assert.deepEqual(await publicIps(), []);
});

test('3.12: the bin is listed by the filters of load balancers, in pages', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  await enable(api);
  const { lb } = await makeTree(api);
  const plain = await makeLoadBalancer(api, { name: 'plain', ip_target_enable: false });
  const live = await makeRoad(api, {}, { name: 'live' });
  await makeMember(api, live.pool.id, { address: '120.10.10.99' });
  assert.equal((await force(api, lb.id)).status, 204);
  assert.equal((await force(api, plain.id)).status, 204);
  const both = [lb.id, plain.id].sort();
  const cases: readonly [string, readonly string[]][] = [
    ['', both],
    [`id=${lb.id}`, [lb.id]],
    ['name=plain', [plain.id]],
    ['name=web&name=plain', both],
    ['name=live', []],
    ['admin_state_up=true', both],
    ['admin_state_up=false', []],
    [`vip_address=${plain.vip_address}`, [plain.id]],
    ['member_address=120.10.10.20', [lb.id]],
    ['member_address=120.10.10.99', []],
    ['log_topic_id=topic', [lb.id]],
    ['availability_zone_list=az1', both],
    ['ip_version=6', []],
    ['guaranteed=true&operating_status=ONLINE', both],
    ['enterprise_project_id=all_granted_eps', both],
    ['provisioning_status=ACTIVE', both],
  ];
  for (const [query, ids] of cases) assert.deepEqual(await binned(api, query), ids, query);
  const first = assertDone(await api.get(`${inBin}?limit=1`));
  assert.deepEqual(first.page_info, { previous_marker: both[0], next_marker: both[0], current_count: 1 });
  assert.deepEqual(await binned(api, `limit=1&marker=${both[0]}`), [both[1]]);
  assert.deepEqual(await binned(api, `limit=1&marker=${both[1]}&page_reverse=true`), [both[0]]);
  assertRefused(await api.get(`${inBin}?marker=${places.nothing}`), 400, 'ELB.8902', /'marker'/);
  assertRefused(await api.get(`${inBin}?admin_state_up=maybe`), 400, 'ELB.8902', /'admin_state_up'/);
  assert.equal((await api.delete(`${inBin}/${both[0]}`)).status, 204);
  assert.deepEqual(
    await binned(api, `marker=${both[0]}`),
    [both[1]],
    'a list goes on from what is destroyed',
  );
});

test('3.12: with include_recycle_bin the lists of load balancers and listeners have both, filtered and in pages', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  await enable(api);
  const made: { lb: string; listener: string }[] = [];
  for (let index = 0; index < 6; index++) {
    const { lb, listener, pool } = await makeRoad(api, {}, { name: index < 3 ? 'low' : 'high' });
    await makeMember(api, pool.id, { address: `120.10.10.${100 + index}` });
    made.push({ lb: lb.id, listener: listener.id });
  }
  for (const { lb } of made.filter((_, index) => index % 2 === 0)) {
    assert.equal((await force(api, lb)).status, 204);
  }
  const idsOf = async (kind: 'loadbalancers' | 'listeners', query: string) =>
    assertDone(await api.get(`/elb/${kind}?${query}`))[kind].map(({ id }: { id: string }) => id);
  const lbs = made.map(({ lb }) => lb);
  const listeners = made.map(({ listener }) => listener);
  for (const [kind, ids] of [
    ['loadbalancers', lbs],
    ['listeners', listeners],
  ] as const) {
    const all = ids.toSorted();
    const live = ids.filter((_, index) => index % 2 === 1).sort();
    assert.deepEqual(await idsOf(kind, ''), live);
    assert.deepEqual(await idsOf(kind, 'include_recycle_bin=false'), live);
    assert.deepEqual(await idsOf(kind, 'include_recycle_bin=true'), all);
    const paged: string[] = [];
    for (let marker = ''; ; marker = `&marker=${paged.at(-1)}`) {
      const found = await idsOf(kind, `include_recycle_bin=true&limit=2${marker}`);
      if (found.length === 0) break;
      paged.push(...found);
    }
    assert.deepEqual(paged, all);
    const back = await idsOf(kind, `include_recycle_bin=true&limit=2&page_reverse=true&marker=${all[4]}`);
    assert.deepEqual(back, all.slice(2, 4));
    for (const index of [2, 3]) {
      const member = `include_recycle_bin=true&member_address=120.10.10.${100 + index}`;
      assert.deepEqual(await idsOf(kind, member), [ids[index]]);
    }
    assertRefused(
      await api.get(`/elb/${kind}?include_recycle_bin=yes`),
      400,
      'ELB.8902',
      /include_recycle_bin/,
    );
  }
  assert.deepEqual(await idsOf('loadbalancers', 'include_recycle_bin=true&name=low'), lbs.slice(0, 3).sort());
  assert.deepEqual(
    await idsOf('loadbalancers', 'include_recycle_bin=true&provisioning_status=RECYCLING'),
    lbs.filter((_, index) => index % 2 === 0).sort(),
  );
  assert.deepEqual(await idsOf('loadbalancers', 'provisioning_status=RECYCLING'), []);
});

test('of two restores, or a restore and a delete, at once one finds nothing any more', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  await enable(api);
  const { lb } = await makeTree(api);
  for (let round = 0; round < 3; round++) {
    assert.equal((await force(api, lb.id)).status, 204);
    const replies = await Promise.all([restore(api, lb.id), restore(api, lb.id)]);
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 404]);
  }
  assert.equal((await force(api, lb.id)).status, 204);
  const replies = await Promise.all([restore(api, lb.id), api.delete(`${inBin}/${lb.id}`)]);
  assert.deepEqual(
    replies.map(({ status }) => status),
    [200, 404],
  );
});

test('3.12: after retention_hour what is in the bin is destroyed, at the next look or the next start', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval'] });
  let now = new Date('2026-01-31T10:00:00Z');
  await using cp = await startTestControlPlane(seedInventory, () => now);
  const { api } = cp;
  await enable(api);
  assertDone(await setPolicy(api, { retention_hour: 2 }));
  const [first, second] = [(await makeTree(api)).lb, await makeLoadBalancer(api)];
  assert.equal((await force(api, first.id)).status, 204);
  now = new Date('2026-01-31T11:00:00Z');
  assertDone(await setPolicy(api, { retention_hour: 1 }));
  now = new Date('2026-01-31T11:30:00Z');
  assert.equal((await force(api, second.id)).status, 204);
  const ends = assertDone(await api.get(inBin)).loadbalancers.map(
    ({ auto_terminate_time }: { auto_terminate_time: string }) => auto_terminate_time,
  );
  assert.deepEqual(ends.sort(), ['2026-01-31T12:00:00Z', '2026-01-31T12:30:00Z']);
  const look = async () => {
    context.mock.timers.tick(60_000);
    // The look is behind this write in the queue of writers, and its deletions are behind the next.
    for (let turn = 0; turn < 5; turn++) await enable(api);
    return binned(api);
  };
  now = new Date('2026-01-31T11:59:59Z');
  assert.deepEqual(await look(), [first.id, second.id].sort());
  now = new Date('2026-01-31T12:00:00Z');
  assert.deepEqual(await look(), [second.id]);
  now = new Date('2026-02-01T00:00:00Z');
  await cp.restart();
  assert.deepEqual(await binned(cp.api), []);
  assert.deepEqual(assertDone(await cp.api.get(path)).recycle_bin.enable, true);
});
