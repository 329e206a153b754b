/** Batch calls of members: up to 200 in one transaction (rules digest 2.4.7). */
import { canonical, ipVersion } from '../model/address.ts';
import { invalid } from '../model/errors.ts';
import { type Member, member } from '../model/member.ts';
import { find, remove } from '../store/rows.ts';
import type { Writer } from '../store/transaction.ts';
import { type PlacementRequest, place } from './member-rules.ts';
import {
  addMember,
  changeMember,
  checkDeletable,
  checkMemberQuotas,
  checkNotLoadBalancer,
  type MemberPool,
  type MemberView,
  memberAt,
  memberPool,
  viewIn,
} from './members.ts';
import { KnownNetworks } from './networks/known-networks.ts';
import { requireMember, requirePool } from './references.ts';
import type { Region } from './region.ts';

type Body = Readonly<Record<string, unknown>>;

/** A member of a batch-add, and whether it was there before. */
export interface BatchAdded extends MemberView {
  readonly ret_status: 'successful' | 'existed';
}

export interface BatchDeleted {
  readonly id: string;
  readonly ret_status: 'successful' | 'not found';
}

/** Adds the members that are not there yet; one that breaks a rule stops them all. */
export async function batchAddMembers(
  region: Region,
  projectId: string,
  poolId: string,
  bodies: readonly (PlacementRequest & Body)[],
): Promise<BatchAdded[]> {
  return region.store.write(async (tx) => {
    const within = await memberPool(tx.db, projectId, poolId);
    const known = new KnownNetworks(tx.db, region.inventory);
    const added: BatchAdded[] = [];
    for (const [index, body] of bodies.entries()) {
      added.push(await addToBatch(tx, known, within, body, `members[${index}]`));
    }
    const fresh = added.filter(({ ret_status }) => ret_status === 'successful').length;
    // They are counted already, being written in this transaction.
    if (fresh > 0) await checkMemberQuotas(tx, region, within.pool, 0);
    return added;
  });
}

async function addToBatch(
  tx: Writer,
  known: KnownNetworks,
  within: MemberPool,
  body: PlacementRequest & Body,
  path: string,
): Promise<BatchAdded> {
  const placement = await place(known, within.pool, within, body, path);
  const existing = await memberAt(tx.db, within.pool, placement);
  if (existing) {
    return { ...viewIn(within, await requireMember(tx.db, within.pool, existing)), ret_status: 'existed' };
  }
  await checkNotLoadBalancer(tx.db, known, placement, path);
  return {
    ...viewIn(within, await addMember(tx, known, within, placement, body)),
    ret_status: 'successful',
  };
}

/** Updates all of the members, or none when one of them cannot be. */
export async function batchUpdateMembers(
  region: Region,
  projectId: string,
  poolId: string,
  bodies: readonly (Body & { readonly id: string })[],
): Promise<MemberView[]> {
  return region.store.write(async (tx) => {
    const within = await memberPool(tx.db, projectId, poolId);
    const views: MemberView[] = [];
    for (const [index, body] of bodies.entries()) {
      const before = await requireMember(tx.db, within.pool, body.id);
      views.push(viewIn(within, await changeMember(tx, within, before, body, `members[${index}]`)));
    }
    return views;
  });
}

/** Deletes the members that are there, named by id or by address and port. */
export async function batchDeleteMembers(
  region: Region,
  projectId: string,
  poolId: string,
  bodies: readonly { readonly id?: string; readonly address?: string; readonly protocol_port?: number }[],
): Promise<BatchDeleted[]> {
  for (const [index, body] of bodies.entries()) checkNaming(body, `members[${index}]`);
  return region.store.write(async (tx) => {
    const pool = await requirePool(tx.db, projectId, poolId);
    checkDeletable(pool);
    const deleted: BatchDeleted[] = [];
    for (const { id, address = '', protocol_port = 0 } of bodies) {
      const at = ipVersion(address) ? canonical(address) : address;
      const named = id ?? (await memberAt(tx.db, pool, { address: at, protocol_port }));
      const found: Member | undefined = named ? await find(tx.db, member, projectId, named) : undefined;
      if (found?.pool_id === poolId) {
        await remove(tx, member, found);
        deleted.push({ id: found.id, ret_status: 'successful' });
      } else {
        deleted.push({ id: id ?? '', ret_status: 'not found' });
      }
    }
    return deleted;
  });
}

function checkNaming(
  {
    id,
    address,
    protocol_port,
  }: { readonly id?: string; readonly address?: string; readonly protocol_port?: number },
  path: string,
): void {
  const byAddress = address !== undefined || protocol_port !== undefined;
  if (id !== undefined && byAddress) {
    throw invalid(path, 'it has an id beside address or protocol_port; give the id alone, or the other two.');
  }
  if (id === undefined && (address === undefined || protocol_port === undefined)) {
    throw invalid(path, 'it names no member; give its id, or its address and protocol_port.');
  }
}
