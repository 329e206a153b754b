/** Compiles API resources into what a proxy must know; what no proxy can serve yet compiles to nothing. */
import { addressText } from '../model/address.ts';
import type { InsertHeaders } from '../model/insert-headers.ts';
import type { IpGroup } from '../model/ip-group.ts';
import { parseIpRange } from '../model/ip-range.ts';
import type { Listener } from '../model/listener.ts';
import type { LoadBalancer } from '../model/load-balancer.ts';
import type { Member } from '../model/member.ts';
import type { Pool } from '../model/pool.ts';
import type {
  AccessControl,
  Algorithm,
  ConnectionIdSlice,
  ForwardedForMode,
  HeaderSource,
  HttpListenerSettings,
  InsertedHeader,
  ListenerConfiguration,
  MemberConfiguration,
  PoolConfiguration,
} from './configuration.ts';

/** The headers that can be filled in, and with what. */
const headerSources: Readonly<Record<string, HeaderSource>> = {
  'X-Forwarded-ELB-IP': 'load-balancer-public-address',
  'X-Forwarded-Port': 'listener-port',
  'X-Forwarded-For-Port': 'client-port',
  'X-Forwarded-Host': 'host',
  'X-Forwarded-Proto': 'listener-protocol',
  'X-Real-IP': 'client-address',
  'X-Forwarded-ELB-ID': 'load-balancer-id',
};

const algorithms: Readonly<Partial<Record<Pool['lb_algorithm'], Algorithm>>> = {
  ROUND_ROBIN: 'round-robin',
  LEAST_CONNECTIONS: 'least-connections',
  SOURCE_IP: 'source-ip',
  QUIC_CID: 'connection-id',
};

/** Whether proxies can serve a listener of the protocol. */
function isServed(protocol: Listener['protocol']): boolean {
  return protocol === 'TCP' || protocol === 'UDP' || protocol === 'HTTP';
}

/** Null while the listener is not to be served: administratively down, without one port, or not servable. */
export function compileListener(
  listener: Listener,
  owner: LoadBalancer,
  ipGroups: ReadonlyMap<string, IpGroup>,
): ListenerConfiguration | null {
  if (!isServed(listener.protocol) || listener.protocol_port === 0 || !owner.admin_state_up) return null;
  const { vip_address, ipv6_vip_address, publicips } = owner;
  const [publicAddress] = publicips.map(({ publicip_address }) => publicip_address);
  return {
    id: listener.id,
    loadBalancerId: owner.id,
    publicAddress: publicAddress ?? null,
    addresses: [vip_address, ipv6_vip_address, publicAddress].filter(
      (address) => typeof address === 'string',
    ),
    transport: listener.protocol === 'UDP' ? 'udp' : 'tcp',
    port: listener.protocol_port,
    access: accessControl(listener, ipGroups),
    poolId: listener.default_pool_id,
    keepaliveTimeoutMs: listener.keepalive_timeout * 1000,
    http: listener.protocol === 'HTTP' ? httpSettings(listener) : null,
  };
}

/** The ids of the IP groups that a listener names: several are separated by commas. */
export function ipGroupIds({ ipgroup }: Pick<Listener, 'ipgroup'>): string[] {
  return (ipgroup?.ipgroup_id ?? '').split(',').flatMap((id) => id.trim() || []);
}

/** White allows only what its groups list, black all but that (rules digest LI-10); switched off it admits everyone. */
function accessControl(listener: Listener, ipGroups: ReadonlyMap<string, IpGroup>): AccessControl | null {
  if (!listener.ipgroup?.enable_ipgroup) return null;
  const entries = ipGroupIds(listener).flatMap((id) => ipGroups.get(id)?.ip_list ?? []);
  const ranges = entries.flatMap(({ ip }) => {
    const range = parseIpRange(ip);
    if ('problem' in range) return [];
    const { first, last, version } = range;
    return [{ first: addressText(first, version), last: addressText(last, version) }];
  });
  return { allowsListed: listener.ipgroup.type === 'white', ranges };
}

function httpSettings(listener: Listener): HttpListenerSettings {
  const { insert_headers, client_timeout, member_timeout, enable_member_retry } = listener;
  return {
    clientTimeoutMs: (client_timeout ?? 60) * 1000,
    memberTimeoutMs: (member_timeout ?? 60) * 1000,
    memberRetry: enable_member_retry,
    forwardedFor: (insert_headers['X-Forwarded-For-Processing-Mode'] ?? 'append') as ForwardedForMode,
    insertedHeaders: insertedHeaders(insert_headers),
  };
}

function insertedHeaders(switches: InsertHeaders): InsertedHeader[] {
  return Object.entries(headerSources).flatMap(([name, source]) =>
    switches[name] === true ? [{ name, source }] : [],
  );
}

/** Null when no proxy can speak the pool's protocol or algorithm. */
export function compilePool(pool: Pool): PoolConfiguration | null {
  const algorithm = algorithms[pool.lb_algorithm];
  const protocol = poolProtocols[pool.protocol];
  if (!algorithm || !protocol) return null;
  return { id: pool.id, protocol, algorithm, connectionIdSlice: connectionIdSlice(pool) };
}

/** QUIC passes through as the datagrams that it is. */
const poolProtocols: Readonly<Partial<Record<Pool['protocol'], PoolConfiguration['protocol']>>> = {
  TCP: 'tcp',
  UDP: 'udp',
  QUIC: 'udp',
  HTTP: 'http',
};

function connectionIdSlice({ lb_algorithm, quic_cid_hash_strategy }: Pool): ConnectionIdSlice | null {
  if (lb_algorithm !== 'QUIC_CID') return null;
  // As the field has it by default (rules digest 2.3.1).
  const { offset, len } = quic_cid_hash_strategy ?? { offset: 1, len: 3 };
  return { offset, length: len };
}

/** The fields of members that compiling them needs, with the pool they are in. */
export const compiledFields = [
  ...(['id', 'pool_id', 'address', 'protocol_port', 'weight', 'verdict', 'role'] as const),
] as const;

export function compileMember(
  member: Pick<Member, Exclude<(typeof compiledFields)[number], 'pool_id'>>,
): MemberConfiguration {
  return {
    id: member.id,
    address: member.address,
    port: member.protocol_port,
    weight: member.weight,
    healthy: member.verdict !== 'OFFLINE',
    standby: member.role === 'slave',
  };
}
