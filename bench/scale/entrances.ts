/** The load balancers, listeners and logtanks of a generated project. */
import { mergeInsertHeaders } from '../../src/model/insert-headers.ts';
import { type Listener, listener } from '../../src/model/listener.ts';
import { protocolDefaults } from '../../src/model/listener-rules.ts';
import { type LoadBalancer, loadBalancer } from '../../src/model/load-balancer.ts';
import { type Logtank, logtank } from '../../src/model/logtank.ts';
import { draft } from '../../src/model/resource.ts';
import { portIdOf } from '../../src/service/addresses.ts';
import { derivedId } from '../../src/service/derived-id.ts';
import type { Maker } from './maker.ts';

const l4Flavors = ['s1.small', 's2.small', 's1.medium'].map((size) =>
  derivedId(`flavor L4_flavor.elb.${size}`),
);
const l7Flavors = ['s1.small', 's2.small', 's1.medium'].map((size) =>
  derivedId(`flavor L7_flavor.elb.${size}`),
);

const zones = ['local-1a', 'local-1b', 'local-1c'];

/** @param index no two load balancers of a store may have the same: their addresses follow from it */
export function makeLoadBalancer(maker: Maker, index: number): LoadBalancer {
  const { chance, subnets, vpcId } = maker;
  const birth = maker.birth();
  const subnet = subnets[index % subnets.length];
  if (!subnet) throw new Error('the region has no subnet');
  // Below the addresses of servers: 127.64.0.10 and on in the first subnet, and so in each.
  const place = 10 + Math.floor(index / subnets.length);
  const [first, second, third] = subnet.ipv4.text.split('.').map(Number);
  const vip_address = `${first}.${second}.${Number(third) + (place >> 8)}.${place & 255}`;
  const publicAddress = `127.65.${index >> 8}.${index & 255}`;
  const isFixed = chance.happens(0.3);
  return {
    ...draft(loadBalancer, {}),
    ...birth,
    ...maker.protection(),
    name: maker.name('lb'),
    description: maker.description(),
    enterprise_project_id: maker.enterpriseProject(),
    admin_state_up: !chance.happens(0.05),
    vpc_id: vpcId,
    vip_subnet_cidr_id: subnet.neutronSubnetId,
    vip_address,
    vip_port_id: portIdOf(vip_address, birth.id),
    ip_versions: [4],
    availability_zone_list: zones.filter((_, at) => at === index % 3 || chance.happens(0.3)),
    elb_virsubnet_ids: [subnet.id],
    elb_virsubnet_type: 'ipv4',
    ip_target_enable: true,
    l4_flavor_id: isFixed ? chance.pick(l4Flavors) : null,
    l7_flavor_id: isFixed ? chance.pick(l7Flavors) : null,
    publicips: chance.happens(0.4)
      ? [{ publicip_id: derivedId(publicAddress), publicip_address: publicAddress, ip_version: 4 }]
      : [],
    tags: maker.tags(),
    autoscaling: chance.happens(0.1) ? { enable: chance.happens(0.5), min_l7_flavor_id: '' } : null,
    billing_info: chance.happens(0.01) ? `order:${chance.below(20)}` : null,
    deletion_protection_enable: chance.happens(0.1),
  };
}

/** A logtank, which its load balancer then shows. */
export function makeLogtank(maker: Maker, owner: LoadBalancer): Logtank {
  const { id, project_id } = maker.birth();
  const log_group_id = derivedId(`log group ${maker.chance.below(20)}`);
  const log_topic_id = derivedId(`log topic ${maker.chance.below(500)}`);
  Object.assign(owner, { log_group_id, log_topic_id });
  const { enterprise_project_id, id: loadbalancer_id } = owner;
  return {
    ...draft(logtank, {}),
    id,
    project_id,
    enterprise_project_id,
    loadbalancer_id,
    log_group_id,
    log_topic_id,
  };
}

/** What listeners may name. */
export interface Accessories {
  readonly certificateIds: readonly string[];
  readonly authorityIds: readonly string[];
  readonly ipGroupIds: readonly string[];
  readonly policyIds: readonly string[];
}

const protocols = ['HTTP', 'TCP', 'HTTP', 'TCP', 'HTTPS', 'UDP', 'HTTP', 'TCP', 'TLS', 'QUIC'] as const;

/** @param index which of its load balancer's it is */
export function makeListener(
  maker: Maker,
  owner: LoadBalancer,
  index: number,
  { certificateIds, authorityIds, ipGroupIds, policyIds }: Accessories,
): Listener {
  const { chance } = maker;
  const protocol = protocols[index % protocols.length] ?? 'TCP';
  const isTls = ['HTTPS', 'TLS', 'QUIC'].includes(protocol);
  const isHttp = ['HTTP', 'HTTPS', 'QUIC'].includes(protocol);
  const timeouts = isHttp && chance.happens(0.2);
  return {
    ...draft(listener, {}),
    ...protocolDefaults(protocol, true),
    ...maker.birth(),
    ...maker.protection(),
    name: maker.name('listener'),
    description: maker.description(),
    enterprise_project_id: owner.enterprise_project_id,
    loadbalancer_id: owner.id,
    protocol,
    protocol_port: index === 0 ? 80 : 8000 + index,
    default_tls_container_ref: isTls ? chance.pick(certificateIds) : null,
    client_ca_tls_container_ref: isTls && chance.happens(0.1) ? chance.pick(authorityIds) : null,
    sni_container_refs: isTls && chance.happens(0.1) ? [chance.pick(certificateIds)] : [],
    security_policy_id: isTls && chance.happens(0.3) ? chance.pick(policyIds) : null,
    http2_enable: protocol === 'QUIC' || (protocol === 'HTTPS' && chance.happens(0.5)),
    insert_headers: mergeInsertHeaders(null, { 'X-Forwarded-ELB-IP': chance.happens(0.3) }),
    enable_member_retry: !chance.happens(0.1),
    ...(timeouts
      ? { keepalive_timeout: chance.below(4000), client_timeout: 1 + chance.below(300), member_timeout: 30 }
      : {}),
    ipgroup: chance.happens(0.1)
      ? { ipgroup_id: groupsOf(maker, ipGroupIds), enable_ipgroup: chance.happens(0.8), type: 'white' }
      : null,
    proxy_protocol_enable: protocol === 'TLS' && chance.happens(0.1),
    enhance_l7policy_enable: isHttp && chance.happens(0.1),
    tags: maker.tags(),
  };
}

function groupsOf({ chance }: Maker, ids: readonly string[]): string {
  const named = [chance.pick(ids), ...(chance.happens(0.2) ? [chance.pick(ids)] : [])];
  return [...new Set(named)].join();
}
