/** The operations of l7 policies. */
import { type Static, Type } from 'typebox';
import { l7Policy, PriorityUpdate } from '../../model/l7-policy.ts';
import { l7Rule } from '../../model/l7-rule.ts';
import type { Operation } from '../../model/operation.ts';
import {
  createL7Policy,
  deleteL7Policy,
  type L7PolicyView,
  listL7Policies,
  showL7Policy,
  updateL7Policy,
} from '../../service/l7-policies.ts';
import { updatePriorities } from '../../service/l7-priorities.ts';
import type { Region } from '../../service/region.ts';
import { crudOperations } from '../crud.ts';
import { type Rendered, references, render } from '../render.ts';

const group = 'Forwarding policies';
const path = '/v3/{project_id}/elb/l7policies';

function renderL7Policy({ policy, rules }: L7PolicyView): Rendered {
  return render(l7Policy, policy, { rules: references(rules.map(({ id }) => id)) });
}

/** With `display_all_rules=true` a list answers the rules whole. */
function renderListed(query: URLSearchParams): (view: L7PolicyView) => Rendered {
  if (query.get('display_all_rules')?.toLowerCase() !== 'true') return renderL7Policy;
  return ({ policy, rules }) =>
    render(l7Policy, policy, { rules: rules.map((rule) => render(l7Rule, rule)) });
}

export function l7PolicyOperations(region: Region): Operation[] {
  return [
    ...crudOperations({
      of: l7Policy,
      names: ['L7Policy', 'L7Policies'],
      group,
      path,
      idParameter: 'l7policy_id',
      render: renderL7Policy,
      renderListed,
      service: {
        create: ({ project_id = '' }, body) => createL7Policy(region, project_id, body),
        show: ({ project_id = '', l7policy_id = '' }) => showL7Policy(region, project_id, l7policy_id),
        list: ({ project_id = '' }, query) => listL7Policies(region, project_id, query),
        update: ({ project_id = '', l7policy_id = '' }, body) =>
          updateL7Policy(region, project_id, l7policy_id, body),
        remove: ({ project_id = '', l7policy_id = '' }) => deleteL7Policy(region, project_id, l7policy_id),
      },
    }),
    {
      id: 'BatchUpdatePoliciesPriority',
      action: 'elb:l7policies:put',
      method: 'POST',
      path: `${path}/batch-update-priority`,
      group,
      summary: 'Change the priorities of l7policies, all of them or none',
      body: PriorityUpdate,
      answer: Type.Object({}),
      status: 202,
      handle: async ({ params: { project_id = '' }, body }) => {
        await updatePriorities(region, project_id, (body as Static<typeof PriorityUpdate>).l7policies);
        return { body: {} };
      },
    },
  ];
}
