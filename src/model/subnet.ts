/** A subnet that was made through the API; those of the inventory are shown with the same fields. */
import { Type } from 'typebox';
import { field } from './field.ts';
import {
  NetworkName,
  networkDescription,
  networkIdentity,
  networkTags,
  networkTimestamps,
} from './network-fields.ts';
import { answerBody, createBody, type RecordOf, resource, updateBody } from './resource.ts';
import { described, Id, named, oneOf, strict } from './schemas.ts';

const AddressText = Type.String({ maxLength: 45 });

const text = (description: string) =>
  field(AddressText, description, {
    create: 'optional',
    update: 'mutable',
    nullable: true,
    default: '',
  });

const DhcpOption = named(
  'DhcpOption',
  strict({
    opt_name: described('Which option.', oneOf('ntp', 'addresstime', 'domainname', 'ipv6_addresstime')),
    opt_value: Type.Optional(described('Its value.', Type.String({ maxLength: 255 }), '24h')),
  }),
);

/**
 * Both halves of a subnet: the network, by which IPv6 addresses and backend subnets are named, and its IPv4 subnet. A
 * client of Neutron makes them one after the other, and then puts them into a VPC; until then they are empty texts.
 */
export const subnet = resource({
  name: 'subnet',
  plural: 'subnets',
  label: 'subnet',
  table: 'subnets',
  fields: {
    ...networkIdentity,
    name: field(NetworkName, 'A name, which need not be unique.', {
      create: 'required',
      update: 'mutable',
      example: 'subnet-web',
    }),
    ...networkDescription,
    cidr: field(AddressText, 'Its IPv4 network, within that of the VPC.', {
      create: 'required',
      example: '192.168.0.0/24',
    }),
    gateway_ip: field(AddressText, 'The gateway of that network; its first address unless told otherwise.', {
      create: 'optional',
      nullable: true,
      example: '192.168.0.1',
    }),
    vpc_id: field(Id, 'The VPC.', { create: 'required' }),
    dhcp_enable: field(Type.Boolean(), 'Noted: there is nobody to give addresses to.', {
      create: 'optional',
      update: 'mutable',
      nullable: true,
      default: true,
    }),
    primary_dns: text('A name server: noted.'),
    secondary_dns: text('Another name server: noted.'),
    dnsList: field(Type.Array(AddressText, { maxItems: 5 }), 'Name servers: noted.', {
      create: 'optional',
      update: 'mutable',
      nullable: true,
      default: [],
    }),
    availability_zone: field(Type.String(), 'The zone; the first of the region unless told otherwise.', {
      create: 'optional',
      nullable: true,
      default: '',
    }),
    ipv6_enable: field(Type.Boolean(), 'Whether it has an IPv6 network too; it keeps one that it has.', {
      create: 'optional',
      update: 'mutable',
      nullable: true,
      default: false,
    }),
    cidr_v6: field(Type.String(), 'That network, which the region chooses; empty for none.', { default: '' }),
    gateway_ip_v6: field(Type.String(), 'The gateway of that network; empty for none.', { default: '' }),
    neutron_subnet_id: field(Type.String(), 'The id that vip_subnet_cidr_id and subnet_cidr_id take.'),
    extra_dhcp_opts: field(Type.Array(DhcpOption, { maxItems: 8 }), 'Options of DHCP: noted.', {
      create: 'optional',
      update: 'mutable',
      nullable: true,
      default: [],
    }),
    neutron_name: field(Type.String(), 'The name of the IPv4 subnet, where a client of Neutron gave one.', {
      default: '',
      answered: false,
    }),
    ...networkTags,
    ...networkTimestamps,
  },
});

export type Subnet = RecordOf<(typeof subnet)['fields']>;

/** The body of a create request. */
export const NewSubnet = strict({ subnet: named('CreateSubnet', createBody(subnet)) });

/** The body of an update request. */
export const ChangedSubnet = strict({ subnet: named('UpdateSubnet', updateBody(subnet)) });

/** A subnet as answered; clients place VIPs and members by `neutron_subnet_id`, and backend networks by `id`. */
export const ShownSubnet = named(
  'Subnet',
  Type.Object({
    ...answerBody(subnet).properties,
    status: described('Always ACTIVE.', Type.String(), 'ACTIVE'),
    neutron_network_id: described('The same as the id.', Type.String()),
    neutron_subnet_id_v6: described('The id of its IPv6 network; empty for none.', Type.String(), ''),
    tenant_id: described('The project that it was asked for in.', Type.String()),
  }),
);
