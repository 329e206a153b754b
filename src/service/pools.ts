/** Pools: create, show, list, update, delete (rules digest 2.3). */
import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import { conflict, invalid, Refusal } from '../model/errors.ts';
import { type Listener, listener } from '../model/listener.ts';
import { member } from '../model/member.ts';
import { type Pool, pool } from '../model/pool.ts';
import { checkPool, defaultIpVersion, persistenceLimits } from '../model/pool-rules.ts';
import { changes, draft } from '../model/resource.ts';
import { type Page, page } from '../store/pages.ts';
import { count, findBy, insert, remove, update } from '../store/rows.ts';
import type { Tables } from '../store/schema.ts';
import { checkPoolOfListener } from './listener-rules.ts';
import { type PageQuery, pageRequest } from './page-query.ts';
import { clearedProtectionReason } from './protection.ts';
import { checkQuota } from './quotas.ts';
import { requireListener, requireLoadBalancer, requirePool } from './references.ts';
import { type Region, timestamp } from './region.ts';

/** A pool with what its answer is rendered from. */
export interface PoolView {
  readonly pool: Pool;
  readonly listenerIds: readonly string[];
  readonly loadBalancerIds: readonly string[];
  readonly memberIds: readonly string[];
}

type Body = Readonly<Record<string, unknown>>;

export async function createPool(region: Region, projectId: string, body: Body): Promise<PoolView> {
  return region.store.write(async (tx) => {
    const now = timestamp(tx.at);
    const wanted = draft(pool, body);
    const asked = (body['session_persistence'] ?? null) as Partial<
      NonNullable<Pool['session_persistence']>
    > | null;
    const record: Pool = {
      ...wanted,
      id: randomUUID(),
      project_id: projectId,
      lb_algorithm: wanted.lb_algorithm ?? algorithmOf(wanted),
      ip_version: wanted.ip_version ?? defaultIpVersion(wanted.protocol),
      session_persistence: persistenceOf(wanted, null, asked),
      ...normalized(wanted),
      healthmonitor_id: null,
      created_at: now,
      updated_at: now,
    };
    const owner = await ownerOf(tx.db, region, record, wanted);
    record.loadbalancer_id = owner.loadBalancerId;
    record.vpc_id ||= owner.vpcId;
    checkPool(record);
    checkNetwork(region, record, owner.vpcId);
    checkEnterpriseProject(region, record.enterprise_project_id);
    await checkQuota(tx.db, region.inventory, 'pool', { project_id: projectId });
    if (owner.listener) checkPoolOfListener(owner.listener, record);
    await insert(tx, pool, record);
    if (owner.listener) {
      await update(tx, listener, owner.listener, { default_pool_id: record.id, updated_at: now });
    }
    return viewOf(tx.db, record);
  });
}

export async function showPool(region: Region, projectId: string, id: string): Promise<PoolView> {
  return viewOf(region.store.reader, await requirePool(region.store.reader, projectId, id));
}

export async function listPools(
  region: Region,
  projectId: string,
  query: PageQuery,
): Promise<Page<PoolView>> {
  const db = region.store.reader;
  const { records, more } = await page(db, pool, await pageRequest(db, pool, projectId, query));
  return { records: await viewsOf(db, records), more };
}

export async function updatePool(
  region: Region,
  projectId: string,
  id: string,
  body: Body,
): Promise<PoolView> {
  return region.store.write(async (tx) => {
    const before = await requirePool(tx.db, projectId, id);
    const changed: Partial<Pool> = { ...changes(pool, body), updated_at: timestamp(tx.at) };
    if (body['session_persistence'] !== undefined) {
      const asked = body['session_persistence'] as Partial<NonNullable<Pool['session_persistence']>> | null;
      changed.session_persistence = persistenceOf(before, before.session_persistence, asked);
    }
    Object.assign(changed, normalized(changed), clearedProtectionReason({ ...before, ...changed }));
    const after: Pool = { ...before, ...changed };
    checkSettledOnce(before, after);
    checkPool(after);
    checkNetwork(region, after, after.vpc_id);
    if (after.any_port_enable && !before.any_port_enable) await checkAnyPort(tx.db, after);
    await update(tx, pool, before, changed);
    return viewOf(tx.db, after);
  });
}

