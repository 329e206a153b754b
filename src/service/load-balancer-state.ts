/** What may be changed while a load balancer is what it is (rules digest 2.1.5). Deleting is always allowed. */
import { conflict } from '../model/errors.ts';
import type { LoadBalancer } from '../model/load-balancer.ts';

type Stateful = Pick<LoadBalancer, 'id' | 'provisioning_status'>;

/**
 * Refuses a change of load balancers, or of what is below them, unless all are ACTIVE. One that is there is ACTIVE or
 * UPGRADED: an upgrade starts whole or not at all, and what is in the recycle bin is not found.
 */
export function checkActive(loadBalancers: readonly Stateful[]): void {
  const busy = loadBalancers.find(({ provisioning_status }) => provisioning_status !== 'ACTIVE');
  if (!busy) return;
  throw conflict(
    `The load balancer ${busy.id} is ${busy.provisioning_status}; end its upgrade first, with action complete or ` +
      'rollback.',
  );
}
