/** The addresses that a load balancer's names are for, and whether they are resolved to them (rules digest 2.1.7, DNS). */
import { canonical, ipVersion } from '../model/address.ts';
import { type DomainIp, domainIp } from '../model/domain-names.ts';
import { invalid } from '../model/errors.ts';
import { type LoadBalancer, loadBalancer } from '../model/load-balancer.ts';
import { update } from '../store/rows.ts';
import type { Writer } from '../store/transaction.ts';
import { domainConfigOf, namedAddresses } from './domain-names.ts';
import { fixedPage } from './fixed-pages.ts';
import type { Page, PageQuery } from './page-query.ts';
import { requireLoadBalancer } from './references.ts';
import { type Region, timestamp } from './region.ts';

export async function listDomainIps(
  region: Region,
  projectId: string,
  id: string,
  query: PageQuery,
): Promise<Page<DomainIp>> {
  const found = await requireLoadBalancer(region.store.reader, projectId, id);
  return fixedPage(domainIp, domainIpsOf(region, found), query);
}

function domainIpsOf(region: Region, of: LoadBalancer): DomainIp[] {
  const { public_domain_name, private_domain_name } = domainConfigOf(region, of);
  const known = new Map(of.domain_names?.ips.map((each) => [each.ip_address, each]));
  return namedAddresses(of).flatMap(({ ip_address, type }) => {
    const state = known.get(ip_address);
    const domain_name = type === 'vip' ? private_domain_name : public_domain_name;
    if (!state || domain_name === null) return [];
    const { enterprise_project_id } = of;
    return [{ ...state, id: ip_address, enterprise_project_id, type, domain_name }];
  });
}

/**
 * Lets a name be resolved to addresses, or no more.
 *
 * @returns the addresses of the request as they are now, each once
 */
export async function switchDomainIps(
  region: Region,
  projectId: string,
  id: string,
  asked: readonly string[],
  enable: boolean,
): Promise<DomainIp[]> {
  return region.store.write(async (tx) => {
    const found = await requireLoadBalancer(tx.db, projectId, id);
    const wanted = asked.map((address) => (ipVersion(address) ? canonical(address) : address));
    const named = namedAddresses(found).map(({ ip_address }) => ip_address);
    for (const [index, address] of wanted.entries()) {
      if (named.includes(address)) continue;
      throw invalid(
        `ips[${index}].ip_address`,
        `${address} is no address of the load balancer that has a name; there are ${named.join(', ') || 'none'}.`,
      );
    }
    const after = await writeSwitches(tx, found, wanted, enable);
    return domainIpsOf(region, after).filter(({ ip_address }) => wanted.includes(ip_address));
  });
}

async function writeSwitches(
  tx: Writer,
  found: LoadBalancer,
  wanted: readonly string[],
  enable: boolean,
): Promise<LoadBalancer> {
  const names = found.domain_names;
  if (!names) return found;
  const now = timestamp(tx.at);
  const ips = names.ips.map((each) =>
    wanted.includes(each.ip_address) && each.enable !== enable ? { ...each, enable, updated_at: now } : each,
  );
  const changed = { domain_names: { ...names, ips } };
  await update(tx, loadBalancer, found, changed);
  return { ...found, ...changed };
}
