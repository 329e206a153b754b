/** What the kind of a load balancer allows: shared ones lack what only dedicated ones have (rules digest LB-7). */
import { invalid } from '../model/errors.ts';
import type { LoadBalancer } from '../model/load-balancer.ts';

/**
 * Refuses what a shared load balancer does not have.
 *
 * @param field how the refusal names what asks for it
 */
export function checkDedicated({ id, guaranteed }: LoadBalancer, field: string): void {
  if (guaranteed) return;
  throw invalid(field, `it is for dedicated load balancers, and ${id} is shared; upgrade that first.`);
}
