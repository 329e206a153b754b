/** Brings members to what the inventory says of their servers, after it was declared anew. */
import { createHash } from 'node:crypto';
import { type Member, member, operatingStatus } from '../model/member.ts';
import { pool } from '../model/pool.ts';
import { all, findBy, findWhere, update } from '../store/rows.ts';
import { readSetting, writeSetting } from '../store/settings.ts';
import { attachmentsOf, isMonitored } from './attachments.ts';
import type { Inventory, SubnetRecord } from './inventory.ts';
import { KnownNetworks } from './networks/known-networks.ts';
import type { Region } from './region.ts';

const setting = 'inventory';

/** Does nothing when the servers are declared as they were at the last start. */
export async function refreshServers(region: Region): Promise<void> {
  const { store, inventory } = region;
  const digest = digestOf(inventory);
  if ((await readSetting(store.reader, setting)) === digest) return;
  const known = new KnownNetworks(store.reader, inventory);
  for await (const each of all(store.reader, member, placeFields)) {
    const changed = await serverOf(known, each);
    if (changed) await refreshMember(region, each.id, changed);
  }
  await store.write((tx) => writeSetting(tx, setting, digest));
}

/** As `refreshServers` for the members of a project that have the addresses, after something became of their servers. */
export async function refreshServersAt(
  region: Region,
  projectId: string,
  places: readonly { readonly subnet: SubnetRecord; readonly address: string }[],
): Promise<void> {
  const db = region.store.reader;
  const known = new KnownNetworks(db, region.inventory);
  for (const { subnet, address } of places) {
    const there = [null, subnet.id, subnet.neutronSubnetId];
    for (const each of await findWhere(db, member, { project_id: projectId, address }, placeFields)) {
      const changed = there.includes(each.subnet_cidr_id) ? await serverOf(known, each) : null;
      if (changed) await refreshMember(region, each.id, changed);
    }
  }
}

/** As `refreshServers` for the members of pools that were not there when it was done. */
export async function refreshServersOf(region: Region, poolIds: readonly string[]): Promise<void> {
  const db = region.store.reader;
  const known = new KnownNetworks(db, region.inventory);
  for (const each of await findBy(db, member, 'pool_id', poolIds, placeFields)) {
    const changed = await serverOf(known, each);
    if (changed) await refreshMember(region, each.id, changed);
  }
}

const serverFields = ['instance_id', 'server_state', 'admin_state_up', 'availability_zone'] as const;
type ServerFields = Pick<Member, (typeof serverFields)[number]>;

/** What tells which server a member is, and what it is known to be. */
const placeFields = ['id', 'project_id', 'address', 'subnet_cidr_id', ...serverFields] as const;
type Place = Pick<Member, (typeof placeFields)[number]>;

/** What of a member follows from its server, when that is not what is stored; null when it is. */
async function serverOf(known: KnownNetworks, of: Place): Promise<ServerFields | null> {
  const { subnet_cidr_id, instance_id, server_state, availability_zone } = of;
  const now = subnet_cidr_id
    ? await instanceOf(known, of, await known.subnet(subnet_cidr_id))
    : {
        instance_id,
        server_state,
        admin_state_up: await known.hasServer(of.project_id, of.address),
        availability_zone,
      };
  if (!now) return null;
  return serverFields.every((key) => now[key] === of[key]) ? null : now;
}

async function instanceOf(
  known: KnownNetworks,
  { project_id, address, instance_id }: Place,
  subnet: SubnetRecord | undefined,
): Promise<ServerFields | null> {
  if (!subnet) return null;
  const server = await known.serverAt(project_id, subnet, address);
  return {
    // A server that was there is remembered: its members are OFFLINE, where an address without one is UNKNOWN.
    instance_id: server?.id ?? instance_id,
    server_state: server ? (server.running ? 'running' : 'stopped') : instance_id ? 'gone' : 'missing',
    admin_state_up: server !== undefined,
    availability_zone: server?.availabilityZone ?? subnet.availabilityZone,
  };
}

async function refreshMember({ store }: Region, id: string, changed: ServerFields): Promise<void> {
  await store.write(async (tx) => {
    const [of] = await findBy(tx.db, member, 'id', [id]);
    if (!of) return;
    const [within] = await findBy(tx.db, pool, 'id', [of.pool_id]);
    if (!within) return;
    const { listeners } = await attachmentsOf(tx.db, within);
    const state = { monitored: await isMonitored(tx.db, within), attached: listeners.length > 0 };
    const operating_status = operatingStatus(state, {
      server_state: changed.server_state,
      verdict: of.verdict,
    });
    await update(tx, member, of, { ...changed, operating_status });
  });
}

function digestOf(inventory: Inventory): string {
  const servers = [...inventory.vpcs.values()].map((vpc) => [
    vpc.id,
    [...vpc.servers],
    vpc.subnets.map(({ id, everyAddressIsAServer, availabilityZone }) => [
      id,
      everyAddressIsAServer,
      availabilityZone,
    ]),
  ]);
  return createHash('sha256').update(JSON.stringify(servers)).digest('hex');
}
