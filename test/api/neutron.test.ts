/** Networks as clients of Neutron make them, over the same store as the other calls. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiClient } from '../support/api-client.ts';
import { seed, seedInventory, startTestControlPlane } from '../support/control-plane.ts';
import { assertDone, assertRefused, makeLoadBalancer, places } from './fixtures.ts';

const inventory = { ...seedInventory, public_network: '203.0.114.0/29' };

/** What the functional tests of otcextensions make first. */
async function makeNetwork(api: ApiClient, cidr = '192.168.0.0/24') {
  const network = await api.create('/v2.0/networks', { network: { name: 'sdk-net' } });
  const subnet = await api.create('/v2.0/subnets', {
    subnet: { name: 'sdk-subnet', network_id: network.id, ip_version: 4, cidr, gateway_ip: null },
  });
  const router = await api.create('/v2.0/routers', { router: { name: 'sdk-router', admin_state_up: true } });
  const added = assertDone(
    await api.put(`/v2.0/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id }),
  );
  return { network, subnet, router, added };
}

test('2.4 a network, subnet and router of Neutron carry a load balancer, and go when it is gone', async () => {
  await using cp = await startTestControlPlane(inventory);
  const { api } = cp;
  const { network, subnet, router, added } = await makeNetwork(api);
  assert.deepEqual([network.status, network.subnets], ['ACTIVE', []]);
  assert.deepEqual(
    [subnet.network_id, subnet.ip_version, subnet.gateway_ip, subnet.allocation_pools],
    [network.id, 4, '192.168.0.1', [{ start: '192.168.0.2', end: '192.168.0.254' }]],
  );
  assert.deepEqual([added.subnet_id, added.id], [subnet.id, router.id]);
  assert.match(added.port_id, /^[0-9a-f-]{36}$/);
  assert.deepEqual(assertDone(await api.get(`/v2.0/networks/${network.id}`)).network.subnets, [subnet.id]);
  const { subnet: same } = assertDone(await api.get(`/v1/${seed.projectId}/subnets/${network.id}`));
  assert.deepEqual(
    [same.vpc_id, same.neutron_subnet_id, same.name, same.cidr],
    [router.id, subnet.id, 'sdk-net', '192.168.0.0/24'],
  );
  const lb = await makeLoadBalancer(api, {
    ...{ vpc_id: router.id, vip_subnet_cidr_id: subnet.id, elb_virsubnet_ids: [subnet.id] },
    ...{ provider: 'vlb', guaranteed: true },
    publicip: {
      network_type: '5_bgp',
      billing_info: '',
      bandwidth: { size: 2, share_type: 'PER', charge_mode: 'traffic', name: 'b', billing_info: '' },
    },
  });
  assert.deepEqual([lb.vpc_id, lb.vip_address], [router.id, '192.168.0.2']);
  const { ports } = assertDone(await api.get(`/v2.0/ports?network_id=${network.id}`));
  assert.deepEqual(
    ports.map(({ id, device_id, fixed_ips }: Record<string, unknown>) => [id, device_id, fixed_ips]),
    [[lb.vip_port_id, lb.id, [{ ip_address: lb.vip_address, subnet_id: subnet.id }]]],
  );
  const remove = () =>
    api.put(`/v2.0/routers/${router.id}/remove_router_interface`, { subnet_id: subnet.id });
  assertRefused(await remove(), 409, 'ELB.8907', /taken out of its router: it is in use by load balancer/);
  assertDone(await api.delete(`/elb/loadbalancers/${lb.id}`), 204);
  const [{ publicip_id }] = lb.publicips;
  assertDone(await api.delete(`/v2.0/floatingips/${publicip_id}`), 204);
  assertRefused(await api.delete(`/v2.0/floatingips/${publicip_id}`), 404, 'ELB.8904', /publicip/);
  for (const path of [`routers/${router.id}`, `subnets/${subnet.id}`, `networks/${network.id}`]) {
    assertRefused(await api.delete(`/v2.0/${path}`), 409, 'ELB.8907', /in use by (subnet|router)/);
  }
  assert.equal(assertDone(await remove()).subnet_id, subnet.id);
  for (const path of [`routers/${router.id}`, `subnets/${subnet.id}`, `networks/${network.id}`]) {
    assertDone(await api.delete(`/v2.0/${path}`), 204);
    assert.equal((await api.get(`/v2.0/${path}`)).status, 404, path);
  }
});

test('names are found by lists, and absent ids answer 404, as openstacksdk looks them up', async () => {
  await using cp = await startTestControlPlane(inventory);
  const { api } = cp;
  const { network, subnet, router } = await makeNetwork(api);
  for (const [plural, name, id] of [
    ['networks', 'sdk-net', network.id],
    ['subnets', 'sdk-subnet', subnet.id],
    ['routers', 'sdk-router', router.id],
  ]) {
    assertRefused(await api.get(`/v2.0/${plural}/${name}`), 404, 'ELB.8904', /could not be found/);
    const found = assertDone(await api.get(`/v2.0/${plural}?name=${name}`))[plural];
    assert.deepEqual(
      found.map((each: { id: string }) => each.id),
      [id],
    );
    assert.deepEqual(assertDone(await api.get(`/v2.0/${plural}/${id}`))[plural.slice(0, -1)], found[0]);
    assert.deepEqual(assertDone(await api.get(`/v2.0/${plural}?marker=${id}`))[plural].length <= 1, true);
    const wrapper = plural.slice(0, -1);
    const renamed = assertDone(await api.put(`/v2.0/${plural}/${id}`, { [wrapper]: { name: 'new' } }));
    assert.equal(renamed[wrapper].name, 'new');
  }
  const external = assertDone(await api.get('/v2.0/networks?router:external=True')).networks;
  assert.equal(external.length, 1);
  assert.equal(external[0].name, 'admin_external_net');
  assert.deepEqual(assertDone(await api.get(`/v2.0/networks/${external[0].id}`)).network, external[0]);
  const own = assertDone(await api.get('/v2.0/subnets')).subnets;
  const ofSeed = own.filter((each: { network_id: string }) => each.network_id === seed.networkId);
  assert.deepEqual(
    ofSeed.map(({ id, ip_version, cidr }: Record<string, unknown>) => [id, ip_version, cidr]),
    [
      [seed.subnetCidrId, 4, '120.10.10.0/24'],
      [seed.networkId, 6, '2001:db8:a583:6a::/64'],
    ],
  );
});

test('what cannot be is refused with what would be right', async () => {
  await using cp = await startTestControlPlane(inventory);
  const { api, other } = cp;
  const { network, subnet, router } = await makeNetwork(api);
  const second = await makeNetwork(api);
  const make = (fields: object) =>
    api.post('/v2.0/subnets', { subnet: { network_id: network.id, cidr: '10.0.0.0/24', ...fields } });
  const add = (subnet_id: unknown, to = router.id) =>
    api.put(`/v2.0/routers/${to}/add_router_interface`, { subnet_id });
  const fresh = await api.create('/v2.0/networks', { network: {} });
  for (const [reply, status, code, message] of [
    [await make({}), 409, 'ELB.8907', /has the subnet \S+ already, and takes one/],
    [await make({ network_id: places.nothing }), 404, 'ELB.8904', /subnet \S+ could not be found/],
    [
      await make({ network_id: fresh.id, cidr: '8.8.8.0/24' }),
      400,
      'ELB.8902',
      /subnet\.cidr': got 8\.8\.8\.0/,
    ],
    [await make({ network_id: fresh.id, ip_version: 6 }), 400, 'ELB.8902', /ip_version': got 6, expected 4/],
    [await make({ network_id: fresh.id, gateway_ip: '10.0.1.1' }), 400, 'ELB.8902', /gateway_ip/],
    [await make({ colour: 1 }), 400, 'ELB.8902', /Unrecognized attribute\(s\) 'colour'/],
    [await add(subnet.id), 409, 'ELB.8907', /in use by router/],
    [await add(places.nothing), 404, 'ELB.8904', /subnet/],
    [await add(undefined), 400, 'ELB.8902', /subnet_id': it is required, unless port_id/],
    [await add(second.subnet.id), 409, 'ELB.8907', /in use by router/],
    [await add(seed.subnetCidrId), 409, 'ELB.8907', /is one of the inventory/],
    [await add(subnet.id, seed.vpcId), 409, 'ELB.8907', /is one of the inventory/],
    [await api.delete(`/v2.0/networks/${seed.networkId}`), 409, 'ELB.8907', /is one of the inventory/],
    [await api.delete(`/v2.0/routers/${seed.vpcId}`), 409, 'ELB.8907', /is one of the inventory/],
    [await other.get(`/v2.0/networks/${network.id}`), 404, 'ELB.8904', /subnet \S+ could not be found/],
    [await other.delete(`/v2.0/routers/${router.id}`), 404, 'ELB.8904', /vpc \S+ could not be found/],
    [await other.delete(`/v2.0/subnets/${subnet.id}`), 404, 'ELB.8904', /subnet \S+ could not be found/],
  ] as const) {
    assertRefused(reply, status, code, message);
  }
  assertDone(
    await api.put(`/v2.0/routers/${second.router.id}/remove_router_interface`, {
      subnet_id: second.subnet.id,
    }),
  );
  assertRefused(await add(second.subnet.id), 409, 'ELB.8907', /subnet_id': 192\.168\.0\.0\/24 overlaps/);
});

test('the project is that of the header, or of the token', async () => {
  await using cp = await startTestControlPlane({
    ...inventory,
    users: [...(inventory.users ?? []), { name: 'both', password: 'p' }],
  });
  const login = await fetch(`${cp.url}/v3/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auth: {
        identity: { methods: ['password'], password: { user: { name: 'both', password: 'p' } } },
        scope: { domain: { name: 'elbow' } },
      },
    }),
  });
  const token = login.headers.get('x-subject-token') ?? '';
  const client = (headers: Record<string, string>) =>
    new ApiClient(cp.url, seed.projectId, { 'x-auth-token': token, ...headers });
  const create = (headers: Record<string, string>) =>
    client(headers).post('/v2.0/networks', { network: { name: 'n' } });
  assertRefused(await create({}), 400, 'ELB.8902', /X-Project-Id': .* send the header with one of them/);
  const { network } = assertDone(await create({ 'x-project-id': seed.otherProjectId }), 201);
  assert.equal(network.project_id, seed.otherProjectId);
  assert.equal(assertDone(await cp.other.get(`/v2.0/networks/${network.id}`)).network.id, network.id);
  assert.equal((await cp.api.get(`/v2.0/networks/${network.id}`)).status, 404);
  assertRefused(
    await create({ 'x-project-id': 'nobodys' }),
    403,
    'SYS.0403',
    /no access to the project nobodys/,
  );
});

