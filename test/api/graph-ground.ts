/** Graphs for the tests of export and apply: made through the API, compared without their ids, and deleted. */
import { createHash } from 'node:crypto';
import type { ApiClient } from '../support/api-client.ts';
import { seed, seedInventory, startTestControlPlane } from '../support/control-plane.ts';
import { pem, serverPair } from '../support/pem.ts';
import {
  assertDone,
  makeListener,
  makeLoadBalancer,
  makeMasterSlavePool,
  makeMember,
  makeMonitor,
  makePool,
  makeShared,
} from './fixtures.ts';
import type { GraphShape, PolicyShape } from './graph-shapes.ts';

export const applyPath = '/elbow/v1/loadbalancers/apply';
export const exportPath = (id: string, format = 'json') =>
  `/elbow/v1/loadbalancers/${id}/export?format=${format}`;

export const declaredIp = '7f5a4a0e-2f0a-4c11-8f0f-1b1d2d3e4f50';
export const newPublicIp = {
  network_type: '5_bgp',
  bandwidth: { name: 'b', size: 5, charge_mode: 'traffic', share_type: 'PER' },
};

/** A region with public IPs, one of them declared. */
export const startGround = () =>
  startTestControlPlane({
    ...seedInventory,
    public_network: '203.0.114.0/24',
    publicips: [{ id: declaredIp, address: '203.0.113.9' }],
  });

/** Makes a load balancer of that shape and answers its id. */
export async function makeGraph(api: ApiClient, lbName: string, shape: GraphShape): Promise<string> {
  const lb = await makeOwner(api, lbName, shape);
  const group = await api.create('/elb/ipgroups', {
    ipgroup: { name: `${lbName} friends`, ip_list: [{ ip: '10.0.0.0/8', description: 'inside' }] },
  });
  const server = await api.create('/elb/certificates', {
    certificate: { name: `${lbName} server`, ...serverPair() },
  });
  const authority = await api.create('/elb/certificates', {
    certificate: { name: `${lbName} ca`, type: 'client', certificate: pem('ca') },
  });
  const pools = await makePools(api, lb.id, shape);
  const listeners: Made[] = [];
  for (const { port, pool, tagged, guarded, advanced, policies, protocol, ...fields } of shape.listeners) {
    if (shape.shared && protocol === 'QUIC') continue;
    const candidate = pool === undefined ? undefined : pools[pool];
    const overTls = protocol === 'HTTPS' || protocol === 'QUIC';
    const overHttp = overTls || protocol === 'HTTP';
    const listener = await makeListener(api, lb.id, {
      ...fields,
      protocol,
      protocol_port: port,
      default_pool_id: candidate?.protocol === poolsOf[protocol] ? candidate?.id : null,
      tags: tagged ? [{ key: 'k', value: 'v' }] : [],
      ...(guarded ? { ipgroup: { ipgroup_id: group.id, type: 'black' } } : {}),
      ...(overTls ? { default_tls_container_ref: server.id } : {}),
      ...(protocol === 'HTTPS' ? { client_ca_tls_container_ref: authority.id } : {}),
      ...(advanced && overHttp && !shape.shared ? { enhance_l7policy_enable: true } : {}),
    });
    listeners.push({ id: listener.id, protocol });
    for (const each of overHttp ? policies : []) {
      await tryPolicy(api, listener, each, { pools, listeners });
    }
  }
  return lb.id;
}

interface Made {
  readonly id: string;
  readonly protocol: string;
}

const poolsOf: Readonly<Record<string, string>> = {
  ...{ HTTP: 'HTTP', HTTPS: 'HTTP', QUIC: 'HTTP', TCP: 'TCP', UDP: 'UDP' },
};

