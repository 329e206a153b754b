import type { PolicyCandidate } from '../../dataplane/matching/policy-matcher.ts';
import type { IncomingRequest } from '../http/incoming-request.ts';
import type { RequestPlan } from '../http/request-plan.ts';
import type { Pool } from '../pools/pool.ts';
import type { Route } from './route.ts';

/** What a policy's decision depends on beside the request. */
export interface Surroundings {
  /** By id. */
  readonly pools: ReadonlyMap<string, Pool>;
  readonly plan: RequestPlan;
  /** The listener's. */
  readonly port: number;
}

/** What is done with the requests that a policy is for. */
export interface Policy {
  /** @param found the policy, with the rules that the request has met */
  route(request: IncomingRequest, found: PolicyCandidate, surroundings: Surroundings): Route;
}
