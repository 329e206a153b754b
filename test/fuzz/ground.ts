/** Where fuzzing takes place: two projects of two users, and something of every kind in both. */
import type { InventoryFile } from '../../src/model/inventory.ts';
import type { ApiClient } from '../support/api-client.ts';
import { seed } from '../support/control-plane.ts';
import { serverPair } from '../support/pem.ts';

export const ground = {
  projectId: seed.projectId,
  foreignProjectId: seed.otherProjectId,
  subnets: ['f0000000-0000-4000-8000-0000000000a1', 'f0000000-0000-4000-8000-0000000000a2'],
  networks: ['f0000000-0000-4000-8000-0000000000b1', 'f0000000-0000-4000-8000-0000000000b2'],
  vpcs: ['f0000000-0000-4000-8000-0000000000c1', 'f0000000-0000-4000-8000-0000000000c2'],
} as const;

const [subnet, otherSubnet] = ground.subnets;
const [network, otherNetwork] = ground.networks;
const [vpc, otherVpc] = ground.vpcs;

/** Quotas keep the store from growing: it is the process that must not. All addresses are of loopback. */
export const inventory: InventoryFile = {
  region: { name: 'region-1', availability_zones: ['az1', 'az2'] },
  projects: [
    { id: ground.projectId, name: 'fuzzed' },
    { id: ground.foreignProjectId, name: 'foreign' },
    // That of the processes of `ElbowProcess`.
    { id: '057ef081eb00d2732fd1c01a9be75e6f', name: 'process' },
  ],
  users: [
    { name: 'fuzzer', password: 'fuzzer-password', projects: [ground.projectId] },
    { name: 'other', password: 'other-password', projects: [ground.foreignProjectId] },
  ],
  private_networks: ['127.0.0.0/8'],
  vpcs: [
    {
      id: vpc,
      subnets: [{ id: network, neutron_subnet_id: subnet, cidr: '127.73.0.0/24', cidr_v6: 'fd00:73::/64' }],
    },
    { id: otherVpc, subnets: [{ id: otherNetwork, neutron_subnet_id: otherSubnet, cidr: '127.74.0.0/24' }] },
  ],
  quotas: {
    ...{ loadbalancer: 40, listener: 60, pool: 60, member: 200, healthmonitor: 40, l7policy: 60 },
    ...{ certificate: 1000, ipgroup: 1000, security_policy: 1000 },
  },
};

/**
 * Something of every kind, in one graph.
 *
 * @param onTaken hears of each body, with the operation that took it
 */
export async function populate(
  api: ApiClient,
  onTaken: (operation: string, body: string) => void = () => {},
): Promise<void> {
  const create: ApiClient['create'] = async (path, body) => {
    const made = await api.create(path, body);
    const template = path.replace(/[0-9a-f-]{36}/, path.includes('/pools/') ? '{pool_id}' : '{l7policy_id}');
    onTaken(`POST /v3/{project_id}${template}`, JSON.stringify(body));
    return made;
  };
  const lb = await create('/elb/loadbalancers', {
    loadbalancer: { vip_subnet_cidr_id: subnet, availability_zone_list: ['az1'], ip_target_enable: true },
  });
  const certificate = await create('/elb/certificates', {
    certificate: { ...serverPair('ec'), domain: 'a.example.com' },
  });
  const group = await create('/elb/ipgroups', { ipgroup: { ip_list: [{ ip: '127.0.0.1' }] } });
  const policy = await create('/elb/security-policies', {
    security_policy: { protocols: ['TLSv1.2'], ciphers: ['ECDHE-RSA-AES128-GCM-SHA256'] },
  });
  await create('/elb/listeners', {
    listener: {
      loadbalancer_id: lb.id,
      protocol: 'HTTPS',
      protocol_port: 443,
      default_tls_container_ref: certificate.id,
      ipgroup: { ipgroup_id: group.id },
      security_policy_id: policy.id,
    },
  });
  const listener = await create('/elb/listeners', {
    listener: { loadbalancer_id: lb.id, protocol: 'HTTP', protocol_port: 80, enhance_l7policy_enable: true },
  });
  const pool = await create('/elb/pools', {
    pool: { listener_id: listener.id, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' },
  });
  await create(`/elb/pools/${pool.id}/members`, {
    member: { address: '127.73.0.200', protocol_port: 9, subnet_cidr_id: subnet },
  });
  const forwarding = await create('/elb/l7policies', {
    l7policy: { listener_id: listener.id, action: 'REDIRECT_TO_POOL', redirect_pool_id: pool.id },
  });
  await create(`/elb/l7policies/${forwarding.id}/rules`, {
    rule: { type: 'PATH', compare_type: 'EQUAL_TO', value: '/fuzzed' },
  });
  await create('/elb/healthmonitors', {
    healthmonitor: {
      ...{ pool_id: pool.id, type: 'TCP', delay: 50, timeout: 50, max_retries: 3 },
      admin_state_up: false,
    },
  });
  await create('/elb/logtanks', {
    logtank: { loadbalancer_id: lb.id, log_group_id: 'group', log_topic_id: 'topic' },
  });
  await create('/elb/master-slave-pools', {
    pool: {
      ...{ type: 'instance', vpc_id: vpc, protocol: 'TCP', lb_algorithm: 'ROUND_ROBIN' },
      members: ['master', 'slave'].map((role, index) => ({
        ...{ address: `127.73.0.${201 + index}`, protocol_port: 9, subnet_cidr_id: subnet, role },
      })),
      healthmonitor: { type: 'TCP', delay: 50, timeout: 50, max_retries: 3 },
    },
  });
}
