/** The subnets of Neutron: an IPv4 one has the id by which VIPs and members are placed, an IPv6 one that of its network. */
import { Type } from 'typebox';
import { addressText, parseNetwork } from '../../model/address.ts';
import { notFound } from '../../model/errors.ts';
import { orLeftOut } from '../../model/field.ts';
import type { Call, Operation } from '../../model/operation.ts';
import { described, named, strict } from '../../model/schemas.ts';
import type { Subnet } from '../../model/subnet.ts';
import {
  changeIpv4Subnet,
  createIpv4Subnet,
  deleteIpv4Subnet,
} from '../../service/networks/neutron-networks.ts';
import { listNetworks } from '../../service/networks/subnets.ts';
import type { Region } from '../../service/region.ts';
import { projectOf } from '../project-of-call.ts';
import { exactly, selected } from '../selection.ts';
import { type Body, group, ignored, naming, ownership, query, stamps, text, textOrNull } from './fields.ts';

const Pool = named(
  'AllocationPool',
  Type.Object({ start: text('Its first address.', '192.168.0.2'), end: text('Its last.', '192.168.0.254') }),
);

const NeutronSubnet = named(
  'NeutronSubnet',
  Type.Object({
    ...ownership,
    ...stamps,
    description: text('Whatever the owner noted.', ''),
    network_id: text('The network.'),
    cidr: text('Its addresses.', '192.168.0.0/24'),
    ip_version: described('4 or 6.', Type.Integer(), 4),
    gateway_ip: text('The gateway.', '192.168.0.1'),
    enable_dhcp: described('As it was given.', Type.Boolean()),
    dns_nameservers: described('As they were given.', Type.Array(Type.String()), ['100.125.1.250']),
    allocation_pools: described('The addresses that are given out.', Type.Array(Pool)),
    host_routes: described('None.', Type.Array(Type.String(), { maxItems: 0 })),
    subnetpool_id: textOrNull('Always null.'),
    ipv6_address_mode: textOrNull('dhcpv6-stateful of an IPv6 subnet, else null.'),
    ipv6_ra_mode: textOrNull('dhcpv6-stateful of an IPv6 subnet, else null.'),
  }),
);

const changeable = {
  name: naming.name,
  description: ignored(Type.String({ maxLength: 255 })),
  dns_nameservers: orLeftOut(
    described('Name servers: noted.', Type.Array(Type.String({ maxLength: 45 }), { maxItems: 5 })),
  ),
  enable_dhcp: orLeftOut(described('Noted.', Type.Boolean())),
};

const NewSubnet = strict({
  subnet: named(
    'CreateNeutronSubnet',
    strict({
      ...changeable,
      network_id: described(
        'The network, which has no subnet yet.',
        Type.String({ minLength: 1, maxLength: 36 }),
      ),
      cidr: described('Its addresses, private ones.', Type.String({ maxLength: 45 }), '192.168.0.0/24'),
      ip_version: Type.Optional(described('4.', Type.Integer({ enum: [4] }))),
      gateway_ip: orLeftOut(
        described(
          'The gateway; the first address if not given.',
          Type.String({ maxLength: 45 }),
          '192.168.0.1',
        ),
      ),
      allocation_pools: ignored(Type.Array(Type.Unknown(), { maxItems: 16 })),
      host_routes: ignored(Type.Array(Type.Unknown(), { maxItems: 16 })),
    }),
  ),
});

const ChangedSubnet = strict({ subnet: named('UpdateNeutronSubnet', strict(changeable)) });

