/** How the fields of each part are called in the resources of Terraform's huaweicloud provider. */
import type { PartName } from '../../model/graph-parts.ts';
import { attribute, type Line, type Value } from './hcl.ts';

/**
 * The lines that say a field's value; a text is the name of the attribute that takes it as it is. The path says in
 * comments which field is meant.
 */
export type Naming = string | ((value: Value, path: string) => readonly Line[]);

export type Names = Readonly<Record<string, Naming>>;

/** A resource type of the provider; a field it does not name has no attribute there. */
export interface ResourceType {
  readonly type: string;
  /** Attributes that it wants even where there is nothing to say. */
  readonly always?: readonly Line[];
  readonly fields: Names;
}

/** The parts that are resources of the provider; of the others, what there is is said with the part they are in. */
export type ResourcePart = Exclude<PartName, 'domain_names' | 'master_slave_member' | 'master_slave_monitor'>;

type Fields = Readonly<Record<string, Value>>;

/** The lines of an object's fields. What the provider cannot say becomes a comment. */
export function linesOf(fields: Fields, names: Names, path = ''): Line[] {
  return Object.entries(fields).flatMap(([key, value]): readonly Line[] => {
    const naming = Object.hasOwn(names, key) ? names[key] : undefined;
    if (typeof naming === 'string') return [attribute(naming, value)];
    if (naming) return naming(value, path + key);
    return [
      { kind: 'comment', text: `The provider has nothing for ${path}${key} = ${JSON.stringify(value)}` },
    ];
  });
}

const as =
  (name: string, of: (value: Value) => Value): Naming =>
  (value) => [attribute(name, of(value))];
/** A block for an object, and one for each of a list. */
const block =
  (name: string, names: Names): Naming =>
  (value, path) => {
    const objects = (Array.isArray(value) ? value : [value]) as readonly Fields[];
    return objects.map((each) => ({ kind: 'block', name, body: linesOf(each, names, `${path}.`) }));
  };
const flat =
  (names: Names): Naming =>
  (value, path) =>
    linesOf(value as Fields, names, `${path}.`);

const tags = as('tags', (value) =>
  Object.fromEntries((value as readonly Fields[]).map(({ key, value: of = '' }) => [String(key), of])),
);
/** The provider takes some switches as text, so as to tell false from not given. */
const asText = (name: string) => as(name, String);
const textOf = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, asText(name)]));
const same = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, name]));
const common = same('name', 'description', 'enterprise_project_id');
const protection = same('protection_status', 'protection_reason');

const forwarded = {
  insert_headers_config: block('insert_headers_config', {
    configs: block('configs', same('key', 'value_type', 'value')),
  }),
  remove_headers_config: block('remove_headers_config', { configs: block('configs', same('key')) }),
};
const trafficLimit = {
  traffic_limit_config: block('traffic_limit_config', same('qps', 'per_source_ip_qps', 'burst')),
};
const drain = flat({ enable: 'connection_drain_enabled', timeout: 'connection_drain_timeout' });

