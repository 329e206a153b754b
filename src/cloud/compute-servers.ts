/** Servers as clients of Compute make them (OpenStack 2.1): each is one that was declared, and runs at once. */
import { type Static, type TSchema, Type } from 'typebox';
import { invalid } from '../model/errors.ts';
import { orLeftOut } from '../model/field.ts';
import type { Call, Operation } from '../model/operation.ts';
import { described, named, strict } from '../model/schemas.ts';
import type { Region } from '../service/region.ts';
import {
  createServer,
  deleteServer,
  listServers,
  type ServerView,
  setServerState,
  showServer,
} from '../service/servers.ts';
import { AddressOfCloudServer, addressesOf, statusOf } from './cloud-servers.ts';
import { exactly, pageParameters, selected } from './selection.ts';

const group = 'Compute';
const path = '/v2.1/{project_id}';

const text = (description: string, example?: string) => described(description, Type.String(), example);
const ignored = (schema: TSchema) => orLeftOut(described('Accepted, and without effect.', schema));
const shortText = Type.String({ maxLength: 255 });

const Named = named('IdOfCompute', Type.Object({ id: text('Its id.') }));

const ComputeServer = named(
  'ComputeServer',
  Type.Object({
    id: text('Its id.'),
    name: text('Its name.', 'web-1'),
    status: text('ACTIVE, or SHUTOFF when it is stopped.', 'ACTIVE'),
    addresses: described(
      'Its addresses, by the id of its VPC.',
      Type.Record(Type.String(), Type.Array(AddressOfCloudServer)),
    ),
    image: described('Its image.', Named),
    flavor: described('Its flavor.', Named),
    key_name: text('The key pair; empty for none.', ''),
    tenant_id: text('The project.'),
    'OS-EXT-AZ:availability_zone': text('Its zone.', 'local-1a'),
    'OS-EXT-STS:vm_state': text('active or stopped.', 'active'),
    created: text(
      'When it was declared, UTC; 1970-01-01T00:00:00Z for one of the inventory.',
      '2026-01-31T09:30:00Z',
    ),
    updated: text('When it was last changed, UTC.', '2026-01-31T09:30:00Z'),
  }),
);

const NewComputeServer = strict({
  server: named(
    'CreateComputeServer',
    strict({
      name: described('Its name.', Type.String({ minLength: 1, maxLength: 128 }), 'web-1'),
      networks: described(
        'Where it gets an address each.',
        Type.Array(
          named(
            'NetworkOfComputeServer',
            strict({
              uuid: described('The network.', Type.String({ minLength: 1, maxLength: 36 })),
              fixed_ip: Type.Optional(
                described('The address; the lowest free one if not given.', Type.String({ maxLength: 45 })),
              ),
            }),
          ),
          { minItems: 1, maxItems: 16 },
        ),
      ),
      imageRef: orLeftOut(described('The image: noted.', shortText)),
      flavorRef: orLeftOut(described('The flavor: noted.', shortText)),
      key_name: orLeftOut(described('The key pair: noted.', shortText)),
      availability_zone: orLeftOut(described('Its zone.', shortText)),
      security_groups: ignored(Type.Array(Type.Unknown(), { maxItems: 64 })),
      metadata: ignored(Type.Object({})),
      user_data: ignored(Type.String({ maxLength: 65_536 })),
      config_drive: ignored(Type.Boolean()),
      adminPass: ignored(shortText),
      min_count: ignored(Type.Integer({ enum: [1] })),
      max_count: ignored(Type.Integer({ enum: [1] })),
      block_device_mapping_v2: ignored(Type.Array(Type.Unknown(), { maxItems: 64 })),
    }),
  ),
});

const anything = Type.Union([Type.Null(), Type.Object({})]);
const ServerAction = strict({
  'os-start': Type.Optional(described('Starts the server.', anything, null)),
  'os-stop': Type.Optional(described('Stops the server.', anything)),
});

