/**
 * Servers: those that projects declare, and those of the inventory beside them. What becomes of a server becomes of its
 * members in the same transaction.
 */
import { addressNumber, contains, ipVersion } from '../model/address.ts';
import { conflict, invalid, notFound } from '../model/errors.ts';
import { undated } from '../model/network-fields.ts';
import { type Port, port } from '../model/port.ts';
import { draft } from '../model/resource.ts';
import { type Server, server } from '../model/server.ts';
import { findBy, insert, remove, update } from '../store/rows.ts';
import { vpcsWithServers } from '../store/server-addresses.ts';
import type { Reader, Writer } from '../store/transaction.ts';
import { portIdOf } from './addresses.ts';
import type { ServerRecord, SubnetRecord, VpcRecord } from './inventory.ts';
import { KnownNetworks } from './networks/known-networks.ts';
import { addPort, addressOfPort } from './networks/ports.ts';
import { newId } from './new-id.ts';
import { type Region, timestamp, within } from './region.ts';
import { refreshServersAt } from './server-states.ts';

/** An address of a server. */
export interface ServerPlace {
  readonly portId: string;
  readonly subnet: SubnetRecord;
  readonly address: string;
}

/** A server with where it is. */
export interface ServerView {
  readonly server: Server;
  readonly places: readonly ServerPlace[];
}

/** What a server is declared with. */
export interface ServerRequest {
  readonly name: string;
  readonly state?: Server['state'];
  readonly availability_zone?: string | null;
  readonly addresses: readonly { readonly subnet_id: string; readonly address?: string }[];
  readonly image_id?: string;
  readonly flavor_id?: string;
  readonly key_name?: string;
}

/** Learns at a start in which VPCs servers are. */
export async function learnServers({ store, inventory }: Region): Promise<void> {
  for (const id of await vpcsWithServers(store.reader)) inventory.vpcsWithServers.add(id);
}

export async function createServer(
  region: Region,
  projectId: string,
  request: ServerRequest,
): Promise<ServerView> {
  return region.store.write(async (tx) => {
    const subnets = await subnetsOf(tx, region, projectId, request);
    const [first] = subnets;
    if (!first) throw new Error('a server has an address');
    const { image_id = '', flavor_id = '', key_name = '' } = request;
    const now = timestamp(tx.at);
    const record: Server = {
      ...draft(server, { ...request }),
      ...{ image_id, flavor_id, key_name },
      id: newId(tx.at),
      project_id: projectId,
      availability_zone: zoneOf(region, request.availability_zone || first.availabilityZone),
      vpc_id: first.vpc.id,
      created_at: now,
      updated_at: now,
    };
    region.inventory.vpcsWithServers.add(record.vpc_id);
    await insert(tx, server, record);
    const places: ServerPlace[] = [];
    for (const [index, { address }] of request.addresses.entries()) {
      const subnet = subnets[index] ?? first;
      const owner = { device_id: record.id, device_owner: `compute:${record.availability_zone}` };
      const field = `server.addresses[${index}].address`;
      const made = await addPort(tx, { projectId, subnet, address, ...owner }, field);
      places.push({ portId: made.id, subnet, address: addressOfPort(made) });
    }
    await refreshServersAt(within(region, tx), projectId, places);
    return { server: record, places: places.sort(inOrder) };
  });
}

export async function showServer(
  region: Region,
  projectIds: ReadonlySet<string>,
  id: string,
): Promise<ServerView> {
  return requireServer(region.store.reader, region, projectIds, id);
}

/** All that the projects see, those of the inventory first. */
export async function listServers(region: Region, projectIds: ReadonlySet<string>): Promise<ServerView[]> {
  const stored = await findBy(region.store.reader, server, 'project_id', [...projectIds]);
  return [...declaredServers(region, projectIds), ...(await viewsOf(region.store.reader, region, stored))];
}

/** Starts or stops a server. What is so already stays. */
export async function setServerState(
  region: Region,
  projectIds: ReadonlySet<string>,
  id: string,
  state: Server['state'],
): Promise<ServerView> {
  return region.store.write(async (tx) => {
    const { server: before, places } = await requireOwnServer(tx.db, region, projectIds, id);
    const after: Server = { ...before, state, updated_at: timestamp(tx.at) };
    if (before.state === state) return { server: before, places };
    await update(tx, server, before, after);
    await refreshServersAt(within(region, tx), before.project_id, places);
    return { server: after, places };
  });
}

export async function deleteServer(
  region: Region,
  projectIds: ReadonlySet<string>,
  id: string,
): Promise<void> {
  await region.store.write(async (tx) => {
    const { server: found, places } = await requireOwnServer(tx.db, region, projectIds, id);
    for (const each of await findBy(tx.db, port, 'device_id', [id])) await remove(tx, port, each);
    await remove(tx, server, found);
    await refreshServersAt(within(region, tx), found.project_id, places);
  });
}

