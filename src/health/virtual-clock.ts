import { type Clock, systemClock } from './clock.ts';

interface Timer {
  readonly dueAt: number;
  readonly callback: () => void;
  /** Ends the wait for it in real time. */
  cancel: () => void;
}

/**
 * A clock that runs as the system's does, and can be moved forward besides: what was to happen meanwhile happens, in
 * its order, with as much time between as those who are waited for need.
 */
export class VirtualClock implements Clock {
  readonly #system: Clock;
  readonly #timers = new Set<Timer>();
  #aheadMs = 0;
  #moving: Promise<void> = Promise.resolve();

  constructor(system: Clock = systemClock) {
    this.#system = system;
  }

  now(): number {
    return this.#system.now() + this.#aheadMs;
  }

  date(): Date {
    return new Date(this.#system.date().getTime() + this.#aheadMs);
  }

  setTimer(delayMs: number, callback: () => void): () => void {
    const timer: Timer = { dueAt: this.now() + delayMs, callback, cancel: () => {} };
    timer.cancel = this.#system.setTimer(delayMs, () => this.#fire(timer));
    this.#timers.add(timer);
    return () => {
      timer.cancel();
      this.#timers.delete(timer);
    };
  }

  /**
   * Moves on by so much. Two moves follow one another.
   *
   * @param settle awaited after each thing that happened, before time goes on
   */
  advance(ms: number, settle: () => Promise<void>): Promise<void> {
    this.#moving = this.#moving.then(() => this.#move(ms, settle));
    return this.#moving;
  }

  async #move(ms: number, settle: () => Promise<void>): Promise<void> {
    let leftMs = ms;
    for (;;) {
      const next = this.#next();
      const stepMs = next ? Math.max(0, next.dueAt - this.now()) : leftMs;
      if (!next || stepMs > leftMs) break;
      leftMs -= stepMs;
      this.#aheadMs += stepMs;
      this.#fire(next);
      await settle();
    }
    this.#aheadMs += leftMs;
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) if (!next || timer.dueAt < next.dueAt) next = timer;
    return next;
  }

  #fire(timer: Timer): void {
    timer.cancel();
    if (this.#timers.delete(timer)) timer.callback();
  }
}
