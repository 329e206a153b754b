import type { Clock } from './clock.ts';
import type { FailureReason } from './probe.ts';
import type { Verdict } from './thresholds.ts';

/** A verdict that somebody wants of a member, whatever its probes show. */
export interface ForcedVerdict {
  readonly verdict: Verdict;
  /** Why it is OFFLINE, when it is. */
  readonly reason: FailureReason;
  /** How long to wait before it shows. */
  readonly delayMs: number;
  /** How long until it turns into the other verdict, and back, and so on; null to stay. */
  readonly flapMs: number | null;
}

/** Told of a verdict; the reason is null when it is ONLINE. */
type Tell = (verdict: Verdict, reason: FailureReason | null) => void;

/** Keeps the verdicts that are forced on members, and tells of each when its time has come. */
export class ForcedVerdicts {
  readonly #clock: Clock;
  /** What ends the wait for the next turn of each. */
  readonly #waits = new Map<string, () => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  has(memberId: string): boolean {
    return this.#waits.has(memberId);
  }

  /** @param tell told of each verdict when its time has come */
  force(memberId: string, forced: ForcedVerdict, tell: Tell): void {
    this.end(memberId);
    if (forced.delayMs === 0) {
      this.#show(memberId, forced, tell);
      return;
    }
    const show = () => this.#show(memberId, forced, tell);
    this.#waits.set(memberId, this.#clock.setTimer(forced.delayMs, show));
  }

  end(memberId: string): void {
    this.#waits.get(memberId)?.();
    this.#waits.delete(memberId);
  }

  stop(): void {
    for (const memberId of [...this.#waits.keys()]) this.end(memberId);
  }

  #show(memberId: string, forced: ForcedVerdict, tell: Tell): void {
    const { verdict, reason, flapMs } = forced;
    const other: ForcedVerdict = { ...forced, verdict: verdict === 'ONLINE' ? 'OFFLINE' : 'ONLINE' };
    const wait =
      flapMs === null ? () => {} : this.#clock.setTimer(flapMs, () => this.#show(memberId, other, tell));
    this.#waits.set(memberId, wait);
    tell(verdict, verdict === 'OFFLINE' ? reason : null);
  }
}
