/** The body that asks for a token, as Keystone v3 has it. */
import { Type } from 'typebox';
import { described, named } from '../model/schemas.ts';

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

export const TokenRequest = Type.Object({
  auth: described(
    'What is shown, and what is asked for.',
    Type.Object({
      identity: described('Who asks.', IdentityShown),
      scope: optional(
        described(
          'What the token is to be for; the first project of the user if not given.',
          Type.Object({
            project: optional(described('A project, by id or by name.', ProjectNamed)),
            domain: optional(described('The domain: all projects of the user.', DomainNamed)),
          }),
          { project: { name: 'local-1' } },
        ),
      ),
    }),
  ),
});
