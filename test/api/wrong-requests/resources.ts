/** Wrong requests about load balancers, listeners, pools and health monitors. */
import { seed } from '../../support/control-plane.ts';
import { places } from '../fixtures.ts';
import { absent, conflicting, each, type Ground, type Row, wrong } from './row.ts';

type Make = (value: unknown) => unknown;

function loadBalancerRows(g: Ground): Row[] {
  const path = '/elb/loadbalancers';
  const one = `${path}/${g.lb}`;
  const right = { vip_subnet_cidr_id: seed.subnetCidrId, availability_zone_list: ['az1'] };
  const add = (key: string) => (value: unknown) => ({ loadbalancer: { ...right, [key]: value } });
  const put = (key: string) => (value: unknown) => ({ loadbalancer: { [key]: value } });
  const field = (key: string, values: readonly unknown[], message: RegExp) => [
    ...each(values, add(key), 'POST', path, message),
    ...each(values, put(key), 'PUT', one, message),
  ];
  return [
    ...field('name', [5, 'x'.repeat(256)], /loadbalancer\.name.*0 to 255/),
    ...field('description', ['x'.repeat(256)], /loadbalancer\.description/),
    ...field('admin_state_up', ['true', 1], /admin_state_up.*true or false/),
    ...field('protection_status', ['on', ''], /nonProtection, consoleProtection/),
    ...field('protection_reason', ['<b>', 'x'.repeat(256)], /protection_reason/),
    ...field('waf_failure_action', ['drop'], /forward, discard/),
    ...field('autoscaling', [{}, { enable: 'x' }], /autoscaling\.enable/),
    ...field('ipv6_bandwidth', [{}, 'x'], /ipv6_bandwidth/),
    ...field('elb_virsubnet_ids', ['x', [1], Array(65).fill('x')], /elb_virsubnet_ids/),
    ...each([false, 'yes'], add('guaranteed'), 'POST', path, /guaranteed.*expected true/),
    ...each(['haproxy'], add('provider'), 'POST', path, /provider.*expected "vlb"/),
    ...each(['shared'], add('loadbalancer_type'), 'POST', path, /loadbalancer_type.*expected "gateway"/),
    ...each(
      [[], 'az1', [''], [1], null],
      add('availability_zone_list'),
      'POST',
      path,
      /availability_zone_list/,
    ),
    ...each([['az9'], ['az1', 'local-1a']], add('availability_zone_list'), 'POST', path, /there is no zone/),
    wrong('POST', path, { loadbalancer: { vpc_id: seed.vpcId } }, /availability_zone_list.*required/),
    wrong('POST', path, add('pools')([]), /Unrecognized attribute\(s\) 'pools'/),
    wrong('POST', path, add('ip_versions')([]), /Unrecognized attribute\(s\) 'ip_versions'/),
    absent('GET', `${path}/${places.nothing}`, undefined, /^load balancer .* could not be found\.$/),
    absent('PUT', `${path}/${places.nothing}`, put('name')('x'), /^load balancer .* could not be found\.$/),
    absent('DELETE', `${path}/${places.nothing}`, undefined, /^load balancer .* could not be found\.$/),
    conflicting('DELETE', one, undefined, /listener\(s\) and .* pool\(s\); delete them first/),
    conflicting('POST', path, add('vip_address')('120.10.10.20'), /already in use/),
  ];
}

