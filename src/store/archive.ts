/**
 * What is in the recycle bin: rows taken out of their tables as JSON, so that no other query meets them, and from
 * where they come back as they were. A migration that changes what a row means changes what is kept here as well.
 */
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { ColumnType } from '../model/field.ts';
import { healthMonitor } from '../model/health-monitor.ts';
import { l7Policy } from '../model/l7-policy.ts';
import { l7Rule } from '../model/l7-rule.ts';
import { listener } from '../model/listener.ts';
import { loadBalancer } from '../model/load-balancer.ts';
import { logtank } from '../model/logtank.ts';
import { member } from '../model/member.ts';
import { pool } from '../model/pool.ts';
import { elementsOf, type Fields, type RecordOf, type Resource } from '../model/resource.ts';
import { runCompiled } from './compiled-queries.ts';
import { elementsFrom } from './elements.ts';
import { columnValue, jsonObject, jsonValue } from './row-json.ts';
import { noteEach } from './row-sets.ts';
import { columnsOf, isAnyOf } from './rows.ts';
import type { Reader, Writer } from './transaction.ts';

/** Every kind of what a load balancer takes with it, in the order in which it comes back. */
const kept: readonly Resource[] = [
  loadBalancer,
  logtank,
  pool,
  healthMonitor,
  member,
  listener,
  l7Policy,
  l7Rule,
];

/** Which pools the policies use, which is kept beside them. */
const policyPools = 'l7policy_pools';
const policyPoolColumns = ['pool_id', 'l7policy_id', 'listener_id'] as const;

interface Owner {
  readonly id: string;
  readonly project_id: string;
}

/** Keeps a copy of the records whose column has one of the values. */
export async function archiveBy<F extends Fields>(
  tx: Writer,
  of: Resource<F>,
  owner: Owner,
  column: keyof F & string,
  values: readonly string[],
): Promise<void> {
  const pairs = columnsOf(of).map(([key, type]) => [key, jsonValue(sql.ref(key), type)] as const);
  await archive(tx, of.table, sql`id`, owner, jsonObject(pairs), isAnyOf(column, JSON.stringify(values)));
}

/** Keeps a copy of which pools the policies of listeners use. */
export async function archivePolicyPools(
  tx: Writer,
  owner: Owner,
  listenerIds: readonly string[],
): Promise<void> {
  const pairs = policyPoolColumns.map((key) => [key, sql.ref(key)] as const);
  const id = sql`l7policy_id || ' ' || pool_id`;
  const condition = isAnyOf('listener_id', JSON.stringify(listenerIds));
  await archive(tx, policyPools, id, owner, jsonObject(pairs), condition);
}

async function archive(
  { db }: Writer,
  table: string,
  id: RawBuilder<unknown>,
  owner: Owner,
  json: RawBuilder<string>,
  condition: RawBuilder<SqlBool>,
): Promise<void> {
  await sql`
    INSERT INTO recycled_records (id, table_name, loadbalancer_id, project_id, record)
    SELECT ${id}, ${table}, ${owner.id}, ${owner.project_id}, ${json}
    FROM ${sql.table(table)} WHERE ${condition}`.execute(db);
}

/** Brings back everything that was kept of a load balancer, and notes each record. */
export async function restoreArchived(tx: Writer, loadBalancerId: string): Promise<void> {
  for (const of of kept) {
    const theirs = sql`table_name = ${of.table} AND loadbalancer_id = ${loadBalancerId}`;
    await insertArchived(tx, of.table, columnsOf(of), theirs);
    await noteEach(tx, of, sql<SqlBool>`id IN (SELECT id FROM recycled_records WHERE ${theirs})`, 'create');
  }
  const uses = sql`table_name = ${policyPools} AND loadbalancer_id = ${loadBalancerId}`;
  await insertArchived(
    tx,
    policyPools,
    policyPoolColumns.map((key) => [key, 'text']),
    uses,
  );
  await forgetArchived(tx, loadBalancerId);
}

/** Columns that were not there yet when the records were kept get their defaults. */
async function insertArchived(
  { db }: Writer,
  table: string,
  columns: readonly (readonly [string, ColumnType])[],
  condition: RawBuilder<unknown>,
): Promise<void> {
  const { rows } = await sql<{ key: string }>`
    SELECT key FROM json_each((SELECT record FROM recycled_records WHERE ${condition} LIMIT 1))`.execute(db);
  const present = new Set(rows.map(({ key }) => key));
  const names = columns.map(([name]) => name).filter((name) => present.has(name));
  if (names.length === 0) return;
  await sql`
    INSERT INTO ${sql.table(table)} (${sql.join(names.map((name) => sql.ref(name)))})
    SELECT ${sql.join(names.map((name) => columnValue(sql`record`, name)))}
    FROM recycled_records WHERE ${condition} ORDER BY id`.execute(db);
}

