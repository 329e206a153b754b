/**
 * The configuration: everything a proxy must know to carry traffic, and nothing of the API it came from.
 * The control plane compiles it from stored state; every engine reads only this.
 *
 * All of it is deeply readonly: a changed listener, policy, pool or member replaces the old one whole.
 */
import type { TrafficReport } from '../observe/traffic-lines.ts';
import type {
  CookieSessions,
  HeaderSource,
  PolicyConfiguration,
  PolicyOrder,
} from './policy-configuration.ts';

/** A request header set by the listener; a copy sent by the client is replaced. */
export interface InsertedHeader {
  readonly name: string;
  readonly source: HeaderSource;
}

/** What happens to `X-Forwarded-For`: add the client to the list, drop the header, or leave it as it came. */
export type ForwardedForMode = 'append' | 'remove' | 'preserve';

/** Settings of an HTTP listener that a TCP listener does not have. */
export interface HttpListenerSettings {
  /** Longest wait for a whole request head, and between two pieces of a body; then the connection is cut. */
  readonly clientTimeoutMs: number;
  /** Longest wait for a member's answer, and between two pieces of it; then 504. */
  readonly memberTimeoutMs: number;
  /** Whether a request that provably did not reach a member's application may go to another member. */
  readonly memberRetry: boolean;
  readonly forwardedFor: ForwardedForMode;
  readonly insertedHeaders: readonly InsertedHeader[];
  readonly policyOrder: PolicyOrder;
}

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

/** How a listener speaks TLS with its clients. */
export interface TlsSettings {
  /** Any of the versions, in no order; there may be gaps. */
  readonly versions: readonly TlsVersion[];
  /** Suites by their OpenSSL names, best first. */
  readonly ciphers: readonly string[];
  /** Shown to clients that ask for no name, or for one that no certificate is for; also by its own names. */
  readonly certificateId: string;
  /** Shown to clients that ask for one of their names. */
  readonly namedCertificateIds: readonly string[];
  /** Whether `*.` stands for one label, or for any number of them. */
  readonly nameMatch: 'wildcard' | 'longest-suffix';
  /** The authorities of which every client must show a certificate; null asks for none. */
  readonly clientAuthorityId: string | null;
  /** Whether clients of HTTP may speak HTTP/2. */
  readonly http2: boolean;
}

/** A certificate as listeners name it. It holds a private key: it is never to be logged or reported. */
export interface CertificateConfiguration {
  readonly id: string;
  /** PEM: the server's certificate and those that issued it, or the authorities of clients. */
  readonly chain: string;
  /** PEM without a password; null for authorities, and when the control plane itself could not read it. */
  readonly key: string | null;
  /** The host names that it is for, in lower case; the first label may be `*`. */
  readonly names: readonly string[];
}

/** Which clients may connect: only those listed, or all but those. An empty list admits nobody, or everybody. */
export interface AccessControl {
  readonly allowsListed: boolean;
  /** Closed ranges of addresses, each of one family. */
  readonly ranges: readonly { readonly first: string; readonly last: string }[];
}

/** That what clients ask is written down, and for whom. */
export interface AccessLogSettings {
  /** The log stream of the logtank. */
  readonly topicId: string;
  readonly projectId: string;
}

/** One port on which clients are served. */
export interface ListenerConfiguration {
  readonly id: string;
  readonly loadBalancerId: string;
  /** Where the load balancer can be reached from outside its network, for `load-balancer-public-address`. */
  readonly publicAddress: string | null;
  /** The load balancer's own addresses, IPv4 and IPv6 literals; empty when it has none. */
  readonly addresses: readonly string[];
  /** Whether the port is one of connections or one of datagrams; the two are apart. */
  readonly transport: 'tcp' | 'udp';
  readonly port: number;
  /** Null admits every client. Connections that are established stay when it changes. */
  readonly access: AccessControl | null;
  /** The pool that serves the listener, or null: HTTP answers 503, TCP closes, UDP drops. */
  readonly poolId: string | null;
  /** How long an idle client connection, or session of datagrams, is kept; 0 on HTTP closes after each response. */
  readonly keepaliveTimeoutMs: number;
  /** Null for a listener that passes bytes or datagrams on as they are. */
  readonly http: HttpListenerSettings | null;
  /** Null when clients speak no TLS. */
  readonly tls: TlsSettings | null;
  /** Left out where nothing is logged. */
  readonly accessLog?: AccessLogSettings;
}

