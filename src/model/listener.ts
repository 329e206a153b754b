/** A listener: a port of a load balancer on which clients are served (rules digest 2.2). */
import { Type } from 'typebox';
import {
  alwaysUp,
  identity,
  inheritedEnterpriseProject,
  naming,
  protection,
  tags,
  timestamps,
} from './common-fields.ts';
import { field, orNull } from './field.ts';
import { type ElementMatch, includeRecycleBin, type Match } from './filter.ts';
import { InsertHeaders, InsertHeadersInput } from './insert-headers.ts';
import {
  AccessLogHeaders,
  IpGroup,
  IpGroupInput,
  PortRange,
  QuicConfig,
  QuicConfigInput,
  QuicConfigUpdate,
} from './listener-objects.ts';
import { type RecordOf, resource } from './resource.ts';
import { Id, integer, oneOf, Reference } from './schemas.ts';

export const ListenerProtocol = oneOf('TCP', 'UDP', 'HTTP', 'HTTPS', 'TERMINATED_HTTPS', 'QUIC', 'TLS', 'IP');

const memberOf = (column: string): Match => ({
  kind: 'related',
  steps: [
    { from: 'id', table: 'pool_listeners', key: 'listener_id' },
    { from: 'pool_id', table: 'members', key: 'pool_id' },
  ],
  column,
});

/** By an IP group; several have commas between (rules digest IG-8). */
export const listenerOfIpGroup: ElementMatch = {
  kind: 'element',
  column: 'ipgroup',
  key: 'ipgroup_id',
  separator: ',',
};

/** By a certificate among its further ones. */
export const listenerOfSni: ElementMatch = { kind: 'element', column: 'sni_container_refs', key: null };

const set = { create: 'optional', update: 'mutable', nullable: true } as const;
const later = { ...set, traffic: true } as const;

