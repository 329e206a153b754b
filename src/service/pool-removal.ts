/** How pools go, whichever call deletes them: with their members and monitors (rules digest 3.4). */
import { healthMonitor } from '../model/health-monitor.ts';
import { listener } from '../model/listener.ts';
import { member } from '../model/member.ts';
import { type Pool, pool } from '../model/pool.ts';
import { removeBy } from '../store/row-sets.ts';
import { findBy, update } from '../store/rows.ts';
import type { Writer } from '../store/transaction.ts';
import { timestamp } from './region.ts';

/** Deletes pools and what belongs to them, and lets the listeners go that use them. */
export async function removePools(tx: Writer, pools: readonly Pool[]): Promise<void> {
  const ids = pools.map(({ id }) => id);
  // Terraform and the Kubernetes controllers delete a pool while it is still a listener's default pool.
  for (const using of await findBy(tx.db, listener, 'default_pool_id', ids)) {
    await update(tx, listener, using, { default_pool_id: null, updated_at: timestamp(tx.at) });
  }
  await removeBy(tx, member, 'pool_id', ids);
  await removeBy(tx, healthMonitor, 'pool_id', ids);
  await removeBy(tx, pool, 'id', ids);
}