export function computeServerOperations(region: Region): Operation[] {
  const common = { group, carriesRequestId: false } as const;
  const each = `${path}/servers/{server_id}`;
  const answer = Type.Object({ server: ComputeServer });
  const at = ({ params: { project_id = '', server_id = '' } }: Call) =>
    [new Set([project_id]), server_id] as const;
  const list = async ({ params: { project_id = '' }, query }: Call) => {
    const all = (await listServers(region, new Set([project_id]))).map((one) => render(one, project_id));
    const servers = selected(all, query, { name: ({ name }) => name, status: ({ status }) => status });
    return { body: { servers } };
  };
  const listed = {
    ...common,
    method: 'GET',
    query: {
      ...pageParameters,
      name: exactly('The servers with these names.'),
      status: exactly('ACTIVE or SHUTOFF.'),
    },
    answer: Type.Object({ servers: described('The servers.', Type.Array(ComputeServer)) }),
    status: 200,
    handle: list,
  } as const;
  return [
    {
      ...common,
      id: 'ComputeCreateServer',
      action: 'ecs:servers:create',
      actionScope: 'project',
      method: 'POST',
      path: `${path}/servers`,
      summary: 'Declare a server',
      body: NewComputeServer,
      answer,
      status: 202,
      handle: async ({ params: { project_id = '' }, body }) => {
        const { server: asked } = body as Static<typeof NewComputeServer>;
        const made = await createServer(region, project_id, {
          name: asked.name,
          availability_zone: asked.availability_zone ?? null,
          addresses: asked.networks.map(({ uuid, fixed_ip }) => ({
            subnet_id: uuid,
            ...(fixed_ip === undefined ? {} : { address: fixed_ip }),
          })),
          image_id: asked.imageRef ?? '',
          flavor_id: asked.flavorRef ?? '',
          key_name: asked.key_name ?? '',
        });
        return { body: { server: render(made, project_id) } };
      },
    },
    {
      ...listed,
      id: 'ComputeListServers',
      action: 'ecs:servers:list',
      path: `${path}/servers`,
      summary: 'List servers',
    },
    {
      ...listed,
      id: 'ComputeListServerDetails',
      action: 'ecs:servers:list',
      path: `${path}/servers/detail`,
      summary: 'List servers with all that is known of them',
    },
    {
      ...common,
      id: 'ComputeShowServer',
      action: 'ecs:servers:get',
      method: 'GET',
      path: each,
      summary: 'Show a server',
      answer,
      status: 200,
      handle: async (call) => ({
        body: { server: render(await showServer(region, ...at(call)), call.params['project_id'] ?? '') },
      }),
    },
    {
      ...common,
      id: 'ComputeChangeServerState',
      action: 'ecs:servers:update',
      actionScope: 'project',
      method: 'POST',
      path: `${each}/action`,
      summary: 'Start or stop a server',
      body: ServerAction,
      status: 202,
      handle: async (call) => {
        const [action, ...others] = Object.keys(call.body as object);
        if (action === undefined || others.length > 0) {
          throw invalid('body', 'it names no single action; expected os-start or os-stop.');
        }
        await setServerState(region, ...at(call), action === 'os-start' ? 'running' : 'stopped');
        return {};
      },
    },
    {
      ...common,
      id: 'ComputeDeleteServer',
      action: 'ecs:servers:delete',
      actionScope: 'project',
      method: 'DELETE',
      path: each,
      summary: 'Remove a server',
      status: 204,
      handle: async (call) => {
        await deleteServer(region, ...at(call));
        return {};
      },
    },
  ];
}

function render(view: ServerView, projectId: string) {
  const { server } = view;
  return {
    ...{ id: server.id, name: server.name, status: statusOf(server), addresses: addressesOf(view) },
    ...{ image: { id: server.image_id }, flavor: { id: server.flavor_id }, key_name: server.key_name },
    tenant_id: projectId,
    'OS-EXT-AZ:availability_zone': server.availability_zone,
    'OS-EXT-STS:vm_state': server.state === 'running' ? 'active' : 'stopped',
    ...{ created: server.created_at, updated: server.updated_at },
  };
}
