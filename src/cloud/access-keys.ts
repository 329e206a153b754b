/** Access keys of users: permanent ones, and temporary ones with a security token. */
import { Type } from 'typebox';
import { conflict, forbidden, notFound, quotaExceeded } from '../model/errors.ts';
import { orNull } from '../model/field.ts';
import type { Operation } from '../model/operation.ts';
import { described, named, oneOf, strict } from '../model/schemas.ts';
import type { AccessKey, AccessKeys } from '../service/identity/access-keys.ts';
import { microseconds } from './keystone-form.ts';

const common = { group: 'Identity', carriesRequestId: false } as const;
const path = '/v3.0/OS-CREDENTIAL/credentials';

const text = (description: string, example?: string) => described(description, Type.String(), example);
const status = described('Whether calls may be signed with it.', oneOf('active', 'inactive'), 'active');
const description = described('What it is for.', Type.String({ maxLength: 255 }), 'for the pipeline');
const userId = described('The user; the caller if not given.', Type.String({ maxLength: 64 }));

const shown = {
  access: text('The id of the key.', 'P83EVBZJMXCYTMUII000'),
  user_id: text('The user whose key it is.'),
  status,
  description,
  create_time: described(
    'When it was created, UTC; null for a declared one.',
    orNull(Type.String()),
    '2026-01-31T09:30:00.000000Z',
  ),
};

const KeyAnswered = named('AccessKey', Type.Object(shown));

const KeyCreated = named(
  'CreatedAccessKey',
  Type.Object({ ...shown, secret: text('The secret key, which is never shown again.', 'secret') }),
);

const KeyAnswer = Type.Object({ credential: described('The key.', KeyAnswered) });

const CreateRequest = Type.Object({
  credential: described(
    'The key to create.',
    strict({ user_id: Type.Optional(userId), description: Type.Optional(description) }),
    { description: 'for the pipeline' },
  ),
});

const UpdateRequest = Type.Object({
  credential: described(
    'What is to change.',
    strict({ status: Type.Optional(status), description: Type.Optional(description) }),
    { status: 'inactive' },
  ),
});

const declared = conflict(
  'The access key P83EVBZJMXCYTMUII000 is declared in the inventory or in credentials.json; change it there and restart.',
);

export function accessKeyOperations(keys: AccessKeys): Operation[] {
  return [
    {
      ...common,
      id: 'ListPermanentAccessKeys',
      action: 'iam:credentials:list',
      actionScope: 'own',
      method: 'GET',
      path,
      summary: 'List the permanent access keys of a user',
      query: { user_id: { schema: userId, arity: 'one', description: 'The user; the caller if not given.' } },
      answer: Type.Object({ credentials: described('The keys.', Type.Array(KeyAnswered)) }),
      status: 200,
      refusals: [notFound('user', '359be5f74241436fa422a14c2d6724df')],
      handle: async ({ caller, query }) => {
        const listed = keys.list(caller, query.get('user_id') ?? caller.userId);
        return { body: { credentials: listed.map(render) } };
      },
    },
    {
      ...common,
      id: 'CreatePermanentAccessKey',
      action: 'iam:credentials:create',
      actionScope: 'own',
      method: 'POST',
      path,
      summary: 'Create a permanent access key',
      body: CreateRequest,
      answer: Type.Object({ credential: described('The key.', KeyCreated) }),
      status: 201,
      refusals: [
        forbidden(
          'A temporary access key cannot create permanent ones; use a token, or sign with a permanent key.',
        ),
        notFound('user', '359be5f74241436fa422a14c2d6724df'),
        quotaExceeded('access_key', 2),
      ],
      handle: async ({ caller, body }) => {
        const { credential } = body as { credential: { user_id?: string; description?: string } };
        const { user_id = caller.userId, description = '' } = credential;
        const { secret, ...key } = await keys.create(caller, { userId: user_id, description });
        return { body: { credential: { ...render(key), secret } } };
      },
    },
    {
      ...common,
      id: 'ShowPermanentAccessKey',
      action: 'iam:credentials:get',
      actionScope: 'own',
      method: 'GET',
      path: `${path}/{access_key}`,
      summary: 'Show a permanent access key, without its secret',
      answer: KeyAnswer,
      status: 200,
      handle: async ({ caller, params: { access_key = '' } }) => ({
        body: { credential: render(keys.show(caller, access_key)) },
      }),
    },
    {
      ...common,
      id: 'UpdatePermanentAccessKey',
      action: 'iam:credentials:update',
      actionScope: 'own',
      method: 'PUT',
      path: `${path}/{access_key}`,
      summary: 'Have a permanent access key refused, or taken again, or describe it',
      body: UpdateRequest,
      bodyOptions: { immutable: { credential: new Set(['user_id']) } },
      answer: KeyAnswer,
      status: 200,
      refusals: [declared],
      handle: async ({ caller, params: { access_key = '' }, body }) => {
        const { credential } = body as { credential: Partial<Pick<AccessKey, 'status' | 'description'>> };
        return { body: { credential: render(await keys.update(caller, access_key, credential)) } };
      },
    },
    {
      ...common,
      id: 'DeletePermanentAccessKey',
      action: 'iam:credentials:delete',
      actionScope: 'own',
      method: 'DELETE',
      path: `${path}/{access_key}`,
      summary: 'Delete a permanent access key',
      status: 204,
      refusals: [declared],
      handle: async ({ caller, params: { access_key = '' } }) => {
        await keys.delete(caller, access_key);
        return {};
      },
    },
  ];
}

function render({ access, userId: user_id, status, description, createdAt }: AccessKey) {
  const create_time = createdAt === null ? null : microseconds(createdAt);
  return { access, user_id, status, description, create_time };
}
