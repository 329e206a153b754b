/** VPCs, as clients of versions 1 and 3 of the API of networks call them. */
import { type Static, type TSchema, Type } from 'typebox';
import type { Call, Operation } from '../model/operation.ts';
import { immutableFields } from '../model/resource.ts';
import { described } from '../model/schemas.ts';
import { ChangedVpc, NewVpc, ShownVpc, ShownVpcV3, type Vpc, vpc } from '../model/vpc.ts';
import { listSubnets } from '../service/networks/subnets.ts';
import { createVpc, deleteVpc, listVpcs, showVpc, updateVpc } from '../service/networks/vpcs.ts';
import type { Region } from '../service/region.ts';
import { exactly, pageParameters, selected } from './selection.ts';

const group = 'Networks';

const query = {
  ...pageParameters,
  id: exactly('The VPCs with these ids.'),
  name: exactly('Those with these names.'),
  enterprise_project_id: exactly('Those of these enterprise projects.'),
};

const filters = {
  id: ({ id }: Vpc) => id,
  name: ({ name }: Vpc) => name,
  enterprise_project_id: ({ enterprise_project_id }: Vpc) => enterprise_project_id,
};

/** How a version of the API shows VPCs. */
interface Version {
  /** What the names of its operations end in. */
  readonly suffix: string;
  readonly path: string;
  readonly created: number;
  readonly shown: TSchema;
  /** The VPCs of one project, as the version shows them. */
  readonly render: (region: Region, projectId: string, of: readonly Vpc[]) => Promise<unknown[]>;
}

const versions: readonly Version[] = [
  {
    suffix: '',
    path: '/v1/{project_id}/vpcs',
    created: 200,
    shown: ShownVpc,
    render: async (_, __, of) => of.map(renderVpc),
  },
  {
    suffix: 'V3',
    path: '/v3/{project_id}/vpc/vpcs',
    created: 201,
    shown: ShownVpcV3,
    render: renderVpcsV3,
  },
];

export function vpcOperations(region: Region): Operation[] {
  return versions.flatMap((version) => operationsOf(region, version));
}

function operationsOf(region: Region, { suffix, path, created, shown, render }: Version): Operation[] {
  const common = { group, carriesRequestId: false } as const;
  const each = `${path}/{vpc_id}`;
  const answer = Type.Object({ vpc: shown });
  const at = ({ params: { project_id = '', vpc_id = '' } }: Call) => [project_id, vpc_id] as const;
  const body = async (of: Vpc) => {
    const [one] = await render(region, of.project_id, [of]);
    return { body: { vpc: one } };
  };
  return [
    {
      ...common,
      id: `CreateVpc${suffix}`,
      action: 'vpc:vpcs:create',
      actionScope: 'project',
      method: 'POST',
      path,
      summary: 'Create a VPC',
      body: NewVpc,
      answer,
      status: created,
      handle: async (call) =>
        body(await createVpc(region, at(call)[0], (call.body as Static<typeof NewVpc>).vpc)),
    },
    {
      ...common,
      id: `ListVpcs${suffix}`,
      action: 'vpc:vpcs:list',
      method: 'GET',
      path,
      summary: 'List VPCs',
      query,
      answer: Type.Object({ vpcs: described('The VPCs.', Type.Array(shown)) }),
      status: 200,
      handle: async (call) => {
        const [projectId] = at(call);
        const found = selected(await listVpcs(region, projectId), call.query, filters);
        return { body: { vpcs: await render(region, projectId, found) } };
      },
    },
    {
      ...common,
      id: `ShowVpc${suffix}`,
      action: 'vpc:vpcs:get',
      method: 'GET',
      path: each,
      summary: 'Show a VPC',
      answer,
      status: 200,
      handle: async (call) => body(await showVpc(region, ...at(call))),
    },
    {
      ...common,
      id: `UpdateVpc${suffix}`,
      action: 'vpc:vpcs:update',
      actionScope: 'project',
      method: 'PUT',
      path: each,
      summary: 'Change a VPC',
      body: ChangedVpc,
      bodyOptions: { immutable: { vpc: immutableFields(vpc) } },
      answer,
      status: 200,
      handle: async (call) =>
        body(await updateVpc(region, ...at(call), (call.body as Static<typeof ChangedVpc>).vpc)),
    },
    {
      ...common,
      id: `DeleteVpc${suffix}`,
      action: 'vpc:vpcs:delete',
      actionScope: 'project',
      method: 'DELETE',
      path: each,
      summary: 'Delete a VPC that nothing uses',
      status: 204,
      handle: async (call) => {
        await deleteVpc(region, ...at(call));
        return {};
      },
    },
  ];
}

function renderVpc({ project_id, tags: _, ...shown }: Vpc): unknown {
  return { ...shown, status: 'OK', tenant_id: project_id, routes: [] };
}

async function renderVpcsV3(region: Region, projectId: string, of: readonly Vpc[]): Promise<unknown[]> {
  const subnets = await listSubnets(region, projectId);
  return of.map((each) => ({
    ...each,
    status: 'ACTIVE',
    extend_cidrs: [],
    cloud_resources: [
      {
        resource_type: 'virsubnet',
        resource_count: subnets.filter(({ vpc_id }) => vpc_id === each.id).length,
      },
    ],
  }));
}
