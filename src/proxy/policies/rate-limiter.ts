import type { RateLimit } from '../../dataplane/policy-configuration.ts';

/** Clients that are remembered at once; beyond that those that have been away longest are forgotten. */
const MAX_CLIENTS = 50_000;

/**
 * Lets so many requests a second through, each worker for itself: in all, and of each client. Unused room lasts a
 * second, so that what comes unevenly within one is not refused; of one client `burst` more may come at once.
 */
export class RateLimiter {
  readonly #all: Bucket | null;
  readonly #limit: RateLimit;
  /** By address, the longest away first. */
  readonly #clients = new Map<string, Bucket>();

  constructor(limit: RateLimit) {
    this.#limit = limit;
    this.#all = limit.perSecond === 0 ? null : new Bucket(limit.perSecond, limit.perSecond);
  }

  /** @param now monotonic milliseconds */
  admits(clientAddress: string, now: number): boolean {
    if (this.#limit.perSecondOfClient > 0 && !this.#bucketOf(clientAddress).take(now)) return false;
    return this.#all === null || this.#all.take(now);
  }

  #bucketOf(address: string): Bucket {
    const { perSecondOfClient, burst } = this.#limit;
    const bucket = this.#clients.get(address) ?? new Bucket(perSecondOfClient, perSecondOfClient + burst);
    this.#clients.delete(address);
    this.#clients.set(address, bucket);
    if (this.#clients.size > MAX_CLIENTS) {
      for (const oldest of this.#clients.keys()) {
        this.#clients.delete(oldest);
        break;
      }
    }
    return bucket;
  }
}

/** Holds up to `capacity` and gains `perSecond`; each request takes one. */
class Bucket {
  readonly #perSecond: number;
  readonly #capacity: number;
  #held: number;
  #filledAt = Number.NEGATIVE_INFINITY;

  constructor(perSecond: number, capacity: number) {
    this.#perSecond = perSecond;
    this.#capacity = capacity;
    this.#held = capacity;
  }

  take(now: number): boolean {
    const gained = ((now - this.#filledAt) / 1000) * this.#perSecond;
    this.#held = Math.min(this.#capacity, this.#held + gained);
    this.#filledAt = now;
    if (this.#held < 1) return false;
    this.#held -= 1;
    return true;
  }
}
