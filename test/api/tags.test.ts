import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { seed, startTestControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { makeListener, makeLoadBalancer } from './fixtures.ts';

interface Tag {
  readonly key: string;
  readonly value?: string;
}

let controlPlane: TestControlPlane;

before(async () => {
  controlPlane = await startTestControlPlane();
});

after(() => controlPlane[Symbol.asyncDispose]());

/** Where a kind of resource is, where its tags are, and one of its kind. */
const kinds = [
  {
    plural: 'loadbalancers',
    single: 'loadbalancer',
    make: async (tags: readonly Tag[]): Promise<string> =>
      (await makeLoadBalancer(controlPlane.api, { tags })).id,
  },
  {
    plural: 'listeners',
    single: 'listener',
    make: async (tags: readonly Tag[]): Promise<string> => {
      const { api } = controlPlane;
      const lb = await makeLoadBalancer(api);
      const listener = { loadbalancer_id: lb.id, protocol: 'HTTP', protocol_port: 80, tags };
      return (await api.create('/elb/listeners', { listener })).id;
    },
  },
] as const;

const versions = ['v3', 'v2.0'] as const;

const act = (path: string, action: string, tags: readonly Tag[]) =>
  controlPlane.api.post(`${path}/tags/action`, { action, tags });

for (const { plural, single, make } of kinds) {
  for (const version of versions) {
    const root = `/${version}/${seed.projectId}/${plural}`;

    test(`tags of ${plural} are one store with the resource’s own, through ${version}`, async () => {
      const { api } = controlPlane;
      const id = await make([{ key: 'from', value: 'creation' }]);
      const path = `${root}/${id}`;
      const shown = await api.get(`${path}/tags`);
      assert.equal(shown.status, 200);
      assert.deepEqual(shown.body, { tags: [{ key: 'from', value: 'creation' }] });

      const added = await act(path, 'create', [
        { key: 'from', value: 'action' },
        { key: 'empty', value: '' },
      ]);
      assert.equal(added.status, 204, JSON.stringify(added.body));
      assert.equal(added.body, null);
      const both = [
        { key: 'from', value: 'action' },
        { key: 'empty', value: '' },
      ];
      assert.deepEqual((await api.get(`${path}/tags`)).body.tags, both);
      const resource = (await api.get(`/elb/${plural}/${id}`)).body[single];
      assert.deepEqual(resource.tags, both);

      for (const gone of [
        { key: 'never', value: 'was' },
        { key: 'from', value: 'another value' },
      ]) {
        assert.equal((await act(path, 'delete', [gone])).status, 204);
      }
      assert.deepEqual((await api.get(`${path}/tags`)).body.tags, both, 'only a pair that is there goes');
      assert.equal((await act(path, 'delete', both)).status, 204);
      assert.deepEqual((await api.get(`${path}/tags`)).body, { tags: [] });
    });

    test(`what tags of ${plural} cannot be is refused and changes nothing, through ${version}`, async () => {
      const { api } = controlPlane;
      const id = await make([{ key: 'a', value: '1' }]);
      const path = `${root}/${id}`;
      const message = async (body: unknown) => {
        const refused = await api.post(`${path}/tags/action`, body);
        assert.equal(refused.status, 400, JSON.stringify(body));
        assert.equal(refused.body.error_code, 'ELB.8902');
        return refused.body.error_msg;
      };
      const pair = { key: 'k', value: 'v' };
      assert.equal(
        await message({ action: 'create', tags: [pair, { key: 'k', value: 'w' }] }),
        'Invalid input for \'tags\': the key "k" occurs more than once.',
      );
      assert.match(
        await message({ action: 'replace', tags: [pair] }),
        /'action': got "replace", expected one/,
      );
      assert.match(await message({ tags: [pair] }), /'action': it is required/);
      assert.match(await message({ action: 'create' }), /'tags': it is required/);
      assert.match(
        await message({ action: 'create', tags: [] }),
        /'tags': got \[\], expected a list of 1 to 20/,
      );
      assert.match(
        await message({ action: 'create', tags: [{ value: 'v' }] }),
        /'tags\[0\].key': it is required/,
      );
      for (const key of ['', 'a=b', 'a,b', 'a/b', 'a\tb', 'x'.repeat(129)]) {
        assert.match(await message({ action: 'create', tags: [{ key, value: '' }] }), /'tags\[0\].key': got/);
      }
      assert.match(
        await message({ action: 'create', tags: [{ key: 'k', value: 'x'.repeat(256) }] }),
        /'tags\[0\].value': got/,
      );
      assert.match(
        await message({ action: 'create', tags: [pair], more: 1 }),
        /Unrecognized attribute.*more/,
      );
      assert.deepEqual((await api.get(`${path}/tags`)).body.tags, [{ key: 'a', value: '1' }]);
    });

    test(`${plural} of another project have no tags to see or to change, through ${version}`, async () => {
      const { other } = controlPlane;
      const id = await make([]);
      const theirs = `/${version}/${seed.otherProjectId}/${plural}/${id}`;
      const shown = await other.get(`${theirs}/tags`);
      assert.equal(shown.status, 404);
      assert.equal(shown.body.error_code, 'ELB.8904');
      const changed = await other.post(`${theirs}/tags/action`, {
        action: 'create',
        tags: [{ key: 'k', value: 'v' }],
      });
      assert.equal(changed.status, 404);
      assert.equal((await other.get(`${root}/${id}/tags`)).status, 403);
    });
  }

  test(`${plural} take up to 20 tags, however they came`, async () => {
    const { api } = controlPlane;
    const tags = Array.from({ length: 19 }, (_, index) => ({ key: `k${index}`, value: '' }));
    const path = `/${plural}/${await make(tags)}`;
    const two = [
      { key: 'y', value: '' },
      { key: 'z', value: '' },
    ];
    const refused = await act(path, 'create', two);
    assert.equal(refused.status, 400);
    assert.equal(
      refused.body.error_msg,
      "Invalid input for 'tags': there would be 21 tags, expected at most 20; delete some first.",
    );
    assert.equal((await api.get(`${path}/tags`)).body.tags.length, 19);
    assert.equal((await act(path, 'create', two.slice(1))).status, 204);
    assert.equal((await act(path, 'create', [{ key: 'k3', value: 'again' }])).status, 204);
    assert.equal((await api.get(`${path}/tags`)).body.tags.length, 20);
  });

  test(`all tags of a project’s ${plural} are listed by key with their values`, async () => {
    await using fresh = await startTestControlPlane();
    const { api, other } = fresh;
    const lbs = [];
    for (const _ of [1, 2, 3]) lbs.push(await makeLoadBalancer(api));
    const ids =
      plural === 'loadbalancers'
        ? lbs.map(({ id }) => id)
        : await Promise.all(
            lbs.map(async ({ id }) => {
              const listener = { loadbalancer_id: id, protocol: 'HTTP', protocol_port: 80 };
              return (await api.create('/elb/listeners', { listener })).id;
            }),
          );
    const wanted = [
      [
        { key: 'owner', value: 'b' },
        { key: 'env', value: '' },
      ],
      [{ key: 'owner', value: 'a' }],
      [{ key: 'owner', value: 'b' }],
    ];
    for (const [index, tags] of wanted.entries()) {
      const changed = await api.post(`/${plural}/${ids[index]}/tags/action`, { action: 'create', tags });
      assert.equal(changed.status, 204);
    }
    const all = {
      tags: [
        { key: 'env', values: [''] },
        { key: 'owner', values: ['a', 'b'] },
      ],
    };
    for (const version of versions) {
      assert.deepEqual((await api.get(`/${version}/${api.projectId}/${plural}/tags`)).body, all);
    }
    assert.deepEqual((await other.get(`/${plural}/tags`)).body, { tags: [] });
  });
}

test('a value may be left out where Terraform leaves out an empty one, and nowhere else', async () => {
  const { api } = controlPlane;
  const { id, tags } = await makeLoadBalancer(api, { tags: [{ key: 'made' }, { key: 'null', value: null }] });
  assert.deepEqual(tags, [
    { key: 'made', value: '' },
    { key: 'null', value: '' },
  ]);
  const listener = await makeListener(api, id, { tags: [{ key: 'made' }] });
  assert.deepEqual(listener.tags, [{ key: 'made', value: '' }]);
  assert.deepEqual((await api.get(`/listeners/${listener.id}/tags`)).body.tags, listener.tags);
  await api.post(`/loadbalancers/${id}/tags/action`, { action: 'delete', tags });
  const terraform = `/v2.0/${seed.projectId}/loadbalancers/${id}`;
  assert.equal((await act(terraform, 'create', [{ key: 'bare' }])).status, 204);
  assert.deepEqual((await api.get(`${terraform}/tags`)).body.tags, [{ key: 'bare', value: '' }]);
  for (const action of ['create', 'delete']) {
    const refused = await act(`/loadbalancers/${id}`, action, [{ key: 'bare' }]);
    assert.equal(refused.status, 400);
    assert.match(refused.body.error_msg, /'tags\[0\].value': it is required/);
  }
  assert.equal((await act(terraform, 'delete', [{ key: 'bare' }])).status, 204);
  assert.deepEqual((await api.get(`${terraform}/tags`)).body.tags, []);
});
