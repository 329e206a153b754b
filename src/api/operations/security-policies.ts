/** The operations of security policies. */
import { Type } from 'typebox';
import type { Operation } from '../../model/operation.ts';
import { described } from '../../model/schemas.ts';
import { securityPolicy } from '../../model/security-policy.ts';
import { SystemSecurityPolicyAnswer, systemPolicyAnswers } from '../../model/system-security-policies.ts';
import type { Region } from '../../service/region.ts';
import {
  createSecurityPolicy,
  deleteSecurityPolicy,
  listSecurityPolicies,
  type SecurityPolicyView,
  showSecurityPolicy,
  updateSecurityPolicy,
} from '../../service/security-policies.ts';
import { crudOperations } from '../crud.ts';
import { references, render } from '../render.ts';

const group = 'Security policies';

function renderSecurityPolicy({ securityPolicy: of, listenerIds }: SecurityPolicyView): {
  readonly id: string;
} {
  return render(securityPolicy, of, { listeners: references(listenerIds) });
}

export function securityPolicyOperations(region: Region): Operation[] {
  return [
    ...crudOperations({
      of: securityPolicy,
      names: ['SecurityPolicy', 'SecurityPolicies'],
      group,
      path: '/v3/{project_id}/elb/security-policies',
      idParameter: 'security_policy_id',
      render: renderSecurityPolicy,
      service: {
        create: ({ project_id = '' }, body) => createSecurityPolicy(region, project_id, body),
        show: ({ project_id = '', security_policy_id = '' }) =>
          showSecurityPolicy(region, project_id, security_policy_id),
        list: ({ project_id = '' }, query) => listSecurityPolicies(region, project_id, query),
        update: ({ project_id = '', security_policy_id = '' }, body) =>
          updateSecurityPolicy(region, project_id, security_policy_id, body),
        remove: ({ project_id = '', security_policy_id = '' }) =>
          deleteSecurityPolicy(region, project_id, security_policy_id),
      },
    }),
    {
      id: 'ListSystemSecurityPolicies',
      action: 'elb:security-policies:list',
      method: 'GET',
      path: '/v3/{project_id}/elb/system-security-policies',
      group,
      summary: 'List the system security policies',
      answer: Type.Object({
        system_security_policies: described('All of them.', Type.Array(SystemSecurityPolicyAnswer)),
      }),
      status: 200,
      handle: async ({ params: { project_id = '' } }) => ({
        body: { system_security_policies: systemPolicyAnswers(project_id) },
      }),
    },
  ];
}
