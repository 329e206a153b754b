/** Pools: create, show, list, update, delete (rules digest 2.3). */
import type { Kysely } from 'kysely';
import { invalid } from '../model/errors.ts';
import { listener } from '../model/listener.ts';
import type { LoadBalancer } from '../model/load-balancer.ts';
import { member } from '../model/member.ts';
import { type Pool, type PoolKind, pool } from '../model/pool.ts';
import { checkPool, defaultIpVersion } from '../model/pool-rules.ts';
import { poolSettings, quicCidDefault } from '../model/pool-settings.ts';
import { changes, draft } from '../model/resource.ts';
import type { Condition } from '../store/condition.ts';
import { type Page, type PageRequest, page } from '../store/pages.ts';
import { idsByParent, insert, update } from '../store/rows.ts';
import type { Tables } from '../store/schema.ts';
import type { Writer } from '../store/transaction.ts';
import { type AttachedIds, attachedIdsOf, attachmentsOf } from './attachments.ts';
import { type Deleted, deleteBatch } from './batch-deletes.ts';
import { checkEnterpriseProject } from './enterprise-projects.ts';
import { checkPoolOfListener } from './listener-rules.ts';
import { checkActive } from './load-balancer-state.ts';
import { KnownNetworks } from './networks/known-networks.ts';
import { newId } from './new-id.ts';
import { type PageQuery, pageRequest } from './page-query.ts';
import { removePools } from './pool-removal.ts';
import { checkMembers, checkSettledOnce, checkUnused, checkVpc, ownerOf } from './pool-rules.ts';
import { clearedProtectionReason } from './protection.ts';
import { checkQuota } from './quotas.ts';
import { requirePool } from './references.ts';
import { type Region, timestamp } from './region.ts';

/** A pool with what its answer is rendered from. */
export interface PoolView extends AttachedIds {
  readonly pool: Pool;
  readonly memberIds: readonly string[];
}

type Body = Readonly<Record<string, unknown>>;

export async function createPool(region: Region, projectId: string, body: Body): Promise<PoolView> {
  return region.store.write(async (tx) =>
    viewOf(tx.db, await addPool(tx, region, projectId, 'ordinary', body)),
  );
}

/** Checks and writes a pool, and makes it the default pool of the listener it is created for. */
export async function addPool(
  tx: Writer,
  region: Region,
  projectId: string,
  kind: PoolKind,
  body: Body,
): Promise<Pool> {
  const now = timestamp(tx.at);
  const wanted = { ...draft(pool, body), project_id: projectId };
  const record: Pool = {
    ...wanted,
    ...poolSettings(wanted.protocol, null, body),
    id: newId(tx.at),
    kind,
    lb_algorithm: wanted.lb_algorithm ?? algorithmOf(wanted),
    ip_version: defaultIpVersion(wanted.protocol),
    healthmonitor_id: null,
    created_at: now,
    updated_at: now,
    ...clearedProtectionReason(wanted),
  };
  settleQuicCid(record);
  const owner = await ownerOf(tx.db, region, record, wanted);
  if (owner.loadBalancer) checkActive([owner.loadBalancer]);
  record.loadbalancer_id = owner.loadBalancer?.id ?? null;
  record.ip_version = ipVersionOf(wanted, owner.loadBalancer);
  checkPool(record);
  await checkVpc(
    new KnownNetworks(tx.db, region.inventory),
    record,
    owner.loadBalancer ? [owner.loadBalancer] : [],
  );
  await checkEnterpriseProject(tx.db, region, pool, record);
  if (owner.listener) checkPoolOfListener(owner.listener, record);
  await checkQuota(tx.db, region.inventory, 'pool', { project_id: projectId });
  await insert(tx, pool, record);
  if (owner.listener) {
    await update(tx, listener, owner.listener, { default_pool_id: record.id, updated_at: now });
  }
  return record;
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
  const request = await pageRequest(db, pool, projectId, query);
  const { records, more } = await page(db, pool, ofKind('ordinary', request));
  return { records: await poolViews(db, records), more };
}

export async function updatePool(
  region: Region,
  projectId: string,
  id: string,
  body: Body,
): Promise<PoolView> {
  return region.store.write(async (tx) => {
    const before = await requirePool(tx.db, projectId, id);
    const changed: Partial<Pool> = { ...changes(pool, body), ...poolSettings(before.protocol, before, body) };
    if (Object.keys(changed).length === 0) return viewOf(tx.db, before);
    const after: Pool = { ...before, ...changed, updated_at: timestamp(tx.at) };
    Object.assign(after, clearedProtectionReason(after));
    settleQuicCid(after);
    checkSettledOnce(before, after);
    checkPool(after);
    const { listeners, loadBalancers } = await attachmentsOf(tx.db, before);
    checkActive(loadBalancers);
    await checkVpc(new KnownNetworks(tx.db, region.inventory), after, loadBalancers);
    for (const using of listeners) checkPoolOfListener(using, after);
    await checkMembers(tx.db, before, after);
    await update(tx, pool, before, after);
    return viewOf(tx.db, after);
  });
}

export async function deletePool(region: Region, projectId: string, id: string): Promise<void> {
  await region.store.write(async (tx) => {
    const found = await requirePool(tx.db, projectId, id);
    await checkUnused(tx.db, found);
    await removePools(tx, [found]);
  });
}

/** Deletes those that can be deleted, and says what became of each (rules digest PO-7). */
export function deletePools(region: Region, projectId: string, ids: readonly string[]): Promise<Deleted[]> {
  return deleteBatch(region, ids, (joined, id) => deletePool(joined, projectId, id));
}

/** Leaves a list to the pools of one kind. */
export function ofKind(kind: PoolKind, request: PageRequest): PageRequest {
  const own: Condition = {
    match: { kind: 'column', column: 'kind' },
    values: [kind],
    isUsual: kind === 'ordinary',
  };
  return { ...request, conditions: [own, ...request.conditions] };
}

function algorithmOf({ protocol }: Pool): Pool['lb_algorithm'] {
  if (protocol === 'IP') return '5_TUPLE_HASH';
  throw invalid(
    'pool.lb_algorithm',
    'it is required. Expected ROUND_ROBIN, LEAST_CONNECTIONS, SOURCE_IP or QUIC_CID.',
  );
}

/** The families that its members may have: those asked for, else those of its protocol; IPv4 where it is shared. */
function ipVersionOf({ ip_version, protocol }: Pool, owner: LoadBalancer | null): Pool['ip_version'] {
  if (owner && !owner.guaranteed) {
    if ((ip_version ?? 'v4') === 'v4') return 'v4';
    throw invalid(
      'pool.ip_version',
      `the load balancer ${owner.id} is shared, so it must be v4, not ${ip_version}.`,
    );
  }
  return ip_version ?? defaultIpVersion(protocol);
}

function settleQuicCid(record: Pool): void {
  if (record.lb_algorithm === 'QUIC_CID') record.quic_cid_hash_strategy ??= { ...quicCidDefault };
}

async function viewOf(db: Kysely<Tables>, of: Pool): Promise<PoolView> {
  const [view] = await poolViews(db, [of]);
  if (!view) throw new Error('a pool has a view');
  return view;
}

/** Pools as their answers need them. */
export async function poolViews(db: Kysely<Tables>, pools: readonly Pool[]): Promise<PoolView[]> {
  const attached = await attachedIdsOf(db, pools);
  const ids = pools.map(({ id }) => id);
  const members = await idsByParent(db, member, ids);
  return pools.map((each) => ({ pool: each, ...attached(each), memberIds: members.get(each.id) ?? [] }));
}
