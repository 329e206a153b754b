/** Many rows at once: a bounded number of statements, however many rows there are. */
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { mask } from '../model/field.ts';
import type { Fields, Resource } from '../model/resource.ts';
import { auditedFields } from './audit-trace.ts';
import { currentRevision } from './change-log.ts';
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
  const before = await currentRevision(tx.db);
  await noteDeletions(tx, of, condition);
  if (of.audited) await traceDeletions(tx, of, before);
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
  await noteDeletions(tx, of, condition);
  await tx.db.deleteFrom(tableOf(of)).where(condition).execute();
}

/** As `recordChange` for each of the rows. */
async function noteDeletions(tx: Writer, of: Resource, condition: RawBuilder<SqlBool>): Promise<void> {
  const parent = of.parent ? sql.ref(of.parent) : sql.lit(null);
  await sql`
    INSERT INTO changes (project_id, type, id, parent_id, operation, at)
    SELECT project_id, ${of.name}, id, ${parent}, 'delete', ${tx.at.getTime()}
    FROM ${sql.table(of.table)} WHERE ${condition} ORDER BY id`.execute(tx.db);
}

/** As `recordTrace` for each of the changes after a revision, all of them of the resource. */
async function traceDeletions(tx: Writer, of: Resource, after: number): Promise<void> {
  const { user, address, requestId, operationId } = tx.origin;
  const origin = [user?.id ?? null, user?.name ?? null, address, requestId, operationId];
  await sql`
    INSERT INTO audit (user_id, user_name, address, request_id, operation_id,
      revision, at, project_id, type, id, parent_id, operation, before)
    SELECT ${sql.join(origin)}, revision, at, changes.project_id, changes.type, changes.id, parent_id, operation,
      ${tracedJson(of)}
    FROM changes JOIN ${sql.table(of.table)} ON ${sql.ref(`${of.table}.id`)} = changes.id
    WHERE revision > ${after} ORDER BY revision`.execute(tx.db);
}

/** What the audit keeps of a row, as JSON. */
function tracedJson(of: Resource): RawBuilder<string> {
  const types = new Map(columnsOf(of));
  const pairs = auditedFields(of).flatMap(({ key, secret }) => {
    const column = sql.ref(`${of.table}.${key}`);
    const value = secret ? sql`iif(${column} IS NULL, NULL, ${mask})` : jsonValue(column, types.get(key));
    return [sql.lit(key), value];
  });
  return sql<string>`json_object(${sql.join(pairs)})`;
}

/** A column's value as JSON has it: columns hold booleans as 0 or 1, objects and lists as text. */
function jsonValue(column: RawBuilder<unknown>, type: string | undefined): RawBuilder<unknown> {
  if (type === 'boolean') return sql`json(CASE ${column} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)`;
  return type === 'json' ? sql`json(${column})` : column;
}
