/** The recycle bin: which load balancers are in it, and everything that they had. */
import { type ColumnDataType, type Kysely, sql } from 'kysely';

const required: Readonly<Record<string, Readonly<Record<string, ColumnDataType>>>> = {
  recycled_loadbalancers: {
    project_id: 'text',
    recycled_at: 'text',
    auto_terminate_time: 'text',
    releases_public_ips: 'integer',
    shared_pool_ids: 'text',
  },
  recycled_records: {
    table_name: 'text',
    loadbalancer_id: 'text',
    project_id: 'text',
    record: 'text',
  },
};

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [table, columns] of Object.entries(required)) {
    let create = db.schema.createTable(table).addColumn('id', 'text', (column) => column.notNull());
    for (const [name, type] of Object.entries(columns)) {
      create = create.addColumn(name, type, (column) => column.notNull());
    }
    await create.execute();
  }
  const index = (name: string, table: string, ...columns: string[]) =>
    db.schema.createIndex(name).on(table).columns(columns).execute();
  await index('recycled_by_project', 'recycled_loadbalancers', 'project_id', 'id');
  await index('recycled_by_end', 'recycled_loadbalancers', 'auto_terminate_time');
  await index('recycled_records_by_project', 'recycled_records', 'table_name', 'project_id', 'id');
  await index('recycled_records_by_owner', 'recycled_records', 'loadbalancer_id', 'table_name');
  // The addresses that they keep for themselves.
  await sql`CREATE INDEX recycled_vips ON recycled_records (json_extract(record, '$."vpc_id"'))
    WHERE table_name = 'loadbalancers'`.execute(db);
  await sql`CREATE INDEX recycled_members ON recycled_records (json_extract(record, '$."subnet_cidr_id"'))
    WHERE table_name = 'members'`.execute(db);
}
