import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiClient } from '../support/api-client.ts';
import { seed, startTestControlPlane } from '../support/control-plane.ts';
import { storedRecords } from '../support/database.ts';
import { eachOperation, fetchDocument } from '../support/openapi.ts';
import {
  assertDone,
  assertRefused,
  makeListener,
  makeLoadBalancer,
  makeMember,
  makePool,
  places,
} from './fixtures.ts';
import { mine, PermissionGround, policyOf, theirs } from './permission-ground.ts';

const actionOf = (operation: object) => (operation as { 'x-action'?: string })['x-action'] ?? '';

/** Whether an action is about what is the caller’s own, and so always allowed. */
const isOwn = (action: string) => action.startsWith('iam:') && action !== 'iam:projects:create';

test('each operation that is not public has an action, as service:type:verb, and the document shows it', async () => {
  await using controlPlane = await startTestControlPlane();
  const operations = eachOperation(await fetchDocument(controlPlane.url));
  for (const { operation } of operations) {
    const action = actionOf(operation);
    if (operation.security?.length === 0) assert.equal(action, '', operation.operationId);
    else assert.match(action, /^[a-z]+:[A-Za-z0-9-]+:[A-Za-z]+$/, operation.operationId);
  }
});

test('whoever is allowed nothing is refused each operation, and cannot tell what is there from what is not', async () => {
  await using ground = await PermissionGround.start({
    nobody: { policies: [policyOf('nothing here', { Effect: 'Allow', Action: ['obs:bucket:ListBucket'] })] },
  });
  const { lb, pool, listener, member, monitor, policy, rule, ipgroup } = await ground.tree('0');
  const present: Readonly<Record<string, string>> = {
    project_id: seed.projectId,
    ...{ loadbalancer_id: lb.id, pool_id: pool.id, listener_id: listener.id, member_id: member.id },
    ...{ healthmonitor_id: monitor.id, l7policy_id: policy.id, l7rule_id: rule.id, ipgroup_id: ipgroup.id },
    enterprise_project_id: '0',
  };
  const api = await ground.as('nobody');
  const before = storedRecords(ground.controlPlane.directory);
  let refused = 0;
  for (const { method, path, operation } of eachOperation(await fetchDocument(api.url))) {
    const action = actionOf(operation);
    if (action === '' || isOwn(action)) continue;
    const at = (ids: Readonly<Record<string, string>>) =>
      path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? places.nothing);
    const there = await api.call(method.toUpperCase(), at(present));
    const absent = await api.call(method.toUpperCase(), at({ project_id: seed.projectId }));
    const code = action.startsWith('elb:') ? 'ELB.9802' : 'SYS.0403';
    assertRefused(there, 403, code, new RegExp(`do not allow ${action} `));
    const { request_id: _, ...shown } = there.body;
    const { request_id: __, ...shownOfAbsent } = absent.body;
    assert.deepEqual(shownOfAbsent, shown, operation.operationId);
    refused++;
  }
  assert.ok(refused > 100, `${refused} operations`);
  assert.deepEqual(storedRecords(ground.controlPlane.directory), before);
  for (const path of ['/v3/projects', '/v3/auth/projects', '/v3/auth/domains', '/v3/auth/catalog']) {
    assertDone(await api.get(path));
  }
});

test('who may read in one enterprise project explains its listeners, and those of no other', async () => {
  await using ground = await PermissionGround.start({
    reader: { policies: ['ELB ReadOnlyAccess'], enterprise_project: mine },
  });
  const [own, foreign] = [await ground.tree(mine), await ground.tree(theirs)];
  const api = await ground.as('reader');
  const explain = (id: string) => api.post(`/elbow/v1/listeners/${id}/explain`, {});
  const { explanation } = assertDone(await explain(own.listener.id));
  assert.deepEqual([explanation.policy.id, explanation.pools[0].id], [own.policy.id, own.other.id]);
  assertRefused(await explain(foreign.listener.id), 404, 'ELB.8904', new RegExp(foreign.listener.id));
});

