/** Resources that differ in every field a list can be filtered by. */
import type { ApiClient } from '../support/api-client.ts';
import { seed } from '../support/control-plane.ts';
import { serverPair } from '../support/pem.ts';
import {
  flavorId,
  loopback,
  makeGateway,
  makeListener,
  makeLoadBalancer,
  makeMember,
  makeMonitor,
  makePolicy,
  makePool,
  places,
} from './fixtures.ts';

export async function makeFilterGround(api: ApiClient): Promise<void> {
  const eps = { enterprise_project_id: places.enterpriseProject };
  const bandwidth = { name: 'b', size: 1, charge_mode: 'traffic', share_type: 'PER' };
  const one = await makeLoadBalancer(api, { name: 'one', description: 'd', billing_info: 'b:1', ...eps });
  const two = await makeLoadBalancer(api, {
    ...{ name: 'two', availability_zone_list: ['az1', 'az2'] },
    l4_flavor_id: await flavorId(api, 'L4_flavor.elb.s1.small'),
    l7_flavor_id: await flavorId(api, 'L7_flavor.elb.s1.small'),
    ...{ ipv6_vip_virsubnet_id: seed.networkId, autoscaling: { enable: true } },
    ...{ admin_state_up: false, deletion_protection_enable: true, protection_status: 'consoleProtection' },
    publicip: { network_type: '5_bgp', bandwidth },
  });
  await makeLoadBalancer(api, {
    ...{ name: 'a+b c&d=e/f:%', vip_subnet_cidr_id: places.otherVpcSubnet, autoscaling: { enable: false } },
  });
  await makeGateway(api, { vip_subnet_cidr_id: places.declaredSubnet });
  const web = await makeListener(api, one.id, {
    ...{ name: 'web', description: 'x', http2_enable: true, enable_member_retry: false, client_timeout: 9 },
    ...{ member_timeout: 8, keepalive_timeout: 7, enhance_l7policy_enable: true },
  });
  const tcp = await makeListener(api, two.id, { protocol: 'TCP', proxy_protocol_enable: true });
  const udp = await makeListener(api, two.id, {
    ...{ protocol: 'UDP', protocol_port: 53, nat64_enable: true, transparent_client_ip_enable: false },
    ...{ protection_status: 'consoleProtection', tls_ciphers_policy: 'tls-1-2' },
  });
  const http = await makePool(api, { listener_id: web.id, name: 'http', description: 'pool', ...eps });
  const shared = await makePool(api, {
    ...{ listener_id: tcp.id, protocol: 'TCP', lb_algorithm: 'SOURCE_IP', name: 'shared' },
    ...{ connection_drain: { enable: true, timeout: 10 }, pool_health: { minimum_healthy_member_count: 1 } },
    ...{ az_affinity: { enable: true, az_minimum_healthy_member_count: 1 } },
  });
  await makeListener(api, one.id, { protocol: 'TCP', protocol_port: 90, default_pool_id: shared.id });
  const quic = await makePool(api, {
    ...{ listener_id: udp.id, protocol: 'QUIC', lb_algorithm: 'QUIC_CID', any_port_enable: true },
    ...{ session_persistence: { type: 'SOURCE_IP' }, quic_cid_hash_strategy: { len: 5, offset: 2 } },
    ...{ member_deletion_protection_enable: true, protection_status: 'consoleProtection' },
  });
  const loose = await makePool(api, { type: 'ip', public_border_group: 'edge', az_affinity: null });
  const probed = await makePool(api, { type: 'instance', vpc_id: loopback.vpcId, ip_version: 'v6' });
  await makeMonitor(api, probed.id, { admin_state_up: true, delay: 50 });
  await makeMember(api, probed.id, { address: loopback.running, subnet_cidr_id: loopback.subnet });
  await makeMonitor(api, http.id, { name: 'm', max_retries_down: 4, monitor_port: 81, domain_name: 'a.b' });
  await makeMonitor(api, quic.id, {
    ...{ type: 'UDP_CONNECT', delay: 9, timeout: 2, max_retries: 1, monitor_port: 53 },
    admin_state_up: true,
  });
  await makeMonitor(api, loose.id, {
    ...{ type: 'TCP', http_method: 'HEAD', expected_codes: '200-299', url_path: '/h?a&b#c', delay: 50 },
  });
  await makeMember(api, http.id, { name: 'n', weight: 0 });
  await makeMember(api, http.id, { address: '10.20.0.10', subnet_cidr_id: places.declaredSubnet });
  await makeMember(api, http.id, {
    address: '10.20.0.11',
    subnet_cidr_id: places.declaredSubnet,
    weight: 100,
  });
  await makeMember(api, http.id, { address: '10.20.0.12', subnet_cidr_id: places.declaredSubnet });
  await makeMember(api, shared.id, { name: 'a+b c&d=e/f:%', weight: 10, protocol_port: 22 });
  await makeMember(api, shared.id, { address: '2001:db8:a583:6a::9', subnet_cidr_id: seed.networkId });
  await makeMember(api, loose.id, { address: '10.0.0.1', subnet_cidr_id: null, availability_zone: 'az2' });
  await makePolicies(api, { web, plainOwner: two.id, pools: [loose.id, http.id] });
}

interface PolicyPlaces {
  /** With advanced forwarding. */
  readonly web: { readonly id: string };
  readonly plainOwner: string;
  readonly pools: readonly string[];
}

/** Policies of every action, one of which is in ERROR, and rules of every type. */
async function makePolicies(api: ApiClient, { web, plainOwner, pools: [first, second] }: PolicyPlaces) {
  const rule = (type: string, key = '') => ({
    ...{ type, compare_type: 'EQUAL_TO', value: 'a+b c&d', key },
    conditions: [{ key, value: type === 'SOURCE_IP' ? '10.0.0.0/8' : type === 'METHOD' ? 'GET' : 'x' }],
  });
  const rules = [
    { type: 'PATH', compare_type: 'STARTS_WITH', value: '/a' },
    { type: 'HOST_NAME', compare_type: 'EQUAL_TO', value: 'a.example.com' },
    ...[rule('METHOD'), rule('SOURCE_IP'), rule('HEADER', 'h'), rule('COOKIE', 'c')],
  ];
  await makePolicy(api, web.id, { redirect_pool_id: first, name: 'n', description: 'd', rules });
  await makePolicy(api, web.id, {
    ...{ redirect_pool_id: first, redirect_pools_config: [{ pool_id: second }], priority: 7, rules },
  });
  await makePolicy(api, web.id, {
    ...{ action: 'REDIRECT_TO_URL', redirect_url_config: { status_code: '301', host: 'example.com' } },
    rules: [{ type: 'PATH', compare_type: 'REGEX', value: '^/b' }, rule('QUERY_STRING', 'q')],
  });
  await makePolicy(api, web.id, {
    ...{ action: 'FIXED_RESPONSE', fixed_response_config: { status_code: '404' }, name: 'a+b c&d=e/f:%' },
  });
  const http = await makeListener(api, plainOwner, { protocol_port: 8080 });
  const certificate = await api.create('/elb/certificates', { certificate: serverPair() });
  const https = await makeListener(api, plainOwner, {
    ...{ protocol: 'HTTPS', protocol_port: 8443, default_tls_container_ref: certificate.id },
  });
  await makePolicy(api, http.id, { action: 'REDIRECT_TO_LISTENER', redirect_listener_id: https.id });
  await makePolicy(api, http.id, { redirect_pool_id: second });
}
