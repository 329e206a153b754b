/** L7 policies: create, show, list, update, delete (rules digest 2.6). */
import type { Kysely } from 'kysely';
import { invalid } from '../model/errors.ts';
import { type L7Policy, l7Policy } from '../model/l7-policy.ts';
import { checkPolicy, policySettings } from '../model/l7-policy-rules.ts';
import { type L7Rule, l7Rule } from '../model/l7-rule.ts';
import { changes, draft } from '../model/resource.ts';
import { type Page, page } from '../store/pages.ts';
import { findBy, insert, remove, update } from '../store/rows.ts';
import type { Tables } from '../store/schema.ts';
import type { Writer } from '../store/transaction.ts';
import { checkTargets } from './l7-policy-targets.ts';
import { checkPriorityFree, priorityOf } from './l7-priorities.ts';
import { checkRules, insertRules, newRule, ruleSetOf, rulesChanged, statusAmong } from './l7-rule-sets.ts';
import { checkPolicyOfKind } from './load-balancer-kind.ts';
import { newId } from './new-id.ts';
import { type PageQuery, pageRequest } from './page-query.ts';
import { movePools } from './policy-pools.ts';
import { checkQuota } from './quotas.ts';
import { require, requireListener } from './references.ts';
import { type Region, timestamp } from './region.ts';

/** A policy with what its answer is rendered from. */
export interface L7PolicyView {
  readonly policy: L7Policy;
  /** By ascending id. */
  readonly rules: readonly L7Rule[];
}

type Body = Readonly<Record<string, unknown>>;

/** Creates a policy, with its rules where the request has some. */
export async function createL7Policy(region: Region, projectId: string, body: Body): Promise<L7PolicyView> {
  const { store, inventory } = region;
  return store.write(async (tx) => {
    const wanted: L7Policy = { ...draft(l7Policy, body), ...policySettings(null, body) };
    const owner = await requireListener(tx.db, projectId, wanted.listener_id);
    const now = timestamp(tx.at);
    const record: L7Policy = {
      ...wanted,
      id: newId(tx.at),
      project_id: projectId,
      enterprise_project_id: owner.enterprise_project_id,
      created_at: now,
      updated_at: now,
    };
    const rules = rulesIn(tx, record, body);
    checkPolicy(record, owner, body);
    await checkPolicyOfKind(tx.db, owner, record, body);
    checkRules(inventory, record, owner, rules, 'l7policy.rules');
    await checkTargets(tx.db, inventory, owner, record, null);
    record.priority = await priorityOf(tx.db, owner, record);
    record.rule_set = ruleSetOf(record, rules);
    record.provisioning_status = await statusAmong(tx.db, record);
    await checkQuota(tx.db, inventory, 'l7policy', { project_id: projectId });
    await checkQuota(tx.db, inventory, 'l7policies_per_listener', { listener_id: owner.id });
    await insert(tx, l7Policy, record);
    await insertRules(tx, rules);
    await movePools(tx, record, null, record);
    return viewOf(tx.db, record);
  });
}

export async function showL7Policy(region: Region, projectId: string, id: string): Promise<L7PolicyView> {
  const db = region.store.reader;
  return viewOf(db, await require(db, l7Policy, projectId, id));
}

export async function listL7Policies(
  region: Region,
  projectId: string,
  query: PageQuery,
): Promise<Page<L7PolicyView>> {
  const db = region.store.reader;
  const { records, more } = await page(db, l7Policy, await pageRequest(db, l7Policy, projectId, query));
  return { records: await viewsOf(db, records), more };
}

export async function updateL7Policy(
  region: Region,
  projectId: string,
  id: string,
  body: Body,
): Promise<L7PolicyView> {
  const { store, inventory } = region;
  return store.write(async (tx) => {
    const before = await require(tx.db, l7Policy, projectId, id);
    const owner = await requireListener(tx.db, projectId, before.listener_id);
    const { rules: _given, ...changed } = { ...changes(l7Policy, body), ...policySettings(before, body) };
    // Null asks for no particular priority, and the present one is as good as any.
    if (changed.priority === null) delete changed.priority;
    if (body['rules'] === undefined && Object.keys(changed).length === 0) return viewOf(tx.db, before);
    if (changed.redirect_pool_id === null && before.redirect_pool_id !== null) {
      throw invalid('l7policy.redirect_pool_id', 'it cannot be cleared; give another pool.');
    }
    const after: L7Policy = { ...before, ...changed, updated_at: timestamp(tx.at) };
    checkPolicy(after, owner, body);
    await checkPolicyOfKind(tx.db, owner, after, body);
    await checkTargets(tx.db, inventory, owner, after, before);
    if (after.priority !== before.priority) await checkPriorityFree(tx.db, owner.id, after.priority);
    await update(tx, l7Policy, before, after);
    await movePools(tx, after, before, after);
    if (body['rules'] === undefined) return viewOf(tx.db, after);
    const rules = rulesIn(tx, after, body);
    checkRules(inventory, after, owner, rules, 'l7policy.rules');
    await removeRulesOf(tx, after);
    await insertRules(tx, rules);
    return viewOf(tx.db, { ...after, ...(await rulesChanged(tx, after, rules)) });
  });
}

export async function deleteL7Policy(region: Region, projectId: string, id: string): Promise<void> {
  await region.store.write(async (tx) => {
    const policy = await require(tx.db, l7Policy, projectId, id);
    await removeRulesOf(tx, policy);
    await remove(tx, l7Policy, policy);
    await movePools(tx, policy, policy, null);
  });
}

async function removeRulesOf(tx: Writer, { id }: L7Policy): Promise<void> {
  for (const rule of await findBy(tx.db, l7Rule, 'l7policy_id', [id])) await remove(tx, l7Rule, rule);
}

/** The rules that a request gives with its policy. */
function rulesIn(tx: Writer, policy: L7Policy, body: Body): L7Rule[] {
  const given = (body['rules'] ?? []) as readonly Body[];
  return given.map((rule) => newRule(tx, policy, rule));
}

async function viewOf(db: Kysely<Tables>, policy: L7Policy): Promise<L7PolicyView> {
  return { policy, rules: await findBy(db, l7Rule, 'l7policy_id', [policy.id]) };
}

async function viewsOf(db: Kysely<Tables>, policies: readonly L7Policy[]): Promise<L7PolicyView[]> {
  const ids = policies.map(({ id }) => id);
  const rules = Map.groupBy(await findBy(db, l7Rule, 'l7policy_id', ids), ({ l7policy_id }) => l7policy_id);
  return policies.map((policy) => ({ policy, rules: rules.get(policy.id) ?? [] }));
}
