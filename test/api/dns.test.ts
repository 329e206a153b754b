/** The names of load balancers in DNS, and their addresses (rules digest 2.1.7, DNS). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { seed, seedInventory, startTestControlPlane } from '../support/control-plane.ts';
import { assertDone, assertRefused, makeLoadBalancer, places } from './fixtures.ts';

const publicIp = { id: '7f5a4a0e-2f0a-4c11-8f0f-1b1d2d3e4f50', address: '203.0.113.9' };
const inventory = { ...seedInventory, publicips: [publicIp] };

/** A load balancer with an address of each kind. */
const makeEverywhere = (api: ApiClient, fields: object = {}) =>
  makeLoadBalancer(api, {
    vip_address: '120.10.10.50',
    ipv6_vip_virsubnet_id: seed.networkId,
    ipv6_vip_address: '2001:db8:a583:6a::50',
    publicip_ids: [publicIp.id],
    ...fields,
  });

const dns = (api: ApiClient, id: string) => {
  const path = `/elb/loadbalancers/${id}/dns`;
  return {
    path,
    system: (loadbalancer: object) => api.post(`${path}/system-default-config`, { loadbalancer }),
    user: (loadbalancer: object) => api.post(`${path}/user-defined-config`, { loadbalancer }),
    change: (verb: 'enable' | 'disable', ...addresses: string[]) =>
      api.post(`${path}/ips/batch-${verb}`, { ips: addresses.map((ip_address) => ({ ip_address })) }),
    list: async (query = '') => assertDone(await api.get(`${path}/ips${query}`)).ips,
  };
};

const addressesOf = (ips: { ip_address: string }[]) => ips.map(({ ip_address }) => ip_address);

test('system-default-config names a load balancer after its id and the region; all is off by default', async () => {
  await using cp = await startTestControlPlane(inventory);
  const lb = await makeEverywhere(cp.api);
  const { system, list } = dns(cp.api, lb.id);
  const off = {
    ...{ id: lb.id, vip_address: lb.vip_address, ipv6_vip_address: lb.ipv6_vip_address },
    ...{ eips: lb.eips, global_eips: [] },
    ...{ public_domain_name_enable: false, public_dns_zone_name: null, public_domain_name: null },
    ...{ private_domain_name_enable: false, private_dns_zone_name: null, private_domain_name: null },
    ...{ private_dns_zone_type: 'private' },
    ...{ public_dns_record_set_ttl: 300, private_dns_record_set_ttl: 300 },
  };
  const { loadbalancer, request_id } = assertDone(await system({}));
  assert.ok(request_id);
  assert.deepEqual(loadbalancer, off);
  assert.deepEqual(await list(), []);
  const on = assertDone(
    await system({
      public_domain_name_enable: true,
      private_domain_name_enable: true,
      public_dns_record_set_ttl: 1,
      private_dns_record_set_ttl: 2147483647,
    }),
  ).loadbalancer;
  assert.deepEqual(on, {
    ...off,
    ...{ public_domain_name_enable: true, private_domain_name_enable: true },
    ...{ public_dns_zone_name: 'elbow.internal', private_dns_zone_name: 'elbow.internal' },
    public_domain_name: `${lb.id}.elb.region-1.elbow.internal`,
    private_domain_name: `${lb.id}-internal.elb.region-1.elbow.internal`,
    ...{ public_dns_record_set_ttl: 1, private_dns_record_set_ttl: 2147483647 },
  });
  assert.deepEqual(assertDone(await system({ public_domain_name_enable: null })).loadbalancer, off);
});

test('user-defined-config names it in zones of one’s own, which a switch that is on needs', async () => {
  await using cp = await startTestControlPlane(inventory);
  const lb = await makeEverywhere(cp.api);
  const { user } = dns(cp.api, lb.id);
  const named = assertDone(
    await user({
      public_domain_name_enable: true,
      public_dns_zone_name: 'Example.COM.',
      private_domain_name_enable: true,
      private_dns_zone_name: 'corp.example',
      private_dns_zone_type: 'public',
    }),
  ).loadbalancer;
  assert.deepEqual(
    [named.public_dns_zone_name, named.public_domain_name],
    ['example.com', `${lb.id}.elb.region-1.example.com`],
  );
  assert.deepEqual(
    [named.private_dns_zone_name, named.private_domain_name, named.private_dns_zone_type],
    ['corp.example', `${lb.id}-internal.elb.region-1.corp.example`, 'public'],
  );
  const kept = assertDone(await user({ public_dns_zone_name: 'example.org' })).loadbalancer;
  assert.deepEqual(
    [kept.public_dns_zone_name, kept.public_domain_name, kept.private_dns_zone_type],
    ['example.org', null, 'private'],
  );
});

