/** The operations of flavors. */
import { Type } from 'typebox';
import { type Flavor, flavor } from '../../model/flavor.ts';
import type { Operation } from '../../model/operation.ts';
import { answerBody } from '../../model/resource.ts';
import { named } from '../../model/schemas.ts';
import { listFlavors, showFlavor } from '../../service/flavors.ts';
import { listOperation } from '../crud.ts';
import { readListQuery } from '../list-query.ts';
import { listBody } from '../page-info.ts';
import { readParameters } from '../parameters.ts';
import { render } from '../render.ts';

const group = 'Region';
const path = '/v3/{project_id}/elb/flavors';

/** Has no effect: there is one elastic flavor of a kind, which is all of them and the largest at once. */
const listAll = {
  list_all: {
    schema: Type.Boolean(),
    arity: 'one',
    description: 'true for every elastic flavor of a kind, false for the largest: the same, there is one.',
  },
} as const;

function renderFlavor(of: Flavor): { readonly id: string } {
  return render(flavor, of);
}

export function flavorOperations(): Operation[] {
  const answer = named('Flavor', answerBody(flavor));
  const list = listOperation({
    of: flavor,
    id: 'ListFlavors',
    action: 'elb:flavors:list',
    path,
    group,
    summary: 'List flavors',
    answer,
  });
  return [
    {
      ...list,
      query: { ...list.query, ...listAll },
      handle: async ({ params: { project_id = '' }, query }) => {
        readParameters(listAll, query);
        const asked = readListQuery(flavor, query);
        return {
          body: listBody(flavor.plural, listFlavors(project_id, asked), asked, renderFlavor),
        };
      },
    },
    {
      id: 'ShowFlavor',
      action: 'elb:flavors:get',
      method: 'GET',
      path: `${path}/{flavor_id}`,
      group,
      summary: 'Show a flavor',
      answer: Type.Object({ flavor: answer }),
      status: 200,
      handle: async ({ params: { project_id = '', flavor_id = '' } }) => ({
        body: { flavor: renderFlavor(showFlavor(project_id, flavor_id)) },
      }),
    },
  ];
}
