import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { describe, it } from 'node:test';
import { Deadline } from './deadline.ts';

/** Keeps the event loop from running. */
function stall(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('a deadline', () => {
  it('comes after the whole time when the event loop runs', async () => {
    const startedAt = performance.now();
    const stalled = await new Promise((resolve) => new Deadline(800, resolve));
    assert.equal(stalled, false);
    const tookMs = performance.now() - startedAt;
    assert.ok(tookMs >= 800, `${tookMs} ms`);
  });

  it('knows of a stall, at its end or in its middle', async () => {
    const atTheEnd = new Promise((resolve) => new Deadline(80, resolve));
    const inTheMiddle = new Promise((resolve) => new Deadline(200, resolve));
    stall(150);
    assert.equal(await atTheEnd, true);
    assert.equal(await inTheMiddle, true);
  });

  it('never comes once cancelled', async () => {
    const calls: boolean[] = [];
    const deadline = new Deadline(10, (stalled) => calls.push(stalled));
    const later = new Promise((resolve) => new Deadline(40, resolve));
    deadline.cancel();
    await later;
    assert.deepEqual(calls, []);
  });
});
