import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Candidate } from './contract.ts';
import { LeastConnections } from './least-connections.ts';

function poolOf(weights: readonly number[]) {
  const selection = new LeastConnections<Candidate>();
  const members = weights.map((weight, i) => ({ id: `m-${i}`, weight, active: 0 }));
  for (const member of members) {
    selection.add(member);
  }
  return { selection, members };
}

describe('least connections', () => {
  it('picks a member with the smallest number of connections for its weight, after any history', () => {
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ kind: fc.constant('pick' as const), excluded: fc.array(fc.nat(31)) }),
      },
      {
        weight: 4,
        arbitrary: fc.record({ kind: fc.constant('load' as const), member: fc.nat(31), active: fc.nat(100) }),
      },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('toggle' as const), member: fc.nat(31) }) },
    );
    const weights = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(weights, fc.array(step, { maxLength: 300, size: 'max' }), (chosenWeights, history) => {
        const { selection, members } = poolOf(chosenWeights);
        const eligible = new Set<Candidate>(members);
        for (const action of history) {
          if (action.kind === 'pick') {
            const excluded = new Set(members.filter((_, i) => action.excluded.includes(i)));
            const picked = selection.pick('', excluded);
            const open = [...eligible].filter((member) => !excluded.has(member));
            assert.equal(picked === undefined, open.length === 0);
            if (picked !== undefined) {
              const least = Math.min(...open.map(({ active, weight }) => active / weight));
              assert.equal(picked.active / picked.weight, least);
              picked.active++;
              selection.activeChanged(picked);
            }
            continue;
          }
          const member = members[action.member];
          assert.ok(member);
          if (action.kind === 'load') {
            member.active = action.active;
            selection.activeChanged(member);
          } else if (eligible.delete(member)) {
            selection.remove(member);
          } else {
            eligible.add(member);
            selection.add(member);
          }
        }
        // Emptied from the top, the selection shows all of its order.
        const tried = new Set<Candidate>();
        let before = 0;
        for (let least = selection.pick('', tried); least !== undefined; least = selection.pick('', tried)) {
          tried.add(least);
          assert.ok(least.active / least.weight >= before);
          before = least.active / least.weight;
          if (tried.size % 2 === 0) {
            selection.remove(least);
          }
        }
        assert.equal(tried.size, eligible.size);
      }),
      { numRuns: 300 },
    );
  });

  it('spreads an idle pool by weight', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 }), (weights) => {
        const { selection, members } = poolOf(weights);
        const counts = new Map<Candidate | undefined, number>();
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        for (let i = 0; i < 10 * total; i++) {
          const member = selection.pick('');
          counts.set(member, (counts.get(member) ?? 0) + 1);
        }
        for (const member of members) {
          const off = Math.abs((counts.get(member) ?? 0) - 10 * member.weight);
          assert.ok(off <= 2, `a member of weight ${member.weight} is ${off} picks off its share`);
        }
      }),
    );
  });

  it('does not let a member make up for the turns it missed while it was busy or away', () => {
    const { selection, members } = poolOf([1, 1, 1]);
    const [busy, away] = members;
    assert.ok(busy && away);
    busy.active = 5;
    selection.activeChanged(busy);
    selection.remove(away);
    for (let i = 0; i < 100; i++) {
      selection.pick('');
    }
    busy.active = 0;
    selection.activeChanged(busy);
    selection.add(away);
    const picked = Array.from({ length: 9 }, () => selection.pick('')?.id);
    for (const { id } of members) {
      const times = picked.filter((each) => each === id).length;
      assert.ok(times >= 2 && times <= 4, `${id} was picked ${times} times of 9`);
    }
  });

  it('fills members in proportion to their weights when nothing finishes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 8 }), (weights) => {
        const { selection, members } = poolOf(weights);
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        for (let i = 0; i < total; i++) {
          const member = selection.pick('');
          assert.ok(member);
          member.active++;
          selection.activeChanged(member);
        }
        assert.deepEqual(
          members.map(({ active }) => active),
          weights,
        );
      }),
    );
  });
});
