/** What listeners, policies and pools of shared load balancers are like (rules digest LB-7 and the notes on "shared"). */
import { invalid } from './errors.ts';
import type { L7Policy } from './l7-policy.ts';
import type { Listener, ListenerProtocol } from './listener.ts';

/** The name that HTTPS has on a load balancer of the kind: shared ones keep the old one (rules digest 2.2.1). */
export function protocolFor(protocol: ListenerProtocol, guaranteed: boolean): ListenerProtocol {
  if (protocol !== 'HTTPS' && protocol !== 'TERMINATED_HTTPS') return protocol;
  return guaranteed ? 'HTTPS' : 'TERMINATED_HTTPS';
}

const sharedProtocols: readonly ListenerProtocol[] = ['TCP', 'UDP', 'HTTP', 'TERMINATED_HTTPS'];

/** Refuses a protocol that only dedicated load balancers serve. */
export function checkSharedProtocol(protocol: ListenerProtocol): void {
  if (sharedProtocols.includes(protocol)) return;
  throw invalid(
    'listener.protocol',
    `a shared load balancer takes listeners of protocol TCP, UDP, HTTP or HTTPS, not ${protocol}.`,
  );
}

/**
 * Checks a listener of a shared load balancer as it would be stored.
 *
 * @param given the request, since a field may not even be sent
 * @throws Refusal
 */
export function checkSharedListener(
  { protocol, protocol_port, transparent_client_ip_enable }: Listener,
  given: Readonly<Record<string, unknown>>,
): void {
  const overHttp = protocol === 'HTTP' || protocol === 'TERMINATED_HTTPS';
  if (overHttp && protocol_port === 21) {
    throw invalid(
      'listener.protocol_port',
      `21 cannot be used by a listener of protocol ${protocol} of a shared load balancer; choose another port.`,
    );
  }
  if (protocol === 'UDP' && typeof given['keepalive_timeout'] === 'number') {
    throw invalid(
      'listener.keepalive_timeout',
      'UDP listeners of a shared load balancer have none; leave it out.',
    );
  }
  if (overHttp && !transparent_client_ip_enable) {
    throw invalid('listener.transparent_client_ip_enable', `it must be true for protocol ${protocol}.`);
  }
}

/** Refuses what policies of shared load balancers do not have (rules digest 2.6.1). */
export function checkSharedPolicy(policy: L7Policy, given: Readonly<Record<string, unknown>>): void {
  const refused =
    (typeof given['priority'] === 'number' && 'priority') ||
    (policy.redirect_pools_config.length > 0 && 'redirect_pools_config') ||
    (policy.redirect_url_config !== null && 'redirect_url_config') ||
    (policy.fixed_response_config !== null && 'fixed_response_config');
  if (!refused) return;
  throw invalid(
    `l7policy.${refused}`,
    'it is for dedicated load balancers, and that of the listener is shared; leave it out.',
  );
}
