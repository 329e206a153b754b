/** Subnets: those that projects make, and those of the inventory beside them (VPC v1). */
import { createHash } from 'node:crypto';
import { canonical, contains, holds, ipVersion, overlap, parseNetwork } from '../../model/address.ts';
import { conflict, invalid, notFound } from '../../model/errors.ts';
import { changes, draft } from '../../model/resource.ts';
import { type Subnet, subnet } from '../../model/subnet.ts';
import type { Vpc } from '../../model/vpc.ts';
import { find, findBy, insert, remove, update } from '../../store/rows.ts';
import type { Reader, Writer } from '../../store/transaction.ts';
import { firstAddress } from '../inventory.ts';
import { newId } from '../new-id.ts';
import { type Region, timestamp } from '../region.ts';
import { declaredSubnet } from './declared-networks.ts';
import { checkSubnetUnused } from './network-uses.ts';
import { privateNetwork, requireOwnVpc } from './vpcs.ts';

type Body = Readonly<Record<string, unknown>>;

/** The narrowest network that a subnet may be: it needs addresses beside those kept for the network. */
const longestPrefix = 29;

export async function createSubnet(region: Region, projectId: string, body: Body): Promise<Subnet> {
  return region.store.write(async (tx) => {
    const wanted = draft(subnet, body);
    const within = await requireOwnVpc(tx.db, region, projectId, wanted.vpc_id);
    const record = newSubnet(tx, region, projectId, wanted);
    Object.assign(record, addressing(region, record, 'subnet'), { neutron_subnet_id: newId(tx.at) });
    await checkPlace(tx.db, within, record, 'subnet.cidr');
    await insert(tx, subnet, record);
    return record;
  });
}

/** A record that has no network yet, with the zone and the IPv6 network that it is to have. */
export function newSubnet(tx: Writer, region: Region, projectId: string, wanted: Subnet): Subnet {
  const now = timestamp(tx.at);
  const id = newId(tx.at);
  const record = { ...wanted, id, project_id: projectId, created_at: now, updated_at: now };
  return {
    ...record,
    availability_zone: zoneOf(region, wanted.availability_zone),
    ...(wanted.ipv6_enable ? ipv6Of(id) : {}),
  };
}

/**
 * The network and gateway that a request gives, in the spelling of all.
 *
 * @param path how messages name the request
 */
export function addressing(
  region: Region,
  { cidr, gateway_ip }: Subnet,
  path: string,
): Pick<Subnet, 'cidr' | 'gateway_ip'> {
  const network = privateNetwork(region, cidr, `${path}.cidr`);
  if (Number(network.text.split('/')[1]) > longestPrefix) {
    throw invalid(`${path}.cidr`, `got ${cidr}, expected a prefix of at most /${longestPrefix}.`);
  }
  if (!gateway_ip) return { cidr: network.text, gateway_ip: firstAddress(network) };
  if (ipVersion(gateway_ip) !== 'v4' || !contains(network, gateway_ip)) {
    throw invalid(`${path}.gateway_ip`, `got "${gateway_ip}", expected an address in ${network.text}.`);
  }
  return { cidr: network.text, gateway_ip: canonical(gateway_ip) };
}

/** Refuses a subnet that is not within its VPC, or overlaps another there. */
export async function checkPlace(db: Reader, within: Vpc, record: Subnet, field: string): Promise<void> {
  const network = parseNetwork(record.cidr);
  const outer = parseNetwork(within.cidr);
  if (!network) throw new Error('the network was read before');
  if (outer && !holds(outer, network)) {
    throw invalid(
      field,
      `got ${record.cidr}, expected a network within ${within.cidr} of the VPC ${within.id}.`,
    );
  }
  for (const each of await findBy(db, subnet, 'vpc_id', [within.id], ['id', 'cidr'])) {
    const other = parseNetwork(each.cidr);
    if (each.id === record.id || !other || !overlap(network, other)) continue;
    throw conflict(
      `Invalid input for '${field}': ${record.cidr} overlaps ${each.cidr} of the subnet ${each.id}; give another.`,
    );
  }
}

export async function showSubnet(region: Region, projectId: string, id: string): Promise<Subnet> {
  const found = await requireSubnet(region.store.reader, region, projectId, id);
  if (!isWhole(found)) throw notFound(subnet.label, id);
  return found;
}

