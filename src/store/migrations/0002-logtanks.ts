/** The table of logtanks. */
import type { Kysely } from 'kysely';

const columns = ['project_id', 'enterprise_project_id', 'loadbalancer_id', 'log_group_id', 'log_topic_id'];

export async function up(db: Kysely<unknown>): Promise<void> {
  let create = db.schema
    .createTable('logtanks')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull());
  for (const name of columns) create = create.addColumn(name, 'text');
  await create.execute();
  await db.schema.createIndex('logtanks_by_project').on('logtanks').columns(['project_id', 'id']).execute();
  await db.schema
    .createIndex('logtanks_by_loadbalancer')
    .on('logtanks')
    .column('loadbalancer_id')
    .unique()
    .execute();
}