test('a wrong configuration is refused with what would be right, and changes nothing', async () => {
  await using cp = await startTestControlPlane(inventory);
  const { api, other } = cp;
  const lb = await makeEverywhere(api);
  const { path, user, system, list } = dns(api, lb.id);
  assertDone(await system({ public_domain_name_enable: true }));
  const label = 'a'.repeat(63);
  const wrong: [object, RegExp][] = [
    [{ public_domain_name_enable: true }, /'loadbalancer\.public_dns_zone_name': it is required when public/],
    [{ private_domain_name_enable: true, private_dns_zone_name: null }, /private_dns_zone_name': it is req/],
    [{ public_dns_zone_name: 'a b' }, /public_dns_zone_name': got "a b"/],
    [{ public_dns_zone_name: '-a.com' }, /public_dns_zone_name/],
    [{ public_dns_zone_name: `${label}a.com` }, /public_dns_zone_name/],
    [
      {
        public_domain_name_enable: true,
        public_dns_zone_name: [label, label, label, 'b'.repeat(20)].join('.'),
      },
      /would have 262 characters, .* at most 253/,
    ],
    [
      { public_dns_record_set_ttl: 0 },
      /public_dns_record_set_ttl': got 0, expected an integer from 1 to 2147/,
    ],
    [{ private_dns_record_set_ttl: 2147483648 }, /private_dns_record_set_ttl/],
    [
      { private_dns_zone_type: 'secret' },
      /private_dns_zone_type': got "secret", expected one of private, pub/,
    ],
    [{ public_domain_name_enable: 'yes' }, /public_domain_name_enable': got "yes", expected true or false/],
    [{ ttl: 1 }, /Unrecognized attribute\(s\) 'ttl'/],
  ];
  for (const [body, message] of wrong) assertRefused(await user(body), 400, 'ELB.8902', message);
  const zoned = await system({ public_dns_zone_name: 'example.com' });
  assertRefused(zoned, 400, 'ELB.8902', /Unrecognized attribute\(s\) 'public_dns_zone_name'/);
  assertRefused(await api.post(`${path}/user-defined-config`, {}), 400, 'ELB.8902', /it is required/);
  assert.deepEqual(addressesOf(await list()), [publicIp.address]);
  for (const foreign of [dns(other, lb.id), dns(api, places.nothing)]) {
    for (const reply of [
      await foreign.user({}),
      await foreign.system({}),
      await foreign.change('enable', '120.10.10.50'),
    ]) {
      assertRefused(reply, 404, 'ELB.8904', /load balancer \S+ could not be found/);
    }
  }
  assertRefused(await other.get(`${path}/ips`), 404, 'ELB.8904', /could not be found/);
});

test('dns/ips lists its own addresses under the private name and public ones under the public name', async () => {
  await using cp = await startTestControlPlane(inventory);
  const { api } = cp;
  const lb = await makeEverywhere(api, { enterprise_project_id: places.enterpriseProject });
  const { path, system, list } = dns(api, lb.id);
  const both = { public_domain_name_enable: true, private_domain_name_enable: true };
  const names = assertDone(await system(both)).loadbalancer;
  const [eip, vip6, vip] = [publicIp.address, '2001:db8:a583:6a::50', '120.10.10.50'];
  const body = assertDone(await api.get(`${path}/ips`));
  assert.deepEqual(Object.keys(body).sort(), ['ips', 'page_info', 'request_id']);
  for (const { created_at, updated_at } of body.ips) {
    assert.match(created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.equal(updated_at, created_at);
  }
  assert.deepEqual(
    body.ips.map(({ created_at, updated_at, ...rest }: Record<string, unknown>) => rest),
    [
      { enable: true, ip_address: vip, type: 'vip', domain_name: names.private_domain_name },
      { enable: true, ip_address: vip6, type: 'vip', domain_name: names.private_domain_name },
      { enable: true, ip_address: eip, type: 'eip', domain_name: names.public_domain_name },
    ],
  );
  const filters: [string, string[]][] = [
    [`ip_address=${eip}&ip_address=${vip}`, [vip, eip]],
    ['ip_address=2001:DB8:A583:6A:0:0:0:50', [vip6]],
    ['type=eip', [eip]],
    ['type=eip&type=vip', [vip, vip6, eip]],
    [`domain_name=${names.public_domain_name}`, [eip]],
    ['enable=false', []],
    ['enable=true&type=eip', [eip]],
    ['enterprise_project_id=0', []],
    [`enterprise_project_id=${places.enterpriseProject}`, [vip, vip6, eip]],
    ['enterprise_project_id=all_granted_eps', [vip, vip6, eip]],
  ];
  for (const [query, expected] of filters)
    assert.deepEqual(addressesOf(await list(`?${query}`)), expected, query);
  const page = assertDone(await api.get(`${path}/ips?limit=2`));
  assert.deepEqual(page.page_info, { previous_marker: vip, next_marker: vip6, current_count: 2 });
  assert.deepEqual(addressesOf(await list(`?limit=2&marker=${vip6}`)), [eip]);
  assert.deepEqual(addressesOf(await list(`?limit=1&marker=${eip}&page_reverse=true`)), [vip6]);
  for (const [query, message] of [
    ['type=both', /'type': got "both", expected one of vip, eip/],
    ['enable=maybe', /'enable': got "maybe", expected true or false/],
    ['marker=120.10.10.51', /'marker': there is no domain IP "120\.10\.10\.51"/],
    ['limit=2001', /'limit'/],
  ] as const) {
    assertRefused(await api.get(`${path}/ips?${query}`), 400, 'ELB.8902', message);
  }
  assertDone(await system({ private_domain_name_enable: true }));
  assert.deepEqual(addressesOf(await list()), [vip, vip6], 'without a public name no public address');
});

test('batch-enable and batch-disable switch addresses that have a name, all or none of them', async () => {
  await using cp = await startTestControlPlane(inventory);
  const { api } = cp;
  const lb = await makeEverywhere(api);
  const { path, system, user, change, list } = dns(api, lb.id);
  const [eip, vip6, vip] = [publicIp.address, '2001:db8:a583:6a::50', '120.10.10.50'];
  assertRefused(
    await change('disable', vip),
    400,
    'ELB.8902',
    /ips\[0\]\.ip_address': 120\.10\.10\.50 is no address .* there are none/,
  );
  const both = { public_domain_name_enable: true, private_domain_name_enable: true };
  assertDone(await system(both));
  const disabled = assertDone(await change('disable', eip, '2001:DB8:A583:6A::50', eip));
  assert.deepEqual(Object.keys(disabled).sort(), ['ips', 'request_id']);
  assert.deepEqual(
    disabled.ips.map(({ ip_address, enable }: Record<string, unknown>) => [ip_address, enable]),
    [
      [vip6, false],
      [eip, false],
    ],
  );
  assert.deepEqual(addressesOf(await list('?enable=true')), [vip]);
  assert.deepEqual(await list('?enable=false'), disabled.ips);
  const zones = { public_dns_zone_name: 'example.com', private_dns_zone_name: 'example.com' };
  assertDone(await user({ ...both, ...zones }));
  assert.deepEqual(addressesOf(await list('?enable=false')), [vip6, eip], 'another name changes no switch');
  for (const [addresses, message] of [
    [[vip, '120.10.10.51'], /ips\[1\]\.ip_address': 120\.10\.10\.51 is no address .* there are 120/],
    [[vip, 'nonsense'], /ips\[1\]\.ip_address': nonsense is no address/],
    [[], /ips': got \[\], expected a list of 1 to 100 items/],
    [[''], /ips\[0\]\.ip_address/],
  ] as const) {
    assertRefused(await change('disable', ...addresses), 400, 'ELB.8902', message);
  }
  assertRefused(await api.post(`${path}/ips/batch-enable`, { ips: [{}] }), 400, 'ELB.8902', /it is required/);
  assert.deepEqual(addressesOf(await list('?enable=true')), [vip], 'a refused call switches nothing');
  const enabled = assertDone(await change('enable', eip, vip)).ips;
  assert.deepEqual(addressesOf(enabled), [vip, eip]);
  assert.deepEqual(addressesOf(await list('?enable=false')), [vip6]);
});

test('the addresses follow the load balancer: a new one is enabled, one that is gone is forgotten', async () => {
  await using cp = await startTestControlPlane(inventory);
  const { api } = cp;
  const lb = await makeEverywhere(api, { publicip_ids: null });
  const { system, change, list } = dns(api, lb.id);
  assertDone(await system({ private_domain_name_enable: true }));
  assertDone(await change('disable', '120.10.10.50', '2001:db8:a583:6a::50'));
  const put = async (loadbalancer: object) =>
    assertDone(await api.put(`/elb/loadbalancers/${lb.id}`, { loadbalancer }));
  const states = async () =>
    (await list()).map(({ ip_address, enable }: Record<string, unknown>) => [ip_address, enable]);
  await put({ vip_address: '120.10.10.51' });
  assert.deepEqual(await states(), [
    ['120.10.10.51', true],
    ['2001:db8:a583:6a::50', false],
  ]);
  await put({ ipv6_vip_virsubnet_id: null, vip_address: '120.10.10.50' });
  assert.deepEqual(await states(), [['120.10.10.50', true]]);
  await put({ vip_subnet_cidr_id: null });
  assert.deepEqual(await states(), []);
  assert.deepEqual(
    Object.keys(assertDone(await api.get(`/elb/loadbalancers/${lb.id}`)).loadbalancer),
    Object.keys(lb),
  );
});
