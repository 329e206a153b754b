/** L7 rules: one of a type in a policy, none where the policy is for every request. */
import fc from 'fast-check';
import { type Call, type Command, fault, faultsOf, idFor, pick } from '../command.ts';
import { type L7Rule, l7Policies, l7Rules } from '../kinds.ts';
import type { Modelled } from '../resource.ts';

const pathOf = (policy: string) => `/elb/l7policies/${policy}/rules`;
const at = ({ policy, id }: { readonly policy: string; readonly id: string }) => `${pathOf(policy)}/${id}`;

/** So many values that no two policies come to have the same rules, which would be another story (L7-7). */
const values = { PATH: '/', HOST_NAME: 'host-' } as const;

const create: fc.Arbitrary<Command> = fc
  .record({
    within: pick,
    type: fc.constantFrom<L7Rule['type']>('PATH', 'HOST_NAME'),
    number: fc.nat({ max: 2 ** 31 - 1 }),
  })
  .map(({ within, type, number }) => ({
    plan: (before, project) => {
      const policy = idFor(
        before,
        project,
        l7Policies,
        within,
        ({ action }) => action === 'REDIRECT_TO_POOL',
      );
      const value = `${values[type]}${number}`;
      return {
        project,
        method: 'POST',
        path: pathOf(policy),
        body: { rule: { type, compare_type: 'EQUAL_TO', value } },
        expect: (world) => {
          const found = l7Policies.find(world, project, policy);
          const beside = l7Rules.all(world).filter((each) => each.policy === policy);
          return {
            faults: faultsOf(
              [!found, fault.notFound],
              [found?.action === 'REDIRECT_TO_LISTENER', fault.invalid],
              [beside.some((each) => each.type === type), fault.invalid],
            ),
            status: 201,
            apply: (after, { rule: { id } }) => l7Rules.put(after, { id, project, policy, type, value }),
          };
        },
      };
    },
  }));

function removal(project: string, ids: { readonly policy: string; readonly id: string }): Call {
  return {
    project,
    method: 'DELETE',
    path: at(ids),
    expect: (world) => ({
      faults: faultsOf([l7Rules.find(world, project, ids.id)?.policy !== ids.policy, fault.notFound]),
      status: 204,
      apply: (after) => l7Rules.remove(after, ids.id),
    }),
  };
}

export const l7RuleModel: Modelled<L7Rule> = {
  kind: l7Rules,
  list: '/elb/l7policies/rules',
  plural: 'rules',
  at,
  create: { weight: 3, arbitrary: create },
  commands: [
    {
      weight: 1,
      arbitrary: pick.map((which) => ({
        plan: (world, project) => {
          const id = idFor(world, project, l7Rules, which);
          const policy = l7Rules.find(world, project, id)?.policy;
          return removal(project, { id, policy: policy ?? idFor(world, project, l7Policies, which) });
        },
      })),
    },
  ],
  shown: (_world, { id, project, type, value }) => ({
    id,
    project_id: project,
    type,
    compare_type: 'EQUAL_TO',
    value,
    provisioning_status: 'ACTIVE',
  }),
  used: {},
  remove: ({ project, ...ids }) => removal(project, ids),
};
