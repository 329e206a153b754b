/** The public IP of a load balancer, as answered and as asked for (rules digest 2.1.1 and 2.1.2). */
import { Type } from 'typebox';
import { orNull } from './field.ts';
import { described, integer, named, oneOf, strict } from './schemas.ts';

const family = described('4 or 6.', Type.Integer(), 4);

export const PublicIp = named(
  'PublicIp',
  Type.Object({
    publicip_id: described('Its id.', Type.String()),
    publicip_address: described('The address.', Type.String(), '203.0.113.10'),
    ip_version: family,
  }),
);
/** The same under its older names. */
export const Eip = named(
  'Eip',
  Type.Object({
    eip_id: described('Its id.', Type.String()),
    eip_address: described('The address.', Type.String(), '203.0.113.10'),
    ip_version: family,
  }),
);

const order = described(
  'The order of one that is paid in advance: noted.',
  orNull(Type.String({ maxLength: 1024 })),
);

const Bandwidth = named(
  'NewBandwidth',
  strict({
    name: Type.Optional(
      described('A name.', orNull(Type.String({ maxLength: 64, pattern: '^[\\p{L}\\p{Nd}_.-]*$' }))),
    ),
    size: Type.Optional(described('Mbit a second.', orNull(integer(0, 99999)))),
    charge_mode: Type.Optional(
      described('Whether its size or its use is billed.', orNull(oneOf('bandwidth', 'traffic'))),
    ),
    share_type: Type.Optional(
      described('Whether it is for this address alone or shared.', orNull(oneOf('PER', 'WHOLE'))),
    ),
    billing_info: Type.Optional(order),
    id: Type.Optional(described('A shared bandwidth that is there.', orNull(Type.String({ maxLength: 36 })))),
  }),
);

/** A public IP to make, with the bandwidth it shares or gets. */
export const NewPublicIp = named(
  'NewPublicIp',
  strict({
    ip_version: Type.Optional(
      described('4 or 6; 4 unless told otherwise.', orNull(Type.Integer({ enum: [4, 6] }))),
    ),
    network_type: described('The kind of line.', Type.String({ minLength: 1, maxLength: 36 }), '5_bgp'),
    billing_info: Type.Optional(order),
    description: Type.Optional(
      described('Whatever the owner wants to note.', orNull(Type.String({ maxLength: 255 }))),
    ),
    bandwidth: described('Its bandwidth.', Bandwidth),
  }),
);
