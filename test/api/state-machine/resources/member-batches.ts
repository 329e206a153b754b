/** Batches of members: all or nothing where one breaks a rule, and each by itself where it is there or gone already. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Command, fault, faultsOf, idFor, pick, said } from '../command.ts';
import { type Member, members, membersOf, pools } from '../kinds.ts';
import type { Weighted } from '../resource.ts';
import { copyOf, type World } from '../world.ts';
import {
  areTooMany,
  join,
  memberAt,
  membersPath,
  placementFaults,
  requestOf,
  type Spot,
  spot,
} from './members.ts';

interface Outcome {
  readonly id: string;
  readonly ret_status: string;
}

const statuses = (answer: { members: Outcome[] }) => answer.members.map(({ ret_status }) => ret_status);

/** What a batch-add comes to: the faults of its items, each seen behind those before it, and what becomes of each. */
function adding(world: World, project: string, poolId: string, spots: readonly Spot[]) {
  const seen = copyOf(world);
  const faults: string[] = [];
  const outcomes: ('successful' | 'existed')[] = [];
  for (const [index, wanted] of spots.entries()) {
    const pool = pools.find(seen, project, poolId);
    if (!pool) return { faults: [fault.notFound], outcomes };
    // Its address is looked at before whether it is there, but one that is a load balancer's by now is there still.
    const there = memberAt(seen, poolId, wanted);
    const wrong = placementFaults(seen, pool, wanted);
    faults.push(...(there ? wrong.filter((code) => code !== fault.conflict) : wrong));
    outcomes.push(there ? 'existed' : 'successful');
    if (!there) join(seen, pool, `new ${index}`, wanted, 1);
  }
  const pool = pools.find(seen, project, poolId);
  if (pool && outcomes.includes('successful') && areTooMany(seen, pool, 0)) faults.push(fault.quota);
  return { faults, outcomes };
}

const batchAdd: fc.Arbitrary<Command> = fc
  .record({ within: pick, spots: fc.array(spot, { minLength: 1, maxLength: 4 }) })
  .map(({ within, spots }) => ({
    plan: (before, project) => {
      const poolId = idFor(before, project, pools, within);
      return {
        project,
        method: 'POST',
        path: `${membersPath(poolId)}/batch-add`,
        body: { members: spots.map(requestOf) },
        expect: (world) => {
          const { faults, outcomes } = adding(world, project, poolId, spots);
          return {
            faults,
            status: 200,
            apply: (after, answer) => {
              assert.deepEqual(statuses(answer), outcomes);
              for (const [index, wanted] of spots.entries()) {
                const pool = pools.find(after, project, poolId);
                const { id } = answer.members[index];
                const there = memberAt(after, poolId, wanted);
                if (there) assert.equal(id, there.id);
                else if (pool) join(after, pool, id, wanted, 1);
              }
            },
          };
        },
      };
    },
  }));

const batchUpdate: fc.Arbitrary<Command> = fc
  .record({
    within: pick,
    items: fc.array(
      fc.record({ which: pick, port: fc.constantFrom(7, 9, undefined), weight: fc.nat({ max: 100 }) }),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .map(({ within, items }) => ({
    plan: (before, project) => {
      const poolId = idFor(before, project, pools, within, ({ id }) => membersOf(before, id).length > 0);
      const settled = items.map(({ which, ...change }) => ({
        ...change,
        id: idFor(before, project, members, which, ({ pool }) => pool === poolId),
      }));
      return {
        project,
        method: 'POST',
        path: `${membersPath(poolId)}/batch-update`,
        body: {
          members: settled.map(({ id, port, weight }) => said({ id, protocol_port: port, weight })),
        },
        expect: (world) => {
          const seen = copyOf(world);
          const faults: string[] = [];
          for (const { id, port, weight } of settled) {
            const found = members.find(seen, project, id);
            if (found?.pool !== poolId) {
              faults.push(fault.notFound);
              continue;
            }
            const changed = { ...found, port: port ?? found.port, weight };
            if (changed.port !== found.port && memberAt(seen, poolId, changed)) faults.push(fault.conflict);
            members.put(seen, changed);
          }
          return { faults, status: 200, apply: (after) => Object.assign(after, seen) };
        },
      };
    },
  }));

const batchDelete: fc.Arbitrary<Command> = fc
  .record({
    within: pick,
    items: fc.array(fc.oneof(fc.record({ which: pick }), spot), { minLength: 1, maxLength: 3 }),
  })
  .map(({ within, items }) => ({
    plan: (before, project) => {
      const poolId = idFor(before, project, pools, within, ({ id }) => membersOf(before, id).length > 0);
      const named = items.map((item) =>
        'which' in item
          ? { id: idFor(before, project, members, item.which, ({ pool }) => pool === poolId) }
          : { address: item.address, protocol_port: item.port, spot: item },
      );
      return {
        project,
        method: 'POST',
        path: `${membersPath(poolId)}/batch-delete`,
        body: {
          members: named.map(({ id, address, protocol_port }) => said({ id, address, protocol_port })),
        },
        expect: (world) => {
          const pool = pools.find(world, project, poolId);
          return {
            faults: faultsOf([!pool, fault.notFound], [!!pool?.protectsMembers, fault.conflict]),
            status: 200,
            apply: (after, answer) => {
              const outcomes = named.map(({ id, spot: at }): Outcome => {
                const found: Member | undefined = at
                  ? memberAt(after, poolId, at)
                  : members.find(after, project, id);
                if (found?.pool !== poolId) return { id: id ?? '', ret_status: 'not found' };
                members.remove(after, found.id);
                return { id: found.id, ret_status: 'successful' };
              });
              assert.deepEqual(answer.members, outcomes);
            },
          };
        },
      };
    },
  }));

/** They add to the commands of members; what they leave is checked there. */
export const memberBatches: readonly Weighted[] = [
  { weight: 4, arbitrary: batchAdd },
  { weight: 2, arbitrary: batchUpdate },
  { weight: 2, arbitrary: batchDelete },
];
