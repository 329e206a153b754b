import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiClient, Reply } from '../support/api-client.ts';
import { seed } from '../support/control-plane.ts';
import { storedRecords } from '../support/database.ts';
import {
  assertDone,
  assertRefused,
  makeListener,
  makeLoadBalancer,
  makeMember,
  makePolicy,
  makePool,
  places,
} from './fixtures.ts';
import { mine, PermissionGround, policyOf, theirs } from './permission-ground.ts';

const team = { policies: ['ELB FullAccess'], enterprise_project: mine };

const idsOf = (reply: Reply, key: string): string[] =>
  assertDone(reply)[key].map(({ id }: { id: string }) => id);

/** What of an answer does not tell one call from another. */
const said = ({ status, body: { request_id: _, ...body } }: Reply, id: string) => ({
  status,
  body: JSON.parse(JSON.stringify(body).replaceAll(id, 'ID')),
});

/** Every list of the trees, with the key of its answer and whose record it shows. */
const lists = (pool: string, policy: string) =>
  [
    ['/elb/loadbalancers', 'loadbalancers', 'lb'],
    ['/elb/listeners', 'listeners', 'listener'],
    ['/elb/pools', 'pools', 'pool'],
    ['/elb/members', 'members', 'member'],
    [`/elb/pools/${pool}/members`, 'members', 'member'],
    ['/elb/healthmonitors', 'healthmonitors', 'monitor'],
    ['/elb/l7policies', 'l7policies', 'policy'],
    [`/elb/l7policies/${policy}/rules`, 'rules', 'rule'],
    ['/elb/ipgroups', 'ipgroups', 'ipgroup'],
  ] as const;

test('lists of all_granted_eps show what is in the enterprise projects of the caller, and nothing else', async () => {
  await using ground = await PermissionGround.start({ team });
  const own = await ground.tree(mine);
  const other = await ground.tree(theirs);
  const api = await ground.as('team');
  for (const [path, key, name] of lists(own.pool.id, own.policy.id)) {
    for (const asked of ['all_granted_eps', mine, `all_granted_eps&enterprise_project_id=${theirs}`]) {
      const ids = idsOf(await api.get(`${path}?enterprise_project_id=${asked}`), key);
      assert.ok(ids.includes(own[name].id), `${path} ${asked}`);
      assert.ok(!ids.includes(other[name].id), `${path} ${asked}`);
    }
  }
  for (const id of [other.lb.id, places.nothing]) {
    const byId = await api.get(`/elb/loadbalancers?enterprise_project_id=all_granted_eps&id=${id}`);
    assert.deepEqual(idsOf(byId, 'loadbalancers'), []);
  }
  const everything = idsOf(
    await ground.api.get('/elb/loadbalancers?enterprise_project_id=all_granted_eps'),
    'loadbalancers',
  );
  assert.deepEqual(everything.toSorted(), [own.lb.id, other.lb.id].toSorted());
});

test('a list of an enterprise project that is not granted is refused, and so is one of all of them', async () => {
  await using ground = await PermissionGround.start({ team });
  const own = await ground.tree(mine);
  const api = await ground.as('team');
  for (const [path] of lists(own.pool.id, own.policy.id)) {
    const absent = await api.get(path);
    assertRefused(
      absent,
      403,
      'ELB.9802',
      /do not allow elb:[\w-]+:list in all enterprise projects; give enterprise_project_id=all_granted_eps/,
    );
    for (const asked of [theirs, `${mine}&enterprise_project_id=${theirs}`, '0', places.nothing]) {
      const refused = await api.get(`${path}?enterprise_project_id=${asked}`);
      assertRefused(refused, 403, 'ELB.9802', /do not allow elb:[\w-]+:list in the enterprise project/);
    }
  }
});

