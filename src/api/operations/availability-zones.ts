/** The operation of availability zones. */
import { Type } from 'typebox';
import { AvailabilityZone } from '../../model/availability-zone.ts';
import type { Operation } from '../../model/operation.ts';
import { described } from '../../model/schemas.ts';
import { listZoneSets } from '../../service/availability-zones.ts';
import type { Region } from '../../service/region.ts';
import { readParameters } from '../parameters.ts';

const query = {
  public_border_group: {
    schema: Type.String(),
    arity: 'one',
    description: 'Only the zones of this site; there is one, center.',
  },
  loadbalancer_id: {
    schema: Type.String(),
    arity: 'one',
    description: 'Only the zones that this load balancer can be in.',
  },
} as const;

export function availabilityZoneOperations(region: Region): Operation[] {
  return [
    {
      id: 'ListAvailabilityZones',
      action: 'elb:availability-zones:list',
      method: 'GET',
      path: '/v3/{project_id}/elb/availability-zones',
      group: 'Region',
      summary: 'List the zones in sets; a load balancer takes its zones from one set',
      query,
      answer: Type.Object({
        availability_zones: described('Sets of zones.', Type.Array(Type.Array(AvailabilityZone))),
      }),
      status: 200,
      handle: async (call) => {
        const asked = readParameters(query, call.query);
        const availability_zones = await listZoneSets(region, call.params['project_id'] ?? '', {
          loadBalancerId: asked.loadbalancer_id[0],
          publicBorderGroup: asked.public_border_group[0],
        });
        return { body: { availability_zones } };
      },
    },
  ];
}
