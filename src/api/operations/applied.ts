/** Elbow’s own: whether what was last changed of a load balancer is in effect. */
import { Type } from 'typebox';
import { notFound } from '../../model/errors.ts';
import { loadBalancer } from '../../model/load-balancer.ts';
import type { Operation } from '../../model/operation.ts';
import { described, named } from '../../model/schemas.ts';
import { lastChange } from '../../service/applied.ts';
import type { Region } from '../../service/region.ts';
import type { ProxySource } from './elbow.ts';

const AppliedBy = named(
  'AppliedBy',
  Type.Object({
    name: described('The proxy.', Type.String(), 'host-1'),
    applied: described('Whether all its workers run the last change.', Type.Boolean()),
  }),
);

const FailedListener = named(
  'FailedListener',
  Type.Object({
    id: described('The listener.', Type.String()),
    proxy: described('The proxy that cannot serve it.', Type.String(), 'host-1'),
    reason: described('Why, and what to do about it.', Type.String()),
  }),
);

export function appliedOperation(region: Region, source: ProxySource): Operation {
  return {
    id: 'ShowApplied',
    action: 'elb:loadbalancers:get',
    method: 'GET',
    path: '/elbow/v1/loadbalancers/{loadbalancer_id}/applied',
    group: 'Elbow',
    summary: 'Say whether all proxies have taken up the last change of a load balancer and what it serves',
    answer: Type.Object({
      applied: described('Whether there are proxies, and all of them have taken it up.', Type.Boolean()),
      proxies: described('The connected proxies.', Type.Array(AppliedBy)),
      failed_listeners: described('What is not served as it should be.', Type.Array(FailedListener)),
    }),
    status: 200,
    handle: async ({ params: { loadbalancer_id = '' }, caller }) => {
      const { proxies } = source;
      const known = proxies.length === 0 ? 0 : Math.min(...proxies.map(({ revision }) => revision ?? 0));
      const state = await lastChange(region, caller.projectIds, loadbalancer_id, known);
      if (!state) throw notFound(loadBalancer.label, loadbalancer_id);
      const appliedBy = proxies.map(({ name, revision }) => ({
        name,
        applied: revision !== null && revision >= (state.revision ?? 0),
      }));
      const failed = proxies.flatMap(({ name: proxy, listeners }) =>
        [...listeners.values()].flatMap(({ id, reason }) =>
          reason !== undefined && state.listenerIds.has(id) ? [{ id, proxy, reason }] : [],
        ),
      );
      return {
        body: {
          applied: appliedBy.length > 0 && appliedBy.every(({ applied }) => applied),
          proxies: appliedBy,
          failed_listeners: failed,
        },
      };
    },
  };
}
