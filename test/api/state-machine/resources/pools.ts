/** Pools: made for a listener, a load balancer or neither, and deleted when they are empty. */
import fc from 'fast-check';
import {
  type Call,
  type Command,
  fault,
  faultsOf,
  idFor,
  idIfAny,
  maybe,
  pick,
  said,
  seldom,
} from '../command.ts';
import { places, quotas } from '../ground.ts';
import {
  balancersOf,
  listeners,
  loadBalancers,
  membersOf,
  type Pool,
  policiesTo,
  pools,
  usersOf,
} from '../kinds.ts';
import { type Modelled, references } from '../resource.ts';

const list = '/elb/pools';
const at = ({ id }: { readonly id: string }) => `${list}/${id}`;
const vpc = fc.constantFrom(...places.map((each) => each.vpc));

const create: fc.Arbitrary<Command> = fc
  .record({
    protocol: fc.constantFrom<Pool['protocol']>('HTTP', 'HTTP', 'TCP', 'UDP'),
    listener: seldom(pick, 2),
    balancer: seldom(pick, 2),
    type: fc.constantFrom<Pool['type']>('', 'ip', 'instance'),
    within: vpc,
  })
  .map(({ protocol, listener, balancer, type, within }) => ({
    plan: (before, project) => {
      const front = protocol === 'HTTP' ? ['HTTP', 'HTTPS'] : [protocol];
      const listenerId =
        listener &&
        idIfAny(before, project, listeners, listener, (each) => front.includes(each.protocol) && !each.pool);
      const lbId = balancer && idIfAny(before, project, loadBalancers, balancer);
      const ownless = !listenerId && !lbId;
      const itsType = ownless && type === '' ? 'ip' : type;
      const vpcId = itsType === 'instance' ? within : '';
      return {
        project,
        method: 'POST',
        path: list,
        body: {
          pool: {
            protocol,
            lb_algorithm: 'ROUND_ROBIN',
            ...said({ listener_id: listenerId ?? undefined, loadbalancer_id: lbId ?? undefined }),
            ...(itsType === '' ? {} : { type: itsType }),
            ...(vpcId === '' ? {} : { vpc_id: vpcId }),
          },
        },
        expect: (world) => {
          const using = listeners.find(world, project, listenerId);
          const owner = loadBalancers.find(world, project, using?.lb ?? lbId);
          return {
            faults: faultsOf(
              [!!listenerId && !using, fault.notFound],
              [!!lbId && !loadBalancers.find(world, project, lbId), fault.notFound],
              [!!using && !!lbId && using.lb !== lbId, fault.invalid],
              [!!using?.pool, fault.conflict],
              [!!using && !front.includes(using.protocol), fault.invalid],
              [vpcId !== '' && !!owner && owner.vpc !== vpcId, fault.invalid],
              [pools.all(world, project).length >= quotas.pool, fault.quota],
            ),
            status: 201,
            apply: (after, { pool: { id } }) => {
              const settings = { monitor: null, protectsMembers: false, name: '' };
              const lb = owner?.id ?? null;
              pools.put(after, { id, project, protocol, lb, type: itsType, vpc: vpcId, ...settings });
              if (using) listeners.put(after, { ...using, pool: id });
            },
          };
        },
      };
    },
  }));

const update: fc.Arbitrary<Command> = fc
  .record({
    which: pick,
    name: maybe(fc.constantFrom('a', 'b')),
    protectsMembers: seldom(fc.boolean()),
    within: seldom(vpc),
  })
  .map(({ which, name, protectsMembers, within }) => ({
    plan: (before, project) => {
      const id = idFor(before, project, pools, which);
      const fields = {
        name: name ?? undefined,
        member_deletion_protection_enable: protectsMembers ?? undefined,
        vpc_id: within ?? undefined,
      };
      return {
        project,
        method: 'PUT',
        path: at({ id }),
        body: { pool: said(fields) },
        expect: (world) => {
          const found = pools.find(world, project, id);
          const balancers = found ? balancersOf(world, found) : [];
          return {
            faults: faultsOf(
              [!found, fault.notFound],
              [!!within && !!found?.vpc && found.vpc !== within, fault.invalid],
              [!!within && found?.type === 'ip', fault.invalid],
              [!!within && balancers.some((each) => each.vpc !== within), fault.invalid],
            ),
            status: 200,
            apply: (after) => {
              if (!found) return;
              pools.put(after, {
                ...found,
                name: name ?? found.name,
                protectsMembers: protectsMembers ?? found.protectsMembers,
                vpc: within ?? found.vpc,
              });
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
      const found = pools.find(world, project, id);
      const isInUse = !!found?.monitor || membersOf(world, id).length > 0 || policiesTo(world, id).length > 0;
      return {
        faults: faultsOf([!found, fault.notFound], [isInUse, fault.conflict]),
        status: 204,
        apply: (after) => {
          for (const each of usersOf(after, id)) listeners.put(after, { ...each, pool: null });
          pools.remove(after, id);
        },
      };
    },
  };
}

export const poolModel: Modelled<Pool> = {
  kind: pools,
  list,
  plural: 'pools',
  at,
  create: { weight: 7, arbitrary: create },
  commands: [
    { weight: 3, arbitrary: update },
    {
      weight: 2,
      arbitrary: pick.map((which) => ({
        plan: (world, project) => removal(project, idFor(world, project, pools, which)),
      })),
    },
  ],
  shown: (world, pool) => ({
    id: pool.id,
    project_id: pool.project,
    name: pool.name,
    protocol: pool.protocol,
    type: pool.type,
    vpc_id: pool.vpc,
    healthmonitor_id: pool.monitor,
    member_deletion_protection_enable: pool.protectsMembers,
    listeners: references(usersOf(world, pool.id)),
    loadbalancers: references(balancersOf(world, pool)),
    members: references(membersOf(world, pool.id)),
  }),
  used: { pool: (world, project) => pools.all(world, project).length },
  remove: ({ project, id }) => removal(project, id),
  release: ({ project, id }) => ({
    project,
    method: 'PUT',
    path: at({ id }),
    body: { pool: { member_deletion_protection_enable: false } },
    expect: (world) => ({
      faults: [],
      status: 200,
      apply: (after) => {
        const found = pools.find(world, project, id);
        if (found) pools.put(after, { ...found, protectsMembers: false });
      },
    }),
  }),
};
