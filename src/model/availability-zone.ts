/** An availability zone, as load balancers are placed in it (rules digest 3.9). */
import { type Static, Type } from 'typebox';
import { described, named, oneOf, strict } from './schemas.ts';

export const AvailabilityZone = named(
  'AvailabilityZone',
  Type.Object({
    code: Type.String({ description: 'Its name, as availability_zone_list has it.' }),
    state: Type.String({ description: 'Always ACTIVE.' }),
    protocol: Type.Array(oneOf('L4', 'L7'), { description: 'The kinds of listeners it serves: all.' }),
    public_border_group: Type.String({ description: 'The site: center.' }),
    spec_code: Type.Optional(Type.String({ description: 'The resources of an edge site: absent.' })),
    category: Type.Integer({ description: 'The kind of the site: 0, a center.' }),
  }),
);

export type AvailabilityZone = Static<typeof AvailabilityZone>;

/** The zones that a load balancer is to be in besides those it has, or is to leave. */
export const ZoneChange = strict({
  availability_zone_list: described(
    'The zones.',
    Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { minItems: 1, maxItems: 64 }),
    ['local-1b'],
  ),
});
