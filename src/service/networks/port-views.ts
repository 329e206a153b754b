/** Every port that a project sees: those of servers, those kept, and those of load balancers. */
import { conflict, notFound } from '../../model/errors.ts';
import { type LoadBalancer, loadBalancer } from '../../model/load-balancer.ts';
import { type Port, port } from '../../model/port.ts';
import { find, findBy, remove, update } from '../../store/rows.ts';
import type { SubnetRecord } from '../inventory.ts';
import { type Region, timestamp, within } from '../region.ts';
import { listServers } from '../servers.ts';
import { KnownNetworks } from './known-networks.ts';
import { addPort, addressOfPort } from './ports.ts';

export interface PortView extends Pick<Port, 'id' | 'project_id' | 'name' | 'device_id' | 'device_owner'> {
  readonly subnet: SubnetRecord;
  readonly address: string;
}

export interface PortRequest {
  readonly network_id: string;
  readonly name?: string | null;
  readonly fixed_ips?: readonly { readonly subnet_id?: string; readonly ip_address?: string }[];
}

export async function listPorts(region: Region, projectId: string): Promise<PortView[]> {
  const db = region.store.reader;
  const known = new KnownNetworks(db, region.inventory);
  const stored = await findBy(db, port, 'project_id', [projectId]);
  const owners = await findBy(db, loadBalancer, 'project_id', [projectId]);
  const views: PortView[] = [];
  for (const each of stored) {
    const subnet = await known.subnet(each.network_id);
    if (subnet) views.push({ ...each, subnet, address: addressOfPort(each) });
  }
  for (const each of owners) views.push(...(await portsOf(known, each)));
  const ids = new Set(views.map(({ id }) => id));
  const servers = await listServers(region, new Set([projectId]));
  const declared = servers.flatMap(({ server, places }) =>
    places.map(({ portId, ...place }) => ({
      ...{ id: portId, project_id: projectId, name: '', device_id: server.id },
      ...{ device_owner: `compute:${server.availability_zone}`, ...place },
    })),
  );
  return [...views, ...declared.filter(({ id }) => !ids.has(id))];
}

async function portsOf(known: KnownNetworks, owner: LoadBalancer): Promise<PortView[]> {
  const { id, name, project_id, vip_subnet_cidr_id, ipv6_vip_virsubnet_id } = owner;
  const ipv4 = vip_subnet_cidr_id && (await known.subnet(vip_subnet_cidr_id));
  const ipv6 = ipv6_vip_virsubnet_id && (await known.subnet(ipv6_vip_virsubnet_id));
  return [
    { id: owner.vip_port_id, subnet: ipv4, address: owner.vip_address },
    { id: owner.ipv6_vip_port_id, subnet: ipv6, address: owner.ipv6_vip_address },
  ].flatMap(({ id: portId, subnet, address }) =>
    portId && subnet && address
      ? [
          {
            id: portId,
            project_id,
            name,
            device_id: id,
            device_owner: 'neutron:LOADBALANCERV2',
            subnet,
            address,
          },
        ]
      : [],
  );
}

export async function showPort(region: Region, projectId: string, id: string): Promise<PortView> {
  const found = (await listPorts(region, projectId)).find((each) => each.id === id);
  if (!found) throw notFound(port.label, id);
  return found;
}

/** Keeps an address for something yet to come. */
export async function createPort(
  region: Region,
  projectId: string,
  { network_id, fixed_ips = [], name }: PortRequest,
): Promise<PortView> {
  return region.store.write(async (tx) => {
    const known = new KnownNetworks(tx.db, region.inventory);
    const subnet = await known.network(projectId, network_id);
    if (!subnet) throw notFound('network', network_id);
    const [asked] = fixed_ips;
    if (fixed_ips.length > 1) {
      throw conflict(
        "Invalid input for 'port.fixed_ips': a port has one address here; make a port for each.",
      );
    }
    if (asked?.subnet_id && ![subnet.id, subnet.neutronSubnetId].includes(asked.subnet_id)) {
      throw notFound('subnet', asked.subnet_id);
    }
    const wanted = { projectId, subnet, address: asked?.ip_address, name: name ?? '' };
    const made = await addPort(tx, wanted, 'port.fixed_ips[0].ip_address');
    return { ...made, subnet, address: addressOfPort(made) };
  });
}

export async function renamePort(
  region: Region,
  projectId: string,
  id: string,
  name: string,
): Promise<PortView> {
  await region.store.write(async (tx) => {
    const found = await find(tx.db, port, projectId, id);
    if (found) await update(tx, port, found, { name, updated_at: timestamp(tx.at) });
    else await refuseChange(within(region, tx), projectId, id);
  });
  return showPort(region, projectId, id);
}

export async function deletePort(region: Region, projectId: string, id: string): Promise<void> {
  await region.store.write(async (tx) => {
    const found = await find(tx.db, port, projectId, id);
    if (found?.device_id !== '') await refuseChange(within(region, tx), projectId, id);
    else await remove(tx, port, found);
  });
}

/** What is not there is not found; what somebody has goes with whoever has it. */
async function refuseChange(region: Region, projectId: string, id: string): Promise<never> {
  const { device_id, device_owner } = await showPort(region, projectId, id);
  throw conflict(`The port ${id} is in use by ${device_owner || 'device'} ${device_id}, and goes with it.`);
}
