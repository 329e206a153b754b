/** The table of member checks. */
import type { ColumnDataType, Kysely } from 'kysely';

const columns: Readonly<Record<string, ColumnDataType>> = {
  project_id: 'text',
  member_id: 'text',
  listener_id: 'text',
  status: 'text',
  check_item_total_num: 'integer',
  check_item_finished_num: 'integer',
  result: 'text',
  created_at: 'text',
  updated_at: 'text',
};

export async function up(db: Kysely<unknown>): Promise<void> {
  let create = db.schema
    .createTable('member_checks')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull());
  for (const [name, type] of Object.entries(columns)) create = create.addColumn(name, type);
  await create.execute();
  // The old ones are forgotten by when they began.
  await db.schema
    .createIndex('member_checks_by_created_at')
    .on('member_checks')
    .column('created_at')
    .execute();
}
