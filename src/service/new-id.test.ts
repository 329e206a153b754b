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

test('ids of one millisecond ascend, and end in random digits', () => {
  const at = new Date();
  const ids = Array.from({ length: 20_000 }, () => newId(at));
  const descents = ids.filter((id, index) => index > 0 && id <= (ids[index - 1] ?? ''));
  // The running number of a process begins anywhere, and comes to its end once in 67 million ids.
  assert.ok(descents.length <= 1, descents.join());
  assert.equal(new Set(ids).size, ids.length);
  for (let position = 24; position < 36; position++) {
    assert.equal(new Set(ids.map((id) => id[position])).size, 16, `position ${position}`);
  }
});
