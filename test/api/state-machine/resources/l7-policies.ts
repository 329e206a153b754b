/** L7 policies: from an HTTP or HTTPS listener to a pool, or from an HTTP listener to an HTTPS one beside it. */
import fc from 'fast-check';
import { type Call, type Command, fault, faultsOf, idFor, type Pick, pick } from '../command.ts';
import { quotas } from '../ground.ts';
import {
  type L7Policy,
  type Listener,
  l7Policies,
  l7Rules,
  listeners,
  loadBalancers,
  membersOf,
  pools,
  usersOf,
} from '../kinds.ts';
import { fullest, type Modelled, references } from '../resource.ts';
import type { World } from '../world.ts';

const list = '/elb/l7policies';
const at = ({ id }: { readonly id: string }) => `${list}/${id}`;
const carriesHttp = ({ protocol }: Listener) => protocol === 'HTTP' || protocol === 'HTTPS';

/** The fault of a policy that begins to send requests to a pool. */
function poolFaults(world: World, listener: Listener, poolId: string): string[] {
  const pool = pools.find(world, listener.project, poolId);
  if (!pool) return [fault.notFound];
  const lb = loadBalancers.find(world, listener.project, listener.lb);
  const others = usersOf(world, poolId).filter(({ id }) => id !== listener.id);
  const hasIpMembers = membersOf(world, poolId).some(({ subnet }) => subnet === null);
  return faultsOf(
    [pool.protocol !== 'HTTP', fault.invalid],
    [pool.vpc !== '' && pool.vpc !== lb?.vpc, fault.invalid],
    [hasIpMembers && lb?.ipTargets === false, fault.noIpTargets],
    [others.length + 1 > quotas.listeners_per_pool, fault.quota],
  );
}

/** The fault of a policy that begins to send clients to a listener. */
function targetFaults(world: World, listener: Listener, targetId: string): string[] {
  const target = listeners.find(world, listener.project, targetId);
  if (!target) return [fault.notFound];
  return faultsOf([target.protocol !== 'HTTPS' || target.lb !== listener.lb, fault.invalid]);
}

/** What decides which field names the target. */
type Acting = { readonly action: L7Policy['action'] };

const settingOf = ({ action }: Acting) =>
  action === 'REDIRECT_TO_POOL' ? 'redirect_pool_id' : 'redirect_listener_id';

function targetFor(world: World, project: string, { action }: Acting, which: Pick): string {
  return action === 'REDIRECT_TO_POOL'
    ? idFor(world, project, pools, which, ({ protocol }) => protocol === 'HTTP')
    : idFor(world, project, listeners, which, ({ protocol }) => protocol === 'HTTPS');
}

const create: fc.Arbitrary<Command> = fc
  .record({
    owner: pick,
    action: fc.constantFrom<L7Policy['action']>(
      ...(['REDIRECT_TO_POOL', 'REDIRECT_TO_POOL', 'REDIRECT_TO_LISTENER'] as const),
    ),
    which: pick,
  })
  .map(({ owner, action, which }) => ({
    plan: (before, project) => {
      const listenerId = idFor(before, project, listeners, owner, carriesHttp);
      const target = targetFor(before, project, { action }, which);
      return {
        project,
        method: 'POST',
        path: list,
        body: { l7policy: { listener_id: listenerId, action, [settingOf({ action })]: target } },
        expect: (world) => {
          const found = listeners.find(world, project, listenerId);
          const isRedirect = action === 'REDIRECT_TO_LISTENER';
          const beside = l7Policies.all(world).filter((each) => each.listener === listenerId);
          return {
            faults: found
              ? [
                  ...faultsOf(
                    [!carriesHttp(found) || (isRedirect && found.protocol !== 'HTTP'), fault.invalid],
                    [l7Policies.all(world, project).length >= quotas.l7policy, fault.quota],
                    [beside.length >= quotas.l7policies_per_listener, fault.quota],
                  ),
                  ...(isRedirect ? targetFaults : poolFaults)(world, found, target),
                ]
              : [fault.notFound],
            status: 201,
            apply: (after, { l7policy: { id } }) => {
              // Two redirects of a listener are alike, and the newer of two alike is in error for good (L7-7).
              const isTwin = isRedirect && beside.some((each) => each.action === action);
              const status = isTwin ? 'ERROR' : 'ACTIVE';
              l7Policies.put(after, { id, project, listener: listenerId, action, target, status });
            },
          };
        },
      };
    },
  }));

const update: fc.Arbitrary<Command> = fc.record({ which: pick, to: pick }).map(({ which, to }) => ({
  plan: (before, project) => {
    const id = idFor(before, project, l7Policies, which);
    const action = l7Policies.find(before, project, id)?.action ?? 'REDIRECT_TO_POOL';
    const target = targetFor(before, project, { action }, to);
    return {
      project,
      method: 'PUT',
      path: at({ id }),
      body: { l7policy: { [settingOf({ action })]: target } },
      expect: (world) => {
        const found = l7Policies.find(world, project, id);
        const owner = listeners.find(world, project, found?.listener);
        const faults = action === 'REDIRECT_TO_POOL' ? poolFaults : targetFaults;
        return {
          faults:
            !found || !owner ? [fault.notFound] : found.target === target ? [] : faults(world, owner, target),
          status: 200,
          apply: (after) => {
            if (found) l7Policies.put(after, { ...found, target });
          },
        };
      },
    };
  },
}));

/** With its rules. */
export function removePolicy(after: World, { id }: L7Policy): void {
  for (const each of l7Rules.all(after)) if (each.policy === id) l7Rules.remove(after, each.id);
  l7Policies.remove(after, id);
}

function removal(project: string, id: string): Call {
  return {
    project,
    method: 'DELETE',
    path: at({ id }),
    expect: (world) => {
      const found = l7Policies.find(world, project, id);
      return {
        faults: faultsOf([!found, fault.notFound]),
        status: 204,
        apply: (after) => {
          if (found) removePolicy(after, found);
        },
      };
    },
  };
}

export const l7PolicyModel: Modelled<L7Policy> = {
  kind: l7Policies,
  list,
  plural: 'l7policies',
  at,
  create: { weight: 5, arbitrary: create },
  commands: [
    { weight: 2, arbitrary: update },
    {
      weight: 2,
      arbitrary: pick.map((which) => ({
        plan: (world, project) => removal(project, idFor(world, project, l7Policies, which)),
      })),
    },
  ],
  shown: (world, { id, project, listener, action, target, status }) => ({
    id,
    project_id: project,
    listener_id: listener,
    action,
    redirect_pool_id: action === 'REDIRECT_TO_POOL' ? target : null,
    redirect_listener_id: action === 'REDIRECT_TO_LISTENER' ? target : null,
    provisioning_status: status,
    rules: references(l7Rules.all(world).filter(({ policy }) => policy === id)),
  }),
  used: {
    l7policy: (world, project) => l7Policies.all(world, project).length,
    l7policies_per_listener: (world, project) =>
      fullest(listeners.all(world, project), l7Policies.all(world), ({ listener }) => listener),
  },
  remove: ({ project, id }) => removal(project, id),
};
