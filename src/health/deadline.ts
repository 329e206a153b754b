import { performance } from 'node:perf_hooks';

const SLICES = 4;

/**
 * The end of an attempt's time, which also knows whether the time was ours to use.
 *
 * The wait is cut into slices. If the event loop comes late to the end of one by more than a slice, it stood still
 * for a good part of the wait, and answers that came in time may lie unread: the attempt has shown nothing, and a
 * busy control plane must not take healthy members out of service.
 */
export class Deadline {
  readonly #sliceMs: number;
  readonly #expired: (stalled: boolean) => void;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #dueAt: number;
  #slicesLeft = SLICES;
  #stalled = false;

  /** `expired` is called once, `timeoutMs` from now or later, unless the deadline is cancelled first. */
  constructor(timeoutMs: number, expired: (stalled: boolean) => void) {
    this.#sliceMs = timeoutMs / SLICES;
    this.#expired = expired;
    this.#dueAt = performance.now();
    this.#nextSlice();
  }

  cancel(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
  }

  #nextSlice(): void {
    this.#dueAt += this.#sliceMs;
    this.#timer = setTimeout(() => this.#sliceEnded(), Math.max(1, this.#dueAt - performance.now()));
  }

  #sliceEnded(): void {
    // The event loop counts whole milliseconds, so a timer may come a little early.
    const leftMs = this.#dueAt - performance.now();
    if (leftMs > 0) {
      this.#timer = setTimeout(() => this.#sliceEnded(), Math.max(1, leftMs));
      return;
    }
    this.#slicesLeft--;
    this.#stalled ||= performance.now() - this.#dueAt > this.#sliceMs;
    if (this.#slicesLeft > 0) {
      this.#nextSlice();
    } else {
      // Timers run before the sockets are looked at: what has arrived by now still counts.
      this.#immediate = setImmediate(() => this.#expired(this.#stalled));
    }
  }
}
