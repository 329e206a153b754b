/** The operations of l7 rules. */
import { type L7Rule, l7Rule, l7RuleOfProject } from '../../model/l7-rule.ts';
import type { Operation } from '../../model/operation.ts';
import { answerBody } from '../../model/resource.ts';
import {
  createL7Rule,
  deleteL7Rule,
  listAllL7Rules,
  listL7Rules,
  showL7Rule,
  updateL7Rule,
} from '../../service/l7-rules.ts';
import type { Region } from '../../service/region.ts';
import { crudOperations, listOperation } from '../crud.ts';
import { readListQuery } from '../list-query.ts';
import { listBody } from '../page-info.ts';
import { type Rendered, render } from '../render.ts';

const group = 'Forwarding rules';
const policies = '/v3/{project_id}/elb/l7policies';

function renderL7Rule(of: L7Rule): Rendered {
  return render(l7Rule, of);
}

export function l7RuleOperations(region: Region): Operation[] {
  return [
    ...crudOperations({
      of: l7Rule,
      names: ['L7Rule', 'L7Rules'],
      group,
      path: `${policies}/{l7policy_id}/rules`,
      idParameter: 'l7rule_id',
      render: renderL7Rule,
      service: {
        create: ({ project_id = '', l7policy_id = '' }, body) =>
          createL7Rule(region, project_id, l7policy_id, body),
        show: ({ project_id = '', l7policy_id = '', l7rule_id = '' }) =>
          showL7Rule(region, project_id, l7policy_id, l7rule_id),
        list: ({ project_id = '', l7policy_id = '' }, query) =>
          listL7Rules(region, project_id, l7policy_id, query),
        update: ({ project_id = '', l7policy_id = '', l7rule_id = '' }, body) =>
          updateL7Rule(region, project_id, l7policy_id, l7rule_id, body),
        remove: ({ project_id = '', l7policy_id = '', l7rule_id = '' }) =>
          deleteL7Rule(region, project_id, l7policy_id, l7rule_id),
      },
    }),
    {
      ...listOperation({
        of: l7RuleOfProject,
        id: 'ListAllL7Rules',
        path: `${policies}/rules`,
        group,
        summary: 'List the rules of all l7policies',
        answer: answerBody(l7Rule),
      }),
      handle: async ({ params: { project_id = '' }, query }) => {
        const asked = readListQuery(l7RuleOfProject, query);
        const found = await listAllL7Rules(region, project_id, asked);
        return { body: listBody(l7Rule.plural, found, asked, renderL7Rule) };
      },
    },
  ];
}
