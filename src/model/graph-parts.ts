/**
 * The parts of the document of a load balancer's whole graph, and how it treats their fields. What a document holds of
 * a part follows from the part's own description.
 */
import { canonical as canonicalAddress, ipVersion } from './address.ts';
import { certificate } from './certificate.ts';
import { domainNames, storedZone } from './domain-names.ts';
import { healthMonitor } from './health-monitor.ts';
import { ipGroup } from './ip-group.ts';
import { l7Policy } from './l7-policy.ts';
import { policySettings } from './l7-policy-rules.ts';
import { l7Rule } from './l7-rule.ts';
import { listener } from './listener.ts';
import { loadBalancerOfKind } from './load-balancer.ts';
import { logtank } from './logtank.ts';
import { masterSlaveMember, masterSlaveMonitor, masterSlavePool } from './master-slave-pool.ts';
import { member } from './member.ts';
import { type Pool, pool } from './pool.ts';
import { poolSettings } from './pool-settings.ts';
import type { NewPublicIp } from './public-ip.ts';
import { createBody, type Resource } from './resource.ts';
import { securityPolicy } from './security-policy.ts';

type Fields = Readonly<Record<string, unknown>>;

/** How a document treats the fields of one kind of part. */
export interface Part {
  readonly of: Resource;
  /** Fields of a create request that the document leaves out: its shape says them, or they have no effect. */
  readonly placed: readonly string[];
  /** The fields that a document may give, besides the parts inside. */
  readonly fields: readonly string[];
  /** Fields that name other parts: their path, `*` for each item of a list, and the kind they name. */
  readonly references: readonly Reference[];
  /** Fields that the service works out for a part that does not give them; leaving one out asks for no change. */
  readonly workedOut: readonly string[];
  /** The parts that an entry holds, by the field that has them. */
  readonly inside: Readonly<Record<string, Inside>>;
  /** Fields whose items have no order; where no update request changes one, it has calls of its own. */
  readonly sets: readonly string[];
  /** The kind whose keys these are, where it is not their own. */
  readonly keyedAs?: PartName;
  /** The fields made whole, as they would be stored. */
  readonly whole?: (entry: Fields) => Fields;
}

export interface Reference {
  readonly path: readonly string[];
  readonly to: PartName;
  /** Whether the text holds several, with commas between. */
  readonly several?: boolean;
}

/** Parts inside another: a list of them, or one. */
export interface Inside {
  readonly part: PartName;
  readonly many: boolean;
  /** Whether the request that creates the outer part creates them too. */
  readonly atOnce: boolean;
}

export type PartName =
  | 'loadbalancer'
  | 'logtank'
  | 'domain_names'
  | 'listener'
  | 'l7policy'
  | 'rule'
  | 'pool'
  | 'member'
  | 'healthmonitor'
  | 'master_slave_pool'
  | 'master_slave_member'
  | 'master_slave_monitor'
  | 'certificate'
  | 'ipgroup'
  | 'security_policy';

function part(of: Resource, about: Partial<Part> = {}): Part {
  const placed = ['project_id', ...(about.placed ?? [])];
  const { inside = {} } = about;
  const fields = Object.keys(createBody(of).properties).filter(
    (name) => !placed.includes(name) && !(name in inside),
  );
  return { ...{ of, references: [], workedOut: [], sets: [] }, ...about, placed, inside, fields };
}

const list = (name: PartName): Inside => ({ part: name, many: true, atOnce: false });
const one = (name: PartName): Inside => ({ part: name, many: false, atOnce: false });
const atOnce = (inside: Inside): Inside => ({ ...inside, atOnce: true });

