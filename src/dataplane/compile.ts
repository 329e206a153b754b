/** Compiles API resources into what a proxy must know; what no proxy can serve yet compiles to nothing. */
import { addressText } from '../model/address.ts';
import type { InsertHeaders } from '../model/insert-headers.ts';
import type { IpGroup } from '../model/ip-group.ts';
import { parseIpRange } from '../model/ip-range.ts';
import type { Listener } from '../model/listener.ts';
import type { LoadBalancer } from '../model/load-balancer.ts';
import type { Member } from '../model/member.ts';
import type { Pool } from '../model/pool.ts';
import type { SecurityPolicy } from '../model/security-policy.ts';
import { protocolFor } from '../model/shared-rules.ts';
import { compileTls, tlsHeaders } from './compile-tls.ts';
import type {
  AccessControl,
  Algorithm,
  ConnectionIdSlice,
  ForwardedForMode,
  HttpListenerSettings,
  InsertedHeader,
  ListenerConfiguration,
  MemberConfiguration,
  PoolConfiguration,
  PoolSessions,
} from './configuration.ts';
import type { HeaderSource } from './policy-configuration.ts';
import type { SessionKeys } from './session-keys.ts';

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

/** The protocols of listeners that proxies can serve, and whether it is HTTP and TLS that clients speak. */
const served: Readonly<
  Partial<Record<Listener['protocol'], { readonly http: boolean; readonly tls: boolean }>>
> = {
  TCP: { http: false, tls: false },
  UDP: { http: false, tls: false },
  HTTP: { http: true, tls: false },
  TLS: { http: false, tls: true },
  HTTPS: { http: true, tls: true },
};

/** Null while the listener is not to be served: administratively down, without one port, or not servable. */
export function compileListener(
  listener: Listener,
  owner: LoadBalancer,
  ipGroups: ReadonlyMap<string, IpGroup>,
  policies: ReadonlyMap<string, SecurityPolicy>,
): ListenerConfiguration | null {
  const kind = served[protocolFor(listener.protocol, true)];
  if (!kind || listener.protocol_port === 0 || !owner.admin_state_up) return null;
  const tls = kind.tls ? compileTls(listener, policies) : null;
  if (kind.tls && !tls) return null;
  const { vip_address, ipv6_vip_address, publicips, log_topic_id, project_id } = owner;
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
    http: kind.http ? httpSettings(listener, kind.tls) : null,
    tls,
    ...(log_topic_id ? { accessLog: { topicId: log_topic_id, projectId: project_id } } : {}),
  };
}

/** The ids of the IP groups that a listener names: several are separated by commas. */
export function ipGroupIds({ ipgroup }: Pick<Listener, 'ipgroup'>): string[] {
  return (ipgroup?.ipgroup_id ?? '').split(',').flatMap((id) => id.trim() || []);
}

/** White allows only what its groups list, black all but that (rules digest LI-10); switched off it admits everyone. */
export function accessControl(
  listener: Listener,
  ipGroups: ReadonlyMap<string, IpGroup>,
): AccessControl | null {
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

function httpSettings(listener: Listener, overTls: boolean): HttpListenerSettings {
  const { insert_headers, client_timeout, member_timeout, enable_member_retry } = listener;
  return {
    clientTimeoutMs: (client_timeout ?? 60) * 1000,
    memberTimeoutMs: (member_timeout ?? 60) * 1000,
    memberRetry: enable_member_retry,
    forwardedFor: (insert_headers['X-Forwarded-For-Processing-Mode'] ?? 'append') as ForwardedForMode,
    insertedHeaders: [...insertedHeaders(insert_headers), ...(overTls ? tlsHeaders(insert_headers) : [])],
    policyOrder: listener.enhance_l7policy_enable ? 'priority' : 'exactness',
  };
}

function insertedHeaders(switches: InsertHeaders): InsertedHeader[] {
  return Object.entries(headerSources).flatMap(([name, source]) =>
    switches[name] === true ? [{ name, source }] : [],
  );
}

/** Null when no proxy can speak the pool's protocol or algorithm. */
export function compilePool(pool: Pool, keys: SessionKeys): PoolConfiguration | null {
  const algorithm = algorithms[pool.lb_algorithm];
  const language = poolProtocols[pool.protocol];
  if (!algorithm || !language) return null;
  const { id } = pool;
  const { protocol, tls } = language;
  if (protocol === 'http') {
    return { id, protocol, tls, algorithm, connectionIdSlice: null, sessions: poolSessions(pool, keys) };
  }
  const slice = connectionIdSlice(pool);
  // Below HTTP every kind of persistence goes by the client's address (rules digest 2.3.5), which needs no memory: the
  // same client meets the same member for longer than any time that can be asked for. A QUIC pool must have one, and
  // still goes by connection ids when told to.
  const persists = pool.session_persistence !== null && !slice;
  return {
    ...{ id, protocol, tls, algorithm: persists ? 'source-ip' : algorithm },
    ...{ connectionIdSlice: slice, sessions: null },
  };
}

/** QUIC passes through as the datagrams that it is. */
const poolProtocols: Readonly<
  Partial<Record<Pool['protocol'], Pick<PoolConfiguration, 'protocol' | 'tls'>>>
> = {
  TCP: { protocol: 'tcp', tls: false },
  TLS: { protocol: 'tcp', tls: true },
  UDP: { protocol: 'udp', tls: false },
  QUIC: { protocol: 'udp', tls: false },
  HTTP: { protocol: 'http', tls: false },
  HTTPS: { protocol: 'http', tls: true },
};

function connectionIdSlice({ lb_algorithm, quic_cid_hash_strategy }: Pool): ConnectionIdSlice | null {
  if (lb_algorithm !== 'QUIC_CID') return null;
  // As the field has it by default (rules digest 2.3.1).
  const { offset, len } = quic_cid_hash_strategy ?? { offset: 1, len: 3 };
  return { offset, length: len };
}

/** SOURCE_IP is accepted of a pool of HTTP, and does nothing there (rules digest 2.3.5). */
function poolSessions({ id, session_persistence }: Pool, keys: SessionKeys): PoolSessions | null {
  if (!session_persistence || session_persistence.type === 'SOURCE_IP') return null;
  const { type, cookie_name, persistence_timeout } = session_persistence;
  // The time of an application's cookie is the application's own.
  if (type === 'APP_COOKIE') return { key: keys.of(id), timeoutMs: null, applicationCookie: cookie_name };
  const timeoutMs = persistence_timeout === null ? null : persistence_timeout * 60_000;
  return { key: keys.of(id), timeoutMs, applicationCookie: null };
}

/** The fields of members that compiling them needs, with the pool they are in. */
export const compiledFields = [
  ...(['id', 'pool_id', 'address', 'protocol_port', 'weight', 'verdict', 'role', 'server_state'] as const),
] as const;

export function compileMember(
  member: Pick<Member, Exclude<(typeof compiledFields)[number], 'pool_id'>>,
): MemberConfiguration {
  return {
    id: member.id,
    address: member.address,
    port: member.protocol_port,
    weight: member.weight,
    // Of a server that is known not to run nobody needs to find out, least of all a client.
    healthy:
      member.verdict !== 'OFFLINE' && member.server_state !== 'stopped' && member.server_state !== 'gone',
    standby: member.role === 'slave',
  };
}
