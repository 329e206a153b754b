/** The operations that copy load balancers and listeners. */
import { type Static, Type } from 'typebox';
import { ClonedListener, ListenerClone, LoadBalancerClone } from '../../model/clone.ts';
import type { Operation } from '../../model/operation.ts';
import { described, Reference } from '../../model/schemas.ts';
import { cloneListener } from '../../service/clone/listeners.ts';
import { cloneLoadBalancer } from '../../service/clone/load-balancers.ts';
import type { Region } from '../../service/region.ts';
import { references } from '../render.ts';

const path = '/v3/{project_id}/elb';

const jobId = described('The job that tells what became of each.', Type.String());

export function cloneOperations(region: Region): Operation[] {
  return [
    {
      id: 'CloneLoadbalancer',
      action: 'elb:loadbalancers:create',
      checksEach: true,
      method: 'POST',
      path: `${path}/loadbalancers/{loadbalancer_id}/clone`,
      group: 'Load balancers',
      summary: 'Copy a load balancer with all that belongs to it',
      body: LoadBalancerClone,
      answer: Type.Object({
        loadbalancer_list: described('The copies.', Type.Array(Reference)),
        job_id: jobId,
      }),
      status: 202,
      handle: async ({ params: { project_id = '', loadbalancer_id = '' }, body }) => {
        const request = body as LoadBalancerClone;
        const { ids, jobId } = await cloneLoadBalancer(region, project_id, loadbalancer_id, request);
        return { body: { loadbalancer_list: references(ids), job_id: jobId } };
      },
    },
    {
      id: 'CloneListener',
      action: 'elb:listeners:create',
      checksEach: true,
      method: 'POST',
      path: `${path}/listeners/{listener_id}/clone`,
      group: 'Listeners',
      summary: 'Copy a listener with all that belongs to it',
      body: ListenerClone,
      answer: Type.Object({
        listener_list: described('The copies.', Type.Array(ClonedListener)),
        job_id: jobId,
      }),
      status: 202,
      handle: async ({ params: { project_id = '', listener_id = '' }, body }) => {
        const { target_listener_params } = body as Static<typeof ListenerClone>;
        const made = await cloneListener(region, project_id, listener_id, target_listener_params);
        const listener_list = made.listeners.map(({ id, loadbalancer_id, protocol_port, port_ranges }) => ({
          id,
          loadbalancer_id,
          protocol_port,
          port_ranges,
        }));
        return { body: { listener_list, job_id: made.jobId } };
      },
    },
  ];
}
