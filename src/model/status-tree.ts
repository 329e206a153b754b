/** The status tree of a load balancer as answered: what is up, from the load balancer down to its members (3.1). */
import { type Static, Type } from 'typebox';
import { orNull } from './field.ts';
import { l7Policy } from './l7-policy.ts';
import { l7Rule } from './l7-rule.ts';
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

const RuleNode = named(
  'L7RuleStatusNode',
  Type.Object({
    id: node.id,
    type: described('What it looks at.', l7Rule.fields.type.schema),
    provisioning_status: described('ACTIVE, or ERROR.', l7Rule.fields.provisioning_status.schema),
  }),
);

const PolicyNode = named(
  'L7PolicyStatusNode',
  Type.Object({
    id: node.id,
    name: namedNode.name,
    action: described('What it does.', l7Policy.fields.action.schema),
    provisioning_status: described('ACTIVE, or ERROR.', l7Policy.fields.provisioning_status.schema),
    rules: described('Its rules.', Type.Array(RuleNode)),
  }),
);

const ListenerNode = named(
  'ListenerStatusNode',
  Type.Object({
    ...namedNode,
    operating_status: statusOfGroup,
    pools: described('The pools it sends requests to.', Type.Array(PoolNode)),
    l7policies: described('Its forwarding policies.', Type.Array(PolicyNode)),
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
export type PolicyNode = Static<typeof PolicyNode>;
export type PoolNode = Static<typeof PoolNode>;
