/**
 * What a proxy counts: the counters of a listener, a member and a pool, and where each stands in its array. Arrays of
 * doubles are added to in place, which costs a request neither an object nor a look-up.
 */

/** What clients and a listener exchanged. A datagram session counts as a connection. */
export const listenerCounters = {
  connectionsOpened: 0,
  connectionsClosed: 1,
  /** By the access control of the listener. */
  connectionsRefused: 2,
  bytesReceived: 3,
  bytesSent: 4,
  /** Requests by the first digit of the status they were answered with; 4xx has those whose client left (499). */
  requests1xx: 5,
  requests2xx: 6,
  requests3xx: 7,
  requests4xx: 8,
  requests5xx: 9,
} as const;

/** What a member and the proxy exchanged. */
export const memberCounters = {
  connectionsOpened: 0,
  connectionsClosed: 1,
  bytesReceived: 2,
  bytesSent: 3,
  /** Answers by the first digit of their status. */
  answers1xx: 4,
  answers2xx: 5,
  answers3xx: 6,
  answers4xx: 7,
  answers5xx: 8,
  /** Requests and connections that went on to another member, or another connection, after this one failed them. */
  retries: 9,
  /** Connections that were refused, or not accepted in time. */
  failuresConnect: 10,
  /** Requests that were not answered in time. */
  failuresTimeout: 11,
  /** Connections that ended in the middle of an answer, or before it. */
  failuresReset: 12,
  /** Answers that are no valid HTTP. */
  failuresInvalid: 13,
  /** Answers by their time, from the request's last write to their head; each stands in one bucket only. */
  answersWithin5ms: 14,
  answersWithin25ms: 15,
  answersWithin100ms: 16,
  answersWithin500ms: 17,
  answersWithin2500ms: 18,
  answersWithin10s: 19,
  answersLater: 20,
  answerMilliseconds: 21,
} as const;

/** A pool has the sums of its members, those that are gone too, and what no member had a part in. */
export const poolCounters = {
  ...memberCounters,
  /** Requests and connections for which there was no member. */
  unserved: 22,
} as const;

/** What a proxy counts of itself. */
export const proxyCounters = {
  /** Of the access log. */
  linesWritten: 0,
  linesDropped: 1,
} as const;

/** The upper bounds of the buckets but the last, in milliseconds. */
export const answerBoundsMs = [5, 25, 100, 500, 2500, 10_000] as const;

export const countersOf = {
  listener: listenerCounters,
  pool: poolCounters,
  member: memberCounters,
  proxy: proxyCounters,
} as const;

export type TrafficKind = keyof typeof countersOf;

export const trafficKinds = Object.keys(countersOf) as TrafficKind[];

/** The counters of one thing since its proxy, or the worker, began. */
export interface TrafficRow {
  readonly kind: TrafficKind;
  readonly id: string;
  /** The load balancer of a listener, the pool of a member; empty for others. */
  readonly parentId: string;
  /** In the order of `countersOf` the kind. */
  readonly values: readonly number[];
}

export function zeroes(kind: TrafficKind): Float64Array {
  return new Float64Array(Object.keys(countersOf[kind]).length);
}
