/** Health monitors: one of a pool, of a type that suits it. */
import fc from 'fast-check';
import { type Call, type Command, fault, faultsOf, idFor, pick, seldom } from '../command.ts';
import { quotas } from '../ground.ts';
import { type Monitor, monitors, type Pool, pools } from '../kinds.ts';
import type { Modelled } from '../resource.ts';

const list = '/elb/healthmonitors';
const at = ({ id }: { readonly id: string }) => `${list}/${id}`;

/** So slow that no probe comes to a verdict while a game lasts. */
const pace = { delay: 50, timeout: 50, max_retries: 10, max_retries_down: 10 };

const types: Readonly<Record<Pool['protocol'], readonly string[]>> = {
  HTTP: ['TCP', 'HTTP'],
  TCP: ['TCP', 'HTTP'],
  UDP: ['UDP_CONNECT'],
};
const anyType = fc.constantFrom('TCP', 'HTTP', 'UDP_CONNECT');

const create: fc.Arbitrary<Command> = fc
  .record({ within: pick, type: anyType, up: fc.boolean() })
  .map(({ within, type, up }) => ({
    plan: (before, project) => {
      const fits = ({ monitor, protocol }: Pool) => !monitor && types[protocol].includes(type);
      const pool_id = idFor(before, project, pools, within, fits);
      return {
        project,
        method: 'POST',
        path: list,
        body: { healthmonitor: { pool_id, type, admin_state_up: up, ...pace } },
        expect: (world) => {
          const pool = pools.find(world, project, pool_id);
          return {
            faults: faultsOf(
              [!pool, fault.notFound],
              [!!pool?.monitor, fault.conflict],
              [!!pool && !types[pool.protocol].includes(type), fault.invalid],
              [monitors.all(world, project).length >= quotas.healthmonitor, fault.quota],
            ),
            status: 201,
            apply: (after, { healthmonitor: { id } }) => {
              if (!pool) return;
              monitors.put(after, { id, project, pool: pool_id, type, up });
              pools.put(after, { ...pool, monitor: id });
            },
          };
        },
      };
    },
  }));

const update: fc.Arbitrary<Command> = fc
  .record({ which: pick, type: seldom(anyType), up: fc.boolean() })
  .map(({ which, type, up }) => ({
    plan: (before, project) => {
      const id = idFor(before, project, monitors, which);
      return {
        project,
        method: 'PUT',
        path: at({ id }),
        body: { healthmonitor: { admin_state_up: up, ...(type ? { type } : {}) } },
        expect: (world) => {
          const found = monitors.find(world, project, id);
          const pool = pools.find(world, project, found?.pool);
          return {
            faults: faultsOf(
              [!found, fault.notFound],
              [!!type && !!pool && !types[pool.protocol].includes(type), fault.invalid],
            ),
            status: 200,
            apply: (after) => {
              if (found) monitors.put(after, { ...found, up, type: type ?? found.type });
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
    expect: (world) => {
      const found = monitors.find(world, project, id);
      return {
        faults: faultsOf([!found, fault.notFound]),
        status: 204,
        apply: (after) => {
          const pool = pools.find(after, project, found?.pool);
          if (pool) pools.put(after, { ...pool, monitor: null });
          monitors.remove(after, id);
        },
      };
    },
  };
}

export const monitorModel: Modelled<Monitor> = {
  kind: monitors,
  list,
  plural: 'healthmonitors',
  at,
  create: { weight: 4, arbitrary: create },
  commands: [
    { weight: 2, arbitrary: update },
    {
      weight: 2,
      arbitrary: pick.map((which) => ({
        plan: (world, project) => removal(project, idFor(world, project, monitors, which)),
      })),
    },
  ],
  shown: (_world, { id, project, pool, type, up }) => ({
    id,
    project_id: project,
    pools: [{ id: pool }],
    type,
    admin_state_up: up,
    ...pace,
  }),
  used: { healthmonitor: (world, project) => monitors.all(world, project).length },
  remove: ({ project, id }) => removal(project, id),
};
