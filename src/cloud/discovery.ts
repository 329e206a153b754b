/**
 * The versions of the identity service, which clients ask for before they show who they are: so they are public, and
 * say nothing of this installation.
 */
import { Type } from 'typebox';
import type { Operation } from '../model/operation.ts';
import { described, named } from '../model/schemas.ts';

const text = (description: string, example?: string) => described(description, Type.String(), example);

const Version = named(
  'IdentityVersion',
  Type.Object({
    id: text('Its name.', 'v3.6'),
    status: text('Always stable.', 'stable'),
    updated: text('When it was last changed.', '2016-04-04T00:00:00Z'),
    links: described(
      'Where it is.',
      Type.Array(
        named(
          'IdentityVersionLink',
          Type.Object({
            rel: text('Always self.', 'self'),
            href: text('The URL.', 'http://127.0.0.1:9696/v3/'),
          }),
        ),
      ),
    ),
    'media-types': described('None.', Type.Array(Type.String(), { maxItems: 0 })),
  }),
);

const common = {
  method: 'GET',
  group: 'Service',
  status: 200,
  isPublic: true,
  carriesRequestId: false,
} as const;

export function discoveryOperations(): Operation[] {
  return [
    {
      ...common,
      id: 'ListIdentityVersions',
      path: '/',
      summary: 'List the versions of the identity service',
      answer: Type.Object({
        versions: described(
          'The versions.',
          named('IdentityVersions', Type.Object({ values: described('The versions.', Type.Array(Version)) })),
        ),
      }),
      handle: async ({ origin }) => ({ body: { versions: { values: [version(origin)] } } }),
    },
    {
      ...common,
      id: 'ShowIdentityVersion',
      path: '/v3',
      summary: 'Show the version of the identity service',
      answer: Type.Object({ version: described('The version.', Version) }),
      handle: async ({ origin }) => ({ body: { version: version(origin) } }),
    },
  ];
}

function version(origin: string) {
  return {
    ...{ id: 'v3.6', status: 'stable', updated: '2016-04-04T00:00:00Z' },
    ...{ links: [{ rel: 'self', href: `${origin}/v3/` }], 'media-types': [] },
  };
}
