/** The identity service that clients call before the load balancer API: tokens and projects (Keystone v3). */
import { Type } from 'typebox';
import { invalid, unauthenticated } from '../model/errors.ts';
import type { Call, Operation } from '../model/operation.ts';
import { described, named } from '../model/schemas.ts';
import type { User } from '../service/identity/directory.ts';
import type { Identity } from '../service/identity/identity.ts';
import type { TokenClaims } from '../service/identity/tokens.ts';
import type { Inventory, Project } from '../service/inventory.ts';
import { CatalogAnswer, DomainsAnswer, ProjectsAnswer, TokenAnswer } from './answers.ts';
import { catalogFor } from './catalog.ts';

const group = 'Identity';

const idOf = (what: string) => described(`The id of the ${what}.`, Type.String());
const nameOf = (what: string, example: string) =>
  described(`The name of the ${what}.`, Type.String(), example);
const optional = Type.Optional;

const DomainNamed = named(
  'DomainNamed',
  Type.Object({ id: optional(idOf('domain')), name: optional(nameOf('domain', 'elbow')) }),
);
const domain = optional(described('The domain, by id or by name.', DomainNamed));

const UserNamed = named(
  'UserNamed',
  Type.Object({
    id: optional(idOf('user')),
    name: optional(nameOf('user', 'admin')),
    password: described('The password.', Type.String({ maxLength: 128 }), 'secret'),
    domain,
  }),
);

const IdentityShown = named(
  'IdentityShown',
  Type.Object({
    methods: described('password, or token.', Type.Array(Type.String(), { minItems: 1, maxItems: 4 }), [
      'password',
    ]),
    password: optional(
      described(
        'Who it is, and the password.',
        Type.Object({ user: described('The user, by id or by name.', UserNamed) }),
        { user: { name: 'admin', password: 'secret', domain: { name: 'elbow' } } },
      ),
    ),
    token: optional(
      described('A token that is still good.', Type.Object({ id: described('The token.', Type.String()) })),
    ),
  }),
);

const ProjectNamed = named(
  'ProjectNamed',
  Type.Object({ id: optional(idOf('project')), name: optional(nameOf('project', 'local-1')), domain }),
);

const TokenRequest = Type.Object({
  auth: described(
    'What is shown, and what is asked for.',
    Type.Object({
      identity: described('Who asks.', IdentityShown),
      scope: optional(
        described(
          'What the token is to be for; the first project of the user if not given.',
          Type.Object({
            project: optional(described('A project, by id or by name.', ProjectNamed)),
            domain,
          }),
          { project: { name: 'local-1' } },
        ),
      ),
    }),
  ),
});

interface TokenBody {
  readonly auth: {
    readonly identity: {
      readonly methods: readonly string[];
      readonly password?: {
        readonly user: {
          readonly id?: string;
          readonly name?: string;
          readonly password: string;
          readonly domain?: { readonly id?: string; readonly name?: string };
        };
      };
      readonly token?: { readonly id: string };
    };
    readonly scope?: {
      readonly project?: { readonly id?: string; readonly name?: string };
      readonly domain?: { readonly id?: string; readonly name?: string };
    };
  };
}

export function identityOperations(identity: Identity, inventory: Inventory): Operation[] {
  return [
    {
      id: 'CreateToken',
      method: 'POST',
      path: '/v3/auth/tokens',
      group,
      summary: 'Get a token for a user name and password',
      isPublic: true,
      carriesRequestId: false,
      body: TokenRequest,
      bodyOptions: { secret: true },
      answer: TokenAnswer,
      answerHeaders: { 'X-Subject-Token': 'The token, to be sent as X-Auth-Token.' },
      status: 201,
      handle: async (call) => {
        const { auth } = call.body as TokenBody;
        const user = await authenticated(identity, auth.identity);
        const projectId = scopeOf(identity, inventory, user, auth.scope);
        const { token, claims } = identity.tokens.issue({
          userId: user.id,
          projectId,
          methods: auth.identity.methods,
        });
        return {
          headers: { 'x-subject-token': token },
          body: tokenBody(identity, inventory, user, claims, call.origin),
        };
      },
    },
    {
      id: 'ShowToken',
      action: 'iam:tokens:get',
      actionScope: 'own',
      method: 'GET',
      path: '/v3/auth/tokens',
      group,
      summary: 'Show what a token says',
      carriesRequestId: false,
      requestHeaders: { 'X-Subject-Token': 'The token to read.' },
      answer: TokenAnswer,
      status: 200,
      handle: async (call) => {
        const { claims, user } = identity.claimsOf(String(call.headers['x-subject-token'] ?? ''));
        if (user.id !== call.caller.userId) throw unauthenticated('The token belongs to another user.');
        return { body: tokenBody(identity, inventory, user, claims, call.origin) };
      },
    },
    {
      id: 'ListProjects',
      action: 'iam:projects:list',
      actionScope: 'own',
      method: 'GET',
      path: '/v3/projects',
      group,
      summary: 'List the projects of the caller',
      query: { name: { schema: Type.String(), arity: 'one', description: 'The exact name.' } },
      carriesRequestId: false,
      answer: ProjectsAnswer,
      status: 200,
      handle: async (call) => ({ body: projectsBody(identity, inventory, call) }),
    },
    {
      id: 'ListAuthProjects',
      action: 'iam:projects:list',
      actionScope: 'own',
      method: 'GET',
      path: '/v3/auth/projects',
      group,
      summary: 'List the projects that the caller can get tokens for',
      carriesRequestId: false,
      answer: ProjectsAnswer,
      status: 200,
      handle: async (call) => ({ body: projectsBody(identity, inventory, call) }),
    },
    {
      id: 'ListAuthDomains',
      action: 'iam:domains:list',
      actionScope: 'own',
      method: 'GET',
      path: '/v3/auth/domains',
      group,
      summary: 'List the domain of the caller',
      carriesRequestId: false,
      answer: DomainsAnswer,
      status: 200,
      handle: async () => ({
        body: {
          domains: [{ ...identity.directory.domain, enabled: true, description: '', links: { self: '' } }],
          links: { self: '', next: null, previous: null },
        },
      }),
    },
    {
      id: 'ShowCatalog',
      action: 'iam:catalog:get',
      actionScope: 'own',
      method: 'GET',
      path: '/v3/auth/catalog',
      group,
      summary: 'Show where each service is',
      carriesRequestId: false,
      answer: CatalogAnswer,
      status: 200,
      handle: async ({ caller, origin }) => {
        const [projectId = ''] = caller.projectIds;
        return { body: { catalog: catalogFor(inventory.region, projectId, origin), links: { self: '' } } };
      },
    },
  ];
}

