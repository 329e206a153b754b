/** A server that was declared through the API; those of the inventory are shown with the same fields. */
import { Type } from 'typebox';
import { field } from './field.ts';
import { networkTimestamps } from './network-fields.ts';
import { createBody, type RecordOf, resource } from './resource.ts';
import { described, Id, named, oneOf, strict } from './schemas.ts';

const Address = Type.String({ minLength: 1, maxLength: 45 });

/** The most addresses that a server has. */
const maxAddresses = 16;

const subnetId = described(
  'The subnet, by its id or its neutron_subnet_id.',
  Type.String({ minLength: 1, maxLength: 36 }),
);

const ServerAddress = named(
  'ServerAddress',
  Type.Object({
    subnet_id: described('The network that the address is in.', Type.String()),
    address: described('The address.', Type.String(), '192.168.0.10'),
    port_id: described('The port by which the server has it.', Type.String()),
  }),
);

const NewServerAddress = named(
  'NewServerAddress',
  strict({
    subnet_id: subnetId,
    address: Type.Optional(
      described('The address; the lowest free one of the subnet if not given.', Address, '192.168.0.10'),
    ),
  }),
);

/** Whether a server runs: a member whose server is stopped gets no traffic. */
const serverStates = ['running', 'stopped'] as const;

export const server = resource({
  name: 'server',
  plural: 'servers',
  label: 'server',
  table: 'servers',
  fields: {
    id: field(Id, 'Its id, which is the instance_id of its members.'),
    project_id: field(
      Type.String({ maxLength: 32 }),
      'The project that has it; empty for one of the inventory that all may use.',
      {
        create: 'optional',
      },
    ),
    name: field(Type.String({ minLength: 1, maxLength: 128 }), 'A name, which need not be unique.', {
      create: 'required',
      example: 'web-1',
    }),
    availability_zone: field(Type.String(), 'Its zone; that of its first subnet unless told otherwise.', {
      create: 'optional',
      nullable: true,
      default: '',
    }),
    state: field(oneOf(...serverStates), 'Whether it runs: the member of a stopped server gets no traffic.', {
      create: 'optional',
      default: 'running',
    }),
    addresses: field(Type.Array(ServerAddress), 'Its addresses, each in a subnet of one VPC.', {
      input: Type.Array(NewServerAddress, { minItems: 1, maxItems: maxAddresses }),
      create: 'required',
      computed: true,
    }),
    vpc_id: field(Id, 'The VPC of its subnets.'),
    image_id: field(Type.String(), 'The image, as a client of Compute gave it.', {
      default: '',
      answered: false,
    }),
    flavor_id: field(Type.String(), 'The flavor, as a client of Compute gave it.', {
      default: '',
      answered: false,
    }),
    key_name: field(Type.String(), 'The key pair, as a client of Compute gave it.', {
      default: '',
      answered: false,
    }),
    ...networkTimestamps,
  },
});

export type Server = RecordOf<(typeof server)['fields']>;

/** The body of a create request. */
export const NewServer = strict({ server: named('CreateServer', createBody(server)) });
