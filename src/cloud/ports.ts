/** Ports, as clients of version 1 of the API of networks and of Neutron call them. */
import { type Static, type TObject, Type } from 'typebox';
import { orLeftOut } from '../model/field.ts';
import { NetworkName } from '../model/network-fields.ts';
import type { Call, Operation } from '../model/operation.ts';
import { described, named, strict } from '../model/schemas.ts';
import {
  createPort,
  deletePort,
  listPorts,
  type PortView,
  renamePort,
  showPort,
} from '../service/networks/port-views.ts';
import type { Region } from '../service/region.ts';
import { macOf } from './cloud-servers.ts';
import { projectOf } from './project-of-call.ts';
import { exactly, pageParameters, selected } from './selection.ts';

const text = (description: string, example?: string) => described(description, Type.String(), example);

const FixedIp = named(
  'FixedIpOfPort',
  Type.Object({
    ip_address: text('The address.', '192.168.0.10'),
    subnet_id: text('The id that subnet_cidr_id takes.'),
  }),
);

const ShownPort = named(
  'Port',
  Type.Object({
    id: text('Its id.'),
    name: text('Its name.', 'web-1'),
    status: text('ACTIVE when somebody has it, else DOWN.', 'ACTIVE'),
    admin_state_up: described('Always true.', Type.Boolean()),
    network_id: text('The network.'),
    fixed_ips: described('Its address.', Type.Array(FixedIp)),
    mac_address: text('Made from its id.', 'fa:16:3e:00:00:01'),
    device_id: text('The server or load balancer that has it; empty for none.'),
    device_owner: text('The kind of what has it; empty for nothing.', 'compute:local-1a'),
    tenant_id: text('The project.'),
    project_id: text('The project.'),
    security_groups: described('None.', Type.Array(Type.String(), { maxItems: 0 })),
    allowed_address_pairs: described('None.', Type.Array(Type.String(), { maxItems: 0 })),
    extra_dhcp_opts: described('None.', Type.Array(Type.String(), { maxItems: 0 })),
  }),
);

const changeable = {
  name: Type.Optional(described('A name, which need not be unique.', NetworkName, 'reserved')),
  admin_state_up: orLeftOut(described('Only true.', Type.Literal(true))),
};

const NewPort = strict({
  port: named(
    'CreatePort',
    strict({
      ...changeable,
      network_id: described('The network, which is in a VPC.', Type.String({ minLength: 1, maxLength: 36 })),
      fixed_ips: orLeftOut(
        described(
          'The address; the lowest free one of the network if not given.',
          Type.Array(
            named(
              'NewFixedIp',
              strict({
                subnet_id: Type.Optional(described('The subnet.', Type.String({ maxLength: 36 }))),
                ip_address: Type.Optional(described('The address.', Type.String({ maxLength: 45 }))),
              }),
            ),
            { maxItems: 1 },
          ),
        ),
      ),
    }),
  ),
});

const ChangedPort = strict({ port: named('UpdatePort', strict(changeable)) });

/** Where ports are called, and by which names. */
interface Version {
  readonly prefix: string;
  readonly group: string;
  readonly path: string;
  readonly created: number;
  readonly projectOf: (call: Call) => string;
}

const versions: readonly Version[] = [
  {
    prefix: '',
    group: 'Networks',
    path: '/v1/{project_id}/ports',
    created: 200,
    projectOf: ({ params }) => params['project_id'] ?? '',
  },
  { prefix: 'Neutron', group: 'Neutron', path: '/v2.0/ports', created: 201, projectOf },
];

export function portOperations(region: Region): Operation[] {
  return versions.flatMap((version) => operationsOf(region, version));
}

