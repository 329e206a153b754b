/** L7 policies, their rules, and which pools they send requests to. */
import { type ColumnDataType, type Kysely, sql } from 'kysely';

const common: Readonly<Record<string, ColumnDataType>> = {
  project_id: 'text',
  enterprise_project_id: 'text',
  admin_state_up: 'integer',
  provisioning_status: 'text',
  created_at: 'text',
  updated_at: 'text',
};

const tables: Readonly<Record<string, Readonly<Record<string, ColumnDataType>>>> = {
  l7policies: {
    ...common,
    name: 'text',
    description: 'text',
    listener_id: 'text',
    action: 'text',
    position: 'integer',
    priority: 'integer',
    redirect_pool_id: 'text',
    redirect_pools_config: 'text',
    redirect_pools_sticky_session_config: 'text',
    redirect_pools_extend_config: 'text',
    redirect_listener_id: 'text',
    redirect_url: 'text',
    redirect_url_config: 'text',
    fixed_response_config: 'text',
    rule_set: 'text',
  },
  l7rules: {
    ...common,
    l7policy_id: 'text',
    type: 'text',
    compare_type: 'text',
    value: 'text',
    key: 'text',
    invert: 'integer',
    conditions: 'text',
  },
};

const indexes: readonly (readonly [string, string, readonly string[]])[] = [
  ['l7policies_by_project', 'l7policies', ['project_id', 'id']],
  ['l7policies_by_listener', 'l7policies', ['listener_id', 'priority']],
  ['l7policies_by_rule_set', 'l7policies', ['listener_id', 'rule_set']],
  ['l7policies_by_redirect_listener', 'l7policies', ['redirect_listener_id']],
  ['l7rules_by_project', 'l7rules', ['project_id', 'id']],
  ['l7rules_by_policy', 'l7rules', ['l7policy_id', 'id']],
  ['l7policy_pools_by_policy', 'l7policy_pools', ['l7policy_id']],
  ['l7policy_pools_by_listener', 'l7policy_pools', ['listener_id', 'pool_id']],
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [table, columns] of Object.entries(tables)) {
    let create = db.schema
      .createTable(table)
      .addColumn('id', 'text', (column) => column.primaryKey().notNull());
    for (const [name, type] of Object.entries(columns)) create = create.addColumn(name, type);
    await create.execute();
  }
  await db.schema
    .createTable('l7policy_pools')
    .addColumn('pool_id', 'text', (column) => column.notNull())
    .addColumn('l7policy_id', 'text', (column) => column.notNull())
    .addColumn('listener_id', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('l7policy_pools_by_pool', ['pool_id', 'l7policy_id'])
    .execute();
  for (const [name, table, columns] of indexes) {
    await db.schema
      .createIndex(name)
      .on(table)
      .columns([...columns])
      .execute();
  }
  // Every road from a listener to a pool, once: as its default pool, or by a policy.
  await sql`CREATE VIEW pool_listeners AS
    SELECT default_pool_id AS pool_id, id AS listener_id FROM listeners WHERE default_pool_id IS NOT NULL
    UNION SELECT pool_id, listener_id FROM l7policy_pools`.execute(db);
}
