/** The priorities of policies on listeners with advanced forwarding (rules digest L7-5, L7-10 and LI-13). */
import type { Kysely } from 'kysely';
import { conflict, invalid, notFound } from '../model/errors.ts';
import { automaticOrder } from '../model/l7-order.ts';
import { type L7Policy, l7Policy, maxPriority } from '../model/l7-policy.ts';
import { checkPriorityOfAction } from '../model/l7-policy-rules.ts';
import { l7Rule } from '../model/l7-rule.ts';
import { type Listener, listener } from '../model/listener.ts';
import { seenOf } from '../store/access.ts';
import { findBy, update } from '../store/rows.ts';
import type { Tables } from '../store/schema.ts';
import type { Writer } from '../store/transaction.ts';
import { checkActiveOwner, checkDedicated } from './load-balancer-kind.ts';
import { type Region, timestamp } from './region.ts';

/** The priority of a new policy: the one it asks for, or the next behind those there are. */
export async function priorityOf(
  db: Kysely<Tables>,
  { id, enhance_l7policy_enable }: Listener,
  wanted: L7Policy,
): Promise<number> {
  if (!enhance_l7policy_enable) return 1;
  const asked = wanted.priority ?? (wanted.action === 'REDIRECT_TO_LISTENER' ? 0 : null);
  if (asked !== null) {
    await checkPriorityFree(db, id, asked);
    return asked;
  }
  const { last } = await db
    .selectFrom('l7policies')
    .select((e) => e.fn.max<number | null>('priority').as('last'))
    .where('listener_id', '=', id)
    .executeTakeFirstOrThrow();
  const next = (last ?? 0) + 1;
  if (next > maxPriority) {
    throw conflict(
      `The listener ${id} has a policy of priority ${maxPriority}, behind which there is none; give a priority.`,
    );
  }
  return next;
}

/** Refuses a priority that another policy of the listener has. */
export async function checkPriorityFree(
  db: Kysely<Tables>,
  listenerId: string,
  priority: number,
): Promise<void> {
  const row = await db
    .selectFrom('l7policies')
    .select('id')
    .where('listener_id', '=', listenerId)
    .where('priority', '=', priority)
    .limit(1)
    .executeTakeFirst();
  if (row) throw taken(listenerId, String(row['id']), priority);
}

function taken(listenerId: string, policyId: string, priority: number) {
  return conflict(
    `The listener ${listenerId} already has l7policy ${policyId} with priority ${priority}; give another.`,
  );
}

/** Gives policies new priorities, all of them or, when one cannot be, none. */
export async function updatePriorities(
  region: Region,
  projectId: string,
  asked: readonly Pick<L7Policy, 'id' | 'priority'>[],
): Promise<void> {
  await region.store.write(async (tx) => {
    const wanted = new Map(asked.map(({ id, priority }) => [id, priority]));
    if (wanted.size !== asked.length) throw invalid('l7policies', 'the same id is there twice.');
    const policies = seenOf(tx.db, l7Policy, await findBy(tx.db, l7Policy, 'id', [...wanted.keys()]));
    const found = new Map(policies.map((policy) => [policy.id, policy]));
    for (const [index, { id, priority }] of asked.entries()) {
      const policy = found.get(id);
      if (policy?.project_id !== projectId) throw notFound(l7Policy.label, id);
      checkPriorityOfAction(policy.action, priority, `l7policies[${index}].priority`);
    }
    const listenerIds = [...new Set([...found.values()].map(({ listener_id }) => listener_id))];
    for (const each of await findBy(tx.db, listener, 'id', listenerIds)) {
      checkDedicated(await checkActiveOwner(tx.db, each), 'l7policies');
      if (each.enhance_l7policy_enable) continue;
      throw invalid('l7policies', `listener ${each.id} needs enhance_l7policy_enable true for priorities.`);
    }
    const updated_at = timestamp(tx.at);
    for (const [id, policy] of found) {
      await update(tx, l7Policy, policy, { priority: wanted.get(id) ?? policy.priority, updated_at });
    }
    for (const id of listenerIds) await checkDistinct(tx.db, id);
  });
}

/** Refuses what has been written when two policies of the listener have one priority. */
async function checkDistinct(db: Kysely<Tables>, listenerId: string): Promise<void> {
  const policies = await findBy(db, l7Policy, 'listener_id', [listenerId], ['id', 'priority']);
  const byPriority = new Map<number, string>();
  for (const { id, priority } of policies) {
    const other = byPriority.get(priority);
    if (other !== undefined) throw taken(listenerId, other, priority);
    byPriority.set(priority, id);
  }
}

/**
 * Gives the policies of a listener on which advanced forwarding was switched on the priorities by which they go on in
 * the order they had: until then all had priority 1.
 */
export async function numberPolicies(tx: Writer, { id }: Listener): Promise<void> {
  const policies = await findBy(tx.db, l7Policy, 'listener_id', [id]);
  const rules = Map.groupBy(
    await findBy(
      tx.db,
      l7Rule,
      'l7policy_id',
      policies.map((policy) => policy.id),
    ),
    ({ l7policy_id }) => l7policy_id,
  );
  if (policies.length > maxPriority) {
    throw conflict(
      `The listener ${id} has ${policies.length} policies, and there are ${maxPriority} priorities.`,
    );
  }
  const ordered = automaticOrder(policies.map((policy) => ({ policy, rules: rules.get(policy.id) ?? [] })));
  const first = ordered[0]?.policy.action === 'REDIRECT_TO_LISTENER' ? 0 : 1;
  for (const [index, { policy }] of ordered.entries()) {
    await update(tx, l7Policy, policy, { priority: first + index });
  }
}
