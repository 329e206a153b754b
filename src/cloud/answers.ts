/** What the neighbouring services answer, as far as clients read it. */
import { Type } from 'typebox';
import { orNull } from '../model/field.ts';
import { publicIp } from '../model/public-ip.ts';
import { answerBody } from '../model/resource.ts';
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

const catalog = described('The services.', Type.Array(Service));

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
        catalog,
      }),
    ),
  ),
});

const Project = named(
  'Project',
  Type.Object({
    id,
    name: text('Its name.', 'local-1'),
    domain_id: text('The domain.'),
    parent_id: text('The domain.'),
    enabled: described('Always true.', Type.Boolean()),
    is_domain: described('Always false.', Type.Boolean(), false),
    description: text('Empty.', ''),
    links: described('No links.', Links),
  }),
);

export const ProjectsAnswer = Type.Object({
  projects: described('The projects.', Type.Array(Project)),
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

const {
  bandwidth_charge_mode: _chargeMode,
  billing_info: _billing,
  ...shownOfPublicIp
} = answerBody(publicIp).properties;

export const ProjectPublicIp = named(
  'ProjectPublicIp',
  Type.Object({
    ...shownOfPublicIp,
    create_time: text(
      'When the project got it, UTC; empty for one of the inventory that nobody has.',
      '2026-01-31T09:30:00Z',
    ),
    status: text('ELB while it is bound to a load balancer, else DOWN.', 'ELB'),
    tenant_id: text('The project.'),
    private_ip_address: text('The address of the load balancer; empty for none.', '10.0.0.10'),
    port_id: text('The port of that address; empty for none.'),
    profile: described('Empty.', Type.Object({})),
  }),
);

export const Bandwidth = named(
  'Bandwidth',
  Type.Object({
    id,
    name: text('Its name.', 'bandwidth'),
    size: described('Mbit/s as asked for; 0 when nobody said.', Type.Integer()),
    share_type: text('PER, or WHOLE when it is shared.', 'PER'),
    charge_mode: text('How it would be billed.', 'traffic'),
    bandwidth_type: text('Always bgp.', 'bgp'),
    publicip_info: described(
      'The public IPs that have it.',
      Type.Array(
        named(
          'PublicIpOfBandwidth',
          Type.Object({
            publicip_id: text('Its id.'),
            publicip_address: text('The address.', '203.0.113.10'),
            publicip_type: text('The network it is of.', '5_bgp'),
            ip_version: described('4 or 6.', Type.Integer(), 4),
          }),
        ),
      ),
    ),
    tenant_id: text('The project.'),
    status: text('Always NORMAL.', 'NORMAL'),
  }),
);
