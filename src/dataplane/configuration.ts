/**
 * The configuration: everything a proxy must know to carry traffic, and nothing of the API it came from.
 * The control plane compiles it from stored state; every engine reads only this.
 *
 * All of it is deeply readonly: a changed listener, pool or member replaces the old one whole.
 */

/** What the proxy writes into a header of the request it forwards. */
export type HeaderSource =
  | 'client-address'
  | 'client-port'
  | 'host'
  | 'listener-port'
  | 'listener-protocol'
  | 'load-balancer-id'
  | 'load-balancer-public-address';

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
}

/** Which clients may connect: only those listed, or all but those. An empty list admits nobody, or everybody. */
export interface AccessControl {
  readonly allowsListed: boolean;
  /** Closed ranges of addresses, each of one family. */
  readonly ranges: readonly { readonly first: string; readonly last: string }[];
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
}

export type Algorithm = 'round-robin' | 'least-connections' | 'source-ip' | 'connection-id';

/** Some bytes of a QUIC connection id, counted from its first. */
export interface ConnectionIdSlice {
  readonly offset: number;
  readonly length: number;
}

/** A group of members without the members themselves, which travel one by one. */
export interface PoolConfiguration {
  readonly id: string;
  readonly protocol: 'tcp' | 'udp' | 'http';
  readonly algorithm: Algorithm;
  /** What `connection-id` goes by; null for every other algorithm. */
  readonly connectionIdSlice: ConnectionIdSlice | null;
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
  /** False while the health monitor's verdict is against it: nothing new is sent. */
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
 * proxy whose revision is exactly `base`. Within one delta pools come first, then members, then listeners, so
 * that nothing ever names what is not there yet; removals go the other way round. Removing a pool removes its
 * members.
 */
export interface ConfigurationDelta {
  /** Which store the revisions belong to: a proxy that moves to another store starts from a snapshot. */
  readonly source: string;
  readonly base: number | null;
  readonly revision: number;
  readonly pools: Changes<PoolConfiguration>;
  readonly members: readonly MemberChanges[];
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
}

/** The configuration stream is opened by an upgrade to this protocol at this path. */
export const streamPath = '/elbow/v1/proxies/stream';
export const streamProtocol = 'elbow-configuration';

/**
 * Each end of the stream writes one JSON value a line, and at least an empty line within this time; one that hears
 * nothing for three times as long takes the other for dead.
 */
export const heartbeatMs = 5000;
