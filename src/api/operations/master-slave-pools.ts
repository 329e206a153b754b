/** The operations of master-slave pools. */
import { masterSlaveMember, masterSlaveMonitor, masterSlavePool } from '../../model/master-slave-pool.ts';
import type { Member } from '../../model/member.ts';
import type { Operation } from '../../model/operation.ts';
import {
  createMasterSlavePool,
  deleteMasterSlavePool,
  listMasterSlavePools,
  type MasterSlavePoolView,
  showMasterSlavePool,
} from '../../service/master-slave-pools.ts';
import type { Region } from '../../service/region.ts';
import { crudOperations } from '../crud.ts';
import { answered, type Rendered, references } from '../render.ts';
import { deviceOf, renderMember } from './members.ts';

function renderMasterSlavePool(view: MasterSlavePoolView): Rendered {
  const renderRole = (of: Member) =>
    answered(masterSlaveMember, {
      ...renderMember({ ...view, member: of }),
      ...deviceOf(of),
      role: of.role,
      status: view.listenerIds.map((listener_id) => ({ listener_id, operating_status: of.operating_status })),
    });
  return answered(masterSlavePool, {
    ...view.pool,
    listeners: references(view.listenerIds),
    loadbalancers: references(view.loadBalancerIds),
    members: [renderRole(view.master), renderRole(view.slave)],
    healthmonitor: answered(masterSlaveMonitor, view.monitor),
  });
}

export function masterSlavePoolOperations(region: Region): Operation[] {
  return crudOperations({
    of: masterSlavePool,
    names: ['MasterSlavePool', 'MasterSlavePools'],
    group: 'Master-slave pools',
    path: '/v3/{project_id}/elb/master-slave-pools',
    idParameter: 'pool_id',
    render: renderMasterSlavePool,
    service: {
      create: ({ project_id = '' }, body) =>
        createMasterSlavePool(region, project_id, body as Parameters<typeof createMasterSlavePool>[2]),
      show: ({ project_id = '', pool_id = '' }) => showMasterSlavePool(region, project_id, pool_id),
      list: ({ project_id = '' }, query) => listMasterSlavePools(region, project_id, query),
      remove: ({ project_id = '', pool_id = '' }) => deleteMasterSlavePool(region, project_id, pool_id),
    },
  });
}
