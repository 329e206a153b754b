import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Algorithm } from '../../dataplane/configuration.ts';
import { type Candidate, createSelection } from './selection.ts';

const algorithms: readonly Algorithm[] = ['round-robin', 'least-connections', 'source-ip'];

/** What happens to a pool: members by number, modulo how many there are. */
const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('toggle' as const), member: fc.nat(11) }),
    fc.record({ kind: fc.constant('pick' as const), client: fc.ipV4(), excluded: fc.array(fc.nat(11)) }),
    fc.record({ kind: fc.constant('finish' as const), member: fc.nat(11) }),
  ),
  { maxLength: 200, size: 'max' },
);
const weights = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 12, maxLength: 12 });

for (const algorithm of algorithms) {
  describe(`any ${algorithm} selection`, () => {
    it('picks one of the eligible members not excluded, and fails only when there is none', () => {
      fc.assert(
        fc.property(weights, steps, (chosenWeights, history) => {
          const members: Candidate[] = chosenWeights.map((weight, i) => ({
            id: `m-${i}`,
            weight,
            active: 0,
          }));
          const selection = createSelection(algorithm);
          const eligible = new Set<Candidate>();
          for (const step of history) {
            if (step.kind === 'pick') {
              const excluded = new Set(members.filter((_, i) => step.excluded.includes(i)));
              const picked = selection.pick(step.client, excluded);
              if (picked === undefined) {
                const left = [...eligible].filter((member) => !excluded.has(member));
                assert.deepEqual(left, [], 'nothing was picked though there was a member');
                continue;
              }
              assert.ok(eligible.has(picked), 'a member was picked that is not eligible');
              assert.ok(!excluded.has(picked), 'an excluded member was picked');
              picked.active++;
              selection.activeChanged(picked);
              continue;
            }
            const member = members[step.member];
            assert.ok(member);
            if (step.kind === 'finish') {
              member.active = Math.max(0, member.active - 1);
              selection.activeChanged(member);
            } else if (eligible.delete(member)) {
              selection.remove(member);
            } else {
              eligible.add(member);
              selection.add(member);
            }
            assert.equal(selection.size, eligible.size);
          }
        }),
      );
    });

    it('counts a member added twice once, and forgets it at the first removal', () => {
      const selection = createSelection(algorithm);
      const member = { id: 'm', weight: 1, active: 0 };
      selection.add(member);
      selection.add(member);
      assert.equal(selection.size, 1);
      selection.remove(member);
      selection.remove(member);
      assert.equal(selection.size, 0);
      assert.equal(selection.pick('192.0.2.1'), undefined);
    });

    it('tries every member of a pool once when each one tried is excluded', () => {
      fc.assert(
        fc.property(weights, fc.ipV4(), (chosenWeights, client) => {
          const selection = createSelection(algorithm);
          for (const [i, weight] of chosenWeights.entries()) {
            selection.add({ id: `m-${i}`, weight, active: 0 });
          }
          const tried = new Set<Candidate>();
          for (let member = selection.pick(client, tried); member !== undefined; ) {
            tried.add(member);
            member = selection.pick(client, tried);
          }
          assert.equal(tried.size, chosenWeights.length);
        }),
      );
    });
  });
}
