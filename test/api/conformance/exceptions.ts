/** Where the API is not word for word the interface, and why; the tests hold both lists exact. */

const extra = 'not in the interface';
const stricter = 'required here, optional in the interface';
const looser = 'optional here, required in the interface';

const openTelekom = 'Documented by the same API of another cloud (rules digest 2.5.1).';
const accessLog = 'Documented by the same API of another cloud (rules digest 2.2.1).';
const ignoredProject = 'Every create accepts the project and ignores it (rules digest 1.1).';
const inConditions = 'A rule with conditions does without (rules digest 2.7.1).';
const asTextToo = 'It may be text or a number (rules digest C27).';
const namesATag = 'A tag has a key (rules digest 1.8).';
const aRange = 'A range is from one port to another (rules digest 2.2.1).';

/** Each difference, with the reason why it stays. */
export const exceptions: Readonly<Record<string, string>> = {
  [`PageInfo.previous_marker: ${looser}`]: 'An empty list has no markers (rules digest 1.6).',

  ...Object.fromEntries(
    ['http_version', 'content_check_enable', 'send_content', 'receive_content', 'content_format'].flatMap(
      (key) =>
        ['HealthMonitor', 'CreateHealthMonitorOption', 'UpdateHealthMonitorOption'].map((schema) => [
          `${schema}.${key}: ${extra}`,
          openTelekom,
        ]),
    ),
  ),
  [`HealthMonitor.sni_enable: ${extra}`]: openTelekom,
  ...Object.fromEntries(
    ['Listener', 'CreateListenerOption', 'UpdateListenerOption'].map((schema) => [
      `${schema}.access_log_customized_headers_config: ${extra}`,
      accessLog,
    ]),
  ),

  ...Object.fromEntries(
    ['Enable', 'Policy'].map((what) => [
      `UpdateRecycleBin${what}RequestBody.recycle_bin: ${stricter}`,
      'Without it there is nothing to change.',
    ]),
  ),

  [`CreateLogtankOption.project_id: ${extra}`]: ignoredProject,
  [`CreateSecurityPolicyOption.project_id: ${extra}`]: ignoredProject,

  [`CreateLoadBalancerOption.gw_flavor_id: ${extra}`]:
    'A gateway load balancer needs it (rules digest LB-17).',
  [`CreateLoadBalancerOption.loadbalancer_type: ${extra}`]: 'It makes a gateway (rules digest 2.1.1).',
  [`LoadBalancer.ipv6_bandwidth: ${extra}`]: 'It is answered (rules digest 2.1.2).',

  [`Tag.key: ${stricter}`]: namesATag,
  [`PortRange.start_port: ${stricter}`]: aRange,
  [`PortRange.end_port: ${stricter}`]: aRange,
  [`BatchCreateLoadBalancerOption.availability_zone_list: ${looser}`]:
    'A shared load balancer has no zones (rules digest 2.1.7).',
  [`CreateListenerIpGroupOption.ipgroup_id: ${looser}`]:
    'An empty object is no access control (rules digest 2.2.1); any other needs it.',
  [`CreatePoolOption.lb_algorithm: ${looser}`]: 'An IP pool may do without (rules digest 2.3.1).',
  [`BatchCreateMembersOption.protocol_port: ${looser}`]:
    'A pool with any_port_enable does without (rules digest C5).',
  [`BatchDeleteCertificatesRequestBody.certificates: ${stricter}`]: 'It is the call (rules digest CE-8).',
  [`BatchDeleteIpListRequestBody.ipgroup: ${stricter}`]: 'It is the call (rules digest IG-3).',
  [`BatchDeleteIpListOption.ip_list: ${stricter}`]: 'It is the call (rules digest IG-3).',
  [`DnsIp.ip_address: ${stricter}`]: 'It is what is enabled or disabled (rules digest 2.1.7).',
  [`UpdateIpListRequestBody.ipgroup: ${stricter}`]: 'It is the call (rules digest IG-2).',
  [`CreateMemberHealthCheckJobRequestBody.member_check: ${stricter}`]: 'It is the call (rules digest 2.4.8).',

  'ListListeners?protocol_port[]: integer here, str in the interface':
    'A query is text; what is no number is no port (rules digest 5.3).',
  'ListLoadBalancers?log_group_id: array here, str in the interface':
    'It may be given several times (rules digest 2.1.3).',
  'ListLoadBalancers?log_topic_id: array here, str in the interface':
    'It may be given several times (rules digest 2.1.3).',
  ...Object.fromEntries(
    ['listener_id', 'listener_name', 'listener_protocol', 'pool_id', 'pool_name'].map((key) => [
      `ShowLoadBalancerTopology?${key}: array here, str in the interface`,
      'It may be given several times (rules digest 3.2).',
    ]),
  ),
  'ShowLoadBalancerTopology?listener_protocol_port: array here, int in the interface':
    'It may be given several times (rules digest 3.2).',
  [`CountPreoccupyIpNum?sence: ${extra}`]: 'The cloud’s pages misspell scene (rules digest C42).',

  [`CreateL7PolicyRuleOption.project_id: ${extra}`]: ignoredProject,
  [`CreateL7PolicyRuleOption.value: ${looser}`]: inConditions,
  [`CreateRuleOption.value: ${looser}`]: inConditions,
  [`UpdateRuleCondition.value: ${stricter}`]: 'A condition is a value (rules digest 2.7.1).',
  [`CreateRedirectUrlConfig.status_code: ${looser}`]:
    'A create without it is refused; an update keeps it (rules digest 2.6.4).',
  [`CreateFixtedResponseConfig.status_code: ${looser}`]:
    'A create without it is refused; an update keeps it (rules digest 2.6.5).',
  'CreateRedirectPoolsConfig.weight: integer or string here, str in the interface': asTextToo,
  'UpdateRedirectPoolsConfig.weight: integer or string here, str in the interface': asTextToo,
  [`BatchUpdatePoliciesPriorityRequestBody.l7policies: ${stricter}`]: 'It is the call (rules digest L7-10).',
};