export async function deletePool(region: Region, projectId: string, id: string): Promise<void> {
  await region.store.write(async (tx) => {
    const found = await requirePool(tx.db, projectId, id);
    await checkUnused(tx.db, found);
    // Terraform and the Kubernetes controllers delete a pool while it is still a listener's default pool.
    for (const using of await findBy(tx.db, listener, 'default_pool_id', [id])) {
      await update(tx, listener, using, { default_pool_id: null, updated_at: timestamp(tx.at) });
    }
    await remove(tx, pool, found);
  });
}

/** A pool goes only when it is empty and nothing probes for it (rules digest PO-5). */
async function checkUnused(db: Kysely<Tables>, found: Pool): Promise<void> {
  const members = await count(db, member, { pool_id: found.id });
  if (members > 0) {
    throw conflict(`The pool ${found.id} still has ${members} member(s); delete them first.`);
  }
  if (found.healthmonitor_id) {
    throw conflict(
      `The pool ${found.id} is in use by health monitor ${found.healthmonitor_id}; delete the monitor first.`,
    );
  }
}

/** What the pool belongs to: the listener or load balancer it was created for, or nothing but a type. */
async function ownerOf(
  db: Kysely<Tables>,
  region: Region,
  record: Pool,
  { listener_id, loadbalancer_id, type }: Pool,
): Promise<{
  readonly listener: Listener | null;
  readonly loadBalancerId: string | null;
  readonly vpcId: string;
}> {
  if (!listener_id && !loadbalancer_id) {
    if (type !== '') return { listener: null, loadBalancerId: null, vpcId: record.vpc_id };
    throw invalid('pool', 'give at least one of listener_id, loadbalancer_id and type.');
  }
  const found = listener_id ? await requireListener(db, record.project_id, listener_id) : null;
  if (found && loadbalancer_id && found.loadbalancer_id !== loadbalancer_id) {
    throw invalid(
      'pool.loadbalancer_id',
      `listener ${found.id} belongs to load balancer ${found.loadbalancer_id}, not to ${loadbalancer_id}.`,
    );
  }
  if (found?.default_pool_id) {
    throw conflict(`The listener ${found.id} already has the default pool ${found.default_pool_id}.`);
  }
  if (found) {
    await checkQuota(db, region.inventory, 'listeners_per_pool', { default_pool_id: record.id });
  }
  const id = found?.loadbalancer_id ?? loadbalancer_id ?? '';
  const owner = await requireLoadBalancer(db, record.project_id, id);
  return { listener: found, loadBalancerId: owner.id, vpcId: type === 'ip' ? '' : owner.vpc_id };
}

function checkNetwork(region: Region, record: Pool, ownerVpcId: string): void {
  if (record.vpc_id === '') return;
  if (!region.inventory.vpc(record.project_id, record.vpc_id)) {
    throw new Refusal('ELB.8904', `vpc ${record.vpc_id} could not be found.`);
  }
  if (ownerVpcId !== '' && ownerVpcId !== record.vpc_id) {
    throw invalid(
      'pool.vpc_id',
      `got ${record.vpc_id}, expected ${ownerVpcId}, the VPC of its load balancer.`,
    );
  }
}

/** Refuses an enterprise project that does not exist. */
export function checkEnterpriseProject(region: Region, id: string): void {
  if (region.inventory.hasEnterpriseProject(id)) return;
  throw new Refusal(
    'ELB.1202',
    `Invalid input for 'enterprise_project_id': there is no enterprise project "${id}"; "0" is the default one.`,
  );
}

/** `type` and `vpc_id` may be given to a pool that has none, and are then settled (rules digest 2.3.1). */
function checkSettledOnce(before: Pool, after: Pool): void {
  for (const key of ['type', 'vpc_id'] as const) {
    if (before[key] !== '' && after[key] !== before[key]) {
      throw invalid(`pool.${key}`, `it is ${before[key]} and cannot be changed any more.`);
    }
  }
}

