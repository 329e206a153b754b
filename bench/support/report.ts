/** Writes what was measured into `bench/README.md`, between its markers. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { mergeTable } from './table.ts';

const file = new URL('../README.md', import.meta.url);
const begin = '<!-- results: written by npm run bench -->';
const end = '<!-- end of results -->';

export interface Run {
  /** Every scenario's key, in order. */
  readonly keys: readonly string[];
  /** The lines of the scenarios that have run, by key. */
  readonly measured: ReadonlyMap<string, readonly string[]>;
  readonly generator: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly version: string;
  /** The part of the machine that others used meanwhile, 0 to 1. */
  readonly foreignShare: number;
}

/** @throws Error when the file has no markers */
export function writeReport(run: Run): void {
  const text = readFileSync(file, 'utf8');
  const [before, rest] = text.split(begin);
  const [earlier, after] = rest?.split(end) ?? [];
  if (before === undefined || earlier === undefined || after === undefined) {
    throw new Error(`bench/README.md has lost the markers ${begin} and ${end}`);
  }
  const table = mergeTable(run.keys, earlier, run.measured);
  writeFileSync(file, `${before}${begin}\n\n${summary(run)}\n\n${table}\n\n${end}${after}`);
}

function summary({ keys, measured, generator, rounds, seconds, version, foreignShare }: Run): string {
  const rows = measured.size === keys.length ? 'all rows' : `rows ${[...measured.keys()].join(', ')}`;
  const kernel = /^\d+\.\d+/.exec(release())?.[0] ?? release();
  const machine = `${cpus().length} processors, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${kernel}`;
  return [
    `Last run, ${new Date().toISOString().slice(0, 10)}: ${rows}; ${rounds} rounds of ${seconds} s.`,
    `Elbow ${version}, Node ${process.versions.node}, ${machine}; load by ${generator}.`,
    `Other work took about ${Math.round(foreignShare * 100)} % of the processors meanwhile.`,
  ].join('\n');
}
