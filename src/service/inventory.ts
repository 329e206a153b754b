/** What the region knows, arranged for look-ups: networks, servers, projects, enterprise projects and quotas. */
import {
  addressNumber,
  addressText,
  canonical,
  containedIn,
  ipVersion,
  type Network,
  parseNetwork,
  privateNetworks,
} from '../model/address.ts';
import type { InventoryFile, Server, Subnet, Vpc } from '../model/inventory.ts';
import type { QuotaKey } from '../model/quota.ts';
import { derivedId } from './derived-id.ts';

export interface SubnetRecord {
  readonly vpc: VpcRecord;
  /** The network id, by which IPv6 and backend subnets are named. */
  readonly id: string;
  /** The IPv4 subnet id, by which VIPs and members are placed. */
  readonly neutronSubnetId: string;
  readonly name: string;
  readonly ipv4: Network;
  readonly ipv6: Network | null;
  readonly availabilityZone: string;
  readonly everyAddressIsAServer: boolean;
}

export interface VpcRecord {
  readonly id: string;
  readonly name: string;
  /** Null: every project may use it. */
  readonly projectId: string | null;
  readonly subnets: readonly SubnetRecord[];
  readonly servers: ReadonlyMap<string, ServerRecord>;
}

/** What stands behind an address of a subnet. */
export interface ServerRecord {
  readonly id: string;
  readonly availabilityZone: string;
  readonly running: boolean;
}

export interface Project {
  readonly id: string;
  readonly name: string;
}

/** The file says something that cannot be; the message names the entry. */
export class InventoryError extends Error {
  constructor(message: string) {
    super(`The inventory cannot be used: ${message}`);
    this.name = 'InventoryError';
  }
}

export class Inventory {
  readonly region: string;
  readonly availabilityZones: readonly string[];
  readonly projects: ReadonlyMap<string, Project>;
  readonly vpcs: ReadonlyMap<string, VpcRecord>;
  /** The names of the default enterprise project and of the declared ones, by their ids. */
  readonly enterpriseProjects: ReadonlyMap<string, string>;
  /** The addresses of the declared public IPs, by their ids. */
  readonly publicIps: ReadonlyMap<string, string>;
  /** Where new public IPs come from; null when the region makes none. */
  readonly publicNetwork: Network | null;
  readonly #subnets = new Map<string, SubnetRecord>();
  readonly #networks = new Map<string, SubnetRecord>();
  readonly #privateNetworks: readonly Network[];
  readonly #quotas: NonNullable<InventoryFile['quotas']>;

  /**
   * @param file the declared inventory; what it leaves out is as in the local region
   * @param projects the projects that the region has
   * @throws InventoryError
   */
  constructor(file: InventoryFile, projects: readonly Project[]) {
    this.region = file.region?.name ?? 'local-1';
    this.availabilityZones = file.region?.availability_zones ?? ['local-1a', 'local-1b', 'local-1c'];
    this.projects = new Map(projects.map((project) => [project.id, project]));
    this.enterpriseProjects = new Map([
      ['0', 'default'],
      ...(file.enterprise_projects ?? []).map(({ id, name }) => [id, name] as const),
    ]);
    this.publicIps = readPublicIps(file);
    this.#quotas = file.quotas ?? {};
    const publicNetwork = file.public_network ?? (file.vpcs ? null : '127.65.0.0/16');
    this.publicNetwork = publicNetwork === null ? null : network(publicNetwork, 'public_network');
    const declared = file.vpcs ?? [localVpc(this.availabilityZones)];
    this.#privateNetworks = [
      ...privateNetworks,
      ...(file.vpcs ? [] : [network('127.0.0.0/8', 'the local region')]),
      ...(file.private_networks ?? []).map((cidr) => network(cidr, 'private_networks')),
    ];
    const vpcs = new Map<string, VpcRecord>();
    for (const vpc of declared) vpcs.set(vpc.id, this.#readVpc(vpc));
    this.vpcs = vpcs;
  }

  #readVpc(vpc: Vpc): VpcRecord {
    const subnets: SubnetRecord[] = [];
    const record: VpcRecord = {
      id: vpc.id,
      name: vpc.name ?? vpc.id,
      projectId: vpc.project ?? null,
      subnets,
      servers: readServers(vpc, this.availabilityZones),
    };
    for (const declared of vpc.subnets) {
      const subnet = readSubnet(declared, record, this.availabilityZones);
      for (const id of [subnet.id, subnet.neutronSubnetId]) {
        if (this.#subnets.has(id) || this.#networks.has(id)) {
          throw new InventoryError(`the subnet id ${id} is used twice`);
        }
      }
      this.#networks.set(subnet.id, subnet);
      this.#subnets.set(subnet.neutronSubnetId, subnet);
      subnets.push(subnet);
    }
    return record;
  }

  vpc(projectId: string, id: string): VpcRecord | undefined {
    const vpc = this.vpcs.get(id);
    return vpc && visible(vpc, projectId) ? vpc : undefined;
  }

  /** A subnet by either of its ids, as stored records name it. */
  subnet(id: string): SubnetRecord | undefined {
    return this.#subnets.get(id) ?? this.#networks.get(id);
  }

  /** The subnet whose neutron_subnet_id, as IPv4 addresses use it, is the given one. */
  ipv4Subnet(projectId: string, id: string): SubnetRecord | undefined {
    const subnet = this.#subnets.get(id);
    return subnet && visible(subnet.vpc, projectId) ? subnet : undefined;
  }

  /** The subnet whose neutron_network_id, as IPv6 addresses and backend subnets use it, is the given one. */
  network(projectId: string, id: string): SubnetRecord | undefined {
    const subnet = this.#networks.get(id);
    return subnet && visible(subnet.vpc, projectId) ? subnet : undefined;
  }

  /** The server that has an address of a subnet, or undefined when the address belongs to none. */
  serverAt(subnet: SubnetRecord, address: string): ServerRecord | undefined {
    const declared = subnet.vpc.servers.get(address);
    if (declared || !subnet.everyAddressIsAServer) return declared;
    return {
      id: derivedId(`server ${subnet.id} ${address}`),
      availabilityZone: subnet.availabilityZone,
      running: true,
    };
  }

  /** Whether the address is that of a server declared in a VPC that the project may use. */
  hasServer(projectId: string, address: string): boolean {
    return [...this.vpcs.values()].some((vpc) => visible(vpc, projectId) && vpc.servers.has(address));
  }

  /** Whether an IPv4 address is private: RFC 1918, RFC 6598, or declared so. */
  isPrivate(address: string): boolean {
    return containedIn(this.#privateNetworks, address);
  }

  /** Whether it is the default one, or declared; there may be others that calls have made. */
  hasEnterpriseProject(id: string): boolean {
    return this.enterpriseProjects.has(id);
  }

  /** How many there may be; -1 is no limit. */
  quota(key: QuotaKey): number {
    return this.#quotas[key] ?? -1;
  }
}

