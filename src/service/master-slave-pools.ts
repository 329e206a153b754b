/** Master-slave pools: create, show, list, delete (rules digest 2.11). */
import type { Kysely } from 'kysely';
import { conflict, invalid, notFound } from '../model/errors.ts';
import { type HealthMonitor, healthMonitor } from '../model/health-monitor.ts';
import { type MasterSlaveMemberGiven, masterSlavePool } from '../model/master-slave-pool.ts';
import { type Member, member } from '../model/member.ts';
import { type Pool, pool } from '../model/pool.ts';
import { type Page, page } from '../store/pages.ts';
import { findBy } from '../store/rows.ts';
import type { Tables } from '../store/schema.ts';
import { addHealthMonitor } from './health-monitors.ts';
import { place } from './member-rules.ts';
import { addMember, checkMemberQuotas, checkNotLoadBalancer, openPool } from './members.ts';
import { KnownNetworks } from './networks/known-networks.ts';
import { type PageQuery, pageRequest } from './page-query.ts';
import { removePools } from './pool-removal.ts';
import { addPool, ofKind, type PoolView, poolViews } from './pools.ts';
import { requirePoolOf } from './references.ts';
import type { Region } from './region.ts';

/** A master-slave pool with what its answer is rendered from. */
export interface MasterSlavePoolView extends PoolView {
  readonly master: Member;
  readonly slave: Member;
  readonly monitor: HealthMonitor;
}

/** What a create request says, as far as it is not a pool's. */
interface Body extends Readonly<Record<string, unknown>> {
  readonly members: readonly MasterSlaveMemberGiven[];
  readonly healthmonitor: Readonly<Record<string, unknown>>;
}

export async function createMasterSlavePool(
  region: Region,
  projectId: string,
  body: Body,
): Promise<MasterSlavePoolView> {
  checkRoles(body.members);
  return region.store.write(async (tx) => {
    const made = await addPool(tx, region, projectId, 'master-slave', body);
    await addHealthMonitor(tx, region, made, body.healthmonitor, 'pool.healthmonitor');
    await checkMemberQuotas(tx, region, made, body.members.length);
    const within = await openPool(tx.db, made);
    const known = new KnownNetworks(tx.db, region.inventory);
    const placed: Member[] = [];
    for (const [index, given] of body.members.entries()) {
      const path = `pool.members[${index}]`;
      const placement = await place(known, within.pool, within, given, path);
      const twin = placed.find(
        ({ address, protocol_port }) =>
          address === placement.address && protocol_port === placement.protocol_port,
      );
      if (twin) {
        throw conflict(
          `Invalid input for 'pool.members': both have address ${twin.address} and protocol_port ` +
            `${twin.protocol_port}; every member of a pool needs its own pair.`,
        );
      }
      await checkNotLoadBalancer(tx.db, known, placement, path);
      placed.push(await addMember(tx, known, within, placement, given, given.role));
    }
    return viewOf(tx.db, made);
  });
}

export async function showMasterSlavePool(
  region: Region,
  projectId: string,
  id: string,
): Promise<MasterSlavePoolView> {
  const db = region.store.reader;
  return viewOf(db, await requirePoolOf(db, 'master-slave', projectId, id));
}

export async function listMasterSlavePools(
  region: Region,
  projectId: string,
  query: PageQuery,
): Promise<Page<MasterSlavePoolView>> {
  const db = region.store.reader;
  const request = await pageRequest(db, pool, projectId, query);
  const { records, more } = await page(db, pool, ofKind('master-slave', request));
  return { records: await viewsOf(db, records), more };
}

/** Deletes a pool with its members and its monitor, which have no calls of their own (rules digest MS-2). */
export async function deleteMasterSlavePool(region: Region, projectId: string, id: string): Promise<void> {
  await region.store.write(async (tx) => {
    const found = await requirePoolOf(tx.db, 'master-slave', projectId, id);
    await removePools(tx, [found]);
  });
}

function checkRoles(members: readonly MasterSlaveMemberGiven[]): void {
  const roles = members.map(({ role }) => role);
  if (roles.includes('master') && roles.includes('slave')) return;
  throw invalid('pool.members', `both have role ${roles[0]}; give one the role master and the other slave.`);
}

async function viewOf(db: Kysely<Tables>, of: Pool): Promise<MasterSlavePoolView> {
  const [view] = await viewsOf(db, [of]);
  if (!view) throw notFound(masterSlavePool.label, of.id);
  return view;
}

/** A pool that was deleted since it was read has no members and no monitor any more, and no view. */
async function viewsOf(db: Kysely<Tables>, of: readonly Pool[]): Promise<MasterSlavePoolView[]> {
  const ids = of.map(({ id }) => id);
  const members = Map.groupBy(await findBy(db, member, 'pool_id', ids), ({ pool_id }) => pool_id);
  const monitors = new Map(
    (await findBy(db, healthMonitor, 'pool_id', ids)).map((each) => [each.pool_id, each]),
  );
  return (await poolViews(db, of)).flatMap((view) => {
    const [master, slave] = (['master', 'slave'] as const).map((role) =>
      members.get(view.pool.id)?.find((each) => each.role === role),
    );
    const monitor = monitors.get(view.pool.id);
    return master && slave && monitor ? [{ ...view, master, slave, monitor }] : [];
  });
}
