/** The addresses of load balancers: checked when asked for, found when not (rules digest LB-1 to LB-9). */
import type { Kysely } from 'kysely';
import { canonical, contains, ipVersion, type Network } from '../model/address.ts';
import { conflict, invalid, Refusal } from '../model/errors.ts';
import { type LoadBalancer, loadBalancer } from '../model/load-balancer.ts';
import { member } from '../model/member.ts';
import { port } from '../model/port.ts';
import { archivedMemberAddresses, archivedVips } from '../store/archive.ts';
import { exists, findWhere } from '../store/rows.ts';
import type { Tables } from '../store/schema.ts';
import { derivedId } from './derived-id.ts';
import { isReserved, type SubnetRecord, usableAddresses, type VpcRecord } from './inventory.ts';
import type { KnownNetworks } from './networks/known-networks.ts';

/** Where a load balancer's addresses are. */
export interface Networks {
  readonly vpc: VpcRecord;
  readonly ipv4: SubnetRecord | null;
  readonly ipv6: SubnetRecord | null;
}

type Placed = Pick<
  LoadBalancer,
  | 'project_id'
  | 'vpc_id'
  | 'vip_subnet_cidr_id'
  | 'ipv6_vip_virsubnet_id'
  | 'vip_address'
  | 'ipv6_vip_address'
>;

/** Finds the networks that a load balancer names, which must all be in one VPC. */
export async function networksOf(known: KnownNetworks, wanted: Placed): Promise<Networks> {
  const { project_id, vpc_id, vip_subnet_cidr_id, ipv6_vip_virsubnet_id } = wanted;
  const ipv4 = vip_subnet_cidr_id ? await known.ipv4Subnet(project_id, vip_subnet_cidr_id) : null;
  if (ipv4 === undefined) throw new Refusal('ELB.8904', `subnet ${vip_subnet_cidr_id} could not be found.`);
  const ipv6 = ipv6_vip_virsubnet_id ? await known.network(project_id, ipv6_vip_virsubnet_id) : null;
  if (ipv6 === undefined)
    throw new Refusal('ELB.8904', `network ${ipv6_vip_virsubnet_id} could not be found.`);
  if (ipv6 && !ipv6.ipv6) {
    throw new Refusal(
      'ELB.8932',
      `Invalid input for 'loadbalancer.ipv6_vip_virsubnet_id': the network ${ipv6.id} has no IPv6 addresses.`,
    );
  }
  const named = vpc_id ? await known.vpc(project_id, vpc_id) : (ipv4?.vpc ?? ipv6?.vpc);
  if (!named) {
    if (vpc_id) throw new Refusal('ELB.8904', `vpc ${vpc_id} could not be found.`);
    throw invalid(
      'loadbalancer',
      'give at least one of vpc_id, vip_subnet_cidr_id and ipv6_vip_virsubnet_id.',
    );
  }
  for (const [key, subnet] of [
    ['vip_subnet_cidr_id', ipv4] as const,
    ['ipv6_vip_virsubnet_id', ipv6] as const,
  ]) {
    if (subnet && subnet.vpc.id !== named.id) {
      throw invalid(`loadbalancer.${key}`, `it is in the VPC ${subnet.vpc.id}, not in ${named.id}.`);
    }
  }
  if (wanted.vip_address && !ipv4) {
    throw invalid('loadbalancer.vip_address', 'it needs vip_subnet_cidr_id, the subnet it is in.');
  }
  if (wanted.ipv6_vip_address && !ipv6) {
    throw invalid('loadbalancer.ipv6_vip_address', 'it needs ipv6_vip_virsubnet_id, the network it is in.');
  }
  return { vpc: named, ipv4, ipv6 };
}

/** The networks that a load balancer takes source addresses from when it names none (rules digest LB-9). */
export function defaultBackendNetworks({ vpc, ipv4, ipv6 }: Networks): string[] {
  const subnet = ipv6 ?? ipv4 ?? vpc.subnets[0];
  return subnet ? [subnet.id] : [];
}

/**
 * The address that a load balancer gets in a subnet: the one it asks for, else the lowest free one.
 *
 * @param own the load balancer's id, whose present address does not count as taken
 */
