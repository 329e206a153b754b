/** Members one by one: where they stand, that no two of a pool are alike, and what settles a pool's VPC. */
import fc from 'fast-check';
import {
  type Call,
  type Command,
  fault,
  faultsOf,
  idFor,
  maybe,
  type Pick,
  pick,
  said,
  seldom,
} from '../command.ts';
import { places, quotas, serverAt } from '../ground.ts';
import {
  balancersOf,
  loadBalancers,
  type Member,
  members,
  membersOf,
  monitors,
  type Pool,
  pools,
  usersOf,
} from '../kinds.ts';
import { fullest, type Modelled } from '../resource.ts';
import type { World } from '../world.ts';

/** An address and port that a request asks for. */
export interface Spot {
  readonly address: string;
  readonly port: number;
  readonly subnet: string | null;
}

/** Addresses of servers, of load balancers, and of nothing; few, so that requests meet. */
export const spot: fc.Arbitrary<Spot> = fc
  .record({
    place: maybe(fc.constantFrom(...places, ...places.slice(0, 2))),
    last: fc.constantFrom(2, 20, 21, 22),
    port: fc.constantFrom(7, 9),
  })
  .map(({ place, last, port }) => ({
    address: `${place?.prefix ?? '127.72.0'}.${last}`,
    port,
    subnet: place?.subnet ?? null,
  }));

export const membersPath = (pool: string) => `/elb/pools/${pool}/members`;
const at = ({ pool, id }: { readonly pool: string; readonly id: string }) => `${membersPath(pool)}/${id}`;

export const requestOf = ({ address, port, subnet }: Spot) => ({
  address,
  protocol_port: port,
  ...said({ subnet_cidr_id: subnet ?? undefined }),
});

export function memberAt(world: World, pool: string, { address, port }: Spot): Member | undefined {
  return membersOf(world, pool).find((each) => each.address === address && each.port === port);
}

/** Why a new member cannot stand where it is asked for, but for its being there already. */
export function placementFaults(world: World, pool: Pool, { address, subnet }: Spot): string[] {
  const balancers = balancersOf(world, pool);
  const place = places.find((each) => each.subnet === subnet);
  if (!place) {
    return faultsOf([balancers.some(({ ipTargets }) => !ipTargets), fault.noIpTargets]);
  }
  return faultsOf(
    [pool.type === 'ip', fault.invalid],
    [pool.vpc !== '' && pool.vpc !== place.vpc, fault.invalid],
    [balancers.some(({ vpc }) => vpc !== place.vpc), fault.invalid],
    [loadBalancers.all(world).some((each) => each.vpc === place.vpc && each.vip === address), fault.conflict],
  );
}

/** Puts a member into the world; the first with a subnet settles the VPC of its pool. */
export function join(world: World, pool: Pool, id: string, wanted: Spot, weight: number): void {
  const place = places.find((each) => each.subnet === wanted.subnet);
  const server = place ? serverAt(place, wanted.address) : 'none';
  const { address, port, subnet } = wanted;
  members.put(world, { id, project: pool.project, pool: pool.id, address, port, subnet, server, weight });
  const now = pools.find(world, pool.project, pool.id);
  if (place && now?.vpc === '') pools.put(world, { ...now, vpc: place.vpc });
}

/** Whether more members would exceed a quota. */
export function areTooMany(world: World, { id, project }: Pool, adding: number): boolean {
  return (
    members.all(world, project).length + adding > quotas.member ||
    membersOf(world, id).length + adding > quotas.members_per_pool
  );
}

/** A member of a pool, named by a path with both ids; either may be wrong by itself. */
export function memberOf(world: World, project: string, which: Pick, within: Pick | null) {
  const id = idFor(world, project, members, which);
  const pool = members.find(world, project, id)?.pool;
  return { id, pool: within || !pool ? idFor(world, project, pools, within ?? which) : pool };
}

/** Another pool than the member's own, now and then. */
const astray = seldom(pick, 9);

