/** Which pools are master-slave pools, and the roles of their members. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  const added = [
    ['pools', 'kind', 'ordinary'],
    ['healthmonitors', 'pool_kind', 'ordinary'],
    ['members', 'role', ''],
  ] as const;
  for (const [table, name, value] of added) {
    await db.schema
      .alterTable(table)
      .addColumn(name, 'text', (column) => column.notNull().defaultTo(value))
      .execute();
  }
}