test('who may only read reads everything and writes nothing', async () => {
  await using ground = await PermissionGround.start({ reader: { policies: ['ELB ReadOnlyAccess'] } });
  const { lb, pool, member, listener } = await ground.tree('0');
  const api = await ground.as('reader');
  assertDone(await api.get(`/elb/loadbalancers/${lb.id}/statuses`));
  assert.equal(assertDone(await api.get(`/elb/pools/${pool.id}/members`)).members.length, 1);
  assert.equal(assertDone(await api.get('/elb/loadbalancers')).loadbalancers.length, 1);
  assertDone(await api.get(`/elbow/v1/loadbalancers/${lb.id}/export`));
  assertDone(await api.post(`/elbow/v1/listeners/${listener.id}/explain`, {}));
  const before = storedRecords(ground.controlPlane.directory);
  const refused: [string, ReturnType<typeof api.call>][] = [
    ['elb:loadbalancers:create', api.post('/elb/loadbalancers', { loadbalancer: {} })],
    ['elb:loadbalancers:put', api.put(`/elb/loadbalancers/${lb.id}`, { loadbalancer: { name: 'b' } })],
    [
      'elb:loadbalancers:delete',
      api.post(`/elb/loadbalancers/${lb.id}/delete-cascade`, { loadbalancer: {} }),
    ],
    [
      'elb:loadbalancers:put',
      api.post(`/loadbalancers/${lb.id}/tags/action`, { action: 'create', tags: [] }),
    ],
    ['elb:members:put', api.put(`/elb/pools/${pool.id}/members/${member.id}`, { member: { weight: 2 } })],
    ['elb:recycleBin:put', api.put('/elb/recycle-bin', { recycle_bin: { enable: true } })],
    ['elb:certificates:putPrivateKeyEcho', api.post('/elb/certificates/settings/private-key-echo', {})],
    ['elbow:audit:list', api.get('/elbow/v1/audit')],
    ['elbow:loadbalancers:apply', api.put('/elbow/v1/loadbalancers/apply', {})],
  ];
  for (const [action, reply] of refused) {
    const code = action.startsWith('elb:') ? 'ELB.9802' : 'SYS.0403';
    assertRefused(await reply, 403, code, new RegExp(`do not allow ${action} in`));
  }
  assert.deepEqual(storedRecords(ground.controlPlane.directory), before);
});

test('a denying statement wins over any that allows', async () => {
  await using ground = await PermissionGround.start({
    careful: {
      policies: ['ELB FullAccess', policyOf('no deletes', { Effect: 'Deny', Action: ['elb:*:delete'] })],
    },
  });
  const api = await ground.as('careful');
  const lb = await makeLoadBalancer(api);
  assertRefused(
    await api.delete(`/elb/loadbalancers/${lb.id}`),
    403,
    'ELB.9802',
    /elb:loadbalancers:delete in/,
  );
  assertDone(await api.put(`/elb/loadbalancers/${lb.id}`, { loadbalancer: { name: 'b' } }));
});

test('put may be granted by its newer name, update', async () => {
  await using ground = await PermissionGround.start({
    newer: { policies: [policyOf('updates', { Effect: 'Allow', Action: ['elb:members:update'] })] },
  });
  const { pool, member } = await ground.tree('0');
  const api = await ground.as('newer');
  assertDone(await api.put(`/elb/pools/${pool.id}/members/${member.id}`, { member: { weight: 7 } }));
  assertDone(
    await api.post(`/elb/pools/${pool.id}/members/batch-update`, { members: [{ id: member.id, weight: 8 }] }),
  );
  assertRefused(await api.get(`/elb/pools/${pool.id}/members`), 403, 'ELB.9802', /elb:members:list/);
});

test('what is allowed of one kind of thing needs nothing of what it refers to', async () => {
  await using ground = await PermissionGround.start({
    members: { policies: [policyOf('members', { Effect: 'Allow', Action: ['elb:members:*'] })] },
    listeners: { policies: [policyOf('listeners', { Effect: 'Allow', Action: ['elb:listeners:*'] })] },
  });
  const { lb, pool } = await ground.tree('0');
  await makeMember(await ground.as('members'), pool.id, { address: '120.10.10.99' });
  await makeListener(await ground.as('listeners'), lb.id, { protocol_port: 8080, default_pool_id: pool.id });
});

