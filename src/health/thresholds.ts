import type { FailureReason, ProbeResult } from './probe.ts';

/** What the thresholds have made of a member's probes. */
export type Verdict = 'ONLINE' | 'OFFLINE';

/**
 * A member's health.
 *
 *              passed                    max_retries_down × failed in a row
 *     INITIAL ────────▶ ONLINE ──────────────────────────────────────▶ OFFLINE
 *        │                ▲         max_retries × passed in a row       │ ▲
 *        │                └─────────────────────────────────────────────┘ │
 *        └────────────────────────────────────────────────────────────────┘
 *                        max_retries_down × failed in a row
 */
export interface MemberHealth {
  readonly verdict: 'INITIAL' | Verdict;
  /** Why the last probe failed; null unless OFFLINE. */
  readonly reason: FailureReason | null;
  /** How many results in a row spoke against the verdict. */
  readonly against: number;
}

/** How many results in a row change a verdict (the monitor's fields of these names). */
export interface Thresholds {
  readonly max_retries: number;
  readonly max_retries_down: number;
}

export const initialHealth: MemberHealth = { verdict: 'INITIAL', reason: null, against: 0 };

/** The health after one more result; the same object when nothing changed. */
export function nextHealth(health: MemberHealth, result: ProbeResult, thresholds: Thresholds): MemberHealth {
  switch (result.kind) {
    case 'inconclusive':
      return health;
    case 'passed':
      return afterPass(health, thresholds.max_retries);
    case 'failed':
      return afterFailure(health, result.reason, thresholds.max_retries_down);
  }
}

function afterPass(health: MemberHealth, maxRetries: number): MemberHealth {
  if (health.verdict === 'OFFLINE' && health.against + 1 < maxRetries) {
    return { ...health, against: health.against + 1 };
  }
  return health.verdict === 'ONLINE' ? withoutDoubt(health) : { verdict: 'ONLINE', reason: null, against: 0 };
}

function afterFailure(health: MemberHealth, reason: FailureReason, maxRetriesDown: number): MemberHealth {
  if (health.verdict === 'OFFLINE') {
    return isSameReason(health.reason, reason) ? withoutDoubt(health) : { ...health, reason, against: 0 };
  }
  const against = health.against + 1;
  return against < maxRetriesDown ? { ...health, against } : { verdict: 'OFFLINE', reason, against: 0 };
}

/** The same verdict with the count of results against it begun anew. */
export function withoutDoubt(health: MemberHealth): MemberHealth {
  return health.against === 0 ? health : { ...health, against: 0 };
}

/** Whether users would see no difference between two states. */
export function isSameVerdict(a: MemberHealth, b: MemberHealth): boolean {
  return a.verdict === b.verdict && isSameReason(a.reason, b.reason);
}

function isSameReason(a: FailureReason | null, b: FailureReason | null): boolean {
  return (
    a?.reason_code === b?.reason_code &&
    a?.expected_response === b?.expected_response &&
    a?.healthcheck_response === b?.healthcheck_response
  );
}