export const parts: Readonly<Record<PartName, Part>> = {
  certificate: part(certificate, {
    // A document without the private key asks for no other one.
    workedOut: ['source', 'domain', 'private_key', 'enc_private_key'],
  }),
  ipgroup: part(ipGroup, { whole: (entry) => eachWith(entry, 'ip_list', { description: '' }) }),
  security_policy: part(securityPolicy),
  loadbalancer: part(loadBalancerOfKind, {
    placed: ['prepaid_options'],
    workedOut: [
      ...['vpc_id', 'vip_subnet_cidr_id', 'vip_address', 'ipv6_vip_virsubnet_id', 'ipv6_vip_address'],
      ...['elb_virsubnet_ids', 'publicip_ids', 'publicip', 'billing_info', 'autoscaling'],
      ...['l4_flavor_id', 'l7_flavor_id', 'charge_mode'],
    ],
    inside: { logtank: one('logtank'), domain_names: one('domain_names') },
    sets: ['tags', 'availability_zone_list', 'publicip_ids'],
    whole: wholeLoadBalancer,
  }),
  logtank: part(logtank, { placed: ['loadbalancer_id'] }),
  domain_names: part(domainNames, { sets: ['disabled_ips'], whole: wholeDomainNames }),
  listener: part(listener, {
    placed: ['loadbalancer_id'],
    references: [
      { path: ['default_pool_id'], to: 'pool' },
      { path: ['default_tls_container_ref'], to: 'certificate' },
      { path: ['client_ca_tls_container_ref'], to: 'certificate' },
      { path: ['sni_container_refs', '*'], to: 'certificate' },
      { path: ['security_policy_id'], to: 'security_policy' },
      { path: ['ipgroup', 'ipgroup_id'], to: 'ipgroup', several: true },
      { path: ['quic_config', 'quic_listener_id'], to: 'listener' },
    ],
    workedOut: [
      ...['keepalive_timeout', 'client_timeout', 'member_timeout', 'insert_headers', 'tls_ciphers_policy'],
      ...['transparent_client_ip_enable', 'http2_enable', 'enable_member_retry'],
    ],
    inside: { l7policies: list('l7policy') },
    sets: ['tags'],
    whole: wholeListener,
  }),
  l7policy: part(l7Policy, {
    placed: ['listener_id', 'position', 'redirect_url'],
    references: [
      { path: ['redirect_pool_id'], to: 'pool' },
      { path: ['redirect_pools_config', '*', 'pool_id'], to: 'pool' },
      { path: ['redirect_pools_extend_config', 'traffic_mirror_config', 'target_ids', '*'], to: 'pool' },
      { path: ['redirect_listener_id'], to: 'listener' },
    ],
    workedOut: ['priority'],
    inside: { rules: atOnce(list('rule')) },
    whole: (entry) => ({ ...entry, ...policySettings(null, entry) }),
  }),
  rule: part(l7Rule, { placed: ['invert'], whole: (entry) => eachWith(entry, 'conditions', { key: '' }) }),
  pool: part(pool, {
    placed: ['loadbalancer_id', 'listener_id'],
    workedOut: ['lb_algorithm', 'ip_version', 'vpc_id', 'quic_cid_hash_strategy'],
    inside: { members: list('member'), healthmonitor: one('healthmonitor') },
    whole: wholePool,
  }),
  member: part(member, {
    placed: ['admin_state_up'],
    workedOut: ['protocol_port', 'availability_zone'],
    whole: wholeMember,
  }),
  healthmonitor: part(healthMonitor, {
    placed: ['pool_id'],
    workedOut: ['http_method', 'expected_codes', 'http_version'],
  }),
  // No call changes one: it is made at once, with its two members and its monitor.
  master_slave_pool: part(masterSlavePool, {
    placed: ['loadbalancer_id', 'listener_id'],
    workedOut: ['ip_version', 'vpc_id', 'quic_cid_hash_strategy'],
    inside: {
      members: atOnce(list('master_slave_member')),
      healthmonitor: atOnce(one('master_slave_monitor')),
    },
    keyedAs: 'pool',
    whole: wholePool,
  }),
  master_slave_member: part(masterSlaveMember, {
    placed: ['admin_state_up'],
    workedOut: ['protocol_port'],
    whole: wholeMember,
  }),
  master_slave_monitor: part(masterSlaveMonitor, { workedOut: ['http_method', 'expected_codes'] }),
};

/** The kinds whose parts others refer to. */
const referredTo: ReadonlySet<PartName> = new Set(
  Object.values(parts).flatMap(({ references }) => references.map(({ to }) => to)),
);

/** The kind whose keys those of a part are; null when nothing refers to such parts. */
export function keyspaceOf(name: PartName): PartName | null {
  const kind = parts[name].keyedAs ?? name;
  return referredTo.has(kind) ? kind : null;
}

/** The entry with defaults for the items of a list. */
function eachWith(entry: Fields, key: string, defaults: Fields): Fields {
  const items = entry[key];
  if (!Array.isArray(items)) return entry;
  return { ...entry, [key]: items.map((item) => ({ ...defaults, ...withoutNulls(item) })) };
}

function withoutNulls(item: object): object {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== null));
}

function wholePool(entry: Fields): Fields {
  return { ...entry, ...poolSettings(entry['protocol'] as Pool['protocol'], null, entry) };
}

/** An address as it is stored; what is none is for the service to refuse. */
function stored(address: unknown): unknown {
  return typeof address === 'string' && ipVersion(address) ? canonicalAddress(address) : address;
}

function wholeMember(entry: Fields): Fields {
  return { ...entry, address: stored(entry['address']) };
}

function wholeDomainNames(entry: Fields): Fields {
  const { public_dns_zone_name, private_dns_zone_name, disabled_ips } = entry;
  return {
    ...entry,
    public_dns_zone_name: storedZone(public_dns_zone_name as string | null | undefined),
    private_dns_zone_name: storedZone(private_dns_zone_name as string | null | undefined),
    ...(Array.isArray(disabled_ips) ? { disabled_ips: disabled_ips.map(stored) } : {}),
  };
}

function wholeListener(entry: Fields): Fields {
  const { ipgroup, quic_config, security_policy_id } = entry;
  return {
    ...entry,
    // Empty text asks for none.
    security_policy_id: security_policy_id || null,
    ...(ipgroup ? { ipgroup: { enable_ipgroup: true, type: 'white', ...ipgroup } } : {}),
    ...(quic_config ? { quic_config: { enable_quic_upgrade: false, ...quic_config } } : {}),
  };
}

/** Of a public IP that was made, nothing keeps the description and who pays for its bandwidth. */
function wholeLoadBalancer(entry: Fields): Fields {
  const { publicip_ids } = entry;
  const asked = entry['publicip'] as NewPublicIp | null | undefined;
  return {
    ...entry,
    // Of several only the first counts.
    ...(Array.isArray(publicip_ids) ? { publicip_ids: publicip_ids.slice(0, 1) } : {}),
    ipv6_vip_address: stored(entry['ipv6_vip_address']),
    ...(asked ? { publicip: wholePublicIp(asked) } : {}),
  };
}

function wholePublicIp({ description: _, ...asked }: NewPublicIp): Fields {
  const { billing_info: __, ...bandwidth } = asked.bandwidth;
  return {
    ...asked,
    ip_version: asked.ip_version ?? 4,
    bandwidth: bandwidth.id ? { id: bandwidth.id } : { ...bandwidth, share_type: 'PER' },
  };
}