export function neutronSubnetOperations(region: Region): Operation[] {
  const common = { group, carriesRequestId: false } as const;
  const path = '/v2.0/subnets';
  const each = `${path}/{subnet_id}`;
  const answer = Type.Object({ subnet: NeutronSubnet });
  const at = (call: Call) => [projectOf(call), call.params['subnet_id'] ?? ''] as const;
  const all = async (call: Call) => (await listNetworks(region, projectOf(call))).flatMap(render);
  const show = async (call: Call) => {
    const [, id] = at(call);
    const subnet = (await all(call)).find((one) => one.id === id);
    if (!subnet) throw notFound('subnet', id);
    return { body: { subnet } };
  };
  return [
    {
      ...common,
      id: 'NeutronCreateSubnet',
      action: 'vpc:subnets:create',
      actionScope: 'project',
      method: 'POST',
      path,
      summary: 'Give a network its subnet',
      body: NewSubnet,
      answer,
      status: 201,
      handle: async (call) => {
        const { network_id, cidr, gateway_ip, ...changed } = (call.body as Body<typeof NewSubnet>).subnet;
        const wanted = { cidr, gateway_ip, ...namedAs(changed) };
        const made = await createIpv4Subnet(region, projectOf(call), network_id, wanted);
        return { body: { subnet: render(made)[0] } };
      },
    },
    {
      ...common,
      id: 'NeutronListSubnets',
      action: 'vpc:subnets:list',
      method: 'GET',
      path,
      summary: 'List the IPv4 and IPv6 subnets of networks',
      query: {
        ...query,
        network_id: exactly('Those of these networks.'),
        cidr: exactly('Those with these addresses.'),
        ip_version: exactly('4 or 6.'),
      },
      answer: Type.Object({ subnets: described('The subnets.', Type.Array(NeutronSubnet)) }),
      status: 200,
      handle: async (call) => ({
        body: {
          subnets: selected(await all(call), call.query, {
            id: ({ id }) => id,
            name: ({ name }) => name,
            network_id: ({ network_id }) => network_id,
            cidr: ({ cidr }) => cidr,
            ip_version: ({ ip_version }) => ip_version,
          }),
        },
      }),
    },
    {
      ...common,
      id: 'NeutronShowSubnet',
      action: 'vpc:subnets:get',
      method: 'GET',
      path: each,
      summary: 'Show a subnet',
      answer,
      status: 200,
      handle: show,
    },
    {
      ...common,
      id: 'NeutronUpdateSubnet',
      action: 'vpc:subnets:update',
      actionScope: 'project',
      method: 'PUT',
      path: each,
      summary: 'Change a subnet',
      body: ChangedSubnet,
      answer,
      status: 200,
      handle: async (call) => {
        const { subnet } = call.body as Body<typeof ChangedSubnet>;
        const [changed] = render(await changeIpv4Subnet(region, ...at(call), namedAs(subnet)));
        return { body: { subnet: changed } };
      },
    },
    {
      ...common,
      id: 'NeutronDeleteSubnet',
      action: 'vpc:subnets:delete',
      actionScope: 'project',
      method: 'DELETE',
      path: each,
      summary: 'Delete a subnet that is in no router',
      status: 204,
      handle: async (call) => {
        await deleteIpv4Subnet(region, ...at(call));
        return {};
      },
    },
  ];
}

/** What a request says, as it is kept. */
function namedAs({
  name,
  dns_nameservers,
  enable_dhcp,
}: Body<typeof ChangedSubnet>['subnet']): Partial<Pick<Subnet, 'neutron_name' | 'dnsList' | 'dhcp_enable'>> {
  return {
    ...(typeof name === 'string' ? { neutron_name: name } : {}),
    ...(dns_nameservers ? { dnsList: dns_nameservers } : {}),
    ...(typeof enable_dhcp === 'boolean' ? { dhcp_enable: enable_dhcp } : {}),
  };
}

/** The IPv4 subnet of a network if it has one, and then its IPv6 one. */
function render(of: Subnet) {
  const { project_id, description, dhcp_enable, dnsList, created_at, updated_at } = of;
  const halves = [
    { id: of.neutron_subnet_id, cidr: of.cidr, gateway_ip: of.gateway_ip ?? '', mode: null },
    { id: of.id, cidr: of.cidr_v6, gateway_ip: of.gateway_ip_v6, mode: 'dhcpv6-stateful' },
  ];
  return halves.flatMap(({ id, cidr, gateway_ip, mode }) => {
    const network = parseNetwork(cidr);
    if (!network) return [];
    const { first, size, version } = network;
    return [
      {
        ...{ id, name: of.neutron_name || of.name, description, project_id, tenant_id: project_id },
        ...{ network_id: of.id, cidr, ip_version: version === 'v4' ? 4 : 6, gateway_ip },
        ...{ enable_dhcp: dhcp_enable, dns_nameservers: dnsList, host_routes: [], subnetpool_id: null },
        allocation_pools: [
          { start: addressText(first + 2n, version), end: addressText(first + size - 2n, version) },
        ],
        ...{ ipv6_address_mode: mode, ipv6_ra_mode: mode, created_at, updated_at },
      },
    ];
  });
}
