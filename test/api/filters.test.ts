/** Every filter of every list agrees with filtering the whole list by hand (rules digest 1.6, 2.x.3). */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { after, before, mock, test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { startTestControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { makeFilterGround } from './filter-ground.ts';
import { assertDone, loopbackInventory, places } from './fixtures.ts';

// biome-ignore lint/suspicious/noExplicitAny: records of any resource
type Item = any;

let cp: TestControlPlane;
let api: ApiClient;
/** The listener and load balancers of each pool, and the members: what related filters look at. */
let pools: Item[];
let listeners: Item[];
let members: Item[];
let policies: Item[];

before(async () => {
  cp = await startTestControlPlane({ ...loopbackInventory, public_network: '203.0.113.0/28' });
  api = cp.api;
  await makeFilterGround(api);
  pools = await listOf('/elb/pools');
  listeners = await listOf('/elb/listeners');
  members = await listOf('/elb/members');
  policies = await listOf('/elb/l7policies');
});

after(() => cp[Symbol.asyncDispose]());

async function listOf(path: string): Promise<Item[]> {
  const body = assertDone(await api.get(path));
  const [list] = Object.values(body).filter(Array.isArray);
  return list ?? [];
}

/** How a list is filtered: by a field of the same name, or by what the function finds in a record. */
type Filters = Readonly<Record<string, true | ((item: Item) => readonly unknown[])>>;

const fields = (...names: string[]): Filters => Object.fromEntries(names.map((name) => [name, true]));
const nested =
  (...path: string[]) =>
  (item: Item) => {
    const value = path.reduce((at, key) => at?.[key], item);
    return value === undefined || value === null ? [] : [value];
  };
const each = (list: string, key: string) => (item: Item) => item[list].map((entry: Item) => entry[key]);
const memberField = (key: string) => (poolIds: (item: Item) => readonly unknown[]) => (item: Item) => {
  const within = poolIds(item);
  return members.filter(({ pool_id }) => within.includes(pool_id)).map((member) => member[key]);
};
const poolItself = ({ id }: Item) => [id];
const poolsOfListener = ({ id }: Item) =>
  pools
    .filter(({ listeners: using }) => using.some((each: Item) => each.id === id))
    .map(({ id: pool }) => pool);
const policyOfRule = ({ id }: Item) =>
  policies.filter(({ rules }) => rules.some((each: Item) => each.id === id)).map(({ id: policy }) => policy);
const poolsOf = ({ id }: Item) =>
  pools
    .filter(({ loadbalancers }) => loadbalancers.some((lb: Item) => lb.id === id))
    .map(({ id: pool }) => pool);

const byMembers = (poolIds: (item: Item) => readonly unknown[]): Filters => ({
  member_address: memberField('address')(poolIds),
  member_device_id: memberField('instance_id')(poolIds),
});

const memberFilters = fields(
  ...['name', 'weight', 'admin_state_up', 'subnet_cidr_id', 'address', 'protocol_port', 'id'],
  ...['operating_status', 'ip_version'],
);

const lists: Readonly<Record<string, Filters>> = {
  '/elb/loadbalancers': {
    ...fields(
      ...['id', 'name', 'description', 'admin_state_up', 'provisioning_status', 'operating_status'],
      ...['guaranteed', 'vpc_id', 'vip_port_id', 'vip_address', 'vip_subnet_cidr_id', 'ipv6_vip_port_id'],
      ...['ipv6_vip_address', 'ipv6_vip_virsubnet_id', 'l4_flavor_id', 'l7_flavor_id', 'billing_info'],
      ...['enterprise_project_id', 'deletion_protection_enable', 'elb_virsubnet_type', 'protection_status'],
      ...['l4_scale_flavor_id', 'l7_scale_flavor_id', 'log_group_id', 'log_topic_id'],
    ),
    availability_zone_list: ({ availability_zone_list }) => availability_zone_list,
    ip_version: ({ vip_address, ipv6_vip_address }) => [
      ...(vip_address ? [4] : []),
      ...(ipv6_vip_address ? [6] : []),
    ],
    'autoscaling=enable': nested('autoscaling', 'enable'),
    'eips=eip_id': each('eips', 'eip_id'),
    'eips=eip_address': each('eips', 'eip_address'),
    'eips=ip_version': each('eips', 'ip_version'),
    'publicips=publicip_id': each('publicips', 'publicip_id'),
    'publicips=public_id': each('publicips', 'publicip_id'),
    'publicips=publicip_address': each('publicips', 'publicip_address'),
    'publicips=ip_version': each('publicips', 'ip_version'),
    ...byMembers(poolsOf),
  },
  '/elb/listeners': {
    ...fields(
      ...[
        'protocol_port',
        'protocol',
        'description',
        'admin_state_up',
        'connection_limit',
        'default_pool_id',
      ],
      ...['id', 'name', 'http2_enable', 'tls_ciphers_policy', 'enterprise_project_id', 'enable_member_retry'],
      ...['member_timeout', 'client_timeout', 'keepalive_timeout', 'transparent_client_ip_enable'],
      ...['proxy_protocol_enable', 'enhance_l7policy_enable', 'protection_status', 'ssl_early_data_enable'],
      ...['nat64_enable', 'default_tls_container_ref', 'client_ca_tls_container_ref'],
    ),
    loadbalancer_id: each('loadbalancers', 'id'),
    ...byMembers(poolsOfListener),
    member_instance_id: memberField('instance_id')(poolsOfListener),
  },
  '/elb/pools': {
    ...fields(
      ...['description', 'admin_state_up', 'healthmonitor_id', 'id', 'name', 'protocol', 'lb_algorithm'],
      ...['enterprise_project_id', 'ip_version', 'member_deletion_protection_enable', 'vpc_id', 'type'],
      ...['protection_status', 'any_port_enable', 'public_border_group'],
    ),
    loadbalancer_id: each('loadbalancers', 'id'),
    listener_id: each('listeners', 'id'),
    connection_drain: nested('connection_drain', 'enable'),
    'pool_health=minimum_healthy_member_count': nested('pool_health', 'minimum_healthy_member_count'),
    'az_affinity=enable': nested('az_affinity', 'enable'),
    quic_cid_len: nested('quic_cid_hash_strategy', 'len'),
    quic_cid_offset: nested('quic_cid_hash_strategy', 'offset'),
    ...byMembers(poolItself),
    member_instance_id: memberField('instance_id')(poolItself),
  },
  '/elb/healthmonitors': fields(
    ...['id', 'monitor_port', 'domain_name', 'name', 'delay', 'max_retries', 'admin_state_up'],
    ...['max_retries_down', 'timeout', 'type', 'expected_codes', 'url_path', 'http_method'],
  ),
  '/elb/l7policies': fields(
    ...['id', 'name', 'description', 'admin_state_up', 'listener_id', 'position', 'action', 'redirect_url'],
    ...['redirect_pool_id', 'redirect_listener_id', 'provisioning_status', 'priority'],
    ...['enterprise_project_id'],
  ),
  '/elb/l7policies/rules': {
    ...fields(
      'id',
      'compare_type',
      'provisioning_status',
      'invert',
      'admin_state_up',
      'value',
      'key',
      'type',
    ),
    l7policy_id: policyOfRule,
  },
  '/elb/members': {
    ...memberFilters,
    pool_id: true,
    loadbalancer_id: each('loadbalancers', 'id'),
  },
};

/** Parameters that take one value. */
const single = new Set([
  ...['admin_state_up', 'guaranteed', 'deletion_protection_enable', 'http2_enable', 'enable_member_retry'],
  ...['transparent_client_ip_enable', 'proxy_protocol_enable', 'enhance_l7policy_enable', 'nat64_enable'],
  ...['ssl_early_data_enable', 'member_deletion_protection_enable', 'any_port_enable', 'connection_drain'],
  ...['pool_health=minimum_healthy_member_count', 'timeout', 'public_border_group'],
  ...['quic_cid_len', 'quic_cid_offset'],
]);

function valuesOf(item: Item, key: string, how: Filters[string] | undefined): readonly Item[] {
  return typeof how === 'function' ? how(item) : [item[key]];
}

function query(key: string, value: unknown): string {
  const [name = '', inner] = key.split('=');
  return inner === undefined
    ? `${name}=${encodeURIComponent(String(value))}`
    : `${name}=${encodeURIComponent(`${inner}=${value}`)}`;
}

const idsOf = (items: readonly Item[]) => items.map(({ id }) => id).toSorted();

for (const [path, filters] of Object.entries(lists)) {
  for (const [key, how] of Object.entries(filters)) {
    test(`${path}?${key} agrees with filtering by hand, for one value and for several`, async () => {
      const all = await listOf(path);
      const values = [...new Set(all.flatMap((item) => valuesOf(item, key, how)))].filter((v) => v !== null);
      for (const value of values) {
        const expected = all.filter((item) => valuesOf(item, key, how).includes(value));
        assert.deepEqual(idsOf(await listOf(`${path}?${query(key, value)}`)), idsOf(expected), String(value));
      }
      if (!single.has(key) && values.length > 1) {
        const some = values.slice(0, -1);
        const expected = all.filter((item) => valuesOf(item, key, how).some((v) => some.includes(v)));
        const either = some.map((value) => query(key, value)).join('&');
        assert.deepEqual(idsOf(await listOf(`${path}?${either}`)), idsOf(expected), either);
      }
    });
  }

  test(`${path}: values of two keys must both match`, async () => {
    const all = await listOf(path);
    const keys = Object.keys(filters);
    for (const item of all) {
      for (const [at, key] of keys.entries()) {
        const other = keys[(at + 1) % keys.length] ?? key;
        const [value] = valuesOf(item, key, filters[key]);
        const [otherValue] = valuesOf(all[0], other, filters[other]);
        if (value === undefined || value === null || otherValue === undefined || otherValue === null)
          continue;
        const expected = all.filter(
          (each) =>
            valuesOf(each, key, filters[key]).includes(value) &&
            valuesOf(each, other, filters[other]).includes(otherValue),
        );
        const both = `${query(key, value)}&${query(other, otherValue)}`;
        assert.deepEqual(idsOf(await listOf(`${path}?${both}`)), idsOf(expected), both);
      }
    }
  });

  test(`${path}: parameters it does not have are ignored, and booleans come in any case`, async () => {
    const all = await listOf(path);
    const unknown = 'sort_key=id&sort_dir=asc&subnet_sidr_id=x&shared=True&__proto__=x&constructor=y&port=z';
    assert.deepEqual(await listOf(`${path}?${unknown}`), all);
    for (const [yes, no] of [
      ['true', 'false'],
      ['True', 'False'],
      ['TRUE', 'FALSE'],
    ]) {
      const up = await listOf(`${path}?admin_state_up=${yes}`);
      const down = await listOf(`${path}?admin_state_up=${no}`);
      assert.deepEqual(idsOf([...up, ...down]), idsOf(all));
      assert.ok(up.every(({ admin_state_up }) => admin_state_up));
    }
  });
}

test('members of a pool are filtered by the page’s list (S7)', async () => {
  for (const { id } of pools) {
    const path = `/elb/pools/${id}/members`;
    const all = await listOf(path);
    for (const key of [...Object.keys(memberFilters), 'member_type', 'instance_id', 'availability_zone']) {
      for (const { [key]: value } of members) {
        if (value === null) continue;
        const expected = all.filter((item) => item[key] === value);
        assert.deepEqual(await listOf(`${path}?${query(key, value)}`), expected, `${key}=${value}`);
      }
    }
  }
});

test('rules of a policy are filtered as those of all are', async () => {
  for (const { id } of policies) {
    const path = `/elb/l7policies/${id}/rules`;
    const all = await listOf(path);
    for (const key of ['id', 'compare_type', 'provisioning_status', 'invert', 'value', 'key', 'type']) {
      for (const { [key]: value } of await listOf('/elb/l7policies/rules')) {
        if (value === null) continue;
        const expected = all.filter((item) => item[key] === value);
        assert.deepEqual(await listOf(`${path}?${query(key, value)}`), expected, `${key}=${value}`);
      }
    }
  }
  const eps = `enterprise_project_id=${places.enterpriseProject}`;
  const mine = policies.filter(({ enterprise_project_id }) => enterprise_project_id !== '0');
  const rules = await listOf(`/elb/l7policies/rules?${eps}`);
  assert.deepEqual(idsOf(rules), idsOf(mine.flatMap((policy) => policy.rules)));
});

test('an address is found in any spelling, and a plus stands for a space', async () => {
  const found = await listOf('/elb/members?address=2001:0DB8:a583:006a:0:0:0:9');
  assert.deepEqual(
    found.map(({ ip_version }) => ip_version),
    ['v6'],
  );
  assert.equal((await listOf('/elb/members?name=a%2Bb+c%26d%3De%2Ff:%25')).length, 1);
  assert.equal((await listOf('/elb/pools?member_address=2001:DB8:A583:6A::9')).length, 1);
});

test('enterprise_project_id: one, several, all_granted_eps (1.7)', async () => {
  for (const path of ['/elb/loadbalancers', '/elb/pools']) {
    const all = await listOf(path);
    const mine = all.filter((item) => item.enterprise_project_id === places.enterpriseProject);
    assert.deepEqual(await listOf(`${path}?enterprise_project_id=${places.enterpriseProject}`), mine);
    for (const every of ['all_granted_eps', `0&enterprise_project_id=${places.enterpriseProject}`]) {
      assert.deepEqual(await listOf(`${path}?enterprise_project_id=${every}`), all);
    }
    assert.deepEqual(await listOf(`${path}?enterprise_project_id=${places.nothing}`), []);
  }
  assert.ok(listeners.length > 3);
  assert.equal((await listOf(`/elb/members?enterprise_project_id=${places.enterpriseProject}`)).length, 4);
  assert.equal(
    (await listOf(`/elb/healthmonitors?enterprise_project_id=${places.enterpriseProject}`)).length,
    1,
  );
});

test('include_recycle_bin changes nothing: the bin is empty', async () => {
  for (const path of ['/elb/loadbalancers', '/elb/listeners']) {
    const all = await listOf(path);
    for (const value of ['true', 'false']) {
      assert.deepEqual(await listOf(`${path}?include_recycle_bin=${value}`), all);
    }
  }
});

test('a filter of any number of values is one statement, whose memory does not add up', async () => {
  const prepare = mock.method(DatabaseSync.prototype, 'prepare');
  try {
    const query = (count: number) =>
      Array.from({ length: count }, (_, index) => `id=none-${index}`).join('&');
    assertDone(await cp.api.get(`/elb/members?${query(2)}`));
    prepare.mock.resetCalls();
    for (const count of [3, 40, 500]) assertDone(await cp.api.get(`/elb/members?${query(count)}`));
    assert.equal(prepare.mock.callCount(), 0);
  } finally {
    prepare.mock.restore();
  }
});
