/** Health monitors: create, show, list, update, delete (rules digest 2.5). */
import { conflict } from '../model/errors.ts';
import { type HealthMonitor, healthMonitor } from '../model/health-monitor.ts';
import { checkMonitor, typeDefaults } from '../model/monitor-rules.ts';
import { pool } from '../model/pool.ts';
import { changes, draft } from '../model/resource.ts';
import { type Page, page } from '../store/pages.ts';
import { insert, remove, update } from '../store/rows.ts';
import type { Writer } from '../store/transaction.ts';
import { refreshMemberStatuses } from './attachments.ts';
import { newId } from './new-id.ts';
import { type PageQuery, pageRequest } from './page-query.ts';
import { checkQuota } from './quotas.ts';
import { require, requirePool } from './references.ts';
import { type Region, timestamp } from './region.ts';

type Body = Readonly<Record<string, unknown>>;

export async function createHealthMonitor(
  region: Region,
  projectId: string,
  body: Body,
): Promise<HealthMonitor> {
  return region.store.write(async (tx) => {
    const wanted = draft(healthMonitor, body);
    const within = await requirePool(tx.db, projectId, wanted.pool_id);
    if (within.healthmonitor_id) {
      throw conflict(
        `The pool ${within.id} already has health monitor ${within.healthmonitor_id}; update that one.`,
      );
    }
    const now = timestamp(tx.at);
    const defaults = typeDefaults(wanted.type);
    const record: HealthMonitor = {
      ...wanted,
      id: newId(tx.at),
      project_id: projectId,
      enterprise_project_id: within.enterprise_project_id,
      http_method: wanted.http_method ?? defaults.http_method,
      expected_codes: wanted.expected_codes ?? defaults.expected_codes,
      created_at: now,
      updated_at: now,
    };
    checkMonitor(record, within);
    await checkQuota(tx.db, region.inventory, 'healthmonitor', { project_id: projectId });
    await insert(tx, healthMonitor, record);
    await update(tx, pool, within, { healthmonitor_id: record.id });
    await forgetVerdicts(tx, within.id);
    await refreshMemberStatuses(tx, { ...within, healthmonitor_id: record.id });
    return record;
  });
}

export async function showHealthMonitor(
  region: Region,
  projectId: string,
  id: string,
): Promise<HealthMonitor> {
  return require(region.store.reader, healthMonitor, projectId, id);
}

export async function listHealthMonitors(
  region: Region,
  projectId: string,
  query: PageQuery,
): Promise<Page<HealthMonitor>> {
  const db = region.store.reader;
  return page(db, healthMonitor, await pageRequest(db, healthMonitor, projectId, query));
}

export async function updateHealthMonitor(
  region: Region,
  projectId: string,
  id: string,
  body: Body,
): Promise<HealthMonitor> {
  return region.store.write(async (tx) => {
    const before = await require(tx.db, healthMonitor, projectId, id);
    const within = await requirePool(tx.db, projectId, before.pool_id);
    const changed: Partial<HealthMonitor> = changes(healthMonitor, body);
    if (Object.keys(changed).length === 0) return before;
    const after: HealthMonitor = { ...before, ...changed, updated_at: timestamp(tx.at) };
    // The codes of gRPC and of HTTP mean nothing to each other.
    if ((after.type === 'GRPC') !== (before.type === 'GRPC'))
      after.expected_codes = changed.expected_codes ?? null;
    const defaults = typeDefaults(after.type);
    after.http_method ??= defaults.http_method;
    after.expected_codes ??= defaults.expected_codes;
    checkMonitor(after, within);
    await update(tx, healthMonitor, before, after);
    if (after.admin_state_up !== before.admin_state_up) {
      await forgetVerdicts(tx, within.id);
      await refreshMemberStatuses(tx, within);
    }
    return after;
  });
}

export async function deleteHealthMonitor(region: Region, projectId: string, id: string): Promise<void> {
  await region.store.write(async (tx) => {
    const found = await require(tx.db, healthMonitor, projectId, id);
    const within = await requirePool(tx.db, projectId, found.pool_id);
    await remove(tx, healthMonitor, found);
    await update(tx, pool, within, { healthmonitor_id: null });
    await forgetVerdicts(tx, within.id);
    await refreshMemberStatuses(tx, { ...within, healthmonitor_id: null });
  });
}

/** What an earlier monitor found says nothing once it is gone. */
async function forgetVerdicts(tx: Writer, poolId: string): Promise<void> {
  await tx.db
    .updateTable('members')
    .set({ verdict: 'INITIAL', reason: null })
    .where('pool_id', '=', poolId)
    .execute();
}
