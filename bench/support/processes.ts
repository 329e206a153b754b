/** What Linux tells of processes under /proc. */
import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ: the unit of times in /proc, the same on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** A process and all its descendants; empty when it has ended. */
export function processTree(pid: number): number[] {
  const tree = [pid];
  for (const parent of tree) {
    try {
      for (const thread of readdirSync(`/proc/${parent}/task`)) {
        const children = readFileSync(`/proc/${parent}/task/${thread}/children`, 'utf8');
        tree.push(...children.split(' ').filter(Boolean).map(Number));
      }
    } catch {
      if (parent === pid) return [];
    }
  }
  return tree;
}

/**
 * The processor time, user and system, that a process has spent on all its threads, in seconds.
 *
 * The two are summed because their sum follows the scheduler's exact clock; the split between them is sampled.
 */
export function processorSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The command's name, in parentheses, may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** The processor time of a process and all its descendants, in seconds. */
export function treeProcessorSeconds(pid: number): number {
  return processTree(pid)
    .map(processorSeconds)
    .reduce((sum, seconds) => sum + seconds, 0);
}

/**
 * The resident memory of a process, in bytes.
 *
 * @param withDescendants whether that of the processes it has started counts too
 */
export function residentBytes(pid: number, withDescendants = true): number {
  return (withDescendants ? processTree(pid) : [pid])
    .map((each) => /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${each}/status`, 'utf8'))?.[1])
    .reduce((sum, kilobytes) => sum + Number(kilobytes ?? 0) * 1024, 0);
}

/** How many files and sockets this process may have open. */
export function openFileLimit(): number {
  const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
}

/** Whether a process with this text in its command line runs under this id. */
export function runs(pid: number, text: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
  } catch {
    return false;
  }
}
