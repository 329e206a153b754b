/**
 * How the records that meet a condition are found in ascending order of their ids, without looking at the others: each
 * way is a few streams, and each stream an index that goes on to the id (design page, "Numbers to reach").
 */
import { type RawBuilder, sql } from 'kysely';
import type { ElementMatch, Match } from '../model/filter.ts';
import type { Condition } from './condition.ts';
import { anyOf, isIndexedByProject, jsonLists } from './list-columns.ts';
import { type ColumnValue, resources } from './schema.ts';
import type { Reader } from './transaction.ts';

/** Where the values are that one of a way's streams follows each. */
export type Way =
  /** A column of the resource, or a key of one that holds a JSON object. */
  | { readonly kind: 'column'; readonly column: string; readonly key?: string; readonly values: Values }
  /** The elements of records. */
  | { readonly kind: 'element'; readonly match: ElementMatch; readonly values: Values };

type Values = readonly ColumnValue[];

/**
 * The records of other tables that a condition may lead over, at most. Of more than these so many listed records meet
 * the condition that it is cheaper to ask each whether it does.
 */
const maxReached = 5000;

/** The ways that together find what meets a condition; null when it is met by too many to be looked for. */
export async function waysOf(
  db: Reader,
  projectId: string,
  { match, values }: Condition,
): Promise<readonly Way[] | null> {
  switch (match.kind) {
    case 'column':
      return [{ kind: 'column', column: match.column, values: [...new Set(values)] }];
    case 'json':
      return [{ kind: 'column', column: match.column, key: match.key, values: [...new Set(values)] }];
    case 'since':
      // Nothing is listed by when it began that is kept for long.
      return null;
    case 'joined':
      return [{ kind: 'column', column: match.column, values: jsonLists(values, match.separator) }];
    case 'element':
      return [{ kind: 'element', match, values: [...new Set(values)] }];
    case 'related': {
      const reached = await valuesOver(db, projectId, match, values);
      const [first] = match.steps;
      return reached && first ? [{ kind: 'column', column: first.from, values: reached }] : null;
    }
    case 'any': {
      const ways: Way[] = [];
      for (const option of match.of) {
        const found = await waysOf(db, projectId, { match: option, values });
        if (!found) return null;
        ways.push(...found);
      }
      return united(ways);
    }
  }
}

/** What the column that the first step starts from must be one of; null when too much is on the way there. */
async function valuesOver(
  db: Reader,
  projectId: string,
  { steps, column }: Extract<Match, { kind: 'related' }>,
  values: Values,
): Promise<Values | null> {
  const last = steps.at(-1);
  if (!last) return null;
  const wanted = sql`${sql.ref(column)} IN ${anyOf(values)} ${inProject(last.table, column, projectId)}`;
  const { rows: counted } = await sql<{ count: number }>`
    SELECT count(*) AS count FROM (SELECT 1 FROM ${sql.table(last.table)} WHERE ${wanted} LIMIT ${maxReached + 1})
  `.execute(db);
  if ((counted[0]?.count ?? 0) > maxReached) return null;
  let found = sql`SELECT ${sql.ref(last.key)} AS found FROM ${sql.table(last.table)} WHERE ${wanted}`;
  for (const [index, { table, key }] of [...steps.entries()].slice(0, -1).reverse()) {
    const from = steps[index + 1]?.from ?? '';
    found = sql`SELECT ${sql.ref(key)} AS found FROM ${sql.table(table)}
      WHERE ${sql.ref(from)} IN (${found}) ${inProject(table, null, projectId)}`;
  }
  const { rows } = await (found as RawBuilder<{ found: ColumnValue }>).execute(db);
  return [...new Set(rows.map((row) => row.found))].filter((value) => value !== null);
}

/**
 * That what is found belongs to the project, where the table says so.
 *
 * @param column by which it is found, when its index may begin with the project
 */
function inProject(table: string, column: string | null, projectId: string): RawBuilder<unknown> {
  const of = resources.find((each) => each.table === table);
  if (!of) return sql``;
  if (column !== null && isIndexedByProject(of, column)) return sql`AND project_id = ${projectId}`;
  // With the plus no index of the project's is used, which would go through all that the project has.
  return sql`AND +project_id = ${projectId}`;
}

/** The same places once, with all their values. */
function united(ways: readonly Way[]): Way[] {
  const byPlace = Map.groupBy(ways, (way) => JSON.stringify({ ...way, values: [] }));
  return [...byPlace.values()].flatMap(([first, ...others]) => {
    if (!first) return [];
    const values = new Set([first, ...others].flatMap((way) => way.values));
    return [{ ...first, values: [...values] }];
  });
}
