import type { Family } from '../observe/exposition.ts';
import { Histogram, secondsBounds } from '../observe/histogram.ts';
import type { MonitorType } from './monitor.ts';
import type { ProbeResult } from './probe.ts';

/** How probes went. */
export class ProbeMetrics {
  readonly #durations = new Histogram(
    'elbow_probe_seconds',
    'Probes of members by type and result, and how long they took.',
    secondsBounds,
  );

  note(type: MonitorType, { kind }: ProbeResult, elapsedMs: number): void {
    this.#durations.observe(elapsedMs / 1000, { type, result: kind });
  }

  families(): Family[] {
    return [this.#durations.family()];
  }
}
