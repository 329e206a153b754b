/** The names of a load balancer in DNS as one thing: their settings, and the addresses that are switched off. */
import { type DomainConfigRequest, domainNames } from '../model/domain-names.ts';
import type { LoadBalancer } from '../model/load-balancer.ts';
import { draft, type RecordOf } from '../model/resource.ts';
import { switchDomainIps } from './domain-ips.ts';
import { configureUserDomain } from './domain-names.ts';
import { requireLoadBalancer } from './references.ts';
import { type Region, within } from './region.ts';

type DomainNameSettings = RecordOf<(typeof domainNames)['fields']>;

export function domainNameSettings({ domain_names: names }: LoadBalancer): DomainNameSettings {
  if (!names) return draft(domainNames, {});
  const { ips, ...config } = names;
  return {
    ...config,
    disabled_ips: ips.filter(({ enable }) => !enable).map(({ ip_address }) => ip_address),
  };
}

/** Changes the settings that are given; null puts one back to its default, and the others stay. */
export async function changeDomainNames(
  region: Region,
  projectId: string,
  id: string,
  changed: DomainConfigRequest & { readonly disabled_ips?: readonly string[] | null },
): Promise<void> {
  await region.store.write(async (tx) => {
    const joined = within(region, tx);
    const before = domainNameSettings(await requireLoadBalancer(tx.db, projectId, id));
    const { disabled_ips: given, ...config } = changed;
    const { disabled_ips: wereOff, ...settings } = before;
    await configureUserDomain(joined, projectId, id, { ...settings, ...config });
    const { domain_names } = await requireLoadBalancer(tx.db, projectId, id);
    const known = new Set(domain_names?.ips.map(({ ip_address }) => ip_address));
    // An address that has no name any more has no switch either.
    const off = given === undefined ? wereOff.filter((address) => known.has(address)) : (given ?? []);
    const on = wereOff.filter((address) => known.has(address) && !off.includes(address));
    if (on.length > 0) await switchDomainIps(joined, projectId, id, on, true);
    if (off.length > 0) await switchDomainIps(joined, projectId, id, off, false);
  });
}
