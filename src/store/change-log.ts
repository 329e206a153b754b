/** The change log: what changed, in order, written in the transaction of the change itself. */
import { sql } from 'kysely';
import { recordTrace } from './audit-log.ts';
import type { Trace } from './audit-trace.ts';
import { runCompiled } from './compiled-queries.ts';
import type { Operation } from './schema.ts';
import type { Reader, Writer } from './transaction.ts';

export interface Change {
  readonly revision: number;
  readonly project_id: string;
  readonly type: string;
  readonly id: string;
  readonly parent_id: string | null;
  readonly operation: Operation;
}

/** Where the project stands of what belongs to none, as the access key of a user. */
export const noProject = '';

/** How long a deletion is remembered, so that a list can go on from a marker deleted meanwhile. */
const rememberDeletedMs = 24 * 60 * 60 * 1000;

/**
 * Notes a change; the transaction's commit publishes it.
 *
 * @param trace what the audit keeps of it; null for what it does not keep
 */
export async function recordChange(
  tx: Writer,
  change: Omit<Change, 'revision'>,
  trace: Trace | null,
): Promise<void> {
  const { project_id, type, id, parent_id, operation } = change;
  const row = { project_id, type, id, parent_id, operation, at: tx.at.getTime() };
  const { insertId } = await runCompiled(tx.db, 'insert changes', Object.values(row), () =>
    tx.db.insertInto('changes').values(row),
  );
  if (trace) await recordTrace(tx, { revision: Number(insertId), ...change }, trace);
}

/** The changes after a revision, oldest first, at most `limit`. */
export async function changesAfter(db: Reader, revision: number, limit: number): Promise<Change[]> {
  return db
    .selectFrom('changes')
    .select(['revision', 'project_id', 'type', 'id', 'parent_id', 'operation'])
    .where('revision', '>', revision)
    .orderBy('revision')
    .limit(limit)
    .execute();
}

/** The newest revision; 0 before the first change. */
export async function currentRevision(db: Reader): Promise<number> {
  const row = await db
    .selectFrom('changes')
    .select(sql<number | null>`max(revision)`.as('revision'))
    .executeTakeFirst();
  return row?.revision ?? 0;
}

/** Whether a resource was deleted within the time that deletions are remembered. */
export async function wasDeleted(db: Reader, type: string, projectId: string, id: string): Promise<boolean> {
  const row = await db
    .selectFrom('changes')
    .select('revision')
    .where('id', '=', id)
    .where('operation', '=', sql.lit('delete' as const))
    .where('type', '=', type)
    .where('project_id', '=', projectId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Forgets changes older than deletions are remembered, keeping the newest so that revisions go on from it. */
export async function trimChanges(tx: Writer): Promise<void> {
  await tx.db
    .deleteFrom('changes')
    .where('at', '<', tx.at.getTime() - rememberDeletedMs)
    .where('revision', '<', (db) => db.selectFrom('changes').select((e) => e.fn.max('revision').as('newest')))
    .execute();
}
