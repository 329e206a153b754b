/** Logtanks: one of a load balancer, which shows what it says and takes it along when it goes. */
import fc from 'fast-check';
import { type Call, type Command, fault, faultsOf, idFor, pick } from '../command.ts';
import { type Logtank, loadBalancers, logtanks } from '../kinds.ts';
import type { Modelled } from '../resource.ts';

const list = '/elb/logtanks';
const at = ({ id }: { readonly id: string }) => `${list}/${id}`;
const word = fc.constantFrom('one', 'two');

const create: fc.Arbitrary<Command> = fc
  .record({ owner: pick, group: word, topic: word })
  .map(({ owner, group, topic }) => ({
    plan: (before, project) => {
      const lb = idFor(before, project, loadBalancers, owner);
      return {
        project,
        method: 'POST',
        path: list,
        body: { logtank: { loadbalancer_id: lb, log_group_id: group, log_topic_id: topic } },
        expect: (world) => ({
          faults: faultsOf(
            [!loadBalancers.find(world, project, lb), fault.notFound],
            [logtanks.all(world, project).some((each) => each.lb === lb), fault.conflict],
          ),
          status: 201,
          apply: (after, { logtank: { id } }) => logtanks.put(after, { id, project, lb, group, topic }),
        }),
      };
    },
  }));

const update: fc.Arbitrary<Command> = fc.record({ which: pick, topic: word }).map(({ which, topic }) => ({
  plan: (before, project) => {
    const id = idFor(before, project, logtanks, which);
    return {
      project,
      method: 'PUT',
      path: at({ id }),
      body: { logtank: { log_topic_id: topic } },
      expect: (world) => {
        const found = logtanks.find(world, project, id);
        return {
          faults: faultsOf([!found, fault.notFound]),
          status: 200,
          apply: (after) => {
            if (found) logtanks.put(after, { ...found, topic });
          },
        };
      },
    };
  },
}));

function removal(project: string, id: string): Call {
  return {
    project,
    method: 'DELETE',
    path: at({ id }),
    expect: (world) => ({
      faults: faultsOf([!logtanks.find(world, project, id), fault.notFound]),
      status: 204,
      apply: (after) => logtanks.remove(after, id),
    }),
  };
}

export const logtankModel: Modelled<Logtank> = {
  kind: logtanks,
  list,
  plural: 'logtanks',
  at,
  create: { weight: 1, arbitrary: create },
  commands: [
    { weight: 1, arbitrary: update },
    {
      weight: 1,
      arbitrary: pick.map((which) => ({
        plan: (world, project) => removal(project, idFor(world, project, logtanks, which)),
      })),
    },
  ],
  shown: (_world, { id, project, lb, group, topic }) => ({
    id,
    project_id: project,
    loadbalancer_id: lb,
    log_group_id: group,
    log_topic_id: topic,
  }),
  used: {},
  remove: ({ project, id }) => removal(project, id),
};
