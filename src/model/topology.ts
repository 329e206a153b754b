/** The topology of a load balancer as answered: which ways requests take to its pools (rules digest 3.2). */
import { type Static, type TObject, Type } from 'typebox';
import { l7Policy } from './l7-policy.ts';
import { l7Rule } from './l7-rule.ts';
import { listener } from './listener.ts';
import { loadBalancer } from './load-balancer.ts';
import type { QueryParameter } from './operation.ts';
import { pool } from './pool.ts';
import { answerBody, type Fields } from './resource.ts';
import { described, Id, integer, named, oneOf } from './schemas.ts';

/** The fields of a resource that its node has. */
export const nodeKeys = {
  loadbalancer: [
    ...['id', 'name', 'guaranteed', 'l4_flavor_id', 'l7_flavor_id', 'vip_address', 'ipv6_vip_address'],
    'availability_zone_list',
  ],
  listener: ['id', 'name', 'protocol', 'protocol_port', 'port_ranges'],
  pool: ['id', 'name', 'protocol', 'type', 'lb_algorithm'],
  l7policy: ['id', 'name', 'priority', 'action', 'admin_state_up'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

const NodeType = oneOf('eip', 'loadbalancer', 'listener', 'pool');

/** A way from one node to the next; one that a policy opens is labelled with the policy. */
const TopologyEdge = named(
  'TopologyEdge',
  Type.Object({
    source: described('The id of the node it is from.', Type.String()),
    target: described('The id of the node it leads to.', Type.String()),
    source_type: described('What the one node is.', NodeType),
    target_type: described('What the other node is.', NodeType),
    label: Type.Optional(described('l7policy, where a policy opens the way.', Type.Literal('l7policy'))),
    label_id: Type.Optional(described('The policy.', Type.String())),
  }),
);
export type TopologyEdge = Static<typeof TopologyEdge>;

const EipNode = named(
  'EipNode',
  Type.Object({
    id: described('Its id.', Type.String()),
    ip_address: described('The address.', Type.String(), '203.0.113.10'),
    ip_version: described('4 or 6.', Type.Integer(), 4),
  }),
);

const policyFields = nodeOf(l7Policy, nodeKeys.l7policy).properties;

export const Topology = named(
  'Topology',
  Type.Object({
    nodes: described(
      'What requests come by.',
      Type.Object({
        loadbalancers: described(
          'The load balancer.',
          Type.Array(nodeOf(loadBalancer, nodeKeys.loadbalancer)),
        ),
        eips: described('Its public IPs.', Type.Array(EipNode)),
        listeners: described('Its listeners.', Type.Array(nodeOf(listener, nodeKeys.listener))),
        pools: described('The pools they reach.', Type.Array(nodeOf(pool, nodeKeys.pool))),
      }),
    ),
    edges: described('The ways between.', Type.Array(TopologyEdge)),
    labels: described(
      'What opens ways.',
      Type.Object({
        l7policies: described(
          'The forwarding policies.',
          Type.Array(
            Type.Object({
              ...policyFields,
              rules: described('Its rules.', Type.Array(answerBody(l7Rule))),
            }),
          ),
        ),
      }),
    ),
  }),
);

const many = { arity: 'many' } as const;

/** What a topology can be narrowed to; each may be given several times. */
export const topologyQuery = {
  listener_id: { ...many, schema: Id, description: 'A listener.' },
  listener_name: { ...many, schema: Type.String(), description: 'The name of a listener.' },
  listener_protocol: {
    ...many,
    schema: listener.fields.protocol.schema,
    description: 'The protocol of a listener.',
  },
  listener_protocol_port: { ...many, schema: integer(0, 65535), description: 'The port of a listener.' },
  pool_id: { ...many, schema: Id, description: 'A pool.' },
  pool_name: { ...many, schema: Type.String(), description: 'The name of a pool.' },
} as const satisfies Readonly<Record<string, QueryParameter>>;

/** What a call asks for: the texts given for each parameter. */
export type TopologyQuery = Readonly<Record<keyof typeof topologyQuery, readonly string[]>>;

function nodeOf({ fields }: { readonly fields: Fields }, keys: readonly string[]): TObject {
  const shown = Object.entries(fields).filter(([key]) => keys.includes(key));
  return Type.Object(
    Object.fromEntries(shown.map(([key, field]) => [key, described(field.description, field.schema)])),
  );
}
