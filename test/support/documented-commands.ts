/** The shell commands that a page of the documentation shows, and running them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The blocks of one kind on a page, in order; `sh` for commands, nothing for what they print. */
export function blocksOf(page: string, kind: string): string[] {
  const blocks = [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)];
  return blocks.filter(([, own]) => own === kind).map(([, , text = '']) => text);
}

/** Runs commands in a folder and returns what they print. */
export async function runInBash(commands: string, folder: string): Promise<string> {
  // Job control gives `kill %2` its meaning; what runs in the background ends with the shell.
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
