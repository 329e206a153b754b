/** The routers of Neutron, which are VPCs; their interfaces are the subnets in them. */
import { Type } from 'typebox';
import { invalid } from '../../model/errors.ts';
import type { Call, Operation } from '../../model/operation.ts';
import { described, named, strict } from '../../model/schemas.ts';
import type { Subnet } from '../../model/subnet.ts';
import type { Vpc } from '../../model/vpc.ts';
import { addInterface, interfacePortId, removeInterface } from '../../service/networks/neutron-networks.ts';
import { listSubnets } from '../../service/networks/subnets.ts';
import { createVpc, deleteVpc, listVpcs, showVpc, updateVpc } from '../../service/networks/vpcs.ts';
import type { Region } from '../../service/region.ts';
import { projectOf } from '../project-of-call.ts';
import { selected } from '../selection.ts';
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

const Router = named(
  'NeutronRouter',
  Type.Object({
    ...ownership,
    ...alwaysActive,
    ...stamps,
    description: text('Whatever the owner noted.', ''),
    external_gateway_info: described('Always null: what is served is reached directly.', Type.Null(), null),
    routes: described('None.', Type.Array(Type.String(), { maxItems: 0 })),
    distributed: described('Always false.', Type.Boolean(), false),
    ha: described('Always false.', Type.Boolean(), false),
  }),
);

const requested = strict({
  ...naming,
  external_gateway_info: ignored(Type.Object({})),
  routes: ignored(Type.Array(Type.Unknown(), { maxItems: 0 })),
});

const NewRouter = strict({ router: named('CreateNeutronRouter', requested) });
const ChangedRouter = strict({ router: named('UpdateNeutronRouter', requested) });

const idOf = (description: string) =>
  Type.Optional(described(description, Type.String({ minLength: 1, maxLength: 36 })));

const InterfaceRequest = strict({
  subnet_id: idOf('The subnet, by the id of its IPv4 half.'),
  port_id: idOf('The port of the subnet’s gateway, instead.'),
});

const Interface = Type.Object({
  id: text('The router.'),
  subnet_id: text('The subnet.'),
  subnet_ids: described('The same.', Type.Array(Type.String())),
  port_id: text('The port of its gateway.'),
  network_id: text('Its network.'),
  tenant_id: text('The project.'),
  project_id: text('The project.'),
});

export function neutronRouterOperations(region: Region): Operation[] {
  const common = { group, carriesRequestId: false } as const;
  const path = '/v2.0/routers';
  const each = `${path}/{router_id}`;
  const answer = Type.Object({ router: Router });
  const at = (call: Call) => [projectOf(call), call.params['router_id'] ?? ''] as const;
  const interfaceOperation = (
    id: string,
    word: string,
    summary: string,
    change: typeof addInterface,
  ): Operation => ({
    ...common,
    id,
    action: 'vpc:routers:update',
    actionScope: 'project',
    method: 'PUT',
    path: `${each}/${word}`,
    summary,
    body: InterfaceRequest,
    answer: Interface,
    status: 200,
    handle: async (call) => {
      const asked = call.body as Body<typeof InterfaceRequest>;
      const [projectId, routerId] = at(call);
      const subnetId = await subnetIdOf(region, projectId, asked);
      return { body: renderInterface(routerId, await change(region, projectId, routerId, subnetId)) };
    },
  });
  return [
    {
      ...common,
      id: 'NeutronCreateRouter',
      action: 'vpc:routers:create',
      actionScope: 'project',
      method: 'POST',
      path,
      summary: 'Create a router, which is a VPC for any private networks',
      body: NewRouter,
      answer,
      status: 201,
      handle: async (call) => {
        const { router } = call.body as Body<typeof NewRouter>;
        return { body: { router: render(await createVpc(region, projectOf(call), namesOf(router))) } };
      },
    },
    {
      ...common,
      id: 'NeutronListRouters',
      action: 'vpc:routers:list',
      method: 'GET',
      path,
      summary: 'List routers',
      query,
      answer: Type.Object({ routers: described('The routers.', Type.Array(Router)) }),
      status: 200,
      handle: async (call) => {
        const all = (await listVpcs(region, projectOf(call))).map(render);
        return {
          body: { routers: selected(all, call.query, { id: ({ id }) => id, name: ({ name }) => name }) },
        };
      },
    },
    {
      ...common,
      id: 'NeutronShowRouter',
      action: 'vpc:routers:get',
      method: 'GET',
      path: each,
      summary: 'Show a router',
      answer,
      status: 200,
      handle: async (call) => ({ body: { router: render(await showVpc(region, ...at(call))) } }),
    },
    {
      ...common,
      id: 'NeutronUpdateRouter',
      action: 'vpc:routers:update',
      actionScope: 'project',
      method: 'PUT',
      path: each,
      summary: 'Name a router anew',
      body: ChangedRouter,
      answer,
      status: 200,
      handle: async (call) => {
        const { router } = call.body as Body<typeof ChangedRouter>;
        return { body: { router: render(await updateVpc(region, ...at(call), namesOf(router))) } };
      },
    },
    {
      ...common,
      id: 'NeutronDeleteRouter',
      action: 'vpc:routers:delete',
      actionScope: 'project',
      method: 'DELETE',
      path: each,
      summary: 'Delete a router that has no interfaces',
      status: 204,
      handle: async (call) => {
        await deleteVpc(region, ...at(call));
        return {};
      },
    },
    interfaceOperation(
      'NeutronAddRouterInterface',
      'add_router_interface',
      'Put a subnet into a router',
      addInterface,
    ),
    interfaceOperation(
      'NeutronRemoveRouterInterface',
      'remove_router_interface',
      'Take a subnet out of a router',
      removeInterface,
    ),
  ];
}

async function subnetIdOf(
  region: Region,
  projectId: string,
  { subnet_id, port_id }: Body<typeof InterfaceRequest>,
): Promise<string> {
  if (subnet_id !== undefined) return subnet_id;
  const subnets = await listSubnets(region, projectId);
  const found = subnets.find((each) => interfacePortId(each) === port_id);
  if (found) return found.neutron_subnet_id;
  throw invalid(
    'subnet_id',
    'it is required, unless port_id is that of the gateway of a subnet in the router.',
  );
}

function render({ id, name, description, project_id, created_at, updated_at }: Vpc) {
  return {
    ...{ id, name, description, project_id, tenant_id: project_id, status: 'ACTIVE', admin_state_up: true },
    ...{ external_gateway_info: null, routes: [], distributed: false, ha: false, created_at, updated_at },
  };
}

function renderInterface(id: string, of: Subnet): unknown {
  const { neutron_subnet_id, project_id } = of;
  return {
    ...{ id, subnet_id: neutron_subnet_id, subnet_ids: [neutron_subnet_id] },
    ...{ port_id: interfacePortId(of), network_id: of.id, tenant_id: project_id, project_id },
  };
}
