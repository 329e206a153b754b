import type { Family } from '../observe/exposition.ts';
import { Histogram, secondsBounds } from '../observe/histogram.ts';

/** How the calls of the API went. */
export class CallMetrics {
  readonly #durations = new Histogram(
    'elbow_api_call_seconds',
    'Calls of the API by operation and status, and how long they took.',
    secondsBounds,
  );

  /** @param operation as CreateMember; empty for a call of none */
  note(operation: string, status: number, elapsedMs: number): void {
    this.#durations.observe(elapsedMs / 1000, { operation, status: String(status) });
  }

  families(): Family[] {
    return [this.#durations.family()];
  }
}
