/** The operations that change the zones of a load balancer. */
import { type Static, Type } from 'typebox';
import { ZoneChange } from '../../model/availability-zone.ts';
import { loadBalancer } from '../../model/load-balancer.ts';
import type { Operation } from '../../model/operation.ts';
import { answerBody } from '../../model/resource.ts';
import { addZones, removeZones } from '../../service/availability-zone-changes.ts';
import type { Region } from '../../service/region.ts';
import { order, renderLoadBalancer } from './load-balancers.ts';

export function availabilityZoneChangeOperations(region: Region): Operation[] {
  const answer = Type.Object({ loadbalancer: answerBody(loadBalancer) });
  const changes = [
    {
      id: 'BatchAddAvailableZones',
      verb: 'batch-add',
      summary: 'Add zones to a load balancer',
      change: addZones,
      answer: Type.Object({ ...answer.properties, ...order }),
    },
    {
      id: 'BatchRemoveAvailableZones',
      verb: 'batch-remove',
      summary: 'Take zones from a load balancer',
      change: removeZones,
      answer,
    },
  ];
  return changes.map(({ id, verb, summary, change, answer: answered }) => ({
    id,
    action: 'elb:loadbalancers:put',
    method: 'POST',
    path: `/v3/{project_id}/elb/loadbalancers/{loadbalancer_id}/availability-zone/${verb}`,
    group: 'Load balancers',
    summary,
    body: ZoneChange,
    answer: answered,
    status: 200,
    handle: async ({ params: { project_id = '', loadbalancer_id = '' }, body }) => {
      const { availability_zone_list } = body as Static<typeof ZoneChange>;
      const view = await change(region, project_id, loadbalancer_id, availability_zone_list);
      return { body: { loadbalancer: renderLoadBalancer(view) } };
    },
  }));
}