async function checkAnyPort(db: Kysely<Tables>, after: Pool): Promise<void> {
  const members = await count(db, member, { pool_id: after.id });
  if (members === 0) return;
  throw conflict(
    `The pool ${after.id} has ${members} member(s) with ports; delete them before any_port_enable is set.`,
  );
}

function algorithmOf({ protocol }: Pool): Pool['lb_algorithm'] {
  if (protocol === 'IP') return '5_TUPLE_HASH';
  throw invalid(
    'pool.lb_algorithm',
    'it is required. Expected ROUND_ROBIN, LEAST_CONNECTIONS, SOURCE_IP or QUIC_CID.',
  );
}

/** Session persistence after a request: what it gave, else what there was, else the defaults of the protocol. */
function persistenceOf(
  { protocol }: Pool,
  before: Pool['session_persistence'],
  asked: Partial<NonNullable<Pool['session_persistence']>> | null,
): Pool['session_persistence'] {
  if (asked === null) return null;
  const type = asked.type ?? before?.type;
  if (!type) throw invalid('pool.session_persistence.type', 'it is required.');
  const cookie_name = asked.cookie_name ?? (type === before?.type ? before.cookie_name : null);
  const persistence_timeout =
    asked.persistence_timeout ??
    (type === before?.type ? before.persistence_timeout : null) ??
    persistenceLimits(protocol).usual;
  return { type, cookie_name: cookie_name || null, persistence_timeout };
}

/** Objects with the parts that a request may leave out filled in. */
function normalized({ slow_start, quic_cid_hash_strategy }: Partial<Pool>): Partial<Pool> {
  return {
    ...(slow_start
      ? { slow_start: { enable: slow_start.enable ?? false, duration: slow_start.duration ?? 30 } }
      : {}),
    ...(quic_cid_hash_strategy
      ? {
          quic_cid_hash_strategy: {
            len: quic_cid_hash_strategy.len ?? 3,
            offset: quic_cid_hash_strategy.offset ?? 1,
          },
        }
      : {}),
  };
}

async function viewOf(db: Kysely<Tables>, of: Pool): Promise<PoolView> {
  const [view] = await viewsOf(db, [of]);
  if (!view) throw new Error('a pool has a view');
  return view;
}

async function viewsOf(db: Kysely<Tables>, pools: readonly Pool[]): Promise<PoolView[]> {
  const ids = pools.map(({ id }) => id);
  const listeners = Map.groupBy(
    await findBy(db, listener, 'default_pool_id', ids),
    ({ default_pool_id }) => default_pool_id,
  );
  const members = await memberIdsOf(db, ids);
  return pools.map((each) => {
    const using = listeners.get(each.id) ?? [];
    const loadBalancers = new Set(using.map(({ loadbalancer_id }) => loadbalancer_id));
    if (each.loadbalancer_id) loadBalancers.add(each.loadbalancer_id);
    return {
      pool: each,
      listenerIds: using.map(({ id }) => id),
      loadBalancerIds: [...loadBalancers].sort(),
      memberIds: members.get(each.id) ?? [],
    };
  });
}

async function memberIdsOf(db: Kysely<Tables>, poolIds: readonly string[]): Promise<Map<string, string[]>> {
  const byPool = new Map<string, string[]>();
  for (let from = 0; from < poolIds.length; from += 500) {
    const rows = await db
      .selectFrom('members')
      .select(['id', 'pool_id'])
      .where('pool_id', 'in', poolIds.slice(from, from + 500))
      .orderBy('pool_id')
      .orderBy('id')
      .execute();
    for (const row of rows) {
      const ids = byPool.get(String(row['pool_id']));
      if (ids) ids.push(String(row['id']));
      else byPool.set(String(row['pool_id']), [String(row['id'])]);
    }
  }
  return byPool;
}
