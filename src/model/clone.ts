/** Copies of load balancers and of listeners, with all that belongs to them (rules digest 2.1.7 and 2.2.5, clone). */
import { type Static, Type } from 'typebox';
import { orLeftOut } from './field.ts';
import { PortRange } from './listener-objects.ts';
import { described, Id, integer, Name, named, strict } from './schemas.ts';

const FlavorId = Type.String({ maxLength: 255 });
const Address = Type.String({ minLength: 1, maxLength: 64 });
const Zones = Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { minItems: 1, maxItems: 64 });

const SubnetMapping = named(
  'SubnetMapping',
  strict({
    subnet_cidr_id: described('A subnet of the source.', Id),
    dst_subnet_cidr_id: described('That of the copy.', Id),
  }),
);

/** What the pools of a copy are. */
const reusePool = orLeftOut(
  described('Whether it uses the pools of the source instead of copies of them.', Type.Boolean()),
);

export const LoadBalancerClone = strict({
  count: orLeftOut(described('How many copies; 1 unless told otherwise.', integer(1, 10), 2)),
  target_loadbalancer_param: described(
    'What the copies have of their own; all else is as the source has it.',
    named(
      'CloneOfLoadBalancer',
      strict({
        name: orLeftOut(
          described('Their name; that of the source with -copy- and a number if not given.', Name, 'web-2'),
        ),
        availability_zone_list: orLeftOut(described('Their zones.', Zones)),
        vip_subnet_cidr_id: orLeftOut(described('The IPv4 subnet of their addresses, in the same VPC.', Id)),
        vip_address: orLeftOut(described('The IPv4 address; a free one if not given.', Address)),
        ipv6_vip_virsubnet_id: orLeftOut(described('The network of their IPv6 addresses.', Id)),
        ipv6_vip_address: orLeftOut(described('The IPv6 address; a free one if not given.', Address)),
        elb_virsubnet_ids: orLeftOut(
          described('The networks they take source addresses from.', Type.Array(Id, { maxItems: 64 })),
        ),
        l4_flavor_id: orLeftOut(described('The flavor for TCP and UDP.', FlavorId)),
        l7_flavor_id: orLeftOut(described('The flavor for HTTP.', FlavorId)),
        enterprise_project_id: orLeftOut(described('Their enterprise project.', Type.String())),
        reuse_pool: reusePool,
        guaranteed: orLeftOut(
          described('true for dedicated copies of a shared one; as the source if not given.', Type.Boolean()),
        ),
      }),
    ),
  ),
});

export type LoadBalancerClone = Static<typeof LoadBalancerClone>;

export const ListenerClone = strict({
  target_listener_params: described(
    'The copies to make, and what each has of its own.',
    Type.Array(
      named(
        'CloneOfListener',
        strict({
          name: orLeftOut(described('Its name; that of the source if not given.', Name)),
          loadbalancer_id: described('The load balancer it is for.', Id),
          protocol_port: orLeftOut(
            described('Its port; that of the source if not given.', integer(0, 65535), 8080),
          ),
          port_ranges: orLeftOut(
            described(
              'Its ports, of a listener that serves several.',
              Type.Array(PortRange, { maxItems: 10 }),
            ),
          ),
          reuse_pool: reusePool,
          // Accepted as the cloud does, which says of it that it does nothing.
          subnet_mapping_list: orLeftOut(
            described('Without effect.', Type.Array(SubnetMapping, { maxItems: 100 })),
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
    id: described('The listener.', Id),
    loadbalancer_id: described('Its load balancer.', Id),
    protocol_port: described('Its port; 0 with port_ranges.', Type.Integer()),
    port_ranges: described('Its ports, when it serves several.', Type.Array(PortRange)),
  }),
);

/** A name with a suffix, cut so that both fit into a name. */
export function suffixed(name: string, suffix: string): string {
  return [...name].slice(0, 255 - suffix.length).join('') + suffix;
}
