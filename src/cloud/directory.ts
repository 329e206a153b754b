/** The domain, its users and the region in the identity service (Keystone v3). */
import { Type } from 'typebox';
import { notFound } from '../model/errors.ts';
import type { Caller, Operation, QueryParameter } from '../model/operation.ts';
import { mayManage } from '../service/identity/authority.ts';
import type { Directory, User } from '../service/identity/directory.ts';
import type { Inventory } from '../service/inventory.ts';
import { DomainsAnswer, RegionAnswer, RegionsAnswer, UserAnswer, UsersAnswer } from './identity-answers.ts';
import { links, listLinks } from './keystone-form.ts';

const common = { method: 'GET', group: 'Identity', carriesRequestId: false, status: 200 } as const;

const name: QueryParameter = { schema: Type.String(), arity: 'one', description: 'The exact name.' };

export function directoryOperations(directory: Directory, inventory: Inventory): Operation[] {
  const { domain } = directory;
  return [
    {
      ...common,
      id: 'ListAuthDomains',
      action: 'iam:domains:list',
      actionScope: 'own',
      path: '/v3/auth/domains',
      summary: 'List the domain of the caller',
      query: { name },
      answer: DomainsAnswer,
      handle: async ({ query }) => {
        const shown = [domain].filter(isNamed(query));
        return {
          body: {
            domains: shown.map((each) => ({ ...each, enabled: true, description: '', links })),
            links: listLinks,
          },
        };
      },
    },
    {
      ...common,
      id: 'ListUsers',
      action: 'iam:users:list',
      actionScope: 'own',
      path: '/v3/users',
      summary: 'List the users that the caller manages: all, or itself',
      query: { name },
      answer: UsersAnswer,
      handle: async ({ query, caller }) => {
        const shown = managedBy(caller).filter(isNamed(query));
        return { body: { users: shown.map(renderUser), links: listLinks } };
      },
    },
    {
      ...common,
      id: 'ShowUser',
      action: 'iam:users:get',
      actionScope: 'own',
      path: '/v3/users/{user_id}',
      summary: 'Show a user that the caller manages',
      answer: UserAnswer,
      handle: async ({ params: { user_id = '' }, caller }) => {
        const user = managedBy(caller).find(({ id }) => id === user_id);
        if (!user) throw notFound('user', user_id);
        return { body: { user: renderUser(user) } };
      },
    },
    {
      ...common,
      id: 'ListRegions',
      action: 'iam:regions:list',
      actionScope: 'own',
      path: '/v3/regions',
      summary: 'List the region',
      answer: RegionsAnswer,
      handle: async () => ({ body: { regions: [renderRegion(inventory.region)], links: listLinks } }),
    },
    {
      ...common,
      id: 'ShowRegion',
      action: 'iam:regions:get',
      actionScope: 'own',
      path: '/v3/regions/{region_id}',
      summary: 'Show the region',
      answer: RegionAnswer,
      handle: async ({ params: { region_id = '' } }) => {
        if (region_id !== inventory.region) throw notFound('region', region_id);
        return { body: { region: renderRegion(region_id) } };
      },
    },
  ];

  function managedBy(caller: Caller): User[] {
    return directory.users.filter(({ id }) => mayManage(caller, id));
  }

  function renderUser({ id, name }: User) {
    return {
      ...{ id, name, domain_id: domain.id, enabled: true },
      ...{ description: '', password_expires_at: null, links },
    };
  }
}

function isNamed(query: URLSearchParams): (of: { readonly name: string }) => boolean {
  const asked = query.get('name');
  return ({ name }) => asked === null || name === asked;
}

function renderRegion(id: string) {
  const locales = { 'en-us': id, 'zh-cn': id };
  return { id, type: 'public', description: '', parent_region_id: null, locales, links };
}
