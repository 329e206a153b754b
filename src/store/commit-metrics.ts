import type { Family } from '../observe/exposition.ts';
import { Histogram, secondsBounds } from '../observe/histogram.ts';

/** How transactions went: each is the work of all writers that waited for it. */
export class CommitMetrics {
  readonly #durations = new Histogram(
    'elbow_store_commit_seconds',
    'Transactions, and how long each took from its beginning until it was durable.',
    secondsBounds,
  );
  readonly #sizes = new Histogram(
    'elbow_store_commit_writers',
    'Writers that shared a transaction.',
    [1, 2, 4, 8, 16, 32, 64, 128],
  );
  #failures = 0;

  note(writers: number, elapsedMs: number): void {
    this.#durations.observe(elapsedMs / 1000);
    this.#sizes.observe(writers);
  }

  noteFailure(): void {
    this.#failures += 1;
  }

  families(): Family[] {
    return [
      this.#durations.family(),
      this.#sizes.family(),
      {
        name: 'elbow_store_commit_failures_total',
        help: 'Transactions that the database or the disk refused.',
        type: 'counter',
        samples: [{ labels: {}, value: this.#failures }],
      },
    ];
  }
}
