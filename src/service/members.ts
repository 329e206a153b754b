/** Members of pools: create, show, list, update, delete (rules digest 2.4). */
import type { Kysely } from 'kysely';
import { conflict } from '../model/errors.ts';
import { type Member, member, operatingStatus } from '../model/member.ts';
import { type Pool, pool } from '../model/pool.ts';
import { changes, draft } from '../model/resource.ts';
import type { Condition } from '../store/condition.ts';
import { type Page, page } from '../store/pages.ts';
import { findBy, findWhere, insert, remove, update } from '../store/rows.ts';
import type { Tables } from '../store/schema.ts';
import type { Writer } from '../store/transaction.ts';
import { isLoadBalancerAddress } from './addresses.ts';
import {
  type AttachedIds,
  type Attachments,
  attachedIdsOf,
  attachmentsOf,
  isMonitored,
} from './attachments.ts';
import { checkActive } from './load-balancer-state.ts';
import {
  checkZoneKnown,
  duplicateMember,
  memberPort,
  type Placement,
  type PlacementRequest,
  place,
} from './member-rules.ts';
import { KnownNetworks } from './networks/known-networks.ts';
import { newId } from './new-id.ts';
import { type PageQuery, pageRequest } from './page-query.ts';
import { checkQuota } from './quotas.ts';
import { requireMember, requirePool } from './references.ts';
import { type Region, timestamp } from './region.ts';

/** A member with what its answer is rendered from: its pool, and what that is attached to. */
export interface MemberView extends AttachedIds {
  readonly member: Member;
  readonly pool: Pick<Pool, 'created_at' | 'updated_at'>;
}

/** A pool ready for changes of its members. */
export interface MemberPool extends Attachments {
  readonly pool: Pool;
  readonly monitored: boolean;
}

/** Finds the pool of a path, with what the rules of its members need. */
export async function memberPool(db: Kysely<Tables>, projectId: string, poolId: string): Promise<MemberPool> {
  return openPool(db, await requirePool(db, projectId, poolId));
}

/** A pool with what the rules of its members need, unless they may not change now. */
export async function openPool(db: Kysely<Tables>, found: Pool): Promise<MemberPool> {
  const attachments = await attachmentsOf(db, found);
  checkActive(attachments.loadBalancers);
  return { pool: found, monitored: await isMonitored(db, found), ...attachments };
}

/** A member of the pool as its answer needs it. */
export function viewIn(
  { pool: within, listeners, loadBalancers }: Omit<MemberPool, 'monitored'>,
  of: Member,
): MemberView {
  return {
    member: of,
    pool: within,
    listenerIds: listeners.map(({ id }) => id),
    loadBalancerIds: loadBalancers.map(({ id }) => id),
  };
}

export async function createMember(
  region: Region,
  projectId: string,
  poolId: string,
  body: PlacementRequest & Readonly<Record<string, unknown>>,
): Promise<MemberView> {
  return region.store.write(async (tx) => {
    const within = await memberPool(tx.db, projectId, poolId);
    const known = new KnownNetworks(tx.db, region.inventory);
    const placement = await place(known, within.pool, within, body);
    if (await memberAt(tx.db, within.pool, placement)) throw duplicateMember(within.pool, placement);
    await checkNotLoadBalancer(tx.db, known, placement, 'member');
    await checkMemberQuotas(tx, region, within.pool);
    return viewIn(within, await addMember(tx, known, within, placement, body));
  });
}

/** Refuses members that the project or the pool has no room for. */
export async function checkMemberQuotas(
  tx: Writer,
  { inventory }: Region,
  { project_id, id }: Pool,
  adding = 1,
): Promise<void> {
  await checkQuota(tx.db, inventory, 'member', { project_id }, adding);
  await checkQuota(tx.db, inventory, 'members_per_pool', { pool_id: id }, adding);
}

/** An instance member's address may not be one that a load balancer of its VPC has (rules digest ME-5). */
export async function checkNotLoadBalancer(
  db: Kysely<Tables>,
  known: KnownNetworks,
  { address, subnet_cidr_id }: Placement,
  path: string,
): Promise<void> {
  const subnet = subnet_cidr_id && (await known.subnet(subnet_cidr_id));
  if (!subnet || !(await isLoadBalancerAddress(db, subnet.vpc.id, address))) return;
  throw conflict(
    `Invalid input for '${path}.address': ${address} is the address of a load balancer; give a server's.`,
  );
}

/** Writes a member whose place has been checked. The first with a subnet settles the VPC of its pool (2.3.1). */
export async function addMember(
  tx: Writer,
  known: KnownNetworks,
  { pool: within, monitored, listeners }: MemberPool,
  placement: Placement,
  body: Readonly<Record<string, unknown>>,
  role: Member['role'] = '',
): Promise<Member> {
  const now = timestamp(tx.at);
  const fresh = { server_state: placement.server_state, verdict: 'INITIAL' } as const;
  const record: Member = {
    ...draft(member, body),
    ...placement,
    ...fresh,
    id: newId(tx.at),
    role,
    project_id: within.project_id,
    enterprise_project_id: within.enterprise_project_id,
    pool_id: within.id,
    operating_status: operatingStatus({ monitored, attached: listeners.length > 0 }, fresh),
    created_at: now,
    updated_at: now,
  };
  await insert(tx, member, record);
  if (within.vpc_id !== '') return record;
  const subnet = placement.subnet_cidr_id && (await known.subnet(placement.subnet_cidr_id));
  if (subnet) {
    await update(tx, pool, within, { vpc_id: subnet.vpc.id });
    within.vpc_id = subnet.vpc.id;
  }
  return record;
}

