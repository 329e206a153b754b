/** The rules of IP groups, and of the listeners that use them (rules digest 2.9 and 2.2). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { seed, seedInventory, startTestControlPlane } from '../support/control-plane.ts';
import { evidence } from '../support/evidence.ts';
import { assertDone, assertRefused, makeListener, makeLoadBalancer, places } from './fixtures.ts';

const path = '/elb/ipgroups';

function makeIpGroup(api: ApiClient, ips: readonly string[] = [], fields: object = {}) {
  return api.create(path, { ipgroup: { ip_list: ips.map((ip) => ({ ip })), ...fields } });
}

/** The entries of a group as text. */
function ipsOf(ipgroup: { readonly ip_list: readonly { readonly ip: string }[] }): string[] {
  return ipgroup.ip_list.map(({ ip }) => ip);
}

test('a new IP group answers every field, with its entries as they were given', async () => {
  await using cp = await startTestControlPlane();
  const ip_list = [
    { ip: '192.168.1.0/24', description: 'office' },
    { ip: '10.0.0.1-10.0.0.9', description: '' },
    { ip: '2001:DB8::1' },
  ];
  const created = await cp.api.create(path, {
    ipgroup: { name: 'friends', ip_list, project_id: 'ignored' },
  });
  const { id, created_at, updated_at, ...rest } = created;
  assert.deepEqual(rest, {
    name: 'friends',
    description: '',
    project_id: seed.projectId,
    enterprise_project_id: '0',
    ip_list: [...ip_list.slice(0, 2), { ip: '2001:DB8::1', description: '' }],
    listeners: [],
  });
  assert.match(id, /^[0-9a-f-]{36}$/);
  assert.equal(created_at, updated_at);
  assert.deepEqual(assertDone(await cp.api.get(`${path}/${id}`)).ipgroup, created);
  assertRefused(await cp.other.get(`${path}/${id}`), 404, 'ELB.8904', /ipgroup .* could not be found/);
});

test('IG-1 notations of the same addresses are stored once, as first given', async () => {
  evidence('ipgroup.ip_list', 'enforced');
  await using cp = await startTestControlPlane();
  const group = await cp.api.create(path, {
    ipgroup: {
      ip_list: [
        { ip: '0.0.0.0', description: 'first' },
        { ip: '0.0.0.0/32', description: 'again' },
        { ip: '0:0:0:0:0:0:0:1' },
        { ip: '::1' },
        { ip: '::1/128' },
        { ip: '10.0.0.0/30' },
        { ip: '10.0.0.0-10.0.0.3' },
      ],
    },
  });
  assert.deepEqual(group.ip_list, [
    { ip: '0.0.0.0', description: 'again' },
    { ip: '0:0:0:0:0:0:0:1', description: '' },
    { ip: '10.0.0.0/30', description: '' },
  ]);
});

test('a wrong entry is told by its place, and more than 300 are refused however they come', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const create = (ipgroup: object) => api.post(path, { ipgroup });
  assertRefused(await create({}), 400, 'ELB.8902', /ipgroup\.ip_list': it is required/);
  assertRefused(
    await create({ ip_list: [{ ip: '10.0.0.1' }, { ip: '10.0.0.300' }] }),
    400,
    'ELB.8902',
    /ipgroup\.ip_list\[1\]\.ip': got "10\.0\.0\.300", expected an address as/,
  );
  assertRefused(await create({ ip_list: [{ description: 'x' }] }), 400, 'ELB.8902', /ip_list\[0\]\.ip/);
  assertRefused(
    await create({ ip_list: [{ ip: '10.0.0.1', description: 'x'.repeat(256) }] }),
    400,
    'ELB.8902',
    /ip_list\[0\]\.description/,
  );
  assertRefused(
    await create({ ip_list: [], enterprise_project_id: 'nowhere' }),
    400,
    'ELB.1202',
    /no enterprise project "nowhere"/,
  );
  const many = (count: number, from = 0) =>
    Array.from({ length: count }, (_, i) => ({
      ip: `10.1.${Math.floor((i + from) / 250)}.${(i + from) % 250}`,
    }));
  assertRefused(await create({ ip_list: many(301) }), 400, 'ELB.8902', /a list of 0 to 300 items/);
  const full = await api.create(path, { ipgroup: { ip_list: many(300) } });
  assert.equal(full.ip_list.length, 300);
  assertRefused(
    await api.post(`${path}/${full.id}/iplist/create-or-update`, { ipgroup: { ip_list: many(2, 299) } }),
    400,
    'ELB.8902',
    /would have 301 entries, and takes 300/,
  );
});

