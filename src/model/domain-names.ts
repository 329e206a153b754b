/** How a load balancer is named in DNS, and at which of its addresses (rules digest 2.1.7, DNS). */
import { type Static, Type } from 'typebox';
import { field, orNull } from './field.ts';
import { Eip } from './public-ip.ts';
import { type RecordOf, resource } from './resource.ts';
import { Id, integer, oneOf, strict, Timestamp } from './schemas.ts';

const Ttl = integer(1, 2147483647);
const ZoneType = oneOf('private', 'public');
/** Labels of letters, digits and hyphens; the dot that ends a full name may be there. */
const ZoneName = Type.String({
  minLength: 1,
  maxLength: 253,
  pattern:
    '^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.?$',
});

const config = {
  public_domain_name_enable: Type.Boolean(),
  public_dns_zone_name: orNull(Type.String()),
  public_dns_record_set_ttl: Ttl,
  private_domain_name_enable: Type.Boolean(),
  private_dns_zone_name: orNull(Type.String()),
  private_dns_zone_type: ZoneType,
  private_dns_record_set_ttl: Ttl,
};

const DomainConfig = Type.Object(config);
export type DomainConfig = Static<typeof DomainConfig>;

/** The settings, and what is known of each address that has a name. */
export const DomainNames = Type.Object({
  ...config,
  ips: Type.Array(
    Type.Object({
      ip_address: Type.String(),
      enable: Type.Boolean(),
      created_at: Timestamp,
      updated_at: Timestamp,
    }),
  ),
});
export type DomainNames = Static<typeof DomainNames>;

const switches = {
  public_domain_name_enable: Type.Optional(orNull(Type.Boolean())),
  public_dns_record_set_ttl: Type.Optional(orNull(Ttl)),
  private_domain_name_enable: Type.Optional(orNull(Type.Boolean())),
  private_dns_record_set_ttl: Type.Optional(orNull(Ttl)),
};

export const SystemDomainConfig = strict({ loadbalancer: strict(switches) });

export const UserDomainConfig = strict({
  loadbalancer: strict({
    ...switches,
    public_dns_zone_name: Type.Optional(orNull(ZoneName)),
    private_dns_zone_name: Type.Optional(orNull(ZoneName)),
    private_dns_zone_type: Type.Optional(orNull(ZoneType)),
  }),
});

/** What a request says of the names; a system default has no zones to choose. */
export type DomainConfigRequest = Partial<Static<typeof UserDomainConfig>['loadbalancer']>;

/** The settings as answered. */
export const DomainConfigAnswer = Type.Object({
  id: Id,
  vip_address: orNull(Type.String()),
  ipv6_vip_address: orNull(Type.String()),
  eips: Type.Array(Eip),
  global_eips: Type.Array(
    Type.Object({
      global_eip_id: Type.String(),
      global_eip_address: Type.String(),
      ip_version: Type.Integer(),
    }),
  ),
  ...config,
  public_domain_name: orNull(Type.String({ description: 'Null while it is off.' })),
  private_domain_name: orNull(Type.String({ description: 'Null while it is off.' })),
});

/** Described as resources are, but for their table: they are addresses of a load balancer, kept with it. */
export const domainIp = resource({
  name: 'ip',
  plural: 'ips',
  label: 'domain IP',
  table: '',
  fields: {
    id: field(Type.String(), 'The address, by which pages go on.', { answered: false }),
    enterprise_project_id: field(Type.String(), 'The enterprise project of the load balancer.', {
      filter: 'many',
      answered: false,
    }),
    enable: field(Type.Boolean(), 'Whether the name is resolved to the address.', { filter: 'one' }),
    ip_address: field(Type.String(), 'An address of the load balancer.', { filter: 'many' }),
    type: field(oneOf('vip', 'eip'), 'vip for its own addresses, eip for its public IP.', { filter: 'many' }),
    domain_name: field(Type.String(), 'The name: the private one of a vip, the public one of an eip.', {
      filter: 'many',
    }),
    created_at: field(Timestamp, 'When the address got the name, UTC.'),
    updated_at: field(Timestamp, 'When it was last enabled or disabled, UTC.'),
  },
});

export type DomainIp = RecordOf<(typeof domainIp)['fields']>;

/** The addresses to enable or disable. */
export const DomainIpList = strict({
  ips: Type.Array(strict({ ip_address: Type.String({ minLength: 1, maxLength: 64 }) }), {
    minItems: 1,
    maxItems: 100,
  }),
});
