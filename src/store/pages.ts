/** Pages of a list: filtered, by ascending id, each going on from the id where the one before ended. */
import { type Expression, type ExpressionBuilder, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Match } from '../model/filter.ts';
import type { Fields, RecordOf, Resource } from '../model/resource.ts';
import { decode, tableOf } from './rows.ts';
import type { ColumnValue, Tables } from './schema.ts';
import type { Reader } from './transaction.ts';

/** What must hold for a listed record: the match has one of the values. */
export interface Condition {
  readonly match: Match;
  readonly values: readonly ColumnValue[];
}

export interface PageRequest {
  readonly projectId: string;
  readonly conditions: readonly Condition[];
  /** The id that the page begins behind, or undefined for the list's end on that side. */
  readonly marker: string | undefined;
  readonly limit: number;
  /** Whether the page lies before the marker; its records are still by ascending id. */
  readonly reverse: boolean;
}

export interface Page<T> {
  readonly records: readonly T[];
  /** Whether more records lie beyond the page, in the direction that it was asked for. */
  readonly more: boolean;
}

/** One page of a project's records. */
export async function page<F extends Fields>(
  db: Reader,
  of: Resource<F>,
  request: PageRequest,
): Promise<Page<RecordOf<F>>> {
  if (request.limit === 0) return { records: [], more: false };
  const table = tableOf(of);
  let query = db
    .selectFrom(table)
    .selectAll()
    .where('project_id', '=', request.projectId)
    .orderBy('id', request.reverse ? 'desc' : 'asc')
    .limit(request.limit + 1);
  if (request.marker !== undefined) query = query.where('id', request.reverse ? '<' : '>', request.marker);
  for (const { match, values } of request.conditions) {
    query = query.where((e) => expression(e, table, match, values));
  }
  const rows = await query.execute();
  const more = rows.length > request.limit;
  if (more) rows.pop();
  if (request.reverse) rows.reverse();
  return { records: rows.map((row) => decode(of, row)), more };
}

type Builder = ExpressionBuilder<Tables, keyof Tables>;

function expression(
  builder: unknown,
  table: string,
  match: Match,
  values: readonly ColumnValue[],
): Expression<SqlBool> {
  const e = builder as Builder;
  const column = (name: string) => sql.ref(`${table}.${name}`);
  const list = oneOf(values);
  switch (match.kind) {
    case 'column':
      return sql<SqlBool>`${column(match.column)} IN ${list}`;
    case 'since':
      return sql<SqlBool>`${column(match.column)} >= ${values[0]}`;
    case 'json':
      return sql<SqlBool>`json_extract(${column(match.column)}, ${`$.${match.key}`}) IN ${list}`;
    case 'element': {
      const element = match.key === null ? sql`value` : sql`json_extract(value, ${`$.${match.key}`})`;
      return sql<SqlBool>`EXISTS (SELECT 1 FROM json_each(${column(match.column)}) WHERE ${element} IN ${list})`;
    }
    case 'joined':
      return sql<SqlBool>`(SELECT group_concat(value, ${match.separator} ORDER BY key) FROM json_each(${column(match.column)})) IN ${list}`;
    case 'related': {
      let inner = sql<SqlBool>`${sql.ref(match.column)} IN ${list}`;
      for (const [index, step] of [...match.steps.entries()].reverse()) {
        const from = index === 0 ? column(step.from) : sql.ref(step.from);
        inner = sql<SqlBool>`${from} IN (SELECT ${sql.ref(step.key)} FROM ${sql.table(step.table)} WHERE ${inner})`;
      }
      return inner;
    }
    case 'any':
      return e.or(match.of.map((option) => expression(e, table, option, values)));
  }
}

/**
 * One of the values. Several are one JSON list rather than a parameter each: statements are kept once they are
 * prepared, and a thousand that differ in how many thousands of parameters they have take half a gigabyte.
 */
function oneOf(values: readonly ColumnValue[]): RawBuilder<unknown> {
  const [only, ...others] = values;
  if (others.length === 0) return sql`(${only})`;
  return sql`(SELECT value FROM json_each(${JSON.stringify(values)}))`;
}
