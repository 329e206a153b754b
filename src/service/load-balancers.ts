/** Load balancers: create, show, list, update, delete (rules digest 2.1). */
import type { Kysely } from 'kysely';
import { conflict } from '../model/errors.ts';
import { listener } from '../model/listener.ts';
import { type LoadBalancer, loadBalancer } from '../model/load-balancer.ts';
import { pool } from '../model/pool.ts';
import { changes, draft } from '../model/resource.ts';
import { type Page, page } from '../store/pages.ts';
import { count, findBy, insert, update } from '../store/rows.ts';
import type { Tables } from '../store/schema.ts';
import { type Networks, networksOf, portIdOf, takeAddress } from './addresses.ts';
import { poolIdsOfListeners } from './attachments.ts';
import { followAddresses } from './domain-names.ts';
import { checkEnterpriseProject } from './enterprise-projects.ts';
import { chargeModeOf, checkFlavors } from './flavors.ts';
import type { SubnetRecord } from './inventory.ts';
import { checkChangesOfShared, checkNewShared } from './load-balancer-kind.ts';
import { checkNotProtected, removeLoadBalancer } from './load-balancer-removal.ts';
import {
  backendNetworks,
  checkAutoscaling,
  checkLoadBalancer,
  checkOneWay,
  checkZones,
} from './load-balancer-rules.ts';
import { checkActive } from './load-balancer-state.ts';
import { KnownNetworks } from './networks/known-networks.ts';
import { newId } from './new-id.ts';
import { type PageQuery, pageRequest, readerFor } from './page-query.ts';
import { clearedProtectionReason } from './protection.ts';
import { bindPublicIps } from './public-ips.ts';
import { checkQuota } from './quotas.ts';
import { requireLoadBalancer } from './references.ts';
import { type Region, timestamp } from './region.ts';
import { wholeTags } from './tags.ts';

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
    if (!wanted.guaranteed) checkNewShared(body);
    const id = newId(tx.at);
    const now = timestamp(tx.at);
    await checkEnterpriseProject(tx.db, region, loadBalancer, { ...wanted, id, project_id: projectId });
    checkZones(region, wanted.availability_zone_list);
    const known = new KnownNetworks(tx.db, region.inventory);
    const networks = await networksOf(known, { ...wanted, project_id: projectId });
    checkLoadBalancer(wanted, networks, body);
    checkFlavors(projectId, wanted);
    const owner = { ...wanted, id, project_id: projectId };
    const record: LoadBalancer = {
      ...owner,
      tags: wholeTags(wanted.tags, 'loadbalancer.tags'),
      ...(await addressesOf(tx.db, networks, wanted, id)),
      publicips: await bindPublicIps(tx, region, owner),
      ...(await backendNetworks(known, networks, projectId, wanted)),
      autoscaling: autoscalingOf(wanted.autoscaling),
      charge_mode: wanted.guaranteed ? chargeModeOf(projectId, wanted) : '',
      created_at: now,
      updated_at: now,
      ...clearedProtectionReason(wanted),
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
  const db = await readerFor(region, projectId, query);
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
    checkActive([before]);
    const changed = changes(loadBalancer, body);
    if (Object.keys(changed).length === 0) return viewOf(tx.db, before);
    const wanted: LoadBalancer = { ...before, ...changed, updated_at: timestamp(tx.at) };
    Object.assign(wanted, clearedProtectionReason(wanted));
    wanted.autoscaling = autoscalingOf(wanted.autoscaling);
    settleFlavors(before, wanted, body);
    checkOneWay(before, wanted, body);
    moveFrom(before, wanted, body);
    checkChangesOfShared(before, wanted);
    const known = new KnownNetworks(tx.db, region.inventory);
    const networks = await networksOf(known, wanted);
    checkLoadBalancer(wanted, networks, body);
    checkFlavors(projectId, changed);
    // Another flavor is billed in its own way, unless the request says which (rules digest LB-5).
    if (touches(body, 'l4_flavor_id', 'l7_flavor_id') && !body['charge_mode']) {
      wanted.charge_mode = chargeModeOf(projectId, wanted);
    }
    await checkAutoscaling(tx.db, wanted, body);
    const after: LoadBalancer = {
      ...wanted,
      ...(await addressesOf(tx.db, networks, wanted, id, before)),
      ...(wanted.guaranteed && touches(body, 'elb_virsubnet_ids', 'ipv6_vip_virsubnet_id')
        ? await backendNetworks(known, networks, projectId, wanted)
        : {}),
    };
    after.domain_names = followAddresses(after, after.updated_at);
    await update(tx, loadBalancer, before, after);
    return viewOf(tx.db, after);
  });
}

