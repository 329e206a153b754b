import { cookiesOf, type RequestFacts } from '../../dataplane/matching/request-facts.ts';
import type { ForwardAction } from '../../dataplane/policy-configuration.ts';
import { type Candidate, createSelection, type Selection } from '../selection/selection.ts';
import { SessionCookie } from '../sessions/session-cookie.ts';

/** A pool and its share of a policy's requests. */
interface Share extends Candidate {
  readonly token: string;
}

/** The pool for a request. */
export interface ChosenPool {
  readonly poolId: string;
  /** The header line that keeps the client there; empty when it has it, or needs none. */
  readonly cookieLine: string;
}

/** Spreads requests over the pools of a policy by their weights, and keeps clients where they were first. */
export class WeightedPools {
  readonly #shares: Selection<Share> = createSelection<Share>('round-robin');
  readonly #cookie: SessionCookie | null;
  /** Pool ids by what stands for them in the cookie. */
  readonly #byToken = new Map<string, string>();
  /** Where every request goes, when there is no choice. */
  readonly #only: ChosenPool | null;

  constructor({ pools, sessions }: ForwardAction) {
    this.#cookie = sessions && new SessionCookie(sessions);
    const [first, ...more] = pools;
    const isOnly = first !== undefined && first.weight > 0 && more.length === 0 && sessions === null;
    this.#only = isOnly ? { poolId: first.poolId, cookieLine: '' } : null;
    for (const { poolId, weight } of pools) {
      const token = this.#cookie?.tokenOf(poolId) ?? '';
      if (token !== '') this.#byToken.set(token, poolId);
      if (weight > 0) this.#shares.add({ id: poolId, weight, active: 0, token });
    }
  }

  /** Undefined when all weights are 0 and the client is kept nowhere. */
  choose(request: RequestFacts): ChosenPool | undefined {
    if (this.#only !== null) return this.#only;
    const now = Date.now();
    if (this.#cookie !== null) {
      for (const value of cookiesOf(request.headers('cookie'), this.#cookie.name)) {
        const poolId = this.#byToken.get(this.#cookie.tokenIn(value, now) ?? '');
        if (poolId !== undefined) return { poolId, cookieLine: '' };
      }
    }
    const share = this.#shares.pick(request.clientAddress);
    if (share === undefined) return undefined;
    return { poolId: share.id, cookieLine: this.#cookie?.lineFor(share.token, now) ?? '' };
  }
}
