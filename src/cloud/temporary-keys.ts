/** Temporary access keys: for a while, and with a security token that comes with each call. */
import { Type } from 'typebox';
import { invalid, unauthenticated } from '../model/errors.ts';
import type { Call, Operation } from '../model/operation.ts';
import { described, integer, named } from '../model/schemas.ts';
import type { Identity } from '../service/identity/identity.ts';
import { microseconds } from './keystone-form.ts';

const text = (description: string, example?: string) => described(description, Type.String(), example);

const defaultSeconds = 15 * 60;

const TokenShown = named(
  'TokenForKey',
  Type.Object({
    id: Type.Optional(text('A token of the caller; what the call was authenticated by if not given.')),
    duration_seconds: Type.Optional(
      described('How long the key is to be good; 900 if not given.', integer(900, 24 * 60 * 60), 900),
    ),
  }),
);

const Request = Type.Object({
  auth: described(
    'What is shown, and for how long the key is to be.',
    Type.Object({
      identity: described(
        'Who asks.',
        named(
          'IdentityForKey',
          Type.Object({
            methods: described('token.', Type.Array(Type.String(), { minItems: 1, maxItems: 4 }), ['token']),
            token: Type.Optional(described('The token.', TokenShown, { duration_seconds: 900 })),
          }),
        ),
      ),
    }),
  ),
});

interface RequestBody {
  readonly auth: {
    readonly identity: {
      readonly methods: readonly string[];
      readonly token?: { readonly id?: string; readonly duration_seconds?: number };
      readonly policy?: unknown;
    };
  };
}

export function temporaryKeyOperation(identity: Identity): Operation {
  return {
    id: 'CreateTemporaryAccessKeyByToken',
    action: 'iam:securitytokens:create',
    actionScope: 'own',
    method: 'POST',
    path: '/v3.0/OS-CREDENTIAL/securitytokens',
    group: 'Identity',
    carriesRequestId: false,
    summary: 'Get a temporary access key',
    body: Request,
    bodyOptions: { secret: true },
    answer: Type.Object({
      credential: described(
        'The key.',
        named(
          'TemporaryAccessKey',
          Type.Object({
            access: text('The id of the key.', 'HST3K8GJI03NXA7RBQ00'),
            secret: text('The secret key, which is never shown again.', 'secret'),
            securitytoken: text('Comes with each signed call, as X-Security-Token.', 'v1.sealed'),
            expires_at: text('When it expires, UTC.', '2026-01-31T09:45:00.000000Z'),
          }),
        ),
      ),
    }),
    status: 201,
    handle: async ({ caller, body }) => {
      const { methods, token = {}, policy } = (body as RequestBody).auth.identity;
      if (methods.some((method) => method !== 'token')) {
        throw invalid('auth.identity.methods', 'expected token; there are no agencies to assume.');
      }
      if (policy !== undefined) {
        throw invalid(
          'auth.identity.policy',
          'a temporary key has the permissions of its user; leave it out.',
        );
      }
      const { projectId, expiresAt } = shownBy(caller, token.id);
      const asked = identity.now + (token.duration_seconds ?? defaultSeconds) * 1000;
      const { key, securityToken } = identity.temporaryKeys.issue({
        userId: caller.userId,
        projectId,
        // What is shown cannot be made to last longer by a key.
        expiresAt: Math.min(asked, expiresAt ?? asked),
      });
      const { access, secret } = key;
      const expires_at = microseconds(key.expiresAt);
      return { body: { credential: { access, secret, securitytoken: securityToken, expires_at } } };
    },
  };

  function shownBy(
    { userId, credential }: Call['caller'],
    token: string | undefined,
  ): { projectId: string | null; expiresAt: number | null } {
    if (token === undefined) return credential;
    const found = identity.goodToken(token);
    if (found?.user.id === userId) return found.claims;
    throw unauthenticated(
      'The token in auth.identity.token.id is not valid. Get one with POST /v3/auth/tokens.',
    );
  }
}
