/** What is asked of each record of a list that is walked by something else. */
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Step } from '../model/filter.ts';
import type { Resource } from '../model/resource.ts';
import type { Condition } from './condition.ts';
import { pathOf } from './elements.ts';
import { anyOf, columnOf, jsonLists } from './list-columns.ts';
import type { ColumnValue } from './schema.ts';

/** Whether a record meets a condition. */
export function predicateOf(of: Resource, { match, values }: Condition): RawBuilder<SqlBool> {
  switch (match.kind) {
    case 'column':
      return isOneOf(columnOf(of, match.column), values);
    case 'since':
      return sql<SqlBool>`+${columnOf(of, match.column)} >= ${values[0] ?? null}`;
    case 'json':
      return isOneOf(columnOf(of, match.column, match.key), values);
    case 'joined':
      return isOneOf(columnOf(of, match.column), jsonLists(values, match.separator));
    case 'element':
      return sql<SqlBool>`EXISTS (SELECT 1 FROM elements WHERE path = ${pathOf(of, match)}
        AND value IN ${anyOf(values)} AND project_id = ${sql.ref(`${of.table}.project_id`)}
        AND id = ${sql.ref(`${of.table}.id`)})`;
    case 'related':
      return reaches(of.table, match.steps, match.column, values);
    case 'any':
      return sql<SqlBool>`(${sql.join(
        match.of.map((option) => predicateOf(of, { match: option, values })),
        sql` OR `,
      )})`;
  }
}

/** With the plus no index is used: the list is walked by another already. */
function isOneOf(column: RawBuilder<unknown>, values: readonly ColumnValue[]): RawBuilder<SqlBool> {
  return sql<SqlBool>`+${column} IN ${anyOf(values)}`;
}

function reaches(
  table: string,
  [step, ...further]: readonly Step[],
  column: string,
  values: readonly ColumnValue[],
): RawBuilder<SqlBool> {
  if (!step) return sql<SqlBool>`${sql.ref(`${table}.${column}`)} IN ${anyOf(values)}`;
  const from = sql.ref(`${table}.${step.from}`);
  return sql<SqlBool>`EXISTS (SELECT 1 FROM ${sql.table(step.table)}
    WHERE ${sql.ref(`${step.table}.${step.key}`)} = ${from} AND ${reaches(step.table, further, column, values)})`;
}
