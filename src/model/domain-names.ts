/** How a load balancer is named in DNS, and at which of its addresses (rules digest 2.1.7, DNS). */
import { type Static, Type } from 'typebox';
import { field, orNull } from './field.ts';
import { Eip, GlobalEip } from './public-ip.ts';
import { createBody, type RecordOf, resource } from './resource.ts';
import { described, Id, integer, named, oneOf, spelled, strict, Timestamp } from './schemas.ts';

const Ttl = integer(1, 2147483647);
const ZoneType = oneOf('private', 'public');
/** Labels of letters, digits and hyphens; the dot that ends a full name may be there. */
const ZoneName = spelled(
  'a domain name, as example.com',
  Type.String({
    minLength: 1,
    maxLength: 253,
    pattern:
      '^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.?$',
  }),
);

/** What each setting means, as asked for and as answered. */
const means = {
  public_domain_name_enable: 'Whether its public IP has a name.',
  public_dns_zone_name: 'The zone of that name.',
  public_dns_record_set_ttl: 'Seconds that resolvers may keep that name.',
  private_domain_name_enable: 'Whether its own addresses have a name.',
  private_dns_zone_name: 'The zone of that name.',
  private_dns_zone_type: 'The kind of that zone.',
  private_dns_record_set_ttl: 'Seconds that resolvers may keep that name.',
} as const;

const config = {
  public_domain_name_enable: described(means.public_domain_name_enable, Type.Boolean()),
  public_dns_zone_name: described(means.public_dns_zone_name, orNull(Type.String())),
  public_dns_record_set_ttl: described(means.public_dns_record_set_ttl, Ttl, 300),
  private_domain_name_enable: described(means.private_domain_name_enable, Type.Boolean()),
  private_dns_zone_name: described(means.private_dns_zone_name, orNull(Type.String())),
  private_dns_zone_type: described(means.private_dns_zone_type, ZoneType),
  private_dns_record_set_ttl: described(means.private_dns_record_set_ttl, Ttl, 300),
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
    public_domain_name_enable: field(Type.Boolean(), means.public_domain_name_enable, {
      ...setting,
      default: false,
      example: true,
    }),
    public_dns_zone_name: field(orNull(Type.String()), means.public_dns_zone_name, {
      ...zone,
      example: 'example.com.',
    }),
    public_dns_record_set_ttl: field(Ttl, means.public_dns_record_set_ttl, { ...setting, default: 300 }),
    private_domain_name_enable: field(Type.Boolean(), means.private_domain_name_enable, {
      ...setting,
      default: false,
    }),
    private_dns_zone_name: field(orNull(Type.String()), means.private_dns_zone_name, zone),
    private_dns_zone_type: field(ZoneType, means.private_dns_zone_type, { ...setting, default: 'private' }),
    private_dns_record_set_ttl: field(Ttl, means.private_dns_record_set_ttl, { ...setting, default: 300 }),
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
  loadbalancer: named(
    'NewSystemDomainConfig',
    strict(Object.fromEntries(Object.entries(settings).filter(([key]) => !ofZones.includes(key)))),
  ),
});

export const UserDomainConfig = strict({
  loadbalancer: named('NewUserDomainConfig', strict(settings)),
});

/** Zones are told without the dot that ends them, in lower case. */
export function storedZone(name: string | null | undefined): string | null {
  return name?.replace(/\.$/, '').toLowerCase() ?? null;
}

/** What a request says of the names. */
export type DomainConfigRequest = { readonly [K in keyof DomainConfig]?: DomainConfig[K] | null };

/** The settings as answered. */
export const DomainConfigAnswer = named(
  'DomainConfig',
  Type.Object({
    id: described('The load balancer.', Id),
    vip_address: described('Its IPv4 address.', orNull(Type.String())),
    ipv6_vip_address: described('Its IPv6 address.', orNull(Type.String())),
    eips: described('Its public IP addresses.', Type.Array(Eip)),
    global_eips: described('Its global public IP addresses: none.', Type.Array(GlobalEip)),
    ...config,
    public_domain_name: described('The name of its public IP; null while it is off.', orNull(Type.String())),
    private_domain_name: described('The name of its addresses; null while it is off.', orNull(Type.String())),
  }),
);

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
  ips: described(
    'The addresses.',
    Type.Array(
      strict({
        ip_address: described(
          'An address of the load balancer.',
          Type.String({ minLength: 1, maxLength: 64 }),
          '10.0.0.10',
        ),
      }),
      { minItems: 1, maxItems: 100 },
    ),
  ),
});
