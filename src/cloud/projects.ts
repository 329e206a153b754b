/** Projects in the identity service (Keystone v3). */
import { Type } from 'typebox';
import { conflict, forbidden, invalid, notFound } from '../model/errors.ts';
import type { Call, Operation, QueryParameter } from '../model/operation.ts';
import { described, named, strict } from '../model/schemas.ts';
import { createProject } from '../service/identity/projects.ts';
import type { Project } from '../service/inventory.ts';
import type { Region } from '../service/region.ts';
import { ProjectAnswer, ProjectsAnswer } from './identity-answers.ts';
import { links, listLinks } from './keystone-form.ts';

const common = { group: 'Identity', carriesRequestId: false } as const;

const filter = (description: string): QueryParameter => ({
  schema: Type.String(),
  arity: 'one',
  description,
});

const filters = {
  id: filter('The id.'),
  name: filter('The exact name.'),
  domain_id: filter('The domain.'),
  parent_id: filter('The domain, which all projects are in.'),
  enabled: filter('true; no project is disabled.'),
  is_domain: filter('false; no project is a domain.'),
  page: filter('The page, from 1; with per_page.'),
  per_page: filter('How many projects a page has; with page.'),
};

const CreateRequest = Type.Object({
  project: described(
    'The project.',
    named(
      'NewProject',
      strict({
        name: described(
          'Its name, which no other project has.',
          Type.String({ minLength: 1, maxLength: 64 }),
          'cn-north-4',
        ),
        description: Type.Optional(described('What it is for.', Type.String({ maxLength: 255 }), '')),
        domain_id: Type.Optional(described('The domain; there is one.', Type.String({ maxLength: 64 }))),
        parent_id: Type.Optional(
          described('What it belongs to: the domain.', Type.String({ maxLength: 64 })),
        ),
      }),
    ),
    { name: 'cn-north-4', description: '' },
  ),
});

interface NewProject {
  readonly name: string;
  readonly description?: string;
  readonly domain_id?: string;
  readonly parent_id?: string;
}

export function projectOperations(region: Region): Operation[] {
  const { inventory } = region;
  return [
    {
      ...common,
      id: 'ListProjects',
      action: 'iam:projects:list',
      actionScope: 'own',
      method: 'GET',
      path: '/v3/projects',
      summary: 'List the projects of the caller',
      query: filters,
      answer: ProjectsAnswer,
      status: 200,
      handle: async (call) => {
        const shown = mine(call).map((project) => render(project, call));
        const matching = shown.filter((project) =>
          Object.entries(matched(project)).every(([key, value]) => {
            const asked = call.query.get(key);
            return asked === null || asked.toLowerCase() === String(value).toLowerCase();
          }),
        );
        return { body: { projects: pageOf(matching, call.query), links: listLinks } };
      },
    },
    {
      ...common,
      id: 'ListAuthProjects',
      action: 'iam:projects:list',
      actionScope: 'own',
      method: 'GET',
      path: '/v3/auth/projects',
      summary: 'List the projects that the caller can get tokens for',
      answer: ProjectsAnswer,
      status: 200,
      handle: async (call) => ({
        body: { projects: mine(call).map((project) => render(project, call)), links: listLinks },
      }),
    },
    {
      ...common,
      id: 'ShowProject',
      action: 'iam:projects:get',
      actionScope: 'own',
      method: 'GET',
      path: '/v3/projects/{project_id}',
      summary: 'Show a project of the caller',
      answer: ProjectAnswer,
      status: 200,
      handle: async (call) => {
        const project = inventory.projects.get(call.params['project_id'] ?? '');
        if (!project) throw notFound('project', call.params['project_id'] ?? '');
        return { body: { project: render(project, call) } };
      },
    },
    {
      ...common,
      id: 'CreateProject',
      action: 'iam:projects:create',
      actionScope: 'domain',
      method: 'POST',
      path: '/v3/projects',
      summary: 'Create a project',
      body: CreateRequest,
      answer: ProjectAnswer,
      status: 201,
      refusals: [
        forbidden('Only the user of the installation’s own credentials may create projects.'),
        conflict(
          'The project 057ef081eb00d2732fd1c01a9be75e6f has the name cn-north-4 already; use that one.',
        ),
      ],
      handle: async (call) => {
        const {
          name,
          description = '',
          domain_id,
          parent_id,
        } = (call.body as { project: NewProject }).project;
        const { domainId } = call.caller;
        for (const [key, given] of Object.entries({ domain_id, parent_id })) {
          if (given === undefined || given === domainId) continue;
          throw invalid(
            `project.${key}`,
            `got "${given}", expected the domain ${domainId}, or leave it out.`,
          );
        }
        const project = await createProject(region, call.caller, { name, description });
        return { body: { project: render(project, call) } };
      },
    },
  ];

  /** A user may be declared with projects that the region does not have. */
  function mine({ caller }: Call): Project[] {
    return [...caller.projectIds].flatMap((id) => inventory.projects.get(id) ?? []);
  }
}

function render({ id, name, description = '' }: Project, { caller: { domainId } }: Call) {
  return {
    ...{ id, name, domain_id: domainId, parent_id: domainId },
    ...{ enabled: true, is_domain: false, description, links },
  };
}

function matched({ id, name, domain_id, parent_id, enabled, is_domain }: ReturnType<typeof render>) {
  return { id, name, domain_id, parent_id, enabled, is_domain };
}

function pageOf<T>(all: readonly T[], query: URLSearchParams): readonly T[] {
  const [page, size] = ['page', 'per_page'].map((key) => {
    const text = query.get(key);
    if (text === null) return undefined;
    if (!/^[1-9]\d{0,8}$/.test(text)) throw invalid(key, `got "${text}", expected an integer from 1.`);
    return Number(text);
  });
  return page === undefined || size === undefined ? all : all.slice((page - 1) * size, page * size);
}
