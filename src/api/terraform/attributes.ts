/** How the fields of each part are called in the resources of Terraform's huaweicloud provider. */
import type { PartName } from '../../model/graph.ts';
import { attribute, type Line, type Value } from './hcl.ts';

/** The lines that say a field's value; a text is the name of the attribute that takes it as it is. */
export type Naming = string | ((value: Value) => readonly Line[]);

/** A resource type of the provider; a field it does not name has no attribute there. */
export interface ResourceType {
  readonly type: string;
  readonly fields: Readonly<Record<string, Naming>>;
}

type Fields = Readonly<Record<string, Value>>;

const as =
  (name: string, of: (value: Value) => Value): Naming =>
  (value) => [attribute(name, of(value))];
const block =
  (name: string, names: Readonly<Record<string, string>>): Naming =>
  (value) => [{ kind: 'block', name, body: renamedLines(value as Fields, names) }];
const flat =
  (names: Readonly<Record<string, string>>): Naming =>
  (value) =>
    renamedLines(value as Fields, names);

function renamedLines(value: Fields, names: Readonly<Record<string, string>>): Line[] {
  return Object.entries(value).flatMap(([key, inner]) => (names[key] ? [attribute(names[key], inner)] : []));
}

const tags = as('tags', (value) =>
  Object.fromEntries((value as readonly Fields[]).map(({ key, value: of = '' }) => [String(key), of])),
);
/** The provider takes some switches as text, so as to tell false from not given. */
const asText = (name: string) => as(name, String);
const same = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, name]));
const common = same('name', 'description', 'enterprise_project_id');
const protection = same('protection_status', 'protection_reason');

export const resourceTypes: Readonly<Record<PartName, ResourceType>> = {
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
    fields: {
      ...common,
      ip_list: (entries) =>
        (entries as readonly Fields[]).map((entry) => ({
          kind: 'block',
          name: 'ip_list',
          body: renamedLines(entry, same('ip', 'description')),
        })),
    },
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
      elb_virsubnet_ids: 'backend_subnets',
      autoscaling: flat({ enable: 'autoscaling_enabled', min_l7_flavor_id: 'min_l7_flavor_id' }),
      publicip_ids: as('ipv4_eip_id', (ids) => (ids as readonly Value[])[0] ?? ''),
      tags,
    },
  },
  listener: {
    type: 'huaweicloud_elb_listener',
    fields: {
      ...common,
      ...protection,
      ...same('protocol', 'protocol_port', 'default_pool_id', 'http2_enable', 'tls_ciphers_policy'),
      ...same('security_policy_id', 'gzip_enable', 'enable_member_retry', 'proxy_protocol_enable'),
      ...same('sni_match_algo', 'ssl_early_data_enable', 'cps'),
      port_ranges: (ranges) =>
        (ranges as readonly Fields[]).map((range) => ({
          kind: 'block',
          name: 'port_ranges',
          body: renamedLines(range, same('start_port', 'end_port')),
        })),
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
      connection_drain: flat({ enable: 'connection_drain_enabled', timeout: 'connection_drain_timeout' }),
      pool_health: flat(same('minimum_healthy_member_count')),
      az_affinity: (value) => [
        {
          kind: 'block',
          name: 'az_affinity',
          body: Object.entries(value as Fields).map(([key, inner]) => attribute(key, String(inner))),
        },
      ],
    },
  },
  member: {
    type: 'huaweicloud_elb_member',
    fields: { ...same('name', 'address', 'protocol_port', 'weight'), subnet_cidr_id: 'subnet_id' },
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
