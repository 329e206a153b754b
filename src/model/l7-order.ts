/** The order in which policies are tried without advanced forwarding (rules digest L7-4). */
import type { L7Policy } from './l7-policy.ts';
import type { L7Rule } from './l7-rule.ts';

export interface OrderedPolicy {
  readonly policy: Pick<L7Policy, 'id' | 'action' | 'created_at'>;
  readonly rules: readonly Pick<L7Rule, 'type' | 'compare_type' | 'value'>[];
}

const pathOrder: readonly L7Rule['compare_type'][] = ['EQUAL_TO', 'STARTS_WITH', 'REGEX'];

/**
 * Redirects to listeners first; then policies with a host before those without, and in each of the two the more
 * exact path before the less exact, the longer before the shorter, the older before the younger. Of regular expressions
 * the length says nothing.
 */
export function automaticOrder<T extends OrderedPolicy>(policies: readonly T[]): T[] {
  const keyed = policies.map((each) => ({ each, key: orderKey(each) }));
  return keyed.sort((a, b) => compare(a.key, b.key)).map(({ each }) => each);
}

function orderKey({ policy, rules }: OrderedPolicy): readonly (number | string)[] {
  const path = rules.find(({ type }) => type === 'PATH');
  const hosted = rules.some(({ type }) => type === 'HOST_NAME');
  return [
    policy.action === 'REDIRECT_TO_LISTENER' ? 0 : 1,
    hosted ? 0 : 1,
    // A host alone counts as the prefix "/"; without a host and a path nothing matches.
    path ? pathOrder.indexOf(path.compare_type) : hosted ? 1 : pathOrder.length,
    path?.compare_type === 'REGEX' ? 0 : -(path?.value.length ?? 1),
    policy.created_at,
    policy.id,
  ];
}

function compare(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  for (const [index, mine] of a.entries()) {
    const theirs = b[index] ?? mine;
    if (mine !== theirs) return mine < theirs ? -1 : 1;
  }
  return 0;
}
