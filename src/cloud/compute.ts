/**
 * Servers as clients of Compute make them (OpenStack 2.1): each is one that was declared, and runs at once. Images,
 * flavors and key pairs are names here: there is no machine to make of them.
 */
import { type Static, type TSchema, Type } from 'typebox';
import { invalid } from '../model/errors.ts';
import { orLeftOut } from '../model/field.ts';
import type { Call, Operation } from '../model/operation.ts';
import { described, named, strict } from '../model/schemas.ts';
import { derivedId } from '../service/derived-id.ts';
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

const Image = named(
  'Image',
  Type.Object({
    id: text('Its id.'),
    name: text('Its name: any that is asked for.', 'Standard_Debian_10_latest'),
    status: text('Always ACTIVE.', 'ACTIVE'),
  }),
);

const ComputeFlavor = named(
  'ComputeFlavor',
  Type.Object({
    id: text('Its id.', 's2.medium.1'),
    name: text('Its name.', 's2.medium.1'),
    vcpus: described('Its processors.', Type.Integer()),
    ram: described('Its memory, MiB.', Type.Integer(), 1024),
    disk: described('Its disk, GiB.', Type.Integer(), 0),
    'os-flavor-access:is_public': described('Always true.', Type.Boolean()),
  }),
);

const KeyPair = named(
  'KeyPair',
  Type.Object({
    name: text('Its name.', 'key'),
    fingerprint: text('Made from its name.'),
    public_key: text('As it was given; empty for none.', ''),
    private_key: text('Empty: there is nothing to log in to.', ''),
    user_id: text('Who made it.'),
  }),
);

const NewKeyPair = strict({
  keypair: named(
    'CreateKeyPair',
    strict({
      name: described('Its name.', Type.String({ minLength: 1, maxLength: 255 }), 'key'),
      public_key: orLeftOut(described('The key.', Type.String({ maxLength: 16_384 }))),
      type: orLeftOut(described('The kind of key.', Type.String({ maxLength: 16 }))),
    }),
  ),
});

const Zone = named(
  'ComputeZone',
  Type.Object({
    zoneName: text('The zone.', 'local-1a'),
    zoneState: described(
      'Whether it can be used.',
      named('ZoneState', Type.Object({ available: described('Always true.', Type.Boolean()) })),
    ),
    hosts: described('Always null.', Type.Null(), null),
  }),
);

const flavors = [
  { id: 's2.medium.1', vcpus: 1, ram: 1024 },
  { id: 's2.large.2', vcpus: 2, ram: 4096 },
  { id: 's2.xlarge.2', vcpus: 4, ram: 8192 },
];

export function computeOperations(region: Region): Operation[] {
  return [...serverOperations(region), ...choiceOperations(region)];
}

function serverOperations(region: Region): Operation[] {
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
      action: 'ecs:cloudServers:create',
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
      action: 'ecs:servers:list',
      id: 'ComputeListServers',
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
      action: 'ecs:cloudServers:action',
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
      action: 'ecs:cloudServers:delete',
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

/** What a client chooses from before it makes a server. */
function choiceOperations(region: Region): Operation[] {
  const common = { group, carriesRequestId: false } as const;
  const imageQuery = { name: { schema: Type.String(), arity: 'one', description: 'The name.' } } as const;
  const imagesIn = ({ query }: Call) => {
    const name = query.get('name') || 'Standard_Debian_10_latest';
    return { body: { images: [{ id: derivedId(`image ${name}`), name, status: 'ACTIVE' }] } };
  };
  const images = {
    ...common,
    method: 'GET',
    query: imageQuery,
    answer: Type.Object({ images: described('The image.', Type.Array(Image)) }),
    status: 200,
    handle: async (call: Call) => imagesIn(call),
  } as const;
  return [
    {
      ...images,
      action: 'ims:images:list',
      id: 'ListImages',
      path: `${path}/images`,
      summary: 'Find an image, whatever its name',
    },
    {
      ...images,
      id: 'ListImageDetails',
      action: 'ims:images:list',
      path: `${path}/images/detail`,
      summary: 'Find an image with all that is known of it, whatever its name',
    },
    {
      ...common,
      id: 'ComputeListFlavorDetails',
      action: 'ecs:flavors:get',
      method: 'GET',
      path: `${path}/flavors/detail`,
      summary: 'List the flavors that servers may be noted with',
      answer: Type.Object({ flavors: described('The flavors.', Type.Array(ComputeFlavor)) }),
      status: 200,
      handle: async () => ({
        body: {
          flavors: flavors.map((each) => ({
            ...each,
            name: each.id,
            disk: 0,
            'os-flavor-access:is_public': true,
          })),
        },
      }),
    },
    {
      ...common,
      id: 'CreateKeyPair',
      action: 'ecs:serverKeypairs:create',
      actionScope: 'project',
      method: 'POST',
      path: `${path}/os-keypairs`,
      summary: 'Answer a key pair as if it were kept',
      body: NewKeyPair,
      bodyOptions: { secret: true },
      answer: Type.Object({ keypair: KeyPair }),
      status: 200,
      handle: async ({ body, caller }) => {
        const { name, public_key } = (body as Static<typeof NewKeyPair>).keypair;
        const fingerprint = derivedId(`key ${name}`)
          .replaceAll('-', '')
          .replaceAll(/(..)(?=.)/g, '$1:');
        const keypair = { name, fingerprint, public_key: public_key ?? '', private_key: '' };
        return { body: { keypair: { ...keypair, user_id: caller.userId } } };
      },
    },
    {
      ...common,
      id: 'DeleteKeyPair',
      action: 'ecs:serverKeypairs:delete',
      actionScope: 'project',
      method: 'DELETE',
      path: `${path}/os-keypairs/{keypair_name}`,
      summary: 'Forget a key pair',
      status: 202,
      handle: async () => ({}),
    },
    {
      ...common,
      id: 'ComputeListAvailabilityZones',
      action: 'ecs:availabilityZones:list',
      method: 'GET',
      path: `${path}/os-availability-zone`,
      summary: 'List the zones',
      answer: Type.Object({ availabilityZoneInfo: described('The zones.', Type.Array(Zone)) }),
      status: 200,
      handle: async () => ({
        body: {
          availabilityZoneInfo: region.inventory.availabilityZones.map((zoneName) => ({
            zoneName,
            zoneState: { available: true },
            hosts: null,
          })),
        },
      }),
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
