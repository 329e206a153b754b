import type { Forwarding, Route } from '../policies/route.ts';
import type { Session } from '../sessions/member-sessions.ts';
import type { HttpServing } from './http-serving.ts';
import type { IncomingRequest } from './incoming-request.ts';

/** To a pool, with the session that the request belongs to there. */
interface SessionForwarding extends Forwarding {
  readonly session: Session | null;
}

/** Where a request goes: to where the first policy that is for it says, or to the default pool. */
export function routeRequest(
  serving: HttpServing,
  request: IncomingRequest,
): SessionForwarding | Exclude<Route, Forwarding> {
  const { policies, pools, plan, configuration, settings } = serving;
  const surroundings = { pools, plan, port: configuration.port };
  const route = policies?.route(request, settings.policyOrder, surroundings) ?? toDefaultPool(serving);
  if (route.kind === 'answer') return route;
  return { ...route, session: route.pool?.sessions?.open(request) ?? null };
}

function toDefaultPool(serving: HttpServing): Route {
  return {
    kind: 'forward',
    pool: serving.pool(),
    target: null,
    block: null,
    answerLines: '',
    replacesCrossOrigin: false,
  };
}
