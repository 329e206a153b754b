/** Who uses pools: the listeners that send requests there, and the load balancers of those and of the pool itself. */
import type { Kysely } from 'kysely';
import { listener } from '../model/listener.ts';
import type { Pool } from '../model/pool.ts';
import { findBy } from '../store/rows.ts';
import type { Tables } from '../store/schema.ts';

/** Each by ascending id. */
export interface PoolUsers {
  readonly listenerIds: readonly string[];
  readonly loadBalancerIds: readonly string[];
}

/** The users of each pool, by the pool's id. */
export async function usersOfPools(
  db: Kysely<Tables>,
  pools: readonly Pick<Pool, 'id' | 'loadbalancer_id'>[],
): Promise<ReadonlyMap<string, PoolUsers>> {
  const ids = pools.map(({ id }) => id);
  const fields = ['id', 'default_pool_id', 'loadbalancer_id'] as const;
  const listeners = Map.groupBy(
    await findBy(db, listener, 'default_pool_id', ids, fields),
    ({ default_pool_id }) => default_pool_id,
  );
  return new Map(
    pools.map(({ id, loadbalancer_id: own }) => {
      const using = listeners.get(id) ?? [];
      const loadBalancers = new Set(using.map(({ loadbalancer_id }) => loadbalancer_id));
      if (own) loadBalancers.add(own);
      const listenerIds = using.map((each) => each.id);
      return [id, { listenerIds, loadBalancerIds: [...loadBalancers].sort() }];
    }),
  );
}
