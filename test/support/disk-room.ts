/** A full disk, simulated for one process: no file of its may grow. Linux only. */
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ElbowProcess } from './elbow-process.ts';

const run = promisify(execFile);

/** Lets the database's log grow no further. */
export async function fillDisk({ pid, directory }: ElbowProcess): Promise<void> {
  const { size } = statSync(join(directory, 'elbow.db-wal'));
  await run('prlimit', ['--pid', String(pid), `--fsize=${size}:unlimited`]);
}

export async function makeRoom({ pid }: ElbowProcess): Promise<void> {
  await run('prlimit', ['--pid', String(pid), '--fsize=unlimited:unlimited']);
}