test('the permission for the account lists all enterprise projects, but for one that is denied', async () => {
  const none = policyOf('no lists', { Effect: 'Deny', Action: ['elb:loadbalancers:list'] });
  await using ground = await PermissionGround.start({
    reader: { policies: ['ELB ReadOnlyAccess'] },
    barred: { policies: ['ELB ReadOnlyAccess'], beside: [{ policy: none, enterprise_project: theirs }] },
  });
  const own = await makeLoadBalancer(ground.api, { enterprise_project_id: mine });
  const other = await makeLoadBalancer(ground.api, { enterprise_project_id: theirs });
  const listing = async (user: string, query = '') =>
    (await ground.as(user)).get(`/elb/loadbalancers${query}`);
  const all = idsOf(await listing('reader'), 'loadbalancers');
  assert.deepEqual(all.toSorted(), [own.id, other.id].toSorted());
  const ofOther = `?enterprise_project_id=${theirs}`;
  assert.deepEqual(idsOf(await listing('reader', ofOther), 'loadbalancers'), [other.id]);
  assert.deepEqual(idsOf(await listing('barred'), 'loadbalancers'), [own.id]);
  assertRefused(await listing('barred', ofOther), 403, 'ELB.9802', /list in the enterprise project/);
});

test('pages and markers of a list are of what the caller may list', async () => {
  await using ground = await PermissionGround.start({ team });
  const made: string[] = [];
  for (let index = 0; index < 6; index++) {
    const enterprise_project_id = index % 2 ? mine : theirs;
    const { id } = await makeLoadBalancer(ground.api, { enterprise_project_id });
    if (index % 2) made.push(id);
    else await makePool(ground.api, { loadbalancer_id: id, enterprise_project_id });
  }
  const hidden = idsOf(
    await ground.api.get(`/elb/loadbalancers?enterprise_project_id=${theirs}`),
    'loadbalancers',
  )[0];
  const api = await ground.as('team');
  const path = '/elb/loadbalancers?enterprise_project_id=all_granted_eps&limit=1';
  const seen: string[] = [];
  for (let marker: string | undefined = ''; marker !== undefined; ) {
    const page: { loadbalancers: { id: string }[]; page_info: { next_marker?: string } } = assertDone(
      await api.get(marker ? `${path}&marker=${marker}` : path),
    );
    seen.push(...page.loadbalancers.map(({ id }) => id));
    marker = page.page_info.next_marker;
  }
  assert.deepEqual(seen, made.toSorted());
  const behindHidden = await api.get(`${path}&marker=${hidden}`);
  const behindNothing = await api.get(`${path}&marker=${places.nothing}`);
  assert.deepEqual(said(behindHidden, hidden ?? ''), said(behindNothing, places.nothing));
});

