/** The operations of pools. */
import type { Operation } from '../../model/operation.ts';
import { pool } from '../../model/pool.ts';
import {
  createPool,
  deletePool,
  listPools,
  type PoolView,
  showPool,
  updatePool,
} from '../../service/pools.ts';
import type { Region } from '../../service/region.ts';
import { crudOperations } from '../crud.ts';
import { references, render } from '../render.ts';

function renderPool({ pool: of, listenerIds, loadBalancerIds, memberIds }: PoolView): {
  readonly id: string;
} {
  return render(pool, of, {
    listeners: references(listenerIds),
    loadbalancers: references(loadBalancerIds),
    members: references(memberIds),
  });
}

export function poolOperations(region: Region): Operation[] {
  return crudOperations({
    of: pool,
    names: ['Pool', 'Pools'],
    group: 'Pools',
    path: '/v3/{project_id}/elb/pools',
    idParameter: 'pool_id',
    render: renderPool,
    service: {
      create: ({ project_id = '' }, body) => createPool(region, project_id, body),
      show: ({ project_id = '', pool_id = '' }) => showPool(region, project_id, pool_id),
      list: ({ project_id = '' }, query) => listPools(region, project_id, query),
      update: ({ project_id = '', pool_id = '' }, body) => updatePool(region, project_id, pool_id, body),
      remove: ({ project_id = '', pool_id = '' }) => deletePool(region, project_id, pool_id),
    },
  });
}
