import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiClient, Reply } from '../support/api-client.ts';
import { seed, seedInventory, startTestControlPlane } from '../support/control-plane.ts';
import { dump } from '../support/database.ts';
import { serverPair } from '../support/pem.ts';
import { assertDone, assertRefused, makeLoadBalancer, makePool, places } from './fixtures.ts';
import { mine, PermissionGround, policyOf, theirs } from './permission-ground.ts';

const path = '/v1.0/enterprise-projects';

const idsOf = (reply: Reply): string[] =>
  assertDone(reply).enterprise_projects.map(({ id }: { id: string }) => id);

async function make(api: ApiClient, name: string) {
  return assertDone(await api.post(path, { name }), 201).enterprise_project;
}

test('there are the default one, those of the inventory, and those that calls make, which can be used at once', async () => {
  await using controlPlane = await startTestControlPlane();
  const { api } = controlPlane;
  const made = assertDone(
    await api.post(path, { name: 'team-a', description: 'Its things', type: 'poc' }),
    201,
  );
  const { id, created_at, updated_at, ...rest } = made.enterprise_project;
  assert.deepEqual(rest, { name: 'team-a', description: 'Its things', type: 'poc', status: 1 });
  assert.equal(created_at, updated_at);
  assert.deepEqual(assertDone(await api.get(`${path}/${id}`)), made);
  const listed = assertDone(await api.get(path));
  assert.equal(listed.total_count, 3);
  assert.equal(listed.enterprise_projects[0].id, id);
  assert.deepEqual(
    new Set(listed.enterprise_projects.map(({ name }: { name: string }) => name)),
    new Set(['default', 'eps', 'team-a']),
  );
  const lb = await makeLoadBalancer(api, { enterprise_project_id: id });
  assert.equal(lb.enterprise_project_id, id);
  await controlPlane.restart();
  const again = assertDone(await controlPlane.api.get(`${path}/${id}`));
  assert.deepEqual(again, made);
});

test('a list has the filters, pages and orders of the service', async () => {
  await using controlPlane = await startTestControlPlane(undefined, clock());
  const { api } = controlPlane;
  const [first, second, third] = [await make(api, 'web-1'), await make(api, 'WEB-2'), await make(api, 'db')];
  assertDone(await api.post(`${path}/${second.id}/action`, { action: 'disable' }), 204);
  const asked: [string, string[]][] = [
    ['?name=web', [second.id, first.id]],
    ['?name=web&sort_dir=asc', [first.id, second.id]],
    ['?status=2', [second.id]],
    [`?id=${third.id}`, [third.id]],
    [`?id=${places.nothing}`, []],
    ['?limit=2', [third.id, second.id]],
    ['?limit=1&offset=2', [first.id]],
    ['?name=web&sort_key=updated_at', [second.id, first.id]],
    ['?sort_key=name&sort_dir=asc&limit=1', [second.id]],
  ];
  for (const [query, ids] of asked) assert.deepEqual(idsOf(await api.get(`${path}${query}`)), ids, query);
  assert.equal(assertDone(await api.get(`${path}?limit=1`)).total_count, 5);
  const wrong: [string, RegExp][] = [
    ['limit=0', /'limit': got "0", expected a whole number from 1 to 1000/],
    ['limit=x', /'limit'/],
    ['offset=-1', /'offset'/],
    ['status=3', /'status'.*from 1 to 2/],
    ['sort_key=id', /'sort_key': got "id", expected one of created_at/],
    ['sort_dir=up', /'sort_dir'/],
  ];
  for (const [query, message] of wrong) {
    assertRefused(await api.get(`${path}?${query}`), 400, 'ELB.8902', message);
  }
});

/** Later by a second each time it is asked. */
function clock(): () => Date {
  let now = Date.parse('2026-01-31T09:30:00Z');
  return () => {
    now += 1000;
    return new Date(now);
  };
}