test('what is in another enterprise project answers each call as what is not there', async () => {
  await using ground = await PermissionGround.start({ team });
  const own = await ground.tree(mine);
  const other = await ground.tree(theirs);
  const api = await ground.as('team');
  const before = storedRecords(ground.controlPlane.directory);
  const member = { address: '120.10.10.90', protocol_port: 80, subnet_cidr_id: seed.subnetCidrId };
  const listener = { protocol: 'HTTP', protocol_port: 9000 };
  const l7policy = { listener_id: own.listener.id, action: 'REDIRECT_TO_POOL' };
  const monitor = { type: 'HTTP', delay: 5, timeout: 3, max_retries: 3 };
  const calls: [keyof typeof other, (id: string) => Promise<Reply>][] = [
    ['lb', (id) => api.get(`/elb/loadbalancers/${id}`)],
    ['lb', (id) => api.put(`/elb/loadbalancers/${id}`, { loadbalancer: { name: 'b' } })],
    ['lb', (id) => api.delete(`/elb/loadbalancers/${id}`)],
    ['lb', (id) => api.delete(`/elb/loadbalancers/${id}/force-elb`)],
    ['lb', (id) => api.post(`/elb/loadbalancers/${id}/delete-cascade`, { loadbalancer: {} })],
    ['lb', (id) => api.get(`/elb/loadbalancers/${id}/statuses`)],
    ['lb', (id) => api.get(`/elb/loadbalancers/${id}/topology`)],
    ['lb', (id) => api.get(`/elb/loadbalancers/${id}/features`)],
    ['lb', (id) => api.get(`/elb/loadbalancers/${id}/local-ports`)],
    ['lb', (id) => api.get(`/elb/loadbalancers/${id}/dns/ips?enterprise_project_id=${mine}`)],
    ['lb', (id) => api.get(`/elb/availability-zones?loadbalancer_id=${id}`)],
    ['lb', (id) => api.get(`/loadbalancers/${id}/tags`)],
    [
      'lb',
      (id) =>
        api.post(`/loadbalancers/${id}/tags/action`, { action: 'create', tags: [{ key: 'a', value: 'b' }] }),
    ],
    ['lb', (id) => api.post(`/elb/loadbalancers/${id}/clone`, { count: 1, target_loadbalancer_param: {} })],
    [
      'lb',
      (id) =>
        api.post('/elb/loadbalancers/change-charge-mode', { loadbalancer_ids: [id], charge_mode: 'prepaid' }),
    ],
    ['lb', (id) => api.get(`/elbow/v1/loadbalancers/${id}/export`)],
    ['lb', (id) => api.post('/elb/listeners', { listener: { ...listener, loadbalancer_id: id } })],
    [
      'lb',
      (id) =>
        api.post('/elb/pools', {
          pool: {
            protocol: 'HTTP',
            lb_algorithm: 'ROUND_ROBIN',
            loadbalancer_id: id,
            enterprise_project_id: mine,
          },
        }),
    ],
    ['listener', (id) => api.get(`/elb/listeners/${id}`)],
    ['listener', (id) => api.put(`/elb/listeners/${id}`, { listener: { name: 'b' } })],
    ['listener', (id) => api.delete(`/elb/listeners/${id}/force`)],
    [
      'listener',
      (id) =>
        api.post(`/elb/listeners/${id}/clone`, {
          target_listener_params: [{ protocol_port: 81, loadbalancer_id: own.lb.id }],
        }),
    ],
    [
      'listener',
      (id) =>
        api.post('/elb/l7policies', {
          l7policy: { ...l7policy, listener_id: id, redirect_pool_id: own.other.id },
        }),
    ],
    ['pool', (id) => api.get(`/elb/pools/${id}`)],
    ['pool', (id) => api.put(`/elb/pools/${id}`, { pool: { name: 'b' } })],
    ['pool', (id) => api.delete(`/elb/pools/${id}/delete-cascade`)],
    ['pool', (id) => api.get(`/elb/pools/${id}/members?enterprise_project_id=${mine}`)],
    ['pool', (id) => api.post(`/elb/pools/${id}/members`, { member })],
    ['pool', (id) => api.post(`/elb/pools/${id}/members/batch-add`, { members: [member] })],
    [
      'pool',
      (id) => api.post(`/elb/pools/${id}/members/batch-delete`, { members: [{ id: other.member.id }] }),
    ],
    ['pool', (id) => api.put(`/elb/listeners/${own.listener.id}`, { listener: { default_pool_id: id } })],
    ['pool', (id) => api.post('/elb/l7policies', { l7policy: { ...l7policy, redirect_pool_id: id } })],
    ['pool', (id) => api.post('/elb/healthmonitors', { healthmonitor: { ...monitor, pool_id: id } })],
    ['member', (id) => api.get(`/elb/pools/${own.pool.id}/members/${id}`)],
    [
      'member',
      (id) => api.post(`/elb/pools/${own.pool.id}/members/batch-update`, { members: [{ id, weight: 2 }] }),
    ],
    ['member', (id) => api.post(`/elb/pools/${own.pool.id}/members/batch-delete`, { members: [{ id }] })],
    [
      'member',
      (id) =>
        api.post(`/elb/members/${id}/health-check`, {
          member_check: { listener_id: own.listener.id, subject: 'all' },
        }),
    ],
    ['monitor', (id) => api.get(`/elb/healthmonitors/${id}`)],
    ['monitor', (id) => api.delete(`/elb/healthmonitors/${id}`)],
    ['policy', (id) => api.get(`/elb/l7policies/${id}`)],
    ['policy', (id) => api.get(`/elb/l7policies/${id}/rules?enterprise_project_id=${mine}`)],
    [
      'policy',
      (id) => api.post('/elb/l7policies/batch-update-priority', { l7policies: [{ id, priority: 3 }] }),
    ],
    ['rule', (id) => api.get(`/elb/l7policies/${own.policy.id}/rules/${id}`)],
    ['ipgroup', (id) => api.get(`/elb/ipgroups/${id}`)],
    ['ipgroup', (id) => api.get(`/elb/ipgroups/${id}/related-listeners`)],
    [
      'ipgroup',
      (id) =>
        api.post('/elb/listeners', {
          listener: { ...listener, loadbalancer_id: own.lb.id, ipgroup: { ipgroup_id: id } },
        }),
    ],
  ];
  for (const [index, [name, call]] of calls.entries()) {
    const hidden = await call(other[name].id);
    const absent = await call(places.nothing);
    assert.deepEqual(said(hidden, other[name].id), said(absent, places.nothing), `call ${index}, of ${name}`);
    // A batch says of each member what became of it.
    assert.ok(hidden.status === 404 || hidden.body.members, `call ${index}, of ${name}: ${hidden.status}`);
  }
  assert.deepEqual(storedRecords(ground.controlPlane.directory), before);
  for (const path of ['pools', 'listeners', 'loadbalancers']) {
    const body = {
      [path === 'pools' ? 'pools' : `${path.slice(0, -1)}_ids`]:
        path === 'pools' ? [{ id: other.pool.id }] : [other[path === 'listeners' ? 'listener' : 'lb'].id],
    };
    await api.post(`/elb/${path}/batch-delete`, body);
  }
  assertDone(await ground.api.get(`/elb/loadbalancers/${other.lb.id}`));
  assertDone(await ground.api.get(`/elb/listeners/${other.listener.id}`));
  assertDone(await ground.api.get(`/elb/pools/${other.pool.id}`));
});

