/** The l7 policies of HTTP listeners in the configuration: which requests each is for, and what is done with them. */

/** The part of a request that a rule looks at. */
export type RequestPart = 'host' | 'path' | 'method' | 'header' | 'query' | 'cookie' | 'client-address';

/** What a request must have: one of the values in one of its parts. */
export interface RuleConfiguration {
  readonly id: string;
  readonly part: RequestPart;
  /** The name of the header (lower-case), query parameter or cookie; empty for the other parts. */
  readonly name: string;
  /** How paths are compared; `equal` for the other parts, each of which has its own way. */
  readonly comparison: 'equal' | 'prefix' | 'expression';
  /**
   * Hosts in lower case, `*.` before one standing for any labels; networks as `192.0.2.0/24`; values of headers,
   * parameters and cookies with `*` for any text and `?` for one character.
   */
  readonly values: readonly string[];
  /** True when the request must have none of the values. */
  readonly inverted: boolean;
}

/** What the proxy knows of a request and of where it came in, to write into a header. */
export type HeaderSource =
  | 'client-address'
  | 'client-port'
  | 'host'
  | 'listener-port'
  | 'listener-protocol'
  | 'load-balancer-address'
  | 'load-balancer-id'
  | 'load-balancer-public-address'
  | TlsHeaderSource;

/** What only a connection over TLS can tell. */
export type TlsHeaderSource =
  | 'certificate-id'
  | 'client-certificate'
  | 'client-certificate-end'
  | 'client-certificate-fingerprint'
  | 'client-certificate-issuer'
  | 'client-certificate-serial-number'
  | 'client-certificate-subject'
  | 'client-certificate-verification'
  | 'client-ciphers'
  | 'tls-alpn'
  | 'tls-cipher'
  | 'tls-ja3'
  | 'tls-ja4'
  | 'tls-server-name'
  | 'tls-version';

/** What only the first message of a handshake tells, which is read for nothing else. */
export const sourcesInHello: ReadonlySet<HeaderSource> = new Set(['client-ciphers', 'tls-ja3', 'tls-ja4']);

/** Where the value of a header is from. */
export type HeaderValue =
  | { readonly kind: 'text'; readonly text: string }
  /** The same as the client's header of this name; without one no header is set. */
  | { readonly kind: 'copy'; readonly of: string }
  | { readonly kind: 'fact'; readonly source: HeaderSource };

/** Headers that are set, replacing what was there, and others that are taken away. */
export interface HeaderEdits {
  readonly set: readonly { readonly name: string; readonly value: HeaderValue }[];
  readonly remove: readonly string[];
}

/**
 * Parts of a URL as they are to become. `${protocol}`, `${host}`, `${port}`, `${path}` and `${query}` stand for the
 * request's own, `$1` to `$9` for what the groups of the path's regular expression, or the `*` of the host, matched.
 */
export interface UrlTemplate {
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

/** How many requests a second go on; the others are answered 503. 0 stands for no limit. */
export interface RateLimit {
  readonly perSecond: number;
  readonly perSecondOfClient: number;
  /** How many more of one client may come at once. */
  readonly burst: number;
}

/** What browsers are told of requests from other origins, in place of what the members say of it. */
export interface CrossOriginRules {
  /** `*`, or origins as `https://a.example.com`, of which the first label may be `*`. */
  readonly origins: readonly string[];
  /** Empty for whatever is asked for; so are the headers. */
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposedHeaders: readonly string[];
  readonly allowsCredentials: boolean;
  readonly maxAgeSeconds: number;
}

/** Clients are kept where they are by a cookie of ours. */
export interface CookieSessions {
  /** Makes the cookie's value from an id, so that every worker of every proxy makes the same. */
  readonly key: string;
  /** How long a cookie holds from when it was set; null as long as the browser keeps it. */
  readonly timeoutMs: number | null;
}

/** Sends requests on, to one of the pools by their weights. */
export interface ForwardAction {
  readonly kind: 'forward';
  /** A weight of 0 gets nothing but the clients that are kept there. */
  readonly pools: readonly { readonly poolId: string; readonly weight: number }[];
  /** Keeps a client with the pool it met first. */
  readonly sessions: CookieSessions | null;
  readonly rewrite: UrlTemplate | null;
  readonly headers: HeaderEdits | null;
  readonly limit: RateLimit | null;
  readonly crossOrigin: CrossOriginRules | null;
}

/** Tells clients to ask elsewhere. */
export interface RedirectAction {
  readonly kind: 'redirect';
  readonly status: number;
  readonly url: UrlTemplate & { readonly protocol: string; readonly port: string };
  /** Of the answer. */
  readonly headers: HeaderEdits | null;
}

/** Answers in the place of members. */
export interface AnswerAction {
  readonly kind: 'answer';
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** Of the answer. */
  readonly headers: HeaderEdits | null;
  readonly limit: RateLimit | null;
}

export type PolicyAction = ForwardAction | RedirectAction | AnswerAction;

/** By which of its two places a listener's policies are tried. */
export type PolicyOrder = 'priority' | 'exactness';

/** One policy of a listener. The first whose rules a request meets decides; without one the default pool does. */
export interface PolicyConfiguration {
  readonly id: string;
  readonly listenerId: string;
  /** Its places among the policies of its listener: the smaller text comes first. */
  readonly places: Readonly<Record<PolicyOrder, string>>;
  /** All of them must be met; without any, every request does. */
  readonly rules: readonly RuleConfiguration[];
  readonly action: PolicyAction;
}
