/**
 * The names of a load balancer in DNS, and the addresses that they are for (rules digest 2.1.7, DNS). They are kept
 * with the load balancer, so that they change and go with its addresses. No name is served here: what resolves
 * them reads the list.
 */
import {
  type DomainConfig,
  type DomainConfigRequest,
  type DomainIp,
  type DomainNames,
  domainNames,
  storedZone,
} from '../model/domain-names.ts';
import { invalid } from '../model/errors.ts';
import { type LoadBalancer, loadBalancer } from '../model/load-balancer.ts';
import { draft } from '../model/resource.ts';
import { update } from '../store/rows.ts';
import { requireLoadBalancer } from './references.ts';
import { type Region, timestamp } from './region.ts';

/** The zone of the names that the system chooses: ICANN keeps .internal for names without a registry. */
const systemZone = 'elbow.internal';

const { disabled_ips: _none, ...unnamed } = draft(domainNames, {});

/** A load balancer's settings with the names that they make; a name is null while it is off. */
export interface DomainConfigView extends DomainConfig {
  readonly loadBalancer: LoadBalancer;
  readonly public_domain_name: string | null;
  readonly private_domain_name: string | null;
}

/** Names a load balancer in the zone of the system. What the request leaves out returns to its default. */
export function configureSystemDomain(
  region: Region,
  projectId: string,
  id: string,
  request: DomainConfigRequest,
): Promise<DomainConfigView> {
  return configure(region, projectId, id, {
    ...request,
    public_dns_zone_name: request.public_domain_name_enable ? systemZone : null,
    private_dns_zone_name: request.private_domain_name_enable ? systemZone : null,
  });
}

/** Names a load balancer in zones of one's own. What the request leaves out returns to its default. */
export async function configureUserDomain(
  region: Region,
  projectId: string,
  id: string,
  request: DomainConfigRequest,
): Promise<DomainConfigView> {
  for (const kind of ['public', 'private'] as const) {
    if (!request[`${kind}_domain_name_enable`] || request[`${kind}_dns_zone_name`]) continue;
    throw invalid(
      `loadbalancer.${kind}_dns_zone_name`,
      `it is required when ${kind}_domain_name_enable is true. Expected a zone as example.com.`,
    );
  }
  return configure(region, projectId, id, request);
}

function configure(
  region: Region,
  projectId: string,
  id: string,
  request: DomainConfigRequest,
): Promise<DomainConfigView> {
  return region.store.write(async (tx) => {
    const found = await requireLoadBalancer(tx.db, projectId, id);
    const given = Object.entries(request).filter(([, value]) => value !== null && value !== undefined);
    const config: DomainConfig = { ...unnamed, ...Object.fromEntries(given) };
    config.public_dns_zone_name = storedZone(config.public_dns_zone_name);
    config.private_dns_zone_name = storedZone(config.private_dns_zone_name);
    const named = { ...found, domain_names: { ...config, ips: found.domain_names?.ips ?? [] } };
    const view = domainConfigOf(region, named);
    for (const kind of ['public', 'private'] as const) {
      const name = view[`${kind}_domain_name`];
      if (name === null || name.length <= 253) continue;
      throw invalid(
        `loadbalancer.${kind}_dns_zone_name`,
        `the name in it would have ${name.length} characters, and a domain name has at most 253.`,
      );
    }
    await update(tx, loadBalancer, found, { domain_names: followAddresses(named, timestamp(tx.at)) });
    return view;
  });
}

/** The names that a load balancer's settings make. */
export function domainConfigOf({ inventory }: Region, loadBalancer: LoadBalancer): DomainConfigView {
  const { ips: _, ...config } = loadBalancer.domain_names ?? { ...unnamed, ips: [] };
  const { id } = loadBalancer;
  const within = (zone: string | null) => `elb.${inventory.region}.${zone}`;
  return {
    ...config,
    loadBalancer,
    public_domain_name: config.public_domain_name_enable
      ? `${id}.${within(config.public_dns_zone_name)}`
      : null,
    private_domain_name: config.private_domain_name_enable
      ? `${id}-internal.${within(config.private_dns_zone_name)}`
      : null,
  };
}

/** The addresses of a load balancer that have a name: its own the private one, its public ones the public one. */
export function namedAddresses(
  of: LoadBalancer,
): { readonly ip_address: string; readonly type: DomainIp['type'] }[] {
  const names = of.domain_names;
  const own = names?.private_domain_name_enable ? [of.vip_address, of.ipv6_vip_address] : [];
  const open = names?.public_domain_name_enable ? of.publicips : [];
  return [
    ...own.flatMap((ip_address) => (ip_address === null ? [] : [{ ip_address, type: 'vip' } as const])),
    ...open.map(({ publicip_address }) => ({ ip_address: publicip_address, type: 'eip' }) as const),
  ];
}

/**
 * What is known of the named addresses of a load balancer, whose addresses or names may just have changed: those
 * that stay are as they were, new ones are enabled, and those that are gone are forgotten.
 */
export function followAddresses(of: LoadBalancer, now: string): DomainNames | null {
  const names = of.domain_names;
  if (!names) return null;
  const ips = namedAddresses(of).map(
    ({ ip_address }) =>
      names.ips.find((each) => each.ip_address === ip_address) ?? {
        ip_address,
        enable: true,
        created_at: now,
        updated_at: now,
      },
  );
  return { ...names, ips };
}
