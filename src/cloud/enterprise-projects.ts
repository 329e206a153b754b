/** The enterprise project service, as far as clients ask (EPS v1.0). */
import { type Static, Type } from 'typebox';
import {
  EnterpriseProject,
  EnterpriseProjectAction,
  EnterpriseProjectRequest,
} from '../model/enterprise-project.ts';
import { invalid, notAllowed } from '../model/errors.ts';
import type { Caller, Operation } from '../model/operation.ts';
import { described, integer, named, oneOf, strict } from '../model/schemas.ts';
import { listBelongings, movableTypes, moveResource } from '../service/enterprise-project-moves.ts';
import {
  changeEnterpriseProject,
  createEnterpriseProject,
  listEnterpriseProjects,
  showEnterpriseProject,
  switchEnterpriseProject,
} from '../service/enterprise-projects.ts';
import type { Region } from '../service/region.ts';

const group = 'Enterprise projects';
const path = '/v1.0/enterprise-projects';
const each = `${path}/{enterprise_project_id}`;

const maxLimit = 1000;

const Wrapped = Type.Object({ enterprise_project: EnterpriseProject });
const total_count = described('How many there are on all pages.', Type.Integer(), 1);

const one = (description: string, schema: Parameters<typeof described>[1] = Type.String()) =>
  ({ schema, arity: 'one', description }) as const;

const listQuery = {
  id: one('The id.'),
  name: one('What the name has in it, in letters of either case.'),
  status: one('1 for enabled, 2 for disabled.', integer(1, 2)),
  limit: one('How many; 1000 if not given.', integer(1, maxLimit)),
  offset: one('How many to pass over.', integer(0, 2 ** 31 - 1)),
  sort_key: one(
    'What they are sorted by; created_at if not given.',
    oneOf('created_at', 'updated_at', 'name'),
  ),
  sort_dir: one('Which way; desc if not given.', oneOf('desc', 'asc')),
};

const Migration = strict({
  resource_type: described(
    `One of ${movableTypes.join(', ')}.`,
    Type.String({ maxLength: 64 }),
    'loadbalancers',
  ),
  resource_id: described('The resource.', Type.String({ maxLength: 64 })),
  project_id: Type.Optional(described('The project that it is in.', Type.String({ maxLength: 64 }))),
  region_id: Type.Optional(
    described('The region, of which there is one.', Type.String({ maxLength: 64 }), 'local-1'),
  ),
  associated: Type.Optional(
    described('Whether the public IPs of a load balancer move with it.', Type.Boolean()),
  ),
});

const Filter = strict({
  projects: Type.Optional(
    described('The projects; all of the caller’s if not given.', Type.Array(Type.String({ maxLength: 64 }))),
  ),
  resource_types: described(
    `Of ${movableTypes.join(', ')}.`,
    Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: 20 }),
    ['loadbalancers'],
  ),
  offset: Type.Optional(described('How many to pass over.', integer(0, 2 ** 31 - 1), 0)),
  limit: Type.Optional(described('How many; 1000 if not given.', integer(1, maxLimit), 100)),
  matches: Type.Optional(
    described(
      'What the names have in them.',
      Type.Array(
        strict({
          key: described('Always resource_name.', oneOf('resource_name')),
          value: described('A part of the name.', Type.String({ maxLength: 256 }), 'web'),
        }),
        { maxItems: 1 },
      ),
    ),
  ),
});

const Belonging = named(
  'ResourceOfEnterpriseProject',
  Type.Object({
    enterprise_project_id: described('The enterprise project.', Type.String()),
    project_id: described('The project.', Type.String()),
    project_name: described('Its name.', Type.String(), 'local-1'),
    resource_type: described('What it is.', Type.String(), 'loadbalancers'),
    resource_id: described('Its id.', Type.String()),
    resource_name: described('Its name.', Type.String(), 'lb'),
    resource_detail: described('Empty.', Type.Object({})),
  }),
);

/** A number of the query within its bounds. */
function numberOf(
  query: URLSearchParams,
  key: 'limit' | 'offset' | 'status',
  min: number,
  max: number,
): number | undefined {
  const text = query.get(key);
  if (text === null) return undefined;
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw invalid(key, `got "${text}", expected a whole number from ${min} to ${max}.`);
}

/** A word of the query that is one of some; the first of them when it is not given. */
function wordOf<T extends string>(query: URLSearchParams, key: string, words: readonly [T, ...T[]]): T {
  const text = query.get(key) ?? words[0];
  const found = words.find((word) => word === text);
  if (found) return found;
  throw invalid(key, `got "${text}", expected one of ${words.join(', ')}.`);
}

