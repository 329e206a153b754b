/** The operations of load balancers. */
import { Type } from 'typebox';
import { loadBalancer } from '../../model/load-balancer.ts';
import type { Operation } from '../../model/operation.ts';
import { StatusTree } from '../../model/status-tree.ts';
import {
  createLoadBalancer,
  deleteLoadBalancer,
  type LoadBalancerView,
  listLoadBalancers,
  showLoadBalancer,
  updateLoadBalancer,
} from '../../service/load-balancers.ts';
import type { Region } from '../../service/region.ts';
import { showStatusTree } from '../../service/status-tree.ts';
import { crudOperations } from '../crud.ts';
import { eipsOf, references, render } from '../render.ts';

const group = 'Load balancers';
const path = '/v3/{project_id}/elb/loadbalancers';

/** An order of one that is paid in advance, which nothing is when it is made here. */
export const order = {
  loadbalancer_id: Type.Optional(Type.String({ description: 'The load balancer of an order: absent.' })),
  order_id: Type.Optional(Type.String({ description: 'The order, when it is paid in advance: absent.' })),
};

/** A load balancer as answered. */
export function renderLoadBalancer({ loadBalancer: of, listenerIds, poolIds }: LoadBalancerView): {
  readonly id: string;
} {
  return render(loadBalancer, of, {
    listeners: references(listenerIds),
    pools: references(poolIds),
    eips: eipsOf(of),
  });
}

export function loadBalancerOperations(region: Region): Operation[] {
  return [
    ...crudOperations({
      of: loadBalancer,
      names: ['LoadBalancer', 'LoadBalancers'],
      group,
      path,
      idParameter: 'loadbalancer_id',
      beside: order,
      render: renderLoadBalancer,
      service: {
        create: ({ project_id = '' }, body) => createLoadBalancer(region, project_id, body),
        show: ({ project_id = '', loadbalancer_id = '' }) =>
          showLoadBalancer(region, project_id, loadbalancer_id),
        list: ({ project_id = '' }, query) => listLoadBalancers(region, project_id, query),
        update: ({ project_id = '', loadbalancer_id = '' }, body) =>
          updateLoadBalancer(region, project_id, loadbalancer_id, body),
        remove: ({ project_id = '', loadbalancer_id = '' }) =>
          deleteLoadBalancer(region, project_id, loadbalancer_id),
      },
    }),
    {
      id: 'ShowLoadBalancerStatus',
      action: 'elb:loadbalancers:get',
      method: 'GET',
      path: `${path}/{loadbalancer_id}/statuses`,
      group,
      summary: 'Show the status of a load balancer and all below it',
      answer: Type.Object({ statuses: StatusTree }),
      status: 200,
      handle: async ({ params: { project_id = '', loadbalancer_id = '' } }) => ({
        body: { statuses: await showStatusTree(region, project_id, loadbalancer_id) },
      }),
    },
  ];
}
