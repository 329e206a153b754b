/** The rules of a load balancer that need the networks or what it has (rules digest 2.1). */
import type { Kysely } from 'kysely';
import { invalid, notFound, Refusal } from '../model/errors.ts';
import { listener } from '../model/listener.ts';
import type { LoadBalancer } from '../model/load-balancer.ts';
import { findBy } from '../store/rows.ts';
import type { Tables } from '../store/schema.ts';
import { defaultBackendNetworks, type Networks } from './addresses.ts';
import type { SubnetRecord } from './inventory.ts';
import type { KnownNetworks } from './networks/known-networks.ts';
import type { Region } from './region.ts';

type Body = Readonly<Record<string, unknown>>;

/** The rules of create and update alike. */
export function checkLoadBalancer(wanted: LoadBalancer, networks: Networks, body: Body): void {
  if (body['prepaid_options']) {
    throw invalid('loadbalancer.prepaid_options', 'nothing can be bought here; leave it out.');
  }
  if (wanted.loadbalancer_type === 'gateway') checkGateway(wanted, networks, body);
  else if (wanted.gw_flavor_id) {
    throw invalid('loadbalancer.gw_flavor_id', 'it is for loadbalancer_type gateway; leave it out.');
  }
  if (wanted.ipv6_bandwidth && !networks.ipv6) {
    throw invalid(
      'loadbalancer.ipv6_bandwidth',
      'it is for the IPv6 address, which needs ipv6_vip_virsubnet_id; give that too.',
    );
  }
}

/** A gateway load balancer has one subnet, chosen addresses and no public ones (rules digest 1.8 and LB-17). */
function checkGateway(wanted: LoadBalancer, { ipv4, ipv6 }: Networks, body: Body): void {
  const refused = [
    'l4_flavor_id',
    'l7_flavor_id',
    'vip_address',
    'ipv6_vip_address',
    'publicip',
    'publicip_ids',
    'ipv6_bandwidth',
    'autoscaling',
    'ip_target_enable',
  ];
  for (const key of refused) {
    const given = body[key];
    if (!given || (Array.isArray(given) && given.length === 0)) continue;
    throw invalid(`loadbalancer.${key}`, 'a gateway load balancer has none; leave it out.');
  }
  if (!wanted.gw_flavor_id) {
    throw invalid('loadbalancer.gw_flavor_id', 'it is required when loadbalancer_type is gateway.');
  }
  if (!ipv4 && !ipv6) {
    throw invalid(
      'loadbalancer.vip_subnet_cidr_id',
      'a gateway load balancer needs it, or ipv6_vip_virsubnet_id.',
    );
  }
  if (ipv4 && ipv6 && ipv4 !== ipv6) {
    throw invalid(
      'loadbalancer.ipv6_vip_virsubnet_id',
      'a gateway load balancer has both addresses in one subnet.',
    );
  }
}

/**
 * Zones that a load balancer may have: proxies serve every zone alike, so those of the region are one set.
 *
 * @param field how a refusal names what the zones came in
 */
export function checkZones(
  region: Region,
  zones: readonly string[],
  field = 'loadbalancer.availability_zone_list',
): void {
  const known = region.inventory.availabilityZones;
  const unknown = zones.find((zone) => !known.includes(zone));
  if (unknown !== undefined) {
    throw invalid(
      field,
      `there is no zone "${unknown}" in ${region.inventory.region}; there are ${known.join(', ')}.`,
    );
  }
}

/** What an update may not take back or choose (rules digest LB-15, C48, and charge_mode of 2.1.1). */
export function checkOneWay(before: LoadBalancer, wanted: LoadBalancer, body: Body): void {
  if (before.ip_target_enable && !wanted.ip_target_enable) {
    throw invalid('loadbalancer.ip_target_enable', 'it cannot be switched off once it is on.');
  }
  if (body['charge_mode'] === 'lcu') {
    throw invalid('loadbalancer.charge_mode', 'an update can only set it to flavor.');
  }
  for (const key of ['l4_flavor_id', 'l7_flavor_id'] as const) {
    if (body[key] === undefined || (before[key] === null) === (wanted[key] === null)) continue;
    throw new Refusal(
      'ELB.8959',
      `Invalid input for 'loadbalancer.${key}': it cannot change from ${before[key]} to ${wanted[key]}.`,
    );
  }
}

/** Elastic flavors that are switched on under listeners of layer 7 need a lowest one (2.1.1, autoscaling). */
export async function checkAutoscaling(
  db: Kysely<Tables>,
  { id, autoscaling }: LoadBalancer,
  body: Body,
): Promise<void> {
  if (!body['autoscaling'] || !autoscaling?.enable || autoscaling.min_l7_flavor_id !== '') return;
  const listeners = await findBy(db, listener, 'loadbalancer_id', [id]);
  if (!listeners.some(({ protocol }) => ['HTTP', 'HTTPS', 'QUIC'].includes(protocol))) return;
  throw invalid(
    'loadbalancer.autoscaling.min_l7_flavor_id',
    'it is required when enable is true and the load balancer has HTTP, HTTPS or QUIC listeners.',
  );
}

/** The networks that a load balancer takes source addresses from: those named, all in its VPC, else the default. */
export async function backendNetworks(
  known: KnownNetworks,
  networks: Networks,
  projectId: string,
  { elb_virsubnet_ids, guaranteed }: LoadBalancer,
): Promise<Pick<LoadBalancer, 'elb_virsubnet_ids' | 'elb_virsubnet_type'>> {
  // A shared one takes its source addresses from networks of the provider's.
  if (!guaranteed) return { elb_virsubnet_ids: [], elb_virsubnet_type: 'ipv4' };
  const ids = elb_virsubnet_ids.length > 0 ? elb_virsubnet_ids : defaultBackendNetworks(networks);
  const found: SubnetRecord[] = [];
  for (const id of ids) {
    // Some clients name a subnet here by the id that its IPv4 addresses go by.
    const subnet = (await known.network(projectId, id)) ?? (await known.ipv4Subnet(projectId, id));
    if (!subnet) throw notFound('network', id);
    found.push(subnet);
  }
  const stray = found.find(({ vpc }) => vpc.id !== networks.vpc.id);
  if (stray) {
    throw invalid(
      'loadbalancer.elb_virsubnet_ids',
      `${stray.id} is in the VPC ${stray.vpc.id}, not ${networks.vpc.id}.`,
    );
  }
  const single = found.find(({ ipv6 }) => ipv6 === null);
  if (networks.ipv6 && single) {
    throw new Refusal(
      'ELB.8931',
      `Invalid input for 'loadbalancer.elb_virsubnet_ids': the load balancer has an IPv6 address, and the network ` +
        `${single.id} has none; give networks with IPv6 only.`,
    );
  }
  const dual = found.some(({ ipv6 }) => ipv6 !== null);
  return { elb_virsubnet_ids: ids, elb_virsubnet_type: dual ? 'dualstack' : 'ipv4' };
}
