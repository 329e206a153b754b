import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import fc from 'fast-check';
import { Deadline, Deadlines } from './deadlines.ts';

const TICK_MS = 10;

/** A wheel on a clock in the test's hands, with the times at which each deadline was told. */
function wheel() {
  let now = 1000;
  const told: { readonly name: string; readonly at: number }[] = [];
  const deadlines = new Deadlines(() => now, TICK_MS);
  return {
    deadlines,
    told,
    now: () => now,
    make: (name: string) => new Deadline({ onDeadline: () => told.push({ name, at: now }) }),
    advance(ms: number): void {
      for (let passed = 0; passed < ms; passed += TICK_MS) {
        now += TICK_MS;
        mock.timers.tick(TICK_MS);
      }
    },
    stall(ms: number): void {
      now += ms;
      mock.timers.tick(TICK_MS);
    },
  };
}

test('a deadline is told once, not before its timeout and at most two ticks after it', (t) => {
  mock.timers.enable({ apis: ['setInterval'] });
  t.after(() => mock.timers.reset());
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 20 }), (timeouts) => {
      const { deadlines, told, make, advance, now } = wheel();
      const start = now();
      for (const [index, timeout] of timeouts.entries()) deadlines.arm(make(String(index)), timeout);
      advance(31_000);
      assert.equal(told.length, timeouts.length);
      for (const { name, at } of told) {
        const late = at - start - (timeouts[Number(name)] ?? 0);
        assert.ok(late >= 0 && late <= 2 * TICK_MS, `${late} ms late`);
      }
      deadlines.close();
    }),
    { numRuns: 30 },
  );
});

test('moving a deadline forwards or backwards forgets where it was', (t) => {
  mock.timers.enable({ apis: ['setInterval'] });
  t.after(() => mock.timers.reset());
  const { deadlines, told, make, advance } = wheel();
  const [later, sooner] = [make('later'), make('sooner')];
  deadlines.arm(later, 50);
  deadlines.arm(sooner, 5000);
  deadlines.arm(later, 5000);
  deadlines.arm(sooner, 50);
  advance(100);
  assert.deepEqual(
    told.map(({ name }) => name),
    ['sooner'],
  );
  advance(6000);
  assert.deepEqual(
    told.map(({ name }) => name),
    ['sooner', 'later'],
  );
  deadlines.close();
});

test('a deadline that is disarmed or removed is not told, also by another one of the same tick', (t) => {
  mock.timers.enable({ apis: ['setInterval'] });
  t.after(() => mock.timers.reset());
  const { deadlines, told, make, advance } = wheel();
  const [disarmed, removed] = [make('disarmed'), make('removed')];
  const killer = new Deadline({
    onDeadline: () => {
      deadlines.disarm(disarmed);
      deadlines.remove(removed);
    },
  });
  deadlines.arm(disarmed, 50);
  deadlines.arm(removed, 50);
  deadlines.arm(killer, 50);
  advance(1000);
  assert.deepEqual(told, []);
  deadlines.close();
});

test('after a stall longer than the wheel everything due is told, and nothing else', (t) => {
  mock.timers.enable({ apis: ['setInterval'] });
  t.after(() => mock.timers.reset());
  const { deadlines, told, make, stall } = wheel();
  deadlines.arm(make('short'), 100);
  deadlines.arm(make('long'), 11_000);
  deadlines.arm(make('longer'), 10_000_000);
  stall(60_000);
  assert.deepEqual(told.map(({ name }) => name).toSorted(), ['long', 'short']);
  deadlines.close();
});

test('an empty wheel stands still and measures from the present when it is used again', (t) => {
  mock.timers.enable({ apis: ['setInterval'] });
  t.after(() => mock.timers.reset());
  const { deadlines, told, make, advance, stall } = wheel();
  deadlines.arm(make('first'), 10);
  advance(100);
  stall(100_000);
  deadlines.arm(make('second'), 100);
  advance(90);
  assert.equal(told.length, 1);
  advance(50);
  assert.equal(told.length, 2);
  deadlines.close();
});

test('a closed wheel tells nothing, whoever still arms or removes a deadline', (t) => {
  mock.timers.enable({ apis: ['setInterval'] });
  t.after(() => mock.timers.reset());
  const { deadlines, told, make, advance } = wheel();
  const [before, after] = [make('before'), make('after')];
  deadlines.arm(before, 50);
  deadlines.close();
  deadlines.arm(after, 50);
  deadlines.remove(before);
  deadlines.remove(after);
  advance(1000);
  assert.deepEqual(told, []);
});
