/** A table of file descriptors that is full, simulated for one process: it can open nothing more. Linux only. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import type { ElbowProcess } from './elbow-process.ts';

const run = promisify(execFile);

/** Lets the process open nothing beyond the lowest free number, and leaves it what it has. */
export async function exhaustDescriptors({ pid }: ElbowProcess): Promise<void> {
  const taken = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
  let free = 0;
  while (taken.has(free)) free++;
  await run('prlimit', ['--pid', String(pid), `--nofile=${free}:`]);
}

export async function restoreDescriptors({ pid }: ElbowProcess): Promise<void> {
  await run('prlimit', ['--pid', String(pid), '--nofile=1024:']);
}
