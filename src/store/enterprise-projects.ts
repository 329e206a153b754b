/** The enterprise projects that calls have made, and what is in any of them. */
import { sql } from 'kysely';
import type { Resource } from '../model/resource.ts';
import { listOf } from './list-columns.ts';
import { tableOf } from './rows.ts';
import type { EnterpriseProjectRow } from './schema.ts';
import type { Reader, Writer } from './transaction.ts';

export function madeEnterpriseProjects(db: Reader): Promise<EnterpriseProjectRow[]> {
  return db.selectFrom('enterprise_projects').selectAll().execute();
}

export function madeEnterpriseProject(db: Reader, id: string): Promise<EnterpriseProjectRow | undefined> {
  return db.selectFrom('enterprise_projects').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function insertEnterpriseProject({ db }: Writer, row: EnterpriseProjectRow): Promise<void> {
  await db.insertInto('enterprise_projects').values(row).execute();
}

export async function updateEnterpriseProject(
  { db }: Writer,
  id: string,
  changes: Partial<EnterpriseProjectRow>,
): Promise<void> {
  await db.updateTable('enterprise_projects').set(changes).where('id', '=', id).execute();
}

/** What a resource is called. */
export interface Belonging {
  readonly table: string;
  readonly id: string;
  readonly name: string;
  readonly project_id: string;
}

/** Which of the resources in an enterprise project are wanted. */
export interface BelongingsQuery {
  readonly enterpriseProjectId: string;
  readonly of: readonly Resource[];
  readonly projectIds: readonly string[];
  /** What their names have in them. */
  readonly name: string;
  readonly limit: number;
  readonly offset: number;
}

/** What is in an enterprise project, by table and then by id; and how much there is in all. */
export async function belongings(
  db: Reader,
  { enterpriseProjectId, of, projectIds, name, limit, offset }: BelongingsQuery,
): Promise<{ records: Belonging[]; total: number }> {
  if (of.length === 0) return { records: [], total: 0 };
  const each = of.map(
    ({ table }) => sql`
      SELECT ${sql.lit(table)} AS "table", id, name, project_id FROM ${sql.table(tableOf({ table }))}
      WHERE project_id IN (SELECT value FROM ${listOf(projectIds)})
        AND enterprise_project_id = ${enterpriseProjectId} AND instr(name, ${name}) > 0`,
  );
  const all = sql.join(each, sql` UNION ALL `);
  const { rows } = await sql<Belonging>`
    SELECT * FROM (${all}) ORDER BY "table", id LIMIT ${limit} OFFSET ${offset}`.execute(db);
  const counted = await sql<{ total: number }>`SELECT count(*) AS total FROM (${all})`.execute(db);
  return { records: rows, total: counted.rows[0]?.total ?? 0 };
}
