/** What is in the recycle bin: listed, restored, and destroyed by a call or in its time (rules digest 3.12). */
import { notFound } from '../model/errors.ts';
import { loadBalancer } from '../model/load-balancer.ts';
import { recycledLoadBalancer } from '../model/recycle-bin.ts';
import { accessOf } from '../store/access.ts';
import { archivedLoadBalancer, forgetArchived } from '../store/archive.ts';
import { recordChange } from '../store/change-log.ts';
import { type Page, page } from '../store/pages.ts';
import type { RecycledRow } from '../store/schema.ts';
import type { Writer } from '../store/transaction.ts';
import { recordJob } from './jobs.ts';
import { type LoadBalancerView, viewsOf } from './load-balancers.ts';
import { type PageQuery, pageRequest } from './page-query.ts';
import { unbindPublicIps } from './public-ips.ts';
import { bringBack } from './recycling.ts';
import { type Region, timestamp } from './region.ts';

/** A load balancer in the recycle bin, with when it will be destroyed. */
export interface RecycledView extends LoadBalancerView {
  readonly auto_terminate_time: string;
}

/** What a restore has done. */
export interface Restored {
  readonly type: 'v2' | 'v3';
  readonly job_id: string;
}

export async function listRecycled(
  { store }: Region,
  projectId: string,
  query: PageQuery,
): Promise<Page<RecycledView>> {
  const db = store.archive;
  const request = await pageRequest(db, loadBalancer, projectId, query);
  const recycled = {
    match: { kind: 'column', column: 'provisioning_status' },
    values: ['RECYCLING'],
  } as const;
  const { records, more } = await page(db, loadBalancer, {
    ...request,
    conditions: [recycled, ...request.conditions],
  });
  const rows = await db
    .selectFrom('recycled_loadbalancers')
    .selectAll()
    .where('project_id', '=', projectId)
    .execute();
  const ends = new Map(rows.map(({ id, auto_terminate_time }) => [id, auto_terminate_time]));
  const views = await viewsOf(db, records);
  return {
    records: views.map((view) => ({ ...view, auto_terminate_time: ends.get(view.loadBalancer.id) ?? '' })),
    more,
  };
}

/** Brings a load balancer back as it was, but for what it shared with others and is gone. */
export async function restoreLoadBalancer(region: Region, projectId: string, id: string): Promise<Restored> {
  return region.store.write(async (tx) => {
    const { guaranteed } = await bringBack(tx, region, await requireRecycled(tx, projectId, id));
    const job_id = await recordJob(tx, projectId, {
      job_type: 'restoreLoadbalancer',
      resource_id: id,
      sub_jobs: [
        { resource_id: id, entities: [{ resource_id: id, resource_type: 'loadbalancer' }], failure: null },
      ],
    });
    return { type: guaranteed ? 'v3' : 'v2', job_id };
  });
}

/** Destroys a load balancer in the recycle bin for good. */
export async function deleteRecycled(region: Region, projectId: string, id: string): Promise<void> {
  await region.store.write(async (tx) => {
    const row = await requireRecycled(tx, projectId, id);
    accessOf(tx.db)?.checkWrite(loadBalancer, await archivedLoadBalancer(tx.db, id), 'delete');
    await destroy(tx, region, row);
  });
}

/** Destroys what has stayed in the recycle bin as long as it may. */
export async function destroyExpired(region: Region): Promise<void> {
  const expired = await region.store.write(({ db, at }) =>
    db
      .selectFrom('recycled_loadbalancers')
      .select(['id', 'project_id'])
      .where('auto_terminate_time', '<=', timestamp(at))
      .execute(),
  );
  for (const { id, project_id } of expired) {
    // One a transaction, so that nobody waits for all of them; a restore may have come first.
    await region.store.write(async (tx) => {
      const row = await findRecycled(tx, project_id, id);
      if (row && row.auto_terminate_time <= timestamp(tx.at)) await destroy(tx, region, row);
    });
  }
}

async function destroy(
  tx: Writer,
  region: Region,
  { id, project_id, recycled_at, auto_terminate_time, releases_public_ips }: RecycledRow,
): Promise<void> {
  await unbindPublicIps(tx, region, { id }, releases_public_ips === 1);
  await forgetArchived(tx, id);
  await tx.db.deleteFrom('recycled_loadbalancers').where('id', '=', id).execute();
  // Its deletion was noted when it went to the bin; this is when lists of the bin, and its owners, lose it.
  const change = { project_id, type: loadBalancer.name, id, parent_id: null, operation: 'delete' } as const;
  await recordChange(tx, change, { before: { recycled_at, auto_terminate_time }, after: null });
}

async function findRecycled({ db }: Writer, projectId: string, id: string): Promise<RecycledRow | undefined> {
  return db
    .selectFrom('recycled_loadbalancers')
    .selectAll()
    .where('id', '=', id)
    .where('project_id', '=', projectId)
    .executeTakeFirst();
}

async function requireRecycled(tx: Writer, projectId: string, id: string): Promise<RecycledRow> {
  const found = await findRecycled(tx, projectId, id);
  const access = accessOf(tx.db);
  if (found && access?.sees(loadBalancer, await archivedLoadBalancer(tx.db, id)) !== false) return found;
  throw notFound(recycledLoadBalancer.label, id);
}
