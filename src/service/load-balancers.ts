/** Load balancers: create, show, list, update, delete (rules digest 2.1). */
import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import { conflict, invalid, Refusal } from '../model/errors.ts';
import { listener } from '../model/listener.ts';
import { type LoadBalancer, loadBalancer } from '../model/load-balancer.ts';
import { pool } from '../model/pool.ts';
import { changes, draft } from '../model/resource.ts';
import { type Page, page } from '../store/pages.ts';
import { count, findBy, insert, remove, update } from '../store/rows.ts';
import type { Tables } from '../store/schema.ts';
import { defaultBackendNetworks, type Networks, networksOf, portIdOf, takeAddress } from './addresses.ts';
import { chargeModeOf, checkFlavors } from './flavors.ts';
import { removeLogtankOf } from './logtanks.ts';
import { type PageQuery, pageRequest } from './page-query.ts';
import { checkEnterpriseProject } from './pools.ts';
import { clearedProtectionReason } from './protection.ts';
import { bindPublicIps } from './public-ips.ts';
import { checkQuota } from './quotas.ts';
import { requireLoadBalancer } from './references.ts';
import { type Region, timestamp } from './region.ts';
import { checkTags } from './tags.ts';

/** A load balancer with what its answer is rendered from. */
export interface LoadBalancerView {
  readonly loadBalancer: LoadBalancer;
  readonly listenerIds: readonly string[];
  readonly poolIds: readonly string[];
}

type Body = Readonly<Record<string, unknown>>;

export async function createLoadBalancer(
  region: Region,
  projectId: string,
  body: Body,
): Promise<LoadBalancerView> {
  return region.store.write(async (tx) => {
    const wanted = draft(loadBalancer, body);
    const id = randomUUID();
    const now = timestamp(tx.at);
    checkCommon(region, wanted, body);
    checkEnterpriseProject(region, wanted.enterprise_project_id);
    checkZones(region, wanted.availability_zone_list);
    checkFlavors(projectId, wanted);
    const networks = networksOf(region.inventory, { ...wanted, project_id: projectId });
    if (wanted.loadbalancer_type === 'gateway') checkGateway(wanted, networks);
    const record: LoadBalancer = {
      ...wanted,
      id,
      project_id: projectId,
      ...(await addressesOf(tx.db, region, networks, wanted, id)),
      publicips: await bindPublicIps(tx.db, region, wanted),
      ...backendNetworks(region, networks, projectId, wanted),
      autoscaling: autoscalingOf(wanted.autoscaling),
      charge_mode: chargeModeOf(projectId, wanted),
      created_at: now,
      updated_at: now,
    };
    await checkQuota(tx.db, region.inventory, 'loadbalancer', { project_id: projectId });
    await insert(tx, loadBalancer, record);
    return { loadBalancer: record, listenerIds: [], poolIds: [] };
  });
}

export async function showLoadBalancer(
  region: Region,
  projectId: string,
  id: string,
): Promise<LoadBalancerView> {
  return viewOf(region.store.reader, await requireLoadBalancer(region.store.reader, projectId, id));
}

export async function listLoadBalancers(
  region: Region,
  projectId: string,
  query: PageQuery,
): Promise<Page<LoadBalancerView>> {
  const db = region.store.reader;
  const { records, more } = await page(
    db,
    loadBalancer,
    await pageRequest(db, loadBalancer, projectId, query),
  );
  return { records: await viewsOf(db, records), more };
}