function operationsOf(region: Region, version: Version): Operation[] {
  const { prefix, group, path, created } = version;
  const common = { group, carriesRequestId: false } as const;
  const each = `${path}/{port_id}`;
  const answer: TObject = Type.Object({ port: ShownPort });
  const at = (call: Call) => [version.projectOf(call), call.params['port_id'] ?? ''] as const;
  return [
    {
      ...common,
      id: `${prefix}CreatePort`,
      action: 'vpc:ports:create',
      actionScope: 'project',
      method: 'POST',
      path,
      summary: 'Keep an address of a network',
      body: NewPort,
      answer,
      status: created,
      handle: async (call) => {
        const { network_id, name, fixed_ips } = (call.body as Static<typeof NewPort>).port;
        const asked = { network_id, name: name ?? '', fixed_ips: fixed_ips ?? [] };
        return { body: { port: render(await createPort(region, version.projectOf(call), asked)) } };
      },
    },
    {
      ...common,
      id: `${prefix}ListPorts`,
      action: 'vpc:ports:list',
      method: 'GET',
      path,
      summary: 'List ports: kept ones, and those of servers and load balancers',
      query: {
        ...pageParameters,
        id: exactly('Those with these ids.'),
        name: exactly('Those with these names.'),
        network_id: exactly('Those in these networks.'),
        device_id: exactly('Those of these servers or load balancers.'),
        device_owner: exactly('Those of these kinds of owners.'),
        status: exactly('ACTIVE or DOWN.'),
        fixed_ips: exactly('Those with ip_address=ADDRESS, or in subnet_id=SUBNET.'),
      },
      answer: Type.Object({ ports: described('The ports.', Type.Array(ShownPort)) }),
      status: 200,
      handle: async (call) => {
        const all = (await listPorts(region, version.projectOf(call))).map(render);
        const asked = call.query.getAll('fixed_ips');
        const found = all.filter(({ fixed_ips }) =>
          asked.every((pair) =>
            fixed_ips.some(
              ({ ip_address, subnet_id }) =>
                pair === `ip_address=${ip_address}` || pair === `subnet_id=${subnet_id}`,
            ),
          ),
        );
        const ports = selected(found, call.query, {
          id: ({ id }) => id,
          name: ({ name }) => name,
          network_id: ({ network_id }) => network_id,
          device_id: ({ device_id }) => device_id,
          device_owner: ({ device_owner }) => device_owner,
          status: ({ status }) => status,
        });
        return { body: { ports } };
      },
    },
    {
      ...common,
      id: `${prefix}ShowPort`,
      action: 'vpc:ports:get',
      method: 'GET',
      path: each,
      summary: 'Show a port',
      answer,
      status: 200,
      handle: async (call) => ({ body: { port: render(await showPort(region, ...at(call))) } }),
    },
    {
      ...common,
      id: `${prefix}UpdatePort`,
      action: 'vpc:ports:update',
      actionScope: 'project',
      method: 'PUT',
      path: each,
      summary: 'Name a port anew',
      body: ChangedPort,
      bodyOptions: { immutable: { port: new Set(['network_id', 'fixed_ips']) } },
      answer,
      status: 200,
      handle: async (call) => {
        const { name } = (call.body as Static<typeof ChangedPort>).port;
        const found =
          name === undefined
            ? await showPort(region, ...at(call))
            : await renamePort(region, ...at(call), name);
        return { body: { port: render(found) } };
      },
    },
    {
      ...common,
      id: `${prefix}DeletePort`,
      action: 'vpc:ports:delete',
      actionScope: 'project',
      method: 'DELETE',
      path: each,
      summary: 'Delete a port that nobody has',
      status: 204,
      handle: async (call) => {
        await deletePort(region, ...at(call));
        return {};
      },
    },
  ];
}

function render({ id, project_id, name, device_id, device_owner, subnet, address }: PortView) {
  const isIpv6 = address.includes(':');
  return {
    ...{ id, name, status: device_id ? 'ACTIVE' : 'DOWN', admin_state_up: true, network_id: subnet.id },
    fixed_ips: [{ ip_address: address, subnet_id: isIpv6 ? subnet.id : subnet.neutronSubnetId }],
    ...{ mac_address: macOf(id), device_id, device_owner, tenant_id: project_id, project_id },
    ...{ security_groups: [], allowed_address_pairs: [], extra_dhcp_opts: [] },
  };
}