/** Forgets what was kept of a load balancer. */
export async function forgetArchived({ db }: Writer, loadBalancerId: string): Promise<void> {
  await db.deleteFrom('recycled_records').where('loadbalancer_id', '=', loadBalancerId).execute();
}

/** Whether anything is kept of a project. */
export async function hasArchived(db: Reader, projectId: string): Promise<boolean> {
  const row = await db
    .selectFrom('recycled_loadbalancers')
    .select('id')
    .where('project_id', '=', projectId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The kept records of a project, by ascending id. */
export async function archivedRecords<F extends Fields>(
  db: Reader,
  of: Resource<F>,
  projectId: string,
): Promise<RecordOf<F>[]> {
  const rows = await db
    .selectFrom('recycled_records')
    .select('record')
    .where('table_name', '=', of.table)
    .where('project_id', '=', projectId)
    .orderBy('id')
    .execute();
  return rows.map(({ record }) => JSON.parse(record));
}

/** A kept load balancer as it was. */
export async function archivedLoadBalancer(
  db: Reader,
  id: string,
): Promise<RecordOf<typeof loadBalancer.fields>> {
  const { record } = await db
    .selectFrom('recycled_records')
    .select('record')
    .where('table_name', '=', loadBalancer.table)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return JSON.parse(record);
}

/** The addresses in a VPC that kept load balancers have: nobody else gets them. */
export async function archivedVips(db: Reader, vpcId: string): Promise<string[]> {
  // Every member that is created asks.
  const { rows } = await runCompiled(db, 'find archived vips', [vpcId], () => ({
    compile: () =>
      sql`
        SELECT ${columnValue(sql`record`, 'vip_address')} AS v4,
          ${columnValue(sql`record`, 'ipv6_vip_address')} AS v6
        FROM recycled_records
        WHERE table_name = 'loadbalancers' AND ${columnValue(sql`record`, 'vpc_id')} = ${vpcId}`.compile(db),
  }));
  return rows.flatMap(({ v4, v6 }) => [v4, v6]).filter((address) => typeof address === 'string');
}

/** The addresses of kept members in a subnet, by any of the ids that it goes by. */
export async function archivedMemberAddresses(db: Reader, subnetIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ address: string }>`
    SELECT DISTINCT ${columnValue(sql`record`, 'address')} AS address FROM recycled_records
    WHERE table_name = 'members' AND ${columnValue(sql`record`, 'subnet_cidr_id')} IN (${sql.join(subnetIds)})
  `.execute(db);
  return rows.map(({ address }) => address);
}

/**
 * Makes the tables of a connection hold the kept rows too: it reads them as if they had never been taken out, but
 * that their load balancers are RECYCLING. Temporary views do it, which hide the tables they are named after.
 */
export async function showArchived(db: Reader): Promise<void> {
  for (const of of kept) {
    const columns = columnsOf(of).map(([name]) => name);
    await show(db, of.table, columns, (name) => {
      // As columns of their own these two are in an index.
      if (name === 'id' || name === 'project_id') return sql.ref(name);
      if (of === loadBalancer && name === 'provisioning_status') return sql`'RECYCLING'`;
      return columnValue(sql`record`, name);
    });
  }
  await show(db, policyPools, policyPoolColumns, (name) => columnValue(sql`record`, name));
  const elements = kept.flatMap((of) =>
    elementsOf(of).map((match) => elementsFrom(of, match, of.table, sql`temp.${sql.table(of.table)}`)),
  );
  await sql`CREATE TEMP VIEW elements AS ${sql.join(elements, sql` UNION ALL `)}`.execute(db);
  const { rows } = await sql<{ sql: string }>`
    SELECT sql FROM sqlite_schema WHERE type = 'view' AND name = 'pool_listeners'`.execute(db);
  await sql.raw((rows[0]?.sql ?? '').replace(/^CREATE VIEW/, 'CREATE TEMP VIEW')).execute(db);
}

async function show(
  db: Reader,
  table: string,
  columns: readonly string[],
  kept: (name: string) => RawBuilder<unknown>,
): Promise<void> {
  const live = columns.map((name) => sql.ref(name));
  const archived = columns.map((name) => sql`${kept(name)} AS ${sql.ref(name)}`);
  await sql`CREATE TEMP VIEW ${sql.table(table)} AS
    SELECT ${sql.join(live)} FROM ${sql.table(`main.${table}`)}
    UNION ALL SELECT ${sql.join(archived)} FROM main.recycled_records WHERE table_name = ${sql.lit(table)}
  `.execute(db);
}