test('ports keep addresses, in both APIs, and those of servers and load balancers go with them', async () => {
  await using cp = await startTestControlPlane(inventory);
  const { api, other } = cp;
  const { network, subnet } = await makeNetwork(api);
  const v1 = `/v1/${seed.projectId}/ports`;
  const kept = await api.create('/v2.0/ports', { port: { network_id: network.id, name: 'kept' } });
  assert.deepEqual(kept.fixed_ips, [{ ip_address: '192.168.0.2', subnet_id: subnet.id }]);
  assert.equal(kept.status, 'DOWN');
  const asked = { network_id: network.id, fixed_ips: [{ subnet_id: subnet.id, ip_address: '192.168.0.9' }] };
  const { port: second } = assertDone(await api.post(v1, { port: asked }));
  assert.equal(second.fixed_ips[0].ip_address, '192.168.0.9');
  assertRefused(await api.post(v1, { port: asked }), 409, 'ELB.8907', /192\.168\.0\.9 is in use already/);
  const lb = await makeLoadBalancer(api, { vip_subnet_cidr_id: subnet.id });
  assert.equal(lb.vip_address, '192.168.0.3', 'the address before is kept');
  const ids = async (query: string) =>
    assertDone(await api.get(`${v1}?${query}`)).ports.map((each: { id: string }) => each.id);
  assert.deepEqual(await ids(`device_id=${lb.id}`), [lb.vip_port_id]);
  assert.deepEqual(await ids('fixed_ips=ip_address=192.168.0.9'), [second.id]);
  assert.deepEqual(await ids(`network_id=${network.id}&status=DOWN`), [kept.id, second.id]);
  const renamed = assertDone(await api.put(`/v2.0/ports/${kept.id}`, { port: { name: 'two' } })).port;
  assert.deepEqual(renamed, { ...kept, name: 'two' });
  assertRefused(
    await api.delete(`/v2.0/ports/${lb.vip_port_id}`),
    409,
    'ELB.8907',
    /in use by neutron:LOADBALANCERV2 \S+, and goes with it/,
  );
  for (const id of [kept.id, places.nothing]) {
    assertRefused(await other.delete(`/v2.0/ports/${id}`), 404, 'ELB.8904', /port \S+ could not be found/);
  }
  const v1Path = `/v1/${seed.projectId}/subnets/${network.id}`;
  const { vpc_id } = assertDone(await api.get(v1Path)).subnet;
  assertRefused(
    await api.delete(`/v1/${seed.projectId}/vpcs/${vpc_id}/subnets/${network.id}`),
    409,
    'ELB.8907',
    new RegExp(`port ${kept.id}, ${second.id}`),
  );
  assertDone(await api.delete(`/v2.0/ports/${kept.id}`), 204);
  assertDone(await api.delete(`${v1}/${second.id}`), 204);
  const again = await api.create('/v2.0/ports', { port: { network_id: network.id } });
  assert.equal(again.fixed_ips[0].ip_address, '192.168.0.2', 'what was freed is given again');
});