export async function updateLoadBalancer(
  region: Region,
  projectId: string,
  id: string,
  body: Body,
): Promise<LoadBalancerView> {
  return region.store.write(async (tx) => {
    const before = await requireLoadBalancer(tx.db, projectId, id);
    const changed: Partial<LoadBalancer> = { ...changes(loadBalancer, body), updated_at: timestamp(tx.at) };
    Object.assign(changed, clearedProtectionReason({ ...before, ...changed }));
    if (changed.autoscaling !== undefined) changed.autoscaling = autoscalingOf(changed.autoscaling);
    const wanted: LoadBalancer = { ...before, ...changed };
    checkCommon(region, wanted, body);
    checkFlavors(projectId, changed);
    checkOneWay(before, wanted, body);
    moveFrom(before, wanted, body);
    const networks = networksOf(region.inventory, wanted);
    Object.assign(changed, await addressesOf(tx.db, region, networks, wanted, id));
    if (body['elb_virsubnet_ids'] !== undefined) {
      Object.assign(changed, backendNetworks(region, networks, projectId, wanted));
    }
    await update(tx, loadBalancer, before, changed);
    return viewOf(tx.db, { ...before, ...changed });
  });
}

export async function deleteLoadBalancer(region: Region, projectId: string, id: string): Promise<void> {
  await region.store.write(async (tx) => {
    const found = await requireLoadBalancer(tx.db, projectId, id);
    if (found.deletion_protection_enable) {
      throw conflict(
        `The load balancer ${id} has deletion_protection_enable; set it to false before deleting it.`,
      );
    }
    const listeners = await count(tx.db, listener, { loadbalancer_id: id });
    const pools = await count(tx.db, pool, { loadbalancer_id: id });
    if (listeners + pools > 0) {
      throw conflict(
        `The load balancer ${id} still has ${listeners} listener(s) and ${pools} pool(s); delete them first.`,
      );
    }
    await removeLogtankOf(tx, found);
    await remove(tx, loadBalancer, found);
  });
}

/** Rules of create and update alike that the networks do not decide. */
function checkCommon(region: Region, wanted: LoadBalancer, body: Body): void {
  if (body['prepaid_options']) {
    throw invalid('loadbalancer.prepaid_options', 'nothing can be bought here; leave it out.');
  }
  checkTags(wanted.tags, 'loadbalancer.tags');
  for (const id of wanted.elb_virsubnet_ids) {
    if (
      !region.inventory.network(wanted.project_id, id) &&
      !region.inventory.ipv4Subnet(wanted.project_id, id)
    ) {
      throw new Refusal('ELB.8904', `network ${id} could not be found.`);
    }
  }
}

function checkZones(region: Region, zones: readonly string[]): void {
  const known = region.inventory.availabilityZones;
  const unknown = zones.find((zone) => !known.includes(zone));
  if (unknown !== undefined) {
    throw invalid(
      'loadbalancer.availability_zone_list',
      `there is no zone "${unknown}" in ${region.inventory.region}; there are ${known.join(', ')}.`,
    );
  }
}

