/** The public IP of a load balancer: one of the inventory, or a new one from its public network (2.1.1). */
import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import { ipVersion } from '../model/address.ts';
import { conflict, invalid, notFound, Refusal } from '../model/errors.ts';
import {
  type LoadBalancer,
  loadBalancer,
  loadBalancerOfPublicAddress,
  loadBalancerOfPublicIp,
} from '../model/load-balancer.ts';
import { elementsIn, ownersOf } from '../store/elements.ts';
import type { Tables } from '../store/schema.ts';
import { usableAddresses } from './inventory.ts';
import type { Region } from './region.ts';

type PublicIps = LoadBalancer['publicips'];
type NewPublicIp = NonNullable<LoadBalancer['publicip']>;

/** The public IPs that a create request binds: none, or one. */
export async function bindPublicIps(
  db: Kysely<Tables>,
  region: Region,
  { publicip, publicip_ids }: LoadBalancer,
): Promise<PublicIps> {
  if (publicip && publicip_ids?.length) {
    throw invalid('loadbalancer.publicip', 'it excludes publicip_ids; give one or the other.');
  }
  if (publicip) return [await makePublicIp(db, region, publicip)];
  // The API binds the first and ignores the rest.
  const id = publicip_ids?.[0];
  if (id === undefined) return [];
  const address = region.inventory.publicIp(id);
  if (address === undefined) throw notFound('publicip', id);
  const owners = await ownersOf(db, loadBalancer, loadBalancerOfPublicIp, [id]);
  if (owners.length > 0) {
    throw conflict(
      `The public IP ${id} is already bound to a load balancer; give another, or delete that one.`,
    );
  }
  return [{ publicip_id: id, publicip_address: address, ip_version: ipVersion(address) === 'v6' ? 6 : 4 }];
}

async function makePublicIp(
  db: Kysely<Tables>,
  region: Region,
  asked: NewPublicIp,
): Promise<PublicIps[number]> {
  checkBandwidth(asked.bandwidth);
  const network = region.inventory.publicNetwork;
  if ((asked.ip_version ?? 4) === 6 || !network) {
    throw invalid(
      'loadbalancer.publicip',
      'the region has no such public network; declare public_network in the inventory.',
    );
  }
  const taken = await elementsIn(db, loadBalancer, loadBalancerOfPublicAddress);
  for (const address of usableAddresses(network)) {
    if (!taken.has(address)) return { publicip_id: randomUUID(), publicip_address: address, ip_version: 4 };
  }
  throw new Refusal('ELB.8934', `The public network ${network.text} has no free address.`);
}

function checkBandwidth({ id, name, size, charge_mode, share_type }: NewPublicIp['bandwidth']): void {
  const path = 'loadbalancer.publicip.bandwidth';
  if (id) return;
  if (share_type === 'WHOLE') throw invalid(`${path}.id`, 'it is required when share_type is WHOLE.');
  for (const [key, value] of Object.entries({ size, charge_mode, share_type, name })) {
    if (value === undefined || value === null || value === '') {
      throw invalid(`${path}.${key}`, 'it is required without the id of a shared bandwidth.');
    }
  }
}
