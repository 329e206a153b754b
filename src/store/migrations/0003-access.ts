/** IP groups, security policies and certificates, and how the listeners that use them are found. */
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
  certificates: {
    ...common,
    admin_state_up: 'integer',
    type: 'text',
    certificate: 'text',
    enc_certificate: 'text',
    sealed_private_key: 'text',
    sealed_enc_private_key: 'text',
    domain: 'text',
    scm_certificate_id: 'text',
    source: 'text',
    common_name: 'text',
    subject_alternative_names: 'text',
    fingerprint: 'text',
    expire_time: 'text',
    protection_status: 'text',
    protection_reason: 'text',
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
  await db.schema
    .createIndex('listeners_with_ipgroup')
    .on('listeners')
    .columns(['project_id', 'id'])
    .where(sql.ref('ipgroup'), 'is not', null)
    .execute();
  await db.schema
    .createIndex('listeners_with_sni')
    .on('listeners')
    .column('project_id')
    .where(sql.ref('sni_container_refs'), '<>', sql.lit('[]'))
    .execute();
  for (const column of ['security_policy_id', 'default_tls_container_ref', 'client_ca_tls_container_ref']) {
    await db.schema.createIndex(`listeners_by_${column}`).on('listeners').column(column).execute();
  }
}
