/**
 * Networks as a client of Neutron makes them: first a network, then its IPv4 subnet, and then the two are put into a
 * router. A router is a VPC, and the others are the halves of a subnet of the API of VPCs.
 */
import { conflict, notFound } from '../../model/errors.ts';
import { draft } from '../../model/resource.ts';
import { type Subnet, subnet } from '../../model/subnet.ts';
import { insert, remove, update } from '../../store/rows.ts';
import type { Reader, Writer } from '../../store/transaction.ts';
import { portIdOf } from '../addresses.ts';
import { newId } from '../new-id.ts';
import { type Region, timestamp } from '../region.ts';
import { checkSubnetUnused } from './network-uses.ts';
import {
  addressing,
  checkPlace,
  listNetworks,
  newSubnet,
  requireOwnSubnet,
  requireSubnet,
} from './subnets.ts';
import { requireOwnVpc } from './vpcs.ts';

type Names = Partial<Pick<Subnet, 'name' | 'description'>>;

/** What of a subnet a client of Neutron may say. */
export type Ipv4Subnet = Pick<Subnet, 'cidr'> &
  Partial<Pick<Subnet, 'neutron_name' | 'dnsList' | 'dhcp_enable'>> & {
    readonly gateway_ip?: string | null | undefined;
  };

/** A network without addresses. */
export async function createNetwork(
  region: Region,
  projectId: string,
  { name = '', description = '' }: Names,
): Promise<Subnet> {
  return region.store.write(async (tx) => {
    const empty = { cidr: '', gateway_ip: '', vpc_id: '', neutron_subnet_id: '' };
    const wanted = { ...draft(subnet, { name, description }), ...empty };
    const record = newSubnet(tx, region, projectId, wanted);
    await insert(tx, subnet, record);
    return record;
  });
}

export async function showNetwork(region: Region, projectId: string, id: string): Promise<Subnet> {
  return requireSubnet(region.store.reader, region, projectId, id);
}

/** Names a network anew. */
export async function renameNetwork(
  region: Region,
  projectId: string,
  id: string,
  names: Names,
): Promise<Subnet> {
  return region.store.write(async (tx) => {
    const before = await requireOwnSubnet(tx.db, region, projectId, id);
    const after: Subnet = { ...before, ...names, updated_at: timestamp(tx.at) };
    await update(tx, subnet, before, after);
    return after;
  });
}

/** Deletes a network, and its subnet with it. */
export async function deleteNetwork(region: Region, projectId: string, id: string): Promise<void> {
  await region.store.write(async (tx) => {
    const found = await requireOwnSubnet(tx.db, region, projectId, id);
    checkOutside(found, `network ${id}`);
    await checkSubnetUnused(tx.db, found, 'deleted');
    await remove(tx, subnet, found);
  });
}

/** Gives a network its subnet. */
export async function createIpv4Subnet(
  region: Region,
  projectId: string,
  networkId: string,
  wanted: Ipv4Subnet,
): Promise<Subnet> {
  return region.store.write(async (tx) => {
    const before = await requireOwnSubnet(tx.db, region, projectId, networkId);
    if (before.cidr !== '') {
      throw conflict(
        `The network ${networkId} has the subnet ${before.neutron_subnet_id} already, and takes one; make another network.`,
      );
    }
    const after: Subnet = {
      ...before,
      ...wanted,
      ...addressing(region, { ...before, ...wanted, gateway_ip: wanted.gateway_ip ?? '' }, 'subnet'),
      neutron_subnet_id: newId(tx.at),
      updated_at: timestamp(tx.at),
    };
    await update(tx, subnet, before, after);
    return after;
  });
}

/** The network whose IPv4 subnet has an id, of those that a project may use. */
async function showIpv4Subnet(region: Region, projectId: string, id: string): Promise<Subnet> {
  const found = (await listNetworks(region, projectId)).find(
    ({ neutron_subnet_id }) => neutron_subnet_id === id,
  );
  if (!found) throw notFound(subnet.label, id);
  return found;
}

