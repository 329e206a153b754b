/** The operations of logtanks. */
import { type Logtank, logtank } from '../../model/logtank.ts';
import type { Operation } from '../../model/operation.ts';
import {
  createLogtank,
  deleteLogtank,
  listLogtanks,
  showLogtank,
  updateLogtank,
} from '../../service/logtanks.ts';
import type { Region } from '../../service/region.ts';
import { crudOperations } from '../crud.ts';
import { render } from '../render.ts';

export function logtankOperations(region: Region): Operation[] {
  return crudOperations({
    of: logtank,
    names: ['Logtank', 'Logtanks'],
    group: 'Logtanks',
    path: '/v3/{project_id}/elb/logtanks',
    idParameter: 'logtank_id',
    render: (of: Logtank) => render(logtank, of),
    service: {
      create: ({ project_id = '' }, body) => createLogtank(region, project_id, body),
      show: ({ project_id = '', logtank_id = '' }) => showLogtank(region, project_id, logtank_id),
      list: ({ project_id = '' }, query) => listLogtanks(region, project_id, query),
      update: ({ project_id = '', logtank_id = '' }, body) =>
        updateLogtank(region, project_id, logtank_id, body),
      remove: ({ project_id = '', logtank_id = '' }) => deleteLogtank(region, project_id, logtank_id),
    },
  });
}
