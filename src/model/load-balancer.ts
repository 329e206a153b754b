/** A load balancer: addresses in a network, on which its listeners serve (rules digest 2.1). */
import { type TSchema, Type } from 'typebox';
import { enterpriseProject, identity, naming, protection, tags, timestamps } from './common-fields.ts';
import { DomainNames } from './domain-names.ts';
import { field, orNull } from './field.ts';
import { includeRecycleBin, type Match } from './filter.ts';
import {
  Autoscaling,
  AutoscalingInput,
  Bandwidth,
  CustomQosLimit,
  NewPrepayment,
  PrepaymentUpdate,
  ProxyProtocolExtension,
} from './load-balancer-objects.ts';
import { Eip, GlobalEip, NewPublicIp, PublicIp } from './public-ip.ts';
import { type RecordOf, resource } from './resource.ts';
import { described, Id, oneOf, Reference, strict } from './schemas.ts';
import { UpgradeChanges } from './upgrade.ts';

const memberOf = (column: string): Match => ({
  kind: 'any',
  of: [
    {
      kind: 'related',
      steps: [
        { from: 'id', table: 'pools', key: 'loadbalancer_id' },
        { from: 'id', table: 'members', key: 'pool_id' },
      ],
      column,
    },
    {
      kind: 'related',
      steps: [
        { from: 'id', table: 'listeners', key: 'loadbalancer_id' },
        { from: 'id', table: 'pool_listeners', key: 'listener_id' },
        { from: 'pool_id', table: 'members', key: 'pool_id' },
      ],
      column,
    },
  ],
});

const element = (schema: TSchema, key: string) => ({
  schema,
  match: { kind: 'element', column: 'publicips', key } as const,
});

const address = { create: 'optional', update: 'mutable', nullable: true, filter: 'many' } as const;