test('IG-2 create-or-update adds entries and describes those there are, and never removes', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { id } = await makeIpGroup(api, ['10.0.0.1', '10.0.0.2']);
  const call = (ipgroup: object) => api.post(`${path}/${id}/iplist/create-or-update`, { ipgroup });
  const { ipgroup, request_id } = assertDone(
    await call({
      name: 'renamed',
      ip_list: [{ ip: '10.0.0.2/32', description: 'second' }, { ip: '10.0.0.3' }],
    }),
  );
  assert.ok(request_id);
  assert.equal(ipgroup.name, 'renamed');
  assert.deepEqual(ipgroup.ip_list, [
    { ip: '10.0.0.1', description: '' },
    { ip: '10.0.0.2', description: 'second' },
    { ip: '10.0.0.3', description: '' },
  ]);
  const again = assertDone(await call({ ip_list: [{ ip: '10.0.0.2' }] })).ipgroup;
  assert.equal(again.ip_list[1].description, 'second', 'without a description the present one stays');
  assert.deepEqual(assertDone(await call({})).ipgroup, again);
  assertRefused(await call({ id: 'x' }), 400, 'ELB.8902', /ipgroup\.id': it cannot be changed/);
  assertRefused(
    await api.post(`${path}/${places.nothing}/iplist/create-or-update`, { ipgroup: {} }),
    404,
    'ELB.8904',
    /ipgroup .* could not be found/,
  );
});

test('IG-3 batch-delete takes the entries written just so', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { id } = await makeIpGroup(api, ['10.0.0.1', '10.0.0.2/32', '10.0.1.0/24']);
  const call = async (...ips: string[]) =>
    ipsOf(
      assertDone(
        await api.post(`${path}/${id}/iplist/batch-delete`, {
          ipgroup: { ip_list: ips.map((ip) => ({ ip })) },
        }),
      ).ipgroup,
    );
  assert.deepEqual(await call('10.0.0.2', '10.9.9.9'), ['10.0.0.1', '10.0.0.2/32', '10.0.1.0/24']);
  assert.deepEqual(await call('10.0.0.2/32', '10.0.0.1'), ['10.0.1.0/24']);
  assertRefused(
    await api.post(`${path}/${id}/iplist/batch-delete`, { ipgroup: {} }),
    400,
    'ELB.8902',
    /ipgroup\.ip_list': it is required/,
  );
});

test('an update replaces all entries, and keeps them when it gives none', async () => {
  await using cp = await startTestControlPlane();
  const { id } = await makeIpGroup(cp.api, ['10.0.0.1'], { description: 'old' });
  const put = (ipgroup: object) => cp.api.put(`${path}/${id}`, { ipgroup });
  assert.deepEqual(ipsOf(assertDone(await put({ description: null })).ipgroup), ['10.0.0.1']);
  const replaced = assertDone(await put({ ip_list: [{ ip: '10.0.0.9' }] })).ipgroup;
  assert.deepEqual([replaced.description, ipsOf(replaced)], ['', ['10.0.0.9']]);
  assert.deepEqual(assertDone(await put({ ip_list: [] })).ipgroup.ip_list, []);
  assertRefused(
    await put({ enterprise_project_id: '0' }),
    400,
    'ELB.8902',
    /cannot be changed after creation/,
  );
});

test('IG-6 lists filter by id, name, description and whole entries, and page', async () => {
  await using cp = await startTestControlPlane();
  const a = await makeIpGroup(cp.api, ['10.0.0.1-10.0.0.9'], { name: 'a', description: 'one' });
  const b = await makeIpGroup(cp.api, ['10.0.0.1', '10.0.0.2'], { name: 'b' });
  const list = async (query: string) =>
    assertDone(await cp.api.get(`${path}?${query}`)).ipgroups.map((each: { id: string }) => each.id);
  const both = [a.id, b.id].sort();
  assert.deepEqual(await list(''), both);
  assert.deepEqual(await list('ip_list=10.0.0.1'), [b.id]);
  assert.deepEqual(await list('ip_list=10.0.0.1-10.0.0.9&ip_list=10.0.0.2'), both);
  assert.deepEqual(await list('ip_list=10.0.0'), []);
  assert.deepEqual(await list(`name=a&id=${a.id}&description=one`), [a.id]);
  assert.deepEqual(await list('enterprise_project_id=other'), []);
  const first = assertDone(await cp.api.get(`${path}?limit=1`));
  assert.deepEqual(first.page_info, {
    previous_marker: both[0],
    next_marker: both[0],
    current_count: 1,
  });
  assert.deepEqual(await list(`limit=1&marker=${both[0]}`), [both[1]]);
  assert.deepEqual(assertDone(await cp.other.get(path)).ipgroups, []);
});

