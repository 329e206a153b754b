/** The public IPs of a project and their bandwidths, as clients look them up, bind and release them (VPC v1). */
import { type Static, Type } from 'typebox';
import { orLeftOut } from '../model/field.ts';
import type { Operation } from '../model/operation.ts';
import { described, strict } from '../model/schemas.ts';
import {
  listPublicIps,
  type PublicIpView,
  publicIpOfBandwidth,
  releasePublicIp,
  showPublicIp,
} from '../service/project-public-ips.ts';
import { changePublicIpBinding } from '../service/public-ip-bindings.ts';
import type { Region } from '../service/region.ts';
import { Bandwidth, ProjectPublicIp } from './answers.ts';

const group = 'Networks';

const Binding = strict({
  publicip: described(
    'What to change.',
    strict({
      port_id: orLeftOut(
        described(
          'The vip_port_id or ipv6_vip_port_id of a load balancer; empty or absent to unbind.',
          Type.String({ maxLength: 36 }),
        ),
      ),
    }),
  ),
});

export function publicIpOperations(region: Region): Operation[] {
  const common = { method: 'GET', group, carriesRequestId: false, status: 200 } as const;
  return [
    {
      ...common,
      id: 'ListPublicips',
      action: 'vpc:publicIps:list',
      path: '/v1/{project_id}/publicips',
      summary: 'List public IPs',
      answer: Type.Object({ publicips: described('The public IPs.', Type.Array(ProjectPublicIp)) }),
      handle: async ({ params: { project_id = '' } }) => ({
        body: { publicips: (await listPublicIps(region, project_id)).map(renderPublicIp) },
      }),
    },
    {
      ...common,
      id: 'ShowPublicip',
      action: 'vpc:publicIps:get',
      path: '/v1/{project_id}/publicips/{publicip_id}',
      summary: 'Show a public IP',
      answer: Type.Object({ publicip: ProjectPublicIp }),
      handle: async ({ params: { project_id = '', publicip_id = '' } }) => ({
        body: { publicip: renderPublicIp(await showPublicIp(region, project_id, publicip_id)) },
      }),
    },
    {
      ...common,
      id: 'UpdatePublicip',
      action: 'vpc:publicIps:update',
      method: 'PUT',
      path: '/v1/{project_id}/publicips/{publicip_id}',
      summary: 'Bind a public IP to a load balancer by its port, or unbind it',
      body: Binding,
      answer: Type.Object({ publicip: ProjectPublicIp }),
      handle: async ({ params: { project_id = '', publicip_id = '' }, body }) => {
        const { port_id } = (body as Static<typeof Binding>).publicip;
        const view = await changePublicIpBinding(region, project_id, publicip_id, port_id ?? '');
        return { body: { publicip: renderPublicIp(view) } };
      },
    },
    {
      ...common,
      id: 'DeletePublicip',
      action: 'vpc:publicIps:delete',
      method: 'DELETE',
      path: '/v1/{project_id}/publicips/{publicip_id}',
      summary: 'Release a public IP that is bound to nothing',
      status: 204,
      handle: async ({ params: { project_id = '', publicip_id = '' } }) => {
        await releasePublicIp(region, project_id, publicip_id);
        return {};
      },
    },
    {
      ...common,
      id: 'ShowBandwidth',
      action: 'vpc:bandwidths:get',
      path: '/v1/{project_id}/bandwidths/{bandwidth_id}',
      summary: 'Show the bandwidth of a public IP',
      answer: Type.Object({ bandwidth: Bandwidth }),
      handle: async ({ params: { project_id = '', bandwidth_id = '' } }) => {
        const found = await publicIpOfBandwidth(region, project_id, bandwidth_id);
        return {
          body: {
            bandwidth: {
              id: bandwidth_id,
              name: found.bandwidth_name,
              size: found.bandwidth_size,
              share_type: found.bandwidth_share_type,
              charge_mode: found.bandwidth_charge_mode,
              bandwidth_type: 'bgp',
              publicip_info: [],
              tenant_id: project_id,
              status: 'NORMAL',
            },
          },
        };
      },
    },
  ];
}

function renderPublicIp({ publicIp: of, owner }: PublicIpView): unknown {
  const { project_id, loadbalancer_id, bandwidth_charge_mode: _, billing_info: __, ...shown } = of;
  return {
    ...shown,
    // As the cloud has it: DOWN is one that is bound to nothing.
    status: loadbalancer_id ? 'ELB' : 'DOWN',
    tenant_id: project_id,
    private_ip_address: owner?.vip_address ?? '',
    port_id: owner?.vip_port_id ?? '',
    profile: {},
  };
}
