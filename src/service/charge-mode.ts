/**
 * Paying for load balancers in advance. Nothing is sold here: an order is made up, and the load balancers and public
 * IPs record it, as clients expect to read it back (rules digest 2.1.7, change charge mode).
 */
import { randomBytes } from 'node:crypto';
import { type ChargeModeChange, checkChargeMode } from '../model/charge-mode.ts';
import { conflict, invalid } from '../model/errors.ts';
import { type LoadBalancer, loadBalancer } from '../model/load-balancer.ts';
import { type PublicIpRecord, publicIp } from '../model/public-ip.ts';
import { findBy, update } from '../store/rows.ts';
import type { Reader } from '../store/transaction.ts';
import { derivedId } from './derived-id.ts';
import { checkActive } from './load-balancer-state.ts';
import { requireLoadBalancer } from './references.ts';
import { type Region, timestamp } from './region.ts';

/** What has been ordered. */
export interface Order {
  readonly orderId: string;
  readonly loadBalancerIds: readonly string[];
  readonly publicIpIds: readonly string[];
}

/** Orders all of the load balancers, or none when one of them cannot be. */
export async function changeChargeMode(
  region: Region,
  projectId: string,
  change: ChargeModeChange,
): Promise<Order> {
  checkChargeMode(change);
  return region.store.write(async (tx) => {
    const owners: LoadBalancer[] = [];
    for (const id of new Set(change.loadbalancer_ids)) {
      const found = await requireLoadBalancer(tx.db, projectId, id);
      if (found.billing_info) {
        throw conflict(`The load balancer ${id} is paid in advance already; leave it out.`);
      }
      owners.push(found);
    }
    checkActive(owners);
    const publicIps = await orderedPublicIps(tx.db, owners, change);
    const orderId = `CS${randomBytes(8).toString('hex').toUpperCase()}`;
    const billing_info = [orderId, derivedId('product'), region.inventory.region, projectId].join(':');
    const updated_at = timestamp(tx.at);
    for (const each of owners) await update(tx, loadBalancer, each, { billing_info, updated_at });
    for (const each of publicIps) await update(tx, publicIp, each, { billing_info });
    return { orderId, loadBalancerIds: owners.map(idOf), publicIpIds: publicIps.map(idOf) };
  });
}

/** The public IPs of the load balancers that a change includes: those it names, else every one of IPv4. */
async function orderedPublicIps(
  db: Reader,
  owners: readonly LoadBalancer[],
  { prepaid_options }: ChargeModeChange,
): Promise<PublicIpRecord[]> {
  if (!prepaid_options?.include_publicip) return [];
  const bound = await findBy(db, publicIp, 'loadbalancer_id', owners.map(idOf));
  const eligible = bound.filter(({ ip_version }) => ip_version === 4);
  const asked = prepaid_options.publicip_ids;
  if (!asked) return eligible;
  return [...new Set(asked)].map((id, index) => {
    const found = eligible.find((each) => each.id === id);
    if (found) return found;
    throw invalid(
      `prepaid_options.publicip_ids[${index}]`,
      `${id} is no public IPv4 address of the load balancers; there are ${eligible.map(idOf).join(', ') || 'none'}.`,
    );
  });
}

function idOf({ id }: { readonly id: string }): string {
  return id;
}
