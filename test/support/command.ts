/** Runs `elbow` with some arguments to its end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/**
 * A command that has not ended by itself is told to, so that it ends its proxy too; its code is then no error's.
 *
 * @param patienceMs how long it may run
 */
export async function runElbow(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  patienceMs = 10_000,
): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...environment },
    timeout: patienceMs,
    killSignal: 'SIGTERM',
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const [code] = await once(child, 'close');
  return { code, output, errors };
}
