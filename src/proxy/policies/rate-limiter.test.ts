import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RateLimiter } from './rate-limiter.ts';

/** How many of a client's requests are let through, `count` of them at each of the instants (ms). */
function passed(limiter: RateLimiter, client: string, instants: readonly number[], count: number): number[] {
  return instants.map((now) => {
    let through = 0;
    for (let request = 0; request < count; request++) if (limiter.admits(client, now)) through += 1;
    return through;
  });
}

test('all clients together get so many a second', () => {
  const limiter = new RateLimiter({ perSecond: 10, perSecondOfClient: 0, burst: 0 });
  assert.deepEqual(passed(limiter, 'a', [0], 20), [10]);
  assert.deepEqual(passed(limiter, 'b', [0, 100, 500, 5000], 20), [0, 1, 4, 10]);
});

test('each client gets so many a second, and a burst more at once', () => {
  const limiter = new RateLimiter({ perSecond: 0, perSecondOfClient: 2, burst: 3 });
  assert.deepEqual(passed(limiter, 'a', [0, 500, 1000, 60_000], 10), [5, 1, 1, 5]);
  assert.deepEqual(passed(limiter, 'b', [60_000], 10), [5]);
});

test('what one client is refused is not taken from all', () => {
  const limiter = new RateLimiter({ perSecond: 4, perSecondOfClient: 1, burst: 0 });
  assert.deepEqual(passed(limiter, 'greedy', [0], 100), [1]);
  for (const client of ['a', 'b', 'c']) assert.ok(limiter.admits(client, 0));
  assert.ok(!limiter.admits('d', 0));
});

test('in no stretch of time are there more than its rate and a second’s room allow', () => {
  const waits = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(
      waits,
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 0, max: 5 }),
      (all, rate, burst) => {
        const limiter = new RateLimiter({ perSecond: 0, perSecondOfClient: rate, burst });
        let now = 0;
        let through = 0;
        for (const wait of all) {
          now += wait;
          if (limiter.admits('a', now)) through += 1;
          assert.ok(through <= rate + burst + (now / 1000) * rate + 1e-6);
        }
      },
    ),
  );
});

test('clients that are long away are forgotten, however many come', () => {
  const limiter = new RateLimiter({ perSecond: 0, perSecondOfClient: 1, burst: 0 });
  for (let client = 0; client < 60_000; client++) limiter.admits(`c${client}`, 0);
  assert.ok(!limiter.admits('c59999', 0), 'remembered');
  assert.ok(limiter.admits('c0', 0), 'forgotten');
});
