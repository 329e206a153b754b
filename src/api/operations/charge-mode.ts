/** The operation that changes how load balancers are paid. */
import { Type } from 'typebox';
import { ChargeModeChange } from '../../model/charge-mode.ts';
import type { Operation } from '../../model/operation.ts';
import { described } from '../../model/schemas.ts';
import { changeChargeMode } from '../../service/charge-mode.ts';
import type { Region } from '../../service/region.ts';

export function chargeModeOperations(region: Region): Operation[] {
  return [
    {
      id: 'ChangeLoadbalancerChargeMode',
      action: 'elb:loadbalancers:put',
      method: 'POST',
      path: '/v3/{project_id}/elb/loadbalancers/change-charge-mode',
      group: 'Load balancers',
      summary: 'Pay for load balancers in advance: an order is recorded, and nothing is paid',
      body: ChargeModeChange,
      answer: Type.Object({
        loadbalancer_id_list: described('The load balancers.', Type.Array(Type.String())),
        eip_id_list: described(
          'Their public IPs, as far as they are paid so too.',
          Type.Array(Type.String()),
        ),
        order_id: described('The order.', Type.String()),
      }),
      status: 200,
      handle: async ({ params: { project_id = '' }, body }) => {
        const order = await changeChargeMode(region, project_id, body as ChargeModeChange);
        return {
          body: {
            loadbalancer_id_list: order.loadBalancerIds,
            eip_id_list: order.publicIpIds,
            order_id: order.orderId,
          },
        };
      },
    },
  ];
}