export async function takeAddress(
  db: Kysely<Tables>,
  subnet: SubnetRecord,
  family: 'v4' | 'v6',
  asked: string | null,
  own: string,
): Promise<string> {
  const network = family === 'v4' ? subnet.ipv4 : subnet.ipv6;
  const key = family === 'v4' ? 'vip_address' : 'ipv6_vip_address';
  if (!network) throw new Error('the family was checked with the networks');
  if (asked === null) return lowestFree(db, subnet, network, own);
  const address = checkedAddress(network, asked, `loadbalancer.${key}`);
  const taken = await takenIn(db, subnet, own);
  if (taken.has(address) || (await isMemberAddress(db, subnet, address))) {
    throw conflict(`The address ${address} is already in use; leave ${key} out to get a free one.`);
  }
  return address;
}

/**
 * An address that is asked for in a network, in the spelling of all.
 *
 * @param field how a refusal names it
 */
export function checkedAddress(network: Network, asked: string, field: string): string {
  if (ipVersion(asked) !== network.version || !contains(network, asked)) {
    throw invalid(field, `got "${asked}", expected an address in ${network.text}.`);
  }
  const address = canonical(asked);
  if (isReserved(network, address)) {
    throw invalid(field, `${address} is kept for the network ${network.text} itself.`);
  }
  return address;
}

/**
 * The lowest address of a network of a subnet that nobody has.
 *
 * @param own a load balancer, whose present address does not count as taken
 */
export async function lowestFree(
  db: Kysely<Tables>,
  subnet: SubnetRecord,
  network: Network,
  own = '',
): Promise<string> {
  const taken = await takenIn(db, subnet, own);
  for (const address of usableAddresses(network)) {
    if (taken.has(address)) continue;
    if (!(await isMemberAddress(db, subnet, address))) return address;
  }
  throw new Refusal(
    'ELB.8934',
    `The subnet ${subnet.id} (${network.text}) has no free address; use another subnet.`,
  );
}

/** The addresses that no load balancer gets: those that are held, and those of members in the recycle bin. */
async function takenIn(db: Kysely<Tables>, subnet: SubnetRecord, own: string): Promise<ReadonlySet<string>> {
  // What is in the recycle bin keeps its addresses, so that it can come back.
  const kept = await archivedMemberAddresses(db, [subnet.id, subnet.neutronSubnetId]);
  return new Set([...(await heldIn(db, subnet, own)), ...kept]);
}

/**
 * The addresses of load balancers of the VPC, also of those in the recycle bin, of servers and ports, and of gateways.
 *
 * @param own a load balancer whose present addresses do not count
 */
export async function heldIn(
  db: Kysely<Tables>,
  subnet: SubnetRecord,
  own = '',
): Promise<ReadonlySet<string>> {
  const owners = await findWhere(db, loadBalancer, { vpc_id: subnet.vpc.id }, [
    ...(['id', 'vip_address', 'ipv6_vip_address'] as const),
  ]);
  const taken = owners.flatMap(({ id, vip_address, ipv6_vip_address }) =>
    id === own ? [] : [vip_address, ipv6_vip_address],
  );
  const kept = await archivedVips(db, subnet.vpc.id);
  const ports = await findWhere(db, port, { network_id: subnet.id }, ['ipv4_address', 'ipv6_address']);
  const ofPorts = ports.flatMap(({ ipv4_address, ipv6_address }) => [ipv4_address, ipv6_address]);
  const others = [...subnet.vpc.servers.keys(), ...subnet.gateways];
  return new Set([...taken, ...kept, ...ofPorts, ...others].filter((address) => address !== null));
}

/** Whether a member that is a server of the subnet has the address. */
async function isMemberAddress(
  db: Kysely<Tables>,
  { id, neutronSubnetId }: SubnetRecord,
  address: string,
): Promise<boolean> {
  for (const subnet_cidr_id of [id, neutronSubnetId]) {
    if (await exists(db, member, { subnet_cidr_id, address })) return true;
  }
  return false;
}

/** Whether a load balancer of the VPC has the address, or has left it in the recycle bin. */
export async function isLoadBalancerAddress(
  db: Kysely<Tables>,
  vpcId: string,
  address: string,
): Promise<boolean> {
  const key = ipVersion(address) === 'v4' ? 'vip_address' : 'ipv6_vip_address';
  if (await exists(db, loadBalancer, { vpc_id: vpcId, [key]: address })) return true;
  return (await archivedVips(db, vpcId)).includes(address);
}

/** The network port by which a load balancer or a server has an address. */
export function portIdOf(address: string, ownerId: string): string {
  return derivedId(`port ${ownerId} ${address}`);
}
