/** The tags of all resources of a kind in a project. */
import { sql } from 'kysely';
import type { Resource } from '../model/resource.ts';
import { accessOf, extentPredicate } from './access.ts';
import type { Reader } from './transaction.ts';

/** Each pair of key and value once that the current call may list, by key and then by value. */
export async function distinctTags(
  db: Reader,
  of: Resource,
  projectId: string,
): Promise<{ key: string; value: string }[]> {
  const table = sql.table(of.table);
  const listed = accessOf(db)?.listed(of, projectId);
  const isListed = listed ? extentPredicate(of, listed) : sql`1`;
  const { rows } = await sql<{ key: string; value: string }>`
    SELECT DISTINCT json_extract(tag.value, '$.key') AS key, json_extract(tag.value, '$.value') AS value
    FROM ${table}, json_each(${table}.tags) AS tag
    WHERE ${table}.project_id = ${projectId} AND ${isListed} ORDER BY 1, 2`.execute(db);
  return rows;
}
