/** How a load balancer is named in DNS, and at which of its addresses (rules digest 2.1.7, DNS). */
import { type Static, Type } from 'typebox';
import { field, orNull } from './field.ts';
import { Eip } from './public-ip.ts';
import { createBody, type RecordOf, resource } from './resource.ts';
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

const setting = { create: 'optional', update: 'mutable', nullable: true } as const;
const zone = { ...setting, input: ZoneName } as const;

/** The settings as one thing, with the switches of the addresses; they are kept with the load balancer. */
export const domainNames = resource({
  name: 'domain_names',
  plural: 'domain_names',
  label: 'domain names',
  table: '',
  fields: {
    public_domain_name_enable: field(config.public_domain_name_enable, 'Whether its public IP has a name.', {
      ...setting,
      default: false,
    }),
    public_dns_zone_name: field(config.public_dns_zone_name, 'The zone of the public name.', zone),
    public_dns_record_set_ttl: field(Ttl, 'Seconds that the public name may be remembered.', {
      ...setting,
      default: 300,
    }),
    private_domain_name_enable: field(
      config.private_domain_name_enable,
      'Whether its own addresses have a name.',
      { ...setting, default: false },
    ),
    private_dns_zone_name: field(config.private_dns_zone_name, 'The zone of the private name.', zone),
    private_dns_zone_type: field(ZoneType, 'The type of that zone.', { ...setting, default: 'private' }),
    private_dns_record_set_ttl: field(Ttl, 'Seconds that the private name may be remembered.', {
      ...setting,
      default: 300,
    }),
    disabled_ips: field(
      Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 100 }),
      'The addresses that their name is not resolved to.',
      { ...setting, default: [] },
    ),
  },
});

const { disabled_ips: _, ...settings } = createBody(domainNames).properties;
const ofZones = ['public_dns_zone_name', 'private_dns_zone_name', 'private_dns_zone_type'];

/** A system default has no zones to choose. */
export const SystemDomainConfig = strict({
  loadbalancer: strict(
    Object.fromEntries(Object.entries(settings).filter(([key]) => !ofZones.includes(key))),
  ),
});

export const UserDomainConfig = strict({ loadbalancer: strict(settings) });

/** Zones are told without the dot that ends them, in lower case. */
export function storedZone(name: string | null | undefined): string | null {
  return name?.replace(/\.$/, '').toLowerCase() ?? null;
}

/** What a request says of the names. */
export type DomainConfigRequest = { readonly [K in keyof DomainConfig]?: DomainConfig[K] | null };

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
