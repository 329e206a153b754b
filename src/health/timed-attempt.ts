import { performance } from 'node:perf_hooks';
import { type Phase, resultOfTimeout } from './connection-failure.ts';
import { Deadline } from './deadline.ts';
import type { Attempt, ProbeResult } from './probe.ts';

/** An attempt with an end to its time, and one result: what all kinds of probes have in common. */
export abstract class TimedAttempt implements Attempt {
  readonly #finished: (result: ProbeResult) => void;
  readonly #startedAt = performance.now();
  readonly #deadline: Deadline;
  #over = false;
  /** How far it has come, which decides what a failure is called. */
  protected phase: Phase = 'connecting';

  constructor(timeoutMs: number, finished: (result: ProbeResult) => void) {
    this.#finished = finished;
    this.#deadline = new Deadline(timeoutMs, (stalled) =>
      this.finish(
        stalled ? { kind: 'inconclusive', cause: 'the event loop stood still' } : this.resultOfSilence(),
      ),
    );
  }

  stop(): void {
    if (!this.#over) {
      this.#over = true;
      this.#deadline.cancel();
      this.close();
    }
  }

  /** Gives back whatever the attempt holds; called once. */
  protected abstract close(): void;

  /** What it says of the member when the time is over. */
  protected resultOfSilence(): ProbeResult {
    return resultOfTimeout(this.phase);
  }

  protected get isOver(): boolean {
    return this.#over;
  }

  protected pass(): void {
    this.finish({ kind: 'passed', latencyMs: performance.now() - this.#startedAt });
  }

  /** Ends the attempt with its result; what comes later is not told. */
  protected finish(result: ProbeResult): void {
    if (!this.#over) {
      this.stop();
      this.#finished(result);
    }
  }
}
