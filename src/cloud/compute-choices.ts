/**
 * What clients of Compute choose from before they make a server: images, flavors, key pairs and zones. All but the zones
 * are names here: there is no machine to make of them.
 */
import { type Static, Type } from 'typebox';
import { orLeftOut } from '../model/field.ts';
import type { Call, Operation } from '../model/operation.ts';
import { described, named, strict } from '../model/schemas.ts';
import { derivedId } from '../service/derived-id.ts';
import type { Region } from '../service/region.ts';

const group = 'Compute';
const path = '/v2.1/{project_id}';

const text = (description: string, example?: string) => described(description, Type.String(), example);

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

export function computeChoiceOperations(region: Region): Operation[] {
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
      id: 'ListImages',
      action: 'ecs:images:list',
      path: `${path}/images`,
      summary: 'Find an image, whatever its name',
    },
    {
      ...images,
      id: 'ListImageDetails',
      action: 'ecs:images:list',
      path: `${path}/images/detail`,
      summary: 'Find an image with all that is known of it, whatever its name',
    },
    {
      ...common,
      id: 'ComputeListFlavorDetails',
      action: 'ecs:flavors:list',
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
