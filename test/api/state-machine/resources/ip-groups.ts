/** IP groups: entries replaced, added and removed, within what their listeners may have in sum. */
import fc from 'fast-check';
import { type Call, type Command, fault, faultsOf, idFor, maybe, pick } from '../command.ts';
import { quotas } from '../ground.ts';
import { type IpGroup, ipGroups, listeners } from '../kinds.ts';
import { type Modelled, references } from '../resource.ts';
import type { World } from '../world.ts';

const list = '/elb/ipgroups';
const at = ({ id }: { readonly id: string }) => `${list}/${id}`;
const ips = fc.uniqueArray(fc.constantFrom('10.0.0.1', '10.0.0.0/8', '10.1.0.1-10.1.0.9', '::1'), {
  maxLength: 3,
});
const entriesOf = (of: readonly string[]) => of.map((ip) => ({ ip, description: '' }));

function usersOf(world: World, id: string) {
  return listeners.all(world).filter((each) => each.ipGroups.includes(id));
}

/** Whether a listener of the group would have more entries than it may. */
function isTooLong(world: World, after: IpGroup): boolean {
  const sizeOf = (id: string) =>
    (id === after.id ? after : ipGroups.find(world, after.project, id))?.ips.length ?? 0;
  return usersOf(world, after.id).some(
    (each) => each.ipGroups.reduce((sum, id) => sum + sizeOf(id), 0) > quotas.ipgroup_max_length,
  );
}

/** A call that leaves a group with other entries. */
function change(
  project: string,
  id: string,
  call: Pick<Call, 'method' | 'path' | 'body'>,
  becomes: (before: readonly string[]) => readonly string[],
): Call {
  return {
    project,
    ...call,
    expect: (world) => {
      const found = ipGroups.find(world, project, id);
      const changed = found && { ...found, ips: becomes(found.ips) };
      const grows = !!changed && changed.ips.length > found.ips.length;
      return {
        faults: faultsOf([!found, fault.notFound], [grows && isTooLong(world, changed), fault.quota]),
        status: 200,
        apply: (after) => {
          if (changed) ipGroups.put(after, changed);
        },
      };
    },
  };
}

const create: fc.Arbitrary<Command> = ips.map((given) => ({
  plan: (_world, project) => ({
    project,
    method: 'POST',
    path: list,
    body: { ipgroup: { ip_list: entriesOf(given) } },
    expect: (world) => ({
      faults: faultsOf([ipGroups.all(world, project).length >= quotas.ipgroup, fault.quota]),
      status: 201,
      apply: (after, { ipgroup: { id } }) => ipGroups.put(after, { id, project, ips: given }),
    }),
  }),
}));

const update: fc.Arbitrary<Command> = fc
  .record({ which: pick, given: ips, how: fc.constantFrom('replace', 'add', 'remove') })
  .map(({ which, given, how }) => ({
    plan: (before, project) => {
      const id = idFor(before, project, ipGroups, which);
      const path = at({ id });
      const body = { ipgroup: { ip_list: entriesOf(given) } };
      switch (how) {
        case 'replace':
          return change(project, id, { method: 'PUT', path, body }, () => given);
        case 'add': {
          const call = { method: 'POST', path: `${path}/iplist/create-or-update`, body } as const;
          return change(project, id, call, (there) => [...new Set([...there, ...given])]);
        }
        default: {
          const named = { ipgroup: { ip_list: given.map((ip) => ({ ip })) } };
          const call = { method: 'POST', path: `${path}/iplist/batch-delete`, body: named } as const;
          return change(project, id, call, (there) =>
            there.filter((ip) => !given.some((each) => each === ip)),
          );
        }
      }
    },
  }));

function removal(project: string, id: string): Call {
  return {
    project,
    method: 'DELETE',
    path: at({ id }),
    expect: (world) => ({
      faults: faultsOf(
        [!ipGroups.find(world, project, id), fault.notFound],
        [usersOf(world, id).length > 0, fault.conflict],
      ),
      status: 204,
      apply: (after) => ipGroups.remove(after, id),
    }),
  };
}

export const ipGroupModel: Modelled<IpGroup> = {
  kind: ipGroups,
  list,
  plural: 'ipgroups',
  at,
  create: { weight: 2, arbitrary: create },
  commands: [
    { weight: 3, arbitrary: update },
    {
      weight: 2,
      arbitrary: maybe(pick).map((which) => ({
        plan: (world, project) =>
          removal(project, idFor(world, project, ipGroups, which ?? { of: 'own', at: 0 })),
      })),
    },
  ],
  shown: (world, { id, project, ips: there }) => ({
    id,
    project_id: project,
    ip_list: entriesOf(there),
    listeners: references(usersOf(world, id)),
  }),
  used: {
    ipgroup: (world, project) => ipGroups.all(world, project).length,
    ipgroup_bindings: (world, project) =>
      Math.max(0, ...ipGroups.all(world, project).map(({ id }) => usersOf(world, id).length)),
  },
  remove: ({ project, id }) => removal(project, id),
};
