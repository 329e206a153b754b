/** What the region knows, arranged for look-ups: networks, servers, projects, enterprise projects and quotas. */
import {
  addressNumber,
  addressText,
  canonical,
  containedIn,
  holds,
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
  /** The addresses that its gateways have. */
  readonly gateways: readonly string[];
  readonly availabilityZone: string;
  readonly everyAddressIsAServer: boolean;
}

export interface VpcRecord {
  readonly id: string;
  readonly name: string;
  /** Null: every project may use it. */
  readonly projectId: string | null;
  /** The network that its subnets are within; empty for any. */
  readonly cidr: string;
  readonly subnets: readonly SubnetRecord[];
  readonly servers: ReadonlyMap<string, ServerRecord>;
}

/** What stands behind an address of a subnet. */
export interface ServerRecord {
  readonly id: string;
  readonly name: string;
  readonly addresses: readonly string[];
  readonly availabilityZone: string;
  readonly running: boolean;
}

export interface Project {
  readonly id: string;
  /** That of no other project: clients look for one by the name of the region. */
  readonly name: string;
  readonly description?: string;
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
  readonly vpcs: ReadonlyMap<string, VpcRecord>;
  /** The names of the default enterprise project and of the declared ones, by their ids. */
  readonly enterpriseProjects: ReadonlyMap<string, string>;
  /** The addresses of the declared public IPs, by their ids. */
  readonly publicIps: ReadonlyMap<string, string>;
  /** Where new public IPs come from; null when the region makes none. */
  readonly publicNetwork: Network | null;
  /**
   * The VPCs in which projects may have servers: in others nobody looks for them. It only grows, so whatever becomes of
   * the transaction of one who adds to it, no server is overlooked.
   */
  readonly vpcsWithServers = new Set<string>();
  readonly #projects = new Map<string, Project>();
  readonly #projectIds = new Set<string>();
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
    for (const project of projects) {
      if (this.#projects.has(project.id)) throw new InventoryError(`two projects have the id ${project.id}`);
      this.addProject(project);
    }
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

  /** The projects that there are by now. */
  get projects(): ReadonlyMap<string, Project> {
    return this.#projects;
  }

  /** Their ids; what is kept of it grows with them. */
  get projectIds(): ReadonlySet<string> {
    return this.#projectIds;
  }

  projectNamed(name: string): Project | undefined {
    return [...this.#projects.values()].find((project) => project.name === name);
  }

  /**
   * Adds a project, if none has its id.
   *
   * @throws InventoryError when another has its name
   */
  addProject(project: Project): void {
    if (this.#projects.has(project.id)) return;
    const other = this.projectNamed(project.name);
    if (other) {
      throw new InventoryError(
        `the projects ${other.id} and ${project.id} are both named ${project.name}; clients find one by its name`,
      );
    }
    this.#projects.set(project.id, project);
    this.#projectIds.add(project.id);
  }

  #readVpc(vpc: Vpc): VpcRecord {
    const subnets: SubnetRecord[] = [];
    const record: VpcRecord = {
      id: vpc.id,
      name: vpc.name ?? vpc.id,
      projectId: vpc.project ?? null,
      cidr: vpc.cidr ?? '',
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

  /** The VPCs that a project may use. */
  vpcsOf(projectId: string): VpcRecord[] {
    return [...this.vpcs.values()].filter((vpc) => visible(vpc, projectId));
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
      name: '',
      addresses: [address],
      availabilityZone: subnet.availabilityZone,
      running: true,
    };
  }

  /** Whether the address is that of a server declared in a VPC that the project may use. */
  hasServer(projectId: string, address: string): boolean {
    return this.vpcsOf(projectId).some(({ servers }) => servers.has(address));
  }

  /** Whether an IPv4 address is private: RFC 1918, RFC 6598, or declared so. */
  isPrivate(address: string): boolean {
    return containedIn(this.#privateNetworks, address);
  }

  /** Whether all addresses of a network are private. */
  isPrivateNetwork(network: Network): boolean {
    return this.#privateNetworks.some((each) => holds(each, network));
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

/** The address that the gateway of a network has unless told otherwise. */
export function firstAddress({ first, version }: Network): string {
  return addressText(first + 1n, version);
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
    gateways: [ipv4, ipv6].flatMap((each) => (each ? firstAddress(each) : [])),
    availabilityZone: zone(subnet.availability_zone, zones, where),
    everyAddressIsAServer: (subnet.servers ?? 'any') === 'any',
  };
}

function readServers(vpc: Vpc, zones: readonly string[]): Map<string, ServerRecord> {
  const servers = new Map<string, ServerRecord>();
  for (const server of vpc.servers ?? []) {
    const wrong = server.addresses.find((address) => !ipVersion(address));
    if (wrong !== undefined) {
      throw new InventoryError(`the server ${server.id}: "${wrong}" is not an address`);
    }
    const record = readServer(server, zones, `the server ${server.id} of the VPC ${vpc.id}`);
    for (const address of server.addresses) {
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
    name: server.name ?? server.id,
    addresses: server.addresses.map(canonical),
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