/** A subnet that the project made, or one of the inventory that it may use, by its network id. */
export async function requireSubnet(
  db: Reader,
  { inventory }: Region,
  projectId: string,
  id: string,
): Promise<Subnet> {
  const declared = inventory.network(projectId, id);
  const found = declared ? declaredSubnet(projectId, declared) : await find(db, subnet, projectId, id);
  if (!found) throw notFound(subnet.label, id);
  return found;
}

/** All that a project may use, those of the inventory first. */
export async function listSubnets(region: Region, projectId: string): Promise<Subnet[]> {
  return (await listNetworks(region, projectId)).filter(isWhole);
}

/** As `listSubnets`, with those that a client of Neutron has not finished. */
export async function listNetworks({ store, inventory }: Region, projectId: string): Promise<Subnet[]> {
  const declared = inventory
    .vpcsOf(projectId)
    .flatMap(({ subnets }) => subnets.map((each) => declaredSubnet(projectId, each)));
  return [...declared, ...(await findBy(store.reader, subnet, 'project_id', [projectId]))];
}

function isWhole({ vpc_id, cidr }: Subnet): boolean {
  return vpc_id !== '' && cidr !== '';
}

/** @param vpcId the VPC that it must be in; any when left out */
export async function updateSubnet(
  region: Region,
  projectId: string,
  id: string,
  body: Body,
  vpcId?: string,
): Promise<Subnet> {
  return region.store.write(async (tx) => {
    const before = await requireOwnSubnet(tx.db, region, projectId, id, vpcId);
    const changed = changes(subnet, body);
    if (Object.keys(changed).length === 0) return before;
    if (changed.ipv6_enable === false && before.ipv6_enable) {
      throw invalid('subnet.ipv6_enable', 'it cannot be switched off once it is on.');
    }
    const added = changed.ipv6_enable && !before.ipv6_enable ? ipv6Of(id) : {};
    const after: Subnet = { ...before, ...changed, ...added, updated_at: timestamp(tx.at) };
    await update(tx, subnet, before, after);
    return after;
  });
}

/** @param vpcId the VPC that it must be in; any when left out */
export async function deleteSubnet(
  region: Region,
  projectId: string,
  id: string,
  vpcId?: string,
): Promise<void> {
  await region.store.write(async (tx) => {
    const found = await requireOwnSubnet(tx.db, region, projectId, id, vpcId);
    await checkSubnetUnused(tx.db, found, 'deleted');
    await remove(tx, subnet, found);
  });
}

/** A subnet that the project may change: one of the inventory is for its file to change. */
export async function requireOwnSubnet(
  db: Reader,
  region: Region,
  projectId: string,
  id: string,
  vpcId?: string,
): Promise<Subnet> {
  const found = await requireSubnet(db, region, projectId, id);
  if (vpcId !== undefined && found.vpc_id !== vpcId) throw notFound(subnet.label, id);
  if (region.inventory.subnet(id)) {
    throw conflict(`The subnet ${id} is one of the inventory; only its file changes it or takes it away.`);
  }
  return found;
}

function zoneOf({ inventory }: Region, asked: string): string {
  const { availabilityZones: zones } = inventory;
  if (asked !== '' && !zones.includes(asked)) {
    throw invalid(
      'subnet.availability_zone',
      `there is no zone "${asked}" in ${inventory.region}; there are ${zones.join(', ')}.`,
    );
  }
  return asked || (zones[0] ?? '');
}

/** A network of unique local addresses (RFC 4193), the same one each time for a subnet. */
function ipv6Of(id: string): Pick<Subnet, 'ipv6_enable' | 'cidr_v6' | 'gateway_ip_v6'> {
  const hash = createHash('sha256').update(`elbow network ${id}`).digest('hex');
  const prefix = [`fd${hash.slice(0, 2)}`, hash.slice(2, 6), hash.slice(6, 10), hash.slice(10, 14)].join(':');
  const network = parseNetwork(`${prefix}::/64`);
  if (!network) throw new Error('a prefix of 64 bits is a network');
  return { ipv6_enable: true, cidr_v6: network.text, gateway_ip_v6: firstAddress(network) };
}