async function authenticated(identity: Identity, asked: TokenBody['auth']['identity']): Promise<User> {
  const { directory } = identity;
  if (asked.methods.includes('password') && asked.password) {
    const { id, name, password, domain } = asked.password.user;
    const inDomain =
      (domain?.name ?? directory.domain.name) === directory.domain.name &&
      (domain?.id ?? directory.domain.id) === directory.domain.id;
    const named = id !== undefined ? directory.user(id) : directory.userNamed(name ?? '');
    const user = inDomain ? named : undefined;
    if (user && (await directory.hasPassword(user, password))) return user;
    if (!user) await directory.hasPassword(undefined, password);
    throw unauthenticated('The user name or the password is wrong.');
  }
  if (asked.methods.includes('token') && asked.token) return identity.claimsOf(asked.token.id).user;
  throw invalid(
    'auth.identity.methods',
    'expected password with a password object, or token with a token object.',
  );
}

/** The project of a scope; null for the domain. Without a scope it is the caller's first project. */
function scopeOf(
  { directory }: Identity,
  inventory: Inventory,
  user: User,
  scope: TokenBody['auth']['scope'],
): string | null {
  const denied = () => unauthenticated('The scope names a project or domain that the user has no part in.');
  if (scope?.domain) {
    const { id = directory.domain.id, name = directory.domain.name } = scope.domain;
    if (id !== directory.domain.id || name !== directory.domain.name) throw denied();
    return null;
  }
  const mine = [...user.projectIds].flatMap((id) => inventory.projects.get(id) ?? []);
  const asked = scope?.project;
  const found = asked
    ? mine.find(({ id, name }) => (asked.id ?? id) === id && (asked.name ?? name) === name)
    : mine[0];
  if (!found) throw denied();
  return found.id;
}

function tokenBody(
  identity: Identity,
  inventory: Inventory,
  user: User,
  claims: TokenClaims,
  origin: string,
): unknown {
  const { domain } = identity.directory;
  const project = claims.projectId === null ? undefined : inventory.projects.get(claims.projectId);
  return {
    token: {
      methods: claims.methods,
      issued_at: microseconds(claims.issuedAt),
      expires_at: microseconds(claims.expiresAt),
      user: { id: user.id, name: user.name, domain },
      ...(project ? { project: { id: project.id, name: project.name, domain } } : { domain }),
      roles: [{ id: '0', name: 'te_admin' }],
      catalog: catalogFor(inventory.region, project?.id ?? '', origin),
    },
  };
}

function projectsBody({ directory }: Identity, inventory: Inventory, { caller, query }: Call): unknown {
  const name = query.get('name');
  const mine = [...caller.projectIds].flatMap((id) => inventory.projects.get(id) ?? []);
  const shown = mine.filter((project) => name === null || project.name === name);
  return {
    projects: shown.map((project: Project) => ({
      id: project.id,
      name: project.name,
      domain_id: directory.domain.id,
      parent_id: directory.domain.id,
      enabled: true,
      is_domain: false,
      description: '',
      links: { self: '' },
    })),
    links: { self: '', next: null, previous: null },
  };
}

/** Keystone's times have six digits behind the second. */
function microseconds(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
