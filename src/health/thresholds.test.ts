import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { failed, type ProbeResult, type ReasonCode } from './probe.ts';
import { initialHealth, isSameVerdict, type MemberHealth, nextHealth } from './thresholds.ts';

const passed: ProbeResult = { kind: 'passed', latencyMs: 1 };
const inconclusive: ProbeResult = { kind: 'inconclusive', cause: 'no socket' };
const results = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.constant(passed) },
    { weight: 4, arbitrary: fc.constantFrom<ReasonCode>('CONNECT_REFUSED', 'CONNECT_TIMEOUT').map(failed) },
    { weight: 1, arbitrary: fc.constant(inconclusive) },
  ),
  { maxLength: 60, size: 'max' },
);
const thresholds = fc.record({
  max_retries: fc.integer({ min: 1, max: 5 }),
  max_retries_down: fc.integer({ min: 1, max: 5 }),
});

/**
 * The rules told another way: the last moment at which some rule fired decides. It looks back over the whole
 * history at each moment and keeps no counters.
 */
function verdictOf(history: readonly ProbeResult[], up: number, down: number): string {
  const telling = history.filter(({ kind }) => kind !== 'inconclusive').map(({ kind }) => kind);
  let verdict = 'INITIAL';
  let since = 0;
  for (let end = 1; end <= telling.length; end++) {
    const last = (count: number) => (end - since >= count ? telling.slice(end - count, end) : ['too few']);
    const allAre = (kind: string, count: number) => last(count).every((each) => each === kind);
    const goesUp = verdict !== 'ONLINE' && allAre('passed', verdict === 'INITIAL' ? 1 : up);
    const goesDown = verdict !== 'OFFLINE' && allAre('failed', down);
    if (goesUp || goesDown) {
      verdict = goesUp ? 'ONLINE' : 'OFFLINE';
      since = end;
    }
  }
  return verdict;
}

function after(history: readonly ProbeResult[], limits: { max_retries: number; max_retries_down: number }) {
  return history.reduce((health: MemberHealth, result) => nextHealth(health, result, limits), initialHealth);
}

describe('thresholds', () => {
  it('give the verdict that the rules give, for any history', () => {
    fc.assert(
      fc.property(results, thresholds, (history, limits) => {
        for (let length = 0; length <= history.length; length++) {
          const part = history.slice(0, length);
          const expected = verdictOf(part, limits.max_retries, limits.max_retries_down);
          assert.equal(after(part, limits).verdict, expected);
        }
      }),
    );
  });

  it('give the reason of the last failure exactly while the member is OFFLINE', () => {
    fc.assert(
      fc.property(results, thresholds, (history, limits) => {
        const { verdict, reason } = after(history, limits);
        const lastFailure = history.findLast((result) => result.kind === 'failed');
        assert.deepEqual(reason, verdict === 'OFFLINE' ? lastFailure?.reason : null);
      }),
    );
  });

  it('bring a new member ONLINE at its first success, whatever failed before', () => {
    const limits = { max_retries: 5, max_retries_down: 3 };
    assert.equal(
      after([failed('CONNECT_REFUSED'), failed('CONNECT_REFUSED'), passed], limits).verdict,
      'ONLINE',
    );
  });

  it('show a changed reason of an OFFLINE member as a change', () => {
    const limits = { max_retries: 2, max_retries_down: 1 };
    const refused = after([failed('CONNECT_REFUSED')], limits);
    const timedOut = nextHealth(refused, failed('CONNECT_TIMEOUT'), limits);
    assert.equal(isSameVerdict(refused, timedOut), false);
    assert.equal(isSameVerdict(timedOut, nextHealth(timedOut, failed('CONNECT_TIMEOUT'), limits)), true);
  });
});