test('floating IPs are public IPs: made, bound by a port, unbound, released', async () => {
  await using cp = await startTestControlPlane(inventory);
  const { api, other } = cp;
  const lb = await makeLoadBalancer(api);
  const [external] = assertDone(await api.get('/v2.0/networks?router:external=true')).networks;
  const bound = await api.create('/v2.0/floatingips', {
    floatingip: { floating_network_id: external.id, port_id: lb.vip_port_id },
  });
  assert.deepEqual(
    [bound.status, bound.port_id, bound.fixed_ip_address, bound.floating_ip_address, bound.router_id],
    ['ACTIVE', lb.vip_port_id, lb.vip_address, '203.0.114.2', seed.vpcId],
  );
  const shown = assertDone(await api.get(`/elb/loadbalancers/${lb.id}`)).loadbalancer;
  assert.equal(shown.publicips[0].publicip_id, bound.id);
  const path = `/v2.0/floatingips/${bound.id}`;
  assertRefused(await api.delete(path), 409, 'ELB.8907', /unbind it first/);
  const free = assertDone(await api.put(path, { floatingip: { port_id: null } })).floatingip;
  assert.deepEqual([free.status, free.port_id], ['DOWN', null]);
  const found = assertDone(await api.get('/v2.0/floatingips?floating_ip_address=203.0.114.2')).floatingips;
  assert.deepEqual(found, [free]);
  assert.equal((await other.get(path)).status, 404);
  const wrong = { floating_network_id: seed.networkId };
  assertRefused(await api.post('/v2.0/floatingips', { floatingip: wrong }), 404, 'ELB.8904', /floating IPs/);
  const unknownPort = await api.post('/v2.0/floatingips', { floatingip: { port_id: places.nothing } });
  assertRefused(unknownPort, 404, 'ELB.8904', /port/);
  const { floatingips } = assertDone(await api.get('/v2.0/floatingips'));
  assert.deepEqual(floatingips, [free], 'what was refused made none');
  assertDone(await api.delete(path), 204);
});

test('a dry run of a call of Neutron leaves no trace', async () => {
  await using cp = await startTestControlPlane(inventory);
  const { api } = cp;
  const before = assertDone(await api.get('/v2.0/networks'));
  const plan = assertDone(await api.post('/v2.0/networks?dry_run=true', { network: { name: 'p' } }));
  assert.equal(plan.creates[0].resource_type, 'subnet');
  assert.deepEqual(assertDone(await api.get('/v2.0/networks')), before);
});
