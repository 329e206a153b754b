import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AttachedPools } from './attached-pools.ts';

const pools = ['p1', 'p2', 'p3', 'p4'];
const owners = ['l1', 'l2', 'lb'];
const step = fc.record({
  pool: fc.constantFrom(...pools),
  owners: fc.option(fc.uniqueArray(fc.constantFrom(...owners))),
});

describe('pools and what they are attached to', () => {
  it('are found from either side, whatever was put and deleted before', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const attached = new AttachedPools();
        const expected = new Map<string, readonly string[]>();
        for (const { pool, owners: of } of steps) {
          if (of) attached.put(pool, of);
          else attached.delete(pool);
          if (of) expected.set(pool, of);
          else expected.delete(pool);
        }
        for (const owner of owners) {
          const found = [...expected].filter(([, of]) => of.includes(owner)).map(([pool]) => pool);
          assert.deepEqual(attached.of([owner]), new Set(found));
        }
        assert.deepEqual(
          pools.filter((pool) => attached.has(pool)),
          pools.filter((pool) => expected.has(pool)),
        );
      }),
    );
  });
});
