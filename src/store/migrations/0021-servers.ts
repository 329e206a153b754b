/** The servers that projects have declared; their addresses are those of their ports. */
import type { Kysely } from 'kysely';

const columns = [
  ...['project_id', 'name', 'availability_zone', 'state', 'vpc_id', 'image_id', 'flavor_id', 'key_name'],
  ...['created_at', 'updated_at'],
];

export async function up(db: Kysely<unknown>): Promise<void> {
  let create = db.schema
    .createTable('servers')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull());
  for (const name of columns) create = create.addColumn(name, 'text');
  await create.execute();
  await db.schema.createIndex('servers_by_project').on('servers').columns(['project_id', 'id']).execute();
  await db.schema.createIndex('servers_by_vpc').on('servers').columns(['vpc_id', 'id']).execute();
}