test('everything can be done in the enterprise project that is granted', async () => {
  await using ground = await PermissionGround.start({ team });
  const api = await ground.as('team');
  const { lb, pool, listener } = await treeOf(api);
  assert.equal(lb.enterprise_project_id, mine);
  assertDone(await api.put(`/elb/loadbalancers/${lb.id}`, { loadbalancer: { name: 'b' } }));
  assertDone(await api.get(`/elb/loadbalancers/${lb.id}/statuses`));
  assertDone(await api.get(`/elb/loadbalancers/${lb.id}/topology`));
  assertDone(
    await api.post(`/loadbalancers/${lb.id}/tags/action`, {
      action: 'create',
      tags: [{ key: 'a', value: 'b' }],
    }),
    204,
  );
  const document = assertDone(await api.get(`/elbow/v1/loadbalancers/${lb.id}/export`));
  const path = `/elbow/v1/loadbalancers/apply?project_id=${seed.projectId}`;
  assertDone(
    await api.put(path, { ...document, loadbalancer: { ...document.loadbalancer, description: 'b' } }),
  );
  const clone = await api.post(`/elb/loadbalancers/${lb.id}/clone`, {
    count: 1,
    target_loadbalancer_param: {},
  });
  const { job } = assertDone(await api.get(`/elb/jobs/${assertDone(clone, 202).job_id}`));
  assert.equal(job.status, 'SUCCESS');
  assertDone(
    await api.delete(`/elb/pools/${pool.id}/delete-cascade`).then(async (reply) => {
      // A policy may hold it; its listener goes first then.
      if (reply.status === 204) return reply;
      assertDone(await api.delete(`/elb/listeners/${listener.id}/force`), 204);
      return api.delete(`/elb/pools/${pool.id}/delete-cascade`);
    }),
    204,
  );
  assertDone(await api.post(`/elb/loadbalancers/${lb.id}/delete-cascade`, { loadbalancer: {} }), 204);
});

/** A load balancer with what hangs on it, all made by the caller. */
async function treeOf(api: ApiClient) {
  const lb = await makeLoadBalancer(api, { name: 'lb', enterprise_project_id: mine });
  const pool = await makePool(api, { loadbalancer_id: lb.id, enterprise_project_id: mine });
  const listener = await makeListener(api, lb.id, { default_pool_id: pool.id });
  await makeMember(api, pool.id);
  await makePolicy(api, listener.id, { redirect_pool_id: pool.id });
  return { lb, pool, listener };
}