test('member batches need what each of them does', async () => {
  await using ground = await PermissionGround.start({
    adder: { policies: [policyOf('adds', { Effect: 'Allow', Action: ['elb:members:create'] })] },
  });
  const { pool, member } = await ground.tree('0');
  const api = await ground.as('adder');
  const path = `/elb/pools/${pool.id}/members`;
  const fresh = { address: '120.10.10.30', protocol_port: 80, subnet_cidr_id: seed.subnetCidrId };
  assertDone(await api.post(`${path}/batch-add`, { members: [fresh] }));
  const named = { members: [{ id: member.id }] };
  assertRefused(await api.post(`${path}/batch-delete`, named), 403, 'ELB.9802', /elb:members:delete/);
  assertRefused(await api.post(`${path}/batch-update`, named), 403, 'ELB.9802', /elb:members:put/);
});

test('a cascade needs the permission for everything that it deletes, and deletes nothing without', async () => {
  await using ground = await PermissionGround.start({
    cautious: {
      policies: [
        'ELB FullAccess',
        policyOf('keeps members', { Effect: 'Deny', Action: ['elb:members:delete'] }),
      ],
    },
  });
  const { lb, pool, listener } = await ground.tree('0');
  const api = await ground.as('cautious');
  const before = storedRecords(ground.controlPlane.directory);
  const cascade = await api.post(`/elb/loadbalancers/${lb.id}/delete-cascade`, { loadbalancer: {} });
  assertRefused(cascade, 403, 'ELB.9802', /do not allow elb:members:delete on/);
  const force = await api.delete(`/elb/loadbalancers/${lb.id}/force-elb`);
  assertRefused(force, 403, 'ELB.9802', /do not allow elb:members:delete on/);
  assertRefused(
    await api.delete(`/elb/pools/${pool.id}/delete-cascade`),
    403,
    'ELB.9802',
    /elb:members:delete on/,
  );
  const planned = await api.delete(`/elb/loadbalancers/${lb.id}/force-elb?dry_run=true`);
  assertRefused(planned, 403, 'ELB.9802', /elb:members:delete on/);
  assert.deepEqual(storedRecords(ground.controlPlane.directory), before);
  const batch = await api.post('/elb/loadbalancers/batch-delete', { loadbalancer_ids: [lb.id] });
  const { job } = assertDone(await api.get(`/elb/jobs/${assertDone(batch, 202).job_id}`));
  assert.deepEqual([job.status, job.error_code], ['FAIL', 'ELB.9802']);
  assertDone(await api.get(`/elb/loadbalancers/${lb.id}`));
  // Its members stay, and so may it go.
  assertDone(await api.delete(`/elb/listeners/${listener.id}/force`), 204);
});

test('a clone needs the permission to create everything that it copies', async () => {
  await using ground = await PermissionGround.start({
    cloner: { policies: [policyOf('lbs', { Effect: 'Allow', Action: ['elb:loadbalancers:*'] })] },
  });
  const { lb } = await ground.tree('0');
  const bare = await makeLoadBalancer(ground.api);
  const api = await ground.as('cloner');
  const before = storedRecords(ground.controlPlane.directory);
  const clone = (id: string) =>
    api.post(`/elb/loadbalancers/${id}/clone`, { count: 1, target_loadbalancer_param: {} });
  const reply = await clone(lb.id);
  assertRefused(reply, 403, 'ELB.9802', /do not allow elb:(listeners|pools):create on/);
  assert.deepEqual(storedRecords(ground.controlPlane.directory), before);
  assertDone(await clone(bare.id), 202);
});

