import type { FailureReason } from '../model/member.ts';

export type { FailureReason };

export type ReasonCode = FailureReason['reason_code'];

/** What one attempt showed. */
export type ProbeResult =
  /** `latencyMs` is null where silence was the good sign. */
  | { readonly kind: 'passed'; readonly latencyMs: number | null }
  | { readonly kind: 'failed'; readonly reason: FailureReason }
  /** The fault was on our side (no socket to be had, a stalled event loop): it says nothing of the member. */
  | { readonly kind: 'inconclusive'; readonly cause: string };

/** Where and how long to probe. */
export interface ProbeTarget {
  /** IPv4 or IPv6 literal. */
  readonly address: string;
  readonly port: number;
  /** What HTTP sends as Host; an IPv6 literal stands here without brackets. */
  readonly host: string;
  /** For the whole attempt. */
  readonly timeoutMs: number;
}

/** An attempt under way. */
export interface Attempt {
  /** Ends it at once and silently: its result is never told. Harmless when it is over. */
  stop(): void;
}

/**
 * One way to probe, with the monitor's settings built in.
 *
 * It calls `finished` exactly once, after it has returned, unless it is stopped first. It never throws and leaves
 * no socket or timer behind.
 */
export type Probe = (target: ProbeTarget, finished: (result: ProbeResult) => void) => Attempt;

/** A failed result without codes to compare. */
export function failed(reason_code: ReasonCode): ProbeResult {
  return { kind: 'failed', reason: { reason_code, expected_response: null, healthcheck_response: null } };
}