async function requireServer(
  db: Reader,
  region: Region,
  projectIds: ReadonlySet<string>,
  id: string,
): Promise<ServerView> {
  const declared = declaredServers(region, projectIds).find((each) => each.server.id === id);
  if (declared) return declared;
  const stored = (await findBy(db, server, 'id', [id])).filter(({ project_id }) =>
    projectIds.has(project_id),
  );
  const [found] = await viewsOf(db, region, stored);
  if (!found) throw notFound(server.label, id);
  return found;
}

/** A server that the projects may change: one of the inventory is for its file to change. */
async function requireOwnServer(
  db: Reader,
  region: Region,
  projectIds: ReadonlySet<string>,
  id: string,
): Promise<ServerView> {
  const found = await requireServer(db, region, projectIds, id);
  if (found.server.created_at === undated) {
    throw conflict(`The server ${id} is one of the inventory; only its file changes it or takes it away.`);
  }
  return found;
}

async function subnetsOf(
  tx: Writer,
  { inventory }: Region,
  projectId: string,
  { addresses }: ServerRequest,
): Promise<SubnetRecord[]> {
  const known = new KnownNetworks(tx.db, inventory);
  const subnets: SubnetRecord[] = [];
  for (const [index, { subnet_id }] of addresses.entries()) {
    const found =
      (await known.network(projectId, subnet_id)) ?? (await known.ipv4Subnet(projectId, subnet_id));
    if (!found) throw notFound('subnet', subnet_id);
    const [first = found] = subnets;
    if (first.vpc.id !== found.vpc.id) {
      throw invalid(
        `server.addresses[${index}].subnet_id`,
        `it is in the VPC ${found.vpc.id}; give one of the VPC ${first.vpc.id}, where the first is.`,
      );
    }
    subnets.push(found);
  }
  return subnets;
}

function zoneOf({ inventory }: Region, zone: string): string {
  const zones = inventory.availabilityZones;
  if (zones.includes(zone)) return zone;
  throw invalid(
    'server.availability_zone',
    `there is no zone "${zone}" in ${inventory.region}; there are ${zones.join(', ')}.`,
  );
}

async function viewsOf(db: Reader, { inventory }: Region, of: readonly Server[]): Promise<ServerView[]> {
  const known = new KnownNetworks(db, inventory);
  const ids = of.map(({ id }) => id);
  const ports = Map.groupBy(await findBy(db, port, 'device_id', ids), ({ device_id }) => device_id);
  return Promise.all(
    of.map(async (each) => ({ server: each, places: await placesOf(known, ports.get(each.id) ?? []) })),
  );
}

async function placesOf(known: KnownNetworks, ports: readonly Port[]): Promise<ServerPlace[]> {
  const places: ServerPlace[] = [];
  for (const each of ports) {
    const subnet = await known.subnet(each.network_id);
    if (subnet) places.push({ portId: each.id, subnet, address: addressOfPort(each) });
  }
  return places.sort(inOrder);
}

/** IPv4 addresses first, each family by its numbers. */
function inOrder(a: ServerPlace, b: ServerPlace): number {
  const families = (ipVersion(a.address) ?? '').localeCompare(ipVersion(b.address) ?? '');
  if (families !== 0) return families;
  return addressNumber(a.address) < addressNumber(b.address) ? -1 : 1;
}

function declaredServers({ inventory }: Region, projectIds: ReadonlySet<string>): ServerView[] {
  const vpcs = [...inventory.vpcs.values()].filter(
    ({ projectId }) => projectId === null || projectIds.has(projectId),
  );
  return vpcs.flatMap((vpc) => [...new Set(vpc.servers.values())].map((each) => declaredView(vpc, each)));
}

function declaredView(vpc: VpcRecord, of: ServerRecord): ServerView {
  const record: Server = {
    id: of.id,
    project_id: vpc.projectId ?? '',
    name: of.name,
    availability_zone: of.availabilityZone,
    state: of.running ? 'running' : 'stopped',
    addresses: [],
    vpc_id: vpc.id,
    ...{ image_id: '', flavor_id: '', key_name: '', created_at: undated, updated_at: undated },
  };
  const places = of.addresses.flatMap((address) => {
    const subnet = vpc.subnets.find(({ ipv4, ipv6 }) =>
      [ipv4, ipv6].some((network) => network && contains(network, address)),
    );
    return subnet ? [{ portId: portIdOf(address, of.id), subnet, address }] : [];
  });
  return { server: record, places };
}
