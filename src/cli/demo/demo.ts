/** `elbow demo`: a load balancer at work in a minute, made through the public API, leaving no trace. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { helpText, readOptions } from '../options.ts';
import { DemoApi } from './api.ts';
import { DemoMember } from './member.ts';
import { tell } from './story.ts';

export async function demo(args: readonly string[]): Promise<void> {
  if (readOptions({}, args, process.env).help) {
    console.log(helpText('elbow demo', 'Shows a load balancer at work, and leaves no trace.', {}));
    return;
  }
  const directory = mkdtempSync(join(tmpdir(), 'elbow-demo-'));
  const serving = startElbow(directory);
  const members = await Promise.all([
    DemoMember.start('red', 3),
    DemoMember.start('green', 2),
    DemoMember.start('blue', 1),
  ]);
  // Elbow ends with the signal itself; what is under way here then fails and is cleaned up below.
  process.once('SIGINT', () => serving.kill('SIGTERM'));
  try {
    await tell(await DemoApi.open(await urlOf(serving), directory), members);
    console.log('\nEverything is stopped again, and nothing is left behind.');
  } finally {
    await Promise.all(members.map((member) => member.stop()));
    await stop(serving);
    rmSync(directory, { recursive: true, force: true });
  }
}

function startElbow(directory: string): ChildProcess {
  const main = fileURLToPath(new URL(`../main${extname(import.meta.url)}`, import.meta.url));
  const args = [
    main,
    'serve',
    '--listen',
    '127.0.0.1:0',
    '--data',
    directory,
    '--workers',
    '1',
    '--log-level',
    'error',
  ];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function urlOf({ stdout }: ChildProcess): Promise<string> {
  let output = '';
  for await (const text of stdout?.setEncoding('utf8').iterator({ destroyOnReturn: false }) ?? []) {
    output += text;
    const url = /ELB v3 API at (http:\S+)/.exec(output)?.[1];
    if (url) return url;
  }
  throw new Error('elbow serve ended before it served');
}

async function stop(serving: ChildProcess): Promise<void> {
  if (serving.exitCode !== null || serving.signalCode !== null) return;
  const exit = once(serving, 'exit');
  serving.kill('SIGTERM');
  await exit;
}
