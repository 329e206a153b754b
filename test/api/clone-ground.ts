/** What is below a load balancer, told without ids, and generated load balancers with all there can be below them. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ApiClient } from '../support/api-client.ts';
import { seed } from '../support/control-plane.ts';
import { serverPair } from '../support/pem.ts';
import { assertDone, makeListener, makeMember, makeMonitor, makePool } from './fixtures.ts';

// biome-ignore lint/suspicious/noExplicitAny: records of any resource
type Item = any;

const listOf = async (api: ApiClient, path: string, key: string): Promise<Item[]> =>
  assertDone(await api.get(path))[key];

/** Everything below a load balancer, by resource. */
export async function below(api: ApiClient, id: string): Promise<Record<string, Item[]>> {
  const listeners = await listOf(api, `/elb/listeners?loadbalancer_id=${id}`, 'listeners');
  const pools = await listOf(api, `/elb/pools?loadbalancer_id=${id}`, 'pools');
  const standby = await listOf(api, `/elb/master-slave-pools?loadbalancer_id=${id}`, 'pools');
  const members: Item[] = [];
  const monitors: Item[] = [];
  for (const pool of pools) {
    members.push(...(await listOf(api, `/elb/pools/${pool.id}/members`, 'members')));
    if (pool.healthmonitor_id) {
      monitors.push(assertDone(await api.get(`/elb/healthmonitors/${pool.healthmonitor_id}`)).healthmonitor);
    }
  }
  const policies: Item[] = [];
  for (const listener of listeners) {
    const path = `/elb/l7policies?listener_id=${listener.id}&display_all_rules=true`;
    policies.push(...(await listOf(api, path, 'l7policies')));
  }
  return { listeners, pools, standby, members, monitors, policies };
}

/** What two load balancers have in common when one is a copy of the other, in order: ids are told by names. */
export async function withoutIds(api: ApiClient, id: string) {
  const lb = assertDone(await api.get(`/elb/loadbalancers/${id}`)).loadbalancer;
  const tree = await below(api, id);
  const names = new Map<string, string>([[id, 'the load balancer']]);
  const named = (kind: string, item: Item) => names.set(item.id, `${kind} ${item.name}`);
  for (const [kind, items] of Object.entries(tree)) {
    for (const item of items) {
      named(kind, item);
      for (const [index, rule] of (item.rules ?? []).entries()) names.set(rule.id, `rule ${index}`);
      if (kind === 'standby') {
        for (const member of item.members) named('standby member', member);
        named('standby monitor', item.healthmonitor);
      }
    }
  }
  const ownAddress = [
    'name',
    'vip_address',
    'vip_port_id',
    'ipv6_vip_address',
    'ipv6_vip_port_id',
    'publicips',
    'eips',
  ];
  for (const key of ownAddress) delete lb[key];
  const told = JSON.stringify({ lb, ...tree }, (key, value) => {
    if (key === 'created_at' || key === 'updated_at') return undefined;
    return typeof value === 'string' ? (names.get(value) ?? value) : value;
  });
  return JSON.parse(told) as Record<string, Item>;
}

/** A load balancer to be made: what is random about it. */
export interface Plan {
  readonly lb: object;
  readonly pools: readonly {
    lb_algorithm: string;
    members: number;
    monitor: boolean;
    down: boolean;
    tcp: boolean;
  }[];
  readonly listeners: readonly {
    protocol: 'TCP' | 'UDP' | 'HTTP' | 'HTTPS';
    pool: number | null;
    enhanced: boolean;
    policies: readonly { kind: number; pool: number; paths: readonly string[] }[];
  }[];
  readonly standby: boolean;
  readonly quic: boolean;
}

export const plans: fc.Arbitrary<Plan> = fc.record({
  lb: fc.record(
    {
      description: fc.constantFrom('', 'd', 'ü'),
      admin_state_up: fc.boolean(),
      ip_target_enable: fc.boolean(),
      availability_zone_list: fc.constantFrom(['az1'], ['az2', 'az1']),
      ipv6_vip_virsubnet_id: fc.constantFrom(null, seed.networkId),
      tags: fc.constantFrom([], [{ key: 'k', value: 'v' }]),
      waf_failure_action: fc.constantFrom('discard', 'forward'),
      deletion_protection_enable: fc.boolean(),
      protection_status: fc.constantFrom('nonProtection', 'consoleProtection'),
    },
    { requiredKeys: ['availability_zone_list'] },
  ),
  pools: fc.array(
    fc.record({
      lb_algorithm: fc.constantFrom('ROUND_ROBIN', 'LEAST_CONNECTIONS', 'SOURCE_IP'),
      members: fc.nat(3),
      monitor: fc.boolean(),
      down: fc.boolean(),
      tcp: fc.boolean(),
    }),
    { minLength: 2, maxLength: 5 },
  ),
  listeners: fc.array(
    fc.record({
      protocol: fc.constantFrom('TCP' as const, 'UDP' as const, 'HTTP' as const, 'HTTPS' as const),
      pool: fc.option(fc.nat(9)),
      enhanced: fc.boolean(),
      policies: fc.array(
        fc.record({
          kind: fc.nat(3),
          pool: fc.nat(9),
          paths: fc.uniqueArray(fc.constantFrom('/a', '/b', '/c/d'), { maxLength: 2 }),
        }),
        { maxLength: 3 },
      ),
    }),
    { maxLength: 4 },
  ),
  standby: fc.boolean(),
  quic: fc.boolean(),
});

