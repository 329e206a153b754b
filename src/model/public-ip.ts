/** Public IPs: those that a region has, and that of a load balancer as answered and asked for (2.1.1 and 2.1.2). */
import { type Static, Type } from 'typebox';
import { invalid } from './errors.ts';
import { field, orNull } from './field.ts';
import { type RecordOf, resource } from './resource.ts';
import { described, Id, integer, named, oneOf, spelled, strict, Timestamp } from './schemas.ts';

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

export const GlobalEip = named(
  'GlobalEip',
  Type.Object({
    global_eip_id: described('Its id.', Type.String()),
    global_eip_address: described('The address.', Type.String()),
    ip_version: family,
  }),
);

const order = described(
  'The order of one that is paid in advance: noted.',
  orNull(Type.String({ maxLength: 1024 })),
);

/** The bandwidth of a public IP to make. */
export const NewBandwidth = named(
  'NewBandwidth',
  strict({
    name: Type.Optional(
      described(
        'A name.',
        orNull(
          spelled(
            'letters, digits, "_", "." and "-"',
            Type.String({ maxLength: 64, pattern: '^[\\p{L}\\p{Nd}_.-]*$' }),
          ),
        ),
      ),
    ),
    size: Type.Optional(described('Mbit a second.', orNull(integer(1, 2000)))),
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
    bandwidth: described('Its bandwidth.', NewBandwidth),
  }),
);

export type NewPublicIp = Static<typeof NewPublicIp>;

/** A public IP that a project has, with the field names of the API of networks (VPC v1). */
export const publicIp = resource({
  name: 'publicip',
  plural: 'publicips',
  label: 'publicip',
  table: 'publicips',
  fields: {
    id: field(Id, 'Its id.'),
    project_id: field(Type.String(), 'The project that has it.', { answered: false }),
    enterprise_project_id: field(
      Type.String(),
      'The enterprise project of the load balancer it was made for.',
    ),
    public_ip_address: field(Type.String(), 'The address.'),
    ip_version: field(Type.Integer(), '4 or 6.'),
    type: field(Type.String(), 'The network it is of, as 5_bgp.'),
    bandwidth_id: field(Type.String(), 'The bandwidth it has, or shares with others.'),
    bandwidth_name: field(Type.String(), 'The name of the bandwidth.'),
    bandwidth_size: field(
      Type.Integer(),
      'Mbit/s as asked for; 0 when nobody said. Nothing is limited by it.',
    ),
    bandwidth_share_type: field(oneOf('PER', 'WHOLE'), 'WHOLE when it is shared.'),
    bandwidth_charge_mode: field(oneOf('bandwidth', 'traffic'), 'How it would be billed.'),
    billing_info: field(orNull(Type.String()), 'Empty or null: pay per use.'),
    loadbalancer_id: field(orNull(Id), 'The load balancer it is bound to; null when it is free.', {
      answered: false,
    }),
    create_time: field(Timestamp, 'When the project got it, UTC.'),
  },
});

export type PublicIpRecord = RecordOf<(typeof publicIp)['fields']>;

/**
 * Checks the bandwidth of a public IP to make.
 *
 * @param path how messages name the bandwidth
 * @throws Refusal
 */
export function checkBandwidth(
  { ip_version, bandwidth }: Pick<NewPublicIp, 'ip_version' | 'bandwidth'>,
  path: string,
): void {
  const { id, name, size, charge_mode, share_type } = bandwidth;
  if (ip_version === 6 && (id || share_type === 'WHOLE')) {
    throw invalid(`${path}.share_type`, 'an IPv6 address cannot share a bandwidth; use PER, without an id.');
  }
  // What a shared bandwidth is, it is already.
  if (id) return;
  if (share_type === 'WHOLE') throw invalid(`${path}.id`, 'it is required when share_type is WHOLE.');
  for (const [key, value] of Object.entries({ size, charge_mode, share_type, name })) {
    if (value === undefined || value === null || value === '') {
      throw invalid(`${path}.${key}`, 'it is required without the id of a shared bandwidth.');
    }
  }
  if (size && size % stepOf(size) !== 0) {
    throw invalid(
      `${path}.size`,
      `got ${size}, expected a multiple of ${stepOf(size)}: steps are 1 up to 300, 50 up to 1000, and then 500.`,
    );
  }
}

function stepOf(size: number): number {
  if (size <= 300) return 1;
  return size <= 1000 ? 50 : 500;
}
