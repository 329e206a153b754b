/** An index for each filter of each list, in the order of the list: by ascending id within what the filter finds. */
import { type Kysely, sql } from 'kysely';

/** The columns that lists are filtered by, each with an index of its own behind the project. */
const filtered: Readonly<Record<string, readonly string[]>> = {
  loadbalancers: [
    ...['name', 'description', 'enterprise_project_id', 'provisioning_status', 'operating_status'],
    ...['admin_state_up', 'guaranteed', 'vpc_id', 'vip_subnet_cidr_id', 'vip_address', 'vip_port_id'],
    ...['ipv6_vip_virsubnet_id', 'ipv6_vip_address', 'ipv6_vip_port_id', 'elb_virsubnet_type'],
    ...['l4_flavor_id', 'l7_flavor_id', 'l4_scale_flavor_id', 'l7_scale_flavor_id', 'billing_info'],
    ...['deletion_protection_enable', 'protection_status', 'log_group_id', 'log_topic_id'],
  ],
  listeners: [
    ...['name', 'description', 'admin_state_up', 'enterprise_project_id', 'protocol', 'protocol_port'],
    ...['default_pool_id', 'default_tls_container_ref', 'client_ca_tls_container_ref', 'tls_ciphers_policy'],
    ...[
      'http2_enable',
      'ssl_early_data_enable',
      'enable_member_retry',
      'keepalive_timeout',
      'client_timeout',
    ],
    ...['member_timeout', 'transparent_client_ip_enable', 'proxy_protocol_enable', 'enhance_l7policy_enable'],
    ...['connection_limit', 'nat64_enable', 'protection_status'],
  ],
  pools: [
    ...['name', 'description', 'admin_state_up', 'enterprise_project_id', 'protocol', 'lb_algorithm', 'type'],
    ...[
      'vpc_id',
      'ip_version',
      'member_deletion_protection_enable',
      'any_port_enable',
      'public_border_group',
    ],
    ...['protection_status', 'healthmonitor_id', 'loadbalancer_id', 'kind'],
  ],
  members: [
    ...['enterprise_project_id', 'name', 'protocol_port', 'subnet_cidr_id', 'weight', 'admin_state_up'],
    ...['availability_zone', 'ip_version', 'member_type', 'operating_status'],
  ],
  healthmonitors: [
    ...['enterprise_project_id', 'name', 'admin_state_up', 'type', 'delay', 'timeout', 'max_retries'],
    ...['max_retries_down', 'monitor_port', 'domain_name', 'url_path', 'http_method', 'expected_codes'],
  ],
  l7policies: [
    ...['name', 'description', 'admin_state_up', 'enterprise_project_id', 'action', 'position', 'priority'],
    ...['provisioning_status', 'redirect_pool_id', 'redirect_listener_id', 'redirect_url'],
  ],
  l7rules: [
    ...['admin_state_up', 'enterprise_project_id', 'type', 'compare_type', 'value', 'key', 'invert'],
    'provisioning_status',
  ],
  ipgroups: ['name', 'description', 'enterprise_project_id'],
  security_policies: ['name', 'description', 'protocols', 'ciphers'],
  certificates: [
    ...['name', 'description', 'enterprise_project_id', 'admin_state_up', 'type', 'domain'],
    ...['scm_certificate_id', 'source', 'common_name', 'fingerprint', 'protection_status'],
    'protection_reason',
  ],
  logtanks: ['enterprise_project_id', 'log_group_id', 'log_topic_id'],
  jobs: ['job_type', 'status', 'resource_id', 'error_code'],
};

/** Keys of JSON columns that lists are filtered by. */
const filteredKeys: readonly (readonly [string, string, string])[] = [
  ['loadbalancers', 'autoscaling', 'enable'],
  ['pools', 'connection_drain', 'enable'],
  ['pools', 'pool_health', 'minimum_healthy_member_count'],
  ['pools', 'az_affinity', 'enable'],
  ['pools', 'quic_cid_hash_strategy', 'len'],
  ['pools', 'quic_cid_hash_strategy', 'offset'],
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [table, columns] of Object.entries(filtered)) {
    for (const column of columns) await index(db, table, column, [column]);
  }
  for (const [table, column, key] of filteredKeys) {
    const value = sql`json_extract(${sql.ref(column)}, ${sql.lit(`$.${key}`)})`;
    await sql`CREATE INDEX ${sql.id(`${table}_listed_by_${column}_${key}`)} ON ${sql.table(table)}
      (project_id, ${value}, id)`.execute(db);
  }
  // The pools of members that have an address, or are a server, are read off these two indexes alone.
  for (const column of ['address', 'instance_id']) await index(db, 'members', column, [column], ['pool_id']);
  // Whether a server has an address, which a new load balancer then cannot have.
  await db.schema
    .createIndex('members_of_subnet')
    .on('members')
    .columns(['subnet_cidr_id', 'address'])
    .where(sql.ref('subnet_cidr_id'), 'is not', null)
    .execute();
  // What lists show of resources beside the listed ones is read off these alone.
  await replace(db, 'listeners', 'listeners_by_loadbalancer', ['loadbalancer_id', 'id', 'default_pool_id']);
  await replace(db, 'listeners', 'listeners_by_pool', ['default_pool_id', 'id', 'loadbalancer_id']);
  await replace(db, 'listeners', 'listeners_by_security_policy_id', ['security_policy_id', 'id']);
  await replace(db, 'l7policies', 'l7policies_by_listener', ['listener_id', 'id', 'priority']);
  await replace(db, 'pools', 'pools_by_loadbalancer', ['loadbalancer_id', 'id']);
  for (const name of ['members_of_address', 'listeners_with_ipgroup', 'listeners_with_sni']) {
    await db.schema.dropIndex(name).execute();
  }
  await replace(db, 'l7policy_pools', 'l7policy_pools_by_listener', [
    'listener_id',
    'pool_id',
    'l7policy_id',
  ]);
  await sql`DROP VIEW pool_listeners`.execute(db);
  // As before, each road once. What a UNION has found only once it has read all of both, this finds by the indexes.
  await sql`CREATE VIEW pool_listeners AS
    SELECT default_pool_id AS pool_id, id AS listener_id FROM listeners WHERE default_pool_id IS NOT NULL
    UNION ALL SELECT pool_id, listener_id FROM l7policy_pools AS road
    WHERE l7policy_id = (SELECT min(l7policy_id) FROM l7policy_pools AS same
        WHERE same.listener_id = road.listener_id AND same.pool_id = road.pool_id)
      AND NOT EXISTS (SELECT 1 FROM listeners WHERE id = road.listener_id AND default_pool_id = road.pool_id)
  `.execute(db);
  await sql`CREATE TABLE elements (path TEXT NOT NULL, value NOT NULL, project_id TEXT NOT NULL, id TEXT NOT NULL,
    PRIMARY KEY (path, value, project_id, id)) WITHOUT ROWID`.execute(db);
}

async function index(
  db: Kysely<unknown>,
  table: string,
  name: string,
  columns: readonly string[],
  further: readonly string[] = [],
): Promise<void> {
  await db.schema
    .createIndex(`${table}_listed_by_${name}`)
    .on(table)
    .columns(['project_id', ...columns, 'id', ...further])
    .execute();
}

async function replace(
  db: Kysely<unknown>,
  table: string,
  name: string,
  columns: readonly string[],
): Promise<void> {
  await db.schema.dropIndex(name).execute();
  await db.schema
    .createIndex(name)
    .on(table)
    .columns([...columns])
    .execute();
}
