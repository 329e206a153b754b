/** The VPCs, subnets and ports that projects have made. */
import type { ColumnDataType, Kysely } from 'kysely';

type Columns = Readonly<Record<string, ColumnDataType>>;

const tables: Readonly<Record<string, Columns>> = {
  vpcs: {
    project_id: 'text',
    name: 'text',
    description: 'text',
    cidr: 'text',
    enterprise_project_id: 'text',
    tags: 'text',
    created_at: 'text',
    updated_at: 'text',
  },
  subnets: {
    project_id: 'text',
    name: 'text',
    description: 'text',
    cidr: 'text',
    gateway_ip: 'text',
    vpc_id: 'text',
    dhcp_enable: 'integer',
    primary_dns: 'text',
    secondary_dns: 'text',
    dnsList: 'text',
    availability_zone: 'text',
    ipv6_enable: 'integer',
    cidr_v6: 'text',
    gateway_ip_v6: 'text',
    neutron_subnet_id: 'text',
    extra_dhcp_opts: 'text',
    neutron_name: 'text',
    tags: 'text',
    created_at: 'text',
    updated_at: 'text',
  },
  ports: {
    project_id: 'text',
    name: 'text',
    network_id: 'text',
    ipv4_address: 'text',
    ipv6_address: 'text',
    device_id: 'text',
    device_owner: 'text',
    created_at: 'text',
    updated_at: 'text',
  },
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
  const index = (table: string, name: string, ...of: string[]) =>
    db.schema.createIndex(`${table}_by_${name}`).on(table).columns(of);
  await index('subnets', 'vpc', 'vpc_id', 'id').execute();
  await index('subnets', 'neutron_subnet', 'neutron_subnet_id').execute();
  await index('ports', 'ipv4_address', 'network_id', 'ipv4_address').unique().execute();
  await index('ports', 'ipv6_address', 'network_id', 'ipv6_address').unique().execute();
  await index('ports', 'project_and_address', 'project_id', 'ipv4_address').execute();
  await index('ports', 'device', 'device_id').execute();
}
