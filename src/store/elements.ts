/**
 * The elements of lists that resources have in columns, each in a row of its own by which its resource is found.
 * Triggers keep the rows, so that whatever changes a resource, one or many at a time, need not know of them.
 */
import { type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { ElementMatch } from '../model/filter.ts';
import { elementsOf, type Resource } from '../model/resource.ts';
import { type ElementRow, resources, type Tables } from './schema.ts';
import type { Reader } from './transaction.ts';

/** What the elements of a resource are kept under. */
export function pathOf(of: Resource, { column, key }: ElementMatch): string {
  return [of.table, column, ...(key === null ? [] : [key])].join('.');
}

/** Makes the triggers that are missing, and the rows of the elements that there are by then. */
export async function keepElements(db: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<{ name: string }>`SELECT name FROM sqlite_schema WHERE type = 'trigger'`.execute(
    db,
  );
  const present = new Set(rows.map(({ name }) => name));
  for (const of of resources) {
    for (const match of elementsOf(of)) {
      if (!present.has(triggerOf(of, match, 'insert'))) await keep(db, of, match);
    }
  }
}

function triggerOf(of: Resource, match: ElementMatch, event: 'insert' | 'update' | 'delete'): string {
  return `${pathOf(of, match)} ${event}`;
}

async function keep(db: Kysely<Tables>, of: Resource, match: ElementMatch): Promise<void> {
  const table = sql.table(of.table);
  const column = (row: string) => sql.ref(`${row}.${match.column}`);
  const name = (event: 'insert' | 'update' | 'delete') => sql.id(triggerOf(of, match, event));
  const add = sql`INSERT OR IGNORE INTO elements ${elementsFrom(of, match, 'new')}`;
  const values = sql`SELECT value FROM (${elementsFrom(of, match, 'old')})`;
  const remove = sql`DELETE FROM elements WHERE path = ${sql.lit(pathOf(of, match))} AND value IN (${values})
    AND project_id = old.project_id AND id = old.id`;
  const changes = sql`AFTER UPDATE OF ${sql.id(match.column)} ON ${table}
    WHEN ${column('old')} IS NOT ${column('new')}`;
  await db.transaction().execute(async (tx) => {
    await sql`CREATE TRIGGER ${name('insert')} AFTER INSERT ON ${table} BEGIN ${add}; END`.execute(tx);
    await sql`CREATE TRIGGER ${name('update')} ${changes} BEGIN ${remove}; ${add}; END`.execute(tx);
    await sql`CREATE TRIGGER ${name('delete')} AFTER DELETE ON ${table} BEGIN ${remove}; END`.execute(tx);
    await sql`INSERT OR IGNORE INTO elements ${elementsFrom(of, match, of.table, table)}`.execute(tx);
  });
}

/**
 * The rows of elements, from one row of the resource or from a table of them.
 *
 * @param row how the columns are named
 */
export function elementsFrom(
  of: Resource,
  match: ElementMatch,
  row: string,
  table?: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const { key, separator } = match;
  const column = sql.ref(`${row}.${match.column}`);
  const path = key === null ? null : sql.lit(`$.${key}`);
  // A text with separators, quoted and each of them replaced, is a JSON list of what is between.
  const list = separator
    ? sql`'[' || replace(json_quote(json_extract(${column}, ${path})), ${sql.lit(separator)}, '","') || ']'`
    : column;
  const value = path === null || separator ? sql`each.value` : sql`json_extract(each.value, ${path})`;
  const from = table ? sql`${table}, json_each(${list}) AS each` : sql`json_each(${list}) AS each`;
  return sql`SELECT ${sql.lit(pathOf(of, match))} AS path, ${value} AS value,
    ${sql.ref(`${row}.project_id`)} AS project_id, ${sql.ref(`${row}.id`)} AS id FROM ${from}`;
}

/** A resource, and an element that it has. */
export type Owner = Pick<ElementRow, 'value' | 'id'>;

/** Who of any project has the elements, with each of them that it has; by ascending id. */
export async function ownersOf(
  db: Reader,
  of: Resource,
  match: ElementMatch,
  values: readonly (string | number)[],
): Promise<Owner[]> {
  if (values.length === 0) return [];
  const list = sql`(SELECT value FROM json_each(${JSON.stringify(values)}))`;
  return db
    .selectFrom('elements')
    .select(['value', 'id'])
    .where('path', '=', pathOf(of, match))
    .where(sql<SqlBool>`value IN ${list}`)
    .orderBy('id')
    .execute();
}

/** Who of a project has any elements, with each that it has; by ascending id. Looks at those of all projects. */
export function ownersIn(db: Reader, of: Resource, match: ElementMatch, projectId: string): Promise<Owner[]> {
  return db
    .selectFrom('elements')
    .select(['value', 'id'])
    .where('path', '=', pathOf(of, match))
    .where('project_id', '=', projectId)
    .orderBy('id')
    .execute();
}