async function makeOwner(api: ApiClient, name: string, shape: GraphShape) {
  const { shared, description, publicIp, named, disabled, logged, withIpv6 } = shape;
  const wanted = {
    ...{ name, description },
    ...(publicIp === 'declared' ? { publicip_ids: [declaredIp] } : {}),
    ...(publicIp === 'made' ? { publicip: newPublicIp } : {}),
  };
  const ipv6 = withIpv6 ? { ipv6_vip_virsubnet_id: seed.networkId } : {};
  const lb = await (shared ? makeShared(api, wanted) : makeLoadBalancer(api, { ...wanted, ...ipv6 }));
  const path = `/elb/loadbalancers/${lb.id}/dns`;
  if (named) {
    const zones = { public_dns_zone_name: 'example.org', private_dns_zone_name: 'Example.net.' };
    const names = {
      ...{
        public_domain_name_enable: true,
        private_domain_name_enable: true,
        private_dns_record_set_ttl: 60,
      },
      ...(named === 'user' ? zones : {}),
    };
    const config = named === 'user' ? 'user-defined-config' : 'system-default-config';
    assertDone(await api.post(`${path}/${config}`, { loadbalancer: names }));
  }
  if (named && disabled) {
    assertDone(await api.post(`${path}/ips/batch-disable`, { ips: [{ ip_address: lb.vip_address }] }));
  }
  if (logged) {
    const logtank = { loadbalancer_id: lb.id, log_group_id: 'group', log_topic_id: 'topic' };
    await api.create('/elb/logtanks', { logtank });
  }
  return lb;
}

/** Pools of both kinds. */
async function makePools(api: ApiClient, lbId: string, shape: GraphShape): Promise<Made[]> {
  const pools: Made[] = [];
  for (const { name, protocol, port, slow } of shape.masterSlavePools) {
    const pool = await makeMasterSlavePool(api, {
      ...{ name, protocol, loadbalancer_id: lbId },
      healthmonitor: {
        type: protocol === 'UDP' ? 'UDP_CONNECT' : 'TCP',
        delay: 50,
        timeout: 1,
        max_retries: 1,
      },
      members: (['master', 'slave'] as const).map((role, index) => ({
        ...{ role, name, address: `120.10.10.${90 + index}`, protocol_port: port },
        ...(shape.shared ? { subnet_cidr_id: seed.subnetCidrId } : {}),
      })),
      ...(slow ? { connection_drain: { enable: true, timeout: 30 } } : {}),
      ...(shape.shared ? { ip_version: 'v4', type: 'instance', vpc_id: seed.vpcId } : {}),
    });
    pools.push({ id: pool.id, protocol });
  }
  for (const { members, monitored, sticky, ...fields } of shape.pools) {
    const pool = await makePool(api, {
      ...fields,
      loadbalancer_id: lbId,
      ...(sticky && fields.protocol === 'TCP'
        ? { session_persistence: { type: 'SOURCE_IP', persistence_timeout: 5 } }
        : {}),
    });
    pools.push({ id: pool.id, protocol: fields.protocol });
    for (const { withSubnet, ...member } of members) {
      const subnet_cidr_id = withSubnet || shape.shared ? seed.subnetCidrId : null;
      await makeMember(api, pool.id, { ...member, subnet_cidr_id });
    }
    if (monitored) {
      await makeMonitor(api, pool.id, { type: fields.protocol === 'UDP' ? 'UDP_CONNECT' : 'TCP' });
    }
  }
  return pools;
}

/** Makes a policy, unless the listener cannot have such a one. */
async function tryPolicy(
  api: ApiClient,
  listener: { readonly id: string; readonly enhance_l7policy_enable: boolean },
  { action, target, priority, ...fields }: PolicyShape,
  { pools, listeners }: { readonly pools: readonly Made[]; readonly listeners: readonly Made[] },
): Promise<void> {
  const [pool, other] = pools.filter(({ protocol }) => protocol === 'HTTP').toSpliced(0, target % 2);
  const https = listeners.find(({ protocol }) => protocol === 'HTTPS');
  const actions = {
    pool: { action: 'REDIRECT_TO_POOL', redirect_pool_id: pool?.id },
    pools: {
      action: 'REDIRECT_TO_POOL',
      redirect_pools_config: [pool, other ?? pool].slice(0, other ? 2 : 1).map((each, index) => ({
        ...{ pool_id: each?.id, weight: index },
      })),
      redirect_pools_sticky_session_config: { enable: true, timeout: 5 },
    },
    'mirrored pool': {
      action: 'REDIRECT_TO_POOL',
      redirect_pool_id: pool?.id,
      redirect_pools_extend_config: {
        traffic_limit_config: { qps: 9 },
        traffic_mirror_config: { target_ids: other ? [other.id] : [] },
        insert_headers_config: { configs: [{ key: 'a', value_type: 'USER_DEFINED', value: 'b' }] },
      },
    },
    listener: { action: 'REDIRECT_TO_LISTENER', redirect_listener_id: https?.id, rules: undefined },
    url: { action: 'REDIRECT_TO_URL', redirect_url_config: { status_code: '301', host: 'b.example' } },
    response: { action: 'FIXED_RESPONSE', fixed_response_config: { status_code: '204' } },
  };
  const l7policy = {
    ...fields,
    listener_id: listener.id,
    ...(listener.enhance_l7policy_enable ? { priority } : {}),
    ...actions[action],
  };
  await api.post('/elb/l7policies', { l7policy });
}

