/** Logtanks: create, show, list, update, delete (rules digest 2.12). */
import { conflict } from '../model/errors.ts';
import { type LoadBalancer, loadBalancer } from '../model/load-balancer.ts';
import { type Logtank, logtank } from '../model/logtank.ts';
import { changes, draft } from '../model/resource.ts';
import { type Page, page } from '../store/pages.ts';
import { findBy, insert, remove, update } from '../store/rows.ts';
import type { Writer } from '../store/transaction.ts';
import { newId } from './new-id.ts';
import { type PageQuery, pageRequest } from './page-query.ts';
import { require, requireLoadBalancer } from './references.ts';
import type { Region } from './region.ts';

type Body = Readonly<Record<string, unknown>>;

export async function createLogtank(region: Region, projectId: string, body: Body): Promise<Logtank> {
  return region.store.write(async (tx) => {
    const wanted = draft(logtank, body);
    const owner = await requireLoadBalancer(tx.db, projectId, wanted.loadbalancer_id);
    const [other] = await findBy(tx.db, logtank, 'loadbalancer_id', [owner.id]);
    if (other) {
      throw conflict(
        `The load balancer ${owner.id} already has the logtank ${other.id}; update that, or delete it first.`,
      );
    }
    const record: Logtank = {
      ...wanted,
      id: newId(tx.at),
      project_id: projectId,
      enterprise_project_id: owner.enterprise_project_id,
    };
    await insert(tx, logtank, record);
    await show(tx, owner, record);
    return record;
  });
}

export async function showLogtank({ store }: Region, projectId: string, id: string): Promise<Logtank> {
  return require(store.reader, logtank, projectId, id);
}

export async function listLogtanks(
  { store }: Region,
  projectId: string,
  query: PageQuery,
): Promise<Page<Logtank>> {
  return page(store.reader, logtank, await pageRequest(store.reader, logtank, projectId, query));
}

export async function updateLogtank(
  region: Region,
  projectId: string,
  id: string,
  body: Body,
): Promise<Logtank> {
  return region.store.write(async (tx) => {
    const before = await require(tx.db, logtank, projectId, id);
    const changed = changes(logtank, body);
    const after = { ...before, ...changed };
    if (Object.keys(changed).length > 0) {
      await update(tx, logtank, before, changed);
      await show(tx, await requireLoadBalancer(tx.db, projectId, before.loadbalancer_id), after);
    }
    return after;
  });
}

export async function deleteLogtank(region: Region, projectId: string, id: string): Promise<void> {
  await region.store.write(async (tx) => {
    const found = await require(tx.db, logtank, projectId, id);
    await remove(tx, logtank, found);
    const owner = await requireLoadBalancer(tx.db, projectId, found.loadbalancer_id);
    await show(tx, owner, { log_group_id: null, log_topic_id: null });
  });
}

/** The logtank of a load balancer that is being deleted goes with it: it is a setting of nothing else. */
export async function removeLogtankOf(tx: Writer, owner: LoadBalancer): Promise<void> {
  for (const each of await findBy(tx.db, logtank, 'loadbalancer_id', [owner.id])) {
    await remove(tx, logtank, each);
  }
}

/** The load balancer shows, and is listed by, where its log goes. */
async function show(
  tx: Writer,
  owner: LoadBalancer,
  { log_group_id, log_topic_id }: Pick<LoadBalancer, 'log_group_id' | 'log_topic_id'>,
): Promise<void> {
  await update(tx, loadBalancer, owner, { log_group_id, log_topic_id });
}
