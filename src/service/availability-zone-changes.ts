/** The zones of a load balancer, changed one way or the other (rules digest 2.1.7, AZ add/remove). */
import { invalid } from '../model/errors.ts';
import { loadBalancer } from '../model/load-balancer.ts';
import { update } from '../store/rows.ts';
import { checkDedicated } from './load-balancer-kind.ts';
import { checkZones } from './load-balancer-rules.ts';
import { checkActive } from './load-balancer-state.ts';
import { type LoadBalancerView, viewOf } from './load-balancers.ts';
import { requireLoadBalancer } from './references.ts';
import { type Region, timestamp } from './region.ts';

const field = 'availability_zone_list';

/** Adds zones behind those that the load balancer has; those it has already stay as they are. */
export function addZones(
  region: Region,
  projectId: string,
  id: string,
  zones: readonly string[],
): Promise<LoadBalancerView> {
  return changeZones(region, projectId, id, zones, (before) => [...new Set([...before, ...zones])]);
}

/** Takes zones away; those it does not have are away already. One remains, or nothing would serve it. */
export function removeZones(
  region: Region,
  projectId: string,
  id: string,
  zones: readonly string[],
): Promise<LoadBalancerView> {
  return changeZones(region, projectId, id, zones, (before) => {
    const after = before.filter((zone) => !zones.includes(zone));
    if (after.length > 0) return after;
    throw invalid(
      field,
      `the load balancer has only ${before.join(', ')}; leave it one, or add another zone first.`,
    );
  });
}

async function changeZones(
  region: Region,
  projectId: string,
  id: string,
  zones: readonly string[],
  change: (before: readonly string[]) => string[],
): Promise<LoadBalancerView> {
  return region.store.write(async (tx) => {
    const found = await requireLoadBalancer(tx.db, projectId, id);
    checkDedicated(found, field);
    checkActive([found]);
    checkZones(region, zones, field);
    const before = found.availability_zone_list;
    const after = change(before);
    if (after.length === before.length) return viewOf(tx.db, found);
    const changed = { availability_zone_list: after, updated_at: timestamp(tx.at) };
    await update(tx, loadBalancer, found, changed);
    return viewOf(tx.db, { ...found, ...changed });
  });
}
