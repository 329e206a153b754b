/** The floating IPs of Neutron, which are public IPs. */
import { Type } from 'typebox';
import { notFound } from '../../model/errors.ts';
import { orLeftOut } from '../../model/field.ts';
import type { Call, Operation } from '../../model/operation.ts';
import { described, named, strict } from '../../model/schemas.ts';
import { createPublicIp } from '../../service/new-public-ips.ts';
import {
  listPublicIps,
  type PublicIpView,
  releasePublicIp,
  showPublicIp,
} from '../../service/project-public-ips.ts';
import { changePublicIpBinding } from '../../service/public-ip-bindings.ts';
import type { Region } from '../../service/region.ts';
import { projectOf } from '../project-of-call.ts';
import { exactly, selected } from '../selection.ts';
import { type Body, group, ignored, ownership, query, text, textOrNull } from './fields.ts';
import { externalNetworkId } from './networks.ts';

const { name: _, ...owned } = ownership;

const FloatingIp = named(
  'FloatingIp',
  Type.Object({
    ...owned,
    status: text('ACTIVE while it is bound, else DOWN.', 'DOWN'),
    floating_ip_address: text('The address.', '203.0.113.10'),
    floating_network_id: text('The network that floating IPs come from.'),
    fixed_ip_address: textOrNull('The address of the load balancer; null for none.'),
    port_id: textOrNull('The port of that address; null for none.'),
    router_id: textOrNull('The VPC of the load balancer; null for none.'),
  }),
);

const portId = orLeftOut(
  described(
    'The vip_port_id or ipv6_vip_port_id of a load balancer; null for none.',
    Type.String({ maxLength: 36 }),
  ),
);

const NewFloatingIp = strict({
  floatingip: named(
    'CreateFloatingIp',
    strict({
      floating_network_id: Type.Optional(
        described('The network that floating IPs come from.', Type.String({ maxLength: 36 })),
      ),
      port_id: portId,
      fixed_ip_address: ignored(Type.String({ maxLength: 45 })),
      description: ignored(Type.String({ maxLength: 255 })),
    }),
  ),
});

const ChangedFloatingIp = strict({
  floatingip: named(
    'UpdateFloatingIp',
    strict({ port_id: portId, fixed_ip_address: ignored(Type.String({ maxLength: 45 })) }),
  ),
});

export function floatingIpOperations(region: Region): Operation[] {
  const common = { group, carriesRequestId: false } as const;
  const path = '/v2.0/floatingips';
  const each = `${path}/{floatingip_id}`;
  const answer = Type.Object({ floatingip: FloatingIp });
  const at = (call: Call) => [projectOf(call), call.params['floatingip_id'] ?? ''] as const;
  return [
    {
      ...common,
      id: 'NeutronCreateFloatingIp',
      action: 'vpc:publicIps:create',
      method: 'POST',
      path,
      summary: 'Make a public IP',
      body: NewFloatingIp,
      answer,
      status: 201,
      handle: async (call) => {
        const { floating_network_id, port_id } = (call.body as Body<typeof NewFloatingIp>).floatingip;
        if (floating_network_id !== undefined && floating_network_id !== externalNetworkId) {
          throw notFound('network of floating IPs', floating_network_id);
        }
        const asked = { network_type: '5_bgp', bandwidth: null };
        const made = await createPublicIp(region, projectOf(call), asked, { portId: port_id ?? '' });
        return { body: { floatingip: render(made) } };
      },
    },
    {
      ...common,
      id: 'NeutronListFloatingIps',
      action: 'vpc:publicIps:list',
      method: 'GET',
      path,
      summary: 'List public IPs',
      query: {
        marker: query.marker,
        limit: query.limit,
        id: query.id,
        floating_ip_address: exactly('Those with these addresses.'),
        port_id: exactly('Those bound by these ports.'),
        status: exactly('ACTIVE or DOWN.'),
      },
      answer: Type.Object({ floatingips: described('The public IPs.', Type.Array(FloatingIp)) }),
      status: 200,
      handle: async (call) => {
        const all = (await listPublicIps(region, projectOf(call))).map(render);
        const floatingips = selected(all, call.query, {
          id: ({ id }) => id,
          floating_ip_address: ({ floating_ip_address }) => floating_ip_address,
          port_id: ({ port_id }) => port_id,
          status: ({ status }) => status,
        });
        return { body: { floatingips } };
      },
    },
    {
      ...common,
      id: 'NeutronShowFloatingIp',
      action: 'vpc:publicIps:get',
      method: 'GET',
      path: each,
      summary: 'Show a public IP',
      answer,
      status: 200,
      handle: async (call) => ({ body: { floatingip: render(await showPublicIp(region, ...at(call))) } }),
    },
    {
      ...common,
      id: 'NeutronUpdateFloatingIp',
      action: 'vpc:publicIps:update',
      method: 'PUT',
      path: each,
      summary: 'Bind a public IP to a load balancer by its port, or unbind it',
      body: ChangedFloatingIp,
      answer,
      status: 200,
      handle: async (call) => {
        const { port_id } = (call.body as Body<typeof ChangedFloatingIp>).floatingip;
        return {
          body: { floatingip: render(await changePublicIpBinding(region, ...at(call), port_id ?? '')) },
        };
      },
    },
    {
      ...common,
      id: 'NeutronDeleteFloatingIp',
      action: 'vpc:publicIps:delete',
      method: 'DELETE',
      path: each,
      summary: 'Release a public IP that is bound to nothing',
      status: 204,
      handle: async (call) => {
        await releasePublicIp(region, ...at(call));
        return {};
      },
    },
  ];
}

function render({ publicIp, owner }: PublicIpView) {
  const { id, project_id, public_ip_address, ip_version } = publicIp;
  const isIpv6 = ip_version === 6;
  return {
    ...{ id, project_id, tenant_id: project_id, status: owner ? 'ACTIVE' : 'DOWN' },
    floating_ip_address: public_ip_address,
    floating_network_id: externalNetworkId,
    fixed_ip_address: (isIpv6 && owner?.ipv6_vip_address) || owner?.vip_address || null,
    port_id: (isIpv6 && owner?.ipv6_vip_port_id) || owner?.vip_port_id || null,
    router_id: owner?.vpc_id ?? null,
  };
}
