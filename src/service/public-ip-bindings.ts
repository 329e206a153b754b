/** Public IPs that are bound to load balancers that are there, and unbound from them (VPC v1). */
import { conflict, invalid, notFound } from '../model/errors.ts';
import { type LoadBalancer, loadBalancer } from '../model/load-balancer.ts';
import { type PublicIpRecord, publicIp } from '../model/public-ip.ts';
import { seenOf } from '../store/access.ts';
import { find, findBy, update } from '../store/rows.ts';
import type { Reader, Writer } from '../store/transaction.ts';
import { followAddresses } from './domain-names.ts';
import { checkActive } from './load-balancer-state.ts';
import { type PublicIpView, viewOf } from './project-public-ips.ts';
import { bindExisting, findPublicIp, shownPublicIp, unbindPublicIps } from './public-ips.ts';
import { type Region, timestamp } from './region.ts';

/**
 * Binds a public IP to the load balancer that has a port, or without one unbinds it from that which it is bound to.
 * What is so already stays.
 */
export async function changePublicIpBinding(
  region: Region,
  projectId: string,
  id: string,
  portId: string,
): Promise<PublicIpView> {
  return region.store.write(async (tx) => {
    const found = await requirePublicIp(tx.db, region, projectId, id);
    if (portId === '') await unbind(tx, region, found);
    else await bind(tx, region, found, portId);
    return viewOf(tx.db, await requirePublicIp(tx.db, region, projectId, id));
  });
}

async function requirePublicIp(
  db: Reader,
  region: Region,
  projectId: string,
  id: string,
): Promise<PublicIpRecord> {
  const found = await findPublicIp(db, region, projectId, id);
  if (!found) throw notFound(publicIp.label, id);
  return found;
}

async function bind(tx: Writer, region: Region, found: PublicIpRecord, portId: string): Promise<void> {
  const owner = await ownerOfPort(tx.db, found.project_id, portId);
  if (found.loadbalancer_id === owner.id) return;
  checkActive([owner]);
  if (owner.loadbalancer_type === 'gateway') {
    throw invalid('publicip.port_id', 'it is of a gateway load balancer, which takes no public IP.');
  }
  if (found.ip_version === 4 && portId !== owner.vip_port_id) {
    throw invalid('publicip.port_id', 'it holds an IPv6 address; a public IPv4 address needs vip_port_id.');
  }
  const [present] = owner.publicips;
  if (present) {
    throw conflict(
      `The load balancer ${owner.id} has the public IP ${present.publicip_id} already; unbind that first.`,
    );
  }
  const bound = await bindExisting(tx, region, owner, found.id);
  await changeOwner(tx, owner, [shownPublicIp(bound)]);
}

async function unbind(tx: Writer, region: Region, found: PublicIpRecord): Promise<void> {
  if (found.loadbalancer_id === null) return;
  const owner = await find(tx.db, loadBalancer, found.project_id, found.loadbalancer_id);
  if (!owner) {
    throw conflict(
      `The public IP ${found.id} is bound to load balancer ${found.loadbalancer_id} in the recycle bin; ` +
        'restore or delete that first.',
    );
  }
  await unbindPublicIps(tx, region, owner, false);
  await changeOwner(tx, owner, []);
}

async function ownerOfPort(db: Reader, projectId: string, portId: string): Promise<LoadBalancer> {
  for (const key of ['vip_port_id', 'ipv6_vip_port_id'] as const) {
    const [owner] = seenOf(db, loadBalancer, await findBy(db, loadBalancer, key, [portId]));
    if (owner?.project_id === projectId) return owner;
  }
  throw notFound('port of a load balancer', portId);
}

async function changeOwner(
  tx: Writer,
  owner: LoadBalancer,
  publicips: LoadBalancer['publicips'],
): Promise<void> {
  const updated_at = timestamp(tx.at);
  const domain_names = followAddresses({ ...owner, publicips }, updated_at);
  await update(tx, loadBalancer, owner, { publicips, domain_names, updated_at });
}
