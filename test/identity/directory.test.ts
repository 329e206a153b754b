/** What clients learn before their first call: versions, projects, the domain, regions, users. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BasicCredentials, Region } from '@huaweicloud/huaweicloud-sdk-core';
import { ClientBuilder } from '@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js';
import type { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';
import { assertDone, assertRefused } from '../api/fixtures.ts';
import { ApiClient } from '../support/api-client.ts';
import {
  seed,
  seedInventory,
  startTestControlPlane,
  type TestControlPlane,
} from '../support/control-plane.ts';

let cp: TestControlPlane;
/** With a token for the domain. */
let admin: ApiClient;

before(async () => {
  cp = await startTestControlPlane();
  admin = await domainClient(cp, 'elbow', 'correct-password');
});
after(() => cp[Symbol.asyncDispose]());

async function domainClient({ url }: TestControlPlane, name: string, password: string): Promise<ApiClient> {
  const identity = { methods: ['password'], password: { user: { name, password } } };
  const reply = await new ApiClient(url, seed.projectId, {}).post('/v3/auth/tokens', {
    auth: { identity, scope: { domain: { name: 'elbow' } } },
  });
  return new ApiClient(url, seed.projectId, { 'x-auth-token': reply.headers.get('x-subject-token') ?? '' });
}

const idsOf = (list: { id: string }[]) => list.map(({ id }) => id);

test('the versions are told to anybody, and lead to where they were asked for', async () => {
  const nobody = new ApiClient(cp.url, seed.projectId, {});
  const href = `${cp.url}/v3/`;
  const version = {
    ...{ id: 'v3.6', status: 'stable', updated: '2016-04-04T00:00:00Z' },
    ...{ links: [{ rel: 'self', href }], 'media-types': [] },
  };
  assert.deepEqual(assertDone(await nobody.get('/')), { versions: { values: [version] } });
  for (const path of ['/v3', '/v3/']) assert.deepEqual(assertDone(await nobody.get(path)), { version });
});

describe('the projects', () => {
  test('are those of the caller, as far as its token goes', async () => {
    const all = [seed.projectId, seed.otherProjectId];
    assert.deepEqual(idsOf(assertDone(await admin.get('/v3/projects')).projects), all);
    for (const path of ['/v3/projects', '/v3/auth/projects']) {
      assert.deepEqual(idsOf(assertDone(await cp.api.get(path)).projects), [seed.projectId]);
      assert.deepEqual(idsOf(assertDone(await cp.other.get(path)).projects), [seed.otherProjectId]);
    }
  });

  test('have what clients read of them', async () => {
    const { id: domain } = assertDone(await admin.get('/v3/auth/domains?name=elbow')).domains[0];
    const { projects, links } = assertDone(await admin.get('/v3/projects?name=region-1'));
    assert.deepEqual(projects, [
      {
        ...{ id: seed.projectId, name: 'region-1', domain_id: domain, parent_id: domain },
        ...{ enabled: true, is_domain: false, description: '', links: { self: '' } },
      },
    ]);
    assert.deepEqual(links, { self: '', next: null, previous: null });
    assert.deepEqual(assertDone(await admin.get(`/v3/projects/${seed.projectId}`)).project, projects[0]);
    assert.deepEqual(assertDone(await admin.get('/v3/auth/domains?name=elsewhere')).domains, []);
  });

  test('are filtered by each filter, and cut into pages', async () => {
    const { id: domain } = assertDone(await admin.get('/v3/auth/domains')).domains[0];
    const found = async (query: string) =>
      idsOf(assertDone(await admin.get(`/v3/projects?${query}`)).projects);
    const both = [seed.projectId, seed.otherProjectId];
    assert.deepEqual(await found('name=other'), [seed.otherProjectId]);
    assert.deepEqual(await found(`id=${seed.projectId}`), [seed.projectId]);
    for (const query of [`domain_id=${domain}`, `parent_id=${domain}`, 'enabled=True', 'is_domain=false']) {
      assert.deepEqual(await found(query), both, query);
    }
    for (const query of [
      'name=none',
      'id=x',
      'domain_id=x',
      'parent_id=x',
      'enabled=false',
      'is_domain=true',
    ]) {
      assert.deepEqual(await found(query), [], query);
    }
    assert.deepEqual(await found('page=1&per_page=1'), [seed.projectId]);
    assert.deepEqual(await found('page=2&per_page=1'), [seed.otherProjectId]);
    assert.deepEqual(await found('page=3&per_page=1'), []);
    assertRefused(await admin.get('/v3/projects?page=0&per_page=1'), 400, 'ELB.8902', /'page'.*"0"/);
  });

  test('of others, and none, are refused in the same words wherever a path names one', async () => {
    for (const path of ['/v3/projects/ID', '/v3/ID/elb/pools', '/v3/ID/elb/pools/x', '/v1/ID/vpcs']) {
      const [foreign, absent] = await Promise.all(
        [seed.projectId, 'nosuchproject'].map(async (id) => {
          const reply = await cp.other.get(path.replace('ID', id));
          assertRefused(reply, 403, 'SYS.0403', /gives no access to the project/);
          return reply.body.error_msg.replace(id, 'ID');
        }),
      );
      assert.equal(foreign, absent);
    }
  });
});

