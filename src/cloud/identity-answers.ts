/** What the identity service answers, as far as clients read it. */
import { Type } from 'typebox';
import { orNull } from '../model/field.ts';
import { described, named } from '../model/schemas.ts';

const text = (description: string, example?: string) => described(description, Type.String(), example);
const id = text('Its id.');
const self = text('Empty: there is no such link.', '');
const Links = named('Links', Type.Object({ self }));
const none = described('Always null.', orNull(Type.String()));
const ListLinks = named('ListLinks', Type.Object({ self, next: none, previous: none }));

const Domain = named('Domain', Type.Object({ id, name: text('Its name.', 'elbow') }));

const Endpoint = named(
  'Endpoint',
  Type.Object({
    id,
    interface: text('Always public.', 'public'),
    region: text('The region.', 'local-1'),
    region_id: text('The region.', 'local-1'),
    url: text('Where the service is reached.', 'http://127.0.0.1:9696/v3'),
  }),
);

const Service = named(
  'CatalogService',
  Type.Object({
    id,
    type: text('What it is.', 'elbv3'),
    name: text('Its name.', 'elbv3'),
    endpoints: described('Where it is.', Type.Array(Endpoint)),
  }),
);

const catalog = described('The services; absent when the call says nocatalog.', Type.Array(Service));

export const CatalogAnswer = Type.Object({ catalog, links: described('No links.', Links) });

const moment = '2026-01-31T09:30:00.000000Z';

export const TokenAnswer = Type.Object({
  token: described(
    'What the token says; the token itself is in the header X-Subject-Token.',
    named(
      'Token',
      Type.Object({
        methods: described('How the user showed who it is.', Type.Array(Type.String()), ['password']),
        issued_at: text('When it was issued, UTC.', moment),
        expires_at: text('When it expires, UTC.', moment),
        user: described(
          'The user.',
          named('User', Type.Object({ id, name: text('Its name.', 'admin'), domain: Domain })),
        ),
        project: Type.Optional(
          described(
            'The project it is for; absent for a domain.',
            named('ProjectOfToken', Type.Object({ id, name: text('Its name.', 'local-1'), domain: Domain })),
          ),
        ),
        domain: Type.Optional(described('The domain it is for; absent for a project.', Domain)),
        roles: described(
          'What the user may do.',
          Type.Array(named('Role', Type.Object({ id, name: text('Its name.', 'te_admin') }))),
        ),
        catalog: Type.Optional(catalog),
      }),
    ),
  ),
});

const ProjectAnswered = named(
  'Project',
  Type.Object({
    id,
    name: text('Its name.', 'local-1'),
    domain_id: text('The domain.'),
    parent_id: text('The domain.'),
    enabled: described('Always true.', Type.Boolean()),
    is_domain: described('Always false.', Type.Boolean(), false),
    description: text('What was said of it when it was made.', ''),
    links: described('No links.', Links),
  }),
);

export const ProjectsAnswer = Type.Object({
  projects: described('The projects.', Type.Array(ProjectAnswered)),
  links: described('No links.', ListLinks),
});

export const DomainsAnswer = Type.Object({
  domains: described(
    'The domain.',
    Type.Array(
      named(
        'DomainOfCaller',
        Type.Object({
          id,
          name: text('Its name.', 'elbow'),
          enabled: described('Always true.', Type.Boolean()),
          description: text('Empty.', ''),
          links: described('No links.', Links),
        }),
      ),
    ),
  ),
  links: described('No links.', ListLinks),
});

export const ProjectAnswer = Type.Object({ project: described('The project.', ProjectAnswered) });

const UserAnswered = named(
  'UserOfDomain',
  Type.Object({
    id,
    name: text('Its name.', 'admin'),
    domain_id: text('The domain.'),
    enabled: described('Always true.', Type.Boolean()),
    description: text('Empty.', ''),
    password_expires_at: described('Always null.', orNull(Type.String())),
    links: described('No links.', Links),
  }),
);

export const UsersAnswer = Type.Object({
  users: described('The users.', Type.Array(UserAnswered)),
  links: described('No links.', ListLinks),
});

export const UserAnswer = Type.Object({ user: described('The user.', UserAnswered) });

const inLanguage = (language: string) => described(`Its name in ${language}.`, Type.String(), 'local-1');

const RegionAnswered = named(
  'Region',
  Type.Object({
    id: text('Its id, which is its name.', 'local-1'),
    type: text('Always public.', 'public'),
    description: text('Empty.', ''),
    parent_region_id: none,
    locales: described(
      'Its name in languages.',
      named('RegionLocales', Type.Object({ 'en-us': inLanguage('English'), 'zh-cn': inLanguage('Chinese') })),
    ),
    links: described('No links.', Links),
  }),
);

export const RegionsAnswer = Type.Object({
  regions: described('The regions.', Type.Array(RegionAnswered)),
  links: described('No links.', ListLinks),
});

export const RegionAnswer = Type.Object({ region: described('The region.', RegionAnswered) });
