import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { blocksOf, runInBash } from './support/documented-commands.ts';
import { ElbowProcess } from './support/elbow-process.ts';
import { freePort } from './support/free-port.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** The commands of the tour, in order. */
function tourCommands(): string {
  const tour = readme.slice(readme.indexOf('## A five-minute tour'), readme.indexOf('## Pointing a client'));
  return blocksOf(tour, 'sh').join('\n');
}

/** The commands on ports of this test's own, so that nothing else on the machine meets them. */
async function onFreePorts(commands: string): Promise<string> {
  let moved = commands;
  for (const port of [8001, 8002, 8003, 8004, 8080]) {
    moved = moved.replaceAll(String(port), String(await freePort()));
  }
  return moved;
}

test('the tour of the README works as printed', async () => {
  await using elbow = await ElbowProcess.start();
  const folder = mkdtempSync(join(tmpdir(), 'elbow-tour-'));
  symlinkSync(elbow.directory, join(folder, 'elbow-data'));
  const commands = await onFreePorts(tourCommands().replace('http://127.0.0.1:9696', elbow.api.url));
  const output = await runInBash(commands, folder);
  rmSync(folder, { recursive: true });

  const counts = [...output.matchAll(/^ +(\d+) (one|two|three)$/gm)].map(
    ([, count, name]) => `${name} ${count}`,
  );
  assert.deepEqual(counts, ['one 30', 'three 10', 'two 20', 'one 30', 'three 10']);
  assert.match(output, /"reason_code":"CONNECT_REFUSED"/);
  const printed = /\{"error_code".*expected[^"]*"/.exec(readme)?.[0];
  assert.ok(printed && output.includes(printed), output);
});
