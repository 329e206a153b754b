/** Public IPs of load balancers: where they come from, and where they go (rules digest 2.1.1, 2.1.6, LB-2, LB-3). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ApiClient } from '../support/api-client.ts';
import { seed, seedInventory, startTestControlPlane } from '../support/control-plane.ts';
import { assertDone, assertRefused, makeLoadBalancer, places } from './fixtures.ts';

const declared = { id: '7f5a4a0e-2f0a-4c11-8f0f-1b1d2d3e4f50', address: '203.0.113.9' };
const second = { id: '7f5a4a0e-2f0a-4c11-8f0f-1b1d2d3e4f51', address: '2001:DB8:0:0::9' };
/** A public network of five addresses, one of which is declared besides. */
const within = { id: '7f5a4a0e-2f0a-4c11-8f0f-1b1d2d3e4f52', address: '203.0.114.4' };
const inventory = {
  ...seedInventory,
  public_network: '203.0.114.0/29',
  publicips: [declared, second, within],
};

const bandwidth = { name: 'b', size: 5, charge_mode: 'traffic', share_type: 'PER' };
const publicip = { network_type: '5_bgp', bandwidth };

const create = (api: ApiClient, fields: object) =>
  api.post('/elb/loadbalancers', {
    loadbalancer: {
      availability_zone_list: ['az1'],
      vip_subnet_cidr_id: seed.subnetCidrId,
      ...fields,
    },
  });

const statusOf = async (api: ApiClient, id: string) =>
  assertDone(await api.get(`/v1/${api.projectId}/publicips/${id}`)).publicip.status;

test('LB-2 a public IP is made with its bandwidth, and shows on the load balancer and as itself', async () => {
  await using cp = await startTestControlPlane(inventory);
  const { api } = cp;
  const lb = await makeLoadBalancer(api, { publicip, enterprise_project_id: places.enterpriseProject });
  const [{ publicip_id: id }] = lb.publicips;
  assert.deepEqual(lb.publicips, [{ publicip_id: id, publicip_address: '203.0.114.2', ip_version: 4 }]);
  assert.deepEqual(lb.eips, [{ eip_id: id, eip_address: '203.0.114.2', ip_version: 4 }]);
  const { publicip: shown } = assertDone(await api.get(`/v1/${seed.projectId}/publicips/${id}`));
  const { bandwidth_id, create_time, ...rest } = shown;
  assert.match(create_time, /^\d{4}-\d\d-\d\dT/);
  assert.deepEqual(rest, {
    ...{ id, status: 'ELB', type: '5_bgp', tenant_id: seed.projectId, profile: {} },
    ...{ public_ip_address: '203.0.114.2', ip_version: 4 },
    ...{ private_ip_address: lb.vip_address, port_id: lb.vip_port_id },
    ...{ bandwidth_name: 'b', bandwidth_size: 5, bandwidth_share_type: 'PER' },
    enterprise_project_id: places.enterpriseProject,
  });
  const path = `/v1/${seed.projectId}/bandwidths/${bandwidth_id}`;
  const { bandwidth: told } = assertDone(await api.get(path));
  const { name, size, share_type, charge_mode } = told;
  assert.deepEqual({ name, size, share_type, charge_mode }, bandwidth);
  assertRefused(
    await cp.other.get(path.replace(seed.projectId, seed.otherProjectId)),
    404,
    'ELB.8904',
    /bandw/,
  );
});

test('LB-2 a public IPv4 address needs vpc_id or vip_subnet_cidr_id', async () => {
  await using cp = await startTestControlPlane(inventory);
  const only6 = { vip_subnet_cidr_id: null, ipv6_vip_virsubnet_id: seed.networkId };
  for (const fields of [{ publicip }, { publicip_ids: [declared.id] }]) {
    assertRefused(
      await create(cp.api, { ...only6, ...fields }),
      400,
      'ELB.8902',
      /vip_subnet_cidr_id': .* needs it, or vpc_id/,
    );
  }
  assertDone(await create(cp.api, { ...only6, vpc_id: seed.vpcId, publicip_ids: [declared.id] }), 201);
  const bound = assertDone(await create(cp.api, { ...only6, publicip_ids: [second.id] }), 201).loadbalancer;
  assert.deepEqual(bound.publicips, [
    { publicip_id: second.id, publicip_address: '2001:db8::9', ip_version: 6 },
  ]);
});

