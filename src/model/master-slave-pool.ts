/**
 * A master-slave pool: a master that takes all traffic while it is healthy, and a slave that stands by (rules digest
 * 2.11). It is stored as a pool of its own kind, created whole, and never changed.
 */
import { type Static, Type } from 'typebox';
import { field } from './field.ts';
import { healthMonitor } from './health-monitor.ts';
import { exampleSubnet, member, OperatingStatus } from './member.ts';
import { pool } from './pool.ts';
import { answerBody, createBody, resource, settledFields } from './resource.ts';
import { described, named, oneOf } from './schemas.ts';

const StatusOfListener = named(
  'MasterSlaveMemberStatus',
  Type.Object({
    listener_id: described('The listener.', Type.String()),
    operating_status: described('The member’s health as the listener sees it.', OperatingStatus),
  }),
);

export const masterSlaveMember = resource({
  name: 'member',
  plural: 'members',
  label: 'member of a master-slave pool',
  table: 'members',
  fields: {
    ...settledFields(
      member.fields,
      [
        ...([
          'id',
          'name',
          'address',
          'protocol_port',
          'subnet_cidr_id',
          'admin_state_up',
          'ip_version',
        ] as const),
        ...(['member_type', 'instance_id', 'operating_status', 'reason', 'status'] as const),
      ],
      { filter: null },
    ),
    role: field(oneOf('master', 'slave'), 'The master takes all traffic while it is healthy.', {
      create: 'required',
      update: 'absent',
      traffic: true,
    }),
    status: field(Type.Array(StatusOfListener), 'The health as each listener of the pool sees it.', {
      computed: true,
    }),
    device_id: field(Type.String(), 'The same as instance_id.', { computed: true }),
    device_owner: field(Type.String(), 'compute: and the zone of the server; empty when there is none.', {
      computed: true,
    }),
  },
});

export const masterSlaveMonitor = resource({
  name: 'healthmonitor',
  plural: 'healthmonitors',
  label: 'health monitor of a master-slave pool',
  table: 'healthmonitors',
  fields: {
    ...settledFields(
      healthMonitor.fields,
      [
        ...(['id', 'name', 'delay', 'timeout', 'max_retries', 'max_retries_down', 'monitor_port'] as const),
        ...(['domain_name', 'url_path', 'http_method', 'expected_codes'] as const),
      ],
      { filter: null },
    ),
    type: field(oneOf('TCP', 'UDP_CONNECT', 'HTTP', 'HTTPS'), 'The kind of probe.', {
      traffic: true,
      create: 'required',
      update: 'absent',
    }),
    admin_state_up: field(Type.Boolean(), 'Always true.'),
  },
});

/** The filters of pools that are no fields of theirs and that lists of these pools have too. */
const sharedFilters = [
  ...['listener_id', 'loadbalancer_id', 'member_address', 'member_device_id', 'member_instance_id'],
  'connection_drain',
];

export const masterSlavePool = resource({
  name: 'pool',
  plural: 'pools',
  label: 'master-slave pool',
  table: 'pools',
  fields: {
    ...settledFields(pool.fields, [
      ...(['id', 'project_id', 'name', 'description', 'enterprise_project_id'] as const),
      ...(['loadbalancer_id', 'listener_id', 'ip_version', 'session_persistence'] as const),
      ...(['connection_drain', 'quic_cid_hash_strategy', 'public_border_group'] as const),
      ...(['listeners', 'loadbalancers', 'created_at', 'updated_at'] as const),
    ]),
    ...{
      vpc_id: { ...pool.fields.vpc_id, update: 'absent', example: 'a6b1d7f0-5c1e-4f7b-8a44-0e6c1d2b3a49' },
    },
    ...settledFields(pool.fields, ['any_port_enable'], { filter: null }),
    ...settledFields(pool.fields, ['public_border_group'], { filter: 'many' }),
    ...settledFields(pool.fields, ['healthmonitor_id'], { answered: false }),
    protocol: field(oneOf('TCP', 'UDP', 'QUIC', 'TLS'), 'The protocol spoken to the members.', {
      traffic: true,
      create: 'required',
      update: 'absent',
      filter: 'many',
    }),
    lb_algorithm: field(
      oneOf('ROUND_ROBIN', 'LEAST_CONNECTIONS', 'SOURCE_IP', 'QUIC_CID'),
      'Without effect: one member at a time takes traffic.',
      { create: 'required', update: 'absent', filter: 'many' },
    ),
    type: field(oneOf('instance', 'ip'), 'The kind of members it takes.', {
      create: 'required',
      update: 'absent',
      filter: 'many',
    }),
    members: field(
      Type.Array(named('MasterSlaveMember', answerBody(masterSlaveMember))),
      'Its master and its slave.',
      {
        input: described(
          'A master and a slave.',
          Type.Array(named('NewMasterSlaveMember', createBody(masterSlaveMember)), {
            minItems: 2,
            maxItems: 2,
          }),
          [
            { address: '10.0.0.20', protocol_port: 8080, role: 'master', subnet_cidr_id: exampleSubnet },
            { address: '10.0.0.21', protocol_port: 8080, role: 'slave', subnet_cidr_id: exampleSubnet },
          ],
        ),
        create: 'required',
        update: 'absent',
        computed: true,
      },
    ),
    healthmonitor: field(
      named('MasterSlaveHealthMonitor', answerBody(masterSlaveMonitor)),
      'How the two are probed.',
      {
        input: named('NewMasterSlaveHealthMonitor', createBody(masterSlaveMonitor)),
        create: 'required',
        update: 'absent',
        computed: true,
      },
    ),
  },
  filters: Object.fromEntries(Object.entries(pool.filters).filter(([key]) => sharedFilters.includes(key))),
});

/** What a create request says of a member, as far as a service reads it. */
export type MasterSlaveMemberGiven = Readonly<Record<string, unknown>> & {
  readonly role: Static<typeof masterSlaveMember.fields.role.schema>;
  readonly address: string;
  readonly protocol_port?: number | null;
  readonly subnet_cidr_id?: string | null;
};
