import { isDeepStrictEqual } from 'node:util';
import { PolicyMatcher } from '../../dataplane/matching/policy-matcher.ts';
import {
  type PolicyAction,
  type PolicyConfiguration,
  type PolicyOrder,
  sourcesInHello,
} from '../../dataplane/policy-configuration.ts';
import type { IncomingRequest } from '../http/incoming-request.ts';
import { AnswerPolicy } from './answer-policy.ts';
import { ForwardPolicy } from './forward-policy.ts';
import type { Policy, Surroundings } from './policy.ts';
import { RedirectPolicy } from './redirect-policy.ts';
import type { Route } from './route.ts';

interface Entry {
  readonly configuration: PolicyConfiguration;
  readonly policy: Policy;
}

/** The policies of one listener as they run. */
export class PolicyTable {
  readonly #entries = new Map<string, Entry>();
  /** Null while something has changed since it was made. */
  #matcher: PolicyMatcher | null = null;
  #order: PolicyOrder = 'priority';
  /** The ids of policies that tell what only the first message of a TLS handshake says. */
  readonly #needingHello = new Set<string>();

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** Whether that message must be kept for some policy. */
  get needsHello(): boolean {
    return this.#needingHello.size > 0;
  }

  /** Creates or changes a policy. One that does what it did goes on with its counts and turns. */
  put(configuration: PolicyConfiguration): void {
    const before = this.#entries.get(configuration.id);
    const keeps =
      before !== undefined && isDeepStrictEqual(before.configuration.action, configuration.action);
    const policy = keeps ? before.policy : policyOf(configuration.action);
    this.#entries.set(configuration.id, { configuration, policy });
    if (tellsHello(configuration.action)) this.#needingHello.add(configuration.id);
    else this.#needingHello.delete(configuration.id);
    this.#matcher = null;
  }

  remove(id: string): void {
    this.#entries.delete(id);
    this.#needingHello.delete(id);
    this.#matcher = null;
  }

  /** What the first policy that is for the request does with it; null when there is none. */
  route(request: IncomingRequest, order: PolicyOrder, surroundings: Surroundings): Route | null {
    const found = this.#matcherFor(order).match(request);
    const entry = found && this.#entries.get(found.policy.id);
    return entry ? entry.policy.route(request, found, surroundings) : null;
  }

  /** Made at the first request after a change: many changes at once cost it once. */
  #matcherFor(order: PolicyOrder): PolicyMatcher {
    if (this.#matcher === null || order !== this.#order) {
      const configurations = [...this.#entries.values()].map(({ configuration }) => configuration);
      this.#matcher = new PolicyMatcher(configurations, order);
      this.#order = order;
    }
    return this.#matcher;
  }
}

function tellsHello({ headers }: PolicyAction): boolean {
  return headers?.set.some(({ value }) => value.kind === 'fact' && sourcesInHello.has(value.source)) ?? false;
}

/** The registry: a new kind of action is one file and one entry here. */
function policyOf(action: PolicyAction): Policy {
  switch (action.kind) {
    case 'forward':
      return new ForwardPolicy(action);
    case 'redirect':
      return new RedirectPolicy(action);
    case 'answer':
      return new AnswerPolicy(action);
  }
}
