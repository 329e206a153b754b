/** The pools, health monitors and members of a generated project. */
import { type HealthMonitor, healthMonitor } from '../../src/model/health-monitor.ts';
import type { Listener } from '../../src/model/listener.ts';
import { type Member, member, operatingStatus } from '../../src/model/member.ts';
import { typeDefaults } from '../../src/model/monitor-rules.ts';
import { type Pool, pool } from '../../src/model/pool.ts';
import { draft } from '../../src/model/resource.ts';
import type { Maker } from './maker.ts';

/** Whom a pool is for; null for a pool that is not attached. */
export interface PoolOwner {
  readonly listener: Listener | null;
  readonly loadBalancerId: string;
}

const poolProtocols: Readonly<Partial<Record<Listener['protocol'], Pool['protocol']>>> = {
  HTTP: 'HTTP',
  HTTPS: 'HTTP',
  QUIC: 'HTTP',
  TCP: 'TCP',
  TLS: 'TCP',
  UDP: 'UDP',
};

export function makePool(maker: Maker, owner: PoolOwner | null): Pool {
  const { chance } = maker;
  const protocol = owner?.listener
    ? (poolProtocols[owner.listener.protocol] ?? 'TCP')
    : chance.pick(['HTTP', 'TCP'] as const);
  return {
    ...draft(pool, {}),
    ...maker.birth(),
    ...maker.protection(),
    name: maker.name('pool'),
    description: maker.description(),
    enterprise_project_id: maker.enterpriseProject(),
    protocol,
    lb_algorithm: chance.pick(['ROUND_ROBIN', 'ROUND_ROBIN', 'LEAST_CONNECTIONS', 'SOURCE_IP']),
    loadbalancer_id: owner && !owner.listener ? owner.loadBalancerId : null,
    vpc_id: maker.vpcId,
    ip_version: protocol === 'UDP' ? 'dualstack' : 'v4',
    connection_drain: { enable: chance.happens(0.1), timeout: chance.happens(0.1) ? 60 : null },
    pool_health: { minimum_healthy_member_count: chance.below(2) },
    az_affinity: chance.happens(0.05)
      ? {
          enable: true,
          az_minimum_healthy_member_percentage: -1,
          az_minimum_healthy_member_count: 1,
          az_unhealthy_fallback_strategy: 'forward_to_all_healthy_member',
        }
      : null,
    member_deletion_protection_enable: chance.happens(0.05),
  };
}

/** As few monitors are up as one control plane can probe: the members of one pool in 40, each every 50 s. */
const monitoredShare = 1 / 40;

/** A monitor, which its pool then names. */
export function makeMonitor(maker: Maker, of: Pool): HealthMonitor {
  const { chance } = maker;
  const type = of.protocol === 'HTTP' ? 'HTTP' : of.protocol === 'UDP' ? 'UDP_CONNECT' : 'TCP';
  const birth = maker.birth();
  of.healthmonitor_id = birth.id;
  return {
    ...draft(healthMonitor, {}),
    ...birth,
    enterprise_project_id: of.enterprise_project_id,
    pool_id: of.id,
    name: maker.name('monitor'),
    admin_state_up: type !== 'UDP_CONNECT' && chance.happens(monitoredShare),
    type,
    delay: 50,
    timeout: chance.pick([3, 5, 10]),
    max_retries: chance.pick([1, 3, 3, 5]),
    max_retries_down: chance.pick([3, 3, 3, 5]),
    ...typeDefaults(type),
    monitor_port: chance.happens(0.1) ? 9000 + chance.below(10) : null,
    domain_name: type === 'HTTP' && chance.happens(0.3) ? `shop-${chance.below(2000)}.example` : null,
    url_path: type === 'HTTP' ? `/health/${chance.below(200)}` : '/',
    expected_codes: type === 'HTTP' ? chance.pick(['200', '200', '200-299']) : null,
  };
}

