/** The first tables: load balancers, listeners, pools, members, health monitors, and the change log. */
import { type ColumnDataType, type Kysely, sql } from 'kysely';

type Columns = Readonly<Record<string, ColumnDataType>>;

const common: Columns = {
  project_id: 'text',
  enterprise_project_id: 'text',
  name: 'text',
  created_at: 'text',
  updated_at: 'text',
};

const described: Columns = { description: 'text', protection_status: 'text', protection_reason: 'text' };

const tables: Readonly<Record<string, Columns>> = {
  loadbalancers: {
    ...common,
    ...described,
    provisioning_status: 'text',
    operating_status: 'text',
    admin_state_up: 'integer',
    provider: 'text',
    guaranteed: 'integer',
    vpc_id: 'text',
    vip_subnet_cidr_id: 'text',
    vip_address: 'text',
    vip_port_id: 'text',
    ipv6_vip_virsubnet_id: 'text',
    ipv6_vip_address: 'text',
    ipv6_vip_port_id: 'text',
    ipv6_bandwidth: 'text',
    ip_versions: 'text',
    availability_zone_list: 'text',
    elb_virsubnet_ids: 'text',
    elb_virsubnet_type: 'text',
    ip_target_enable: 'integer',
    l4_flavor_id: 'text',
    l7_flavor_id: 'text',
    l4_scale_flavor_id: 'text',
    l7_scale_flavor_id: 'text',
    gw_flavor_id: 'text',
    loadbalancer_type: 'text',
    publicips: 'text',
    global_eips: 'text',
    tags: 'text',
    billing_info: 'text',
    autoscaling: 'text',
    charge_mode: 'text',
    waf_failure_action: 'text',
    deletion_protection_enable: 'integer',
    frozen_scene: 'text',
    public_border_group: 'text',
    log_group_id: 'text',
    log_topic_id: 'text',
  },
  listeners: {
    ...common,
    ...described,
    admin_state_up: 'integer',
    loadbalancer_id: 'text',
    protocol: 'text',
    protocol_port: 'integer',
    port_ranges: 'text',
    default_pool_id: 'text',
    default_tls_container_ref: 'text',
    client_ca_tls_container_ref: 'text',
    sni_container_refs: 'text',
    sni_match_algo: 'text',
    tls_ciphers_policy: 'text',
    security_policy_id: 'text',
    http2_enable: 'integer',
    ssl_early_data_enable: 'integer',
    insert_headers: 'text',
    enable_member_retry: 'integer',
    keepalive_timeout: 'integer',
    client_timeout: 'integer',
    member_timeout: 'integer',
    ipgroup: 'text',
    transparent_client_ip_enable: 'integer',
    proxy_protocol_enable: 'integer',
    enhance_l7policy_enable: 'integer',
    quic_config: 'text',
    gzip_enable: 'integer',
    cps: 'integer',
    connection: 'integer',
    connection_limit: 'integer',
    nat64_enable: 'integer',
    access_log_customized_headers_config: 'text',
    tags: 'text',
  },
  pools: {
    ...common,
    ...described,
    admin_state_up: 'integer',
    protocol: 'text',
    lb_algorithm: 'text',
    loadbalancer_id: 'text',
    type: 'text',
    vpc_id: 'text',
    ip_version: 'text',
    session_persistence: 'text',
    slow_start: 'text',
    member_deletion_protection_enable: 'integer',
    any_port_enable: 'integer',
    connection_drain: 'text',
    pool_health: 'text',
    az_affinity: 'text',
    quic_cid_hash_strategy: 'text',
    public_border_group: 'text',
    healthmonitor_id: 'text',
  },
  members: {
    ...common,
    pool_id: 'text',
    address: 'text',
    protocol_port: 'integer',
    subnet_cidr_id: 'text',
    weight: 'integer',
    admin_state_up: 'integer',
    availability_zone: 'text',
    ip_version: 'text',
    member_type: 'text',
    instance_id: 'text',
    operating_status: 'text',
    reason: 'text',
    verdict: 'text',
    server_state: 'text',
  },
  healthmonitors: {
    ...common,
    pool_id: 'text',
    admin_state_up: 'integer',
    type: 'text',
    delay: 'integer',
    timeout: 'integer',
    max_retries: 'integer',
    max_retries_down: 'integer',
    monitor_port: 'integer',
    domain_name: 'text',
    url_path: 'text',
    http_method: 'text',
    expected_codes: 'text',
    http_version: 'text',
  },
};

/** Name, table, columns; with `unique` where two rows may not be alike. */
const indexes: readonly (readonly [string, string, readonly string[], 'unique'?])[] = [
  ['loadbalancers_by_project', 'loadbalancers', ['project_id', 'id']],
  ['loadbalancers_by_vip', 'loadbalancers', ['vpc_id', 'vip_address'], 'unique'],
  ['loadbalancers_by_ipv6_vip', 'loadbalancers', ['vpc_id', 'ipv6_vip_address'], 'unique'],
  ['listeners_by_project', 'listeners', ['project_id', 'id']],
  ['listeners_by_loadbalancer', 'listeners', ['loadbalancer_id', 'protocol_port']],
  ['listeners_by_pool', 'listeners', ['default_pool_id']],
  ['pools_by_project', 'pools', ['project_id', 'id']],
  ['pools_by_loadbalancer', 'pools', ['loadbalancer_id']],
  ['members_by_pool', 'members', ['pool_id', 'id']],
  ['members_by_address', 'members', ['pool_id', 'address', 'protocol_port'], 'unique'],
  ['members_by_project', 'members', ['project_id', 'id']],
  ['members_of_address', 'members', ['address', 'pool_id']],
  ['healthmonitors_by_project', 'healthmonitors', ['project_id', 'id']],
  ['healthmonitors_by_pool', 'healthmonitors', ['pool_id'], 'unique'],
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [table, columns] of Object.entries(tables)) {
    let create = db.schema
      .createTable(table)
      .addColumn('id', 'text', (column) => column.primaryKey().notNull());
    for (const [name, type] of Object.entries(columns)) create = create.addColumn(name, type);
    await create.execute();
  }
  for (const [name, table, columns, unique] of indexes) {
    const create = db.schema
      .createIndex(name)
      .on(table)
      .columns([...columns]);
    await (unique ? create.unique() : create).execute();
  }
  await db.schema
    .createTable('changes')
    .addColumn('revision', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('project_id', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('parent_id', 'text')
    .addColumn('operation', 'text', (column) => column.notNull())
    .addColumn('at', 'integer', (column) => column.notNull())
    .execute();
  // A list may go on from a row deleted since; its deletion is found here.
  await db.schema
    .createIndex('changes_of_deleted')
    .on('changes')
    .column('id')
    .where(sql.ref('operation'), '=', sql.lit('delete'))
    .execute();
  await db.schema
    .createTable('settings')
    .addColumn('key', 'text', (column) => column.primaryKey().notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute();
}
