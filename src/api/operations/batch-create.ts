/** The operation that makes several load balancers, or shared ones. */
import { Type } from 'typebox';
import { BatchCreate, type BatchCreateRequest } from '../../model/batch-create.ts';
import type { Operation } from '../../model/operation.ts';
import { described } from '../../model/schemas.ts';
import { batchCreateLoadBalancers } from '../../service/batch-create.ts';
import type { Region } from '../../service/region.ts';
import { order } from './load-balancers.ts';

export function batchCreateOperations(region: Region): Operation[] {
  return [
    {
      id: 'BatchCreateLoadBalancers',
      action: 'elb:loadbalancers:create',
      method: 'POST',
      path: '/v3/{project_id}/elb/loadbalancers/batch-create',
      group: 'Load balancers',
      summary: 'Create up to ten load balancers alike, dedicated or shared',
      body: BatchCreate,
      answer: Type.Object({
        loadbalancer_ids: described('The new load balancers.', Type.Array(Type.String())),
        job_id: described('The job that tells what became of each.', Type.String()),
        order_id: order.order_id,
      }),
      status: 202,
      handle: async ({ params: { project_id = '' }, body }) => {
        const { loadbalancer } = body as { loadbalancer: BatchCreateRequest };
        const { ids, jobId } = await batchCreateLoadBalancers(region, project_id, loadbalancer);
        return { body: { loadbalancer_ids: ids, job_id: jobId } };
      },
    },
  ];
}
