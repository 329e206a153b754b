/** A port: the addresses that a server has in a network, or that are kept for something yet to come. */
import { Type } from 'typebox';
import { field, orNull } from './field.ts';
import { NetworkName, networkIdentity, networkTimestamps } from './network-fields.ts';
import { type RecordOf, resource } from './resource.ts';
import { Id } from './schemas.ts';

export const port = resource({
  name: 'port',
  plural: 'ports',
  label: 'port',
  table: 'ports',
  fields: {
    ...networkIdentity,
    name: field(NetworkName, 'A name, which need not be unique.', { default: '' }),
    network_id: field(Id, 'The network that its addresses are in.'),
    ipv4_address: field(orNull(Type.String()), 'Its IPv4 address; null for none.'),
    ipv6_address: field(orNull(Type.String()), 'Its IPv6 address; null for none.'),
    device_id: field(Type.String(), 'The server that has it; empty for none.', { default: '' }),
    device_owner: field(Type.String(), 'The kind of what has it; empty for nothing.', { default: '' }),
    ...networkTimestamps,
  },
});

export type Port = RecordOf<(typeof port)['fields']>;
