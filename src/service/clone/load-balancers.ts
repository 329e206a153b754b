/** Copies of a load balancer with all that belongs to it (rules digest 2.1.7, clone). */
import type { LoadBalancerClone } from '../../model/clone.ts';
import { suffixed } from '../../model/clone.ts';
import { invalid } from '../../model/errors.ts';
import { listener } from '../../model/listener.ts';
import { type LoadBalancer, loadBalancer } from '../../model/load-balancer.ts';
import { pool } from '../../model/pool.ts';
import { asDedicated } from '../../model/upgrade.ts';
import { findBy, update } from '../../store/rows.ts';
import type { Writer } from '../../store/transaction.ts';
import { recordJob } from '../jobs.ts';
import { numberPolicies } from '../l7-priorities.ts';
import { checkProtocolOfOwner } from '../listener-rules.ts';
import { checkDedicated } from '../load-balancer-kind.ts';
import { checkActive } from '../load-balancer-state.ts';
import { createLoadBalancer } from '../load-balancers.ts';
import { requireLoadBalancer } from '../references.ts';
import { type Region, within } from '../region.ts';
import { copyTree } from './copies.ts';
import { checkCopyQuotas } from './quotas.ts';
import { idOf, type Tree, treeOf } from './tree.ts';

type Parameters = LoadBalancerClone['target_loadbalancer_param'];

/** Of a load balancer's own fields, those that no copy takes over: each has addresses, orders and logs of its own. */
const notCopied = new Set(['id', 'name', 'project_id', 'vip_address', 'ipv6_vip_address', 'billing_info']);

/** Makes all of the copies, or none when one cannot be. */
export async function cloneLoadBalancer(
  region: Region,
  projectId: string,
  id: string,
  { count, target_loadbalancer_param: asked }: LoadBalancerClone,
): Promise<{ readonly ids: readonly string[]; readonly jobId: string }> {
  const copies = count ?? 1;
  for (const key of ['vip_address', 'ipv6_vip_address'] as const) {
    if (copies > 1 && asked[key]) {
      throw invalid(parameter(key), 'only one load balancer can have it; leave it out when count > 1.');
    }
  }
  return region.store.write(async (tx) => {
    const source = await requireLoadBalancer(tx.db, projectId, id);
    checkActive([source]);
    checkParameters(source, asked);
    const listeners = await findBy(tx.db, listener, 'loadbalancer_id', [id]);
    const own = await findBy(tx.db, pool, 'loadbalancer_id', [id], ['id']);
    const tree = await treeOf(tx.db, listeners, () => true, own.map(idOf));
    const ids: string[] = [];
    for (let number = 1; number <= copies; number++) {
      ids.push(await makeCopy(tx, region, source, tree, asked, nameOf(source, asked, number, copies)));
    }
    const jobId = await recordJob(tx, projectId, {
      job_type: 'cloneLoadbalancer',
      resource_id: id,
      sub_jobs: ids.map((copy) => ({
        resource_id: copy,
        entities: [{ resource_id: copy, resource_type: 'loadbalancer' }],
        failure: null,
      })),
    });
    return { ids, jobId };
  });
}

/** The name asked for, numbered as those of a batch when there are several; else that of the source with a number. */
function nameOf({ name }: LoadBalancer, asked: Parameters, number: number, copies: number): string {
  if (!asked.name) return suffixed(name, `-copy-${number}`);
  return copies === 1 ? asked.name : suffixed(asked.name, `-${String(number).padStart(4, '0')}`);
}

function parameter(key: string): string {
  return `target_loadbalancer_param.${key}`;
}

/** Which parameters go with which kinds of source and copy. */
function checkParameters(source: LoadBalancer, asked: Parameters): void {
  if (source.guaranteed && asked.guaranteed === false) {
    throw invalid(
      parameter('guaranteed'),
      'a dedicated load balancer has dedicated copies only; leave it out.',
    );
  }
  for (const key of ['availability_zone_list', 'ipv6_vip_virsubnet_id', 'ipv6_vip_address'] as const) {
    if (asked[key]) checkDedicated(source, parameter(key));
  }
  if (isDedicated(source, asked)) return;
  const own = ['vip_address', 'elb_virsubnet_ids', 'l4_flavor_id', 'l7_flavor_id', 'reuse_pool'] as const;
  for (const key of own) {
    const given = asked[key];
    if (!given || (Array.isArray(given) && given.length === 0)) continue;
    throw invalid(
      parameter(key),
      'it is for copies that are dedicated; leave it out, or set guaranteed to true.',
    );
  }
}

function isDedicated(source: LoadBalancer, asked: Parameters): boolean {
  return asked.guaranteed ?? source.guaranteed;
}

async function makeCopy(
  tx: Writer,
  region: Region,
  source: LoadBalancer,
  tree: Tree,
  asked: Parameters,
  name: string,
): Promise<string> {
  const made = await createLoadBalancer(within(region, tx), source.project_id, {
    ...requestFor(region, source, asked),
    name,
  });
  const target = made.loadBalancer;
  await update(tx, loadBalancer, target, settledLater(source, target));
  const becomesDedicated = target.guaranteed && !source.guaranteed;
  const moves = target.enterprise_project_id !== source.enterprise_project_id;
  const copies = await copyTree(tx, tree, {
    loadBalancer: target,
    reusesPools: asked.reuse_pool === true && !moves,
    enterpriseProjectId: moves ? target.enterprise_project_id : null,
    change: becomesDedicated ? asDedicated : () => ({}),
  });
  for (const each of copies.listeners) {
    checkProtocolOfOwner(target, each);
    if (becomesDedicated && each.enhance_l7policy_enable) await numberPolicies(tx, each);
  }
  await checkCopyQuotas(tx, region, source.project_id, tree, copies);
  return target.id;
}

/** The request by which a copy could have been created: what is asked for, else what the source has. */
function requestFor(region: Region, source: LoadBalancer, asked: Parameters): Record<string, unknown> {
  const request: Record<string, unknown> = {};
  for (const [key, { create, column }] of Object.entries(loadBalancer.fields)) {
    if (column === null || notCopied.has(key) || (create !== 'required' && create !== 'optional')) continue;
    request[key] = source[key as keyof LoadBalancer];
  }
  const { reuse_pool: _, guaranteed: __, ...own } = asked;
  for (const [key, value] of Object.entries(own)) if (value !== null) request[key] = value;
  const guaranteed = isDedicated(source, asked);
  // The networks follow from the subnets, which are those of the source's VPC.
  if (!guaranteed)
    for (const key of ['vpc_id', 'provider', 'deletion_protection_enable']) delete request[key];
  if (guaranteed && !source.guaranteed)
    request['availability_zone_list'] = region.inventory.availabilityZones;
  return { ...request, guaranteed };
}

/** What only an update can have made of the source: protection of a shared one, and billing not by its flavors. */
function settledLater(source: LoadBalancer, target: LoadBalancer): Partial<LoadBalancer> {
  const { deletion_protection_enable, charge_mode } = source;
  const alike = (['guaranteed', 'l4_flavor_id', 'l7_flavor_id'] as const).every(
    (key) => source[key] === target[key],
  );
  return { deletion_protection_enable, ...(alike ? { charge_mode } : {}) };
}
