import { setTimeout as wait } from 'node:timers/promises';

/** Waits for something that announces itself in no other way than by being asked; fails after `withinMs`. */
export async function until(isSo: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not so within ${withinMs} ms: ${isSo}`);
    await wait(10);
  }
}
