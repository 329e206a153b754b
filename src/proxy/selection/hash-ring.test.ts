import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HashRing, type Point } from './hash-ring.ts';
import { HASH_RANGE } from './text-hash.ts';

// A few places, so that points often meet, and the ends of the circle.
const place = fc.oneof(
  fc.nat(20).map((n) => (n * HASH_RANGE) / 21 - (((n * HASH_RANGE) / 21) % 1)),
  fc.constantFrom(0, 1, HASH_RANGE - 1),
  fc.maxSafeInteger().map((n) => Math.abs(n) % HASH_RANGE),
);

describe('the hash ring', () => {
  it('finds the successor that a sorted list gives, whatever was inserted and deleted', () => {
    const points = fc.array(place, { minLength: 1, maxLength: 150, size: 'max' });
    const steps = fc.array(fc.record({ index: fc.nat(149), from: place, excluded: fc.array(fc.nat(149)) }));
    fc.assert(
      fc.property(points, steps, (places, history) => {
        const all: Point<{ id: string }>[] = places.map((position, i) => ({
          member: { id: `m-${i}` },
          position,
          next: undefined,
        }));
        const ring = new HashRing<{ id: string }>();
        const inside = new Set<(typeof all)[number]>();
        for (const point of all) {
          ring.insert(point);
          inside.add(point);
        }
        for (const { index, from, excluded } of history) {
          const point = all[index % all.length];
          assert.ok(point);
          if (inside.delete(point)) {
            ring.delete(point);
          } else {
            inside.add(point);
            ring.insert(point);
          }
          const out = new Set(all.filter((_, i) => excluded.includes(i)).map(({ member }) => member));
          const open = [...inside]
            .filter(({ member }) => !out.has(member))
            .sort((a, b) => a.position - b.position || (a.member.id < b.member.id ? -1 : 1));
          const expected = open.find(({ position }) => position >= from) ?? open[0];
          assert.equal(ring.successor(from, out)?.member.id, expected?.member.id);
        }
      }),
    );
  });
});
