/** How much of the machine others use while we measure: what a reader must know to trust a figure. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const ticksPerSecond = 100;

export class ForeignLoad {
  readonly #startedAt = performance.now();
  readonly #machineBefore = machineSeconds();
  readonly #oursBefore = ourSeconds();

  /**
   * The part of all processors, 0 to 1, that processes took which are neither ours nor our children's. Children
   * count once they have ended; interrupts are left out, since most of them are our own network traffic.
   */
  share(): number {
    const others = machineSeconds() - this.#machineBefore - (ourSeconds() - this.#oursBefore);
    const seconds = (performance.now() - this.#startedAt) / 1000;
    return Math.max(0, others / seconds / availableParallelism());
  }
}

/** The processor time of all processes: user, nice and system of the line of all processors. */
function machineSeconds(): number {
  const [, user, nice, system] = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').split(/\s+/);
  return (Number(user) + Number(nice) + Number(system)) / ticksPerSecond;
}

/** utime, stime, and both of the children that have ended. */
function ourSeconds(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond;
}