/** Deletes every load balancer with all that belongs to it, so that its addresses are free. */
export async function clear(api: ApiClient): Promise<void> {
  for (const { id } of assertDone(await api.get('/elb/loadbalancers')).loadbalancers) {
    const loadbalancer = { unbounded_pool: true, public_ip: true };
    assertDone(await api.post(`/elb/loadbalancers/${id}/delete-cascade`, { loadbalancer }), 204);
  }
  for (const kind of ['certificates', 'ipgroups'] as const) {
    for (const { id } of assertDone(await api.get(`/elb/${kind}`))[kind]) {
      assertDone(await api.delete(`/elb/${kind}/${id}`), 204);
    }
  }
}

const lists = {
  loadbalancers: 'loadbalancers',
  listeners: 'listeners',
  pools: 'pools',
  members: 'members',
  healthmonitors: 'healthmonitors',
  'master-slave-pools': 'pools',
  l7policies: 'l7policies',
  'l7policies/rules': 'rules',
  logtanks: 'logtanks',
} as const;

/**
 * Everything that a project has below its load balancers as the API answers it, in no order: without times, and with
 * what a resource is in place of its id, wherever that is.
 */
export async function answersOf(api: ApiClient, without: readonly string[] = []): Promise<string[]> {
  const textOf = (value: unknown, labels: ReadonlyMap<string, string>) => text(value, labels, without);
  const resources: Readonly<Record<string, unknown>>[] = [];
  for (const [path, key] of Object.entries(lists)) {
    resources.push(...assertDone(await api.get(`/elb/${path}?limit=2000`))[key]);
  }
  const groups = assertDone(await api.get('/elb/ipgroups')).ipgroups;
  const certificates = assertDone(await api.get('/elb/certificates')).certificates;
  const used = new Set(JSON.stringify(resources).match(anyId));
  resources.push(...[...groups, ...certificates].filter(({ id }) => used.has(id)));
  for (const { id } of assertDone(await api.get('/elb/loadbalancers')).loadbalancers) {
    resources.push(...assertDone(await api.get(`/elb/loadbalancers/${id}/dns/ips`)).ips);
  }
  let labels = new Map(resources.map(({ id }) => [String(id), 'an id']));
  // From one round to the next a label says more of what is around a resource.
  for (let round = 0; round < 4; round++) {
    labels = new Map(resources.map((each) => [String(each['id']), digest(textOf(each, labels))]));
  }
  return resources.map((each) => textOf(each, labels)).sort();
}

const anyId = /\b[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\b/g;

/** Ids of the inventory, which are the same everywhere. */
const stable: ReadonlySet<string> = new Set([seed.vpcId, seed.subnetCidrId, seed.networkId, declaredIp]);

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 12);
}

function text(value: unknown, labels: ReadonlyMap<string, string>, without: readonly string[]): string {
  if (typeof value === 'string') {
    const said = value.replaceAll(anyId, (id) => labels.get(id) ?? (stable.has(id) ? id : 'an id'));
    return JSON.stringify(said);
  }
  if (Array.isArray(value)) return `[${value.map((each) => text(each, labels, without)).sort()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const lines = Object.entries(value)
    .filter(([key]) => !/_at$|^id$|_port_id$|^reason$/.test(key) && !without.includes(key))
    .map(([key, inner]) => `${key}: ${text(inner, labels, without)}`);
  return `{${lines.sort()}}`;
}
