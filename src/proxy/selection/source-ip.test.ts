import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Candidate } from './contract.ts';
import { SourceIp } from './source-ip.ts';

const ids = fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 40 });
const clients = fc.array(fc.oneof(fc.ipV4(), fc.ipV6()), { minLength: 1, maxLength: 100, size: 'max' });

function memberOf(id: string): Candidate {
  return { id, weight: 1, active: 0 };
}

function poolOf(memberIds: readonly string[]) {
  const selection = new SourceIp<Candidate>();
  const members = memberIds.map(memberOf);
  for (const member of members) {
    selection.add(member);
  }
  return { selection, members };
}

describe('source address affinity', () => {
  it('is a function of the set of members, whatever came and went before and in which order', () => {
    const other = fc.uniqueArray(fc.uuid(), { maxLength: 40 });
    fc.assert(
      fc.property(
        ids,
        other,
        clients,
        fc.infiniteStream(fc.nat(1000)),
        (memberIds, otherIds, addresses, random) => {
          const { selection: plain } = poolOf(memberIds);
          const passing = otherIds.filter((id) => !memberIds.includes(id)).map(memberOf);
          const { selection: eventful } = poolOf([]);
          for (const member of passing) {
            eventful.add(member);
          }
          const shuffled = memberIds
            .map((id) => ({ id, place: random.next().value }))
            .sort((a, b) => a.place - b.place);
          for (const { id } of shuffled) {
            eventful.add(memberOf(id));
          }
          for (const member of passing) {
            eventful.remove(member);
          }
          for (const address of addresses) {
            assert.equal(eventful.pick(address)?.id, plain.pick(address)?.id);
          }
        },
      ),
    );
  });

  it('moves only the clients of the member that leaves, and gives them back when it returns', () => {
    fc.assert(
      fc.property(ids, fc.nat(), clients, (memberIds, index, addresses) => {
        const { selection, members } = poolOf(memberIds);
        const leaving = members[index % members.length];
        assert.ok(leaving);
        const before = addresses.map((address) => selection.pick(address));
        selection.remove(leaving);
        for (const [i, address] of addresses.entries()) {
          if (before[i] !== leaving) {
            assert.equal(selection.pick(address), before[i]);
          }
        }
        selection.add(leaving);
        assert.deepEqual(
          addresses.map((address) => selection.pick(address)),
          before,
        );
      }),
    );
  });

  it('sends a client whose member failed where it would go if that member had left', () => {
    fc.assert(
      fc.property(ids, clients, (memberIds, addresses) => {
        const { selection } = poolOf(memberIds);
        for (const address of addresses) {
          const failed = selection.pick(address);
          assert.ok(failed);
          const retried = selection.pick(address, new Set([failed]));
          selection.remove(failed);
          assert.equal(retried, selection.pick(address));
          selection.add(failed);
        }
      }),
    );
  });

  it('spreads neighbouring addresses over pools of any size', () => {
    for (const size of [2, 3, 10, 100]) {
      const memberIds = Array.from(
        { length: size },
        (_, i) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
      );
      const { selection, members } = poolOf(memberIds);
      const mean = 1000;
      const counts = new Map<Candidate | undefined, number>();
      for (let i = 0; i < mean * size; i++) {
        const member = selection.pick(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
        counts.set(member, (counts.get(member) ?? 0) + 1);
      }
      for (const member of members) {
        const share = (counts.get(member) ?? 0) / mean;
        assert.ok(share < 1.3 && share > 0.6, `one of ${size} members has ${share} of its share`);
      }
    }
  });

  it('never changes its mapping, or an upgrade would move every client', () => {
    const { selection } = poolOf(['member-a', 'member-b', 'member-c', 'member-d']);
    const addresses = [
      '192.0.2.1',
      '192.0.2.2',
      '198.51.100.77',
      '203.0.113.5',
      '2001:db8::1',
      '2001:db8::2',
    ];
    assert.deepEqual(
      addresses.map((address) => selection.pick(address)?.id),
      ['member-b', 'member-a', 'member-c', 'member-a', 'member-d', 'member-d'],
    );
  });
});
