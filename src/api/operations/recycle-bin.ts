/** The operations of the recycle bin. */
import { type Static, Type } from 'typebox';
import type { Operation } from '../../model/operation.ts';
import {
  NewRecycleBinPolicy,
  type RecycleBin,
  RecycleBinPolicy,
  recycledLoadBalancer,
} from '../../model/recycle-bin.ts';
import { answerBody } from '../../model/resource.ts';
import { described, named, strict } from '../../model/schemas.ts';
import {
  deleteRecycled,
  listRecycled,
  type RecycledView,
  restoreLoadBalancer,
} from '../../service/recycle-bin.ts';
import {
  changeRecycleBinPolicy,
  enableRecycleBin,
  showRecycleBin,
} from '../../service/recycle-bin-settings.ts';
import type { Region } from '../../service/region.ts';
import { listOperation } from '../crud.ts';
import { readListQuery } from '../list-query.ts';
import { listBody } from '../page-info.ts';
import { eipsOf, references, render } from '../render.ts';

const group = 'Recycle bin';
const path = '/v3/{project_id}/elb/recycle-bin';
const each = `${path}/loadbalancers/{loadbalancer_id}`;

const Settings = Type.Object({
  recycle_bin: described(
    'The recycle bin.',
    named(
      'RecycleBin',
      Type.Object({
        project_id: described('The project.', Type.String()),
        enable: described('Whether deleted load balancers go there.', Type.Boolean()),
        policy: described('Which of them, and how long they stay.', RecycleBinPolicy),
      }),
    ),
  ),
});
const Enable = strict({
  recycle_bin: described(
    'What to change.',
    strict({
      enable: Type.Optional(described('Whether deleted load balancers go there.', Type.Boolean())),
    }),
  ),
});
const Policy = strict({
  recycle_bin: described(
    'What to change.',
    strict({
      policy: Type.Optional(
        described(
          'Which load balancers go there, and how long they stay; what is not given stays.',
          NewRecycleBinPolicy,
        ),
      ),
    }),
  ),
});

function renderSettings(project_id: string, bin: RecycleBin): Static<typeof Settings> {
  return { recycle_bin: { project_id, ...bin } };
}

function renderRecycled({ loadBalancer: of, listenerIds, poolIds, auto_terminate_time }: RecycledView) {
  return render(
    recycledLoadBalancer,
    { ...of, auto_terminate_time },
    { listeners: references(listenerIds), pools: references(poolIds), eips: eipsOf(of) },
  );
}

export function recycleBinOperations(region: Region): Operation[] {
  // Of the interface: these answers have no request id (rules digest 1.2).
  const settings = { group, answer: Settings, status: 200, carriesRequestId: false } as const;
  return [
    {
      ...settings,
      id: 'ShowRecycleBin',
      action: 'elb:recycleBin:get',
      method: 'GET',
      path,
      summary: 'Show whether there is a recycle bin, and how long what is in it stays',
      handle: async ({ params: { project_id = '' } }) => ({
        body: renderSettings(project_id, await showRecycleBin(region, project_id)),
      }),
    },
    {
      ...settings,
      id: 'UpdateRecycleBinEnable',
      action: 'elb:recycleBin:put',
      actionScope: 'project',
      method: 'PUT',
      path,
      summary: 'Switch the recycle bin on, or off when it is empty',
      body: Enable,
      handle: async ({ params: { project_id = '' }, body }) => {
        const { enable } = (body as Static<typeof Enable>).recycle_bin;
        const bin =
          enable === undefined
            ? await showRecycleBin(region, project_id)
            : await enableRecycleBin(region, project_id, enable);
        return { body: renderSettings(project_id, bin) };
      },
    },
    {
      ...settings,
      id: 'UpdateRecycleBinPolicy',
      action: 'elb:recycleBin:put',
      actionScope: 'project',
      method: 'PUT',
      path: `${path}/policy`,
      summary: 'Change which load balancers go to the recycle bin, and how long they stay',
      body: Policy,
      handle: async ({ params: { project_id = '' }, body }) => {
        const { policy = {} } = (body as Static<typeof Policy>).recycle_bin;
        return { body: renderSettings(project_id, await changeRecycleBinPolicy(region, project_id, policy)) };
      },
    },
    {
      ...listOperation({
        of: recycledLoadBalancer,
        id: 'ListRecycleBinLoadBalancers',
        action: 'elb:recycleBin:list',
        path: `${path}/loadbalancers`,
        group,
        summary: 'List the load balancers in the recycle bin',
        answer: answerBody(recycledLoadBalancer),
      }),
      handle: async ({ params: { project_id = '' }, query }) => {
        const asked = readListQuery(recycledLoadBalancer, query);
        const listed = await listRecycled(region, project_id, asked);
        return { body: listBody(recycledLoadBalancer.plural, listed, asked, renderRecycled) };
      },
    },
    {
      id: 'DeleteRecycleLoadBalancer',
      action: 'elb:recycleBin:delete',
      method: 'DELETE',
      path: each,
      group,
      summary: 'Destroy a load balancer in the recycle bin',
      status: 204,
      handle: async ({ params: { project_id = '', loadbalancer_id = '' } }) => {
        await deleteRecycled(region, project_id, loadbalancer_id);
        return {};
      },
    },
    {
      id: 'RestoreLoadbalancer',
      action: 'elb:recycleBin:put',
      checksEach: true,
      method: 'PUT',
      path: `${each}/recover`,
      group,
      summary: 'Bring a load balancer in the recycle bin back with all that went with it',
      answer: Type.Object({
        type: described('v3 for a dedicated load balancer, v2 for a shared one.', Type.String(), 'v3'),
        job_id: described('The job that tells how it went.', Type.String()),
      }),
      status: 200,
      handle: async ({ params: { project_id = '', loadbalancer_id = '' } }) => ({
        body: await restoreLoadBalancer(region, project_id, loadbalancer_id),
      }),
    },
  ];
}