describe('a project that is created', () => {
  test('can be used at once and after a restart, by all who have every project and nobody else', async () => {
    await using own = await startTestControlPlane({
      ...seedInventory,
      users: [...(seedInventory.users ?? []), { name: 'everywhere', password: 'everywhere-password' }],
    });
    let api = await domainClient(own, 'elbow', 'correct-password');
    const { project } = assertDone(
      await api.post('/v3/projects', { project: { name: 'team-b', description: 'Team B' } }),
      201,
    );
    assert.deepEqual([project.name, project.description], ['team-b', 'Team B']);
    assert.match(project.id, /^[0-9a-f]{32}$/);
    const pool = { protocol: 'TCP', lb_algorithm: 'ROUND_ROBIN', type: 'ip' };
    assertDone(await api.post(`/v3/${project.id}/elb/pools`, { pool }), 201);
    const [entry] = assertDone(await api.get('/elbow/v1/audit?resource_type=project')).audit;
    assert.deepEqual([entry.project_id, entry.resource_id, entry.operation], ['', project.id, 'create']);
    assert.deepEqual(entry.after, { name: 'team-b', description: 'Team B' });

    for (const round of ['now', 'after a restart']) {
      api = await domainClient(own, 'elbow', 'correct-password');
      const everywhere = await domainClient(own, 'everywhere', 'everywhere-password');
      for (const each of [api, everywhere]) {
        assert.deepEqual(assertDone(await each.get(`/v3/projects/${project.id}`)).project, project, round);
        assert.equal(assertDone(await each.get(`/v3/${project.id}/elb/pools`)).pools.length, 1, round);
      }
      assertRefused(await own.other.get(`/v3/${project.id}/elb/pools`), 403, 'SYS.0403', /no access/);
      if (round === 'now') await own.restart();
    }
  });

  test('has a name of its own, and belongs to the domain', async () => {
    const { id: domain } = assertDone(await admin.get('/v3/auth/domains')).domains[0];
    const count = async () => assertDone(await admin.get('/v3/projects')).projects.length;
    const before = await count();
    const refused = async (project: object, status: number, code: string, message: RegExp) =>
      assertRefused(await admin.post('/v3/projects', { project }), status, code, message);
    await refused(
      { name: 'region-1' },
      409,
      'ELB.8907',
      new RegExp(`project ${seed.projectId} has the name`),
    );
    await refused({ name: '' }, 400, 'ELB.8902', /project\.name/);
    await refused(
      { name: 'n', domain_id: 'x' },
      400,
      'ELB.8902',
      new RegExp(`project\\.domain_id.*${domain}`),
    );
    await refused({ name: 'n', parent_id: 'x' }, 400, 'ELB.8902', /project\.parent_id/);
    await refused({ name: 'n', enabled: false }, 400, 'ELB.8902', /Unrecognized.*enabled/);
    assert.equal(await count(), before);
    const twice = await Promise.all(
      [1, 2].map(() => admin.post('/v3/projects', { project: { name: 'twice', domain_id: domain } })),
    );
    assert.deepEqual(twice.map(({ status }) => status).toSorted(), [201, 409]);
    assert.equal(await count(), before + 1);
  });

  test('is the administrator’s to create', async () => {
    const reply = await cp.other.post('/v3/projects', { project: { name: 'mine' } });
    assertRefused(reply, 403, 'SYS.0403', /Only the user of the installation/);
    const taken = await cp.other.post('/v3/projects', { project: { name: 'region-1' } });
    assert.equal(taken.body.error_msg, reply.body.error_msg);
  });
});

