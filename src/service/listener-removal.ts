/** How listeners go, whichever call deletes them (rules digest 3.4). */
import { l7Policy } from '../model/l7-policy.ts';
import { l7Rule } from '../model/l7-rule.ts';
import { type Listener, listener } from '../model/listener.ts';
import { type Pool, pool } from '../model/pool.ts';
import { removeBy } from '../store/row-sets.ts';
import { findBy, isAnyOf, update } from '../store/rows.ts';
import type { Reader, Writer } from '../store/transaction.ts';
import { poolIdsOfListeners, refreshMemberStatuses } from './attachments.ts';
import { timestamp } from './region.ts';

/** Deletes listeners with their policies; the pools that they sent requests to stay (rules digest C37). */
export async function removeListeners(tx: Writer, listeners: readonly Listener[]): Promise<void> {
  const pools = await poolsOfListeners(tx.db, listeners);
  await forgetListeners(tx, listeners);
  for (const each of pools) await refreshMemberStatuses(tx, each);
}

/** As `removeListeners`, for a caller who sees to the pools. */
export async function forgetListeners(tx: Writer, listeners: readonly Listener[]): Promise<void> {
  const ids = listeners.map(({ id }) => id);
  // A policy that redirects to a listener is nothing without it, whichever listener it is a policy of.
  const policies = [
    ...(await findBy(tx.db, l7Policy, 'listener_id', ids, ['id'])),
    ...(await findBy(tx.db, l7Policy, 'redirect_listener_id', ids, ['id'])),
  ];
  await removePolicies(
    tx,
    policies.map(({ id }) => id),
  );
  await removeBy(tx, listener, 'id', ids);
  const owners = [...new Set(listeners.map(({ loadbalancer_id }) => loadbalancer_id))];
  for (const each of await findBy(tx.db, listener, 'loadbalancer_id', owners)) {
    if (each.quic_config && ids.includes(each.quic_config.quic_listener_id)) {
      await update(tx, listener, each, { quic_config: null, updated_at: timestamp(tx.at) });
    }
  }
}

/** Deletes policies with their rules, for a caller who sees to the pools. */
export async function removePolicies(tx: Writer, ids: readonly string[]): Promise<void> {
  await removeBy(tx, l7Rule, 'l7policy_id', ids);
  await removeBy(tx, l7Policy, 'id', ids);
  await tx.db
    .deleteFrom('l7policy_pools')
    .where(isAnyOf('l7policy_id', JSON.stringify(ids)))
    .execute();
}

/** The pools that listeners send requests to, by themselves or by their policies. */
export async function poolsOfListeners(db: Reader, listeners: readonly Listener[]): Promise<Pool[]> {
  const used = await poolIdsOfListeners(
    db,
    listeners.map(({ id }) => id),
  );
  return findBy(db, pool, 'id', [...new Set([...used.values()].flat())]);
}
