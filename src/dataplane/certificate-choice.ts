/** Which certificate a client of TLS is shown (rules digest 4.7). */
import type { Certificate } from '../model/certificate.ts';
import { domainsOf } from '../model/certificate-domains.ts';
import type { Listener } from '../model/listener.ts';

/**
 * The one whose domain is the asked name, else the one with the longest wildcard that covers it, else the default.
 *
 * @param sni the server name that the client asks for; '' for none
 * @param certificates those of the listener, by id
 */
export function certificateFor<C extends Pick<Certificate, 'domain'>>(
  {
    default_tls_container_ref,
    sni_container_refs,
    sni_match_algo,
  }: Pick<Listener, 'default_tls_container_ref' | 'sni_container_refs' | 'sni_match_algo'>,
  sni: string,
  certificates: ReadonlyMap<string, C>,
): C | undefined {
  const name = sni.toLowerCase();
  let best: C | undefined;
  let bestLength = 0;
  for (const id of sni_container_refs) {
    const certificate = certificates.get(id);
    if (certificate === undefined) continue;
    for (const domain of domainsOf(certificate)) {
      const length = coverage(domain, name, sni_match_algo);
      if (length > bestLength) [best, bestLength] = [certificate, length];
    }
  }
  return best ?? certificates.get(default_tls_container_ref ?? '');
}

/** How much of a name a domain fixes: all of it, what follows the wildcard, or 0 when it does not cover it. */
function coverage(domain: string, name: string, algorithm: Listener['sni_match_algo']): number {
  if (domain === name) return Number.POSITIVE_INFINITY;
  if (!domain.startsWith('*.') || !name.endsWith(domain.slice(1))) return 0;
  const labels = name.slice(0, 1 - domain.length);
  const isCovered = labels !== '' && (algorithm === 'longest_suffix' || !labels.includes('.'));
  return isCovered ? domain.length : 0;
}
