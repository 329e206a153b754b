/** The rules of a listener that need no other resource, and the defaults that follow from its protocol (2.2). */
import { invalid } from './errors.ts';
import type { Listener, ListenerProtocol } from './listener.ts';
import { checkSharedListener } from './shared-rules.ts';
import { systemSecurityPolicies } from './system-security-policies.ts';

const overHttp: readonly ListenerProtocol[] = ['HTTP', 'HTTPS', 'TERMINATED_HTTPS', 'QUIC'];
const overTls: readonly ListenerProtocol[] = ['HTTPS', 'TERMINATED_HTTPS', 'QUIC', 'TLS'];

function isOverHttp(protocol: ListenerProtocol): boolean {
  return overHttp.includes(protocol);
}

/** Which port space of its load balancer a listener's port is in: UDP and QUIC share one, the others another. */
export function portSpace(protocol: ListenerProtocol): readonly ListenerProtocol[] {
  return protocol === 'UDP' || protocol === 'QUIC'
    ? ['UDP', 'QUIC']
    : ['TCP', 'HTTP', 'HTTPS', 'TERMINATED_HTTPS', 'TLS'];
}

/**
 * The values that a listener of a protocol has when none are given.
 *
 * @param guaranteed whether its load balancer is a dedicated one
 */
export function protocolDefaults(protocol: ListenerProtocol, guaranteed: boolean): Partial<Listener> {
  const http = isOverHttp(protocol);
  return {
    keepalive_timeout: http ? 60 : 300,
    client_timeout: http ? 60 : null,
    member_timeout: http ? 60 : null,
    tls_ciphers_policy: overTls.includes(protocol) && protocol !== 'QUIC' ? 'tls-1-2' : null,
    transparent_client_ip_enable: guaranteed || http,
    ...(protocol === 'QUIC' ? { http2_enable: true } : {}),
  };
}

/**
 * Checks a listener as it would be stored.
 *
 * @param given the request, since some fields may not even be sent for some protocols
 * @param guaranteed whether its load balancer is a dedicated one
 * @throws Refusal
 */
export function checkListener(
  listener: Listener,
  given: Readonly<Record<string, unknown>>,
  guaranteed: boolean,
): void {
  checkPorts(listener);
  checkTimeouts(listener, given);
  checkSwitches(listener, given);
  if (guaranteed) checkTransparency(listener);
  else checkSharedListener(listener, given);
  const { ipgroup, quic_config } = listener;
  if (ipgroup && !ipgroup.ipgroup_id) throw invalid('listener.ipgroup.ipgroup_id', 'it is required.');
  if (quic_config && !quic_config.quic_listener_id) {
    throw invalid('listener.quic_config.quic_listener_id', 'it is required.');
  }
}

function checkPorts({ protocol, protocol_port, port_ranges }: Listener): void {
  if (protocol === 'IP') {
    if (protocol_port !== 0)
      throw invalid('listener.protocol_port', 'it must be 0 or left out for protocol IP.');
    return;
  }
  if (protocol_port === 0 && port_ranges.length === 0) {
    throw invalid(
      'listener.protocol_port',
      'it is required. Expected an integer from 1 to 65535, or port_ranges.',
    );
  }
  if (protocol === 'QUIC' && protocol_port === 4789) {
    throw invalid('listener.protocol_port', '4789 cannot be used by a QUIC listener; choose another port.');
  }
  if (port_ranges.length === 0) return;
  if (protocol_port !== 0) {
    throw invalid('listener.port_ranges', 'it goes with protocol_port 0; give one or the other.');
  }
  if (!['TCP', 'UDP', 'TLS'].includes(protocol)) {
    throw invalid('listener.port_ranges', `it is for protocol TCP, UDP or TLS, not ${protocol}.`);
  }
  const sorted = port_ranges.toSorted((a, b) => a.start_port - b.start_port);
  for (const [index, range] of sorted.entries()) {
    if (range.end_port < range.start_port) {
      throw invalid(
        'listener.port_ranges',
        `the range ${range.start_port}-${range.end_port} ends before it starts.`,
      );
    }
    const next = sorted[index + 1];
    if (next && next.start_port <= range.end_port) {
      throw invalid(
        'listener.port_ranges',
        `${range.start_port}-${range.end_port} and ${next.start_port}-${next.end_port} overlap.`,
      );
    }
  }
}

