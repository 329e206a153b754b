/** Copies of a listener with all that belongs to it (rules digest 2.2.5, clone). */
import type { ListenerTarget } from '../../model/clone.ts';
import { suffixed } from '../../model/clone.ts';
import { conflict, invalid, Refusal } from '../../model/errors.ts';
import type { Listener } from '../../model/listener.ts';
import { checkListener } from '../../model/listener-rules.ts';
import type { LoadBalancer } from '../../model/load-balancer.ts';
import type { Writer } from '../../store/transaction.ts';
import { recordJob } from '../jobs.ts';
import { checkProtocolOfOwner } from '../listener-rules.ts';
import { checkPortFree } from '../listeners.ts';
import { checkActive } from '../load-balancer-state.ts';
import { requireListener, requireLoadBalancer } from '../references.ts';
import type { Region } from '../region.ts';
import { copyTree } from './copies.ts';
import { checkCopyQuotas } from './quotas.ts';
import { type Tree, treeOf } from './tree.ts';

/** The most that the source may have. */
const maxMembers = 1000;
const maxPolicies = 100;

/** Makes all of the copies, or none when one cannot be. */
export async function cloneListener(
  region: Region,
  projectId: string,
  id: string,
  targets: readonly ListenerTarget[],
): Promise<{ readonly listeners: readonly Listener[]; readonly jobId: string }> {
  return region.store.write(async (tx) => {
    const source = await requireListener(tx.db, projectId, id);
    const owner = await requireLoadBalancer(tx.db, projectId, source.loadbalancer_id);
    checkMovable(owner, 'listener_id');
    const copied = ({ action }: { action: string }) => action !== 'REDIRECT_TO_LISTENER';
    const tree = await treeOf(tx.db, [source], copied, []);
    checkSize(tree);
    const listeners: Listener[] = [];
    for (const [index, target] of targets.entries()) {
      const path = `target_listener_params[${index}]`;
      listeners.push(...(await makeCopy(tx, region, owner, tree, target, path)));
    }
    const jobId = await recordJob(tx, projectId, {
      job_type: 'cloneListener',
      resource_id: id,
      sub_jobs: listeners.map((copy) => ({
        resource_id: copy.id,
        entities: [{ resource_id: copy.id, resource_type: 'listener' }],
        failure: null,
      })),
    });
    return { listeners, jobId };
  });
}

function checkSize({ members, policies }: Tree): void {
  for (const [what, found, most] of [
    ['members', [...members.values()].flat().length, maxMembers],
    ['policies', policies.length, maxPolicies],
  ] as const) {
    if (found <= most) continue;
    throw invalid(
      'listener_id',
      `the listener has ${found} ${what}, and one with at most ${most} can be cloned.`,
    );
  }
}

async function makeCopy(
  tx: Writer,
  region: Region,
  owner: LoadBalancer,
  tree: Tree,
  asked: ListenerTarget,
  path: string,
): Promise<readonly Listener[]> {
  const { project_id } = owner;
  const target = await requireLoadBalancer(tx.db, project_id, asked.loadbalancer_id);
  checkTarget(owner, target, path);
  if (asked.reuse_pool && !target.guaranteed) {
    throw invalid(
      `${path}.reuse_pool`,
      'only listeners of dedicated load balancers can share pools; leave it out.',
    );
  }
  for (const each of tree.listeners) {
    const planned = { ...each, ...changesOf(each, asked), loadbalancer_id: target.id };
    checkProtocolOfOwner(target, planned);
    checkListener(planned, {}, target.guaranteed);
    await checkPortFree(tx.db, planned);
  }
  const moves = target.enterprise_project_id !== owner.enterprise_project_id;
  const copies = await copyTree(tx, tree, {
    loadBalancer: target,
    reusesPools: asked.reuse_pool ?? false,
    enterpriseProjectId: moves ? target.enterprise_project_id : null,
    change: (each) => changesOf(each, asked),
  });
  await checkCopyQuotas(tx, region, project_id, tree, copies);
  return copies.listeners;
}

/** What a copy has of its own: a name, its ports, and no QUIC listener, since that is another load balancer's. */
function changesOf(
  source: Listener,
  { name, protocol_port, port_ranges }: ListenerTarget,
): Partial<Listener> {
  const ports = protocol_port ? { protocol_port, port_ranges: port_ranges ?? [] } : {};
  const ranges = port_ranges?.length && !protocol_port ? { protocol_port: 0, port_ranges } : {};
  // 0 asks for the ranges, and there are those of the source if it has any.
  const zero = protocol_port === 0 && !port_ranges?.length ? { protocol_port: 0 } : {};
  return {
    name: name || suffixed(source.name, '-copy'),
    quic_config: null,
    ...ports,
    ...ranges,
    ...zero,
  };
}

/** Refuses a load balancer that cannot have the copy of a listener of the other. */
function checkTarget(owner: LoadBalancer, target: LoadBalancer, path: string): void {
  const field = `${path}.loadbalancer_id`;
  checkMovable(target, field);
  if (target.vpc_id !== owner.vpc_id) {
    throw invalid(field, `it is in the VPC ${target.vpc_id}, not in ${owner.vpc_id}, where the listener is.`);
  }
  if (target.guaranteed !== owner.guaranteed) {
    const [is, expected] = target.guaranteed ? ['dedicated', 'shared'] : ['shared', 'dedicated'];
    throw invalid(
      field,
      `the load balancer ${target.id} is ${is}, expected a ${expected} one as the source.`,
    );
  }
  if (owner.ip_target_enable && !target.ip_target_enable) {
    throw new Refusal(
      'ELB.8939',
      `Invalid input for '${field}': ip_target_enable of load balancer ${target.id} is false, and that of the ` +
        'source is true; set it to true.',
    );
  }
}

/** Listeners are copied from and to load balancers that are in use, and are no gateways. */
function checkMovable(of: LoadBalancer, field: string): void {
  if (of.loadbalancer_type === 'gateway') {
    throw invalid(field, `the load balancer ${of.id} is a gateway, whose listeners cannot be cloned.`);
  }
  checkActive([of]);
  if (of.operating_status === 'FROZEN') {
    throw conflict(`The load balancer ${of.id} is FROZEN; its listeners cannot be cloned.`);
  }
}