/** A gateway load balancer has one subnet, chosen addresses and no public ones (rules digest LB-17). */
function checkGateway(wanted: LoadBalancer, { ipv4, ipv6 }: Networks): void {
  const refused = [
    'l4_flavor_id',
    'l7_flavor_id',
    'vip_address',
    'ipv6_vip_address',
    'publicip',
    'autoscaling',
  ] as const;
  for (const key of refused) {
    if (wanted[key]) throw invalid(`loadbalancer.${key}`, 'a gateway load balancer has none; leave it out.');
  }
  if (wanted.publicip_ids?.length) {
    throw invalid('loadbalancer.publicip_ids', 'a gateway load balancer has none; leave it out.');
  }
  if (wanted.ip_target_enable)
    throw invalid('loadbalancer.ip_target_enable', 'a gateway load balancer has no IP members.');
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

/** What an update may not take back (rules digest LB-15 and C48). */
function checkOneWay(before: LoadBalancer, wanted: LoadBalancer, body: Body): void {
  if (before.ip_target_enable && !wanted.ip_target_enable) {
    throw invalid('loadbalancer.ip_target_enable', 'it cannot be switched off once it is on.');
  }
  for (const key of ['l4_flavor_id', 'l7_flavor_id'] as const) {
    if (body[key] === undefined || (before[key] === null) === (wanted[key] === null)) continue;
    throw new Refusal(
      'ELB.8959',
      `Invalid input for 'loadbalancer.${key}': it cannot change from ${before[key]} to ${wanted[key]}.`,
    );
  }
}

/** A load balancer that leaves a subnet leaves its address there, unless the request names one in the new subnet. */
function moveFrom(before: LoadBalancer, wanted: LoadBalancer, body: Body): void {
  const moves = [
    ['vip_subnet_cidr_id', 'vip_address'],
    ['ipv6_vip_virsubnet_id', 'ipv6_vip_address'],
  ] as const;
  for (const [subnet, address] of moves) {
    if (wanted[subnet] === before[subnet]) {
      // Null asks for no particular address, and the present one is as good as any.
      wanted[address] ??= before[address];
    } else if (!body[address]) wanted[address] = null;
  }
}

async function addressesOf(
  db: Kysely<Tables>,
  region: Region,
  networks: Networks,
  wanted: LoadBalancer,
  id: string,
): Promise<Partial<LoadBalancer>> {
  const { inventory } = region;
  const { vpc, ipv4, ipv6 } = networks;
  const vip = ipv4 && (await takeAddress(db, inventory, ipv4, 'v4', wanted.vip_address, id));
  const ipv6Vip = ipv6 && (await takeAddress(db, inventory, ipv6, 'v6', wanted.ipv6_vip_address, id));
  return {
    vpc_id: vpc.id,
    vip_address: vip,
    vip_port_id: portIdOf(vip, id),
    ipv6_vip_address: ipv6Vip,
    ipv6_vip_port_id: portIdOf(ipv6Vip, id),
    ip_versions: [...(vip ? [4] : []), ...(ipv6Vip ? [6] : [])],
  };
}

function backendNetworks(
  region: Region,
  networks: Networks,
  projectId: string,
  { elb_virsubnet_ids }: LoadBalancer,
): Partial<LoadBalancer> {
  const ids = elb_virsubnet_ids.length > 0 ? elb_virsubnet_ids : defaultBackendNetworks(networks);
  const found = ids.map(
    (id) => region.inventory.network(projectId, id) ?? region.inventory.ipv4Subnet(projectId, id) ?? null,
  );
  const stray = found.find((subnet) => subnet && subnet.vpc.id !== networks.vpc.id);
  if (stray) {
    throw invalid(
      'loadbalancer.elb_virsubnet_ids',
      `${stray.id} is in the VPC ${stray.vpc.id}, not ${networks.vpc.id}.`,
    );
  }
  const dual = found.some((subnet) => subnet?.ipv6);
  return { elb_virsubnet_ids: ids, elb_virsubnet_type: dual ? 'dualstack' : 'ipv4' };
}

function autoscalingOf(asked: LoadBalancer['autoscaling']): LoadBalancer['autoscaling'] {
  return asked && { enable: asked.enable, min_l7_flavor_id: asked.min_l7_flavor_id ?? '' };
}

async function viewOf(db: Kysely<Tables>, of: LoadBalancer): Promise<LoadBalancerView> {
  const [view] = await viewsOf(db, [of]);
  if (!view) throw new Error('a load balancer has a view');
  return view;
}

async function viewsOf(db: Kysely<Tables>, of: readonly LoadBalancer[]): Promise<LoadBalancerView[]> {
  const ids = of.map(({ id }) => id);
  const listeners = Map.groupBy(
    await findBy(db, listener, 'loadbalancer_id', ids),
    (each) => each.loadbalancer_id,
  );
  const pools = Map.groupBy(await findBy(db, pool, 'loadbalancer_id', ids), (each) => each.loadbalancer_id);
  return of.map((each) => {
    const mine = listeners.get(each.id) ?? [];
    const used = new Set((pools.get(each.id) ?? []).map(({ id }) => id));
    for (const { default_pool_id } of mine) if (default_pool_id) used.add(default_pool_id);
    return { loadBalancer: each, listenerIds: mine.map(({ id }) => id), poolIds: [...used].sort() };
  });
}