const create: fc.Arbitrary<Command> = fc.record({ within: pick, wanted: spot }).map(({ within, wanted }) => ({
  plan: (before, project) => {
    const poolId = idFor(
      before,
      project,
      pools,
      within,
      (pool) => wanted.subnet === null || pool.type !== 'ip',
    );
    return {
      project,
      method: 'POST',
      path: membersPath(poolId),
      body: { member: requestOf(wanted) },
      expect: (world) => {
        const pool = pools.find(world, project, poolId);
        return {
          faults: pool
            ? [
                ...placementFaults(world, pool, wanted),
                ...faultsOf(
                  [!!memberAt(world, poolId, wanted), fault.conflict],
                  [areTooMany(world, pool, 1), fault.quota],
                ),
              ]
            : [fault.notFound],
          status: 201,
          apply: (after, { member: { id } }) => {
            if (pool) join(after, pool, id, wanted, 1);
          },
        };
      },
    };
  },
}));

const update: fc.Arbitrary<Command> = fc
  .record({
    which: pick,
    within: astray,
    port: maybe(fc.constantFrom(7, 9)),
    weight: maybe(fc.nat({ max: 100 })),
  })
  .map(({ which, within, port, weight }) => ({
    plan: (before, project) => {
      const ids = memberOf(before, project, which, within);
      return {
        project,
        method: 'PUT',
        path: at(ids),
        body: { member: said({ protocol_port: port ?? undefined, weight: weight ?? undefined }) },
        expect: (world) => {
          const found = members.find(world, project, ids.id);
          const there = found?.pool === ids.pool ? found : undefined;
          const changed = there && { ...there, port: port ?? there.port, weight: weight ?? there.weight };
          const moves = changed && changed.port !== there.port;
          return {
            faults: faultsOf(
              [!there, fault.notFound],
              [!!moves && !!memberAt(world, ids.pool, changed), fault.conflict],
            ),
            status: 200,
            apply: (after) => {
              if (changed) members.put(after, changed);
            },
          };
        },
      };
    },
  }));

function removal(project: string, ids: { readonly pool: string; readonly id: string }): Call {
  return {
    project,
    method: 'DELETE',
    path: at(ids),
    expect: (world) => {
      const there = members.find(world, project, ids.id)?.pool === ids.pool;
      const isProtected = !!pools.find(world, project, ids.pool)?.protectsMembers;
      return {
        faults: faultsOf([!there, fault.notFound], [there && isProtected, fault.conflict]),
        status: 204,
        apply: (after) => members.remove(after, ids.id),
      };
    },
  };
}

/** A member's health as far as the model goes: what it is before any probe has come to a verdict. */
export function statusOf(world: World, { pool, server }: Member): string {
  const isMonitored = monitors.all(world).some((each) => each.pool === pool && each.up);
  if (!isMonitored) return 'NO_MONITOR';
  if (usersOf(world, pool).length === 0 || server === 'missing') return 'UNKNOWN';
  return server === 'stopped' ? 'OFFLINE' : 'INITIAL';
}

export const memberModel: Modelled<Member> = {
  kind: members,
  list: '/elb/members',
  plural: 'members',
  at,
  create: { weight: 9, arbitrary: create },
  commands: [
    { weight: 3, arbitrary: update },
    {
      weight: 3,
      arbitrary: fc.record({ which: pick, within: astray }).map(({ which, within }) => ({
        plan: (world, project) => removal(project, memberOf(world, project, which, within)),
      })),
    },
  ],
  shown: (world, of) => {
    const pool = pools.find(world, of.project, of.pool);
    const status = statusOf(world, of);
    return {
      id: of.id,
      project_id: of.project,
      pool_id: of.pool,
      loadbalancers: (pool ? balancersOf(world, pool) : []).map(({ id }) => ({ id })),
      address: of.address,
      protocol_port: of.port,
      subnet_cidr_id: of.subnet,
      weight: of.weight,
      member_type: of.subnet === null ? 'ip' : 'instance',
      operating_status: status,
      reason: null,
    };
  },
  used: {
    member: (world, project) => members.all(world, project).length,
    members_per_pool: (world, project) =>
      fullest(pools.all(world, project), members.all(world), ({ pool }) => pool),
  },
  remove: ({ project, ...ids }) => removal(project, ids),
};
