/** Many rows at once: a bounded number of statements, however many rows there are. */
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { mask } from '../model/field.ts';
import { isOfEnterpriseProjects } from '../model/permission.ts';
import type { Fields, Resource } from '../model/resource.ts';
import { accessOf, type Subject } from './access.ts';
import { auditedFields } from './audit-trace.ts';
import { currentRevision } from './change-log.ts';
import { jsonObject, jsonValue } from './row-json.ts';
import { columnsOf, isAnyOf, tableOf } from './rows.ts';
import type { Writer } from './transaction.ts';

/** Deletes the records whose column has one of the values, and notes each. */
export async function removeBy<F extends Fields>(
  tx: Writer,
  of: Resource<F>,
  column: keyof F & string,
  values: readonly string[],
): Promise<void> {
  if (values.length === 0) return;
  const condition = isAnyOf(column, JSON.stringify(values));
  await noteEach(tx, of, condition, 'delete');
  await tx.db.deleteFrom(tableOf(of)).where(condition).execute();
}

/** Forgets the records whose column is less than a value: noted for lists, but nothing that anybody changed. */
export async function forgetBefore<F extends Fields>(
  tx: Writer,
  of: Resource<F>,
  column: keyof F & string,
  value: string,
): Promise<void> {
  const condition = sql<SqlBool>`${sql.ref(column)} < ${value}`;
  await recordChanges(tx, of, condition, 'delete');
  await tx.db.deleteFrom(tableOf(of)).where(condition).execute();
}

/** Notes that each of the rows, which are there, has come or is about to go. */
export async function noteEach(
  tx: Writer,
  of: Resource,
  condition: RawBuilder<SqlBool>,
  operation: 'create' | 'delete',
): Promise<void> {
  await checkEach(tx, of, condition, operation);
  const before = await currentRevision(tx.db);
  await recordChanges(tx, of, condition, operation);
  if (of.audited) await recordTraces(tx, of, before, operation === 'delete' ? 'before' : 'after');
}

/** As for a single row: refuses what the current call may not write. */
async function checkEach(
  tx: Writer,
  of: Resource,
  condition: RawBuilder<SqlBool>,
  operation: 'create' | 'delete',
): Promise<void> {
  const access = accessOf(tx.db);
  if (!access || !isOfEnterpriseProjects(of)) return;
  const { rows } = await sql<Subject>`
    SELECT id, project_id, enterprise_project_id FROM ${sql.table(of.table)} WHERE ${condition}`.execute(
    tx.db,
  );
  for (const row of rows) access.checkWrite(of, row, operation);
}

/** As `recordChange` for each of the rows. */
async function recordChanges(
  tx: Writer,
  of: Resource,
  condition: RawBuilder<SqlBool>,
  operation: 'create' | 'delete',
): Promise<void> {
  const parent = of.parent ? sql.ref(of.parent) : sql.lit(null);
  await sql`
    INSERT INTO changes (project_id, type, id, parent_id, operation, at)
    SELECT project_id, ${of.name}, id, ${parent}, ${operation}, ${tx.at.getTime()}
    FROM ${sql.table(of.table)} WHERE ${condition} ORDER BY id`.execute(tx.db);
}

/**
 * As `recordTrace` for each of the changes after a revision, all of them of the resource.
 *
 * @param side where the record was, or is now
 */
async function recordTraces(
  tx: Writer,
  of: Resource,
  after: number,
  side: 'before' | 'after',
): Promise<void> {
  const { user, address, requestId, operationId } = tx.origin;
  const origin = [user?.id ?? null, user?.name ?? null, address, requestId, operationId];
  await sql`
    INSERT INTO audit (user_id, user_name, address, request_id, operation_id,
      revision, at, project_id, type, id, parent_id, operation, ${sql.ref(side)})
    SELECT ${sql.join(origin)}, revision, at, changes.project_id, changes.type, changes.id, parent_id, operation,
      ${tracedJson(of)}
    FROM changes JOIN ${sql.table(of.table)} ON ${sql.ref(`${of.table}.id`)} = changes.id
    WHERE revision > ${after} ORDER BY revision`.execute(tx.db);
}

/** What the audit keeps of a row. */
function tracedJson(of: Resource): RawBuilder<string> {
  const types = new Map(columnsOf(of));
  return jsonObject(
    auditedFields(of).map(({ key, secret }) => {
      const column = sql.ref(`${of.table}.${key}`);
      const masked = sql`iif(${column} IS NULL, NULL, ${mask})`;
      return [key, secret ? masked : jsonValue(column, types.get(key) ?? 'text')];
    }),
  );
}
