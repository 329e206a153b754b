import { performance } from 'node:perf_hooks';

/** Time as the scheduler sees it; tests hold their own. */
export interface Clock {
  /** The monotonic clock, in milliseconds. */
  now(): number;
  /** The date that people read. */
  date(): Date;
  /** Calls back once after `delayMs`, unless the returned function is called first. */
  setTimer(delayMs: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  setTimer(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
