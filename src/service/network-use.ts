/**
 * What load balancers take of their subnets besides what they show. Proxies send probes and traffic from the
 * addresses of their own hosts, so that is nothing: no addresses for zones, flavors or IP members (rules digest 3.10
 * and LB-16), and no ports to send from.
 */
import { invalid } from '../model/errors.ts';
import { checkFlavor } from './flavors.ts';
import { requireLoadBalancer } from './references.ts';
import type { Region } from './region.ts';

/** What is planned: a new load balancer, or a change of an existing one. */
export interface Plan {
  readonly loadBalancerId: string | undefined;
  readonly l7FlavorId: string | undefined;
  /** Of a new load balancer only. */
  readonly availabilityZones: readonly string[];
}

/**
 * How many addresses of its family a plan would take from a subnet: the address that a new load balancer has, and
 * none more for a change of one.
 */
export async function addressesFor(
  { store, inventory }: Region,
  projectId: string,
  { loadBalancerId, l7FlavorId, availabilityZones }: Plan,
): Promise<number> {
  if (l7FlavorId !== undefined) checkFlavor(projectId, 'l7_flavor_id', l7FlavorId, 'l7_flavor_id');
  if (loadBalancerId !== undefined) {
    await requireLoadBalancer(store.reader, projectId, loadBalancerId);
    return 0;
  }
  const unknown = availabilityZones.find((zone) => !inventory.availabilityZones.includes(zone));
  if (unknown !== undefined) {
    throw invalid(
      'availability_zone_id',
      `there is no zone "${unknown}" in ${inventory.region}; there are ${inventory.availabilityZones.join(', ')}.`,
    );
  }
  return 1;
}

/** The ports of its subnets that a load balancer sends from: none. */
export async function localPorts(
  { store }: Region,
  projectId: string,
  id: string,
): Promise<readonly never[]> {
  await requireLoadBalancer(store.reader, projectId, id);
  return [];
}
