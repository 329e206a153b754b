/** The networks of Neutron: the halves of subnets that the other calls know by their network ids. */
import { Type } from 'typebox';
import type { Call, Operation } from '../../model/operation.ts';
import { described, named, strict } from '../../model/schemas.ts';
import type { Subnet } from '../../model/subnet.ts';
import { derivedId } from '../../service/derived-id.ts';
import {
  createNetwork,
  deleteNetwork,
  renameNetwork,
  showNetwork,
} from '../../service/networks/neutron-networks.ts';
import { listNetworks } from '../../service/networks/subnets.ts';
import type { Region } from '../../service/region.ts';
import { projectOf } from '../project-of-call.ts';
import { exactly, selected } from '../selection.ts';
import {
  alwaysActive,
  type Body,
  group,
  ignored,
  namesOf,
  naming,
  ownership,
  query,
  stamps,
  text,
} from './fields.ts';

const Network = named(
  'NeutronNetwork',
  Type.Object({
    ...ownership,
    ...alwaysActive,
    ...stamps,
    description: text('Whatever the owner noted.', ''),
    subnets: described('The ids of its subnets.', Type.Array(Type.String())),
    shared: described('Always false.', Type.Boolean(), false),
    'router:external': described('Whether it is the one that floating IPs come from.', Type.Boolean(), false),
    availability_zones: described('Its zones.', Type.Array(Type.String()), ['local-1a']),
    mtu: described('Always 1500.', Type.Integer(), 1500),
  }),
);

const NewNetwork = strict({
  network: named(
    'CreateNeutronNetwork',
    strict({
      ...naming,
      shared: ignored(Type.Boolean()),
      'router:external': ignored(Type.Boolean()),
      availability_zone_hints: ignored(Type.Array(Type.String(), { maxItems: 64 })),
    }),
  ),
});

const ChangedNetwork = strict({ network: named('UpdateNeutronNetwork', strict(naming)) });

/** The network that floating IPs come from. */
export const externalNetworkId = derivedId('network public');

export function neutronNetworkOperations(region: Region): Operation[] {
  const common = { group, carriesRequestId: false } as const;
  const path = '/v2.0/networks';
  const each = `${path}/{network_id}`;
  const answer = Type.Object({ network: Network });
  const at = (call: Call) => [projectOf(call), call.params['network_id'] ?? ''] as const;
  return [
    {
      ...common,
      id: 'NeutronCreateNetwork',
      action: 'vpc:networks:create',
      actionScope: 'project',
      method: 'POST',
      path,
      summary: 'Create a network, still without addresses',
      body: NewNetwork,
      answer,
      status: 201,
      handle: async (call) => {
        const { network } = call.body as Body<typeof NewNetwork>;
        return { body: { network: render(await createNetwork(region, projectOf(call), namesOf(network))) } };
      },
    },
    {
      ...common,
      id: 'NeutronListNetworks',
      action: 'vpc:networks:list',
      method: 'GET',
      path,
      summary: 'List networks',
      query: {
        ...query,
        'router:external': exactly('True for the network that floating IPs come from, False for the others.'),
      },
      answer: Type.Object({ networks: described('The networks.', Type.Array(Network)) }),
      status: 200,
      handle: async (call) => {
        const projectId = projectOf(call);
        const own = (await listNetworks(region, projectId)).map(render);
        const all = region.inventory.publicNetwork ? [...own, external(projectId)] : own;
        const asked = call.query.get('router:external')?.toLowerCase();
        const ofKind = asked ? all.filter((one) => String(one['router:external']) === asked) : all;
        const networks = selected(ofKind, call.query, { id: ({ id }) => id, name: ({ name }) => name });
        return { body: { networks } };
      },
    },
    {
      ...common,
      id: 'NeutronShowNetwork',
      action: 'vpc:networks:get',
      method: 'GET',
      path: each,
      summary: 'Show a network',
      answer,
      status: 200,
      handle: async (call) => {
        const [projectId, id] = at(call);
        const isExternal = id === externalNetworkId && region.inventory.publicNetwork !== null;
        const network = isExternal ? external(projectId) : render(await showNetwork(region, projectId, id));
        return { body: { network } };
      },
    },
    {
      ...common,
      id: 'NeutronUpdateNetwork',
      action: 'vpc:networks:update',
      actionScope: 'project',
      method: 'PUT',
      path: each,
      summary: 'Name a network anew',
      body: ChangedNetwork,
      answer,
      status: 200,
      handle: async (call) => {
        const { network } = call.body as Body<typeof ChangedNetwork>;
        return { body: { network: render(await renameNetwork(region, ...at(call), namesOf(network))) } };
      },
    },
    {
      ...common,
      id: 'NeutronDeleteNetwork',
      action: 'vpc:networks:delete',
      actionScope: 'project',
      method: 'DELETE',
      path: each,
      summary: 'Delete a network that is in no router',
      status: 204,
      handle: async (call) => {
        await deleteNetwork(region, ...at(call));
        return {};
      },
    },
  ];
}

const common = { status: 'ACTIVE', admin_state_up: true, shared: false, mtu: 1500 };

function render(of: Subnet) {
  const { id, name, description, project_id, neutron_subnet_id, cidr_v6, created_at, updated_at } = of;
  return {
    ...{ id, name, description, project_id, tenant_id: project_id, ...common, created_at, updated_at },
    subnets: [...(neutron_subnet_id ? [neutron_subnet_id] : []), ...(cidr_v6 ? [id] : [])],
    'router:external': false,
    availability_zones: [of.availability_zone],
  };
}

function external(projectId: string): ReturnType<typeof render> {
  const at = '1970-01-01T00:00:00Z';
  return {
    ...{ id: externalNetworkId, name: 'admin_external_net', description: '' },
    ...{ project_id: projectId, tenant_id: projectId, ...common, created_at: at, updated_at: at },
    subnets: [],
    'router:external': true,
    availability_zones: [],
  };
}
