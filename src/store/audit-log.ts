/** The audit: who changed what, when and from where, written in the transaction of the change itself. */
import { sql } from 'kysely';
import type { Trace } from './audit-trace.ts';
import { runCompiled } from './compiled-queries.ts';
import type { AuditRow } from './schema.ts';
import type { Writer } from './transaction.ts';

type Change = Pick<AuditRow, 'revision' | 'project_id' | 'type' | 'id' | 'parent_id' | 'operation'>;

/** Keeps what a change was about. */
export async function recordTrace(tx: Writer, change: Change, { before, after }: Trace): Promise<void> {
  const { user, address, requestId, operationId } = tx.origin;
  const { revision, project_id, type, id, parent_id, operation } = change;
  // In this order, whatever that of the change is: the query is compiled once.
  const row = {
    ...{ revision, project_id, type, id, parent_id, operation },
    at: tx.at.getTime(),
    user_id: user?.id ?? null,
    user_name: user?.name ?? null,
    address,
    request_id: requestId,
    operation_id: operationId,
    before: before && JSON.stringify(before),
    after: after && JSON.stringify(after),
  };
  await runCompiled(tx.db, 'insert audit', Object.values(row), () => tx.db.insertInto('audit').values(row));
}

/** So many entries are looked at in one transaction. */
const maxTrimmed = 500;

/**
 * Forgets entries that are older than so many days.
 *
 * @returns how many went; 0 once there are no more
 */
export async function trimAudit(tx: Writer, days: number): Promise<number> {
  const { numDeletedRows } = await tx.db
    .deleteFrom('audit')
    .where('revision', 'in', (db) =>
      db.selectFrom('audit').select('revision').orderBy('revision').limit(maxTrimmed),
    )
    .where('at', '<', tx.at.getTime() - days * 24 * 60 * 60 * 1000)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

/** So many refused calls are kept: some 40 MB, however many there are. */
const maxRefusals = 50_000;

/**
 * Forgets the refused calls beyond so many, the oldest first.
 *
 * @returns how many went; 0 once there are no more
 */
export async function trimRefusals(tx: Writer): Promise<number> {
  const { numDeletedRows } = await tx.db
    .deleteFrom('audit')
    .where('revision', 'in', (db) =>
      db
        .selectFrom('audit')
        .select('revision')
        // Spelt out, for the index that has only these.
        .where('operation', '=', sql.lit('refuse' as const))
        .orderBy('revision', 'desc')
        .limit(maxTrimmed)
        .offset(maxRefusals),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
