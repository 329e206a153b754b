/** The operations of member checks. */
import { Type } from 'typebox';
import { MemberCheckRequest, memberCheck } from '../../model/member-check.ts';
import type { Operation } from '../../model/operation.ts';
import { answerBody } from '../../model/resource.ts';
import { described, named } from '../../model/schemas.ts';
import type { MemberChecks } from '../../service/member-checks/member-checks.ts';
import { render } from '../render.ts';

const group = 'Members';
const path = '/v3/{project_id}/elb/members';

export function memberCheckOperations(checks: MemberChecks): Operation[] {
  return [
    {
      id: 'CreateMemberHealthCheckJob',
      action: 'elb:members:healthCheck',
      method: 'POST',
      path: `${path}/{member_id}/health-check`,
      group,
      summary: 'Begin to find out why a member is not healthy',
      body: MemberCheckRequest,
      answer: Type.Object({
        member_check: described(
          'The job.',
          Type.Object({ job_id: described('Its id, to ask for what was found.', Type.String()) }),
        ),
      }),
      status: 200,
      handle: async ({ params: { project_id = '', member_id = '' }, body }) => ({
        body: {
          member_check: { job_id: await checks.create(project_id, member_id, body as MemberCheckRequest) },
        },
      }),
    },
    {
      id: 'ShowMemberHealthCheckJob',
      action: 'elb:members:get',
      method: 'GET',
      path: `${path}/check/jobs/{job_id}`,
      group,
      summary: 'Show what was found of a member, and what to mend',
      answer: Type.Object({ member_check: named('MemberCheck', answerBody(memberCheck)) }),
      status: 200,
      handle: async ({ params: { project_id = '', job_id = '' } }) => {
        const found = await checks.show(project_id, job_id);
        return { body: { member_check: render(memberCheck, found, { job_id: found.id }) } };
      },
    },
  ];
}
