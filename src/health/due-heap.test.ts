import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DueHeap } from './due-heap.ts';

describe('the heap of what is due', () => {
  it('always has the earliest first, whatever was added and taken out', () => {
    const step = fc.record({ item: fc.nat(30), dueAt: fc.nat(50) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
        const items = Array.from({ length: 31 }, () => ({ dueAt: 0, heapIndex: -1 }));
        const heap = new DueHeap<(typeof items)[number]>();
        const inside = new Set<(typeof items)[number]>();
        for (const { item: index, dueAt } of steps) {
          const item = items[index];
          assert.ok(item);
          heap.delete(item);
          if (!inside.delete(item)) {
            item.dueAt = dueAt;
            heap.add(item);
            inside.add(item);
          }
          const earliest = inside.size === 0 ? undefined : Math.min(...[...inside].map((each) => each.dueAt));
          assert.equal(heap.first?.dueAt, earliest);
        }
      }),
    );
  });
});
