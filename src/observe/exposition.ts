/** Metrics as Prometheus reads them (text format 0.0.4). */

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
  /** What stands behind the name of the family, as `_sum` of a histogram. */
  readonly suffix?: string;
}

/** All samples of one name. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: readonly Sample[];
}

export const expositionType = 'text/plain; version=0.0.4; charset=utf-8';

/** Families without a sample are left out. */
export function exposition(families: readonly Family[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, type, samples }) => {
      const lines = samples.map(
        ({ labels, value, suffix = '' }) => `${name}${suffix}${labelText(labels)} ${value}\n`,
      );
      return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
    })
    .join('');
}

/** The samples of a histogram whose buckets do not contain each other yet. */
export function histogramSamples(
  labels: Labels,
  buckets: readonly number[],
  bounds: readonly number[],
  sum: number,
): Sample[] {
  let total = 0;
  const samples: Sample[] = buckets.map((value, index) => {
    total += value;
    return { labels: { ...labels, le: String(bounds[index] ?? '+Inf') }, value: total, suffix: '_bucket' };
  });
  return [...samples, { labels, value: sum, suffix: '_sum' }, { labels, value: total, suffix: '_count' }];
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** Names are their owners' own text: none may pass for another label, or another line. */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
