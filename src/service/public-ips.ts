/**
 * The public IPs of a region: those that the inventory declares, which any project may bind, and those made from its
 * public network, which belong to the project they were made for until it releases them (rules digest 2.1.1, 2.1.6).
 */
import { randomUUID } from 'node:crypto';
import { ipVersion } from '../model/address.ts';
import { conflict, invalid, notFound, Refusal } from '../model/errors.ts';
import type { LoadBalancer } from '../model/load-balancer.ts';
import { checkBandwidth, type NewPublicIp, type PublicIpRecord, publicIp } from '../model/public-ip.ts';
import { find, findBy, insert, remove, update } from '../store/rows.ts';
import type { Reader, Writer } from '../store/transaction.ts';
import { usableAddresses } from './inventory.ts';
import { newId } from './new-id.ts';
import { type Region, timestamp } from './region.ts';

type PublicIps = LoadBalancer['publicips'];

/**
 * Binds the public IP that a create request asks for.
 *
 * @param wanted the load balancer as it is to be
 * @returns what it shows: none, or one
 */
export async function bindPublicIps(tx: Writer, region: Region, wanted: LoadBalancer): Promise<PublicIps> {
  const { publicip, publicip_ids } = wanted;
  if (publicip && publicip_ids?.length) {
    throw invalid('loadbalancer.publicip', 'it excludes publicip_ids; give one or the other.');
  }
  // The API binds the first and ignores the rest.
  const id = publicip_ids?.[0];
  if (!publicip && id === undefined) return [];
  const bound = publicip
    ? await makePublicIp(tx, region, { ...wanted, loadbalancer_id: wanted.id }, publicip)
    : await bindExisting(tx, region, wanted, id ?? '');
  if (bound.ip_version === 4 && !wanted.vpc_id && !wanted.vip_subnet_cidr_id) {
    throw invalid(
      'loadbalancer.vip_subnet_cidr_id',
      'a load balancer with a public IPv4 address needs it, or vpc_id.',
    );
  }
  return [shownPublicIp(bound)];
}

/** A public IP as its load balancer shows it. */
export function shownPublicIp({ id, public_ip_address, ip_version }: PublicIpRecord): PublicIps[number] {
  return { publicip_id: id, publicip_address: public_ip_address, ip_version };
}

/** A public IP that the project has, or one of the inventory that nobody has. */
export async function findPublicIp(
  db: Reader,
  { inventory }: Region,
  projectId: string,
  id: string,
): Promise<PublicIpRecord | undefined> {
  const own = await find(db, publicIp, projectId, id);
  const address = inventory.publicIps.get(id);
  if (own || address === undefined) return own;
  return (await hasOwner(db, address)) ? undefined : declaredPublicIp(projectId, id, address);
}

async function hasOwner(db: Reader, address: string): Promise<boolean> {
  return (await findBy(db, publicIp, 'public_ip_address', [address], ['id'])).length > 0;
}

/** A public IP of the inventory as it is while no project has it. */
export function declaredPublicIp(projectId: string, id: string, address: string): PublicIpRecord {
  return {
    id,
    project_id: projectId,
    enterprise_project_id: '0',
    public_ip_address: address,
    ip_version: ipVersion(address) === 'v6' ? 6 : 4,
    type: '5_bgp',
    bandwidth_id: id,
    bandwidth_name: '',
    bandwidth_size: 0,
    bandwidth_share_type: 'PER',
    bandwidth_charge_mode: 'traffic',
    billing_info: null,
    loadbalancer_id: null,
    create_time: '',
  };
}

/** Binds a public IP that the project has, or one of the inventory that nobody has. */
export async function bindExisting(
  tx: Writer,
  { inventory }: Region,
  owner: LoadBalancer,
  id: string,
): Promise<PublicIpRecord> {
  const taken = () =>
    conflict(`The public IP ${id} is already bound to a load balancer; give another, or unbind it first.`);
  const address = inventory.publicIps.get(id);
  if (address !== undefined) {
    if (await hasOwner(tx.db, address)) throw taken();
    const record: PublicIpRecord = {
      ...declaredPublicIp(owner.project_id, id, address),
      loadbalancer_id: owner.id,
      create_time: timestamp(tx.at),
    };
    await insert(tx, publicIp, record);
    return record;
  }
  const kept = await find(tx.db, publicIp, owner.project_id, id);
  if (!kept) throw notFound(publicIp.label, id);
  if (kept.loadbalancer_id) throw taken();
  await update(tx, publicIp, kept, { loadbalancer_id: owner.id });
  return kept;
}

/** How messages name a public IP to make, and its bandwidth. */
interface Naming {
  readonly publicip: string;
  readonly bandwidth: string;
}

const inLoadBalancer: Naming = {
  publicip: 'loadbalancer.publicip',
  bandwidth: 'loadbalancer.publicip.bandwidth',
};

/** Makes a public IP for a project. */
export async function makePublicIp(
  tx: Writer,
  region: Region,
  owner: Pick<PublicIpRecord, 'project_id' | 'enterprise_project_id' | 'loadbalancer_id'>,
  asked: NewPublicIp,
  naming = inLoadBalancer,
): Promise<PublicIpRecord> {
  checkBandwidth(asked, naming.bandwidth);
  const { network_type, billing_info, bandwidth, ip_version } = asked;
  const address = await freeAddress(tx.db, region, ip_version ?? 4, naming.publicip);
  const id = newId(tx.at);
  const record: PublicIpRecord = {
    ...declaredPublicIp(owner.project_id, id, address),
    enterprise_project_id: owner.enterprise_project_id,
    type: network_type,
    ...(bandwidth.id
      ? { bandwidth_id: bandwidth.id, bandwidth_share_type: 'WHOLE' }
      : {
          bandwidth_id: randomUUID(),
          bandwidth_name: bandwidth.name ?? '',
          bandwidth_size: bandwidth.size ?? 0,
          bandwidth_charge_mode: bandwidth.charge_mode ?? 'traffic',
        }),
    billing_info: billing_info ?? null,
    loadbalancer_id: owner.loadbalancer_id,
    create_time: timestamp(tx.at),
  };
  await insert(tx, publicIp, record);
  return record;
}

/** The lowest address of the public network that nobody has and the inventory does not keep for binding by id. */
async function freeAddress(
  db: Reader,
  { inventory }: Region,
  version: number,
  field: string,
): Promise<string> {
  const network = inventory.publicNetwork;
  if (network?.version !== (version === 6 ? 'v6' : 'v4')) {
    throw invalid(field, 'the region has no such public network; declare public_network in the inventory.');
  }
  const rows = await db.selectFrom('publicips').select('public_ip_address').execute();
  const taken = new Set([...rows.map((row) => row['public_ip_address']), ...inventory.publicIps.values()]);
  for (const address of usableAddresses(network)) if (!taken.has(address)) return address;
  throw new Refusal(
    'ELB.8950',
    `The public network ${network.text} has no free address; release a public IP that is bound to nothing.`,
  );
}

/**
 * Unbinds the public IPs of a load balancer that goes.
 *
 * @param releases whether those that were made for it go too; otherwise the project keeps them
 */
export async function unbindPublicIps(
  tx: Writer,
  { inventory }: Region,
  { id }: Pick<LoadBalancer, 'id'>,
  releases: boolean,
): Promise<void> {
  for (const each of await findBy(tx.db, publicIp, 'loadbalancer_id', [id])) {
    if (releases || inventory.publicIps.has(each.id)) await remove(tx, publicIp, each);
    else await update(tx, publicIp, each, { loadbalancer_id: null });
  }
}
