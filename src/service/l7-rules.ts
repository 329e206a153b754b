/** L7 rules: create, show, list, update, delete (rules digest 2.7). */
import type { Kysely } from 'kysely';
import { notFound } from '../model/errors.ts';
import { checkRule } from '../model/l7-conditions.ts';
import { type L7Policy, l7Policy } from '../model/l7-policy.ts';
import { type L7Rule, l7Rule } from '../model/l7-rule.ts';
import type { Listener } from '../model/listener.ts';
import { changes } from '../model/resource.ts';
import { type Page, page } from '../store/pages.ts';
import { find, findBy, insert, remove, update } from '../store/rows.ts';
import type { Tables } from '../store/schema.ts';
import { checkMayHaveRules, checkTogether, keyed, newRule, rulesChanged } from './l7-rule-sets.ts';
import { checkActiveOwner } from './load-balancer-kind.ts';
import { type PageQuery, pageRequest } from './page-query.ts';
import { require, requireListener } from './references.ts';
import { type Region, timestamp } from './region.ts';

type Body = Readonly<Record<string, unknown>>;

/** A policy ready for changes of its rules. */
interface RulePolicy {
  readonly policy: L7Policy;
  readonly listener: Listener;
  readonly rules: readonly L7Rule[];
}

async function rulePolicy(db: Kysely<Tables>, projectId: string, id: string): Promise<RulePolicy> {
  const policy = await require(db, l7Policy, projectId, id);
  return {
    policy,
    listener: await requireListener(db, projectId, policy.listener_id),
    rules: await findBy(db, l7Rule, 'l7policy_id', [id]),
  };
}

export async function createL7Rule(
  { store, inventory }: Region,
  projectId: string,
  policyId: string,
  body: Body,
): Promise<L7Rule> {
  return store.write(async (tx) => {
    const { policy, listener, rules } = await rulePolicy(tx.db, projectId, policyId);
    await checkActiveOwner(tx.db, listener);
    checkMayHaveRules(policy.action, 'rule');
    const record = newRule(tx, policy, body);
    checkRule(record, listener.enhance_l7policy_enable, 'rule');
    checkTogether(inventory, [...rules, record], 'rule');
    await insert(tx, l7Rule, record);
    await rulesChanged(tx, policy, [...rules, record]);
    return record;
  });
}

export async function showL7Rule(
  { store }: Region,
  projectId: string,
  policyId: string,
  id: string,
): Promise<L7Rule> {
  return requireRule(store.reader, await require(store.reader, l7Policy, projectId, policyId), id);
}

export async function listL7Rules(
  region: Region,
  projectId: string,
  policyId: string,
  query: PageQuery,
): Promise<Page<L7Rule>> {
  await require(region.store.reader, l7Policy, projectId, policyId);
  const match = { kind: 'column', column: 'l7policy_id' } as const;
  return listAllL7Rules(region, projectId, {
    ...query,
    conditions: [{ match, values: [policyId] }, ...query.conditions],
  });
}

/** The rules of all policies of a project. */
export async function listAllL7Rules(
  { store }: Region,
  projectId: string,
  query: PageQuery,
): Promise<Page<L7Rule>> {
  return page(store.reader, l7Rule, await pageRequest(store.reader, l7Rule, projectId, query));
}

export async function updateL7Rule(
  { store, inventory }: Region,
  projectId: string,
  policyId: string,
  id: string,
  body: Body,
): Promise<L7Rule> {
  return store.write(async (tx) => {
    const { policy, listener, rules } = await rulePolicy(tx.db, projectId, policyId);
    const before = await requireRule(tx.db, policy, id);
    await checkActiveOwner(tx.db, listener);
    const changed = changes(l7Rule, body);
    if (changed.conditions) changed.conditions = keyed(changed.conditions);
    if (Object.keys(changed).length === 0) return before;
    const after: L7Rule = { ...before, ...changed, updated_at: timestamp(tx.at) };
    checkRule(after, listener.enhance_l7policy_enable, 'rule');
    const together = rules.map((each) => (each.id === id ? after : each));
    checkTogether(inventory, together, 'rule.conditions');
    await update(tx, l7Rule, before, after);
    await rulesChanged(tx, policy, together);
    return after;
  });
}

export async function deleteL7Rule(
  { store }: Region,
  projectId: string,
  policyId: string,
  id: string,
): Promise<void> {
  await store.write(async (tx) => {
    const { policy, rules } = await rulePolicy(tx.db, projectId, policyId);
    await remove(tx, l7Rule, await requireRule(tx.db, policy, id));
    await rulesChanged(
      tx,
      policy,
      rules.filter((each) => each.id !== id),
    );
  });
}

/** A rule of a policy. */
async function requireRule(db: Kysely<Tables>, policy: L7Policy, id: string): Promise<L7Rule> {
  const found = await find(db, l7Rule, policy.project_id, id);
  if (found?.l7policy_id !== policy.id) throw notFound(l7Rule.label, id);
  return found;
}
