/** The order in which policies are tried, without advanced forwarding (rules digest L7-4) and with it. */
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
  const placed = policies.map((each) => ({ each, place: exactnessPlace(each) }));
  return placed.sort((a, b) => (a.place < b.place ? -1 : 1)).map(({ each }) => each);
}

/** A text that sorts a policy among those of its listener in that order. */
export function exactnessPlace({ policy, rules }: OrderedPolicy): string {
  const path = rules.find(({ type }) => type === 'PATH');
  const hosted = rules.some(({ type }) => type === 'HOST_NAME');
  const length = path?.compare_type === 'REGEX' ? 0 : (path?.value.length ?? 1);
  return [
    outranks(policy),
    hosted ? 0 : 1,
    // A host alone counts as the prefix "/"; without a host and a path nothing matches.
    path ? pathOrder.indexOf(path.compare_type) : hosted ? 1 : pathOrder.length,
    String(longest - length).padStart(3, '0'),
    age(policy),
  ].join(' ');
}

/** The same by priority, with advanced forwarding; of two with the same, the older comes first. */
export function priorityPlace(policy: OrderedPolicy['policy'] & Pick<L7Policy, 'priority'>): string {
  return [outranks(policy), String(policy.priority ?? 0).padStart(5, '0'), age(policy)].join(' ');
}

/** The longest path that a rule may have. */
const longest = 128;

/** A redirect to a listener is for every request, whatever else there is (L7-2). */
function outranks({ action }: OrderedPolicy['policy']): number {
  return action === 'REDIRECT_TO_LISTENER' ? 0 : 1;
}

function age({ created_at, id }: OrderedPolicy['policy']): string {
  return `${created_at} ${id}`;
}