test('a statement can be limited to single resources', async () => {
  const only = policyOf('one pool', { Effect: 'Allow', Action: ['elb:pools:*'], Resource: [] });
  await using ground = await PermissionGround.start({ single: { policies: [only] } });
  const first = await makePool(ground.api, { type: 'instance', vpc_id: seed.vpcId });
  const second = await makePool(ground.api, { type: 'instance', vpc_id: seed.vpcId });
  only.document.Statement[0]?.Resource?.push(`ELB:*:*:pool:${first.id}`);
  await ground.controlPlane.restart();
  const api = await ground.as('single');
  const { pools } = assertDone(await api.get('/elb/pools'));
  assert.deepEqual(
    pools.map(({ id }: { id: string }) => id),
    [first.id],
  );
  assertDone(await api.put(`/elb/pools/${first.id}`, { pool: { name: 'b' } }));
  assertRefused(await api.get(`/elb/pools/${second.id}`), 404, 'ELB.8904', /could not be found/);
  assertRefused(await api.put(`/elb/pools/${second.id}`, { pool: { name: 'b' } }), 404, 'ELB.8904', /pool/);
  const made = await api.post('/elb/pools', {
    pool: { protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', type: 'instance', vpc_id: seed.vpcId },
  });
  assertRefused(made, 403, 'ELB.9802', /do not allow elb:pools:create on/);
});

test('a grant for one project gives nothing in another, and its user gets no token there', async () => {
  await using ground = await PermissionGround.start({
    local: { policies: ['ELB FullAccess'], projects: [seed.projectId] },
    idle: { policies: [] },
  });
  const api = await ground.as('local');
  assert.equal(assertDone(await api.get('/v3/projects')).projects.length, 1);
  const there = await api.get(`/v3/${seed.otherProjectId}/elb/pools`);
  assertRefused(there, 403, 'SYS.0403', /gives no access to the project/);
  await assert.rejects(
    ApiClient.login(ground.controlPlane.url, seed.otherProjectId, 'local', 'a password'),
    /no part in/,
  );
  await assert.rejects(ground.as('idle'), /no part in/);
});

test('apply needs what it does to each part, and an export what it shows', async () => {
  const apply = policyOf('applies', { Effect: 'Allow', Action: ['elbow:loadbalancers:*', 'elb:*:get'] });
  const listeners = policyOf('listeners', {
    Effect: 'Allow',
    Action: ['elb:listeners:*', 'elb:loadbalancers:put'],
  });
  const hidden = policyOf('no members', { Effect: 'Deny', Action: ['elb:members:get'] });
  await using ground = await PermissionGround.start({
    applier: { policies: [apply] },
    more: { policies: [apply, listeners] },
    blind: { policies: [apply, hidden] },
  });
  const { lb } = await ground.tree('0');
  const document = assertDone(await ground.api.get(`/elbow/v1/loadbalancers/${lb.id}/export`));
  const path = `/elbow/v1/loadbalancers/apply?project_id=${seed.projectId}&loadbalancer_id=${lb.id}`;
  const applied = async (user: string, changed: object) =>
    (await ground.as(user)).put(path, { ...document, ...changed });
  assert.deepEqual(assertDone(await applied('applier', {})).changes, []);
  const before = storedRecords(ground.controlPlane.directory);
  const renamed = { loadbalancer: { ...document.loadbalancer, name: 'b' } };
  assertRefused(await applied('applier', renamed), 403, 'ELB.9802', /do not allow elb:loadbalancers:put on/);
  const gone = { listeners: [] };
  assertRefused(
    await applied('applier', gone),
    403,
    'ELB.9802',
    /do not allow elb:(listeners|l7\w+):delete on/,
  );
  // Its policies and rules go with it.
  assertRefused(await applied('more', gone), 403, 'ELB.9802', /do not allow elb:l7\w+:delete on/);
  const added = {
    listeners: [...document.listeners, { name: 'new', protocol: 'HTTP', protocol_port: 8099 }],
  };
  assertRefused(await applied('applier', added), 403, 'ELB.9802', /do not allow elb:listeners:create on/);
  assert.deepEqual(storedRecords(ground.controlPlane.directory), before);
  assert.equal(assertDone(await applied('more', { ...added, ...renamed })).changes.length, 2);
  const shown = await (await ground.as('blind')).get(`/elbow/v1/loadbalancers/${lb.id}/export`);
  assertRefused(shown, 403, 'ELB.9802', /do not allow elb:members:get on/);
});
