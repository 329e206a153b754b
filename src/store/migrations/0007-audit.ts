/** The audit: what each change was, who made it and from where. */
import type { ColumnDataType, Kysely } from 'kysely';

const required = ['at', 'project_id', 'type', 'id', 'operation'];

const columns: Readonly<Record<string, ColumnDataType>> = {
  at: 'integer',
  project_id: 'text',
  type: 'text',
  id: 'text',
  parent_id: 'text',
  operation: 'text',
  user_id: 'text',
  user_name: 'text',
  address: 'text',
  request_id: 'text',
  operation_id: 'text',
  before: 'text',
  after: 'text',
};

/** One for each filter, ending in the order of the list. Ids are of one project, so theirs need not begin with it. */
const indexes: Readonly<Record<string, readonly string[]>> = {
  audit_by_time: ['project_id', 'at'],
  audit_by_type: ['project_id', 'type', 'at'],
  audit_by_operation: ['project_id', 'operation', 'at'],
  audit_by_user: ['project_id', 'user_name', 'at'],
  audit_by_id: ['id', 'at'],
  audit_by_request: ['request_id', 'at'],
};

export async function up(db: Kysely<unknown>): Promise<void> {
  let create = db.schema
    .createTable('audit')
    .addColumn('revision', 'integer', (column) => column.primaryKey().notNull());
  for (const [name, type] of Object.entries(columns)) {
    create = create.addColumn(name, type, (column) => (required.includes(name) ? column.notNull() : column));
  }
  await create.execute();
  for (const [name, indexed] of Object.entries(indexes)) {
    await db.schema
      .createIndex(name)
      .on('audit')
      .columns([...indexed])
      .execute();
  }
}
