/** The status tree of a load balancer as answered: what is up, from the load balancer down to its members (3.1). */
import { type Static, Type } from 'typebox';
import { orNull } from './field.ts';
import { l7Policy } from './l7-policy.ts';
import { l7Rule } from './l7-rule.ts';
import { oneOf } from './schemas.ts';

const node = { id: Type.String(), provisioning_status: oneOf('ACTIVE', 'PENDING_DELETE') };
const named = { ...node, name: Type.String() };

const StatusOfGroup = oneOf('ONLINE', 'DEGRADED', 'DISABLED');

const MemberNode = Type.Object({
  ...node,
  address: Type.String(),
  protocol_port: Type.Integer(),
  operating_status: oneOf('NO_MONITOR', 'INITIAL', 'ONLINE', 'OFFLINE', 'UNKNOWN', 'DISABLED'),
});

const PoolNode = Type.Object({
  ...named,
  operating_status: StatusOfGroup,
  healthmonitor: orNull(Type.Object({ ...named, type: Type.String() })),
  members: Type.Array(MemberNode),
});

const PolicyNode = Type.Object({
  id: Type.String(),
  name: Type.String(),
  action: l7Policy.fields.action.schema,
  provisioning_status: l7Policy.fields.provisioning_status.schema,
  rules: Type.Array(
    Type.Object({
      id: Type.String(),
      type: l7Rule.fields.type.schema,
      provisioning_status: l7Rule.fields.provisioning_status.schema,
    }),
  ),
});

const ListenerNode = Type.Object({
  ...named,
  operating_status: StatusOfGroup,
  pools: Type.Array(PoolNode),
  l7policies: Type.Array(PolicyNode),
});

export const StatusTree = Type.Object({
  loadbalancer: Type.Object({
    ...named,
    operating_status: oneOf('ONLINE', 'DEGRADED', 'DISABLED', 'FROZEN'),
    listeners: Type.Array(ListenerNode),
    pools: Type.Array(PoolNode, { description: 'Every pool of the load balancer, also those of listeners.' }),
  }),
});

export type StatusTree = Static<typeof StatusTree>;
export type ListenerNode = Static<typeof ListenerNode>;
export type PolicyNode = Static<typeof PolicyNode>;
export type PoolNode = Static<typeof PoolNode>;
