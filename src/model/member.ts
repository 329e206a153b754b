/** A member: one backend of a pool (rules digest 2.4; pages "Adding a Backend Server" and "Querying Backend Servers"). */
import { type Static, Type } from 'typebox';
import { identity, inheritedEnterpriseProject, timestamps } from './common-fields.ts';
import { field, orNull } from './field.ts';
import { answerBody, type RecordOf, resource } from './resource.ts';
import { described, Id, integer, Name, named, oneOf, Reference, strict, Timestamp } from './schemas.ts';

export const OperatingStatus = oneOf('NO_MONITOR', 'INITIAL', 'ONLINE', 'OFFLINE', 'UNKNOWN');
export type OperatingStatus = Static<typeof OperatingStatus>;

/** Why a health check fails (table MemberHealthCheckFailedReason of the list page). */
export const FailureReason = named(
  'FailureReason',
  Type.Object({
    reason_code: described(
      'What went wrong.',
      oneOf(
        'CONNECT_TIMEOUT',
        'CONNECT_REFUSED',
        'CONNECT_FAILED',
        'CONNECT_INTERRUPT',
        'SSL_HANDSHAKE_ERROR',
        'RECV_RESPONSE_FAILED',
        'RECV_RESPONSE_TIMEOUT',
        'SEND_REQUEST_FAILED',
        'SEND_REQUEST_TIMEOUT',
        'RESPONSE_FORMAT_ERROR',
        'RESPONSE_MISMATCH',
      ),
    ),
    expected_response: described('The statuses that pass; of RESPONSE_MISMATCH only.', orNull(Type.String())),
    healthcheck_response: described(
      'The status that came; of RESPONSE_MISMATCH only.',
      orNull(Type.String()),
    ),
  }),
);

/** A member as one listener sees it; the timestamps are those of the pool. */
const MemberStatus = named(
  'MemberStatus',
  Type.Object({
    listener_id: described('The listener.', Type.String()),
    operating_status: described('The member’s health as the listener sees it.', OperatingStatus),
    reason: described('Why the last health checks failed; null unless they did.', orNull(FailureReason)),
    created_at: described('When the pool was created, UTC.', Timestamp),
    updated_at: described('When the pool was last changed, UTC.', Timestamp),
  }),
);

/** For the examples of the documentation. */
export const exampleSubnet = '70a1f9ee-3b2e-4f3a-a1c6-5d8f1a0b9c42';

const Address = Type.String({ minLength: 1, maxLength: 64 });
const Weight = integer(0, 100);

export const member = resource({
  name: 'member',
  plural: 'members',
  label: 'member',
  table: 'members',
  parent: 'pool_id',
  fields: {
    ...identity,
    ...inheritedEnterpriseProject(false),
    pool_id: field(Id, 'The pool the member belongs to.', { answered: false }),
    name: field(Name, 'A name for the member, not the server’s; empty if not given.', {
      example: 'web-1',
      create: 'optional',
      update: 'mutable',
      nullable: true,
      default: '',
      filter: 'many',
    }),
    address: field(Address, 'The member’s IPv4 or IPv6 address.', {
      create: 'required',
      filter: 'many',
      example: '10.0.0.20',
      traffic: true,
    }),
    protocol_port: field(
      integer(0, 65535),
      'The port that takes requests; 0 for a pool of protocol IP or with any_port_enable.',
      { create: 'optional', update: 'mutable', nullable: true, filter: 'many', example: 8080, traffic: true },
    ),
    subnet_cidr_id: field(orNull(Id), 'The subnet of the address; null for an IP address used as a member.', {
      example: exampleSubnet,
      create: 'optional',
      nullable: true,
      filter: 'many',
    }),
    weight: field(Weight, 'The member’s share of new requests; 0 gets none.', {
      create: 'optional',
      update: 'mutable',
      nullable: true,
      default: 1,
      filter: 'many',
      traffic: true,
    }),
    admin_state_up: field(Type.Boolean(), 'Whether the server behind the address exists; input is ignored.', {
      create: 'ignored',
      update: 'ignored',
      filter: 'one',
    }),
    availability_zone: field(Type.String(), 'The zone of the server, or as given for an IP address.', {
      create: 'optional',
      update: 'mutable',
      nullable: true,
      default: '',
      filter: 'many',
      traffic: true,
    }),
    ip_version: field(oneOf('v4', 'v6'), 'Follows from the address.', { filter: 'many' }),
    member_type: field(oneOf('ip', 'instance'), 'instance when it has a subnet, else ip.', {
      example: 'instance',
      filter: 'many',
    }),
    instance_id: field(Type.String(), 'The server behind the address; empty when there is none.', {
      filter: 'many',
    }),
    operating_status: field(OperatingStatus, 'The member’s health.', { filter: 'many', audited: false }),
    reason: field(orNull(FailureReason), 'Why the last health checks failed; null unless they did.', {
      audited: false,
    }),
    status: field(Type.Array(MemberStatus), 'The health as each listener of the pool sees it.', {
      computed: true,
    }),
    verdict: field(oneOf('INITIAL', 'ONLINE', 'OFFLINE'), 'What the thresholds made of the probes so far.', {
      answered: false,
      audited: false,
    }),
    role: field(oneOf('', 'master', 'slave'), 'Its part in a master-slave pool; empty in an ordinary one.', {
      default: '',
      answered: false,
    }),
    server_state: field(
      oneOf('none', 'running', 'stopped', 'missing', 'gone'),
      'The server behind the address: none for an IP address used as a member, gone for one that is no more.',
      { answered: false },
    ),
    ...timestamps,
  },
});