function checkTimeouts(
  { protocol, keepalive_timeout }: Listener,
  given: Readonly<Record<string, unknown>>,
): void {
  const lowest = isOverHttp(protocol) ? 0 : 10;
  if (keepalive_timeout < lowest) {
    throw invalid(
      'listener.keepalive_timeout',
      `got ${keepalive_timeout}, expected an integer from ${lowest} to 4000 for protocol ${protocol}.`,
    );
  }
  if (isOverHttp(protocol)) return;
  for (const key of ['client_timeout', 'member_timeout'] as const) {
    if (typeof given[key] === 'number') {
      throw invalid(`listener.${key}`, `it is for protocol HTTP or HTTPS, not ${protocol}; leave it out.`);
    }
  }
}

function checkSwitches(listener: Listener, given: Readonly<Record<string, unknown>>): void {
  const { protocol } = listener;
  const refuseUnless = (allowed: boolean, key: string, what: string) => {
    if (!allowed) throw invalid(`listener.${key}`, `it is for ${what}, not ${protocol}; leave it out.`);
  };
  if (typeof given['enable_member_retry'] === 'boolean') {
    refuseUnless(isOverHttp(protocol), 'enable_member_retry', 'protocol HTTP, HTTPS or QUIC');
  }
  if (listener.gzip_enable) refuseUnless(isOverHttp(protocol), 'gzip_enable', 'protocol HTTP, HTTPS or QUIC');
  if (listener.quic_config) {
    refuseUnless(protocol === 'HTTPS' || protocol === 'TERMINATED_HTTPS', 'quic_config', 'protocol HTTPS');
  }
  if (listener.nat64_enable) {
    refuseUnless(protocol === 'TCP' || protocol === 'UDP', 'nat64_enable', 'protocol TCP or UDP');
    if (listener.transparent_client_ip_enable) {
      throw invalid('listener.nat64_enable', 'it needs transparent_client_ip_enable false.');
    }
  }
  if (listener.enhance_l7policy_enable) {
    refuseUnless(isOverHttp(protocol), 'enhance_l7policy_enable', 'protocol HTTP or HTTPS');
  }
  if (listener.access_log_customized_headers_config) {
    refuseUnless(
      isOverHttp(protocol),
      'access_log_customized_headers_config',
      'protocol HTTP, HTTPS or QUIC',
    );
  }
  if (listener.security_policy_id) {
    refuseUnless(
      ['HTTPS', 'TERMINATED_HTTPS', 'TLS'].includes(protocol),
      'security_policy_id',
      'protocol HTTPS or TLS',
    );
  }
  checkEarlyData(listener);
  checkAccessLog(listener);
}

/** A dedicated load balancer shows members the client's address, but for the one thing that excludes it. */
function checkTransparency({ transparent_client_ip_enable, nat64_enable }: Listener): void {
  if (transparent_client_ip_enable || nat64_enable) return;
  throw invalid(
    'listener.transparent_client_ip_enable',
    'it must be true, unless nat64_enable is true for protocol TCP or UDP.',
  );
}

/** The policies with TLS 1.3, of which early data is a part (rules digest C46). */
const withTls13 = systemSecurityPolicies
  .filter(({ protocols }) => protocols.includes('TLSv1.3'))
  .map(({ name }) => name);

function checkEarlyData(listener: Listener): void {
  const { protocol, ssl_early_data_enable, security_policy_id, tls_ciphers_policy } = listener;
  if (!ssl_early_data_enable) return;
  const field = 'listener.ssl_early_data_enable';
  if (protocol !== 'HTTPS') throw invalid(field, `it is for protocol HTTPS, not ${protocol}; leave it out.`);
  if (!security_policy_id && !withTls13.includes(tls_ciphers_policy ?? '')) {
    throw invalid(field, `it needs a tls_ciphers_policy with TLS 1.3: ${withTls13.join(', ')}.`);
  }
}

/** Headers that the access log has already, or that are not its business. */
const unloggedHeaders = [
  'host',
  'user-agent',
  'referer',
  'x-forwarded-for',
  'x-clienttraceid',
  'traceparent',
];

function checkAccessLog({ access_log_customized_headers_config: config }: Listener): void {
  const names = [...(config?.include_headers ?? []), ...(config?.exclude_headers ?? [])];
  const refused = names.find((name) => unloggedHeaders.includes(name.toLowerCase()));
  if (refused === undefined) return;
  throw invalid(
    'listener.access_log_customized_headers_config',
    `"${refused}" cannot be named here, nor can ${unloggedHeaders.join(', ')}.`,
  );
}
