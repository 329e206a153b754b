/** The operations of members. */
import { Type } from 'typebox';
import { BatchAddMember, BatchDeleteMember, BatchUpdateMember, member } from '../../model/member.ts';
import type { Operation } from '../../model/operation.ts';
import { answerBody, immutableFields } from '../../model/resource.ts';
import { strict } from '../../model/schemas.ts';
import { batchAddMembers, batchDeleteMembers, batchUpdateMembers } from '../../service/member-batches.ts';
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
import { references, render } from '../render.ts';

const group = 'Members';
const path = '/v3/{project_id}/elb/pools/{pool_id}/members';

/** The most members that a batch call takes (rules digest 2.4.7). */
const maxBatch = 200;

const batchOf = <T extends Parameters<typeof Type.Array>[0]>(item: T) =>
  strict({ members: Type.Array(item, { minItems: 1, maxItems: maxBatch }) });

/** A member as answered: a reason only while it is OFFLINE, its status as each listener sees it. */
function renderMember({ member: of, listenerIds }: MemberView): { readonly id: string } {
  const reason = of.operating_status === 'OFFLINE' ? of.reason : null;
  return {
    ...render(member, of, {
      status: listenerIds.map((listener_id) => ({
        listener_id,
        operating_status: of.operating_status,
        reason,
      })),
    }),
    ...{ reason },
  };
}

/** In the list of all pools a member also says where it belongs. */
function renderMemberOfProject(view: MemberView): { readonly id: string } {
  const [loadbalancer_id = ''] = view.loadBalancerIds;
  const { pool_id, instance_id, availability_zone } = view.member;
  return {
    ...renderMember(view),
    ...{
      pool_id,
      loadbalancer_id,
      loadbalancers: references(view.loadBalancerIds),
      device_id: instance_id,
      device_owner: instance_id === '' ? '' : `compute:${availability_zone}`,
    },
  };
}

interface BatchBody<T> {
  readonly members: readonly T[];
}

export function memberOperations(region: Region): Operation[] {
  const pid = (params: Readonly<Record<string, string>>) => params['project_id'] ?? '';
  const pool = (params: Readonly<Record<string, string>>) => params['pool_id'] ?? '';
  const id = (params: Readonly<Record<string, string>>) => params['member_id'] ?? '';
  const answer = answerBody(member);
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
        of: member,
        id: 'ListAllMembers',
        path: '/v3/{project_id}/elb/members',
        group,
        summary: 'List the members of all pools',
        answer,
      }),
      handle: async ({ params, query }) => {
        const asked = readListQuery(member, query);
        const page = await listAllMembers(region, pid(params), asked);
        return { body: listBody('members', page, asked.reverse, renderMemberOfProject) };
      },
    },
    {
      id: 'BatchCreateMembers',
      method: 'POST',
      path: `${path}/batch-add`,
      group,
      summary: 'Add up to 200 members',
      body: batchOf(BatchAddMember),
      answer: Type.Object({ members: Type.Array(answer) }),
      status: 200,
      handle: async ({ params, body }) => {
        const { members } = body as BatchBody<Parameters<typeof batchAddMembers>[3][number]>;
        const added = await batchAddMembers(region, pid(params), pool(params), members);
        return {
          body: {
            members: added.map((view) => ({
              ...renderMember(view),
              port_id: '',
              ret_status: view.ret_status,
            })),
          },
        };
      },
    },
    {
      id: 'BatchUpdateMembers',
      method: 'POST',
      path: `${path}/batch-update`,
      group,
      summary: 'Change up to 200 members',
      body: batchOf(BatchUpdateMember),
      bodyOptions: { immutable: { members: immutableFields(member) } },
      answer: Type.Object({ members: Type.Array(answer) }),
      status: 200,
      handle: async ({ params, body }) => {
        const { members } = body as BatchBody<Parameters<typeof batchUpdateMembers>[3][number]>;
        const updated = await batchUpdateMembers(region, pid(params), pool(params), members);
        return { body: { members: updated.map((view) => ({ ...renderMember(view), port_id: '' })) } };
      },
    },
    {
      id: 'BatchDeleteMembers',
      method: 'POST',
      path: `${path}/batch-delete`,
      group,
      summary: 'Delete up to 200 members',
      body: batchOf(BatchDeleteMember),
      answer: Type.Object({
        members: Type.Array(Type.Object({ id: Type.String(), ret_status: Type.String() })),
      }),
      status: 200,
      handle: async ({ params, body }) => {
        const { members } = body as BatchBody<Parameters<typeof batchDeleteMembers>[3][number]>;
        return { body: { members: await batchDeleteMembers(region, pid(params), pool(params), members) } };
      },
    },
  ];
}
