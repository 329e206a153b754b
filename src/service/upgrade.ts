/**
 * Shared load balancers that become dedicated ones (rules digest 2.1.7, upgrade). The start does all the work in one
 * transaction, so that no upgrade ever fails half way; until it is completed, what it changed can be taken back.
 */
import { conflict, invalid } from '../model/errors.ts';
import type { SubJobType } from '../model/job.ts';
import { l7Policy } from '../model/l7-policy.ts';
import { type Listener, listener } from '../model/listener.ts';
import { type LoadBalancer, loadBalancer } from '../model/load-balancer.ts';
import { asDedicated, checkUpgrade, type Upgrade, type UpgradeChanges } from '../model/upgrade.ts';
import { findBy, update } from '../store/rows.ts';
import type { Writer } from '../store/transaction.ts';
import { networksOf } from './addresses.ts';
import { followAddresses } from './domain-names.ts';
import { chargeModeOf, checkFlavors } from './flavors.ts';
import { recordJob } from './jobs.ts';
import { numberPolicies } from './l7-priorities.ts';
import { backendNetworks, checkZones } from './load-balancer-rules.ts';
import { addressesOf } from './load-balancers.ts';
import { KnownNetworks } from './networks/known-networks.ts';
import { requireLoadBalancer } from './references.ts';
import { type Region, timestamp } from './region.ts';

/** In which states each action is legal. */
const legalIn: Readonly<Record<Upgrade['action'], readonly string[]>> = {
  start: ['ACTIVE'],
  complete: ['UPGRADED'],
  rollback: ['UPGRADED', 'UPGRADE_FAILED', 'ROLLBACK_FAILED'],
};

const steps: Readonly<Record<Upgrade['action'], readonly SubJobType[]>> = {
  start: ['UPGRADE_INIT', 'UPGRADE_TRAFFIC_SWITCH'],
  complete: ['UPGRADE_COMPLETE'],
  rollback: ['UPGRADE_TRAFFIC_SWITCH'],
};

/** @returns the id of the job */
export async function upgradeLoadBalancer(
  region: Region,
  projectId: string,
  id: string,
  request: Upgrade,
): Promise<string> {
  const { action } = request;
  return region.store.write(async (tx) => {
    const found = await requireLoadBalancer(tx.db, projectId, id);
    const listeners = await findBy(tx.db, listener, 'loadbalancer_id', [id]);
    if (!legalIn[action].includes(found.provisioning_status)) {
      throw conflict(
        `The load balancer ${id} is ${found.provisioning_status}; ${action} needs ${legalIn[action].join(' or ')}.`,
      );
    }
    if (action === 'start' && found.guaranteed) {
      throw invalid('action', `the load balancer ${id} is dedicated already.`);
    }
    checkUpgrade(
      request,
      listeners.map(({ protocol }) => protocol),
    );
    if (action === 'start') await start(tx, region, found, listeners, request);
    else if (action === 'complete') {
      await change(tx, found, { provisioning_status: 'ACTIVE', upgrade: null });
    } else await rollBack(tx, found, listeners);
    return recordJob(tx, projectId, {
      job_type: 'UPGRADE',
      resource_id: id,
      sub_jobs: steps[action].map((job_type) => ({
        job_type,
        resource_id: id,
        entities: [{ resource_id: id, resource_type: 'loadbalancer' }],
        failure: null,
      })),
    });
  });
}

async function start(
  tx: Writer,
  region: Region,
  found: LoadBalancer,
  listeners: readonly Listener[],
  request: Upgrade,
): Promise<void> {
  const wanted: LoadBalancer = {
    ...found,
    guaranteed: true,
    l4_flavor_id: request.l4_flavor_id || null,
    l7_flavor_id: request.l7_flavor_id || null,
    availability_zone_list: [...new Set(request.availability_zone_list)],
    ipv6_vip_virsubnet_id: request.ipv6_vip_virsubnet_id ?? null,
    ipv6_vip_address: request.ipv6_vip_address ?? null,
  };
  checkZones(region, wanted.availability_zone_list, 'availability_zone_list');
  checkFlavors(found.project_id, wanted);
  const known = new KnownNetworks(tx.db, region.inventory);
  const networks = await networksOf(known, wanted);
  const networkIds = networks.ipv4 ? [networks.ipv4.id] : [];
  wanted.elb_virsubnet_ids = request.elb_virsubnet_ids?.length ? request.elb_virsubnet_ids : networkIds;
  const after: Partial<LoadBalancer> = {
    guaranteed: true,
    l4_flavor_id: wanted.l4_flavor_id,
    l7_flavor_id: wanted.l7_flavor_id,
    availability_zone_list: wanted.availability_zone_list,
    charge_mode: chargeModeOf(found.project_id, wanted),
    ipv6_vip_virsubnet_id: wanted.ipv6_vip_virsubnet_id,
    ...(await addressesOf(tx.db, networks, wanted, found.id, found)),
    ...(await backendNetworks(known, networks, found.project_id, wanted)),
  };
  const upgrade: UpgradeChanges = { loadbalancer: valuesOf(found, after), listeners: {}, priorities: {} };
  for (const each of listeners) {
    const changed = asDedicated(each);
    upgrade.listeners[each.id] = valuesOf(each, changed);
    for (const { id, priority } of await findBy(
      tx.db,
      l7Policy,
      'listener_id',
      [each.id],
      ['id', 'priority'],
    )) {
      upgrade.priorities[id] = priority;
    }
    await update(tx, listener, each, { ...changed, updated_at: timestamp(tx.at) });
    if (changed.enhance_l7policy_enable && !each.enhance_l7policy_enable) await numberPolicies(tx, each);
  }
  await change(tx, found, { ...after, provisioning_status: 'UPGRADED', upgrade });
}

/** Writes back what the start changed, of all that is still there. */
async function rollBack(tx: Writer, found: LoadBalancer, listeners: readonly Listener[]): Promise<void> {
  const { loadbalancer, listeners: before, priorities } = found.upgrade ?? noChanges;
  for (const each of listeners) {
    await update(tx, listener, each, { ...before[each.id], updated_at: timestamp(tx.at) });
  }
  for (const policy of await findBy(tx.db, l7Policy, 'id', Object.keys(priorities))) {
    await update(tx, l7Policy, policy, { priority: priorities[policy.id] ?? policy.priority });
  }
  await change(tx, found, { ...loadbalancer, provisioning_status: 'ACTIVE', upgrade: null });
}

const noChanges: UpgradeChanges = { loadbalancer: {}, listeners: {}, priorities: {} };

async function change(tx: Writer, found: LoadBalancer, changed: Partial<LoadBalancer>): Promise<void> {
  const now = timestamp(tx.at);
  const domain_names = followAddresses({ ...found, ...changed }, now);
  await update(tx, loadBalancer, found, { ...changed, domain_names, updated_at: now });
}

/** The values that a record has of the fields that are about to change. */
function valuesOf(record: Readonly<Record<string, unknown>>, changed: object): Record<string, unknown> {
  return Object.fromEntries(Object.keys(changed).map((key) => [key, record[key]]));
}
