/** Records what health checking found (road 4 of the design: a verdict becomes a member's status). */
import { healthMonitor } from '../model/health-monitor.ts';
import { type FailureReason, member, operatingStatus, type Verdict } from '../model/member.ts';
import { pool } from '../model/pool.ts';
import { findBy, update } from '../store/rows.ts';
import { attachmentsOf } from './attachments.ts';
import type { Region } from './region.ts';

export interface RecordedVerdict {
  readonly memberId: string;
  /** The monitor that was asked; what an earlier one of the pool found says nothing. */
  readonly monitorId: string;
  readonly verdict: Exclude<Verdict, 'INITIAL'>;
  /** Why the member is OFFLINE; null when it is ONLINE. */
  readonly reason: FailureReason | null;
}

/**
 * Stores a verdict, and with it the member's operating status. A member that is gone, or whose monitor is gone or
 * down, is left alone: the verdict came too late.
 */
export async function recordVerdict(
  region: Region,
  { memberId, monitorId, verdict, reason }: RecordedVerdict,
): Promise<void> {
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
  });
}
