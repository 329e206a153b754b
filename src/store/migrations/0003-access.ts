/** IP groups and security policies, and how the listeners that use them are found. */
import { type ColumnDataType, type Kysely, sql } from 'kysely';

const common: Readonly<Record<string, ColumnDataType>> = {
  project_id: 'text',
  enterprise_project_id: 'text',
  name: 'text',
  description: 'text',
  created_at: 'text',
  updated_at: 'text',
};

const tables: Readonly<Record<string, Readonly<Record<string, ColumnDataType>>>> = {
  ipgroups: { ...common, ip_list: 'text' },
  security_policies: { ...common, protocols: 'text', ciphers: 'text' },
};

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [table, columns] of Object.entries(tables)) {
    let create = db.schema
      .createTable(table)
      .addColumn('id', 'text', (column) => column.primaryKey().notNull());
    for (const [name, type] of Object.entries(columns)) create = create.addColumn(name, type);
    await create.execute();
    await db.schema.createIndex(`${table}_by_project`).on(table).columns(['project_id', 'id']).execute();
  }
  await db.schema
    .createIndex('listeners_with_ipgroup')
    .on('listeners')
    .column('project_id')
    .where(sql.ref('ipgroup'), 'is not', null)
    .execute();
  await db.schema
    .createIndex('listeners_by_security_policy')
    .on('listeners')
    .column('security_policy_id')
    .execute();
}