/** The member of a pool that has an address and port. */
export async function memberAt(
  db: Kysely<Tables>,
  { id }: Pool,
  { address, protocol_port }: Pick<Placement, 'address' | 'protocol_port'>,
): Promise<string | undefined> {
  const [found] = await findWhere(db, member, { pool_id: id, address, protocol_port }, ['id']);
  return found?.id;
}

export async function showMember(
  region: Region,
  projectId: string,
  poolId: string,
  id: string,
): Promise<MemberView> {
  const db = region.store.reader;
  const within = await requirePool(db, projectId, poolId);
  const found = await requireMember(db, within, id);
  return viewIn({ pool: within, ...(await attachmentsOf(db, within)) }, found);
}

export async function listMembers(
  region: Region,
  projectId: string,
  poolId: string,
  query: PageQuery,
): Promise<Page<MemberView>> {
  const db = region.store.reader;
  const within = await requirePool(db, projectId, poolId);
  const inPool: Condition = { match: { kind: 'column', column: 'pool_id' }, values: [poolId] };
  const request = await pageRequest(db, member, projectId, query);
  const { records, more } = await page(db, member, {
    ...request,
    conditions: [inPool, ...request.conditions],
  });
  const attachments = await attachmentsOf(db, within);
  return { records: records.map((each) => viewIn({ pool: within, ...attachments }, each)), more };
}

/** All members of ordinary pools, as nearly all are. */
const inOrdinaryPools: Condition = {
  match: { kind: 'column', column: 'role' },
  values: [''],
  isUsual: true,
};

/** The members of all ordinary pools of a project. */
export async function listAllMembers(
  region: Region,
  projectId: string,
  query: PageQuery,
): Promise<Page<MemberView>> {
  const db = region.store.reader;
  const request = await pageRequest(db, member, projectId, query);
  const conditions = [inOrdinaryPools, ...request.conditions];
  const { records, more } = await page(db, member, { ...request, conditions });
  return { records: await viewsOf(db, records), more };
}

export async function updateMember(
  region: Region,
  projectId: string,
  poolId: string,
  id: string,
  body: Readonly<Record<string, unknown>>,
): Promise<MemberView> {
  return region.store.write(async (tx) => {
    const within = await memberPool(tx.db, projectId, poolId);
    const before = await requireMember(tx.db, within.pool, id);
    return viewIn(within, await changeMember(tx, within, before, body));
  });
}

/** Applies an update to a member. */
export async function changeMember(
  tx: Writer,
  { pool: within }: MemberPool,
  before: Member,
  body: Readonly<Record<string, unknown>>,
  path = 'member',
): Promise<Member> {
  const changed = changes(member, body);
  if (changed.protocol_port !== undefined) {
    changed.protocol_port = memberPort(within, changed.protocol_port ?? undefined, `${path}.protocol_port`);
  }
  // The zone of a server is the server's; only that of an IP address is the caller's to say.
  if (before.member_type === 'instance') delete changed.availability_zone;
  else if (changed.availability_zone !== undefined) checkZoneKnown(within, changed.availability_zone, path);
  if (Object.keys(changed).length === 0) return before;
  const after: Member = { ...before, ...changed, updated_at: timestamp(tx.at) };
  if (after.protocol_port !== before.protocol_port && (await memberAt(tx.db, within, after))) {
    throw duplicateMember(within, after);
  }
  await update(tx, member, before, after);
  return after;
}

export async function deleteMember(
  region: Region,
  projectId: string,
  poolId: string,
  id: string,
): Promise<void> {
  await region.store.write(async (tx) => {
    const within = await requirePool(tx.db, projectId, poolId);
    const found = await requireMember(tx.db, within, id);
    checkDeletable(within);
    await remove(tx, member, found);
  });
}

/** Refuses to delete members of a pool that protects them. */
export function checkDeletable(within: Pool): void {
  if (!within.member_deletion_protection_enable) return;
  throw conflict(
    `The pool ${within.id} has member_deletion_protection_enable; set it to false before deleting its members.`,
  );
}

/** What of a pool the answers of its members show. */
const shownOfPool = ['id', 'loadbalancer_id', 'created_at', 'updated_at'] as const;

async function viewsOf(db: Kysely<Tables>, members: readonly Member[]): Promise<MemberView[]> {
  const poolIds = [...new Set(members.map(({ pool_id }) => pool_id))];
  const found = await findBy(db, pool, 'id', poolIds, shownOfPool);
  const attached = await attachedIdsOf(db, found);
  const pools = new Map(found.map((each) => [each.id, { pool: each, ...attached(each) }]));
  return members.flatMap((each) => {
    const within = pools.get(each.pool_id);
    // A pool deleted since the page was read took its members with it.
    return within ? [{ member: each, ...within }] : [];
  });
}
