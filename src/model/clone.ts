/** Copies of load balancers and of listeners, with all that belongs to them (rules digest 2.1.7 and 2.2.5, clone). */
import { type Static, Type } from 'typebox';
import { orNull } from './field.ts';
import { Id, integer, Name, strict } from './schemas.ts';

const FlavorId = Type.Optional(orNull(Type.String({ maxLength: 255 })));
const Address = Type.Optional(orNull(Type.String({ minLength: 1, maxLength: 64 })));
const OptionalId = Type.Optional(orNull(Id));

export const LoadBalancerClone = strict({
  count: Type.Optional(orNull(integer(1, 10))),
  target_loadbalancer_param: strict({
    name: Type.Optional(orNull(Name)),
    availability_zone_list: Type.Optional(
      orNull(Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { minItems: 1, maxItems: 64 })),
    ),
    vip_subnet_cidr_id: OptionalId,
    vip_address: Address,
    ipv6_vip_virsubnet_id: OptionalId,
    ipv6_vip_address: Address,
    elb_virsubnet_ids: Type.Optional(orNull(Type.Array(Id, { maxItems: 64 }))),
    l4_flavor_id: FlavorId,
    l7_flavor_id: FlavorId,
    enterprise_project_id: Type.Optional(orNull(Type.String())),
    reuse_pool: Type.Optional(orNull(Type.Boolean())),
    guaranteed: Type.Optional(orNull(Type.Boolean())),
  }),
});

export type LoadBalancerClone = Static<typeof LoadBalancerClone>;

const PortRange = strict({ start_port: integer(1, 65535), end_port: integer(1, 65535) });

export const ListenerClone = strict({
  target_listener_params: Type.Array(
    strict({
      name: Type.Optional(orNull(Name)),
      loadbalancer_id: Id,
      protocol_port: Type.Optional(orNull(integer(0, 65535))),
      port_ranges: Type.Optional(orNull(Type.Array(PortRange, { maxItems: 10 }))),
      reuse_pool: Type.Optional(orNull(Type.Boolean())),
      // Accepted as the cloud does, which says of it that it does nothing.
      subnet_mapping_list: Type.Optional(
        orNull(Type.Array(strict({ subnet_cidr_id: Id, dst_subnet_cidr_id: Id }), { maxItems: 100 })),
      ),
    }),
    { minItems: 1, maxItems: 10 },
  ),
});

export type ListenerTarget = Static<typeof ListenerClone>['target_listener_params'][number];

/** A listener that was made, as the answer tells of it. */
export const ClonedListener = Type.Object({
  id: Id,
  loadbalancer_id: Id,
  protocol_port: Type.Integer(),
  port_ranges: Type.Array(PortRange),
});

/** A name with a suffix, cut so that both fit into a name. */
export function suffixed(name: string, suffix: string): string {
  return [...name].slice(0, 255 - suffix.length).join('') + suffix;
}
