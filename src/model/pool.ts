/** A pool, or backend server group: members and how requests are spread over them (rules digest 2.3). */
import { type Static, Type } from 'typebox';
import { alwaysUp, enterpriseProject, identity, naming, protection, timestamps } from './common-fields.ts';
import { field, orNull } from './field.ts';
import type { Match, Step } from './filter.ts';
import {
  AzAffinity,
  AzAffinityInput,
  AzAffinityUpdate,
  ConnectionDrain,
  ConnectionDrainInput,
  PoolHealth,
  PoolHealthInput,
  QuicCid,
  SessionPersistence,
  SessionPersistenceInput,
  SessionPersistenceUpdate,
  SlowStart,
  SlowStartInput,
} from './pool-objects.ts';
import { type RecordOf, resource } from './resource.ts';
import { Id, oneOf, Reference } from './schemas.ts';

const PoolProtocol = oneOf('TCP', 'UDP', 'IP', 'TLS', 'GRPC', 'HTTP', 'HTTPS', 'QUIC');

const Algorithm = oneOf(
  'ROUND_ROBIN',
  'LEAST_CONNECTIONS',
  'SOURCE_IP',
  'QUIC_CID',
  '2_TUPLE_HASH',
  '3_TUPLE_HASH',
  '5_TUPLE_HASH',
);

/** Master-slave pools share the table of pools; each kind has calls of its own, and is not there for the other's. */
export const PoolKind = oneOf('ordinary', 'master-slave');
export type PoolKind = Static<typeof PoolKind>;

const toListeners: Step = { from: 'id', table: 'pool_listeners', key: 'pool_id' };
const memberOf = (column: string): Match => ({
  kind: 'related',
  steps: [{ from: 'id', table: 'members', key: 'pool_id' }],
  column,
});

