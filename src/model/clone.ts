/** Copies of load balancers and of listeners, with all that belongs to them (rules digest 2.1.7 and 2.2.5, clone). */
import { type Static, Type } from 'typebox';
import { orLeftOut } from './field.ts';
import { PortRange } from './listener-objects.ts';
import { described, Id, integer, Name, named, strict } from './schemas.ts';

const FlavorId = Type.String({ maxLength: 255 });
const Address = Type.String({ minLength: 1, maxLength: 64 });
const reuse_pool = orLeftOut(described('Whether the copies use the same pools.', Type.Boolean()));

export const LoadBalancerClone = strict({
  count: orLeftOut(described('How many copies; 1 unless told otherwise.', integer(1, 10), 1)),
  target_loadbalancer_param: described(
    'What the copies have of their own.',
    named(
      'LoadBalancerCloneTarget',
      strict({
        name: orLeftOut(described('A name; the same with -copy if not given.', Name, 'web-copy')),
        availability_zone_list: orLeftOut(
          described(
            'The zones.',
            Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { minItems: 1, maxItems: 64 }),
          ),
        ),
        vip_subnet_cidr_id: orLeftOut(described('The IPv4 subnet.', Id)),
        vip_address: orLeftOut(described('The IPv4 address.', Address)),
        ipv6_vip_virsubnet_id: orLeftOut(described('The network of the IPv6 address.', Id)),
        ipv6_vip_address: orLeftOut(described('The IPv6 address.', Address)),
        elb_virsubnet_ids: orLeftOut(
          described('The networks that source addresses are from.', Type.Array(Id, { maxItems: 64 })),
        ),
        l4_flavor_id: orLeftOut(described('The flavor for TCP and UDP.', FlavorId)),
        l7_flavor_id: orLeftOut(described('The flavor for HTTP.', FlavorId)),
        enterprise_project_id: orLeftOut(described('The enterprise project.', Type.String())),
        reuse_pool,
        guaranteed: orLeftOut(described('Whether they are dedicated.', Type.Boolean())),
      }),
    ),
  ),
});

export type LoadBalancerClone = Static<typeof LoadBalancerClone>;

export const ListenerClone = strict({
  target_listener_params: described(
    'The copies.',
    Type.Array(
      named(
        'ListenerCloneTarget',
        strict({
          name: orLeftOut(described('A name; the same with -copy if not given.', Name, 'web-copy')),
          loadbalancer_id: described('The load balancer of the copy.', Id),
          protocol_port: orLeftOut(described('The port; 0 with port_ranges.', integer(0, 65535), 81)),
          port_ranges: orLeftOut(described('The ports.', Type.Array(PortRange, { maxItems: 10 }))),
          reuse_pool,
          // Accepted as the cloud does, which says of it that it does nothing.
          subnet_mapping_list: orLeftOut(
            described(
              'Without effect.',
              Type.Array(
                strict({
                  subnet_cidr_id: described('A subnet.', Id),
                  dst_subnet_cidr_id: described('Another.', Id),
                }),
                { maxItems: 100 },
              ),
            ),
          ),
        }),
      ),
      { minItems: 1, maxItems: 10 },
    ),
  ),
});

export type ListenerTarget = Static<typeof ListenerClone>['target_listener_params'][number];

/** A listener that was made, as the answer tells of it. */
export const ClonedListener = named(
  'ClonedListener',
  Type.Object({
    id: described('Its id.', Id),
    loadbalancer_id: described('Its load balancer.', Id),
    protocol_port: described('Its port; 0 with port_ranges.', Type.Integer(), 81),
    port_ranges: described('Its ports.', Type.Array(PortRange), []),
  }),
);

/** A name with a suffix, cut so that both fit into a name. */
export function suffixed(name: string, suffix: string): string {
  return [...name].slice(0, 255 - suffix.length).join('') + suffix;
}
