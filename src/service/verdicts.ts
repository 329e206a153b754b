/** Records what health checking found (road 4 of the design: a verdict becomes a member's status). */
import { conflict } from '../model/errors.ts';
import { healthMonitor } from '../model/health-monitor.ts';
import { member, operatingStatus } from '../model/member.ts';
import { pool } from '../model/pool.ts';
import { type MemberTransition, recordTransition } from '../store/member-transitions.ts';
import { findBy, update } from '../store/rows.ts';
import { attachmentsOf, isMonitored } from './attachments.ts';
import type { Region } from './region.ts';

export interface RecordedVerdict extends MemberTransition {
  readonly memberId: string;
  /** The monitor that was asked; what an earlier one of the pool found says nothing. */
  readonly monitorId: string;
}

/** Makes a member INITIAL again, as if it had just come; one that is gone is left alone. */
export async function forgetVerdict(region: Region, memberId: string): Promise<void> {
  await region.store.write(async (tx) => {
    const [found] = await findBy(tx.db, member, 'id', [memberId]);
    const [within] = await findBy(tx.db, pool, 'id', found ? [found.pool_id] : []);
    if (!found || !within) return;
    const { listeners } = await attachmentsOf(tx.db, within);
    const state = { monitored: await isMonitored(tx.db, within), attached: listeners.length > 0 };
    const fresh = { server_state: found.server_state, verdict: 'INITIAL' } as const;
    const operating_status = operatingStatus(state, fresh);
    await update(tx, member, found, { verdict: 'INITIAL', reason: null, operating_status });
  });
}

/** A member with what it takes to force a verdict on it; null when it is in none of the projects. */
export async function forceableMember(
  { store }: Region,
  projectIds: ReadonlySet<string>,
  memberId: string,
): Promise<{ readonly poolId: string; readonly monitorId: string } | null> {
  const [found] = await findBy(store.reader, member, 'id', [memberId]);
  if (!found || !projectIds.has(found.project_id)) return null;
  const [monitor] = await findBy(store.reader, healthMonitor, 'pool_id', [found.pool_id]);
  if (!monitor?.admin_state_up) {
    throw conflict(
      `The pool ${found.pool_id} has no health monitor that is up, without which a member has no verdict; create one.`,
    );
  }
  return { poolId: found.pool_id, monitorId: monitor.id };
}

/**
 * Stores a verdict, and with it the member's operating status. A member that is gone, or whose monitor is gone or
 * down, is left alone: the verdict came too late.
 */
export async function recordVerdict(
  region: Region,
  { memberId, monitorId, ...transition }: RecordedVerdict,
): Promise<void> {
  const { verdict, reason } = transition;
  await region.store.write(async (tx) => {
    const [found] = await findBy(tx.db, member, 'id', [memberId]);
    if (!found) return;
    const [monitor] = await findBy(tx.db, healthMonitor, 'pool_id', [found.pool_id]);
    const [within] = await findBy(tx.db, pool, 'id', [found.pool_id]);
    if (monitor?.id !== monitorId || !monitor.admin_state_up || !within) return;
    const { listeners } = await attachmentsOf(tx.db, within);
    const state = { monitored: true, attached: listeners.length > 0 };
    const operating_status = operatingStatus(state, { server_state: found.server_state, verdict });
    await update(tx, member, found, { verdict, reason, operating_status });
    await recordTransition(tx, memberId, transition);
  });
}