export const pool = resource({
  name: 'pool',
  plural: 'pools',
  label: 'pool',
  table: 'pools',
  fields: {
    ...identity,
    ...naming,
    ...alwaysUp,
    ...enterpriseProject,
    protocol: field(PoolProtocol, 'The protocol spoken to the members.', {
      example: 'HTTP',
      create: 'required',
      filter: 'many',
      traffic: true,
    }),
    lb_algorithm: field(Algorithm, 'How a member is chosen.', {
      example: 'ROUND_ROBIN',
      create: 'optional',
      update: 'mutable',
      filter: 'many',
      traffic: true,
    }),
    loadbalancer_id: field(orNull(Id), 'The load balancer the pool was created for.', {
      example: '0c6ad6f5-95a3-4a83-9c0a-6a1f8c1f2d3e',
      create: 'optional',
      nullable: true,
      answered: false,
    }),
    listener_id: field(orNull(Id), 'The listener whose default pool it becomes.', {
      create: 'optional',
      nullable: true,
      answered: false,
      computed: true,
      traffic: true,
    }),
    type: field(oneOf('instance', 'ip', ''), 'The kind of members it takes; empty takes any.', {
      create: 'optional',
      update: 'mutable',
      nullable: true,
      default: '',
      filter: 'many',
    }),
    vpc_id: field(
      Type.String({ maxLength: 36 }),
      'The VPC of its instance members; empty until one is known.',
      {
        create: 'optional',
        update: 'mutable',
        nullable: true,
        default: '',
        filter: 'many',
      },
    ),
    ip_version: field(oneOf('v4', 'v6', 'dualstack'), 'The address families its members may have.', {
      create: 'optional',
      nullable: true,
      filter: 'many',
    }),
    session_persistence: field(orNull(SessionPersistence), 'Keeps a client with the member it met first.', {
      example: { type: 'HTTP_COOKIE', cookie_name: null, persistence_timeout: 60 },
      input: SessionPersistenceInput,
      updateInput: SessionPersistenceUpdate,
      create: 'optional',
      update: 'mutable',
      nullable: true,
      traffic: true,
    }),
    slow_start: field(orNull(SlowStart), 'Lets a new member’s share grow over its duration in seconds.', {
      input: SlowStartInput,
      create: 'optional',
      update: 'mutable',
      nullable: true,
      traffic: true,
    }),
    member_deletion_protection_enable: field(Type.Boolean(), 'Whether its members are safe from deletion.', {
      create: 'optional',
      update: 'mutable',
      nullable: true,
      default: false,
      filter: 'one',
    }),
    any_port_enable: field(Type.Boolean(), 'Whether members take traffic on the listener’s port.', {
      create: 'optional',
      update: 'mutable',
      nullable: true,
      default: false,
      filter: 'one',
      traffic: true,
    }),
    connection_drain: field(ConnectionDrain, 'How long a leaving member keeps its connections, in seconds.', {
      input: ConnectionDrainInput,
      create: 'optional',
      update: 'mutable',
      nullable: true,
      default: { enable: false, timeout: null },
      traffic: true,
    }),
    pool_health: field(PoolHealth, '1 forwards to every member while none is healthy.', {
      input: PoolHealthInput,
      create: 'optional',
      update: 'mutable',
      nullable: true,
      default: { minimum_healthy_member_count: 0 },
      traffic: true,
    }),
    az_affinity: field(orNull(AzAffinity), 'Prefers members of the proxy’s own zone.', {
      input: AzAffinityInput,
      updateInput: AzAffinityUpdate,
      create: 'optional',
      update: 'mutable',
      nullable: true,
      traffic: true,
    }),
    quic_cid_hash_strategy: field(
      orNull(QuicCid),
      'The slice of a QUIC connection id that QUIC_CID hashes.',
      {
        create: 'optional',
        update: 'mutable',
        nullable: true,
        traffic: true,
      },
    ),
    public_border_group: field(Type.String({ maxLength: 64 }), 'The site: center.', {
      create: 'optional',
      nullable: true,
      default: 'center',
      filter: 'one',
    }),
    ...protection,
    healthmonitor_id: field(orNull(Id), 'The pool’s health monitor, if it has one.', { filter: 'many' }),
    kind: field(PoolKind, 'Which calls the pool has.', { default: 'ordinary', answered: false }),
    listeners: field(Type.Array(Reference), 'The listeners that send requests here.', { computed: true }),
    loadbalancers: field(Type.Array(Reference), 'The load balancers of those listeners, and its own.', {
      computed: true,
    }),
    members: field(Type.Array(Reference), 'Its members.', { computed: true }),
    ...timestamps,
  },
  filters: {
    listener_id: {
      schema: Id,
      arity: 'many',
      description: 'A listener that sends requests to the pool.',
      match: { kind: 'related', steps: [toListeners], column: 'listener_id' },
    },
    loadbalancer_id: {
      schema: Id,
      arity: 'many',
      description: 'A load balancer that uses the pool.',
      match: {
        kind: 'any',
        of: [
          { kind: 'column', column: 'loadbalancer_id' },
          {
            kind: 'related',
            steps: [toListeners, { from: 'listener_id', table: 'listeners', key: 'id' }],
            column: 'loadbalancer_id',
          },
        ],
      },
    },
    member_address: {
      schema: Type.String(),
      arity: 'many',
      description: 'The address of one of its members.',
      match: memberOf('address'),
    },
    member_device_id: {
      schema: Type.String(),
      arity: 'many',
      description: 'The server of one of its members.',
      match: memberOf('instance_id'),
    },
    member_instance_id: {
      schema: Type.String(),
      arity: 'many',
      description: 'The server of one of its members.',
      match: memberOf('instance_id'),
    },
    connection_drain: {
      schema: Type.Boolean(),
      arity: 'one',
      description: 'Whether connections drain.',
      match: { kind: 'json', column: 'connection_drain', key: 'enable' },
    },
    pool_health: {
      arity: 'one',
      description: 'As minimum_healthy_member_count=1.',
      nested: {
        minimum_healthy_member_count: {
          schema: Type.Integer(),
          match: { kind: 'json', column: 'pool_health', key: 'minimum_healthy_member_count' },
        },
      },
    },
    az_affinity: {
      arity: 'many',
      description: 'As enable=true.',
      nested: {
        enable: { schema: Type.Boolean(), match: { kind: 'json', column: 'az_affinity', key: 'enable' } },
      },
    },
    quic_cid_len: {
      schema: Type.Integer(),
      arity: 'one',
      description: 'The length of the hashed slice.',
      match: { kind: 'json', column: 'quic_cid_hash_strategy', key: 'len' },
    },
    quic_cid_offset: {
      schema: Type.Integer(),
      arity: 'one',
      description: 'The offset of the hashed slice.',
      match: { kind: 'json', column: 'quic_cid_hash_strategy', key: 'offset' },
    },
  },
});

export type Pool = RecordOf<(typeof pool)['fields']>;