export const resourceTypes: Readonly<Record<ResourcePart, ResourceType>> = {
  certificate: {
    type: 'huaweicloud_elb_certificate',
    fields: {
      ...common,
      ...same('type', 'certificate', 'private_key', 'domain', 'enc_certificate', 'enc_private_key'),
      ...same('scm_certificate_id'),
    },
  },
  ipgroup: {
    type: 'huaweicloud_elb_ipgroup',
    always: [attribute('name', '')],
    fields: { ...common, ip_list: block('ip_list', same('ip', 'description')) },
  },
  security_policy: {
    type: 'huaweicloud_elb_security_policy',
    fields: { ...common, ...same('protocols', 'ciphers') },
  },
  loadbalancer: {
    type: 'huaweicloud_elb_loadbalancer',
    fields: {
      ...common,
      ...protection,
      ...same('vpc_id', 'l4_flavor_id', 'l7_flavor_id', 'gw_flavor_id', 'loadbalancer_type'),
      ...same('deletion_protection_enable', 'waf_failure_action'),
      availability_zone_list: 'availability_zone',
      ip_target_enable: 'cross_vpc_backend',
      vip_subnet_cidr_id: 'ipv4_subnet_id',
      vip_address: 'ipv4_address',
      ipv6_vip_virsubnet_id: 'ipv6_network_id',
      ipv6_vip_address: 'ipv6_address',
      ipv6_bandwidth: flat({ id: 'ipv6_bandwidth_id' }),
      publicip: 'ipv4_eip_id',
      elb_virsubnet_ids: 'backend_subnets',
      autoscaling: flat({ enable: 'autoscaling_enabled', min_l7_flavor_id: 'min_l7_flavor_id' }),
      tags,
    },
  },
  logtank: {
    type: 'huaweicloud_elb_logtank',
    fields: same('log_group_id', 'log_topic_id'),
  },
  listener: {
    type: 'huaweicloud_elb_listener',
    fields: {
      ...same('name', 'description'),
      ...protection,
      ...same('protocol', 'protocol_port', 'default_pool_id', 'http2_enable', 'tls_ciphers_policy'),
      ...same('security_policy_id', 'gzip_enable', 'enable_member_retry', 'proxy_protocol_enable'),
      ...same('sni_match_algo', 'ssl_early_data_enable', 'cps'),
      port_ranges: block('port_ranges', same('start_port', 'end_port')),
      default_tls_container_ref: 'server_certificate',
      client_ca_tls_container_ref: 'ca_certificate',
      sni_container_refs: 'sni_certificate',
      keepalive_timeout: 'idle_timeout',
      client_timeout: 'request_timeout',
      member_timeout: 'response_timeout',
      enhance_l7policy_enable: 'advanced_forwarding_enabled',
      connection: 'max_connection',
      transparent_client_ip_enable: asText('transparent_client_ip_enable'),
      nat64_enable: asText('nat64_enable'),
      ipgroup: (value) => {
        const { ipgroup_id = '', enable_ipgroup = true, type = 'white' } = value as Fields;
        return [
          attribute('access_policy', type),
          attribute('ip_group', ipgroup_id),
          attribute('ip_group_enable', String(enable_ipgroup)),
        ];
      },
      quic_config: (value) => {
        const { quic_listener_id = '', enable_quic_upgrade = false } = value as Fields;
        return [
          attribute('quic_listener_id', quic_listener_id),
          attribute('enable_quic_upgrade', String(enable_quic_upgrade)),
        ];
      },
      insert_headers: flat({
        'X-Forwarded-ELB-IP': 'forward_eip',
        'X-Forwarded-Port': 'forward_port',
        'X-Forwarded-For-Port': 'forward_request_port',
        'X-Forwarded-Host': 'forward_host',
        'X-Forwarded-ELB-ID': 'forward_elb',
        'X-Forwarded-Proto': 'forward_proto',
        'X-Real-IP': 'real_ip',
        'X-Forwarded-TLS-Certificate-ID': 'forward_tls_certificate',
        'X-Forwarded-TLS-Cipher': 'forward_tls_cipher',
        'X-Forwarded-TLS-Protocol': 'forward_tls_protocol',
      }),
      tags,
    },
  },
  l7policy: {
    type: 'huaweicloud_elb_l7policy',
    fields: {
      ...same('name', 'description', 'action', 'priority', 'redirect_listener_id', 'redirect_pool_id'),
      redirect_pools_config: block('redirect_pools_config', same('pool_id', 'weight')),
      redirect_pools_sticky_session_config: block(
        'redirect_pools_sticky_session_config',
        same('enable', 'timeout'),
      ),
      redirect_pools_extend_config: block('redirect_pools_extend_config', {
        rewrite_url_enable: 'rewrite_url_enabled',
        rewrite_url_config: block('rewrite_url_config', same('host', 'path', 'query')),
        ...forwarded,
        ...trafficLimit,
      }),
      redirect_url_config: block('redirect_url_config', {
        ...same('status_code', 'protocol', 'host', 'port', 'path', 'query'),
        ...forwarded,
      }),
      fixed_response_config: block('fixed_response_config', {
        ...same('status_code', 'content_type', 'message_body'),
        ...forwarded,
        ...trafficLimit,
      }),
    },
  },
  rule: {
    type: 'huaweicloud_elb_l7rule',
    fields: {
      ...same('type', 'compare_type', 'value'),
      conditions: block('conditions', same('key', 'value')),
    },
  },
  pool: {
    type: 'huaweicloud_elb_pool',
    fields: {
      ...same('name', 'description', 'protocol', 'type', 'ip_version', 'any_port_enable', 'vpc_id'),
      ...same('public_border_group'),
      ...protection,
      lb_algorithm: 'lb_method',
      member_deletion_protection_enable: 'deletion_protection_enable',
      session_persistence: block('persistence', {
        ...same('type', 'cookie_name'),
        persistence_timeout: 'timeout',
      }),
      slow_start: flat({ enable: 'slow_start_enabled', duration: 'slow_start_duration' }),
      connection_drain: drain,
      pool_health: flat(same('minimum_healthy_member_count')),
      az_affinity: block('az_affinity', {
        ...textOf('enable', 'az_minimum_healthy_member_percentage', 'az_minimum_healthy_member_count'),
        ...same('az_unhealthy_fallback_strategy'),
      }),
    },
  },
  member: {
    type: 'huaweicloud_elb_member',
    fields: { ...same('name', 'address', 'protocol_port', 'weight'), subnet_cidr_id: 'subnet_id' },
  },
  master_slave_pool: {
    type: 'huaweicloud_elb_active_standby_pool',
    fields: {
      ...same('name', 'description', 'protocol', 'lb_algorithm', 'type', 'any_port_enable', 'vpc_id'),
      ...same('ip_version'),
      connection_drain: drain,
      members: block('members', {
        ...same('name', 'address', 'protocol_port', 'role'),
        subnet_cidr_id: 'subnet_id',
      }),
      healthmonitor: block('healthmonitor', {
        ...same('name', 'type', 'delay', 'timeout', 'max_retries', 'max_retries_down', 'monitor_port'),
        ...same('domain_name', 'url_path', 'http_method', 'expected_codes'),
      }),
    },
  },
  healthmonitor: {
    type: 'huaweicloud_elb_monitor',
    fields: {
      ...same('name', 'timeout', 'max_retries', 'max_retries_down', 'domain_name', 'url_path', 'http_method'),
      type: 'protocol',
      delay: 'interval',
      monitor_port: 'port',
      expected_codes: 'status_code',
      admin_state_up: 'enabled',
    },
  },
};
