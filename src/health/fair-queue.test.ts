import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FairQueue } from './fair-queue.ts';

function drain(queue: FairQueue<string, number>): number[] {
  const items: number[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
    items.push(item);
  }
  return items;
}

describe('the fair queue', () => {
  it('lets groups take turns and keeps the order within a group', () => {
    const queue = new FairQueue<string, number>();
    for (const item of [1, 2, 3, 4]) {
      queue.push('long', item);
    }
    queue.push('short', 10);
    queue.push('middle', 20);
    queue.push('middle', 21);
    assert.deepEqual(drain(queue), [1, 10, 20, 2, 21, 3, 4]);
    assert.equal(queue.isEmpty, true);
  });

  it('gives up an item from the middle, and its group with the last one', () => {
    const queue = new FairQueue<string, number>();
    queue.push('a', 1);
    queue.push('a', 2);
    queue.push('b', 3);
    queue.delete('a', 1);
    queue.delete('b', 3);
    queue.delete('b', 4);
    assert.deepEqual(drain(queue), [2]);
  });
});
