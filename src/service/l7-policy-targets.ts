/** The rules between a policy and where it sends requests: pools, or a listener (rules digest 2.6.6). */
import type { Kysely } from 'kysely';
import { conflict, invalid } from '../model/errors.ts';
import { type L7Policy, l7Policy } from '../model/l7-policy.ts';
import type { Listener } from '../model/listener.ts';
import { pool } from '../model/pool.ts';
import { findBy } from '../store/rows.ts';
import type { Tables } from '../store/schema.ts';
import { poolIdsOfListeners } from './attachments.ts';
import type { Inventory } from './inventory.ts';
import { checkPoolOfListener, checkPoolOfLoadBalancer } from './listener-rules.ts';
import { poolIdsOf, poolMentions } from './policy-pools.ts';
import { checkLimit, checkQuota } from './quotas.ts';
import { requireListener, requireLoadBalancer, requirePool } from './references.ts';

/**
 * Refuses what is not there, or what the listener cannot send requests to. A pool may be used by other listeners and
 * policies too, since pools can be attached to several (PO-9, PO-10).
 *
 * @param before the policy as it was; null for a new one
 */
export async function checkTargets(
  db: Kysely<Tables>,
  inventory: Inventory,
  listener: Listener,
  after: L7Policy,
  before: L7Policy | null,
): Promise<void> {
  if (after.redirect_listener_id !== null && after.redirect_listener_id !== before?.redirect_listener_id) {
    await checkTargetListener(db, listener, after.redirect_listener_id);
  }
  const had = poolIdsOf(before);
  const fresh = poolMentions(after).filter(({ id }) => !had.has(id));
  if (fresh.length === 0) return;
  const owner = await requireLoadBalancer(db, listener.project_id, listener.loadbalancer_id);
  const reached = (await poolIdsOfListeners(db, [listener.id])).get(listener.id) ?? [];
  for (const { field, id } of fresh) {
    const target = await requirePool(db, listener.project_id, id);
    checkPoolOfListener(listener, target, field);
    await checkPoolOfLoadBalancer(db, owner, target, field);
    // A listener that sends requests there already is counted already.
    await checkQuota(db, inventory, 'listeners_per_pool', { pool_id: id }, reached.includes(id) ? 0 : 1);
  }
  checkLimit(inventory, 'pools_per_l7policy', poolIdsOf(after).size);
}

/** Refuses a change of a listener that the pools of its policies do not allow (rules digest LI-12). */
export async function checkPoolsOfPolicies(db: Kysely<Tables>, listener: Listener): Promise<void> {
  const pools = await poolIdsOfListeners(db, [listener.id]);
  for (const each of await findBy(db, pool, 'id', pools.get(listener.id) ?? [])) {
    checkPoolOfListener(listener, each, 'listener.http2_enable');
  }
}

/** Clients are sent to an HTTPS listener of the same load balancer (LI-14). */
async function checkTargetListener(db: Kysely<Tables>, listener: Listener, id: string): Promise<void> {
  const target = await requireListener(db, listener.project_id, id);
  const field = 'l7policy.redirect_listener_id';
  if (target.protocol !== 'HTTPS' && target.protocol !== 'TERMINATED_HTTPS') {
    throw invalid(field, `the listener ${id} has protocol ${target.protocol}, expected HTTPS.`);
  }
  if (target.loadbalancer_id !== listener.loadbalancer_id) {
    throw invalid(
      field,
      `the listener ${id} belongs to load balancer ${target.loadbalancer_id}, expected ${listener.loadbalancer_id}.`,
    );
  }
}

/** Refuses to delete a listener that policies belong to, or send clients to (rules digest LI-7). */
export async function checkNoPolicies(db: Kysely<Tables>, { id }: Listener): Promise<void> {
  const own = await findBy(db, l7Policy, 'listener_id', [id], ['id']);
  if (own.length > 0) {
    throw conflict(`The listener ${id} still has l7policy ${listed(own)}; delete them first.`);
  }
  const redirecting = await findBy(db, l7Policy, 'redirect_listener_id', [id], ['id']);
  if (redirecting.length > 0) {
    throw conflict(
      `The listener ${id} is where l7policy ${listed(redirecting)} redirects to; delete that first.`,
    );
  }
}

function listed(policies: readonly { readonly id: string }[]): string {
  const shown = policies.slice(0, 10).map(({ id }) => id);
  const more = policies.length > shown.length ? ` and ${policies.length - shown.length} more` : '';
  return shown.join(', ') + more;
}