export const listener = resource({
  name: 'listener',
  plural: 'listeners',
  label: 'listener',
  table: 'listeners',
  parent: 'loadbalancer_id',
  lookups: [listenerOfIpGroup, listenerOfSni],
  fields: {
    ...identity,
    ...naming,
    ...alwaysUp,
    ...inheritedEnterpriseProject(true),
    loadbalancer_id: field(Id, 'The load balancer it belongs to.', {
      create: 'required',
      filter: 'many',
      answered: false,
      traffic: true,
    }),
    loadbalancers: field(Type.Array(Reference), 'The load balancer it belongs to.', { computed: true }),
    protocol: field(ListenerProtocol, 'The protocol clients speak.', {
      create: 'required',
      filter: 'many',
      example: 'HTTP',
      traffic: true,
    }),
    protocol_port: field(integer(0, 65535), 'The port; 0 with port_ranges.', {
      example: 80,
      create: 'optional',
      nullable: true,
      default: 0,
      filter: 'many',
      traffic: true,
    }),
    port_ranges: field(Type.Array(PortRange), 'The ports of a listener that serves several.', {
      input: Type.Array(PortRange, { maxItems: 10 }),
      create: 'optional',
      nullable: true,
      default: [],
      traffic: true,
    }),
    default_pool_id: field(orNull(Id), 'The pool that gets what no policy sends elsewhere.', {
      ...set,
      filter: 'many',
      traffic: true,
    }),
    default_tls_container_ref: field(orNull(Id), 'The server certificate.', { ...later, filter: 'many' }),
    client_ca_tls_container_ref: field(orNull(Id), 'The CA that client certificates must come from.', {
      ...later,
      filter: 'many',
    }),
    sni_container_refs: field(Type.Array(Type.String()), 'Further server certificates, by name.', {
      ...later,
      input: Type.Array(Id, { maxItems: 50 }),
      default: [],
    }),
    sni_match_algo: field(oneOf('wildcard', 'longest_suffix'), 'How a name finds its certificate.', {
      ...later,
      default: 'wildcard',
    }),
    tls_ciphers_policy: field(
      orNull(
        oneOf(
          'tls-1-0-inherit',
          'tls-1-0',
          'tls-1-1',
          'tls-1-2',
          'tls-1-2-strict',
          'tls-1-2-fs',
          'tls-1-0-with-1-3',
          'tls-1-2-fs-with-1-3',
          'hybrid-policy-1-0',
          'tls-1-2-strict-no-cbc',
        ),
      ),
      'The TLS versions and ciphers; null without TLS.',
      { ...later, filter: 'many' },
    ),
    security_policy_id: field(
      orNull(Type.String({ maxLength: 36 })),
      'A policy of one’s own, which wins.',
      later,
    ),
    http2_enable: field(Type.Boolean(), 'Whether HTTPS clients may speak HTTP/2.', {
      ...later,
      default: false,
      filter: 'one',
    }),
    ssl_early_data_enable: field(Type.Boolean(), 'Whether TLS 1.3 early data is taken.', {
      ...later,
      default: false,
      filter: 'one',
    }),
    insert_headers: field(InsertHeaders, 'The headers added to what members get.', {
      ...set,
      input: InsertHeadersInput,
      example: { 'X-Forwarded-Host': true, 'X-Real-IP': true },
      traffic: true,
    }),
    enable_member_retry: field(Type.Boolean(), 'Whether a failed request may go to another member.', {
      ...set,
      default: true,
      filter: 'one',
      traffic: true,
    }),
    keepalive_timeout: field(integer(0, 4000), 'Seconds an idle client connection is kept.', {
      example: 60,
      ...set,
      filter: 'many',
      traffic: true,
    }),
    client_timeout: field(
      orNull(integer(1, 300)),
      'Seconds to wait for a request; null where it has no meaning.',
      {
        ...set,
        filter: 'many',
        example: 60,
        traffic: true,
      },
    ),
    member_timeout: field(
      orNull(integer(1, 300)),
      'Seconds to wait for a member; null where it has no meaning.',
      {
        ...set,
        filter: 'many',
        example: 60,
        traffic: true,
      },
    ),
    ipgroup: field(orNull(IpGroup), 'Who may or may not connect.', {
      ...set,
      input: IpGroupInput,
      traffic: true,
    }),
    transparent_client_ip_enable: field(Type.Boolean(), 'Whether members see the client’s address.', {
      ...later,
      default: true,
      filter: 'one',
    }),
    proxy_protocol_enable: field(Type.Boolean(), 'Whether members are told the client by PROXY protocol.', {
      ...later,
      default: false,
      filter: 'one',
    }),
    enhance_l7policy_enable: field(Type.Boolean(), 'Advanced forwarding; cannot be switched off.', {
      ...later,
      default: false,
      filter: 'one',
      example: true,
    }),
    quic_config: field(orNull(QuicConfig), 'The QUIC listener that clients are told of.', {
      ...later,
      input: QuicConfigInput,
      updateInput: QuicConfigUpdate,
    }),
    gzip_enable: field(Type.Boolean(), 'Whether answers are compressed.', { ...later, default: false }),
    cps: field(integer(0, 1000000), 'New connections per second; 0 for no limit.', { ...later, default: 0 }),
    connection: field(integer(0, 1000000), 'Connections at a time; 0, not answered, for no limit.', {
      ...later,
      default: 0,
      // openstacksdk passes what a list has of a listener on as arguments, where it has a `connection` of its own.
      answered: 'changed',
    }),
    connection_limit: field(Type.Integer(), 'Always -1: no limit.', { default: -1, filter: 'many' }),
    nat64_enable: field(Type.Boolean(), 'Whether IPv6 clients reach IPv4 members.', {
      ...later,
      default: false,
      filter: 'one',
    }),
    access_log_customized_headers_config: field(
      orNull(AccessLogHeaders),
      'Headers for the access log.',
      later,
    ),
    ...tags,
    ...protection,
    ...timestamps,
  },
  filters: {
    include_recycle_bin: includeRecycleBin,
    member_address: {
      schema: Type.String(),
      arity: 'many',
      description: 'The address of a member of a pool it uses.',
      match: memberOf('address'),
    },
    member_device_id: {
      schema: Type.String(),
      arity: 'many',
      description: 'The server of a member of a pool it uses.',
      match: memberOf('instance_id'),
    },
    member_instance_id: {
      schema: Type.String(),
      arity: 'many',
      description: 'The server of a member of a pool it uses.',
      match: memberOf('instance_id'),
    },
  },
});

export type Listener = RecordOf<(typeof listener)['fields']>;
export type ListenerProtocol = Listener['protocol'];
