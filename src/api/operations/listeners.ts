/** The operations of listeners. */
import { type Listener, listener } from '../../model/listener.ts';
import type { Operation } from '../../model/operation.ts';
import {
  createListener,
  deleteListener,
  listListeners,
  showListener,
  updateListener,
} from '../../service/listeners.ts';
import type { Region } from '../../service/region.ts';
import { crudOperations } from '../crud.ts';
import { references, render } from '../render.ts';

function renderListener(of: Listener): { readonly id: string } {
  return render(listener, of, { loadbalancers: references([of.loadbalancer_id]) });
}

export function listenerOperations(region: Region): Operation[] {
  return crudOperations({
    of: listener,
    names: ['Listener', 'Listeners'],
    group: 'Listeners',
    path: '/v3/{project_id}/elb/listeners',
    idParameter: 'listener_id',
    render: renderListener,
    service: {
      create: ({ project_id = '' }, body) => createListener(region, project_id, body),
      show: ({ project_id = '', listener_id = '' }) => showListener(region, project_id, listener_id),
      list: ({ project_id = '' }, query) => listListeners(region, project_id, query),
      update: ({ project_id = '', listener_id = '' }, body) =>
        updateListener(region, project_id, listener_id, body),
      remove: ({ project_id = '', listener_id = '' }) => deleteListener(region, project_id, listener_id),
    },
  });
}