/** The usable addresses of a network in order: without the network's own, its gateway's, and the broadcast's. */
export function* usableAddresses(of: Network): Generator<string> {
  const last = of.version === 'v4' ? of.first + of.size - 2n : of.first + of.size - 1n;
  for (let number = of.first + 2n; number <= last; number++) yield addressText(number, of.version);
}

/** Whether a network keeps the address for itself: its first two, and the last of an IPv4 network. */
export function isReserved(of: Network, address: string): boolean {
  const offset = addressNumber(address) - of.first;
  return offset < 2n || (of.version === 'v4' && offset === of.size - 1n);
}

function visible(vpc: VpcRecord, projectId: string): boolean {
  return vpc.projectId === null || vpc.projectId === projectId;
}

function network(cidr: string, where: string): Network {
  const parsed = parseNetwork(cidr);
  if (!parsed) throw new InventoryError(`${where}: "${cidr}" is not a network such as 10.0.0.0/24`);
  return parsed;
}

function readSubnet(subnet: Subnet, vpc: VpcRecord, zones: readonly string[]): SubnetRecord {
  const where = `the subnet ${subnet.id} of the VPC ${vpc.id}`;
  const ipv4 = network(subnet.cidr, where);
  if (ipv4.version !== 'v4') throw new InventoryError(`${where}: cidr must be IPv4; IPv6 goes into cidr_v6`);
  const ipv6 = subnet.cidr_v6 === undefined ? null : network(subnet.cidr_v6, where);
  if (ipv6?.version === 'v4') throw new InventoryError(`${where}: cidr_v6 must be IPv6`);
  return {
    vpc,
    id: subnet.id,
    neutronSubnetId: subnet.neutron_subnet_id,
    name: subnet.name ?? subnet.id,
    ipv4,
    ipv6,
    availabilityZone: zone(subnet.availability_zone, zones, where),
    everyAddressIsAServer: (subnet.servers ?? 'any') === 'any',
  };
}

function readServers(vpc: Vpc, zones: readonly string[]): Map<string, ServerRecord> {
  const servers = new Map<string, ServerRecord>();
  for (const server of vpc.servers ?? []) {
    const record = readServer(server, zones, `the server ${server.id} of the VPC ${vpc.id}`);
    for (const address of server.addresses) {
      if (!ipVersion(address))
        throw new InventoryError(`the server ${server.id}: "${address}" is not an address`);
      if (servers.has(canonical(address)))
        throw new InventoryError(`two servers have the address ${address}`);
      servers.set(canonical(address), record);
    }
  }
  return servers;
}

function readPublicIps({ publicips = [] }: InventoryFile): Map<string, string> {
  const byId = new Map<string, string>();
  for (const { id, address } of publicips) {
    if (!ipVersion(address)) throw new InventoryError(`the public IP ${id}: "${address}" is not an address`);
    byId.set(id, canonical(address));
  }
  if (new Set(byId.values()).size < publicips.length) {
    throw new InventoryError('two public IPs have the same id or address');
  }
  return byId;
}

function readServer(server: Server, zones: readonly string[], where: string): ServerRecord {
  return {
    id: server.id,
    availabilityZone: zone(server.availability_zone, zones, where),
    running: (server.state ?? 'running') === 'running',
  };
}

function zone(given: string | undefined, zones: readonly string[], where: string): string {
  const name = given ?? zones[0] ?? '';
  if (!zones.includes(name)) {
    throw new InventoryError(`${where}: the region has no zone "${name}", only ${zones.join(', ')}`);
  }
  return name;
}

/** The VPC of the local region: a quarter of 127.64.0.0/16 to each subnet, every address of it bindable on Linux. */
function localVpc(zones: readonly string[]): Vpc {
  return {
    id: derivedId('vpc local'),
    name: 'vpc-local',
    subnets: [0, 64, 128, 192].map((third, index) => ({
      id: derivedId(`network local ${index}`),
      neutron_subnet_id: derivedId(`subnet local ${index}`),
      name: `subnet-local-${index + 1}`,
      cidr: `127.64.${third}.0/18`,
      availability_zone: zones[index % zones.length] ?? '',
    })),
  };
}
