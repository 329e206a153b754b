import { type Family, histogramSamples, type Labels } from './exposition.ts';

interface Series {
  readonly labels: Labels;
  /** One more than there are bounds: the last is for what is above all of them. */
  readonly buckets: number[];
  sum: number;
}

/** Seconds that calls, commits and probes are told apart by. */
export const secondsBounds = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10] as const;

/** How often something took how much, by labels. */
export class Histogram {
  readonly #name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, Series>();

  /** @param bounds the upper bounds of the buckets but the last, ascending */
  constructor(name: string, help: string, bounds: readonly number[]) {
    this.#name = name;
    this.#help = help;
    this.#bounds = bounds;
  }

  /** @param labels always the same ones, in the same order, with few values */
  observe(value: number, labels: Labels = {}): void {
    const key = Object.values(labels).join('\n');
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { labels, buckets: Array(this.#bounds.length + 1).fill(0), sum: 0 };
      this.#series.set(key, series);
    }
    const above = this.#bounds.findIndex((bound) => value <= bound);
    const bucket = above === -1 ? this.#bounds.length : above;
    series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1;
    series.sum += value;
  }

  family(): Family {
    const samples = [...this.#series.values()].flatMap(({ labels, buckets, sum }) =>
      histogramSamples(labels, buckets, this.#bounds, sum),
    );
    return { name: this.#name, help: this.#help, type: 'histogram', samples };
  }
}