test('an enterprise project can be changed, disabled and enabled; the declared ones stay as they are', async () => {
  await using controlPlane = await startTestControlPlane();
  const { api } = controlPlane;
  const { id } = await make(api, 'team-a');
  const changed = assertDone(await api.put(`${path}/${id}`, { name: 'team-b', description: 'New' }));
  assert.equal(changed.enterprise_project.name, 'team-b');
  assert.equal(changed.enterprise_project.description, 'New');
  assert.equal(changed.enterprise_project.type, 'prod');
  assertDone(await api.post(`${path}/${id}/action`, { action: 'disable' }), 204);
  assert.equal(assertDone(await api.get(`${path}/${id}`)).enterprise_project.status, 2);
  const pool = { protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', type: 'ip', enterprise_project_id: id };
  assertRefused(await api.post('/elb/pools', { pool }), 409, 'ELB.8907', /is disabled; enable it/);
  assertDone(await api.post(`${path}/${id}/action`, { action: 'enable' }), 204);
  assertDone(await api.post('/elb/pools', { pool }), 201);
  for (const [declared, message] of [
    ['0', /is the default one/],
    [places.enterpriseProject, /is one of the inventory; change its file/],
  ] as const) {
    assertRefused(await api.put(`${path}/${declared}`, { name: 'x' }), 409, 'ELB.8907', message);
    const action = await api.post(`${path}/${declared}/action`, { action: 'disable' });
    assertRefused(action, 409, 'ELB.8907', message);
  }
});

test('names that cannot be and enterprise projects that are not there are refused, and nothing is written', async () => {
  await using controlPlane = await startTestControlPlane();
  const { api } = controlPlane;
  const { id } = await make(api, 'team-a');
  const before = dump(controlPlane.directory);
  const wrong: [unknown, number, string, RegExp][] = [
    [{}, 400, 'ELB.8902', /'name': it is required/],
    [{ name: '' }, 400, 'ELB.8902', /'name'/],
    [{ name: 'a b' }, 400, 'ELB.8902', /got "a b", expected letters, digits/],
    [{ name: 'my-Default-one' }, 400, 'ELB.8902', /without the word "default"/],
    [{ name: 'x', type: 'test' }, 400, 'ELB.8902', /'type'/],
    [{ name: 'x', status: 2 }, 400, 'ELB.8902', /status/],
    [{ name: 'x', description: 'd'.repeat(513) }, 400, 'ELB.8902', /'description'/],
    [{ name: 'eps' }, 409, 'ELB.8907', /name "eps" already/],
    [{ name: 'team-a' }, 409, 'ELB.8907', /name "team-a" already/],
  ];
  for (const [body, status, code, message] of wrong) {
    assertRefused(await api.post(path, body), status, code, message);
  }
  assertRefused(await api.put(`${path}/${id}`, { name: 'eps' }), 409, 'ELB.8907', /already/);
  assertRefused(await api.post(`${path}/${id}/action`, { action: 'stop' }), 400, 'ELB.8902', /'action'/);
  const absent = `${path}/${places.nothing}`;
  for (const reply of [
    await api.get(absent),
    await api.put(absent, { name: 'x' }),
    await api.post(`${absent}/action`, { action: 'enable' }),
    await api.post(`${absent}/resources-migrate`, { resource_type: 'pools', resource_id: id }),
    await api.post(`${absent}/resources/filter`, { resource_types: ['pools'] }),
  ]) {
    assertRefused(reply, 404, 'ELB.8904', /enterprise project 0{8}.* could not be found/);
  }
  assert.equal(dump(controlPlane.directory), before);
});

test('a load balancer and a pool move with all that belongs to them, and the rest stays', async () => {
  await using ground = await PermissionGround.start({});
  const { api } = ground;
  const { lb, pool, other } = await ground.tree(mine);
  const move = (resource_type: string, resource_id: string) =>
    api.post(`${path}/${theirs}/resources-migrate`, {
      ...{ resource_type, resource_id, project_id: seed.projectId, region_id: 'region-1' },
    });
  const there = async (key: string, of: string) =>
    assertDone(await api.get(`/elb/${key}?enterprise_project_id=${of}`))[key].length;
  const rules = async (of: string) =>
    assertDone(await api.get(`/elb/l7policies/rules?enterprise_project_id=${of}`)).rules.length;
  assertDone(await move('loadbalancers', lb.id), 204);
  const moved = assertDone(await api.get(`/elb/loadbalancers/${lb.id}`)).loadbalancer;
  assert.equal(moved.enterprise_project_id, theirs);
  for (const key of ['loadbalancers', 'listeners', 'l7policies']) {
    assert.deepEqual([await there(key, theirs), await there(key, mine)], [1, 0], key);
  }
  assert.deepEqual([await rules(theirs), await rules(mine)], [1, 0]);
  assert.deepEqual([await there('pools', theirs), await there('pools', mine)], [0, 2]);
  assertDone(await move('pools', pool.id), 204);
  for (const key of ['pools', 'members', 'healthmonitors']) assert.equal(await there(key, theirs), 1, key);
  assert.equal(assertDone(await api.get(`/elb/pools/${other.id}`)).pool.enterprise_project_id, mine);
  // What is there already stays.
  const before = dump(ground.controlPlane.directory);
  assertDone(await move('pools', pool.id), 204);
  assert.equal(dump(ground.controlPlane.directory), before);
});

test('certificates, IP groups and security policies move', async () => {
  await using ground = await PermissionGround.start({});
  const { api } = ground;
  const created = {
    certificates: ['certificate', { certificate: { ...serverPair(), name: 'c' } }],
    ipgroups: ['ipgroup', { ipgroup: { ip_list: [{ ip: '10.0.0.1' }] } }],
    'security-policies': [
      'security_policy',
      { security_policy: { name: 's', protocols: ['TLSv1.2'], ciphers: ['ECDHE-RSA-AES256-GCM-SHA384'] } },
    ],
  } as const;
  for (const [plural, [key, body]] of Object.entries(created)) {
    const { id } = await api.create(`/elb/${plural}`, body);
    const migration = { resource_type: plural.replace('-', '_'), resource_id: id };
    assertDone(await api.post(`${path}/${theirs}/resources-migrate`, migration), 204);
    assert.equal(
      assertDone(await api.get(`/elb/${plural}/${id}`))[key].enterprise_project_id,
      theirs,
      plural,
    );
  }
});

test('the public IPs of a load balancer move with it when asked to', async () => {
  await using controlPlane = await startTestControlPlane({
    ...seedInventory,
    public_network: '203.0.113.0/24',
  });
  const { api } = controlPlane;
  const bandwidth = { name: 'b', size: 1, share_type: 'PER', charge_mode: 'traffic' };
  for (const [associated, expected] of [
    [false, '0'],
    [true, mine],
  ] as const) {
    const lb = await makeLoadBalancer(api, { publicip: { network_type: '5_bgp', bandwidth } });
    const migration = { resource_type: 'loadbalancers', resource_id: lb.id, associated };
    assertDone(await api.post(`${path}/${mine}/resources-migrate`, migration), 204);
    const { publicip } = assertDone(
      await api.get(`/v1/${seed.projectId}/publicips/${lb.publicips[0].publicip_id}`),
    );
    assert.equal(publicip.enterprise_project_id, expected);
  }
});

test('what cannot move is refused, and nothing moves', async () => {
  await using ground = await PermissionGround.start({});
  const { api } = ground;
  const { lb, listener, member } = await ground.tree(mine);
  const closed = await make(api, 'closed');
  assertDone(await api.post(`${path}/${closed.id}/action`, { action: 'disable' }), 204);
  const before = dump(ground.controlPlane.directory);
  const move = (body: object, target = theirs) => api.post(`${path}/${target}/resources-migrate`, body);
  const named = { resource_type: 'loadbalancers', resource_id: lb.id };
  assertRefused(
    await move({ resource_type: 'listeners', resource_id: listener.id }),
    400,
    'ELB.8902',
    /'resource_type': got "listeners", expected one of loadbalancers, pools, .*what they belong to/,
  );
  assertRefused(
    await move({ resource_type: 'members', resource_id: member.id }),
    400,
    'ELB.8902',
    /resource_type/,
  );
  assertRefused(
    await move({ resource_type: 'pools', resource_id: lb.id }),
    404,
    'ELB.8904',
    /could not be found/,
  );
  const elsewhere = { ...named, project_id: seed.otherProjectId };
  assertRefused(await move(elsewhere), 404, 'ELB.8904', /load balancer .* could not be found/);
  assertRefused(
    await move({ ...named, region_id: 'eu-1' }),
    400,
    'ELB.8902',
    /expected region-1, the only region/,
  );
  assertRefused(await move(named, closed.id), 409, 'ELB.8907', /is disabled; enable it/);
  assertRefused(await move({ resource_id: lb.id }), 400, 'ELB.8902', /'resource_type'/);
  const { other } = ground.controlPlane;
  const foreign = await other.post(`${path}/${theirs}/resources-migrate`, named);
  const absent = await other.post(`${path}/${theirs}/resources-migrate`, {
    ...named,
    resource_id: places.nothing,
  });
  assert.deepEqual(
    [foreign.status, foreign.body.error_msg.replace(lb.id, '')],
    [absent.status, absent.body.error_msg.replace(places.nothing, '')],
  );
  assert.equal(foreign.status, 404);
  assert.equal(dump(ground.controlPlane.directory), before);
});

test('what is in an enterprise project can be listed, by kind, project and name', async () => {
  await using ground = await PermissionGround.start({});
  const { api } = ground;
  const { lb, pool, other, ipgroup } = await ground.tree(mine);
  const listing = async (body: object) =>
    assertDone(await api.post(`${path}/${mine}/resources/filter`, body));
  const ids = ({ resources }: { resources: { resource_id: string }[] }) =>
    resources.map(({ resource_id }) => resource_id);
  const balancers = await listing({ resource_types: ['loadbalancers'] });
  assert.deepEqual(balancers, {
    resources: [
      {
        enterprise_project_id: mine,
        ...{ project_id: seed.projectId, project_name: 'region-1' },
        ...{ resource_type: 'loadbalancers', resource_id: lb.id, resource_name: 'lb', resource_detail: {} },
      },
    ],
    errors: [],
    total_count: 1,
  });
  const both = { resource_types: ['pools', 'ipgroups'] };
  assert.deepEqual(ids(await listing(both)), [ipgroup.id, ...[pool.id, other.id].toSorted()]);
  assert.deepEqual(ids(await listing({ ...both, limit: 1, offset: 1 })), [[pool.id, other.id].toSorted()[0]]);
  assert.equal((await listing({ ...both, limit: 1 })).total_count, 3);
  const named = { ...both, matches: [{ key: 'resource_name', value: 'a' }] };
  assert.deepEqual(ids(await listing(named)), [ipgroup.id]);
  for (const project of [seed.otherProjectId, 'nowhere']) {
    assert.deepEqual(ids(await listing({ ...both, projects: [project] })), []);
  }
  const wrong = await api.post(`${path}/${mine}/resources/filter`, { resource_types: ['listeners'] });
  assertRefused(wrong, 400, 'ELB.8902', /'resource_type': got "listeners"/);
});

test('who has an enterprise project alone sees no other, makes none, and moves nothing out of or into another', async () => {
  await using ground = await PermissionGround.start({
    team: { policies: ['EPS FullAccess'], enterprise_project: mine },
    movers: {
      policies: [policyOf('moves', { Effect: 'Allow', Action: ['eps:resources:add'] })],
      enterprise_project: mine,
      beside: [{ policy: 'EPS FullAccess', enterprise_project: theirs }],
    },
  });
  const own = await makePool(ground.api, { type: 'ip', enterprise_project_id: mine });
  const other = await makePool(ground.api, { type: 'ip', enterprise_project_id: theirs });
  const api = await ground.as('team');
  assert.deepEqual(idsOf(await api.get(path)), [mine]);
  assertDone(await api.get(`${path}/${mine}`));
  const hidden = await api.get(`${path}/${theirs}`);
  assertRefused(hidden, 404, 'ELB.8904', /could not be found/);
  assertRefused(await api.put(`${path}/${theirs}`, { name: 'x' }), 404, 'ELB.8904', /could not be found/);
  assertRefused(
    await api.post(path, { name: 'x' }),
    403,
    'SYS.0403',
    /eps:enterpriseProjects:create in the domain/,
  );
  const migration = { resource_type: 'pools', resource_id: own.id };
  const into = await api.post(`${path}/${theirs}/resources-migrate`, migration);
  assertRefused(into, 404, 'ELB.8904', /enterprise project .* could not be found/);
  const outOf = await api.post(`${path}/${mine}/resources-migrate`, { ...migration, resource_id: other.id });
  assertRefused(outOf, 404, 'ELB.8904', /pool .* could not be found/);
  assertDone(await (await ground.as('movers')).post(`${path}/${theirs}/resources-migrate`, migration), 204);
  assert.equal(assertDone(await ground.api.get(`/elb/pools/${own.id}`)).pool.enterprise_project_id, theirs);
});

test('one that the file comes to declare is there once, as the file has it', async () => {
  const declared: { id: string; name: string }[] = [];
  await using controlPlane = await startTestControlPlane({ ...seedInventory, enterprise_projects: declared });
  const { id } = await make(controlPlane.api, 'team-a');
  declared.push({ id, name: 'renamed' });
  await controlPlane.restart();
  const { enterprise_projects } = assertDone(await controlPlane.api.get(`${path}?id=${id}`));
  assert.deepEqual(
    enterprise_projects.map(({ name }: { name: string }) => name),
    ['renamed'],
  );
});
