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
};

/** The protocols of listeners that proxies can serve, and whether it is HTTP and TLS that clients speak. */
const served: Readonly<
  Partial<Record<Listener['protocol'], { readonly http: boolean; readonly tls: boolean }>>
> = {
  TCP: { http: false, tls: false },
  HTTP: { http: true, tls: false },
  TLS: { http: false, tls: true },
  HTTPS: { http: true, tls: true },
};

/** The protocols of pools that proxies can speak to members. */
const spoken: Readonly<Partial<Record<Pool['protocol'], Pick<PoolConfiguration, 'protocol' | 'tls'>>>> = {
  TCP: { protocol: 'tcp', tls: false },
  HTTP: { protocol: 'http', tls: false },
  TLS: { protocol: 'tcp', tls: true },
  HTTPS: { protocol: 'http', tls: true },
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
  const { vip_address, ipv6_vip_address, publicips } = owner;
  const [publicAddress] = publicips.map(({ publicip_address }) => publicip_address);
  return {
    id: listener.id,
    loadBalancerId: owner.id,
    publicAddress: publicAddress ?? null,
    addresses: [vip_address, ipv6_vip_address, publicAddress].filter(
      (address) => typeof address === 'string',
    ),
    port: listener.protocol_port,
    access: accessControl(listener, ipGroups),
    poolId: listener.default_pool_id,
    keepaliveTimeoutMs: listener.keepalive_timeout * 1000,
    http: kind.http ? httpSettings(listener, kind.tls) : null,
    tls,
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

function httpSettings(listener: Listener, overTls: boolean): HttpListenerSettings {
  const { insert_headers, client_timeout, member_timeout, enable_member_retry } = listener;
  return {
    clientTimeoutMs: (client_timeout ?? 60) * 1000,
    memberTimeoutMs: (member_timeout ?? 60) * 1000,
    memberRetry: enable_member_retry,
    forwardedFor: (insert_headers['X-Forwarded-For-Processing-Mode'] ?? 'append') as ForwardedForMode,
    insertedHeaders: [...insertedHeaders(insert_headers), ...(overTls ? tlsHeaders(insert_headers) : [])],
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
  const language = spoken[pool.protocol];
  return algorithm && language ? { id: pool.id, ...language, algorithm } : null;
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
