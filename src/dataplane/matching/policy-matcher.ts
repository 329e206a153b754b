import type { PolicyConfiguration, PolicyOrder } from '../policy-configuration.ts';
import { PolicyIndex } from './policy-index.ts';
import type { RequestFacts } from './request-facts.ts';
import { RuleMatcher } from './rule-matcher.ts';

/** A policy, ready to be asked. */
export interface PolicyCandidate {
  readonly policy: PolicyConfiguration;
  readonly rules: readonly RuleMatcher[];
}

/**
 * The policies of one listener, compiled: which of them is for a request. What it says depends on the request alone.
 * A path costs a regular expression at most its length (8 KiB, as long as a request line may be) times 512 steps.
 */
export class PolicyMatcher {
  /** In the order in which they are tried. */
  readonly candidates: readonly PolicyCandidate[];
  readonly #index = new PolicyIndex();

  constructor(policies: readonly PolicyConfiguration[], order: PolicyOrder) {
    const sorted = [...policies].sort((a, b) => (a.places[order] < b.places[order] ? -1 : 1));
    this.candidates = sorted.map((policy) => ({
      policy,
      rules: policy.rules.map((rule) => new RuleMatcher(rule)),
    }));
    for (const [place, { policy }] of this.candidates.entries()) this.#index.add(place, policy.rules);
  }

  /** The first policy whose rules the request meets; undefined when there is none. */
  match(facts: RequestFacts): PolicyCandidate | undefined {
    const place = this.#index.first(facts, this.#isMet);
    return this.candidates[place];
  }

  readonly #isMet = (place: number, facts: RequestFacts): boolean => {
    const candidate = this.candidates[place];
    return candidate !== undefined && firstUnmet(candidate, facts) === undefined;
  };
}

/** The first rule of a policy that a request does not meet. */
export function firstUnmet({ rules }: PolicyCandidate, facts: RequestFacts): RuleMatcher | undefined {
  for (const rule of rules) if (!rule.isMet(facts)) return rule;
  return undefined;
}

/** What `$1` and so on stand for, from 1: the groups of the path's expression, else the `*` of the host. */
export function groupsOf({ rules }: PolicyCandidate, facts: RequestFacts): readonly (string | undefined)[] {
  for (const part of ['path', 'host']) {
    const groups = rules.find(({ configuration }) => configuration.part === part)?.groups(facts);
    if (groups) return groups;
  }
  return [];
}
