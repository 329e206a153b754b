/** The operations of members. */
import { Type } from 'typebox';
import {
  BatchAddedMember,
  BatchAddMember,
  BatchDeleteMember,
  BatchUpdatedMember,
  BatchUpdateMember,
  type Member,
  MemberOfProject,
  member,
  memberOfProject,
} from '../../model/member.ts';
import type { Operation } from '../../model/operation.ts';
import { immutableFields } from '../../model/resource.ts';
import { described, named, strict } from '../../model/schemas.ts';
import { portIdOf } from '../../service/addresses.ts';
import {
  type BatchAdded,
  batchAddMembers,
  batchDeleteMembers,
  batchUpdateMembers,
} from '../../service/member-batches.ts';
import {
  createMember,
  deleteMember,
  listAllMembers,
  listMembers,
  type MemberView,
  showMember,
  updateMember,
} from '../../service/members.ts';
import type { Region } from '../../service/region.ts';
import { crudOperations, listOperation } from '../crud.ts';
import { readListQuery } from '../list-query.ts';
import { listBody } from '../page-info.ts';
import { type Rendered, references, render } from '../render.ts';

const group = 'Members';
const path = '/v3/{project_id}/elb/pools/{pool_id}/members';

/** The most members that a batch call takes (rules digest 2.4.7). */
const maxBatch = 200;

const batchOf = <T extends Parameters<typeof Type.Array>[0]>(item: T) =>
  strict({ members: described('The members.', Type.Array(item, { minItems: 1, maxItems: maxBatch })) });

const Deleted = named(
  'DeletedMember',
  Type.Object({
    id: described('The member; empty for an address that none has.', Type.String()),
    ret_status: described('successful, or not found.', Type.String(), 'successful'),
  }),
);

/** A member as answered: a reason only while it is OFFLINE, its status as each listener sees it. */
export function renderMember({ member: of, pool, listenerIds }: MemberView): Rendered {
  const reason = of.operating_status === 'OFFLINE' ? of.reason : null;
  return render(member, of, {
    reason,
    status: listenerIds.map((listener_id) => ({
      listener_id,
      operating_status: of.operating_status,
      reason,
      created_at: pool.created_at,
      updated_at: pool.updated_at,
    })),
  });
}

/** The server of a member under the names of older versions. */
export function deviceOf({ instance_id, availability_zone }: Member) {
  return {
    device_id: instance_id,
    device_owner: instance_id === '' ? '' : `compute:${availability_zone}`,
  };
}

/** In the list of all pools a member also says where it belongs. */
function renderMemberOfProject(view: MemberView): Rendered {
  const [loadbalancer_id = ''] = view.loadBalancerIds;
  const { pool_id } = view.member;
  return {
    ...renderMember(view),
    ...{
      pool_id,
      loadbalancer_id,
      loadbalancers: references(view.loadBalancerIds),
      ...deviceOf(view.member),
    },
  };
}

/** In batches a member names its network port, and not its family. */
function renderInBatch(view: MemberView): Rendered {
  const { ip_version, ...rendered } = renderMember(view);
  const { instance_id, address } = view.member;
  return { ...rendered, port_id: instance_id === '' ? '' : portIdOf(address, instance_id) };
}

function renderAdded(view: BatchAdded): unknown {
  const { availability_zone, ...rendered } = renderInBatch(view);
  return { ...rendered, ret_status: view.ret_status };
}

interface BatchBody<T> {
  readonly members: readonly T[];
}

export function memberOperations(region: Region): Operation[] {
  const pid = (params: Readonly<Record<string, string>>) => params['project_id'] ?? '';
  const pool = (params: Readonly<Record<string, string>>) => params['pool_id'] ?? '';
  const id = (params: Readonly<Record<string, string>>) => params['member_id'] ?? '';
  return [
    ...crudOperations({
      of: member,
      names: ['Member', 'Members'],
      group,
      path,
      idParameter: 'member_id',
      render: renderMember,
      service: {
        create: (params, body) =>
          createMember(region, pid(params), pool(params), body as Parameters<typeof createMember>[3]),
        show: (params) => showMember(region, pid(params), pool(params), id(params)),
        list: (params, query) => listMembers(region, pid(params), pool(params), query),
        update: (params, body) => updateMember(region, pid(params), pool(params), id(params), body),
        remove: (params) => deleteMember(region, pid(params), pool(params), id(params)),
      },
    }),
    {
      ...listOperation({
        of: memberOfProject,
        id: 'ListAllMembers',
        path: '/v3/{project_id}/elb/members',
        group,
        summary: 'List the members of all pools',
        answer: MemberOfProject,
      }),
      handle: async ({ params, query }) => {
        const asked = readListQuery(memberOfProject, query);
        const page = await listAllMembers(region, pid(params), asked);
        return { body: listBody('members', page, asked, renderMemberOfProject) };
      },
    },
    {
      id: 'BatchCreateMembers',
      action: 'elb:members:create',
      method: 'POST',
      path: `${path}/batch-add`,
      group,
      summary: 'Add up to 200 members',
      body: batchOf(BatchAddMember),
      answer: Type.Object({ members: described('What became of each.', Type.Array(BatchAddedMember)) }),
      status: 200,
      handle: async ({ params, body }) => {
        const { members } = body as BatchBody<Parameters<typeof batchAddMembers>[3][number]>;
        const added = await batchAddMembers(region, pid(params), pool(params), members);
        return {
          body: {
            members: added.map(renderAdded),
          },
        };
      },
    },
    {
      id: 'BatchUpdateMembers',
      action: 'elb:members:put',
      method: 'POST',
      path: `${path}/batch-update`,
      group,
      summary: 'Change up to 200 members',
      body: batchOf(BatchUpdateMember),
      bodyOptions: { immutable: { members: immutableFields(member) } },
      answer: Type.Object({
        members: described('The members as they are now.', Type.Array(BatchUpdatedMember)),
      }),
      status: 200,
      handle: async ({ params, body }) => {
        const { members } = body as BatchBody<Parameters<typeof batchUpdateMembers>[3][number]>;
        const updated = await batchUpdateMembers(region, pid(params), pool(params), members);
        return { body: { members: updated.map(renderInBatch) } };
      },
    },
    {
      id: 'BatchDeleteMembers',
      action: 'elb:members:delete',
      method: 'POST',
      path: `${path}/batch-delete`,
      group,
      summary: 'Delete up to 200 members',
      body: batchOf(BatchDeleteMember),
      answer: Type.Object({ members: described('What became of each.', Type.Array(Deleted)) }),
      status: 200,
      handle: async ({ params, body }) => {
        const { members } = body as BatchBody<Parameters<typeof batchDeleteMembers>[3][number]>;
        return { body: { members: await batchDeleteMembers(region, pid(params), pool(params), members) } };
      },
    },
  ];
}
