/** The rules of an l7 policy that need only its listener (rules digest 2.6). */
import { invalid } from './errors.ts';
import { checkFixedResponse, fixedResponse } from './fixed-response.ts';
import { checkForwardingExtension, forwardingExtension } from './forwarding-extension.ts';
import { type L7Policy, maxPriority } from './l7-policy.ts';
import type { Listener, ListenerProtocol } from './listener.ts';
import { madeWhole, type PartsOf } from './made-whole.ts';
import { checkRedirectUrl, redirectUrl } from './redirect-url.ts';

const withPolicies: readonly ListenerProtocol[] = ['HTTP', 'HTTPS', 'TERMINATED_HTTPS', 'QUIC'];

/** The action that each setting belongs to. */
const actionOf = {
  redirect_pool_id: 'REDIRECT_TO_POOL',
  redirect_pools_config: 'REDIRECT_TO_POOL',
  redirect_pools_sticky_session_config: 'REDIRECT_TO_POOL',
  redirect_pools_extend_config: 'REDIRECT_TO_POOL',
  redirect_listener_id: 'REDIRECT_TO_LISTENER',
  redirect_url_config: 'REDIRECT_TO_URL',
  fixed_response_config: 'FIXED_RESPONSE',
} as const satisfies Partial<Record<keyof L7Policy, L7Policy['action']>>;

type Setting = keyof typeof actionOf;

/** A request's settings, of which it may leave out parts; weights may be text. */
interface Asked {
  readonly redirect_pools_config?:
    | readonly {
        readonly pool_id: string;
        readonly weight?: number | string | null;
      }[]
    | null;
  readonly redirect_pools_sticky_session_config?: PartsOf<{ enable: boolean; timeout: number }> | null;
  readonly redirect_pools_extend_config?: Parameters<typeof forwardingExtension>[1] | null;
  readonly redirect_url_config?: Parameters<typeof redirectUrl>[1] | null;
  readonly fixed_response_config?: Parameters<typeof fixedResponse>[1] | null;
}

/** The settings that a request changes, made whole; pools are replaced, of other objects parts may stay. */
export function policySettings(before: L7Policy | null, asked: Asked): Partial<L7Policy> {
  const made: Partial<L7Policy> = {};
  if (asked.redirect_pools_config) {
    made.redirect_pools_config = asked.redirect_pools_config.map(({ pool_id, weight }) => ({
      pool_id,
      weight: Number(weight ?? 1),
    }));
  }
  if (asked.redirect_pools_sticky_session_config) {
    made.redirect_pools_sticky_session_config = madeWhole(
      { enable: false, timeout: 1440 },
      before?.redirect_pools_sticky_session_config ?? null,
      asked.redirect_pools_sticky_session_config,
    );
  }
  if (asked.redirect_pools_extend_config) {
    made.redirect_pools_extend_config = forwardingExtension(
      before?.redirect_pools_extend_config ?? null,
      asked.redirect_pools_extend_config,
    );
  }
  if (asked.redirect_url_config) {
    made.redirect_url_config = redirectUrl(before?.redirect_url_config ?? null, asked.redirect_url_config);
  }
  if (asked.fixed_response_config) {
    made.fixed_response_config = fixedResponse(
      before?.fixed_response_config ?? null,
      asked.fixed_response_config,
    );
  }
  return made;
}

/**
 * Checks a policy as it would be stored, but for its rules.
 *
 * @param given the request, since a priority may not even be sent to some listeners
 * @throws Refusal
 */
export function checkPolicy(
  policy: L7Policy,
  listener: Listener,
  given: Readonly<Record<string, unknown>>,
): void {
  checkListenerOf(policy, listener);
  for (const key of Object.keys(actionOf) as Setting[]) checkSetting(policy, key);
  checkRequired(policy);
  checkPriority(policy, listener, given);
  const { redirect_pools_config, redirect_pools_extend_config } = policy;
  const ids = redirect_pools_config.map(({ pool_id }) => pool_id);
  if (new Set(ids).size !== ids.length) {
    throw invalid('l7policy.redirect_pools_config', 'the same pool_id is there twice.');
  }
  if (redirect_pools_extend_config) checkForwardingExtension(redirect_pools_extend_config, listener.protocol);
  if (policy.redirect_url_config) checkRedirectUrl(policy.redirect_url_config, listener);
  if (policy.fixed_response_config) checkFixedResponse(policy.fixed_response_config, listener.protocol);
}

/** Which listeners have policies, and which of them such a one (rules digest L7-1 and L7-3). */
function checkListenerOf({ action, redirect_pools_config }: L7Policy, listener: Listener): void {
  const { protocol, enhance_l7policy_enable } = listener;
  if (!withPolicies.includes(protocol)) {
    throw invalid(
      'l7policy.listener_id',
      `the listener ${listener.id} has protocol ${protocol}, expected HTTP, HTTPS or QUIC.`,
    );
  }
  if (action === 'REDIRECT_TO_LISTENER' && protocol !== 'HTTP') {
    throw invalid(
      'l7policy.action',
      `REDIRECT_TO_LISTENER is for listeners of protocol HTTP, and listener ${listener.id} has ${protocol}.`,
    );
  }
  if (enhance_l7policy_enable) return;
  const needs = `needs enhance_l7policy_enable of listener ${listener.id} to be true.`;
  if (action === 'REDIRECT_TO_URL' || action === 'FIXED_RESPONSE') {
    throw invalid('l7policy.action', `${action} ${needs}`);
  }
  if (redirect_pools_config.length > 0) throw invalid('l7policy.redirect_pools_config', `it ${needs}`);
}

function isGiven(value: L7Policy[Setting]): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== null;
}

function checkSetting(policy: L7Policy, key: Setting): void {
  if (!isGiven(policy[key]) || actionOf[key] === policy.action) return;
  throw invalid(`l7policy.${key}`, `it is for action ${actionOf[key]}, not ${policy.action}; leave it out.`);
}

function checkRequired(policy: L7Policy): void {
  const { action, redirect_pool_id, redirect_pools_config } = policy;
  const required: Readonly<Record<L7Policy['action'], Setting>> = {
    REDIRECT_TO_POOL: 'redirect_pool_id',
    REDIRECT_TO_LISTENER: 'redirect_listener_id',
    REDIRECT_TO_URL: 'redirect_url_config',
    FIXED_RESPONSE: 'fixed_response_config',
  };
  const key = required[action];
  if (isGiven(policy[key])) return;
  if (redirect_pool_id === null && redirect_pools_config.length > 0) return;
  const instead = action === 'REDIRECT_TO_POOL' ? '; give it, or redirect_pools_config' : '';
  throw invalid(`l7policy.${key}`, `it is required for action ${action}${instead}.`);
}

/** Priorities are for listeners with advanced forwarding; 0 is for redirects to listeners (C22). */
function checkPriority(
  { action, priority }: L7Policy,
  { id, enhance_l7policy_enable }: Listener,
  given: Readonly<Record<string, unknown>>,
): void {
  if (typeof given['priority'] !== 'number') return;
  if (!enhance_l7policy_enable) {
    throw invalid('l7policy.priority', `it needs enhance_l7policy_enable of listener ${id} to be true.`);
  }
  checkPriorityOfAction(action, priority, 'l7policy.priority');
}

export function checkPriorityOfAction(action: L7Policy['action'], priority: number, field: string): void {
  if (priority > 0 || action === 'REDIRECT_TO_LISTENER') return;
  throw invalid(field, `got 0, expected an integer from 1 to ${maxPriority} for action ${action}.`);
}
