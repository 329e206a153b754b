/** A load balancer for a test to work on. */
import type { ApiClient } from './api-client.ts';
import { seed } from './control-plane.ts';

/** A load balancer with an address of its own. */
// biome-ignore lint/suspicious/noExplicitAny: tests read whatever the API answers
export function newLoadBalancer(api: ApiClient, more: Readonly<Record<string, unknown>> = {}): Promise<any> {
  return api.create('/elb/loadbalancers', {
    loadbalancer: {
      vip_subnet_cidr_id: seed.subnetCidrId,
      availability_zone_list: ['az1'],
      ...more,
    },
  });
}