test('LB-3 ipv6_bandwidth is for an IPv6 address, and goes with it', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const ipv6_bandwidth = { id: 'shared-bandwidth' };
  assertRefused(
    await create(api, { ipv6_bandwidth }),
    400,
    'ELB.8902',
    /ipv6_bandwidth': .* needs ipv6_vip_virsubnet_id/,
  );
  const lb = await makeLoadBalancer(api, { ipv6_bandwidth, ipv6_vip_virsubnet_id: seed.networkId });
  assert.deepEqual(lb.ipv6_bandwidth, ipv6_bandwidth);
  const put = (fields: object) => api.put(`/elb/loadbalancers/${lb.id}`, { loadbalancer: fields });
  assert.equal(assertDone(await put({ ipv6_vip_virsubnet_id: null })).loadbalancer.ipv6_bandwidth, null);
  assertRefused(await put({ ipv6_bandwidth }), 400, 'ELB.8902', /ipv6_bandwidth/);
});

test('2.1.1 a wrong bandwidth is refused with what would be right, and takes no address', async () => {
  await using cp = await startTestControlPlane(inventory);
  const { api } = cp;
  const broken = (fields: object, more: object = {}) => ({
    publicip: { ...publicip, ...more, bandwidth: { ...bandwidth, ...fields } },
  });
  const wrong: [object, RegExp][] = [
    [broken({ size: 0 }), /bandwidth\.size': got 0, expected an integer from 1 to 2000/],
    [broken({ size: 2001 }), /bandwidth\.size/],
    [broken({ size: 301 }), /bandwidth\.size': got 301, expected a multiple of 50/],
    [broken({ size: 1050 }), /bandwidth\.size': got 1050, expected a multiple of 500/],
    [broken({ size: null }), /bandwidth\.size': it is required without the id/],
    [broken({ name: '' }), /bandwidth\.name': it is required/],
    [broken({ name: 'x'.repeat(65) }), /bandwidth\.name/],
    [broken({ share_type: 'HALF' }), /bandwidth\.share_type': got "HALF", expected one of PER, WHOLE/],
    [broken({ charge_mode: 'free' }), /bandwidth\.charge_mode/],
    [broken({ share_type: 'WHOLE' }, { ip_version: 6 }), /share_type': an IPv6 address cannot share/],
    [broken({ id: 'shared' }, { ip_version: 6 }), /share_type': an IPv6 address cannot share/],
    [broken({}, { ip_version: 5 }), /publicip\.ip_version/],
    [broken({}, { ip_version: 6 }), /publicip': the region has no such public network/],
    [{ publicip: { network_type: '5_bgp' } }, /publicip\.bandwidth': it is required/],
  ];
  for (const [fields, message] of wrong) {
    assertRefused(await create(api, fields), 400, 'ELB.8902', message);
  }
  const sizes = [1, 299, 300, 350, 1000];
  const made = [];
  for (const size of sizes.slice(0, 3)) made.push(assertDone(await create(api, broken({ size })), 201));
  const shared = { name: null, size: null, charge_mode: null, share_type: null, id: 'shared' };
  made.push(assertDone(await create(api, broken(shared)), 201));
  assert.deepEqual(
    made.map(({ loadbalancer }) => loadbalancer.publicips[0].publicip_address),
    ['203.0.114.2', '203.0.114.3', '203.0.114.5', '203.0.114.6'],
    'the declared 203.0.114.4 is for those who bind it',
  );
  const { bandwidth: told } = assertDone(await api.get(`/v1/${seed.projectId}/bandwidths/shared`));
  assert.equal(told.share_type, 'WHOLE');
});

test('2.1.6 a deleted load balancer keeps its public IP for the project, until that releases it', async () => {
  await using cp = await startTestControlPlane(inventory);
  const { api, other } = cp;
  const lb = await makeLoadBalancer(api, { publicip });
  const [{ publicip_id: id, publicip_address }] = lb.publicips;
  const path = `/v1/${seed.projectId}/publicips/${id}`;
  assertRefused(await api.delete(path), 409, 'ELB.8907', /is bound to load balancer \S+; unbind it first/);
  assertDone(await api.delete(`/elb/loadbalancers/${lb.id}`), 204);
  assert.equal(await statusOf(api, id), 'DOWN');
  assertRefused(
    await create(other, { publicip_ids: [id] }),
    404,
    'ELB.8904',
    /publicip \S+ could not be found/,
  );
  const again = await makeLoadBalancer(api, { publicip_ids: [id] });
  assert.deepEqual(again.publicips, lb.publicips);
  assertDone(await api.delete(`/elb/loadbalancers/${again.id}`), 204);
  const next = await makeLoadBalancer(api, { publicip });
  assert.notEqual(next.publicips[0].publicip_address, publicip_address, 'what is kept is not made again');
  assertRefused(
    await other.delete(path.replace(seed.projectId, seed.otherProjectId)),
    404,
    'ELB.8904',
    /publicip/,
  );
  assertDone(await api.delete(path), 204);
  assertRefused(await api.get(path), 404, 'ELB.8904', /publicip \S+ could not be found/);
  const last = await makeLoadBalancer(api, { publicip });
  assert.equal(last.publicips[0].publicip_address, publicip_address);
  assert.notEqual(last.publicips[0].publicip_id, id);
});

test('2.1.6 one of the inventory goes back to it, for whichever project binds it next', async () => {
  await using cp = await startTestControlPlane(inventory);
  const { api, other } = cp;
  const listed = async (client: ApiClient) =>
    assertDone(await client.get(`/v1/${client.projectId}/publicips`)).publicips.map(
      (each: { id: string }) => each.id,
    );
  assert.deepEqual(await listed(api), [declared.id, second.id, within.id]);
  const lb = await makeLoadBalancer(api, { publicip_ids: [declared.id] });
  assert.equal(await statusOf(api, declared.id), 'ELB');
  assert.deepEqual(await listed(api), [declared.id, second.id, within.id]);
  assert.deepEqual(await listed(other), [second.id, within.id]);
  const path = `/v1/${seed.otherProjectId}/publicips/${declared.id}`;
  assertRefused(await other.get(path), 404, 'ELB.8904', /publicip/);
  assertRefused(await create(other, { publicip_ids: [declared.id] }), 409, 'ELB.8907', /already bound/);
  assertDone(await api.delete(`/elb/loadbalancers/${lb.id}`), 204);
  const theirs = assertDone(await create(other, { publicip_ids: [declared.id] }), 201).loadbalancer;
  assertDone(await other.delete(`/elb/loadbalancers/${theirs.id}`), 204);
  assertRefused(await other.delete(path), 409, 'ELB.8907', /is one of the inventory/);
});

const bind = (api: ApiClient, id: string, port_id?: unknown) =>
  api.put(`/v1/${api.projectId}/publicips/${id}`, { publicip: port_id === undefined ? {} : { port_id } });

test('a public IP is bound to a load balancer by its port and unbound again, and its names follow', async () => {
  await using cp = await startTestControlPlane(inventory);
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  const path = `/elb/loadbalancers/${lb.id}`;
  const show = async () => assertDone(await api.get(path)).loadbalancer;
  const named = async () =>
    assertDone(await api.get(`${path}/dns/ips?type=eip`)).ips.map(
      (each: { ip_address: string }) => each.ip_address,
    );
  assertDone(
    await api.post(`${path}/dns/system-default-config`, {
      loadbalancer: { public_domain_name_enable: true },
    }),
  );
  const bound = assertDone(await bind(api, declared.id, lb.vip_port_id)).publicip;
  assert.deepEqual(
    [bound.status, bound.port_id, bound.private_ip_address],
    ['ELB', lb.vip_port_id, lb.vip_address],
  );
  const { publicips, eips, updated_at } = await show();
  assert.deepEqual(publicips, [
    { publicip_id: declared.id, publicip_address: declared.address, ip_version: 4 },
  ]);
  assert.deepEqual(eips, [{ eip_id: declared.id, eip_address: declared.address, ip_version: 4 }]);
  assert.deepEqual(await named(), [declared.address]);
  assert.deepEqual(assertDone(await bind(api, declared.id, lb.vip_port_id)).publicip, bound);
  assert.equal((await show()).updated_at, updated_at, 'what is so already stays');
  // As clients unbind: with an empty port, with null, and with none.
  for (const nothing of ['', null, undefined]) {
    assertDone(await bind(api, declared.id, lb.vip_port_id));
    const { publicip: free } = assertDone(await bind(api, declared.id, nothing));
    assert.deepEqual([free.status, free.port_id, free.private_ip_address], ['DOWN', '', '']);
    assert.deepEqual((await show()).publicips, []);
    assert.deepEqual(await named(), []);
  }
  assert.equal(assertDone(await bind(api, declared.id, '')).publicip.status, 'DOWN');
  const made = await makeLoadBalancer(api, { publicip });
  const own = made.publicips[0].publicip_id;
  assertDone(await bind(api, own));
  assertDone(await bind(api, own, lb.vip_port_id));
  assert.deepEqual((await show()).publicips, made.publicips, 'one that was made is kept, and can be moved');
});

test('a binding that cannot be is refused, and changes nothing', async () => {
  await using cp = await startTestControlPlane(inventory);
  const { api, other } = cp;
  const [lb, next] = [await makeLoadBalancer(api, { publicip }), await makeLoadBalancer(api)];
  const six = await makeLoadBalancer(api, { ipv6_vip_virsubnet_id: seed.networkId });
  const theirs = await makeLoadBalancer(other);
  const own = lb.publicips[0].publicip_id;
  const all = async () => [
    assertDone(await api.get('/elb/loadbalancers')).loadbalancers,
    assertDone(await api.get(`/v1/${seed.projectId}/publicips`)).publicips,
  ];
  const before = await all();
  const absent = '0b0e25a6-5b8f-4a4e-8f10-0e1c5c1d2e3f';
  for (const [reply, status, code, message] of [
    [await bind(api, absent, lb.vip_port_id), 404, 'ELB.8904', /publicip \S+ could not be found/],
    [await bind(api, declared.id, absent), 404, 'ELB.8904', /port of a load balancer \S+ could not be found/],
    [await bind(api, declared.id, theirs.vip_port_id), 404, 'ELB.8904', /port of a load balancer/],
    [await bind(other, own, theirs.vip_port_id), 404, 'ELB.8904', /publicip \S+ could not be found/],
    [await bind(api, declared.id, lb.vip_port_id), 409, 'ELB.8907', /has the public IP \S+ already; unbind/],
    [await bind(api, own, next.vip_port_id), 409, 'ELB.8907', /already bound .* unbind it first/],
    [await bind(api, declared.id, six.ipv6_vip_port_id), 400, 'ELB.8902', /port_id': it holds an IPv6 addr/],
    [await bind(api, declared.id, 7), 400, 'ELB.8902', /publicip\.port_id': got 7, expected text of 0 to 36/],
    [
      await api.put(`/v1/${seed.projectId}/publicips/${own}`, { publicip: { alias: 'x' } }),
      400,
      'ELB.8902',
      /alias/,
    ],
  ] as const) {
    assertRefused(reply, status, code, message);
  }
  assert.deepEqual(await all(), before);
  const rehearsed = await api.put(`/v1/${seed.projectId}/publicips/${second.id}?dry_run=true`, {
    publicip: { port_id: six.ipv6_vip_port_id },
  });
  assertDone(rehearsed);
  assert.deepEqual(await all(), before);
  assertDone(await bind(api, second.id, six.ipv6_vip_port_id));
});

test('a public IP of a load balancer in the recycle bin can be neither unbound nor bound', async () => {
  await using cp = await startTestControlPlane(inventory);
  const { api } = cp;
  assertDone(await api.put('/elb/recycle-bin', { recycle_bin: { enable: true } }));
  const [lb, next] = [await makeLoadBalancer(api, { publicip }), await makeLoadBalancer(api)];
  const id = lb.publicips[0].publicip_id;
  assertDone(await api.delete(`/elb/loadbalancers/${lb.id}`), 204);
  assertRefused(await bind(api, id), 409, 'ELB.8907', /in the recycle bin; restore or delete that first/);
  assertRefused(await bind(api, id, next.vip_port_id), 409, 'ELB.8907', /already bound/);
  assertRefused(await bind(api, declared.id, lb.vip_port_id), 404, 'ELB.8904', /port/);
});

test('2.1.3 lists find load balancers by their public IPs, under either name', async () => {
  await using cp = await startTestControlPlane(inventory);
  const { api } = cp;
  const four = await makeLoadBalancer(api, { publicip });
  const six = await makeLoadBalancer(api, { publicip_ids: [second.id] });
  await makeLoadBalancer(api);
  const list = async (query: string) =>
    assertDone(await api.get(`/elb/loadbalancers?${query}`)).loadbalancers.map(
      (each: { id: string }) => each.id,
    );
  const [{ publicip_id, publicip_address }] = four.publicips;
  const both = [four.id, six.id].sort();
  for (const [query, expected] of [
    [`publicips=publicip_id=${publicip_id}`, [four.id]],
    [`publicips=public_id=${publicip_id}`, [four.id]],
    [`publicips=publicip_address%3D${publicip_address}`, [four.id]],
    ['publicips=ip_version=6', [six.id]],
    ['publicips=ip_version=6&publicips=ip_version=4', both],
    [`eips=eip_id=${second.id}`, [six.id]],
    [`eips=eip_address=${publicip_address}`, [four.id]],
    ['eips=ip_version=4', [four.id]],
  ] as const) {
    assert.deepEqual(await list(query), expected, query);
  }
});

test('of load balancers that ask for one public IP at the same time one gets it, and the others 409', async () => {
  await using cp = await startTestControlPlane(inventory);
  const { api } = cp;
  const replies = await Promise.all(
    Array.from({ length: 12 }, () => create(api, { publicip_ids: [declared.id] })),
  );
  const refused = replies.filter(({ status }) => status !== 201);
  assert.equal(refused.length, 11);
  for (const reply of refused) assertRefused(reply, 409, 'ELB.8907', /already bound/);
  const { loadbalancers } = assertDone(await api.get('/elb/loadbalancers'));
  assert.equal(loadbalancers.length, 1, 'who did not get it is not there at all');
});

test('a network with no address left is told as ELB.8950, and nothing is made', async () => {
  await using cp = await startTestControlPlane(inventory);
  const { api } = cp;
  const replies = await Promise.all(Array.from({ length: 9 }, () => create(api, { publicip })));
  const made = replies.filter(({ status }) => status === 201).map(({ body }) => body.loadbalancer);
  const addresses = made.map(({ publicips }) => publicips[0].publicip_address).sort();
  assert.deepEqual(addresses, ['203.0.114.2', '203.0.114.3', '203.0.114.5', '203.0.114.6']);
  for (const reply of replies.filter(({ status }) => status !== 201)) {
    assertRefused(reply, 400, 'ELB.8950', /203\.0\.114\.0\/29 has no free address; release a public IP/);
  }
  assert.equal(assertDone(await api.get('/elb/loadbalancers')).loadbalancers.length, 4);
});

test('whatever is bound, deleted and released at once, every address has one owner', async () => {
  await using cp = await startTestControlPlane(inventory);
  const { api } = cp;
  const list = async () => assertDone(await api.get('/elb/loadbalancers')).loadbalancers;
  const step = fc.oneof(
    fc.constant({ kind: 'make' as const }),
    fc.constant({ kind: 'bind' as const }),
    fc.record({ kind: fc.constant('delete' as const), which: fc.nat(5) }),
    fc.constant({ kind: 'release' as const }),
  );
  const run = async (action: { kind: string; which?: number }) => {
    if (action.kind === 'make') return create(api, { publicip });
    const { publicips } = assertDone(await api.get(`/v1/${seed.projectId}/publicips`));
    const free = publicips.find(({ status }: { status: string }) => status === 'DOWN')?.id ?? declared.id;
    if (action.kind === 'bind') return create(api, { publicip_ids: [free] });
    if (action.kind === 'release') return api.delete(`/v1/${seed.projectId}/publicips/${free}`);
    const there = await list();
    const target = there[(action.which ?? 0) % (there.length || 1)];
    return target && api.delete(`/elb/loadbalancers/${target.id}`);
  };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async (steps) => {
      const replies = await Promise.all(steps.map(run));
      for (const reply of replies) assert.ok(!reply || reply.status < 500, JSON.stringify(reply?.body));
      const owners = new Map<string, string>();
      for (const { id, publicips } of await list()) {
        for (const { publicip_id, publicip_address } of publicips) {
          assert.equal(owners.has(publicip_address), false, `${publicip_address} has two owners`);
          owners.set(publicip_address, id);
          assert.equal(await statusOf(api, publicip_id), 'ELB');
        }
      }
      const { publicips } = assertDone(await api.get(`/v1/${seed.projectId}/publicips`));
      const bound = publicips.filter(({ status }: { status: string }) => status === 'ELB');
      assert.equal(bound.length, owners.size);
    }),
    { numRuns: 15 },
  );
});

test('a project makes public IPs by themselves, finds them and their bandwidths, and releases them', async () => {
  await using cp = await startTestControlPlane(inventory);
  const { api, other } = cp;
  const path = `/v1/${seed.projectId}/publicips`;
  const request = {
    publicip: { type: '5_bgp', ip_version: 4 },
    bandwidth: { name: 'b', size: 5, share_type: 'PER' },
  };
  const { publicip: made } = assertDone(await api.post(path, request));
  assert.deepEqual(
    [
      made.status,
      made.public_ip_address,
      made.bandwidth_name,
      made.bandwidth_size,
      made.enterprise_project_id,
    ],
    ['DOWN', '203.0.114.2', 'b', 5, '0'],
  );
  const found = async (query: string) => assertDone(await api.get(`${path}?${query}`)).publicips;
  assert.deepEqual(await found('public_ip_address=203.0.114.2'), [made]);
  assert.deepEqual(await found(`id=${made.id}&ip_version=6`), []);
  assert.deepEqual(await found(`marker=${within.id}`), []);
  const lb = await makeLoadBalancer(api, { publicip_ids: [made.id] });
  const [bound] = await found(`port_id=${lb.vip_port_id}`);
  assert.deepEqual([bound.id, bound.status, bound.private_ip_address], [made.id, 'ELB', lb.vip_address]);
  const bandwidths = `/v1/${seed.projectId}/bandwidths`;
  const [told] = assertDone(await api.get(`${bandwidths}?name=b`)).bandwidths;
  assert.deepEqual(assertDone(await api.get(`${bandwidths}/${made.bandwidth_id}`)).bandwidth, told);
  assert.deepEqual(told.publicip_info, [
    { publicip_id: made.id, publicip_address: '203.0.114.2', publicip_type: '5_bgp', ip_version: 4 },
  ]);
  assert.deepEqual(assertDone(await other.get(`/v1/${seed.otherProjectId}/bandwidths`)).bandwidths, []);
  assertDone(await api.delete(`/elb/loadbalancers/${lb.id}`), 204);
  const before = await found('');
  for (const [fields, status, code, message] of [
    [{ bandwidth: { size: 5, share_type: 'PER' } }, 400, 'ELB.8902', /'bandwidth\.name': it is required/],
    [{ bandwidth: { ...request.bandwidth, size: 301 } }, 400, 'ELB.8902', /'bandwidth\.size': got 301/],
    [{ publicip: {} }, 400, 'ELB.8902', /publicip\.type': it is required/],
    [
      { publicip: { type: '5_bgp', ip_version: 6 } },
      400,
      'ELB.8902',
      /publicip\.ip_version': the region has no such/,
    ],
    [{ enterprise_project_id: 'x' }, 400, 'ELB.1202', /x/],
  ] as const) {
    assertRefused(await api.post(path, { ...request, ...fields }), status, code, message);
  }
  assert.deepEqual(await found(''), before);
  const rehearsed = assertDone(await api.post(`${path}?dry_run=true`, request));
  assert.equal(rehearsed.creates[0].resource_type, 'publicip');
  assert.deepEqual(await found(''), before);
  assertDone(await api.delete(`${path}/${made.id}`), 204);
  const again = assertDone(await api.post(path, request)).publicip;
  assert.equal(again.public_ip_address, '203.0.114.2', 'what was freed is given again');
});
