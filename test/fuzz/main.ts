/**
 * `npm run fuzz`: a hundred thousand requests to a process of the product, and what becomes of its memory and store.
 * ELBOW_FUZZ_REQUESTS and ELBOW_FUZZ_SEED set how many requests, and which.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stringify } from 'yaml';
import { ElbowProcess } from '../support/elbow-process.ts';
import { until } from '../support/until.ts';
import { fuzz } from './campaign.ts';
import { inventory } from './ground.ts';
import { rowsOf } from './store-rows.ts';

const { ELBOW_FUZZ_REQUESTS: requests = '100000', ELBOW_FUZZ_SEED: seed } = process.env;

/** What a process may have gained since its first ten thousand requests, which fill its caches; in MiB. */
const maxGrowth = { heapUsed: 24, rss: 160 };

interface Memory {
  readonly heapUsed: number;
  readonly rss: number;
}

/** In MiB, after a collection of garbage. */
async function memoryOf(elbow: ElbowProcess): Promise<Memory> {
  const before = elbow.log.length;
  process.kill(elbow.pid ?? 0, 'SIGUSR2');
  const report = () => /\{"memory":(\{.*?\})\}/.exec(elbow.log.slice(before))?.[1];
  await until(() => report() !== undefined);
  const { heapUsed, rss } = JSON.parse(report() ?? '') as Memory;
  return { heapUsed: heapUsed / 2 ** 20, rss: rss / 2 ** 20 };
}

const directory = mkdtempSync(join(tmpdir(), 'elbow-fuzz-'));
const config = join(directory, 'elbow.yaml');
writeFileSync(config, stringify(inventory));
const reporter = pathToFileURL(join(import.meta.dirname, 'memory-reporter.ts')).href;
try {
  await using elbow = await ElbowProcess.start(['--no-proxy', '--config', config], {
    NODE_OPTIONS: `--import ${reporter}`,
  });
  const pid = elbow.pid;
  const memory: Memory[] = [];
  const watch = async (sent: number) => {
    const now = await memoryOf(elbow);
    memory.push(now);
    console.log(`${sent} requests: heap ${now.heapUsed.toFixed(1)} MiB, rss ${now.rss.toFixed(1)} MiB`);
  };
  await watch(0);
  const startedAt = performance.now();
  const report = await fuzz({
    url: elbow.api.url,
    requests: Number(requests),
    seed: seed === undefined ? undefined : Number(seed),
    onProgress: watch,
  });
  const seconds = (performance.now() - startedAt) / 1000;
  await watch(report.sent);
  assert.equal(elbow.pid, pid, 'the process is the one that was started');
  console.log(`${report.sent} requests of ${report.operations} operations in ${seconds.toFixed(0)} s`);
  console.log(
    `answers by status: ${[...report.statuses]
      .sort()
      .map(([status, n]) => `${status}: ${n}`)
      .join(', ')}`,
  );
  console.log(`writes that were done: ${report.writes}`);
  console.log(`never done: ${report.neverDone.join('; ') || 'nothing'}`);
  console.log(
    `complaints on standard error: ${elbow.log.split('\n').filter((line) => /"level":(40|50|60)/.test(line)).length}`,
  );
  for (const [table, rows] of rowsOf(elbow.directory)) console.log(`rows of ${table}: ${rows}`);
  const [settled, last] = [memory[Math.min(1, memory.length - 1)], memory.at(-1)];
  for (const key of ['heapUsed', 'rss'] as const) {
    const growth = (last?.[key] ?? 0) - (settled?.[key] ?? 0);
    assert.ok(growth < maxGrowth[key], `${key} has grown by ${growth.toFixed(1)} MiB`);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