export type Algorithm = 'round-robin' | 'least-connections' | 'source-ip' | 'connection-id';

/** Some bytes of a QUIC connection id, counted from its first. */
export interface ConnectionIdSlice {
  readonly offset: number;
  readonly length: number;
}

/** How a pool of HTTP keeps clients with the member they met first. */
export interface PoolSessions extends CookieSessions {
  /** The application's own cookie: a session lasts while the client has it. Null for sessions without one. */
  readonly applicationCookie: string | null;
}

/** A group of members without the members themselves, which travel one by one. */
export interface PoolConfiguration {
  readonly id: string;
  /** Fixed for an id, as is `tls`. */
  readonly protocol: 'tcp' | 'udp' | 'http';
  /** Whether its members are spoken to over TLS; their certificates are not checked. */
  readonly tls: boolean;
  readonly algorithm: Algorithm;
  /** What `connection-id` goes by; null for every other algorithm. */
  readonly connectionIdSlice: ConnectionIdSlice | null;
  /** Null when every request may go to another member. */
  readonly sessions: PoolSessions | null;
}

/** One backend of a pool. */
export interface MemberConfiguration {
  readonly id: string;
  /** IPv4 or IPv6 literal. */
  readonly address: string;
  /** 0 means the port of the listener that the client came through. */
  readonly port: number;
  /** 0 to 100; 0 gets nothing new and finishes what it has. `source-ip` reads only 0 or not 0. */
  readonly weight: number;
  /** False while the health monitor's verdict is against it, or its server is stopped or gone: nothing new is sent. */
  readonly healthy: boolean;
  /** True keeps it back until nobody else of the pool may serve, or may be tried any more. */
  readonly standby: boolean;
}

/** Things put (created or replaced whole) and removed by id. */
export interface Changes<T> {
  readonly put: readonly T[];
  readonly remove: readonly string[];
}

/** The changes among one pool's members. */
export interface MemberChanges extends Changes<MemberConfiguration> {
  readonly poolId: string;
}

/**
 * One step from a revision of the configuration to a later one.
 *
 * With `base` null it is a snapshot: what it does not put no longer exists. Otherwise it applies only to a
 * proxy whose revision is exactly `base`. Within one delta certificates come first, then pools, members, policies,
 * listeners, so that nothing ever names what is not there yet; removals go the other way round. Removing a pool removes
 * its members. A policy may be there without its listener, while that is not to be served. A listener that is put has its
 * certificates put beside it; one that no listener names any more is forgotten, so keys are only where they are used.
 */
export interface ConfigurationDelta {
  /** Which store the revisions belong to: a proxy that moves to another store starts from a snapshot. */
  readonly source: string;
  readonly base: number | null;
  readonly revision: number;
  readonly certificates: { readonly put: readonly CertificateConfiguration[] };
  readonly pools: Changes<PoolConfiguration>;
  readonly members: readonly MemberChanges[];
  readonly policies: Changes<PolicyConfiguration>;
  readonly listeners: Changes<ListenerConfiguration>;
}

/** Whether a listener accepts connections at every address it should. */
export type ListenerState =
  | { readonly id: string; readonly state: 'listening' }
  | { readonly id: string; readonly state: 'failed'; readonly reason: string };

/** What a proxy tells the control plane of itself, whenever one of these changes. */
export interface ProxyReport {
  readonly source: string;
  /** The revision that every worker of the proxy runs. */
  readonly revision: number;
  /** The listeners whose state changed since the last report on this connection; all of them in the first. */
  readonly listeners: readonly ListenerState[];
  /** The ids of listeners that are no more. */
  readonly removed: readonly string[];
  /** What it has counted of its traffic, every few seconds. Control planes that do not know it pass it over. */
  readonly traffic?: TrafficReport;
}

/** The configuration stream is opened by an upgrade to this protocol at this path. */
export const streamPath = '/elbow/v1/proxies/stream';
export const streamProtocol = 'elbow-configuration';

/**
 * Each end of the stream writes one JSON value a line, and at least an empty line within this time; one that hears
 * nothing for three times as long takes the other for dead.
 */
export const heartbeatMs = 5000;
