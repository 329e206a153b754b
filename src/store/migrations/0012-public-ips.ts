/** The public IPs that projects have, bound to load balancers or not. */
import { type ColumnDataType, type Kysely, sql } from 'kysely';

const columns: Readonly<Record<string, ColumnDataType>> = {
  project_id: 'text',
  enterprise_project_id: 'text',
  public_ip_address: 'text',
  ip_version: 'integer',
  type: 'text',
  bandwidth_id: 'text',
  bandwidth_name: 'text',
  bandwidth_size: 'integer',
  bandwidth_share_type: 'text',
  bandwidth_charge_mode: 'text',
  billing_info: 'text',
  loadbalancer_id: 'text',
  create_time: 'text',
};

export async function up(db: Kysely<unknown>): Promise<void> {
  let create = db.schema
    .createTable('publicips')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull());
  for (const [name, type] of Object.entries(columns)) create = create.addColumn(name, type);
  await create.execute();
  const index = (name: string, ...of: string[]) =>
    db.schema.createIndex(`publicips_by_${name}`).on('publicips').columns(of);
  await index('project', 'project_id', 'id').execute();
  await index('address', 'public_ip_address').unique().execute();
  await index('loadbalancer', 'loadbalancer_id').execute();
  // Until now only the load balancers knew theirs; the id of one is as good as any for a bandwidth of its own.
  await sql`
    INSERT INTO publicips (id, project_id, enterprise_project_id, public_ip_address, ip_version, type, bandwidth_id,
      bandwidth_name, bandwidth_size, bandwidth_share_type, bandwidth_charge_mode, loadbalancer_id, create_time)
    SELECT json_extract(value, '$.publicip_id'), project_id, enterprise_project_id,
      json_extract(value, '$.publicip_address'), json_extract(value, '$.ip_version'), '5_bgp',
      json_extract(value, '$.publicip_id'), '', 0, 'PER', 'traffic', loadbalancers.id, created_at
    FROM loadbalancers, json_each(publicips)`.execute(db);
}
