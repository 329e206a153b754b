import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ElbowProcess } from './support/elbow-process.ts';
import { freePort } from './support/free-port.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** The commands of the tour, in order. */
function tourCommands(): string {
  const tour = readme.slice(readme.indexOf('## A five-minute tour'), readme.indexOf('## Pointing a client'));
  return [...tour.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block).join('\n');
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

async function runInBash(commands: string, folder: string): Promise<string> {
  // Job control gives `kill %2` its meaning; the members end with the shell.
  const script = `set -m\ntrap 'kill $(jobs -p) 2>/dev/null' EXIT\n${commands}`;
  const shell = spawn('bash', ['-c', script], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PATH: `${join(process.execPath, '..')}:${process.env['PATH']}` },
  });
  let output = '';
  shell.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  await once(shell, 'exit');
  return output;
}
