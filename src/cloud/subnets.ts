/** Subnets, as clients of version 1 of the API of networks call them. */
import { type Static, Type } from 'typebox';
import type { Call, Operation } from '../model/operation.ts';
import { immutableFields } from '../model/resource.ts';
import { described, named } from '../model/schemas.ts';
import { ChangedSubnet, NewSubnet, ShownSubnet, type Subnet, subnet } from '../model/subnet.ts';
import {
  createSubnet,
  deleteSubnet,
  listSubnets,
  showSubnet,
  updateSubnet,
} from '../service/networks/subnets.ts';
import type { Region } from '../service/region.ts';
import { exactly, pageParameters, selected } from './selection.ts';

const group = 'Networks';

const ChangedAnswer = Type.Object({
  subnet: named(
    'ChangedSubnet',
    Type.Object({
      id: described('Its id.', Type.String()),
      status: described('Always ACTIVE.', Type.String(), 'ACTIVE'),
    }),
  ),
});

export function subnetOperations(region: Region): Operation[] {
  const common = { group, carriesRequestId: false } as const;
  const path = '/v1/{project_id}/subnets';
  const inVpc = '/v1/{project_id}/vpcs/{vpc_id}/subnets/{subnet_id}';
  const answer = Type.Object({ subnet: ShownSubnet });
  const at = ({ params: { project_id = '', subnet_id = '' } }: Call) => [project_id, subnet_id] as const;
  return [
    {
      ...common,
      id: 'CreateSubnet',
      action: 'vpc:subnets:create',
      actionScope: 'project',
      method: 'POST',
      path,
      summary: 'Create a subnet',
      body: NewSubnet,
      answer,
      status: 200,
      handle: async (call) => {
        const body = call.body as Static<typeof NewSubnet>;
        return { body: { subnet: renderSubnet(await createSubnet(region, at(call)[0], body.subnet)) } };
      },
    },
    {
      ...common,
      id: 'ListSubnets',
      action: 'vpc:subnets:list',
      method: 'GET',
      path,
      summary: 'List subnets',
      query: {
        ...pageParameters,
        vpc_id: exactly('The subnets of these VPCs.'),
        id: exactly('Those with these ids.'),
        name: exactly('Those with these names.'),
        cidr: exactly('Those with these IPv4 networks.'),
      },
      answer: Type.Object({ subnets: described('The subnets.', Type.Array(ShownSubnet)) }),
      status: 200,
      handle: async (call) => {
        const found = selected(await listSubnets(region, at(call)[0]), call.query, {
          vpc_id: ({ vpc_id }) => vpc_id,
          id: ({ id }) => id,
          name: ({ name }) => name,
          cidr: ({ cidr }) => cidr,
        });
        return { body: { subnets: found.map(renderSubnet) } };
      },
    },
    {
      ...common,
      id: 'ShowSubnet',
      action: 'vpc:subnets:get',
      method: 'GET',
      path: `${path}/{subnet_id}`,
      summary: 'Show a subnet',
      answer,
      status: 200,
      handle: async (call) => ({ body: { subnet: renderSubnet(await showSubnet(region, ...at(call))) } }),
    },
    {
      ...common,
      id: 'UpdateSubnet',
      action: 'vpc:subnets:update',
      actionScope: 'project',
      method: 'PUT',
      path: inVpc,
      summary: 'Change a subnet',
      body: ChangedSubnet,
      bodyOptions: { immutable: { subnet: immutableFields(subnet) } },
      answer: ChangedAnswer,
      status: 200,
      handle: async (call) => {
        const body = call.body as Static<typeof ChangedSubnet>;
        const { id } = await updateSubnet(region, ...at(call), body.subnet, call.params['vpc_id'] ?? '');
        return { body: { subnet: { id, status: 'ACTIVE' } } };
      },
    },
    {
      ...common,
      id: 'DeleteSubnet',
      action: 'vpc:subnets:delete',
      actionScope: 'project',
      method: 'DELETE',
      path: inVpc,
      summary: 'Delete a subnet that nothing uses',
      status: 204,
      handle: async (call) => {
        await deleteSubnet(region, ...at(call), call.params['vpc_id'] ?? '');
        return {};
      },
    },
  ];
}

function renderSubnet({ project_id, tags: _, neutron_name: __, ...shown }: Subnet): unknown {
  return {
    ...shown,
    status: 'ACTIVE',
    tenant_id: project_id,
    neutron_network_id: shown.id,
    neutron_subnet_id_v6: shown.ipv6_enable ? shown.id : '',
  };
}
