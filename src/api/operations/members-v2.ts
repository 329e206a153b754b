/**
 * Members under the paths of version 2, by which the cloud controller manager empties pools. They are the same members:
 * what is called `subnet_cidr_id` otherwise is `subnet_id` here.
 */
import { type TObject, type TSchema, Type } from 'typebox';
import { member } from '../../model/member.ts';
import type { Call, Operation } from '../../model/operation.ts';
import { answerBody, createBody, immutableFields, updateBody } from '../../model/resource.ts';
import { described, named, strict } from '../../model/schemas.ts';
import type { PlacementRequest } from '../../service/member-rules.ts';
import {
  createMember,
  deleteMember,
  listMembers,
  type MemberView,
  showMember,
  updateMember,
} from '../../service/members.ts';
import type { Region } from '../../service/region.ts';
import { listParameters, readListQuery } from '../list-query.ts';
import { renderMember } from './members.ts';

const group = 'Members';
const path = '/v2/{project_id}/elb/pools/{pool_id}/members';

/** The fields that version 2 has, by their names in the others. */
const fieldNames: Readonly<Record<string, string>> = {
  id: 'id',
  name: 'name',
  address: 'address',
  protocol_port: 'protocol_port',
  subnet_cidr_id: 'subnet_id',
  weight: 'weight',
  admin_state_up: 'admin_state_up',
  operating_status: 'operating_status',
  project_id: 'tenant_id',
  created_at: 'created_at',
  updated_at: 'updated_at',
};

/** The properties of an object as version 2 has them. */
function properties(of: TObject): Record<string, TSchema> {
  const known = Object.entries(of.properties).filter(([key]) => key in fieldNames);
  return Object.fromEntries(known.map(([key, schema]) => [fieldNames[key], schema]));
}

const required = (of: Record<string, TSchema>, key: string) =>
  Object.fromEntries(
    Object.entries(of).map(([name, schema]) => [name, name === key ? schema : Type.Optional(schema)]),
  );

const NewMember = strict({
  member: named('CreateMemberV2', strict(required(properties(createBody(member)), 'address'))),
});
const { protocol_port: _port, ...changeable } = properties(updateBody(member));
const ChangedMember = strict({ member: named('UpdateMemberV2', strict(changeable)) });
/** Version 2 leaves a member its port. */
const immutableNames = new Set(
  [...immutableFields(member), 'protocol_port'].map((key) => fieldNames[key] ?? key),
);

const ShownMember = named(
  'MemberV2',
  Type.Object({
    ...properties(answerBody(member)),
    tenant_id: described('The project.', Type.String()),
    project_id: described('The project.', Type.String()),
  }),
);

/** The filters of the list of version 2, by the names of the others. */
const filters = Object.fromEntries(
  Object.entries(listParameters(member))
    .filter(([key]) => key in fieldNames || ['marker', 'limit', 'page_reverse'].includes(key))
    .map(([key, parameter]) => [fieldNames[key] ?? key, parameter]),
);

export function memberOperationsV2(region: Region): Operation[] {
  const common = { group, carriesRequestId: false } as const;
  const each = `${path}/{member_id}`;
  const answer = Type.Object({ member: ShownMember });
  const at = ({ params: { project_id = '', pool_id = '' } }: Call) => [project_id, pool_id] as const;
  const one = (call: Call) => [...at(call), call.params['member_id'] ?? ''] as const;
  return [
    {
      ...common,
      id: 'CreateMemberV2',
      action: 'elb:members:create',
      method: 'POST',
      path,
      summary: 'Create a member by version 2',
      body: NewMember,
      answer,
      status: 201,
      handle: async (call) => {
        const body = inThisVersion(call.body) as PlacementRequest & Record<string, unknown>;
        return { body: { member: render(await createMember(region, ...at(call), body)) } };
      },
    },
    {
      ...common,
      id: 'ListMembersV2',
      action: 'elb:members:list',
      method: 'GET',
      path,
      summary: 'List the members of a pool by version 2',
      query: filters,
      answer: Type.Object({ members: described('The members.', Type.Array(ShownMember)) }),
      status: 200,
      handle: async (call) => {
        const query = new URLSearchParams(
          [...call.query].map(([key, value]) => [key === 'subnet_id' ? 'subnet_cidr_id' : key, value]),
        );
        const { records } = await listMembers(region, ...at(call), readListQuery(member, query));
        return { body: { members: records.map(render) } };
      },
    },
    {
      ...common,
      id: 'ShowMemberV2',
      action: 'elb:members:get',
      method: 'GET',
      path: each,
      summary: 'Show a member by version 2',
      answer,
      status: 200,
      handle: async (call) => ({ body: { member: render(await showMember(region, ...one(call))) } }),
    },
    {
      ...common,
      id: 'UpdateMemberV2',
      action: 'elb:members:put',
      method: 'PUT',
      path: each,
      summary: 'Change a member by version 2',
      body: ChangedMember,
      bodyOptions: { immutable: { member: immutableNames } },
      answer,
      status: 200,
      handle: async (call) => {
        const changed = await updateMember(region, ...one(call), inThisVersion(call.body));
        return { body: { member: render(changed) } };
      },
    },
    {
      ...common,
      id: 'DeleteMemberV2',
      action: 'elb:members:delete',
      method: 'DELETE',
      path: each,
      summary: 'Delete a member by version 2',
      status: 204,
      handle: async (call) => {
        await deleteMember(region, ...one(call));
        return {};
      },
    },
  ];
}

/** What a request says, by the names of the service. */
function inThisVersion(body: unknown): Record<string, unknown> {
  const { subnet_id, tenant_id: _, ...others } = (body as { member: Record<string, unknown> }).member;
  return subnet_id === undefined ? others : { ...others, subnet_cidr_id: subnet_id };
}

function render(view: MemberView): unknown {
  const rendered = renderMember(view);
  const shown = Object.entries(fieldNames).map(([key, name]) => [name, rendered[key]]);
  return { ...Object.fromEntries(shown), project_id: view.member.project_id };
}
