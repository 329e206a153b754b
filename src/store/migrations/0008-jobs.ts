/** The table of jobs. */
import type { Kysely } from 'kysely';

const columns = [
  'project_id',
  'job_type',
  'status',
  'begin_time',
  'end_time',
  'resource_id',
  'error_code',
  'error_msg',
  'sub_jobs',
];

export async function up(db: Kysely<unknown>): Promise<void> {
  let create = db.schema
    .createTable('jobs')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull());
  for (const name of columns) create = create.addColumn(name, 'text');
  await create.execute();
  await db.schema.createIndex('jobs_by_project').on('jobs').columns(['project_id', 'id']).execute();
  // The old ones are forgotten by when they began.
  await db.schema.createIndex('jobs_by_begin_time').on('jobs').column('begin_time').execute();
}
