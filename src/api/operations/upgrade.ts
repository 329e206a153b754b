/** The operation that makes a shared load balancer a dedicated one. */
import { Type } from 'typebox';
import type { Operation } from '../../model/operation.ts';
import { described } from '../../model/schemas.ts';
import { Upgrade } from '../../model/upgrade.ts';
import type { Region } from '../../service/region.ts';
import { upgradeLoadBalancer } from '../../service/upgrade.ts';

export function upgradeOperations(region: Region): Operation[] {
  return [
    {
      id: 'UpgradeLoadbalancer',
      action: 'elb:loadbalancers:put',
      method: 'POST',
      path: '/v3/{project_id}/elb/loadbalancers/{loadbalancer_id}/upgrade',
      group: 'Load balancers',
      summary: 'Upgrade a shared load balancer to a dedicated one: start, then complete or roll back',
      body: Upgrade,
      answer: Type.Object({ job_id: described('The job that tells how it went.', Type.String()) }),
      status: 202,
      handle: async ({ params: { project_id = '', loadbalancer_id = '' }, body }) => ({
        body: { job_id: await upgradeLoadBalancer(region, project_id, loadbalancer_id, body as Upgrade) },
      }),
    },
  ];
}
