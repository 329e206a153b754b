/** The rules of a policy that is there and stays. */
import type { Entry } from '../../model/graph.ts';
import type { L7Rule } from '../../model/l7-rule.ts';
import type { Application } from './application.ts';
import { textOf } from './content.ts';
import { canonical } from './entries.ts';
import { pair } from './pairing.ts';

interface Side {
  readonly entry: Entry;
}

export async function applyRules(
  application: Application,
  policyId: string,
  there: readonly L7Rule[],
  wanted: readonly Entry[],
): Promise<void> {
  const { pairs, gone, fresh } = pair<Side & { id: string }, Side, Side>(
    there.map((each) => ({ id: each.id, entry: canonical('rule', each) })),
    wanted.map((each) => ({ entry: canonical('rule', each) })),
    [({ entry }) => textOf(entry), ({ entry }) => String(entry['type'])],
  );
  for (const { id, entry } of gone) await application.drop('rule', ruleName(entry), policyId, id);
  // A policy has few conditions at any time, so those of one rule make room before those of another take it.
  const growth = (each: (typeof pairs)[number]) => weightOf(each.wanted.entry) - weightOf(each.there.entry);
  for (const { there: present, wanted: asked } of pairs.toSorted((a, b) => growth(a) - growth(b))) {
    await application.change('rule', ruleName(asked.entry), policyId, present, asked.entry);
  }
  for (const { entry } of fresh) await application.make('rule', ruleName(entry), policyId, entry);
}

function conditionsOf(entry: Entry): readonly { readonly key?: string; readonly value: string }[] {
  return (entry['conditions'] ?? []) as readonly { key?: string; value: string }[];
}

function weightOf(entry: Entry): number {
  return Math.max(1, conditionsOf(entry).length);
}

/** Rules have no names: what they compare says which one is meant. */
function ruleName(entry: Entry): string {
  const [first] = conditionsOf(entry);
  const key = first?.key ? ` ${first.key}` : '';
  return `${entry['type']}${key} ${entry['compare_type']} ${first?.value ?? entry['value'] ?? ''}`;
}