export async function deleteLoadBalancer(region: Region, projectId: string, id: string): Promise<void> {
  await region.store.write(async (tx) => {
    const found = await requireLoadBalancer(tx.db, projectId, id);
    checkNotProtected(found);
    const listeners = await count(tx.db, listener, { loadbalancer_id: id });
    const pools = await count(tx.db, pool, { loadbalancer_id: id });
    if (listeners + pools > 0) {
      throw conflict(
        `The load balancer ${id} still has ${listeners} listener(s) and ${pools} pool(s); delete them first.`,
      );
    }
    await removeLoadBalancer(tx, region, found, { pools: 'none', releasesPublicIps: false });
  });
}

function touches(body: Body, ...keys: readonly string[]): boolean {
  return keys.some((key) => body[key] !== undefined);
}

/** Flavors that scale by themselves are not changed by hand (rules digest LB-14). */
function settleFlavors(before: LoadBalancer, wanted: LoadBalancer, body: Body): void {
  if (!wanted.autoscaling?.enable || !touches(body, 'l4_flavor_id', 'l7_flavor_id')) return;
  wanted.l4_flavor_id = before.l4_flavor_id;
  wanted.l7_flavor_id = before.l7_flavor_id;
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
  // The bandwidth is the IPv6 address's, and goes with it.
  if (wanted.ipv6_vip_virsubnet_id === null && !body['ipv6_bandwidth']) wanted.ipv6_bandwidth = null;
}

/** The addresses that a load balancer has in its networks, taken where it has none yet. */
export async function addressesOf(
  db: Kysely<Tables>,
  networks: Networks,
  wanted: LoadBalancer,
  id: string,
  before?: LoadBalancer,
): Promise<Partial<LoadBalancer>> {
  const { vpc, ipv4, ipv6 } = networks;
  // An address that stays is not asked for again: what the inventory says of it by now does not matter.
  const take = (
    subnet: SubnetRecord,
    family: 'v4' | 'v6',
    asked: string | null,
    present: string | null = null,
  ) => (asked !== null && asked === present ? asked : takeAddress(db, subnet, family, asked, id));
  const vip = ipv4 && (await take(ipv4, 'v4', wanted.vip_address, before?.vip_address));
  const ipv6Vip = ipv6 && (await take(ipv6, 'v6', wanted.ipv6_vip_address, before?.ipv6_vip_address));
  return {
    vpc_id: vpc.id,
    vip_address: vip,
    vip_port_id: vip && portIdOf(vip, id),
    ipv6_vip_address: ipv6Vip,
    ipv6_vip_port_id: ipv6Vip && portIdOf(ipv6Vip, id),
    ip_versions: [...(vip ? [4] : []), ...(ipv6Vip ? [6] : [])],
  };
}

function autoscalingOf(asked: LoadBalancer['autoscaling']): LoadBalancer['autoscaling'] {
  return asked && { enable: asked.enable, min_l7_flavor_id: asked.min_l7_flavor_id ?? '' };
}

/** A load balancer with what it has by now. */
export async function viewOf(db: Kysely<Tables>, of: LoadBalancer): Promise<LoadBalancerView> {
  const [view] = await viewsOf(db, [of]);
  if (!view) throw new Error('a load balancer has a view');
  return view;
}

/** Load balancers with what they have by now. */
export async function viewsOf(db: Kysely<Tables>, of: readonly LoadBalancer[]): Promise<LoadBalancerView[]> {
  const ids = of.map(({ id }) => id);
  const listeners = Map.groupBy(
    await findBy(db, listener, 'loadbalancer_id', ids, ['id', 'loadbalancer_id', 'default_pool_id']),
    (each) => each.loadbalancer_id,
  );
  const pools = Map.groupBy(
    await findBy(db, pool, 'loadbalancer_id', ids, ['id', 'loadbalancer_id']),
    (each) => each.loadbalancer_id,
  );
  const reached = await poolIdsOfListeners(
    db,
    [...listeners.values()].flat().map(({ id }) => id),
  );
  return of.map((each) => {
    const mine = listeners.get(each.id) ?? [];
    const used = new Set((pools.get(each.id) ?? []).map(({ id }) => id));
    for (const { id } of mine) for (const poolId of reached.get(id) ?? []) used.add(poolId);
    return { loadBalancer: each, listenerIds: mine.map(({ id }) => id), poolIds: [...used].sort() };
  });
}
