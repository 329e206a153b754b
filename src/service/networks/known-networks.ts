/**
 * The networks and servers that there are: those of the inventory, which are in memory, and those that projects have
 * made, as a transaction sees them. What names only the inventory's needs no query.
 */
import type { Kysely } from 'kysely';
import { canonical, parseNetwork } from '../../model/address.ts';
import { type Subnet, subnet } from '../../model/subnet.ts';
import { type Vpc, vpc } from '../../model/vpc.ts';
import { find, findBy } from '../../store/rows.ts';
import type { Tables } from '../../store/schema.ts';
import { hasStoredServer, storedServerAt } from '../../store/server-addresses.ts';
import type { Inventory, ServerRecord, SubnetRecord, VpcRecord } from '../inventory.ts';

/** What was found is kept: whoever changes networks looks them up anew. */
export class KnownNetworks {
  readonly inventory: Inventory;
  readonly #db: Kysely<Tables>;
  readonly #found = new Map<string, VpcRecord>();

  constructor(db: Kysely<Tables>, inventory: Inventory) {
    this.#db = db;
    this.inventory = inventory;
  }

  async vpc(projectId: string, id: string): Promise<VpcRecord | undefined> {
    const declared = this.inventory.vpc(projectId, id);
    if (declared) return declared;
    const stored = await find(this.#db, vpc, projectId, id);
    return stored && this.#recordOf(stored);
  }

  /** Those of the inventory first. */
  async vpcs(projectId: string): Promise<VpcRecord[]> {
    const known = this.inventory.vpcsOf(projectId);
    for (const each of await findBy(this.#db, vpc, 'project_id', [projectId])) {
      known.push(await this.#recordOf(each));
    }
    return known;
  }

  /** The subnet whose neutron_subnet_id, as IPv4 addresses use it, is the given one. */
  async ipv4Subnet(projectId: string, id: string): Promise<SubnetRecord | undefined> {
    const declared = this.inventory.ipv4Subnet(projectId, id);
    return declared ?? this.#stored('neutron_subnet_id', id, projectId);
  }

  /** The subnet whose neutron_network_id, as IPv6 addresses and backend subnets use it, is the given one. */
  async network(projectId: string, id: string): Promise<SubnetRecord | undefined> {
    return this.inventory.network(projectId, id) ?? this.#stored('id', id, projectId);
  }

  /** A subnet by either of its ids, as stored records name it. */
  async subnet(id: string): Promise<SubnetRecord | undefined> {
    return (
      this.inventory.subnet(id) ?? (await this.#stored('neutron_subnet_id', id)) ?? this.#stored('id', id)
    );
  }

  /** The server of a project that has an address of a subnet, or undefined when the address belongs to none. */
  async serverAt(
    projectId: string,
    of: SubnetRecord,
    address: string,
  ): Promise<Pick<ServerRecord, 'id' | 'availabilityZone' | 'running'> | undefined> {
    if (this.inventory.vpcsWithServers.has(of.vpc.id)) {
      const stored = await storedServerAt(this.#db, projectId, of.id, address);
      if (stored) {
        return {
          id: String(stored['id']),
          availabilityZone: String(stored['availability_zone']),
          running: stored['state'] === 'running',
        };
      }
    }
    return this.inventory.serverAt(of, address);
  }

  /** Whether the address is that of a server that the project sees. */
  async hasServer(projectId: string, address: string): Promise<boolean> {
    if (this.inventory.hasServer(projectId, address)) return true;
    return this.inventory.vpcsWithServers.size > 0 && hasStoredServer(this.#db, projectId, address);
  }

  async #stored(
    key: 'id' | 'neutron_subnet_id',
    id: string,
    projectId?: string,
  ): Promise<SubnetRecord | undefined> {
    for (const { subnets } of this.#found.values()) {
      const known = subnets.find((each) => id === (key === 'id' ? each.id : each.neutronSubnetId));
      if (known && (projectId === undefined || known.vpc.projectId === projectId)) return known;
    }
    const [found] = await findBy(this.#db, subnet, key, [id]);
    if (!found || (projectId !== undefined && found.project_id !== projectId)) return undefined;
    // What a client of Neutron has not put into a VPC yet can hold no addresses.
    const within =
      found.vpc_id === '' ? undefined : await find(this.#db, vpc, found.project_id, found.vpc_id);
    const known = within && (await this.#recordOf(within));
    return known?.subnets.find((each) => each.id === found.id);
  }

  async #recordOf(of: Vpc): Promise<VpcRecord> {
    const subnets: SubnetRecord[] = [];
    const { id, name, project_id: projectId, cidr } = of;
    const found = this.#found.get(id);
    if (found) return found;
    const record: VpcRecord = { id, name, projectId, cidr, subnets, servers: new Map() };
    for (const each of await findBy(this.#db, subnet, 'vpc_id', [id])) {
      subnets.push(subnetRecord(each, record));
    }
    this.#found.set(id, record);
    return record;
  }
}

function subnetRecord(of: Subnet, within: VpcRecord): SubnetRecord {
  const ipv4 = parseNetwork(of.cidr);
  if (!ipv4) throw new Error(`the subnet ${of.id} was stored with the network "${of.cidr}"`);
  return {
    vpc: within,
    id: of.id,
    neutronSubnetId: of.neutron_subnet_id,
    name: of.name,
    ipv4,
    ipv6: of.cidr_v6 === '' ? null : parseNetwork(of.cidr_v6),
    gateways: [of.gateway_ip, of.gateway_ip_v6].flatMap((address) => (address ? canonical(address) : [])),
    availabilityZone: of.availability_zone,
    everyAddressIsAServer: true,
  };
}