/** Members in the list of all pools, which is filtered by where they belong, and by less of what they are (2.4.3). */
export const memberOfProject = resource({
  ...member,
  fields: {
    ...member.fields,
    ...{ member_type: { ...member.fields.member_type, filter: null } },
    ...{ instance_id: { ...member.fields.instance_id, filter: null } },
    ...{ availability_zone: { ...member.fields.availability_zone, filter: null } },
  },
  filters: {
    pool_id: {
      schema: Id,
      arity: 'many',
      description: 'The pool of the member.',
      match: { kind: 'column', column: 'pool_id' },
    },
    loadbalancer_id: {
      schema: Id,
      arity: 'many',
      description: 'A load balancer that uses the pool of the member.',
      match: {
        kind: 'any',
        of: [
          {
            kind: 'related',
            steps: [{ from: 'pool_id', table: 'pools', key: 'id' }],
            column: 'loadbalancer_id',
          },
          {
            kind: 'related',
            steps: [
              { from: 'pool_id', table: 'pool_listeners', key: 'pool_id' },
              { from: 'listener_id', table: 'listeners', key: 'id' },
            ],
            column: 'loadbalancer_id',
          },
        ],
      },
    },
  },
  parent: 'pool_id',
});

const { ip_version: _family, availability_zone = Type.String(), ...batched } = answerBody(member).properties;
const port_id = described('The network port of the server; empty for an IP address.', Type.String());

/** A member as a batch-add answers it. */
export const BatchAddedMember = named(
  'BatchAddedMember',
  Type.Object({
    ...batched,
    port_id,
    ret_status: described('Whether it was added, or was there before.', oneOf('successful', 'existed')),
  }),
);

/** A member as a batch-update answers it. */
export const BatchUpdatedMember = named(
  'BatchUpdatedMember',
  Type.Object({ ...batched, port_id, availability_zone }),
);

/** A member as the list of all pools answers it. */
export const MemberOfProject = named(
  'MemberOfProject',
  Type.Object({
    ...answerBody(member).properties,
    pool_id: described('The pool it belongs to.', Id),
    loadbalancer_id: described('The first load balancer that uses the pool; empty for none.', Type.String()),
    loadbalancers: described('The load balancers that use the pool.', Type.Array(Reference)),
    device_id: described('The same as instance_id.', Type.String()),
    device_owner: described(
      'compute: and the zone of the server; empty for none.',
      Type.String(),
      'compute:az1',
    ),
  }),
);

export type Member = RecordOf<(typeof member)['fields']>;
export type FailureReason = NonNullable<Member['reason']>;
export type Verdict = Member['verdict'];

/**
 * A member's operating status (page "Querying Backend Servers", table 6).
 *
 * @param pool whether the pool has a health monitor that is up, and a listener that uses it
 */
export function operatingStatus(
  pool: { readonly monitored: boolean; readonly attached: boolean },
  { server_state, verdict }: Pick<Member, 'server_state' | 'verdict'>,
): OperatingStatus {
  if (!pool.monitored) return 'NO_MONITOR';
  if (!pool.attached || server_state === 'missing') return 'UNKNOWN';
  return server_state === 'stopped' || server_state === 'gone' ? 'OFFLINE' : verdict;
}

const port = described('The port that takes requests.', integer(0, 65535), 8080);
const zone = described('The zone of the server, or as given for an IP address.', orNull(Type.String()));
const memberName = described('A name for the member.', orNull(Name), 'web-1');
const share = described('Its share of new requests; 0 gets none.', orNull(Weight));

/** What a batch-add gives for each member: the fields of a create request (rules digest 2.4.7). */
export const BatchAddMember = named(
  'BatchAddMember',
  strict({
    address: described('The member’s IPv4 or IPv6 address.', Address, '10.0.0.20'),
    protocol_port: Type.Optional(port),
    name: Type.Optional(memberName),
    subnet_cidr_id: Type.Optional(
      described('The subnet of the address; null for an IP address used as a member.', orNull(Id)),
    ),
    weight: Type.Optional(share),
    availability_zone: Type.Optional(zone),
  }),
);

/** What a batch-update may change of each member. */
export const BatchUpdateMember = named(
  'BatchUpdateMember',
  strict({
    id: described('The member.', Id),
    name: Type.Optional(memberName),
    weight: Type.Optional(share),
    protocol_port: Type.Optional(described('The port that takes requests.', orNull(integer(0, 65535)))),
    availability_zone: Type.Optional(zone),
    admin_state_up: Type.Optional(described('Input is ignored.', orNull(Type.Boolean()))),
  }),
);

/** How a batch-delete names each member: by id, or by address and port. */
export const BatchDeleteMember = named(
  'BatchDeleteMember',
  strict({
    id: Type.Optional(described('The member, by its id.', Id, '8f0e6a7c-0d0b-4b50-9c8f-1a2b3c4d5e6f')),
    address: Type.Optional(described('The member, by its address and port.', Address)),
    protocol_port: Type.Optional(described('The port that goes with the address.', integer(0, 65535))),
  }),
);
