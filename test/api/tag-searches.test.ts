/** Tags of networks, and what is found by tags (rules digest 3.5, real clients 2.2). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seed, startTestControlPlane } from '../support/control-plane.ts';
import { assertDone, assertRefused, makeListener, makeLoadBalancer, places } from './fixtures.ts';

const base = `/v2.0/${seed.projectId}`;

test('VPCs and subnets have tags, as Terraform changes and reads them', async () => {
  await using cp = await startTestControlPlane();
  const { api, other } = cp;
  const v1 = `/v1/${seed.projectId}`;
  const { vpc } = assertDone(await api.post(`${v1}/vpcs`, { vpc: { cidr: '10.0.0.0/16' } }));
  const body = { subnet: { name: 's', cidr: '10.0.0.0/24', vpc_id: vpc.id } };
  const { subnet } = assertDone(await api.post(`${v1}/subnets`, body));
  const tags = [
    { key: 'stage', value: 'test' },
    { key: 'empty', value: '' },
  ];
  for (const [plural, id, declared] of [
    ['vpcs', vpc.id, seed.vpcId],
    ['subnets', subnet.id, seed.networkId],
  ]) {
    const path = `${base}/${plural}/${id}/tags`;
    const act = (action: string, of: object[], at = path) => api.post(`${at}/action`, { action, tags: of });
    assertDone(await act('create', [{ key: 'stage', value: 'test' }, { key: 'empty' }]), 204);
    assert.deepEqual(assertDone(await api.get(path)).tags, tags);
    assert.deepEqual(assertDone(await api.get(`${base}/${plural}/tags`)).tags.length, 2);
    assertDone(await act('delete', [{ key: 'empty' }]), 204);
    assert.deepEqual(assertDone(await api.get(path)).tags, tags.slice(0, 1));
    assert.deepEqual(assertDone(await api.get(`${base}/${plural}/${declared}/tags`)).tags, []);
    const refused = await act('create', tags, `${base}/${plural}/${declared}/tags`);
    assertRefused(refused, 409, 'ELB.8907', /is one of the inventory/);
    for (const foreign of [id, places.nothing]) {
      const theirs = `/v2.0/${seed.otherProjectId}/${plural}/${foreign}/tags`;
      assertRefused(await other.get(theirs), 404, 'ELB.8904', /could not be found/);
    }
  }
});

test('3.5 resources are found and counted by their tags and their name', async () => {
  await using cp = await startTestControlPlane();
  const { api, other } = cp;
  const tag = (key: string, value: string) => ({ key, value });
  const one = await makeLoadBalancer(api, { name: 'one', tags: [tag('stage', 'test'), tag('team', 'a')] });
  const two = await makeLoadBalancer(api, { name: 'two', tags: [tag('stage', 'live')] });
  const listener = await makeListener(api, one.id, { name: 'web', tags: [tag('stage', 'test')] });
  const search = (plural: string, fields: object, api_ = api) =>
    api_.post(`/v2.0/${api_.projectId}/${plural}/resource_instances/action`, { action: 'filter', ...fields });
  const found = async (fields: object) =>
    assertDone(await search('loadbalancers', fields)).resources.map(
      ({ resource_id }: { resource_id: string }) => resource_id,
    );
  assert.deepEqual(assertDone(await search('listeners', { tags: [{ key: 'stage', values: [] }] })), {
    resources: [
      {
        ...{ resource_id: listener.id, resource_name: 'web', resource_detail: null },
        tags: [tag('stage', 'test')],
      },
    ],
    total_count: 1,
  });
  assert.deepEqual(await found({}), [one.id, two.id]);
  assert.deepEqual(await found({ tags: [{ key: 'stage', values: ['live', 'x'] }] }), [two.id]);
  const both = [
    { key: 'stage', values: ['test', 'live'] },
    { key: 'team', values: [] },
  ];
  assert.deepEqual(await found({ tags: both }), [one.id]);
  assert.deepEqual(await found({ matches: [{ key: 'resource_name', value: 'two' }] }), [two.id]);
  assert.deepEqual(await found({ limit: '1', offset: '1' }), [two.id]);
  const count = await search('loadbalancers', { action: 'count', tags: [{ key: 'stage', values: [] }] });
  assert.deepEqual(assertDone(count), { total_count: 2 });
  assert.equal(assertDone(await search('loadbalancers', {}, other)).total_count, 0);
  assertRefused(
    await search('listeners', { action: 'find' }),
    400,
    'ELB.8902',
    /expected one of filter, count/,
  );
  assertRefused(await search('listeners', { limit: 'x' }), 400, 'ELB.8902', /'limit'/);
});