test('IG-5 IG-7 IG-8 a group knows its listeners, and stays while one uses it', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  const a = await makeIpGroup(api, ['10.0.0.1']);
  const b = await makeIpGroup(api);
  const ipgroup = { ipgroup_id: `${a.id},${b.id}`, type: 'black' };
  const listener = await makeListener(api, lb.id, { ipgroup });
  assert.deepEqual(listener.ipgroup, { ...ipgroup, enable_ipgroup: true });
  for (const { id } of [a, b]) {
    assert.deepEqual(assertDone(await api.get(`${path}/${id}`)).ipgroup.listeners, [{ id: listener.id }]);
    assert.deepEqual(assertDone(await api.get(`${path}/${id}/related-listeners`)), {
      listeners: [{ id: listener.id }],
    });
  }
  const listed = assertDone(await api.get(path)).ipgroups;
  assert.deepEqual(listed[0].listeners, [{ id: listener.id }]);
  assertRefused(
    await api.delete(`${path}/${b.id}`),
    409,
    'ELB.8907',
    /in use by listener\(s\) .* to null first/,
  );

  const put = (body: object) => api.put(`/elb/listeners/${listener.id}`, { listener: body });
  const disabled = assertDone(await put({ ipgroup: { ipgroup_id: a.id, enable_ipgroup: false } })).listener;
  assert.deepEqual(disabled.ipgroup, { ipgroup_id: a.id, enable_ipgroup: false, type: 'black' });
  assertDone(await api.delete(`${path}/${b.id}`), 204);
  assert.equal(assertDone(await put({ ipgroup: { type: 'white' } })).listener.ipgroup.ipgroup_id, a.id);
  assert.equal(assertDone(await put({ ipgroup: {} })).listener.ipgroup, null);
  assertDone(await put({ ipgroup: { ipgroup_id: a.id } }));
  assert.equal(assertDone(await put({ ipgroup: null })).listener.ipgroup, null);
  assertRefused(
    await put({ ipgroup: { enable_ipgroup: true } }),
    400,
    'ELB.8902',
    /ipgroup_id': it is required/,
  );
  assertDone(await api.delete(`${path}/${a.id}`), 204);
});

test('LI-9 a group never keeps a listener from being deleted', async () => {
  await using cp = await startTestControlPlane();
  const group = await makeIpGroup(cp.api);
  const lb = await makeLoadBalancer(cp.api);
  const listener = await makeListener(cp.api, lb.id, { ipgroup: { ipgroup_id: group.id } });
  assertDone(await cp.api.delete(`/elb/listeners/${listener.id}`), 204);
  assert.deepEqual(assertDone(await cp.api.get(`${path}/${group.id}/related-listeners`)).listeners, []);
  assertDone(await cp.api.delete(`${path}/${group.id}`), 204);
});

test('a listener refers only to groups that its project has, each once', async () => {
  evidence('listener.ipgroup', 'enforced');
  await using cp = await startTestControlPlane();
  const lb = await makeLoadBalancer(cp.api);
  const mine = await makeIpGroup(cp.api);
  const theirs = await makeIpGroup(cp.other);
  const create = (ipgroup_id: string) =>
    cp.api.post('/elb/listeners', {
      listener: { loadbalancer_id: lb.id, protocol: 'TCP', protocol_port: 80, ipgroup: { ipgroup_id } },
    });
  for (const id of [places.nothing, theirs.id, `${mine.id},${theirs.id}`]) {
    assertRefused(await create(id), 404, 'ELB.8904', /^ipgroup [0-9a-f-]{36} could not be found/);
  }
  for (const ids of [`${mine.id},`, `${mine.id},${mine.id}`, ',']) {
    assertRefused(await create(ids), 400, 'ELB.8902', /expected different ids of groups/);
  }
});

test('LI-11 quotas bound groups, their listeners, and the entries that one listener has', async () => {
  await using cp = await startTestControlPlane({
    ...seedInventory,
    quotas: { ipgroup: 3, ipgroups_per_listener: 2, ipgroup_bindings: 1, ipgroup_max_length: 3 },
  });
  const { api } = cp;
  const a = await makeIpGroup(api, ['10.0.0.1', '10.0.0.2']);
  const b = await makeIpGroup(api, ['10.0.0.3']);
  const c = await makeIpGroup(api);
  const exceeds = (key: string) => new RegExp(`Quota exceeded for resources: \\['${key}'\\]`);
  assertRefused(await api.post(path, { ipgroup: { ip_list: [] } }), 409, 'ELB.8905', exceeds('ipgroup'));
  const lb = await makeLoadBalancer(api);
  const bind = (port: number, ...groups: { id: string }[]) =>
    api.post('/elb/listeners', {
      listener: {
        loadbalancer_id: lb.id,
        protocol: 'TCP',
        protocol_port: port,
        ipgroup: { ipgroup_id: groups.map(({ id }) => id).join() },
      },
    });
  assertRefused(await bind(80, a, b, c), 409, 'ELB.8905', exceeds('ipgroups_per_listener'));
  const { listener } = assertDone(await bind(80, a, b), 201);
  assertRefused(await bind(81, b), 409, 'ELB.8905', exceeds('ipgroup_bindings'));
  const grow = (id: string) =>
    api.post(`${path}/${id}/iplist/create-or-update`, { ipgroup: { ip_list: [{ ip: '10.0.0.4' }] } });
  assertRefused(await grow(b.id), 409, 'ELB.8905', exceeds('ipgroup_max_length'));
  assertDone(await grow(c.id));
  const again = { ipgroup: { ipgroup_id: `${a.id},${b.id}`, enable_ipgroup: false } };
  assertDone(await api.put(`/elb/listeners/${listener.id}`, { listener: again }));
});