test('the Node SDK, finding no project with the name of its region, creates one and uses it', async () => {
  await using own = await startTestControlPlane({
    ...seedInventory,
    projects: [
      { id: seed.projectId, name: 'first' },
      { id: seed.otherProjectId, name: 'other' },
    ],
  });
  const build = () =>
    new ClientBuilder((made: HcClient) => made)
      .withRegion(new Region('region-1', own.url))
      .withCredential(
        new BasicCredentials()
          .withAk('TESTAK0123456789')
          .withSk('testsk-secret-0123456789')
          .withIamEndpoint(own.url),
      )
      .build();
  const list = {
    ...{ method: 'GET', url: '/v3/{project_id}/elb/pools', contentType: 'application/json' },
    ...{ queryParams: {}, pathParams: {}, headers: {}, data: {} },
  };
  for (const round of ['it is created', 'it is found']) {
    // biome-ignore lint/suspicious/noExplicitAny: tests read whatever the API answers
    const answer = (await build().sendRequest(list as any)) as any;
    assert.deepEqual(answer.pools, [], round);
  }
  const api = await domainClient(own, 'elbow', 'correct-password');
  assert.equal(assertDone(await api.get('/v3/projects?name=region-1')).projects.length, 1);
});

test('the region is listed and shown as a public one', async () => {
  const { regions } = assertDone(await cp.other.get('/v3/regions'));
  assert.equal(regions.length, 1);
  const { id, type, parent_region_id, locales } = regions[0];
  assert.deepEqual([id, type, parent_region_id], ['region-1', 'public', null]);
  assert.deepEqual(locales, { 'en-us': 'region-1', 'zh-cn': 'region-1' });
  assert.deepEqual(assertDone(await cp.other.get('/v3/regions/region-1')).region, regions[0]);
  assertRefused(await cp.other.get('/v3/regions/mars'), 404, 'ELB.8904', /region mars/);
});

test('a user sees itself, and the administrator sees all users', async () => {
  const { users } = assertDone(await cp.api.get('/v3/users'));
  assert.deepEqual(
    users.map(({ name }: { name: string }) => name),
    ['elbow', 'other'],
  );
  const [first, other] = users;
  assert.deepEqual(assertDone(await cp.api.get('/v3/users?name=other')).users, [other]);
  assert.deepEqual(assertDone(await cp.api.get(`/v3/users/${other.id}`)).user, other);
  assert.deepEqual(assertDone(await cp.other.get('/v3/users')).users, [other]);
  assert.deepEqual(assertDone(await cp.other.get('/v3/users?name=elbow')).users, []);
  assert.deepEqual(assertDone(await cp.other.get(`/v3/users/${other.id}`)).user, other);
  const messages = [];
  for (const id of [first.id, 'nosuchuser']) {
    const reply = await cp.other.get(`/v3/users/${id}`);
    assertRefused(reply, 404, 'ELB.8904', /could not be found/);
    messages.push(reply.body.error_msg.replace(id, 'ID'));
  }
  assert.equal(messages[0], messages[1]);
});
