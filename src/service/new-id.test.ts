import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { newId } from './new-id.ts';

const form = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The first and the last day that a time of 48 bits can tell. */
const days = { min: new Date(0), max: new Date(2 ** 48 - 1), noInvalidDate: true };

test('a new id has the form of a UUID of version 4 (rules digest 1.2)', () => {
  fc.assert(fc.property(fc.date(days), (at) => assert.match(newId(at), form)));
});

test('the ids of a later millisecond are greater', () => {
  fc.assert(
    fc.property(fc.date(days), fc.date(days), (one, other) => {
      fc.pre(one.getTime() < other.getTime());
      assert.ok(newId(one) < newId(other));
    }),
  );
});

test('ids of one millisecond differ, in every part that is not fixed', () => {
  const at = new Date();
  const ids = Array.from({ length: 20_000 }, () => newId(at));
  assert.equal(new Set(ids).size, ids.length);
  for (const position of [15, 16, 17, 19, 20, 21, 22, 24, 30, 35]) {
    const digits = new Set(ids.map((id) => id[position]));
    assert.equal(digits.size, position === 19 ? 4 : 16, `position ${position}`);
  }
});
