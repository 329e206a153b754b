/** The calls that delete a resource with what belongs to it, and several at once, each whole or not at all. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Command, fault, faultsOf, idFor, maybe, pick } from '../command.ts';
import {
  balancersOf,
  type Listener,
  type LoadBalancer,
  l7Policies,
  listeners,
  loadBalancers,
  logtanks,
  members,
  membersOf,
  monitors,
  ownPools,
  type Pool,
  policiesTo,
  pools,
  poolsOf,
} from '../kinds.ts';
import type { Weighted } from '../resource.ts';
import type { Entry, Kind, World } from '../world.ts';
import { removePolicy } from './l7-policies.ts';

/** What it takes for one to be deleted, and what then goes. */
interface Deletion {
  readonly faults: string[];
  readonly apply: (after: World) => void;
}

type Deleting = (world: World, project: string, id: string) => Deletion;

function listenersOf(world: World, lb: LoadBalancer): Listener[] {
  return listeners.all(world).filter((each) => each.lb === lb.id);
}

function poolsBelow(world: World, lb: LoadBalancer): Pool[] {
  const used = listenersOf(world, lb).flatMap((each) => poolsOf(world, each));
  return [...new Set([...ownPools(world, lb.id), ...used])];
}

/** With its policies, and with those of others that send clients to it. */
function removeListener(after: World, { id }: Listener): void {
  for (const each of l7Policies.all(after)) if (each.listener === id) removePolicy(after, each);
  for (const each of policiesTo(after, id)) removePolicy(after, each);
  listeners.remove(after, id);
}

function removePool(after: World, { id, monitor }: Pool): void {
  for (const each of membersOf(after, id)) members.remove(after, each.id);
  if (monitor) monitors.remove(after, monitor);
  for (const each of listeners.all(after))
    if (each.pool === id) listeners.put(after, { ...each, pool: null });
  pools.remove(after, id);
}

/** The pools that other load balancers use stay, and so do all when the call says so; they then belong to none. */
const withAllBelow =
  (removesPools: boolean): Deleting =>
  (world, project, id) => {
    const found = loadBalancers.find(world, project, id);
    if (!found) return { faults: [fault.notFound], apply: () => {} };
    const below = poolsBelow(world, found);
    const isKept = found.isProtected || below.some(({ protectsMembers }) => protectsMembers);
    const isShared = (pool: Pool) => balancersOf(world, pool).some((each) => each.id !== id);
    return {
      faults: faultsOf([isKept, fault.conflict]),
      apply: (after) => {
        for (const each of listenersOf(after, found)) removeListener(after, each);
        for (const each of below) {
          if (removesPools && !isShared(each)) removePool(after, each);
          else if (each.lb === id) pools.put(after, { ...each, lb: null });
        }
        for (const each of logtanks.all(after)) if (each.lb === id) logtanks.remove(after, each.id);
        loadBalancers.remove(after, id);
      },
    };
  };

const listenerByForce: Deleting = (world, project, id) => {
  const found = listeners.find(world, project, id);
  const isKept = !!found && poolsOf(world, found).some(({ protectsMembers }) => protectsMembers);
  return {
    faults: faultsOf([!found, fault.notFound], [isKept, fault.conflict]),
    apply: (after) => {
      if (found) removeListener(after, found);
    },
  };
};

const poolWithAllBelow: Deleting = (world, project, id) => {
  const found = pools.find(world, project, id);
  return {
    faults: faultsOf(
      [!found, fault.notFound],
      [found?.protectsMembers === true || policiesTo(world, id).length > 0, fault.conflict],
    ),
    apply: (after) => {
      if (found) removePool(after, found);
    },
  };
};

const emptyPool: Deleting = (world, project, id) => {
  const found = pools.find(world, project, id);
  const isInUse = !!found?.monitor || membersOf(world, id).length > 0 || policiesTo(world, id).length > 0;
  return {
    faults: faultsOf([!found, fault.notFound], [isInUse, fault.conflict]),
    apply: (after) => {
      if (found) removePool(after, found);
    },
  };
};

/** A call about one, which it names in its path. */
function single<E extends Entry>(
  kind: Kind<E>,
  method: 'POST' | 'DELETE',
  path: (id: string) => string,
  deleting: Deleting,
  body?: unknown,
): fc.Arbitrary<Command> {
  return pick.map((which) => ({
    plan: (before, project) => {
      const id = idFor(before, project, kind, which);
      return {
        project,
        method,
        path: path(id),
        ...(body === undefined ? {} : { body }),
        expect: (world) => ({ ...deleting(world, project, id), status: 204 }),
      };
    },
  }));
}

/** A call about several, which takes those that it can. */
function several<E extends Entry>(
  kind: Kind<E>,
  path: string,
  bodyOf: (ids: string[]) => unknown,
  status: number,
  deleting: Deleting,
): fc.Arbitrary<Command> {
  return fc.array(pick, { minLength: 1, maxLength: 3 }).map((items) => ({
    plan: (before, project) => {
      const ids = items.map((each) => idFor(before, project, kind, each));
      return {
        project,
        method: 'POST',
        path,
        body: bodyOf(ids),
        expect: () => ({
          faults: [],
          status,
          apply: (after, answer) => {
            const outcomes = ids.map((id) => {
              const { faults, apply } = deleting(after, project, id);
              const [code] = faults;
              if (code === undefined) apply(after);
              if (code === undefined) return { id, ret_status: 'successful' };
              return { id, ret_status: code === fault.conflict ? 'failed' : 'not found', ret_code: code };
            });
            // The others start a job, and do not say here what becomes of each.
            if (status === 200) assert.deepEqual(answer[`${kind.name}s`], outcomes);
          },
        }),
      };
    },
  }));
}

const cascade = maybe(fc.boolean()).chain((removesPools) => {
  const body = { loadbalancer: removesPools === null ? {} : { unbounded_pool: removesPools } };
  const path = (id: string) => `/elb/loadbalancers/${id}/delete-cascade`;
  return single(loadBalancers, 'POST', path, withAllBelow(removesPools ?? true), body);
});

/** They are rare, all of them together, since much goes with each. */
const any = fc.oneof(
  cascade,
  single(loadBalancers, 'DELETE', (id) => `/elb/loadbalancers/${id}/force-elb`, withAllBelow(true)),
  single(listeners, 'DELETE', (id) => `/elb/listeners/${id}/force`, listenerByForce),
  single(pools, 'DELETE', (id) => `/elb/pools/${id}/delete-cascade`, poolWithAllBelow),
  several(
    loadBalancers,
    '/elb/loadbalancers/batch-delete',
    (ids) => ({ loadbalancer_ids: ids }),
    202,
    withAllBelow(true),
  ),
  several(listeners, '/elb/listeners/batch-delete', (ids) => ({ listener_ids: ids }), 202, listenerByForce),
  several(pools, '/elb/pools/batch-delete', (ids) => ({ pools: ids }), 200, emptyPool),
);

export const deletions: readonly Weighted[] = [{ weight: 3, arbitrary: any }];
