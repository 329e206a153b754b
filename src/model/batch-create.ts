/** Several load balancers alike in one request, and the only way to ask for shared ones (rules digest 2.1.7). */
import { Type } from 'typebox';
import { orLeftOut } from './field.ts';
import { loadBalancerOfKind } from './load-balancer.ts';
import { createBody } from './resource.ts';
import { described, Id, integer, named, strict } from './schemas.ts';

const {
  gw_flavor_id: _flavor,
  loadbalancer_type: _type,
  ...fields
} = createBody(loadBalancerOfKind).properties;

export const BatchCreate = strict({
  loadbalancer: named(
    'NewLoadBalancers',
    strict({
      ...fields,
      number: orLeftOut(described('How many; 1 unless told otherwise.', integer(1, 10), 2)),
      // Accepted as the cloud does, which says of them that they do nothing.
      bandwidth: orLeftOut(
        described('Without effect.', strict({ id: described('A shared bandwidth.', Id) })),
      ),
      id: orLeftOut(described('Without effect.', Id)),
      ids: orLeftOut(described('Without effect.', Type.Array(Id, { maxItems: 64 }))),
    }),
  ),
});

/** What the service reads of the request; the rest is as in a request for one. */
export interface BatchCreateRequest extends Readonly<Record<string, unknown>> {
  readonly name?: string | null;
  readonly guaranteed?: boolean | null;
  readonly number?: number | null;
}
