/** The rules of members that need their pool, its load balancers and the networks (rules digest 2.4.4). */
import { canonical, contains, ipVersion } from '../model/address.ts';
import { conflict, invalid, Refusal } from '../model/errors.ts';
import type { Member } from '../model/member.ts';
import type { Pool } from '../model/pool.ts';
import type { Attachments } from './attachments.ts';
import type { Inventory, SubnetRecord } from './inventory.ts';
import type { KnownNetworks } from './networks/known-networks.ts';

/** The protocols of pools that take IP addresses as members (page "Querying Backend Servers"). */
const ipMemberProtocols = ['TCP', 'UDP', 'TLS', 'HTTP', 'HTTPS', 'QUIC', 'GRPC'];

/** Where a member stands: what its address, subnet and port make of it. */
export type Placement = Pick<
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

/** What a create request says of a member's place. */
export interface PlacementRequest {
  readonly address: string;
  readonly protocol_port?: number | null;
  readonly subnet_cidr_id?: string | null;
  readonly availability_zone?: string | null;
}

/**
 * Checks where a new member would stand.
 *
 * @param path how messages name the member, as `member` or `members[3]`
 * @throws Refusal
 */
export async function place(
  known: KnownNetworks,
  pool: Pool,
  { loadBalancers }: Pick<Attachments, 'loadBalancers'>,
  request: PlacementRequest,
  path = 'member',
): Promise<Placement> {
  const version = ipVersion(request.address);
  if (!version) {
    throw invalid(`${path}.address`, `"${request.address}" is not an IPv4 or IPv6 address.`);
  }
  if (version === 'v6' && pool.ip_version === 'v4') {
    throw new Refusal(
      'ELB.8933',
      `Invalid input for '${path}.address': the pool's ip_version is v4; give an IPv4 address.`,
    );
  }
  const address = canonical(request.address);
  const protocol_port = memberPort(pool, request.protocol_port ?? undefined, `${path}.protocol_port`);
  const subnet = await subnetOf(known, pool, loadBalancers, { ...request, address }, path);
  if (!subnet) {
    checkIpMember(known.inventory, pool, loadBalancers, address, path);
    const availability_zone = request.availability_zone ?? '';
    checkZoneKnown(pool, availability_zone, path);
    return {
      address,
      protocol_port,
      subnet_cidr_id: null,
      ip_version: version,
      member_type: 'ip',
      instance_id: '',
      server_state: 'none',
      admin_state_up: await known.hasServer(pool.project_id, address),
      availability_zone,
    };
  }
  checkInstanceMember(known.inventory, pool, loadBalancers, subnet, address, path);
  const server = await known.serverAt(pool.project_id, subnet, address);
  return {
    address,
    protocol_port,
    subnet_cidr_id: version === 'v4' ? subnet.neutronSubnetId : subnet.id,
    ip_version: version,
    member_type: 'instance',
    instance_id: server?.id ?? '',
    server_state: server ? (server.running ? 'running' : 'stopped') : 'missing',
    admin_state_up: server !== undefined,
    availability_zone: server?.availabilityZone ?? subnet.availabilityZone,
  };
}

/**
 * The port a member gets: 0 where it has no meaning, else the one given.
 *
 * @throws Refusal when it is missing or may not be what it is
 */
export function memberPort(pool: Pool, port: number | undefined, field: string): number {
  if (pool.any_port_enable) return 0;
  if (pool.protocol === 'IP') {
    if (port === 0) return 0;
    throw invalid(
      field,
      `it must be 0 in a pool of protocol IP${port === undefined ? '' : `, not ${port}`}.`,
    );
  }
  if (port === undefined) {
    throw invalid(
      field,
      'it is required unless the pool has any_port_enable. Expected an integer from 1 to 65535.',
    );
  }
  if (port === 0) throw invalid(field, 'got 0, expected an integer from 1 to 65535.');
  return port;
}

async function subnetOf(
  known: KnownNetworks,
  pool: Pool,
  loadBalancers: Attachments['loadBalancers'],
  { address, subnet_cidr_id }: PlacementRequest,
  path: string,
): Promise<SubnetRecord | null> {
  const field = `${path}.subnet_cidr_id`;
  if (subnet_cidr_id) {
    const subnet =
      ipVersion(address) === 'v4'
        ? await known.ipv4Subnet(pool.project_id, subnet_cidr_id)
        : await known.network(pool.project_id, subnet_cidr_id);
    if (!subnet) throw new Refusal('ELB.8904', `subnet ${subnet_cidr_id} could not be found.`);
    return subnet;
  }
  if (pool.protocol !== 'IP') return null;
  // An IP pool has no IP members, so an address without a subnet is looked for in the subnets of the VPC.
  const vpc = await known.vpc(pool.project_id, pool.vpc_id || (loadBalancers[0]?.vpc_id ?? ''));
  const subnet = vpc?.subnets.find(({ ipv4, ipv6 }) =>
    [ipv4, ipv6].some((network) => network !== null && contains(network, address)),
  );
  if (subnet) return subnet;
  throw invalid(
    field,
    `it is required: no subnet of the pool's VPC ${pool.vpc_id} has the address ${address}.`,
  );
}

