/** The availability zones of the region (rules digest 3.9). */
import type { AvailabilityZone } from '../model/availability-zone.ts';
import { requireLoadBalancer } from './references.ts';
import type { Region } from './region.ts';

export interface ZoneQuery {
  /** Asks for the zones that this load balancer can be in. */
  readonly loadBalancerId?: string | undefined;
  /** Asks for the zones of this site. */
  readonly publicBorderGroup?: string | undefined;
}

/**
 * The zones in sets: a load balancer takes its zones from one of them. Proxies serve every zone alike, so there
 * is one set, and every load balancer's is that one.
 */
export async function listZoneSets(
  { store, inventory }: Region,
  projectId: string,
  { loadBalancerId, publicBorderGroup }: ZoneQuery,
): Promise<AvailabilityZone[][]> {
  if (loadBalancerId !== undefined) await requireLoadBalancer(store.reader, projectId, loadBalancerId);
  const zones = inventory.availabilityZones
    .map(zoneOf)
    .filter((zone) => publicBorderGroup === undefined || zone.public_border_group === publicBorderGroup);
  return zones.length === 0 ? [] : [zones];
}

function zoneOf(code: string): AvailabilityZone {
  return { code, state: 'ACTIVE', protocol: ['L4', 'L7'], public_border_group: 'center', category: 0 };
}
