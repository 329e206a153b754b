/** Makes a load balancer and all that belongs to it what a document says, in one transaction. */
import { conflict } from '../../model/errors.ts';
import type { GraphDocument } from '../../model/graph.ts';
import { parts } from '../../model/graph-parts.ts';
import { type LoadBalancer, loadBalancer } from '../../model/load-balancer.ts';
import type { Resource } from '../../model/resource.ts';
import { accessOf, type Subject, seenOf } from '../../store/access.ts';
import { findBy } from '../../store/rows.ts';
import type { Reader } from '../../store/transaction.ts';
import { domainNameSettings } from '../domain-name-settings.ts';
import { require, requireLoadBalancer } from '../references.ts';
import { allWithin, type Region } from '../region.ts';
import { Application, type AppliedChange } from './application.ts';
import { applyListeners } from './apply-listeners.ts';
import { applyMasterSlavePools } from './apply-master-slave-pools.ts';
import { applyOne } from './apply-one.ts';
import { applyPolicies } from './apply-policies.ts';
import { applyPools } from './apply-pools.ts';
import { applyShared } from './apply-shared.ts';
import { checkKeys } from './content.ts';
import { type Graph, graphOf, ownPartsOf } from './graph.ts';
import { loadBalancerFields } from './records.ts';

/** Where a document is applied to. */
export interface Target {
  readonly projectId: string;
  /** The load balancer, whatever its name is; null for the one with the name of the document. */
  readonly loadBalancerId: string | null;
}

export interface Applied {
  readonly loadBalancer: LoadBalancer;
  /** In the order in which they were made; none when everything was so already. */
  readonly changes: readonly AppliedChange[];
}

/**
 * Makes the load balancer, its listeners and its pools what the document says: what is not there is made, what differs
 * is changed, and what the document does not have is deleted. Certificates, IP groups and security policies of the
 * document are made or changed, and never deleted: others may use them.
 *
 * @throws Refusal that names the part at fault; then nothing is changed
 */
export async function applyGraph(region: Region, target: Target, document: GraphDocument): Promise<Applied> {
  const { projectId } = target;
  const { listeners: wanted = [], pools: ordinary = [], master_slave_pools: pairs = [] } = document;
  checkKeys('listeners', wanted);
  checkKeys('pools', [...ordinary, ...pairs]);
  return region.store.write(async (tx) => {
    const inside = allWithin(region, tx);
    const application = new Application(inside, projectId);
    await applyShared(inside, tx.db, projectId, document, application);
    const id = await applyLoadBalancer(inside, tx.db, target, document, application);
    const graph = await graphOf(tx.db, await requireLoadBalancer(tx.db, projectId, id));
    const pools = applyPools(tx.db, graph, ordinary, application);
    const masterSlavePools = applyMasterSlavePools(tx.db, graph, pairs, application);
    const goingPools = new Set([...pools.going, ...masterSlavePools.going]);
    const listeners = applyListeners(graph, wanted, application);
    const policies = applyPolicies(tx.db, listeners, goingPools, application);
    // From what refers to others to what others refer to; and back.
    await policies.remove();
    await listeners.remove(goingPools);
    await pools.remove();
    await masterSlavePools.remove();
    await pools.make();
    await masterSlavePools.make();
    await listeners.make();
    await policies.make();
    await applySettings(application, graph, document);
    await checkUpdates(tx.db, projectId, application.changes);
    return {
      loadBalancer: await requireLoadBalancer(tx.db, projectId, id),
      changes: application.changes,
    };
  });
}

/**
 * Refuses changes of what the caller may not change. What it may not make or delete has been refused when it was made
 * or deleted; many more parts are updated on the way than are changed.
 */
async function checkUpdates(db: Reader, projectId: string, changes: readonly AppliedChange[]): Promise<void> {
  const access = accessOf(db);
  if (!access) return;
  for (const { action, type, id } of changes) {
    if (action !== 'update') continue;
    const of: Resource = type === 'domain_names' ? loadBalancer : parts[type].of;
    access.check(of, (await require(db, of, projectId, id)) as unknown as Subject, 'put');
  }
}

async function applyLoadBalancer(
  region: Region,
  db: Reader,
  target: Target,
  { loadbalancer: entry }: GraphDocument,
  application: Application,
): Promise<string> {
  const name = String(entry['name']);
  const found = await findTarget(db, target, name);
  if (!found) return application.make('loadbalancer', name, '', entry);
  const fields = loadBalancerFields(region, await ownPartsOf(db, found));
  const present = { id: found.id, entry: application.there('loadbalancer', fields) };
  await application.change('loadbalancer', name, '', present, entry);
  return found.id;
}

async function findTarget(
  db: Reader,
  { projectId, loadBalancerId }: Target,
  name: string,
): Promise<LoadBalancer | undefined> {
  if (loadBalancerId !== null) return requireLoadBalancer(db, projectId, loadBalancerId);
  const found = seenOf(db, loadBalancer, await findBy(db, loadBalancer, 'name', [name])).filter(
    ({ project_id }) => project_id === projectId,
  );
  if (found.length > 1) {
    const ids = found.map(({ id }) => id).join(', ');
    throw conflict(
      `The project has ${found.length} load balancers with the name "${name}": ${ids}; ` +
        'say with loadbalancer_id which one is meant.',
    );
  }
  return found[0];
}

/** What is set of the load balancer with calls of its own. */
async function applySettings(
  application: Application,
  { loadBalancer: owner, logtank }: Graph,
  { loadbalancer: asked }: GraphDocument,
): Promise<void> {
  const tank = logtank && { id: logtank.id, entry: application.there('logtank', logtank) };
  await applyOne(application, 'logtank', owner.id, tank, asked.logtank);
  const settings = application.there('domain_names', domainNameSettings(owner));
  const isNamed = Object.keys(settings).length > 0;
  const names = isNamed ? { id: owner.id, entry: settings } : null;
  await applyOne(application, 'domain_names', owner.id, names, asked.domain_names);
}
