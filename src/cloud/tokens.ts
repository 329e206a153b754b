/** Tokens of the identity service (Keystone v3): got, read, renewed and revoked; and the catalog that is in them. */
import { Type } from 'typebox';
import { notFound } from '../model/errors.ts';
import type { Call, Operation, QueryParameter } from '../model/operation.ts';
import type { User } from '../service/identity/directory.ts';
import type { Identity } from '../service/identity/identity.ts';
import { type AskedScope, logIn, type ShownIdentity } from '../service/identity/login.ts';
import type { TokenClaims } from '../service/identity/tokens.ts';
import type { Inventory } from '../service/inventory.ts';
import { catalogFor } from './catalog.ts';
import { CatalogAnswer, TokenAnswer } from './identity-answers.ts';
import { links, microseconds } from './keystone-form.ts';
import { TokenRequest } from './token-request.ts';

const common = { group: 'Identity', carriesRequestId: false } as const;

const requestHeaders = { 'X-Subject-Token': 'The token that the call is about.' };

const query: Readonly<Record<string, QueryParameter>> = {
  nocatalog: {
    schema: Type.String(),
    arity: 'one',
    description: 'Anything, to have the catalog left out.',
  },
};

export function tokenOperations(identity: Identity, inventory: Inventory): Operation[] {
  return [
    {
      ...common,
      id: 'CreateToken',
      method: 'POST',
      path: '/v3/auth/tokens',
      summary: 'Get a token for a user name and password, or for a token',
      isPublic: true,
      query,
      body: TokenRequest,
      bodyOptions: { secret: true },
      answer: TokenAnswer,
      answerHeaders: { 'X-Subject-Token': 'The token, to be sent as X-Auth-Token.' },
      status: 201,
      handle: async (call) => {
        const { auth } = call.body as { auth: { identity: ShownIdentity; scope?: AskedScope } };
        const { token, claims, user } = await logIn(identity, inventory, auth.identity, auth.scope);
        return { headers: { 'x-subject-token': token }, body: tokenBody(call, user, claims) };
      },
    },
    {
      ...common,
      id: 'ShowToken',
      action: 'iam:tokens:get',
      actionScope: 'own',
      method: 'GET',
      path: '/v3/auth/tokens',
      summary: 'Show what a token says',
      requestHeaders,
      query,
      answer: TokenAnswer,
      answerHeaders: { 'X-Subject-Token': 'The token.' },
      status: 200,
      handle: async (call) => {
        const { token, claims, user } = subjectOf(call);
        return { headers: { 'x-subject-token': token }, body: tokenBody(call, user, claims) };
      },
    },
    {
      ...common,
      id: 'CheckToken',
      action: 'iam:tokens:get',
      actionScope: 'own',
      method: 'HEAD',
      path: '/v3/auth/tokens',
      summary: 'Ask whether a token is good',
      requestHeaders,
      answerHeaders: { 'X-Subject-Token': 'The token.' },
      status: 200,
      handle: async (call) => ({ headers: { 'x-subject-token': subjectOf(call).token } }),
    },
    {
      ...common,
      id: 'RevokeToken',
      action: 'iam:tokens:delete',
      actionScope: 'own',
      method: 'DELETE',
      path: '/v3/auth/tokens',
      summary: 'Have a token refused from now on',
      requestHeaders,
      status: 204,
      handle: async (call) => {
        await identity.revoke(subjectOf(call).claims);
        return {};
      },
    },
    {
      ...common,
      id: 'ShowCatalog',
      action: 'iam:catalog:get',
      actionScope: 'own',
      method: 'GET',
      path: '/v3/auth/catalog',
      summary: 'Show where each service is',
      answer: CatalogAnswer,
      status: 200,
      handle: async ({ caller: { projectIds }, headers, origin }) => {
        // A signed call is for no project in particular: its header may say one.
        const asked = String(headers['x-project-id'] ?? '');
        const [first = null] = projectIds;
        const projectId = projectIds.has(asked) ? asked : first;
        return { body: { catalog: catalogFor(inventory.region, projectId, origin), links } };
      },
    },
  ];

  /** The token that a call is about: one of the caller's own that is still good, or as good as none. */
  function subjectOf({ headers, caller }: Call): { token: string; claims: TokenClaims; user: User } {
    const token = String(headers['x-subject-token'] ?? '');
    const found = identity.goodToken(token);
    if (found && found.user.id === caller.userId) return { token, ...found };
    throw notFound('token', 'of X-Subject-Token');
  }

  function tokenBody({ origin, query }: Call, user: User, claims: TokenClaims): unknown {
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
        ...(query.has('nocatalog')
          ? {}
          : { catalog: catalogFor(inventory.region, project?.id ?? null, origin) }),
      },
    };
  }
}
