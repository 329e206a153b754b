/** Compiles l7 policies; what has no effect compiles to nothing. */
import type { Cors } from '../model/cors.ts';
import type { HeaderChanges } from '../model/header-changes.ts';
import { exactnessPlace, priorityPlace } from '../model/l7-order.ts';
import type { L7Policy } from '../model/l7-policy.ts';
import type { L7Rule } from '../model/l7-rule.ts';
import type { Listener } from '../model/listener.ts';
import type { TrafficLimit } from '../model/traffic-limit.ts';
import { asRequested, urlOfRequest } from '../model/url-patterns.ts';
import type {
  CrossOriginRules,
  ForwardAction,
  HeaderEdits,
  HeaderSource,
  PolicyAction,
  PolicyConfiguration,
  RateLimit,
  RequestPart,
  RuleConfiguration,
} from './policy-configuration.ts';
import type { SessionKeys } from './session-keys.ts';

const parts: Readonly<Record<L7Rule['type'], RequestPart>> = {
  HOST_NAME: 'host',
  PATH: 'path',
  METHOD: 'method',
  HEADER: 'header',
  QUERY_STRING: 'query',
  COOKIE: 'cookie',
  SOURCE_IP: 'client-address',
};

const comparisons: Readonly<Record<L7Rule['compare_type'], RuleConfiguration['comparison']>> = {
  EQUAL_TO: 'equal',
  STARTS_WITH: 'prefix',
  REGEX: 'expression',
};

/** What SYSTEM_DEFINED headers hold. */
const headerSources: Readonly<Record<string, HeaderSource>> = {
  'CLIENT-PORT': 'client-port',
  'CLIENT-IP': 'client-address',
  'ELB-PROTOCOL': 'listener-protocol',
  'ELB-ID': 'load-balancer-id',
  'ELB-PORT': 'listener-port',
  'ELB-EIP': 'load-balancer-public-address',
  'ELB-VIP': 'load-balancer-address',
  'TLS-PROTOCOL': 'tls-version',
  'TLS-CIPHER': 'tls-cipher',
  'TLS-ALPN-PROTOCOL': 'tls-alpn',
  'TLS-SNI': 'tls-server-name',
  'TLS-JA3': 'tls-ja3',
  'TLS-JA4': 'tls-ja4',
  CLIENTCERT: 'client-certificate',
  'CLIENTCERT-CIPHERS': 'client-ciphers',
  'CLIENTCERT-CLIENTVERIFY': 'client-certificate-verification',
  'CLIENTCERT-END': 'client-certificate-end',
  'CLIENTCERT-FINGERPRINT': 'client-certificate-fingerprint',
  'CLIENTCERT-ISSUERDN': 'client-certificate-issuer',
  'CLIENTCERT-SERIALNUMBER': 'client-certificate-serial-number',
  'CLIENTCERT-SUBJECTDN': 'client-certificate-subject',
};

const minuteMs = 60_000;

/**
 * Null for a policy that is not applied: one in ERROR (L7-7), one that is administratively down, one that leads nowhere,
 * and one without rules, which gets them one by one and is for no request until then. Only a redirect to a listener has
 * none and is for every request.
 *
 * @param target the listener that it redirects to, where it does
 */
export function compilePolicy(
  policy: L7Policy,
  rules: readonly L7Rule[],
  target: Pick<Listener, 'protocol_port'> | undefined,
  keys: SessionKeys,
): PolicyConfiguration | null {
  if (policy.provisioning_status === 'ERROR' || !policy.admin_state_up) return null;
  if (policy.action !== 'REDIRECT_TO_LISTENER' && rules.length === 0) return null;
  const action = actionOf(policy, target, keys);
  if (!action) return null;
  const { id, listener_id } = policy;
  return {
    id,
    listenerId: listener_id,
    places: { priority: priorityPlace(policy), exactness: exactnessPlace({ policy, rules }) },
    rules: rules.map(compileRule),
    action,
  };
}

function compileRule({ id, type, compare_type, value, conditions, invert }: L7Rule): RuleConfiguration {
  const key = conditions[0]?.key ?? '';
  const values = conditions.length > 0 ? conditions.map((each) => each.value) : [value];
  return {
    id,
    part: parts[type],
    name: type === 'HEADER' ? key.toLowerCase() : key,
    comparison: comparisons[compare_type],
    values: type === 'HOST_NAME' ? values.map((each) => each.toLowerCase()) : values,
    inverted: invert,
  };
}

