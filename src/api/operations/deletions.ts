/** The operations that delete a resource with what belongs to it, or several resources. */
import { type Static, Type } from 'typebox';
import { orNull } from '../../model/field.ts';
import type { Operation } from '../../model/operation.ts';
import { described, named, strict } from '../../model/schemas.ts';
import {
  deleteListenerForce,
  deleteListeners,
  deleteLoadBalancerCascade,
  deleteLoadBalancerForce,
  deleteLoadBalancers,
  deletePoolCascade,
} from '../../service/deletions.ts';
import type { Removal } from '../../service/load-balancer-removal.ts';
import { deletePools } from '../../service/pools.ts';
import type { Region } from '../../service/region.ts';
import { BatchDeleted, BatchIds, maxBatch } from '../batch.ts';

const path = '/v3/{project_id}/elb';

/** The API's own limit (rules digest 2.2.5). */
const maxListeners = 10;

const what = {
  unbounded_pool: Type.Optional(
    orNull(Type.Boolean({ description: 'Whether the pools that only it uses go too; true if not given.' })),
  ),
  public_ip: Type.Optional(
    orNull(Type.Boolean({ description: 'Whether its public IP goes too; false if not given.' })),
  ),
};
const What = named('WhatToDelete', strict(what));
const Cascade = strict({ loadbalancer: What });
const jobId = described('The job that tells what became of each.', Type.String());
const deletedIds = described('As they were asked for.', Type.Array(Type.String()));
const LoadBalancers = strict({ loadbalancer_ids: BatchIds, ...what });
const Listeners = strict({
  listener_ids: described('Their ids.', Type.Array(BatchIds.items, { minItems: 1, maxItems: maxListeners })),
});
const Pools = strict({ pools: BatchIds });

/** What goes with a load balancer when the request does not say. */
function removal({ unbounded_pool, public_ip }: Static<typeof What>): Removal {
  return { pools: (unbounded_pool ?? true) ? 'unshared' : 'none', releasesPublicIps: public_ip ?? false };
}

export function deletionOperations(region: Region): Operation[] {
  return [
    {
      id: 'DeleteLoadBalancerCascade',
      action: 'elb:loadbalancers:delete',
      checksEach: true,
      method: 'POST',
      path: `${path}/loadbalancers/{loadbalancer_id}/delete-cascade`,
      group: 'Load balancers',
      summary: 'Delete a load balancer and all below it',
      body: Cascade,
      status: 204,
      handle: async ({ params: { project_id = '', loadbalancer_id = '' }, body }) => {
        const { loadbalancer } = body as Static<typeof Cascade>;
        await deleteLoadBalancerCascade(region, project_id, loadbalancer_id, removal(loadbalancer));
        return {};
      },
    },
    {
      id: 'DeleteLoadBalancerForce',
      action: 'elb:loadbalancers:delete',
      checksEach: true,
      method: 'DELETE',
      path: `${path}/loadbalancers/{loadbalancer_id}/force-elb`,
      group: 'Load balancers',
      summary: 'Delete a load balancer and all below it, but not its public IP',
      status: 204,
      handle: async ({ params: { project_id = '', loadbalancer_id = '' } }) => {
        await deleteLoadBalancerForce(region, project_id, loadbalancer_id);
        return {};
      },
    },
    {
      id: 'BatchDeleteLoadbalancers',
      action: 'elb:loadbalancers:delete',
      checksEach: true,
      method: 'POST',
      path: `${path}/loadbalancers/batch-delete`,
      group: 'Load balancers',
      summary: `Delete up to ${maxBatch} load balancers and all below them`,
      body: LoadBalancers,
      answer: Type.Object({ job_id: jobId, loadbalancer_ids: deletedIds }),
      status: 202,
      handle: async ({ params: { project_id = '' }, body }) => {
        const { loadbalancer_ids, ...rest } = body as Static<typeof LoadBalancers>;
        const job_id = await deleteLoadBalancers(region, project_id, loadbalancer_ids, removal(rest));
        return { body: { job_id, loadbalancer_ids } };
      },
    },
    {
      id: 'DeleteListenerForce',
      action: 'elb:listeners:delete',
      checksEach: true,
      method: 'DELETE',
      path: `${path}/listeners/{listener_id}/force`,
      group: 'Listeners',
      summary: 'Delete a listener whatever it sends requests to',
      status: 204,
      handle: async ({ params: { project_id = '', listener_id = '' } }) => {
        await deleteListenerForce(region, project_id, listener_id);
        return {};
      },
    },
    {
      id: 'BatchDeleteListeners',
      action: 'elb:listeners:delete',
      checksEach: true,
      method: 'POST',
      path: `${path}/listeners/batch-delete`,
      group: 'Listeners',
      summary: `Delete up to ${maxListeners} listeners whatever they send requests to`,
      body: Listeners,
      answer: Type.Object({ job_id: jobId, listener_ids: deletedIds }),
      status: 202,
      // Of the interface: this answer has none (rules digest 1.2).
      carriesRequestId: false,
      handle: async ({ params: { project_id = '' }, body }) => {
        const { listener_ids } = body as Static<typeof Listeners>;
        return { body: { job_id: await deleteListeners(region, project_id, listener_ids), listener_ids } };
      },
    },
    {
      id: 'DeletePoolCascade',
      action: 'elb:pools:delete',
      checksEach: true,
      method: 'DELETE',
      path: `${path}/pools/{pool_id}/delete-cascade`,
      group: 'Pools',
      summary: 'Delete a pool with its members and its health monitor',
      status: 204,
      handle: async ({ params: { project_id = '', pool_id = '' } }) => {
        await deletePoolCascade(region, project_id, pool_id);
        return {};
      },
    },
    {
      id: 'BatchDeletePools',
      action: 'elb:pools:delete',
      method: 'POST',
      path: `${path}/pools/batch-delete`,
      group: 'Pools',
      summary: `Delete up to ${maxBatch} pools that are empty`,
      body: Pools,
      answer: Type.Object({ pools: described('What became of each.', Type.Array(BatchDeleted)) }),
      status: 200,
      handle: async ({ params: { project_id = '' }, body }) => {
        const { pools } = body as Static<typeof Pools>;
        return { body: { pools: await deletePools(region, project_id, pools) } };
      },
    },
  ];
}