/** Makes what a plan says below a load balancer; every name is its own. */
export async function grow(api: ApiClient, loadbalancer_id: string, plan: Plan): Promise<void> {
  let count = 0;
  const name = (kind: string) => `${kind}-${count++}`;
  const { id: certificate } = await api.create('/elb/certificates', { certificate: serverPair() });
  const pools: { id: string; protocol: string }[] = [];
  for (const [index, { lb_algorithm, members, monitor, down, tcp }] of plan.pools.entries()) {
    const protocol = tcp ? 'TCP' : 'HTTP';
    const pool = await makePool(api, { name: name('pool'), protocol, lb_algorithm, loadbalancer_id });
    for (let number = 0; number < members; number++) {
      const address = `120.10.10.${100 + index * 10 + number}`;
      await makeMember(api, pool.id, { name: name('member'), address, weight: number });
    }
    if (monitor) {
      await makeMonitor(api, pool.id, {
        name: name('monitor'),
        type: 'TCP',
        admin_state_up: false,
        delay: down ? 7 : 5,
      });
    }
    pools.push(pool);
  }
  const poolFor = (protocol: string, wanted: number | null) => {
    const fitting = pools.filter((each) => each.protocol === (protocol === 'TCP' ? 'TCP' : 'HTTP'));
    return wanted === null || protocol === 'UDP'
      ? null
      : (fitting[wanted % (fitting.length || 1)]?.id ?? null);
  };
  const tls = { default_tls_container_ref: certificate };
  const quic = plan.quic
    ? await makeListener(api, loadbalancer_id, {
        name: name('listener'),
        protocol: 'QUIC',
        protocol_port: 7000,
        ...tls,
      })
    : null;
  const target = await makeListener(api, loadbalancer_id, {
    ...{ name: name('listener'), protocol: 'HTTPS', protocol_port: 7001, ...tls },
    ...(quic ? { quic_config: { quic_listener_id: quic.id, enable_quic_upgrade: true } } : {}),
  });
  for (const [index, { protocol, pool, enhanced, policies }] of plan.listeners.entries()) {
    const http = protocol === 'HTTP' || protocol === 'HTTPS';
    const listener = await makeListener(api, loadbalancer_id, {
      ...{ name: name('listener'), protocol, protocol_port: 8000 + index },
      default_pool_id: poolFor(protocol, pool),
      ...(http
        ? { enhance_l7policy_enable: enhanced, insert_headers: { 'X-Forwarded-Port': enhanced } }
        : {}),
      ...(protocol === 'HTTPS' ? tls : {}),
    });
    for (const policy of http ? policies : []) {
      await addPolicy(api, listener, policy, poolFor('HTTP', policy.pool), target.id, name('policy'));
    }
  }
  if (plan.standby) await addStandby(api, loadbalancer_id, name);
}

async function addPolicy(
  api: ApiClient,
  listener: Item,
  { kind, paths }: Plan['listeners'][number]['policies'][number],
  pool: string | null,
  target: string,
  name: string,
): Promise<void> {
  const rules = paths.map((value) => ({
    type: 'HEADER',
    compare_type: 'EQUAL_TO',
    conditions: [{ key: 'h', value }],
  }));
  const enhanced = listener.enhance_l7policy_enable;
  const extension = { traffic_mirror_config: { target_ids: [pool], mirror_request_body_enable: false } };
  const actions = [
    { action: 'REDIRECT_TO_POOL', redirect_pool_id: pool },
    { action: 'REDIRECT_TO_LISTENER', redirect_listener_id: target },
    {
      action: 'REDIRECT_TO_POOL',
      redirect_pools_config: [{ pool_id: pool, weight: 3 }],
      redirect_pools_extend_config: extension,
    },
    { action: 'FIXED_RESPONSE', fixed_response_config: { status_code: '404' } },
  ];
  const chosen = actions[kind];
  if (chosen?.action === 'REDIRECT_TO_LISTENER' && listener.protocol !== 'HTTP') return;
  if (kind !== 1 && kind !== 3 && pool === null) return;
  if (!enhanced && kind > 1) return;
  const withRules = enhanced && kind !== 1 ? { rules } : {};
  const reply = await api.post('/elb/l7policies', {
    l7policy: { listener_id: listener.id, name, ...chosen, ...withRules },
  });
  // A second redirect to a listener has the priority of the first.
  assert.ok([201, 409].includes(reply.status), JSON.stringify(reply.body));
}

async function addStandby(
  api: ApiClient,
  loadbalancer_id: string,
  name: (kind: string) => string,
): Promise<void> {
  const member = (role: string, address: string) => ({
    ...{ role, address, name: name('member'), protocol_port: 80, subnet_cidr_id: seed.subnetCidrId },
  });
  await api.create('/elb/master-slave-pools', {
    pool: {
      ...{
        name: name('pool'),
        protocol: 'TCP',
        lb_algorithm: 'ROUND_ROBIN',
        type: 'instance',
        vpc_id: seed.vpcId,
      },
      loadbalancer_id,
      members: [member('master', '120.10.10.90'), member('slave', '120.10.10.91')],
      healthmonitor: { name: name('monitor'), type: 'TCP', delay: 5, timeout: 3, max_retries: 3 },
    },
  });
}
