/** Makes a load balancer and all that belongs to it what a document says, in one transaction. */
import { conflict } from '../../model/errors.ts';
import type { GraphDocument } from '../../model/graph.ts';
import { type LoadBalancer, loadBalancer } from '../../model/load-balancer.ts';
import { findBy } from '../../store/rows.ts';
import type { Reader } from '../../store/transaction.ts';
import { requireLoadBalancer } from '../references.ts';
import { type Region, within } from '../region.ts';
import { Application, type AppliedChange } from './application.ts';
import { applyListeners } from './apply-listeners.ts';
import { applyPools } from './apply-pools.ts';
import { applyShared } from './apply-shared.ts';
import { loadBalancerEntry } from './export.ts';
import { graphOf } from './graph.ts';

export interface Applied {
  readonly loadBalancer: LoadBalancer;
  /** In the order in which they were made; none when everything was so already. */
  readonly changes: readonly AppliedChange[];
}

/**
 * Makes the project's load balancer of that name, its listeners and its pools what the document says: what is not
 * there is made, what differs is changed, and what the document does not have is deleted. Certificates, IP groups
 * and security policies of the document are made or changed, and never deleted: others may use them.
 *
 * @throws Refusal that names the part at fault; then nothing is changed
 */
export async function applyGraph(
  region: Region,
  projectId: string,
  document: GraphDocument,
): Promise<Applied> {
  return region.store.write(async (tx) => {
    const inside = within(region, tx);
    const application = new Application(inside, projectId);
    await applyShared(inside, tx.db, projectId, document, application);
    const id = await applyLoadBalancer(tx.db, projectId, document, application);
    const graph = await graphOf(tx.db, await requireLoadBalancer(tx.db, projectId, id));
    const pools = applyPools(graph, document.pools ?? [], application);
    const listeners = applyListeners(graph, document.listeners ?? [], application);
    await listeners.letGo(pools.gone);
    await pools.remove();
    await pools.make();
    await listeners.make();
    return {
      loadBalancer: await requireLoadBalancer(tx.db, projectId, id),
      changes: application.changes,
    };
  });
}

async function applyLoadBalancer(
  db: Reader,
  projectId: string,
  { loadbalancer: entry }: GraphDocument,
  application: Application,
): Promise<string> {
  const name = String(entry['name']);
  const found = (await findBy(db, loadBalancer, 'name', [name])).filter(
    ({ project_id }) => project_id === projectId,
  );
  const [only] = found;
  if (found.length > 1) {
    const ids = found.map(({ id }) => id).join(', ');
    throw conflict(
      `The project has ${found.length} load balancers with the name "${name}": ${ids}; give all but one another name.`,
    );
  }
  if (!only) return application.make('loadbalancer', name, '', entry);
  await application.change('loadbalancer', name, '', { id: only.id, entry: loadBalancerEntry(only) }, entry);
  return only.id;
}
