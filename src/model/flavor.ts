/** A flavor: the capacity that a load balancer would be bought with (rules digest 3.8). */
import { Type } from 'typebox';
import { field } from './field.ts';
import { type RecordOf, resource } from './resource.ts';
import { Id, named, oneOf } from './schemas.ts';

const FlavorInfo = named(
  'FlavorInfo',
  Type.Object({
    connection: Type.Integer({ description: 'Concurrent connections.' }),
    cps: Type.Integer({ description: 'New connections a second.' }),
    qps: Type.Optional(Type.Integer({ description: 'Requests a second; L7 only.' })),
    https_cps: Type.Optional(Type.Integer({ description: 'New HTTPS connections a second; L7 only.' })),
    tls_connection: Type.Optional(
      Type.Integer({ description: 'Of TLS listeners: absent, none is documented.' }),
    ),
    tls_cps: Type.Optional(Type.Integer({ description: 'Of TLS listeners: absent, none is documented.' })),
    bandwidth: Type.Integer({ description: 'Kbit a second.' }),
    lcu: Type.Optional(Type.Integer({ description: 'Capacity units; by use for elastic flavors.' })),
  }),
);

/** Flavors are described as resources are, but for their table: they are the same in every store. */
export const flavor = resource({
  name: 'flavor',
  plural: 'flavors',
  label: 'flavor',
  table: '',
  fields: {
    id: field(Id, 'The flavor’s id, the same in every Elbow.', { filter: 'many' }),
    name: field(Type.String(), 'The name that the cloud gives it.', { filter: 'many' }),
    type: field(oneOf('L4', 'L7', 'L4_elastic_max', 'L7_elastic_max'), 'For which listeners, and how.', {
      filter: 'many',
    }),
    info: field(FlavorInfo, 'Its capacity.'),
    shared: field(Type.Boolean(), 'Always true: every project may use it.', { filter: 'one' }),
    project_id: field(Type.String(), 'The project that asks.'),
    flavor_sold_out: field(Type.Boolean(), 'Always false.', { filter: 'one' }),
    public_border_group: field(Type.String(), 'The site: center.', { filter: 'many' }),
    category: field(Type.Integer(), 'The kind of the site: 0, a center.', { filter: 'many' }),
  },
});

export type Flavor = RecordOf<(typeof flavor)['fields']>;

type Offer = Pick<Flavor, 'name' | 'type' | 'info'>;

/** A capacity of the cloud's tables, with its bandwidth in Mbit/s; elastic ones have no fixed units. */
function l4(size: string, connection: number, cps: number, megabits: number, lcu: number | null): Offer {
  return {
    name: `L4_flavor.elb.${size}`,
    type: lcu === null ? 'L4_elastic_max' : 'L4',
    info: { connection, cps, bandwidth: megabits * 1000, ...(lcu === null ? {} : { lcu }) },
  };
}

function l7(
  size: string,
  connection: number,
  [cps, https_cps, qps]: readonly [number, number, number],
  megabits: number,
  lcu: number | null,
): Offer {
  return {
    name: `L7_flavor.elb.${size}`,
    type: lcu === null ? 'L7_elastic_max' : 'L7',
    info: { connection, cps, qps, https_cps, bandwidth: megabits * 1000, ...(lcu === null ? {} : { lcu }) },
  };
}

/** The flavors whose capacities the cloud documents. */
export const offers: readonly Offer[] = [
  l4('s1.small', 500_000, 10_000, 50, 10),
  l4('s2.small', 1_000_000, 20_000, 100, 20),
  l4('s1.medium', 2_000_000, 40_000, 200, 40),
  l4('s2.medium', 4_000_000, 80_000, 400, 80),
  l4('s1.large', 10_000_000, 200_000, 1_000, 200),
  l4('s2.large', 20_000_000, 400_000, 2_000, 400),
  l4('pro.max', 20_000_000, 400_000, 10_000, null),
  l7('s1.small', 200_000, [2_000, 200, 4_000], 50, 10),
  l7('s2.small', 400_000, [4_000, 400, 8_000], 100, 20),
  l7('s1.medium', 800_000, [8_000, 800, 16_000], 200, 40),
  l7('s2.medium', 2_000_000, [20_000, 2_000, 40_000], 400, 100),
  l7('s1.large', 4_000_000, [40_000, 4_000, 80_000], 1_000, 200),
  l7('s2.large', 8_000_000, [80_000, 8_000, 160_000], 2_000, 400),
  l7('pro.max', 8_000_000, [80_000, 80_000, 160_000], 10_000, null),
];