export const loadBalancer = resource({
  name: 'loadbalancer',
  plural: 'loadbalancers',
  label: 'load balancer',
  table: 'loadbalancers',
  fields: {
    ...identity,
    ...naming,
    ...enterpriseProject,
    provisioning_status: field(Type.String(), 'ACTIVE, or UPGRADED until an upgrade is completed.', {
      default: 'ACTIVE',
      filter: 'many',
    }),
    operating_status: field(Type.String(), 'ONLINE, or FROZEN.', { default: 'ONLINE', filter: 'many' }),
    admin_state_up: field(Type.Boolean(), 'False stops all traffic.', {
      create: 'optional',
      update: 'mutable',
      nullable: true,
      default: true,
      filter: 'one',
      traffic: true,
    }),
    provider: field(Type.String(), 'Always vlb.', {
      input: Type.Literal('vlb'),
      create: 'optional',
      nullable: true,
      default: 'vlb',
    }),
    guaranteed: field(
      Type.Boolean(),
      'True: dedicated. False: shared, made by batch-create or a clone only.',
      {
        input: Type.Literal(true),
        create: 'optional',
        nullable: true,
        default: true,
        filter: 'one',
      },
    ),
    vpc_id: field(Id, 'The VPC it lives in.', { create: 'optional', nullable: true, filter: 'many' }),
    vip_subnet_cidr_id: field(orNull(Id), 'The IPv4 subnet of its address.', {
      ...address,
      example: '70a1f9ee-3b2e-4f3a-a1c6-5d8f1a0b9c42',
      traffic: true,
    }),
    vip_address: field(orNull(Type.String({ minLength: 1, maxLength: 64 })), 'Its IPv4 address.', {
      ...address,
      example: '10.0.0.10',
      traffic: true,
    }),
    vip_port_id: field(orNull(Id), 'The port that holds its IPv4 address.', {
      filter: 'many',
      example: '3b6f3a52-40f5-4b0e-8a53-9d1e2f3a4b5c',
    }),
    ipv6_vip_virsubnet_id: field(orNull(Id), 'The network of its IPv6 address.', {
      ...address,
      traffic: true,
    }),
    ipv6_vip_address: field(orNull(Type.String({ minLength: 1, maxLength: 64 })), 'Its IPv6 address.', {
      ...address,
      traffic: true,
    }),
    ipv6_vip_port_id: field(orNull(Id), 'The port that holds its IPv6 address.', { filter: 'many' }),
    ipv6_bandwidth: field(orNull(Bandwidth), 'The shared bandwidth of its IPv6 address.', {
      input: strict({ id: described('A shared bandwidth.', Id) }),
      create: 'optional',
      update: 'mutable',
      nullable: true,
      traffic: true,
    }),
    availability_zone_list: field(Type.Array(Type.String()), 'Its availability zones.', {
      input: Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { minItems: 1, maxItems: 64 }),
      example: ['local-1a'],
      create: 'required',
    }),
    elb_virsubnet_ids: field(Type.Array(Type.String()), 'The networks it takes source addresses from.', {
      input: Type.Array(Id, { maxItems: 64 }),
      create: 'optional',
      update: 'mutable',
      nullable: true,
      default: [],
      traffic: true,
    }),
    elb_virsubnet_type: field(oneOf('ipv4', 'dualstack'), 'Whether those networks have IPv6.', {
      filter: 'many',
    }),
    ip_target_enable: field(Type.Boolean(), 'Whether its pools may have IP addresses as members.', {
      create: 'optional',
      update: 'mutable',
      nullable: true,
      default: false,
    }),
    l4_flavor_id: field(orNull(Type.String({ maxLength: 255 })), 'The flavor for TCP and UDP.', {
      create: 'optional',
      update: 'mutable',
      nullable: true,
      filter: 'many',
      traffic: true,
    }),
    l7_flavor_id: field(orNull(Type.String({ maxLength: 255 })), 'The flavor for HTTP.', {
      create: 'optional',
      update: 'mutable',
      nullable: true,
      filter: 'many',
      traffic: true,
    }),
    l4_scale_flavor_id: field(orNull(Type.String()), 'Deprecated: null.', { filter: 'many' }),
    l7_scale_flavor_id: field(orNull(Type.String()), 'Deprecated: null.', { filter: 'many' }),
    gw_flavor_id: field(orNull(Type.String({ maxLength: 255 })), 'The flavor of a gateway load balancer.', {
      create: 'optional',
      nullable: true,
      traffic: true,
    }),
    loadbalancer_type: field(orNull(Type.String()), 'gateway, or null.', {
      input: Type.Literal('gateway'),
      create: 'optional',
      nullable: true,
    }),
    ip_versions: field(Type.Array(Type.Integer()), 'The families of its own addresses: 4, 6.', {
      default: [],
      answered: false,
    }),
    publicips: field(Type.Array(PublicIp), 'Its public IP addresses.', { default: [] }),
    eips: field(Type.Array(Eip), 'The same public IP addresses under the older names.', { computed: true }),
    global_eips: field(Type.Array(GlobalEip), 'Its global public IP addresses: none.', { default: [] }),
    publicip_ids: field(Type.Array(Id), 'The public IP to bind; only the first counts.', {
      input: Type.Array(Id, { maxItems: 64 }),
      create: 'optional',
      nullable: true,
      computed: true,
      answered: false,
      traffic: true,
    }),
    publicip: field(orNull(NewPublicIp), 'A public IP to make and bind.', {
      create: 'optional',
      nullable: true,
      computed: true,
      answered: false,
      traffic: true,
    }),
    pools: field(Type.Array(Reference), 'Its pools.', { computed: true }),
    listeners: field(Type.Array(Reference), 'Its listeners.', { computed: true }),
    ...tags,
    billing_info: field(orNull(Type.String({ maxLength: 1024 })), 'Empty or null: pay per use.', {
      create: 'optional',
      nullable: true,
      filter: 'many',
    }),
    prepaid_options: field(orNull(Type.Unknown()), 'Refused: nothing is bought here.', {
      input: NewPrepayment,
      updateInput: PrepaymentUpdate,
      create: 'optional',
      update: 'mutable',
      nullable: true,
      computed: true,
      answered: false,
    }),
    autoscaling: field(orNull(Autoscaling), 'Elastic flavors.', {
      input: AutoscalingInput,
      create: 'optional',
      update: 'mutable',
      nullable: true,
      traffic: true,
    }),
    charge_mode: field(oneOf('flavor', 'lcu', ''), 'How it would be billed; empty for a shared one.', {
      input: oneOf('flavor', 'lcu'),
      create: 'optional',
      update: 'mutable',
      nullable: true,
      default: 'lcu',
    }),
    waf_failure_action: field(oneOf('forward', 'discard'), 'What to do when the web firewall fails.', {
      create: 'optional',
      update: 'mutable',
      nullable: true,
      default: 'forward',
      traffic: true,
    }),
    deletion_protection_enable: field(Type.Boolean(), 'Whether deleting is refused.', {
      create: 'optional',
      update: 'mutable',
      nullable: true,
      default: false,
      filter: 'one',
    }),
    ...protection,
    frozen_scene: field(orNull(Type.String()), 'Why it is frozen: null.'),
    public_border_group: field(Type.String(), 'The site: center.', { default: 'center' }),
    upgrade: field(orNull(UpgradeChanges), 'What an upgrade that goes on has changed; null outside one.', {
      answered: false,
    }),
    domain_names: field(orNull(DomainNames), 'How it is named in DNS; null if never told.', {
      answered: false,
    }),
    log_group_id: field(orNull(Type.String()), 'The log group of its access log.', { filter: 'many' }),
    log_topic_id: field(orNull(Type.String()), 'The log topic of its access log.', { filter: 'many' }),
    custom_qos_limit: field(orNull(CustomQosLimit), 'Limits set by the cloud: null.', { computed: true }),
    service_lb_mode: field(orNull(Type.String()), 'lb or ep, where the cloud embeds it: null.', {
      computed: true,
    }),
    instance_type: field(orNull(Type.String()), 'What it is embedded in: null.', { computed: true }),
    instance_id: field(orNull(Type.String()), 'The id of what it is embedded in: null.', { computed: true }),
    proxy_protocol_extensions: field(
      orNull(Type.Array(ProxyProtocolExtension)),
      'The endpoint services before it: null.',
      { computed: true },
    ),
    ...timestamps,
  },
  filters: {
    include_recycle_bin: includeRecycleBin,
    availability_zone_list: {
      schema: Type.String(),
      arity: 'many',
      description: 'One of its availability zones.',
      match: { kind: 'element', column: 'availability_zone_list', key: null },
    },
    member_device_id: {
      schema: Type.String(),
      arity: 'many',
      description: 'The server of a member of one of its pools.',
      match: memberOf('instance_id'),
    },
    member_address: {
      schema: Type.String(),
      arity: 'many',
      description: 'The address of a member of one of its pools.',
      match: memberOf('address'),
    },
    eips: {
      arity: 'many',
      description: 'As eip_id=…, eip_address=… or ip_version=….',
      nested: {
        eip_id: element(Type.String(), 'publicip_id'),
        eip_address: element(Type.String(), 'publicip_address'),
        ip_version: element(Type.Integer(), 'ip_version'),
      },
    },
    publicips: {
      arity: 'many',
      description: 'As publicip_id=…, publicip_address=… or ip_version=….',
      nested: {
        publicip_id: element(Type.String(), 'publicip_id'),
        public_id: element(Type.String(), 'publicip_id'),
        publicip_address: element(Type.String(), 'publicip_address'),
        ip_version: element(Type.Integer(), 'ip_version'),
      },
    },
    autoscaling: {
      arity: 'many',
      description: 'As enable=true.',
      nested: {
        enable: { schema: Type.Boolean(), match: { kind: 'json', column: 'autoscaling', key: 'enable' } },
      },
    },
    global_eips: {
      arity: 'many',
      description: 'As global_eip_id=…, global_eip_address=… or ip_version=….',
      nested: {
        global_eip_id: {
          schema: Type.String(),
          match: { kind: 'element', column: 'global_eips', key: 'global_eip_id' },
        },
        global_eip_address: {
          schema: Type.String(),
          match: { kind: 'element', column: 'global_eips', key: 'global_eip_address' },
        },
        ip_version: {
          schema: Type.Integer(),
          match: { kind: 'element', column: 'global_eips', key: 'ip_version' },
        },
      },
    },
    ip_version: {
      schema: Type.Integer({ enum: [4, 6] }),
      arity: 'many',
      description: '4 or 6: the families of its own addresses.',
      match: { kind: 'element', column: 'ip_versions', key: null },
    },
  },
});

export type LoadBalancer = RecordOf<(typeof loadBalancer)['fields']>;

/** A load balancer of either kind, as only the calls that make shared ones describe it (rules digest 2.1.7). */
export const loadBalancerOfKind = {
  ...loadBalancer,
  fields: {
    ...loadBalancer.fields,
    guaranteed: { ...loadBalancer.fields.guaranteed, input: Type.Boolean() },
    availability_zone_list: {
      ...loadBalancer.fields.availability_zone_list,
      create: 'optional',
      nullable: true,
    },
  },
} as const;