test('nothing can be made in another enterprise project, nor in the default one', async () => {
  await using ground = await PermissionGround.start({ team });
  const api = await ground.as('team');
  const before = storedRecords(ground.controlPlane.directory);
  const making = (enterprise_project_id: string | undefined): [string, string, Promise<Reply>][] => [
    [
      'loadbalancers',
      '',
      api.post('/elb/loadbalancers', {
        loadbalancer: {
          vip_subnet_cidr_id: seed.subnetCidrId,
          availability_zone_list: ['az1'],
          enterprise_project_id,
        },
      }),
    ],
    [
      'pools',
      '',
      api.post('/elb/pools', {
        pool: { protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', type: 'ip', enterprise_project_id },
      }),
    ],
    [
      'ipgroups',
      '',
      api.post('/elb/ipgroups', { ipgroup: { ip_list: [{ ip: '10.0.0.1' }], enterprise_project_id } }),
    ],
    [
      'security-policies',
      '',
      api.post('/elb/security-policies', {
        security_policy: {
          name: 'a',
          protocols: ['TLSv1.2'],
          ciphers: ['ECDHE-RSA-AES256-GCM-SHA384'],
          enterprise_project_id,
        },
      }),
    ],
  ];
  for (const enterpriseProject of [theirs, '0', undefined]) {
    for (const [type, , reply] of making(enterpriseProject)) {
      const message = new RegExp(`elb:${type}:create on .* enterprise project ${enterpriseProject ?? '0'}`);
      assertRefused(await reply, 403, 'ELB.9802', message);
    }
  }
  assert.deepEqual(storedRecords(ground.controlPlane.directory), before);
  for (const [, , reply] of making(mine)) assertDone(await reply, 201);
});

test('who may see a thing but not change it is told so', async () => {
  await using ground = await PermissionGround.start({
    mixed: {
      policies: ['ELB ReadOnlyAccess'],
      beside: [{ policy: 'ELB FullAccess', enterprise_project: mine }],
    },
  });
  const own = await makePool(ground.api, { type: 'ip', enterprise_project_id: mine });
  const other = await makePool(ground.api, { type: 'ip', enterprise_project_id: theirs });
  const api = await ground.as('mixed');
  const change = { pool: { name: 'b' } };
  assertDone(await api.put(`/elb/pools/${own.id}`, change));
  const refused = await api.put(`/elb/pools/${other.id}`, change);
  assertRefused(refused, 403, 'ELB.9802', new RegExp(`elb:pools:put on .* enterprise project ${theirs}`));
  assertRefused(await api.delete(`/elb/pools/${other.id}`), 403, 'ELB.9802', /elb:pools:delete on/);
});

test('a listener keeps a pool of another enterprise project that somebody gave it', async () => {
  await using ground = await PermissionGround.start({ team });
  const own = await ground.tree(mine);
  const foreign = await makePool(ground.api, {
    type: 'instance',
    vpc_id: seed.vpcId,
    enterprise_project_id: theirs,
  });
  assertDone(
    await ground.api.put(`/elb/listeners/${own.listener.id}`, { listener: { default_pool_id: foreign.id } }),
  );
  const api = await ground.as('team');
  assertDone(await api.put(`/elb/listeners/${own.listener.id}`, { listener: { name: 'b' } }));
  assertRefused(await api.get(`/elb/pools/${foreign.id}`), 404, 'ELB.8904', /could not be found/);
  // A description that names it makes it no more visible.
  const copied = { description: foreign.id, name: foreign.id };
  assertDone(await api.put(`/elb/loadbalancers/${own.lb.id}`, { loadbalancer: copied }));
  const other = await makeListener(api, own.lb.id, { protocol_port: 81 });
  const bound = await api.put(`/elb/listeners/${other.id}`, { listener: { default_pool_id: foreign.id } });
  assertRefused(bound, 404, 'ELB.8904', /could not be found/);
});

test('a cascade stops at what is in another enterprise project', async () => {
  await using ground = await PermissionGround.start({ team });
  const { lb } = await ground.tree(mine);
  await makePool(ground.api, { loadbalancer_id: lb.id, enterprise_project_id: theirs });
  const api = await ground.as('team');
  const before = storedRecords(ground.controlPlane.directory);
  const cascade = await api.post(`/elb/loadbalancers/${lb.id}/delete-cascade`, { loadbalancer: {} });
  assertRefused(cascade, 403, 'ELB.9802', /do not allow elb:pools:delete on/);
  const clone = await api.post(`/elb/loadbalancers/${lb.id}/clone`, {
    count: 1,
    target_loadbalancer_param: {},
  });
  assertRefused(clone, 403, 'ELB.9802', /do not allow elb:pools:create on/);
  const exported = await api.get(`/elbow/v1/loadbalancers/${lb.id}/export`);
  assertRefused(exported, 403, 'ELB.9802', /do not allow elb:pools:get on/);
  assert.deepEqual(storedRecords(ground.controlPlane.directory), before);
});

test('the recycle bin shows, restores and destroys what is in the enterprise projects of the caller', async () => {
  await using ground = await PermissionGround.start({ team });
  assertDone(await ground.api.put('/elb/recycle-bin', { recycle_bin: { enable: true } }));
  const own = await ground.tree(mine);
  const other = await ground.tree(theirs);
  for (const { lb } of [own, other]) {
    assertDone(
      await ground.api.post(`/elb/loadbalancers/${lb.id}/delete-cascade`, { loadbalancer: {} }),
      204,
    );
  }
  const api = await ground.as('team');
  const bin = '/elb/recycle-bin/loadbalancers';
  const listed = await api.get(`${bin}?enterprise_project_id=all_granted_eps`);
  assert.deepEqual(idsOf(listed, 'loadbalancers'), [own.lb.id]);
  for (const call of [
    (id: string) => api.put(`${bin}/${id}/recover`, undefined),
    (id: string) => api.delete(`${bin}/${id}`),
  ]) {
    assert.deepEqual(
      said(await call(other.lb.id), other.lb.id),
      said(await call(places.nothing), places.nothing),
    );
  }
  assertDone(await api.put(`${bin}/${own.lb.id}/recover`, undefined));
  assertDone(await api.post(`/elb/loadbalancers/${own.lb.id}/delete-cascade`, { loadbalancer: {} }), 204);
  assertDone(await api.delete(`${bin}/${own.lb.id}`), 204);
  assertRefused(
    await api.put('/elb/recycle-bin', { recycle_bin: { enable: false } }),
    403,
    'ELB.9802',
    /elb:recycleBin:put in the whole of the project/,
  );
});

test('tags of all load balancers are those of the enterprise projects of the caller', async () => {
  await using ground = await PermissionGround.start({ team });
  for (const [enterprise_project_id, value] of [
    [mine, 'mine'],
    [theirs, 'theirs'],
  ]) {
    await makeLoadBalancer(ground.api, { enterprise_project_id, tags: [{ key: 'of', value }] });
  }
  const { tags } = assertDone(await (await ground.as('team')).get('/loadbalancers/tags'));
  assert.deepEqual(tags, [{ key: 'of', values: ['mine'] }]);
  const search = `/v2.0/${seed.projectId}/loadbalancers/resource_instances/action`;
  const found = await (await ground.as('team')).post(search, { action: 'count' });
  assert.equal(assertDone(found).total_count, 1);
});

test('what a project shares as a whole is not for those who have an enterprise project alone', async () => {
  await using ground = await PermissionGround.start({
    team: { policies: ['ELB FullAccess', 'Tenant Administrator'], enterprise_project: mine },
  });
  const api = await ground.as('team');
  assertRefused(await api.get('/elb/jobs'), 403, 'ELB.9802', /elb:jobs:list in the whole of the project/);
  assertRefused(await api.get('/elbow/v1/audit'), 403, 'SYS.0403', /elbow:audit:list in any project/);
  const echo = await api.post('/elb/certificates/settings/private-key-echo', {
    private_key_echo: { enable: true },
  });
  assertRefused(echo, 403, 'ELB.9802', /in the whole of the project/);
  for (const path of [
    '/elb/quotas',
    '/elb/flavors',
    '/elb/availability-zones',
    `/v1/${seed.projectId}/vpcs`,
  ]) {
    assertDone(await api.get(path));
  }
});