function actionOf(
  policy: L7Policy,
  target: Pick<Listener, 'protocol_port'> | undefined,
  keys: SessionKeys,
): PolicyAction | null {
  switch (policy.action) {
    case 'REDIRECT_TO_POOL':
      return forward(policy, keys);
    case 'REDIRECT_TO_LISTENER':
      return target ? redirectToPort(target.protocol_port) : null;
    case 'REDIRECT_TO_URL':
      return policy.redirect_url_config && redirect(policy.redirect_url_config);
    case 'FIXED_RESPONSE':
      return policy.fixed_response_config && answer(policy.fixed_response_config);
  }
}

/** Several pools win over the one (rules digest 2.6.1). */
function forward(policy: L7Policy, keys: SessionKeys): ForwardAction {
  const { redirect_pool_id, redirect_pools_config, redirect_pools_extend_config: extension } = policy;
  const sticky = redirect_pools_config.length > 0 ? policy.redirect_pools_sticky_session_config : null;
  const single = redirect_pool_id ? [{ poolId: redirect_pool_id, weight: 1 }] : [];
  return {
    kind: 'forward',
    pools:
      redirect_pools_config.length > 0
        ? redirect_pools_config.map(({ pool_id, weight }) => ({ poolId: pool_id, weight }))
        : single,
    sessions: sticky?.enable ? { key: keys.of(policy.id), timeoutMs: sticky.timeout * minuteMs } : null,
    rewrite: extension?.rewrite_url_enable ? extension.rewrite_url_config : null,
    headers: extension && headerEdits(extension),
    limit: rateLimit(extension?.traffic_limit_config),
    crossOrigin: crossOriginRules(extension?.cors_config),
  };
}

/** To HTTPS at the other listener's port, all else as it was asked for (rules digest 4.9). */
function redirectToPort(port: number): PolicyAction {
  const url = { ...urlOfRequest, protocol: 'https', port: String(port) };
  return { kind: 'redirect', status: 301, url, headers: null };
}

function redirect(config: NonNullable<L7Policy['redirect_url_config']>): PolicyAction {
  const { protocol, host, port, path, query, status_code } = config;
  return {
    kind: 'redirect',
    status: Number(status_code),
    url: {
      protocol: protocol === asRequested('protocol') ? protocol : protocol.toLowerCase(),
      ...{ host, port, path, query },
    },
    headers: headerEdits(config),
  };
}

function answer(config: NonNullable<L7Policy['fixed_response_config']>): PolicyAction {
  return {
    kind: 'answer',
    status: Number(config.status_code),
    contentType: config.content_type,
    body: config.message_body,
    headers: headerEdits(config),
    limit: rateLimit(config.traffic_limit_config),
  };
}

function headerEdits({ insert_headers_config, remove_headers_config }: HeaderChanges): HeaderEdits | null {
  const set = (insert_headers_config?.configs ?? []).flatMap(({ key, value_type, value }) => {
    if (value_type === 'USER_DEFINED') return { name: key, value: { kind: 'text', text: value } } as const;
    if (value_type === 'REFERENCE_HEADER') return { name: key, value: { kind: 'copy', of: value } } as const;
    const source = headerSources[value];
    return source ? ({ name: key, value: { kind: 'fact', source } } as const) : [];
  });
  const remove = (remove_headers_config?.configs ?? []).map(({ key }) => key);
  return set.length > 0 || remove.length > 0 ? { set, remove } : null;
}

function rateLimit(limit: TrafficLimit | null | undefined): RateLimit | null {
  if (!limit || (limit.qps === 0 && limit.per_source_ip_qps === 0)) return null;
  return { perSecond: limit.qps, perSecondOfClient: limit.per_source_ip_qps, burst: limit.burst };
}

function crossOriginRules(config: Cors | null | undefined): CrossOriginRules | null {
  if (!config) return null;
  return {
    origins: config.allow_origin,
    methods: config.allow_methods,
    headers: config.allow_headers,
    exposedHeaders: config.expose_headers,
    allowsCredentials: config.allow_credentials,
    maxAgeSeconds: config.max_age,
  };
}