function checkIpMember(
  inventory: Inventory,
  pool: Pool,
  loadBalancers: Attachments['loadBalancers'],
  address: string,
  path: string,
): void {
  if (!ipMemberProtocols.includes(pool.protocol)) {
    throw new Refusal(
      'ELB.8938',
      `Invalid input for '${path}.subnet_cidr_id': a member without a subnet is allowed only when the pool's ` +
        `protocol is one of ${ipMemberProtocols.join(', ')}, not ${pool.protocol}.`,
    );
  }
  const closed = loadBalancers.find(({ ip_target_enable }) => !ip_target_enable);
  if (closed) {
    throw new Refusal(
      'ELB.8939',
      `Invalid input for '${path}.subnet_cidr_id': it is required, since ip_target_enable of load balancer ` +
        `${closed.id} is false. Give the subnet of ${address}, or set ip_target_enable to true.`,
    );
  }
  if (ipVersion(address) !== 'v4') {
    throw invalid(`${path}.address`, 'a member without subnet_cidr_id must have an IPv4 address.');
  }
  if (!inventory.isPrivate(address)) {
    throw invalid(
      `${path}.address`,
      `${address} is not a private IPv4 address (RFC 1918, RFC 6598, or declared private in the inventory).`,
    );
  }
}

function checkInstanceMember(
  inventory: Inventory,
  pool: Pool,
  loadBalancers: Attachments['loadBalancers'],
  subnet: SubnetRecord,
  address: string,
  path: string,
): void {
  if (pool.type === 'ip') {
    throw invalid(
      `${path}.subnet_cidr_id`,
      "the pool's type is ip, so its members have no subnet; leave it out or use a pool of type instance.",
    );
  }
  const stray = loadBalancers.find(({ vpc_id }) => vpc_id !== subnet.vpc.id);
  const vpcId = pool.vpc_id || stray?.vpc_id;
  if (vpcId && vpcId !== subnet.vpc.id) {
    throw invalid(
      `${path}.subnet_cidr_id`,
      `the subnet is in the VPC ${subnet.vpc.id}; give one of the VPC ${vpcId}, where the ` +
        `${pool.vpc_id ? 'pool' : 'load balancer'} is.`,
    );
  }
  const network = ipVersion(address) === 'v4' ? subnet.ipv4 : subnet.ipv6;
  if (!network || !contains(network, address)) {
    throw invalid(
      `${path}.address`,
      `${address} is not in the subnet ${subnet.id}, which has ${network ? network.text : 'no IPv6 addresses'}.`,
    );
  }
  if (ipVersion(address) === 'v4' && !inventory.isPrivate(address)) {
    throw invalid(`${path}.address`, `${address} is not a private IPv4 address.`);
  }
  if (pool.protocol === 'IP') checkGatewayMember(loadBalancers, subnet, path);
}

/** Members of a gateway load balancer's pool are in its VPC but not in its subnet (rules digest 2.4.1). */
function checkGatewayMember(
  loadBalancers: Attachments['loadBalancers'],
  subnet: SubnetRecord,
  path: string,
): void {
  const beside = loadBalancers.find(
    ({ vip_subnet_cidr_id, ipv6_vip_virsubnet_id }) =>
      vip_subnet_cidr_id === subnet.neutronSubnetId || ipv6_vip_virsubnet_id === subnet.id,
  );
  if (!beside) return;
  throw invalid(
    `${path}.subnet_cidr_id`,
    `it is the subnet of the gateway load balancer ${beside.id}; give another subnet of its VPC.`,
  );
}

/** A pool with zone affinity must know the zone of every member (rules digest 2.3.6). */
export function checkZoneKnown(pool: Pool, zone: string, path: string): void {
  if (zone !== '' || !pool.az_affinity?.enable) return;
  throw invalid(
    `${path}.availability_zone`,
    'it is required, since the pool has az_affinity. Expected the zone of the address.',
  );
}

/** Refuses a member whose address and port another member of the pool has. */
export function duplicateMember(pool: Pool, { address, protocol_port }: Placement): Refusal {
  return conflict(
    `The pool ${pool.id} already has a member with address ${address} and protocol_port ${protocol_port}; ` +
      'every member of a pool needs its own pair.',
  );
}
