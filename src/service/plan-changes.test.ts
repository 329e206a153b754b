import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { AuditEntry, Values } from './audit.ts';
import { plannedChanges } from './plan-changes.ts';

const ids = ['a', 'b', 'c'] as const;
const digit = fc.integer({ min: 0, max: 2 });
const values: fc.Arbitrary<Values> = fc.record({ x: digit, y: digit }, { noNullPrototype: true });
const step = fc.record({ id: fc.constantFrom(...ids), wanted: fc.option(values), part: fc.boolean() });

function entry(id: string, before: Values | null, after: Values | null): AuditEntry {
  const operation = before === null ? 'create' : after === null ? 'delete' : 'update';
  return {
    ...{ revision: 1, at: 0, project_id: 'p', type: 'member', id, parent_id: null, operation, before, after },
    ...{ user_id: null, user_name: null, address: null, request_id: null, operation_id: null },
  };
}

test('the changes of a call, put together, are the difference between what was and what is in the end', () => {
  const start = fc.record({ a: fc.option(values), b: fc.option(values), c: fc.option(values) });
  fc.assert(
    fc.property(start, fc.array(step, { maxLength: 12 }), (first, steps) => {
      const state: Record<string, Values | null> = { ...first };
      const entries: AuditEntry[] = [];
      for (const { id, wanted, part } of steps) {
        const was = state[id] ?? null;
        const is = wanted && was && part ? { ...was, x: wanted['x'] } : wanted;
        if (isDeepStrictEqual(was, is)) continue;
        state[id] = is;
        if (!was || !is) entries.push(entry(id, was, is));
        else {
          const keys = Object.keys(is).filter((key) => was[key] !== is[key]);
          const only = (of: Values) => Object.fromEntries(keys.map((key) => [key, of[key]]));
          entries.push(entry(id, only(was), only(is)));
        }
      }
      const planned = new Map(plannedChanges(entries).map((each) => [each.id, each]));
      for (const id of ids) {
        const [was, is, change] = [first[id], state[id] ?? null, planned.get(id)];
        if (isDeepStrictEqual(was, is)) assert.equal(change, undefined);
        else if (!was || !is) {
          assert.deepEqual([change?.before, change?.after], [was, is]);
          assert.equal(change?.operation, was ? 'delete' : 'create');
        } else {
          assert.equal(change?.operation, 'update');
          assert.deepEqual({ ...was, ...change?.after }, is);
          assert.deepEqual({ ...is, ...change?.before }, was);
          assert.ok(Object.entries(change?.after ?? {}).every(([key, value]) => was[key] !== value));
        }
      }
    }),
    { numRuns: 1000 },
  );
});
