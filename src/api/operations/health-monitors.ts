/** The operations of health monitors. */
import { type HealthMonitor, healthMonitor } from '../../model/health-monitor.ts';
import type { Operation } from '../../model/operation.ts';
import {
  createHealthMonitor,
  deleteHealthMonitor,
  listHealthMonitors,
  showHealthMonitor,
  updateHealthMonitor,
} from '../../service/health-monitors.ts';
import type { Region } from '../../service/region.ts';
import { crudOperations } from '../crud.ts';
import { references, render } from '../render.ts';

function renderHealthMonitor(of: HealthMonitor): { readonly id: string } {
  return render(healthMonitor, of, { pools: references([of.pool_id]) });
}

export function healthMonitorOperations(region: Region): Operation[] {
  return crudOperations({
    of: healthMonitor,
    names: ['HealthMonitor', 'HealthMonitors'],
    group: 'Health monitors',
    path: '/v3/{project_id}/elb/healthmonitors',
    idParameter: 'healthmonitor_id',
    render: renderHealthMonitor,
    service: {
      create: ({ project_id = '' }, body) => createHealthMonitor(region, project_id, body),
      show: ({ project_id = '', healthmonitor_id = '' }) =>
        showHealthMonitor(region, project_id, healthmonitor_id),
      list: ({ project_id = '' }, query) => listHealthMonitors(region, project_id, query),
      update: ({ project_id = '', healthmonitor_id = '' }, body) =>
        updateHealthMonitor(region, project_id, healthmonitor_id, body),
      remove: ({ project_id = '', healthmonitor_id = '' }) =>
        deleteHealthMonitor(region, project_id, healthmonitor_id),
    },
  });
}
