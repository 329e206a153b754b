/** The status tree of a load balancer as answered: what is up, from the load balancer down to its members (3.1). */
import { type Static, Type } from 'typebox';
import { orNull } from './field.ts';
import { described, named, oneOf } from './schemas.ts';

const node = {
  id: described('Its id.', Type.String()),
  provisioning_status: described('ACTIVE, once usable.', oneOf('ACTIVE', 'PENDING_DELETE')),
};
const namedNode = { ...node, name: described('Its name.', Type.String()) };

const statusOfGroup = described(
  'DEGRADED when something below it is not ONLINE, DISABLED while it is down.',
  oneOf('ONLINE', 'DEGRADED', 'DISABLED'),
);

const MemberNode = named(
  'MemberStatusNode',
  Type.Object({
    ...node,
    address: described('Its address.', Type.String(), '10.0.0.20'),
    protocol_port: described('Its port.', Type.Integer(), 8080),
    operating_status: described(
      'Its health; DISABLED while what it belongs to is down.',
      oneOf('NO_MONITOR', 'INITIAL', 'ONLINE', 'OFFLINE', 'UNKNOWN', 'DISABLED'),
    ),
  }),
);

const HealthMonitorNode = named(
  'HealthMonitorStatusNode',
  Type.Object({ ...namedNode, type: described('The kind of probe.', Type.String(), 'HTTP') }),
);

const PoolNode = named(
  'PoolStatusNode',
  Type.Object({
    ...namedNode,
    operating_status: statusOfGroup,
    healthmonitor: described('Its health monitor, if it has one.', orNull(HealthMonitorNode)),
    members: described('Its members.', Type.Array(MemberNode)),
  }),
);

const ListenerNode = named(
  'ListenerStatusNode',
  Type.Object({
    ...namedNode,
    operating_status: statusOfGroup,
    pools: described('The pools it sends requests to.', Type.Array(PoolNode)),
    l7policies: Type.Array(Type.Object({}), { maxItems: 0, description: 'There are none.' }),
  }),
);

export const StatusTree = named(
  'StatusTree',
  Type.Object({
    loadbalancer: described(
      'The load balancer.',
      Type.Object({
        ...namedNode,
        operating_status: described(
          'DEGRADED when something below it is not ONLINE, DISABLED while it is down.',
          oneOf('ONLINE', 'DEGRADED', 'DISABLED', 'FROZEN'),
        ),
        listeners: described('Its listeners.', Type.Array(ListenerNode)),
        pools: Type.Array(PoolNode, {
          description: 'Every pool of the load balancer, also those of listeners.',
        }),
      }),
    ),
  }),
);

export type StatusTree = Static<typeof StatusTree>;
export type ListenerNode = Static<typeof ListenerNode>;
export type PoolNode = Static<typeof PoolNode>;