function listenerRows(g: Ground): Row[] {
  const path = '/elb/listeners';
  const one = `${path}/${g.listener}`;
  const right = { loadbalancer_id: g.lb, protocol: 'HTTP', protocol_port: 8080 };
  const make = (fields: object) => ({ listener: { ...right, ...fields } });
  const add = (key: string) => (value: unknown) => make({ [key]: value });
  const put = (key: string) => (value: unknown) => ({ listener: { [key]: value } });
  return [
    ...each(['', 'SCTP', 'http', 5, null], add('protocol'), 'POST', path, /listener\.protocol.*one of TCP/),
    ...each([-1, 65536, '80', 1.5], add('protocol_port'), 'POST', path, /protocol_port.*0 to 65535/),
    ...each(['', 5, null], add('loadbalancer_id'), 'POST', path, /loadbalancer_id/),
    wrong('POST', path, { listener: { protocol: 'TCP', protocol_port: 1 } }, /loadbalancer_id.*required/),
    wrong('POST', path, { listener: { loadbalancer_id: g.lb, protocol_port: 1 } }, /protocol.*required/),
    absent('POST', path, add('loadbalancer_id')(places.nothing), /^load balancer .* could not be found\.$/),
    absent('POST', path, add('default_pool_id')(places.nothing), /^pool .* could not be found\.$/),
    wrong('POST', path, add('default_pool_id')(g.tcpPool), /takes a pool of protocol HTTP/),
    wrong('PUT', one, put('default_pool_id')(g.tcpPool), /takes a pool of protocol HTTP/),
    wrong(
      'POST',
      path,
      add('enterprise_project_id')('0'),
      /Unrecognized attribute\(s\) 'enterprise_project_id'/,
    ),
    conflicting('POST', path, add('protocol_port')(80), /already has a listener with protocol_port of 80/),
    ...each([false, 'x'], put('admin_state_up'), 'PUT', one, /admin_state_up.*expected true/),
    ...each([-1, 4001, '60'], put('keepalive_timeout'), 'PUT', one, /keepalive_timeout.*0 to 4000/),
    ...each([0, 301], put('client_timeout'), 'PUT', one, /client_timeout.*1 to 300/),
    wrong('PUT', `${path}/${g.tcpListener}`, put('keepalive_timeout')(5), /10 to 4000 for protocol TCP/),
    wrong('PUT', `${path}/${g.tcpListener}`, put('member_timeout')(5), /HTTP or HTTPS, not TCP/),
    wrong('PUT', one, put('protocol_port')(81), /protocol_port': it cannot be changed/),
    wrong('PUT', one, put('loadbalancers')([]), /loadbalancers': it cannot be changed/),
    absent('GET', `${path}/${places.nothing}`, undefined, /^listener .* could not be found\.$/),
    conflicting('DELETE', one, undefined, /still sends requests to the members of pool/),
  ];
}

function poolRows(g: Ground): Row[] {
  const path = '/elb/pools';
  const one = `${path}/${g.pool}`;
  const tcp = `${path}/${g.tcpPool}`;
  const right = { loadbalancer_id: g.lb, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' };
  const make = (fields: object) => ({ pool: { ...right, ...fields } });
  const add = (key: string) => (value: unknown) => make({ [key]: value });
  const put: (key: string) => Make = (key) => (value) => ({ pool: { [key]: value } });
  const persistence = (value: object) => put('session_persistence')(value);
  return [
    ...each(['', 'GRPCS', 'tcp', null], add('protocol'), 'POST', path, /pool\.protocol.*one of TCP/),
    ...each(['', 'RANDOM', null, 5], put('lb_algorithm'), 'PUT', one, /lb_algorithm.*one of ROUND_ROBIN/),
    ...each(['QUIC_CID', '5_TUPLE_HASH'], put('lb_algorithm'), 'PUT', one, /lb_algorithm/),
    wrong('POST', path, { pool: { protocol: 'TCP', loadbalancer_id: g.lb } }, /lb_algorithm.*required/),
    ...each(['ecs', 5], add('type'), 'POST', path, /pool\.type.*one of instance, ip/),
    wrong('POST', path, make({ type: 'instance' }), /vpc_id.*required when type is instance/),
    wrong('POST', path, make({ type: 'ip', vpc_id: seed.vpcId }), /vpc_id.*left out when type is ip/),
    wrong('POST', path, make({ vpc_id: places.otherVpc }), /vpc_id.*the VPC of load balancer/),
    absent('POST', path, make({ vpc_id: places.nothing }), /^vpc .* could not be found\.$/),
    ...each(['v5', ''], add('ip_version'), 'POST', path, /ip_version.*v4, v6, dualstack/),
    wrong('PUT', one, put('ip_version')('v4'), /ip_version': it cannot be changed/),
    wrong('PUT', one, put('protocol')('TCP'), /protocol': it cannot be changed/),
    wrong('PUT', one, put('loadbalancer_id')(g.lb), /loadbalancer_id': it cannot be changed/),
    wrong('PUT', one, put('healthmonitor_id')('x'), /healthmonitor_id': it cannot be changed/),
    wrong('PUT', one, persistence({}), /session_persistence\.type.*required/),
    wrong('PUT', one, persistence({ type: 'COOKIE' }), /SOURCE_IP, HTTP_COOKIE, APP_COOKIE/),
    wrong('PUT', one, persistence({ type: 'APP_COOKIE' }), /cookie_name.*required when type is APP_COOKIE/),
    wrong('PUT', one, persistence({ type: 'HTTP_COOKIE', cookie_name: 'x' }), /cookie_name.*APP_COOKIE/),
    wrong(
      'PUT',
      one,
      persistence({ type: 'APP_COOKIE', cookie_name: 'a b' }),
      /cookie_name.*letters, digits, "\."/,
    ),
    wrong('PUT', one, persistence({ type: 'SOURCE_IP', persistence_timeout: 1441 }), /1 to 1440/),
    wrong('PUT', one, persistence({ type: 'SOURCE_IP', persistence_timeout: 0 }), /1 to 1440/),
    wrong('PUT', tcp, persistence({ type: 'SOURCE_IP', persistence_timeout: 61 }), /1 to 60 \(minutes\)/),
    wrong('POST', path, make({ protocol: 'QUIC' }), /session_persistence.*required when protocol is QUIC/),
    ...each([{ duration: 29 }, { duration: 1201 }], put('slow_start'), 'PUT', one, /duration.*30 to 1200/),
    wrong('PUT', tcp, put('slow_start')({ enable: true }), /slow_start.*HTTP or HTTPS, not TCP/),
    wrong('PUT', one, put('any_port_enable')(true), /any_port_enable.*TCP, UDP or QUIC, not HTTP/),
    wrong(
      'PUT',
      tcp,
      put('connection_drain')({ enable: true }),
      /connection_drain\.timeout.*required.*10 to 4000/,
    ),
    ...each([{ timeout: 9 }, { timeout: 4001 }], put('connection_drain'), 'PUT', tcp, /timeout.*10 to 4000/),
    wrong('PUT', one, put('connection_drain')({ enable: true, timeout: 10 }), /TCP, UDP or QUIC, not HTTP/),
    ...each([{ minimum_healthy_member_count: 2 }], put('pool_health'), 'PUT', one, /0 to 1/),
    wrong('POST', path, make({ protocol: 'TCP', az_affinity: {} }), /az_affinity\.enable.*required/),
    wrong('PUT', tcp, put('az_affinity')({ enable: true }), /exactly one of az_minimum/),
    wrong('PUT', one, put('az_affinity')({ enable: true }), /TCP, UDP or IP, not HTTP/),
    wrong('PUT', one, put('quic_cid_hash_strategy')({ len: 21, offset: 0 }), /len.*1 to 20/),
    wrong('PUT', one, put('quic_cid_hash_strategy')({ len: 20 }), /strategy\.offset.*required/),
    wrong('POST', path, make({ session_persistence: {} }), /session_persistence\.type.*required/),
    absent('PUT', `${path}/${places.nothing}`, put('name')('x'), /^pool .* could not be found\.$/),
    conflicting('DELETE', one, undefined, /still has 1 member\(s\); delete them first/),
  ];
}

function monitorRows(g: Ground): Row[] {
  const path = '/elb/healthmonitors';
  const one = `${path}/${g.monitor}`;
  const right = { pool_id: g.tcpPool, type: 'TCP', delay: 5, timeout: 3, max_retries: 3 };
  const make = (fields: object) => ({ healthmonitor: { ...right, ...fields } });
  const put = (key: string) => (value: unknown) => ({ healthmonitor: { [key]: value } });
  return [
    ...Object.keys(right).map((key) =>
      wrong('POST', path, make({ [key]: undefined }), new RegExp(`healthmonitor\\.${key}.*required`)),
    ),
    wrong(
      'POST',
      path,
      make({ type: 'UDP_CONNECT' }),
      /protocol TCP takes TCP, HTTP, HTTPS, not UDP_CONNECT/,
    ),
    absent('POST', path, make({ pool_id: places.nothing }), /^pool .* could not be found\.$/),
    conflicting('POST', path, make({ pool_id: g.pool }), /already has health monitor/),
    ...each([0, 51], put('delay'), 'PUT', one, /delay.*1 to 50/),
    ...each(['', '199', '200,'], put('expected_codes'), 'PUT', one, /expected_codes/),
    wrong('PUT', one, put('pool_id')(g.tcpPool), /pool_id': it cannot be changed/),
    absent('DELETE', `${path}/${places.nothing}`, undefined, /^health monitor .* could not be found\.$/),
  ];
}

export function resourceRows(g: Ground): Row[] {
  return [...loadBalancerRows(g), ...listenerRows(g), ...poolRows(g), ...monitorRows(g)];
}
