/** Health monitors: create, show, list, update, delete (rules digest 2.5). */
import type { Kysely } from 'kysely';
import { conflict, notFound } from '../model/errors.ts';
import { type HealthMonitor, healthMonitor } from '../model/health-monitor.ts';
import { checkMonitor, typeDefaults } from '../model/monitor-rules.ts';
import { type Pool, pool } from '../model/pool.ts';
import { changes, draft } from '../model/resource.ts';
import type { Condition } from '../store/condition.ts';
import { type Page, page } from '../store/pages.ts';
import { insert, remove, update } from '../store/rows.ts';
import type { Tables } from '../store/schema.ts';
import type { Writer } from '../store/transaction.ts';
import { attachmentsOf, refreshMemberStatuses } from './attachments.ts';
import { checkActive } from './load-balancer-state.ts';
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
    const within = await requirePool(tx.db, projectId, draft(healthMonitor, body).pool_id);
    if (within.healthmonitor_id) {
      throw conflict(
        `The pool ${within.id} already has health monitor ${within.healthmonitor_id}; update that one.`,
      );
    }
    return addHealthMonitor(tx, region, within, body);
  });
}

/**
 * Checks and writes the monitor of a pool that has none.
 *
 * @param path how messages name the monitor
 */
export async function addHealthMonitor(
  tx: Writer,
  region: Region,
  within: Pool,
  body: Body,
  path = 'healthmonitor',
): Promise<HealthMonitor> {
  const wanted = draft(healthMonitor, body);
  const now = timestamp(tx.at);
  const defaults = typeDefaults(wanted.type);
  const record: HealthMonitor = {
    ...wanted,
    id: newId(tx.at),
    project_id: within.project_id,
    enterprise_project_id: within.enterprise_project_id,
    pool_id: within.id,
    pool_kind: within.kind,
    http_method: wanted.http_method ?? defaults.http_method,
    expected_codes: wanted.expected_codes ?? defaults.expected_codes,
    created_at: now,
    updated_at: now,
  };
  checkMonitor(record, within, path);
  checkActive((await attachmentsOf(tx.db, within)).loadBalancers);
  await checkQuota(tx.db, region.inventory, 'healthmonitor', { project_id: within.project_id });
  await insert(tx, healthMonitor, record);
  await update(tx, pool, within, { healthmonitor_id: record.id });
  within.healthmonitor_id = record.id;
  await forgetVerdicts(tx, within.id);
  await refreshMemberStatuses(tx, within);
  return record;
}

export async function showHealthMonitor(
  region: Region,
  projectId: string,
  id: string,
): Promise<HealthMonitor> {
  return requireMonitor(region.store.reader, projectId, id);
}

/** A monitor of an ordinary pool: that of a master-slave pool is known to the calls of those alone. */
async function requireMonitor(db: Kysely<Tables>, projectId: string, id: string): Promise<HealthMonitor> {
  const found = await require(db, healthMonitor, projectId, id);
  if (found.pool_kind !== 'ordinary') throw notFound(healthMonitor.label, id);
  return found;
}

/** Those of ordinary pools, as nearly all are. */
const ofOrdinaryPools: Condition = {
  match: { kind: 'column', column: 'pool_kind' },
  values: ['ordinary'],
  isUsual: true,
};

export async function listHealthMonitors(
  region: Region,
  projectId: string,
  query: PageQuery,
): Promise<Page<HealthMonitor>> {
  const db = region.store.reader;
  const request = await pageRequest(db, healthMonitor, projectId, query);
  return page(db, healthMonitor, { ...request, conditions: [ofOrdinaryPools, ...request.conditions] });
}

export async function updateHealthMonitor(
  region: Region,
  projectId: string,
  id: string,
  body: Body,
): Promise<HealthMonitor> {
  return region.store.write(async (tx) => {
    const before = await requireMonitor(tx.db, projectId, id);
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
    checkActive((await attachmentsOf(tx.db, within)).loadBalancers);
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
    const found = await requireMonitor(tx.db, projectId, id);
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
