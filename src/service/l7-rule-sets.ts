/** The rules of a policy as a whole: what they may be together, and whether another policy has the same (L7-7). */
import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { invalid } from '../model/errors.ts';
import { checkRule, checkRulesTogether, conditionsOf, ruleSetText } from '../model/l7-conditions.ts';
import { type L7Policy, l7Policy } from '../model/l7-policy.ts';
import { type L7Rule, l7Rule } from '../model/l7-rule.ts';
import type { Listener } from '../model/listener.ts';
import { draft } from '../model/resource.ts';
import { decode, insert, update } from '../store/rows.ts';
import type { Tables } from '../store/schema.ts';
import type { Writer } from '../store/transaction.ts';
import type { Inventory } from './inventory.ts';
import { newId } from './new-id.ts';
import { checkLimit } from './quotas.ts';
import { timestamp } from './region.ts';

type Body = Readonly<Record<string, unknown>>;

/** A rule as a request describes it, not yet written. */
export function newRule(
  tx: Writer,
  { id, project_id, enterprise_project_id }: Pick<L7Policy, 'id' | 'project_id' | 'enterprise_project_id'>,
  body: Body,
): L7Rule {
  const wanted = draft(l7Rule, body);
  const now = timestamp(tx.at);
  return {
    ...wanted,
    id: newId(tx.at),
    project_id,
    enterprise_project_id,
    l7policy_id: id,
    conditions: keyed(wanted.conditions),
    created_at: now,
    updated_at: now,
  };
}

/** Conditions with the keys that a request left out. */
export function keyed(conditions: readonly { key?: string | null; value: string }[]): L7Rule['conditions'] {
  return conditions.map(({ key, value }) => ({ key: key ?? '', value }));
}

/**
 * Refuses rules that the policy cannot have.
 *
 * @param field how messages name the list of rules
 */
export function checkRules(
  inventory: Inventory,
  { action }: Pick<L7Policy, 'action'>,
  { enhance_l7policy_enable }: Listener,
  rules: readonly L7Rule[],
  field: string,
): void {
  if (rules.length === 0) return;
  checkMayHaveRules(action, field);
  for (const [index, rule] of rules.entries()) {
    checkRule(rule, enhance_l7policy_enable, `${field}[${index}]`);
  }
  checkTogether(inventory, rules, field);
}

/** A redirect to a listener is for every request (rules digest 2.7). */
export function checkMayHaveRules(action: L7Policy['action'], field: string): void {
  if (action !== 'REDIRECT_TO_LISTENER') return;
  throw invalid(field, 'a policy of action REDIRECT_TO_LISTENER has none: it is for every request.');
}

/** Refuses rules that no policy can have at once. */
export function checkTogether(inventory: Inventory, rules: readonly L7Rule[], field: string): void {
  checkRulesTogether(rules, field);
  checkLimit(inventory, 'condition_per_policy', conditionsOf(rules));
}

export async function insertRules(tx: Writer, rules: readonly L7Rule[]): Promise<void> {
  for (const rule of rules) await insert(tx, l7Rule, rule);
}

/** What tells a policy's rules from those of others; null when it has none that could be the same. */
export function ruleSetOf({ action }: Pick<L7Policy, 'action'>, rules: readonly L7Rule[]): string | null {
  // Every redirect to a listener is for every request. Other policies get their rules one by one: none are not alike.
  if (action !== 'REDIRECT_TO_LISTENER' && rules.length === 0) return null;
  return createHash('sha256')
    .update(`${action === 'REDIRECT_TO_LISTENER' ? action : ruleSetText(rules)}`)
    .digest('base64url');
}

/** The status of a policy among those of its listener: ERROR when another has the same rules. */
export async function statusAmong(
  db: Kysely<Tables>,
  { id, listener_id, rule_set }: Pick<L7Policy, 'id' | 'listener_id' | 'rule_set'>,
): Promise<L7Policy['provisioning_status']> {
  if (rule_set === null) return 'ACTIVE';
  const [other] = await alike(db, { id, listener_id, rule_set });
  return other ? 'ERROR' : 'ACTIVE';
}

/**
 * Notes what the rules of a policy have become. When it leaves the rules it shared to others, the oldest of those
 * becomes ACTIVE; when a policy is deleted the others stay as they are, and must be made anew (L7-7).
 */
export async function rulesChanged(
  tx: Writer,
  policy: L7Policy,
  rules: readonly L7Rule[],
): Promise<Pick<L7Policy, 'rule_set' | 'provisioning_status'>> {
  const rule_set = ruleSetOf(policy, rules);
  if (rule_set === policy.rule_set) {
    return { rule_set, provisioning_status: policy.provisioning_status };
  }
  const settled = { rule_set, provisioning_status: await statusAmong(tx.db, { ...policy, rule_set }) };
  await update(tx, l7Policy, policy, settled);
  if (policy.provisioning_status === 'ACTIVE' && policy.rule_set !== null) {
    const [heir] = await alike(tx.db, policy);
    if (heir) await update(tx, l7Policy, heir, { provisioning_status: 'ACTIVE' });
  }
  return settled;
}

/** The other policies of the listener with the same rules, the oldest first. */
async function alike(
  db: Kysely<Tables>,
  { id, listener_id, rule_set }: Pick<L7Policy, 'id' | 'listener_id' | 'rule_set'>,
): Promise<L7Policy[]> {
  const rows = await db
    .selectFrom('l7policies')
    .selectAll()
    .where('listener_id', '=', listener_id)
    .where('rule_set', '=', rule_set)
    .where('id', '<>', id)
    .orderBy('created_at')
    .orderBy('id')
    .limit(1)
    .execute();
  return rows.map((row) => decode(l7Policy, row));
}