export function enterpriseProjectOperations(region: Region): Operation[] {
  const common = { group, actionScope: 'domain', carriesRequestId: false } as const;
  const { inventory } = region;
  return [
    {
      ...common,
      id: 'ListEnterpriseProject',
      action: 'eps:enterpriseProjects:list',
      method: 'GET',
      path,
      summary: 'List the enterprise projects that the caller may list',
      query: listQuery,
      answer: Type.Object({
        enterprise_projects: described('The enterprise projects.', Type.Array(EnterpriseProject)),
        total_count,
      }),
      status: 200,
      handle: async ({ query, mayIn }) => {
        const { records, total } = await listEnterpriseProjects(region, mayIn, {
          id: query.get('id') ?? undefined,
          name: query.get('name') ?? '',
          status: numberOf(query, 'status', 1, 2),
          sortKey: wordOf(query, 'sort_key', ['created_at', 'updated_at', 'name']),
          ascending: wordOf(query, 'sort_dir', ['desc', 'asc']) === 'asc',
          limit: numberOf(query, 'limit', 1, maxLimit) ?? maxLimit,
          offset: numberOf(query, 'offset', 0, 2 ** 31 - 1) ?? 0,
        });
        return { body: { enterprise_projects: records, total_count: total } };
      },
    },
    {
      ...common,
      id: 'CreateEnterpriseProject',
      action: 'eps:enterpriseProjects:create',
      method: 'POST',
      path,
      summary: 'Create an enterprise project',
      body: EnterpriseProjectRequest,
      answer: Wrapped,
      status: 201,
      handle: async ({ body, mayIn }) => {
        // A new one is nobody's who has some of them alone.
        if (!mayIn('')) throw notAllowed('eps:enterpriseProjects:create', 'in the domain');
        const made = await createEnterpriseProject(region, body as EnterpriseProjectRequest);
        return { body: { enterprise_project: made } };
      },
    },
    {
      ...common,
      id: 'ShowEnterpriseProject',
      action: 'eps:enterpriseProjects:get',
      method: 'GET',
      path: each,
      summary: 'Show an enterprise project',
      answer: Wrapped,
      status: 200,
      handle: async ({ params: { enterprise_project_id = '' }, mayIn }) => ({
        body: { enterprise_project: await showEnterpriseProject(region, mayIn, enterprise_project_id) },
      }),
    },
    {
      ...common,
      id: 'UpdateEnterpriseProject',
      action: 'eps:enterpriseProjects:update',
      method: 'PUT',
      path: each,
      summary: 'Change an enterprise project',
      body: EnterpriseProjectRequest,
      answer: Wrapped,
      status: 200,
      handle: async ({ params: { enterprise_project_id = '' }, body, mayIn }) => {
        const changes = body as EnterpriseProjectRequest;
        const changed = await changeEnterpriseProject(region, mayIn, enterprise_project_id, changes);
        return { body: { enterprise_project: changed } };
      },
    },
    {
      ...common,
      id: 'SwitchEnterpriseProject',
      action: 'eps:enterpriseProjects:update',
      method: 'POST',
      path: `${each}/action`,
      summary: 'Enable or disable an enterprise project',
      body: EnterpriseProjectAction,
      status: 204,
      handle: async ({ params: { enterprise_project_id = '' }, body, mayIn }) => {
        const { action } = body as Static<typeof EnterpriseProjectAction>;
        await switchEnterpriseProject(region, mayIn, enterprise_project_id, action === 'enable');
        return {};
      },
    },
    {
      ...common,
      id: 'MigrateResource',
      action: 'eps:resources:add',
      method: 'POST',
      path: `${each}/resources-migrate`,
      summary: 'Move a resource into an enterprise project, with what belongs to it',
      body: Migration,
      status: 204,
      handle: async ({ caller, params: { enterprise_project_id = '' }, body, mayIn }) => {
        const { resource_type, resource_id, project_id, region_id, associated } = body as Static<
          typeof Migration
        >;
        if (region_id !== undefined && region_id !== inventory.region) {
          throw invalid('region_id', `got "${region_id}", expected ${inventory.region}, the only region.`);
        }
        await moveResource(region, mayIn, enterprise_project_id, {
          type: resource_type,
          id: resource_id,
          projectIds: projectsOf(caller, project_id && [project_id]),
          takesPublicIps: associated ?? false,
        });
        return {};
      },
    },
    {
      ...common,
      id: 'ShowResourceBindEnterpriseProject',
      action: 'eps:resources:list',
      method: 'POST',
      path: `${each}/resources/filter`,
      summary: 'List what is in an enterprise project',
      body: Filter,
      answer: Type.Object({
        resources: described('The resources.', Type.Array(Belonging)),
        errors: described('None.', Type.Array(Type.String(), { maxItems: 0 })),
        total_count,
      }),
      status: 200,
      handle: async ({ caller, params: { enterprise_project_id = '' }, body, mayIn }) => {
        await showEnterpriseProject(region, mayIn, enterprise_project_id);
        const {
          projects,
          resource_types,
          offset = 0,
          limit = maxLimit,
          matches = [],
        } = body as Static<typeof Filter>;
        const { records, total } = await listBelongings(region, resource_types, {
          enterpriseProjectId: enterprise_project_id,
          projectIds: [...projectsOf(caller, projects)],
          name: matches[0]?.value ?? '',
          limit,
          offset,
        });
        return {
          body: {
            resources: records.map(({ table, id, name, project_id }) => ({
              enterprise_project_id,
              project_id,
              project_name: inventory.projects.get(project_id)?.name ?? '',
              resource_type: table,
              resource_id: id,
              resource_name: name,
              resource_detail: {},
            })),
            errors: [],
            total_count: total,
          },
        };
      },
    },
  ];
}

/** Those of the caller, or of these the ones that are asked for. */
function projectsOf({ projectIds }: Caller, asked: readonly string[] | undefined | ''): ReadonlySet<string> {
  return asked ? new Set(asked.filter((id) => projectIds.has(id))) : projectIds;
}
