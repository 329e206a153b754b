import type { RuleConfiguration } from '../policy-configuration.ts';
import type { RequestFacts } from './request-facts.ts';

/** Longer hosts are no domain names (RFC 1035 2.3.4), and are not taken apart. */
const longestHost = 255;

/** Tells whether the policy in a place is for a request. */
type IsMet = (place: number, facts: RequestFacts) => boolean;

/**
 * Finds the first of many policies without asking those that cannot match: each is kept under the hosts that it
 * names and, below that, under what its paths begin with.
 */
export class PolicyIndex {
  readonly #byHost = new Map<string, Branch>();
  /** By what follows the `*` of a wildcard, its dot included. */
  readonly #bySuffix = new Map<string, Branch>();
  readonly #ofAnyHost = new Branch();

  /** Adds a policy; places ascend. */
  add(place: number, rules: readonly RuleConfiguration[]): void {
    const hosts = rules.find(({ part, inverted }) => part === 'host' && !inverted);
    if (hosts === undefined) {
      this.#ofAnyHost.add(place, rules);
      return;
    }
    for (const value of new Set(hosts.values)) {
      const [branches, key] = value.startsWith('*.')
        ? [this.#bySuffix, value.slice(1)]
        : [this.#byHost, value];
      const branch = branches.get(key) ?? new Branch();
      branches.set(key, branch);
      branch.add(place, rules);
    }
  }

  /** The place of the first policy that is met; Infinity when there is none. */
  first(facts: RequestFacts, isMet: IsMet): number {
    const { host } = facts;
    let best = this.#ofAnyHost.first(facts, isMet, Number.POSITIVE_INFINITY);
    const exact = this.#byHost.get(host);
    if (exact !== undefined) best = exact.first(facts, isMet, best);
    if (this.#bySuffix.size === 0 || host.length > longestHost) return best;
    for (let dot = host.indexOf('.', 1); dot !== -1; dot = host.indexOf('.', dot + 1)) {
      const branch = this.#bySuffix.get(host.slice(dot));
      if (branch !== undefined) best = branch.first(facts, isMet, best);
    }
    return best;
  }
}

/** The policies of a host. */
class Branch {
  /** Those that name no path, or compare it otherwise; ascending, as all lists are. */
  readonly #others: number[] = [];
  readonly #byPrefix = new Map<string, number[]>();
  /** The lengths that prefixes have: at most 128, as long as a rule's value may be. */
  readonly #prefixLengths: number[] = [];

  add(place: number, rules: readonly RuleConfiguration[]): void {
    const paths = rules.find(({ part, comparison, inverted }) => {
      return part === 'path' && comparison !== 'expression' && !inverted;
    });
    if (paths === undefined) {
      this.#others.push(place);
      return;
    }
    for (const prefix of new Set(paths.values)) {
      const places = this.#byPrefix.get(prefix) ?? [];
      this.#byPrefix.set(prefix, places);
      places.push(place);
      if (!this.#prefixLengths.includes(prefix.length)) this.#prefixLengths.push(prefix.length);
    }
  }

  /** The first place before `best` that is met, or `best`. */
  first(facts: RequestFacts, isMet: IsMet, best: number): number {
    const { path } = facts;
    let first = firstOf(this.#others, facts, isMet, best);
    for (const length of this.#prefixLengths) {
      if (length > path.length) continue;
      const places = this.#byPrefix.get(path.slice(0, length));
      if (places !== undefined) first = firstOf(places, facts, isMet, first);
    }
    return first;
  }
}

function firstOf(places: readonly number[], facts: RequestFacts, isMet: IsMet, best: number): number {
  for (const place of places) {
    if (place >= best) return best;
    if (isMet(place, facts)) return place;
  }
  return best;
}