/** What the statuses of a pool's members follow from. */
export interface PoolState {
  readonly pool: Pool;
  readonly monitored: boolean;
  readonly attached: boolean;
}

/** How the members of a pool are placed: servers on the ports of a cluster, addresses of their own, or one address. */
const styles = ['servers', 'addresses', 'addresses', 'servers', 'one address'] as const;

/** So many servers are members of the pools of clusters. */
const clusterServers = 4000;

const blank = draft(member, {});

/**
 * A member of a pool.
 *
 * @param pool the number of the pool, and `index` that of the member in it: together they give the address
 */
export function makeMember(maker: Maker, state: PoolState, pool: number, index: number): Member {
  const { chance } = maker;
  const placed = placeOf(maker, pool, index);
  const probe = { ...placed, ...verdictOf(state, chance.happens(0.3)) };
  const weight = chance.happens(0.8) ? 1 : chance.pick([0, 10, 50, 100, chance.below(101)]);
  return {
    ...blank,
    ...maker.birth(),
    enterprise_project_id: state.pool.enterprise_project_id,
    pool_id: state.pool.id,
    name: maker.name('member'),
    weight,
    ...probe,
    operating_status: operatingStatus(state, probe),
  };
}

type Place = Pick<
  Member,
  | 'address'
  | 'protocol_port'
  | 'subnet_cidr_id'
  | 'ip_version'
  | 'member_type'
  | 'instance_id'
  | 'server_state'
  | 'admin_state_up'
  | 'availability_zone'
>;

function placeOf(maker: Maker, pool: number, index: number): Place {
  const style = styles[pool % styles.length];
  // The biggest pool has more members than a cluster has servers.
  if (style === 'servers' && pool > 0) return serverPlace(maker, pool, index);
  const address = style === 'one address' ? '127.0.0.1' : addressOf(pool * 97 + index * 20_011);
  return {
    address,
    protocol_port: style === 'one address' ? 20_000 + index : maker.chance.pick([80, 8080, 8443]),
    subnet_cidr_id: null,
    ip_version: 'v4',
    member_type: 'ip',
    instance_id: '',
    server_state: 'none',
    admin_state_up: false,
    availability_zone: maker.chance.happens(0.5) ? '' : maker.zone(),
  };
}

/** One of 2²² addresses from 127.128.0.0 on, another for each of the numbers up to there. */
function addressOf(number: number): string {
  const place = number % 2 ** 22;
  return `127.${128 + (place >> 16)}.${(place >> 8) & 255}.${place & 255}`;
}

function serverPlace(maker: Maker, pool: number, index: number): Place {
  const server = (pool * 131 + index) % clusterServers;
  const subnet = maker.subnets[server % maker.subnets.length];
  if (!subnet) throw new Error('the region has no subnet');
  const [first, second, third] = subnet.ipv4.text.split('.').map(Number);
  const address = `${first}.${second}.${Number(third) + 32 + (server >> 8)}.${server & 255}`;
  const behind = maker.inventory.serverAt(subnet, address);
  return {
    address,
    protocol_port: 30_000 + (pool % 2768),
    subnet_cidr_id: subnet.neutronSubnetId,
    ip_version: 'v4',
    member_type: 'instance',
    instance_id: behind?.id ?? '',
    server_state: behind ? 'running' : 'missing',
    admin_state_up: behind !== undefined,
    availability_zone: behind?.availabilityZone ?? subnet.availabilityZone,
  };
}

/** Nothing listens where the members are, so that every probe is refused. */
function verdictOf({ monitored }: PoolState, isKnown: boolean): Pick<Member, 'verdict' | 'reason'> {
  if (!monitored || !isKnown) return { verdict: 'INITIAL', reason: null };
  const reason = {
    reason_code: 'CONNECT_REFUSED',
    expected_response: null,
    healthcheck_response: null,
  } as const;
  return { verdict: 'OFFLINE', reason };
}