export async function changeIpv4Subnet(
  region: Region,
  projectId: string,
  id: string,
  changed: Partial<Pick<Subnet, 'neutron_name' | 'dnsList' | 'dhcp_enable'>>,
): Promise<Subnet> {
  const { id: networkId } = await showIpv4Subnet(region, projectId, id);
  return region.store.write(async (tx) => {
    const before = await requireIpv4Subnet(tx.db, region, projectId, networkId, id);
    const after: Subnet = { ...before, ...changed, updated_at: timestamp(tx.at) };
    await update(tx, subnet, before, after);
    return after;
  });
}

/** Leaves the network without addresses. */
export async function deleteIpv4Subnet(region: Region, projectId: string, id: string): Promise<void> {
  const { id: networkId } = await showIpv4Subnet(region, projectId, id);
  await region.store.write(async (tx) => {
    const before = await requireIpv4Subnet(tx.db, region, projectId, networkId, id);
    checkOutside(before, `subnet ${id}`);
    await checkSubnetUnused(tx.db, before, 'deleted');
    const empty = { cidr: '', gateway_ip: '', neutron_subnet_id: '', neutron_name: '' };
    await update(tx, subnet, before, { ...empty, updated_at: timestamp(tx.at) });
  });
}

/** The port by which a router is the gateway of a subnet. */
export function interfacePortId({ id, gateway_ip }: Subnet): string {
  return portIdOf(gateway_ip ?? '', id);
}

/** Puts a subnet into a VPC. */
export function addInterface(
  region: Region,
  projectId: string,
  routerId: string,
  subnetId: string,
): Promise<Subnet> {
  return changeInterface(region, projectId, routerId, subnetId, async (tx, vpcOfRouter, before) => {
    checkOutside(before, `subnet ${subnetId}`);
    const after: Subnet = { ...before, vpc_id: vpcOfRouter.id, updated_at: timestamp(tx.at) };
    await checkPlace(tx.db, vpcOfRouter, after, 'subnet_id');
    await update(tx, subnet, before, after);
    return after;
  });
}

/** Takes a subnet that nothing uses out of its VPC. */
export function removeInterface(
  region: Region,
  projectId: string,
  routerId: string,
  subnetId: string,
): Promise<Subnet> {
  return changeInterface(region, projectId, routerId, subnetId, async (tx, vpcOfRouter, before) => {
    if (before.vpc_id !== vpcOfRouter.id) throw notFound('router interface of subnet', subnetId);
    await checkSubnetUnused(tx.db, before, 'taken out of its router');
    await update(tx, subnet, before, { vpc_id: '', updated_at: timestamp(tx.at) });
    return before;
  });
}

/** Changes whether a subnet is in a VPC; both are as the transaction has them. */
async function changeInterface(
  region: Region,
  projectId: string,
  routerId: string,
  subnetId: string,
  change: (
    tx: Writer,
    vpcOfRouter: Awaited<ReturnType<typeof requireOwnVpc>>,
    before: Subnet,
  ) => Promise<Subnet>,
): Promise<Subnet> {
  const { id: networkId } = await showIpv4Subnet(region, projectId, subnetId);
  return region.store.write(async (tx) => {
    const vpcOfRouter = await requireOwnVpc(tx.db, region, projectId, routerId);
    const before = await requireIpv4Subnet(tx.db, region, projectId, networkId, subnetId);
    return change(tx, vpcOfRouter, before);
  });
}

/** The network as the transaction has it, unless its subnet went in the meantime. */
async function requireIpv4Subnet(
  db: Reader,
  region: Region,
  projectId: string,
  networkId: string,
  id: string,
): Promise<Subnet> {
  const found = await requireOwnSubnet(db, region, projectId, networkId);
  if (found.neutron_subnet_id !== id) throw notFound(subnet.label, id);
  return found;
}

function checkOutside({ vpc_id, neutron_subnet_id }: Subnet, what: string): void {
  if (vpc_id === '') return;
  throw conflict(
    `The ${what} is in use by router ${vpc_id}: remove its interface of the subnet ${neutron_subnet_id} first.`,
  );
}
