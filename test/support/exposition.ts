import assert from 'node:assert/strict';

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Metrics as Prometheus would read them; what it would refuse, and a series that comes twice, is an error. */
export class Exposition {
  readonly text: string;
  /** Of families. */
  readonly names = new Set<string>();
  readonly samples: Sample[] = [];
  readonly families: { readonly name: string; readonly type: string }[] = [];

  constructor(text: string) {
    this.text = text;
    assert.ok(text === '' || text.endsWith('\n'), 'the last line has its end');
    const seen = new Set<string>();
    for (const line of text.split('\n').slice(0, -1)) {
      const [, comment, family = '', rest = ''] = /^# (HELP|TYPE) ([a-z_]+) (\S+)/.exec(line) ?? [];
      if (comment === 'HELP') assert.ok(!this.names.has(family), `${family} comes twice`);
      if (comment === 'TYPE') this.families.push({ name: family, type: rest });
      if (comment !== undefined) {
        this.names.add(family);
        continue;
      }
      const sample = parseSample(line);
      const series = `${sample.name}${JSON.stringify(sample.labels)}`;
      assert.ok(!seen.has(series), `${series} comes twice`);
      seen.add(series);
      this.samples.push(sample);
    }
  }

  /** Of the only series by that name that has these labels, beside others; undefined when there is none. */
  value(name: string, labels: Readonly<Record<string, string>>): number | undefined {
    const found = this.samples.filter(
      (sample) =>
        sample.name === name &&
        Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    );
    assert.ok(found.length <= 1, `${name} of ${JSON.stringify(labels)} is not one series`);
    return found[0]?.value;
  }
}

function parseSample(line: string): Sample {
  const [, name, braced = '', value] =
    /^([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\]|\\["\\n])*",?)*)\})? (\S+)$/.exec(line) ?? [];
  assert.ok(name !== undefined && !Number.isNaN(Number(value)), `not a sample: ${line}`);
  const pairs = [...braced.matchAll(/([a-z_]+)="((?:[^"\\]|\\["\\n])*)"/g)];
  const labels = pairs.map(([, label, text = '']) => [
    label,
    text.replaceAll(/\\(["\\n])/g, (_escape, char) => (char === 'n' ? '\n' : char)),
  ]);
  return { name, labels: Object.fromEntries(labels), value: Number(value) };
}
