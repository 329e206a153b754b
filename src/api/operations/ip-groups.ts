/** The operations of IP groups. */
import { type Static, Type } from 'typebox';
import { IpListDelete, IpListUpdate, ipGroup } from '../../model/ip-group.ts';
import type { Operation } from '../../model/operation.ts';
import { answerBody, immutableFields } from '../../model/resource.ts';
import { described, Reference } from '../../model/schemas.ts';
import {
  addIpEntries,
  createIpGroup,
  deleteIpEntries,
  deleteIpGroup,
  type IpGroupView,
  listIpGroups,
  showIpGroup,
  updateIpGroup,
} from '../../service/ip-groups.ts';
import type { Region } from '../../service/region.ts';
import { crudOperations } from '../crud.ts';
import { references, render } from '../render.ts';

const group = 'IP groups';
const path = '/v3/{project_id}/elb/ipgroups';

function renderIpGroup({ ipGroup: of, listenerIds }: IpGroupView): { readonly id: string } {
  return render(ipGroup, of, { listeners: references(listenerIds) });
}

export function ipGroupOperations(region: Region): Operation[] {
  const answer = Type.Object({ ipgroup: answerBody(ipGroup) });
  return [
    ...crudOperations({
      of: ipGroup,
      names: ['IpGroup', 'IpGroups'],
      group,
      path,
      idParameter: 'ipgroup_id',
      render: renderIpGroup,
      service: {
        create: ({ project_id = '' }, body) => createIpGroup(region, project_id, body),
        show: ({ project_id = '', ipgroup_id = '' }) => showIpGroup(region, project_id, ipgroup_id),
        list: ({ project_id = '' }, query) => listIpGroups(region, project_id, query),
        update: ({ project_id = '', ipgroup_id = '' }, body) =>
          updateIpGroup(region, project_id, ipgroup_id, body),
        remove: ({ project_id = '', ipgroup_id = '' }) => deleteIpGroup(region, project_id, ipgroup_id),
      },
    }),
    {
      id: 'UpdateIpList',
      action: 'elb:ipgroups:put',
      method: 'POST',
      path: `${path}/{ipgroup_id}/iplist/create-or-update`,
      group,
      summary: 'Add entries, or describe those there are anew',
      body: IpListUpdate,
      bodyOptions: { immutable: { ipgroup: immutableFields(ipGroup) } },
      answer,
      status: 200,
      handle: async ({ params: { project_id = '', ipgroup_id = '' }, body }) => {
        const { ipgroup } = body as Static<typeof IpListUpdate>;
        return {
          body: { ipgroup: renderIpGroup(await addIpEntries(region, project_id, ipgroup_id, ipgroup)) },
        };
      },
    },
    {
      id: 'BatchDeleteIpList',
      action: 'elb:ipgroups:put',
      method: 'POST',
      path: `${path}/{ipgroup_id}/iplist/batch-delete`,
      group,
      summary: 'Remove entries',
      body: IpListDelete,
      answer,
      status: 200,
      handle: async ({ params: { project_id = '', ipgroup_id = '' }, body }) => {
        const ips = (body as Static<typeof IpListDelete>).ipgroup.ip_list.map(({ ip }) => ip);
        return {
          body: { ipgroup: renderIpGroup(await deleteIpEntries(region, project_id, ipgroup_id, ips)) },
        };
      },
    },
    {
      id: 'ShowIpGroupRelatedListeners',
      action: 'elb:ipgroups:get',
      method: 'GET',
      path: `${path}/{ipgroup_id}/related-listeners`,
      group,
      summary: 'List the listeners that use an ipgroup',
      answer: Type.Object({ listeners: described('The listeners.', Type.Array(Reference)) }),
      status: 200,
      carriesRequestId: false,
      handle: async ({ params: { project_id = '', ipgroup_id = '' } }) => {
        const { listenerIds } = await showIpGroup(region, project_id, ipgroup_id);
        return { body: { listeners: references(listenerIds) } };
      },
    },
  ];
}
