import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Candidate } from './contract.ts';
import { RoundRobin } from './round-robin.ts';

const weights = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 8 });

function poolOf(chosenWeights: readonly number[]) {
  const selection = new RoundRobin<Candidate>();
  const members = chosenWeights.map((weight, i) => ({ id: `m-${i}`, weight, active: 0 }));
  for (const member of members) {
    selection.add(member);
  }
  return { selection, members };
}

function totalWeight(members: Iterable<Candidate>): number {
  return [...members].reduce((total, { weight }) => total + weight, 0);
}

function countPicks(selection: RoundRobin<Candidate>, picks: number): Map<Candidate, number> {
  const counts = new Map<Candidate, number>();
  for (let i = 0; i < picks; i++) {
    const member = selection.pick('');
    assert.ok(member);
    counts.set(member, (counts.get(member) ?? 0) + 1);
  }
  return counts;
}

describe('round robin', () => {
  it('gives every member exactly its weight in every cycle', () => {
    fc.assert(
      fc.property(weights, (chosenWeights) => {
        const { selection, members } = poolOf(chosenWeights);
        for (let cycle = 0; cycle < 3; cycle++) {
          const counts = countPicks(selection, totalWeight(members));
          assert.deepEqual(
            members.map((member) => counts.get(member)),
            chosenWeights,
          );
        }
      }),
    );
  });

  it('spreads a member over the cycle: it never waits two of its fair gaps', () => {
    fc.assert(
      fc.property(weights, (chosenWeights) => {
        const { selection, members } = poolOf(chosenWeights);
        const total = totalWeight(members);
        const last = new Map<Candidate, number>();
        for (let i = 0; i < 2 * total; i++) {
          const member = selection.pick('');
          assert.ok(member);
          const gap = i - (last.get(member) ?? -1);
          assert.ok(gap <= (2 * total) / member.weight, `${gap} picks without a member of ${member.weight}`);
          last.set(member, i);
        }
      }),
    );
  });

  it('takes members of equal weight strictly in turn', () => {
    const { selection } = poolOf([7, 7, 7]);
    const picked = Array.from({ length: 7 }, () => selection.pick('')?.id);
    assert.deepEqual(picked, ['m-0', 'm-1', 'm-2', 'm-0', 'm-1', 'm-2', 'm-0']);
  });

  it('has the right shares at once after any history of changes, picks and retries', () => {
    const step = fc.record({ member: fc.nat(7), picks: fc.nat(5), retry: fc.boolean() });
    const all = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(all, fc.array(step, { maxLength: 100, size: 'max' }), (chosenWeights, history) => {
        const { selection, members } = poolOf(chosenWeights);
        const eligible = new Set<Candidate>(members);
        for (const { member: index, picks, retry } of history) {
          const member = members[index];
          assert.ok(member);
          if (eligible.delete(member)) {
            selection.remove(member);
          } else {
            eligible.add(member);
            selection.add(member);
          }
          for (let i = 0; i < picks; i++) {
            const first = selection.pick('');
            if (retry && first !== undefined) {
              selection.pick('', new Set([first]));
            }
          }
        }
        const counts = countPicks(selection, totalWeight(eligible));
        for (const member of eligible) {
          const off = Math.abs((counts.get(member) ?? 0) - member.weight);
          assert.ok(off <= 2, `a member of weight ${member.weight} is ${off} picks off its share`);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('has the right shares at once when a big pool shrinks to two members', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.boolean(), (picks, retries) => {
        const { selection, members } = poolOf([1, 2, ...new Array<number>(200).fill(100)]);
        const [one, two, ...others] = members;
        assert.ok(one && two && others[0]);
        const excluded = retries ? new Set<Candidate>([others[0]]) : undefined;
        for (let i = 0; i < picks; i++) {
          selection.pick('', excluded);
        }
        for (const other of others) {
          selection.remove(other);
        }
        let ones = 0;
        for (let i = 0; i < 30; i++) {
          ones += selection.pick('', excluded) === one ? 1 : 0;
        }
        assert.ok(ones >= 8 && ones <= 12, `${ones} of 30 picks for a third of the weight`);
      }),
    );
  });

  it('sends a dead member no more first tries than its share while others take its retries', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 2, maxLength: 6 }),
        (chosenWeights) => {
          const { selection, members } = poolOf(chosenWeights);
          const [dead, ...alive] = members;
          assert.ok(dead);
          let firstTries = 0;
          const served = new Map<Candidate, number>();
          const requests = 20 * totalWeight(members);
          for (let i = 0; i < requests; i++) {
            let member = selection.pick('');
            if (member === dead) {
              firstTries++;
              member = selection.pick('', new Set([dead]));
            }
            assert.ok(member);
            served.set(member, (served.get(member) ?? 0) + 1);
          }
          assert.ok(Math.abs(firstTries - 20 * dead.weight) <= 2, `${firstTries} tries of ${requests}`);
          for (const member of alive) {
            const fair = (requests * member.weight) / totalWeight(alive);
            const off = Math.abs((served.get(member) ?? 0) - fair);
            assert.ok(off <= 3, `a member of weight ${member.weight} is ${off} requests off its share`);
          }
        },
      ),
    );
  });

  it('lets a member that comes and goes gain nothing by it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100 }), (steady, flapping) => {
        const { selection, members } = poolOf([steady, flapping]);
        const flapper = members[1];
        assert.ok(flapper);
        let picked = 0;
        const picks = 10 * (steady + flapping);
        for (let i = 0; i < picks; i++) {
          if (selection.pick('') === flapper) {
            picked++;
          }
          selection.remove(flapper);
          selection.add(flapper);
        }
        assert.ok(
          picked <= 10 * flapping + picks / 20 + 1,
          `${picked} of ${picks} picks for a weight of ${flapping}`,
        );
      }),
    );
  });
});
