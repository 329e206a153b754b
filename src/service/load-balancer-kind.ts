/** What the kind of a load balancer allows: shared ones lack what only dedicated ones have (rules digest LB-7). */
import { invalid } from '../model/errors.ts';
import type { L7Policy } from '../model/l7-policy.ts';
import type { Listener } from '../model/listener.ts';
import type { LoadBalancer } from '../model/load-balancer.ts';
import { checkSharedPolicy } from '../model/shared-rules.ts';
import type { Reader } from '../store/transaction.ts';
import { checkActive } from './load-balancer-state.ts';
import { requireLoadBalancer } from './references.ts';

type Body = Readonly<Record<string, unknown>>;

/**
 * Refuses what a shared load balancer does not have.
 *
 * @param field how the refusal names what asks for it
 */
export function checkDedicated({ id, guaranteed }: LoadBalancer, field: string): void {
  if (guaranteed) return;
  throw invalid(field, `it is for dedicated load balancers, and ${id} is shared; upgrade that first.`);
}

/** What a request for a shared load balancer may not ask for (rules digest 2.1.7, batch create; 2.1.1). */
const refusedOfShared = [
  'ipv6_vip_virsubnet_id',
  'ipv6_vip_address',
  'provider',
  'l4_flavor_id',
  'l7_flavor_id',
  'vpc_id',
  'availability_zone_list',
  'elb_virsubnet_ids',
  'ip_target_enable',
  'deletion_protection_enable',
  'charge_mode',
] as const;

/** Refuses a request for a shared load balancer with what only dedicated ones have. */
export function checkNewShared(body: Body): void {
  for (const key of refusedOfShared) {
    const given = body[key];
    if (!given || (Array.isArray(given) && given.length === 0)) continue;
    throw invalid(`loadbalancer.${key}`, 'a shared load balancer has none; leave it out.');
  }
  if (!body['vip_subnet_cidr_id']) {
    throw invalid('loadbalancer.vip_subnet_cidr_id', 'it is required for a shared load balancer.');
  }
}

/** Refuses a change of what a shared load balancer cannot choose (rules digest LB-12 and 2.1.1). */
export function checkChangesOfShared(before: LoadBalancer, wanted: LoadBalancer): void {
  for (const key of [
    'vip_subnet_cidr_id',
    'vip_address',
    'ipv6_vip_virsubnet_id',
    'ipv6_vip_address',
    'elb_virsubnet_ids',
    'l4_flavor_id',
    'l7_flavor_id',
    'ip_target_enable',
    'charge_mode',
  ] as const) {
    if (String(wanted[key]) !== String(before[key])) checkDedicated(before, `loadbalancer.${key}`);
  }
}

/** Refuses a change below a listener whose load balancer may not change now. */
export async function checkActiveOwner(
  db: Reader,
  { project_id, loadbalancer_id }: Listener,
): Promise<LoadBalancer> {
  const owner = await requireLoadBalancer(db, project_id, loadbalancer_id);
  checkActive([owner]);
  return owner;
}

/** Refuses a policy that listeners of its kind of load balancer do not have, or that may not change now. */
export async function checkPolicyOfKind(
  db: Reader,
  listener: Listener,
  policy: L7Policy,
  given: Body,
): Promise<void> {
  const owner = await checkActiveOwner(db, listener);
  if (!owner.guaranteed) checkSharedPolicy(policy, given);
}
