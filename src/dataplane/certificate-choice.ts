/** Which certificate a client of TLS is shown (rules digest 4.7). */
import type { Certificate } from '../model/certificate.ts';
import { domainsOf } from '../model/certificate-domains.ts';
import type { Listener } from '../model/listener.ts';
import { nameMatchOf } from './compile-tls.ts';
import { ServerNames } from './matching/server-names.ts';

/**
 * The one whose domain is the asked name, else the one with the longest wildcard that covers it, else the default.
 *
 * @param sni the server name that the client asks for; '' for none
 * @param certificates those of the listener, by id
 */
export function certificateFor<C extends Pick<Certificate, 'domain'>>(
  listener: Pick<Listener, 'default_tls_container_ref' | 'sni_container_refs' | 'sni_match_algo'>,
  sni: string,
  certificates: ReadonlyMap<string, C>,
): C | undefined {
  const fallback = certificates.get(listener.default_tls_container_ref ?? '');
  const named = [fallback, ...listener.sni_container_refs.map((id) => certificates.get(id))];
  const byName = new Map<string, C>();
  for (const each of named) {
    for (const domain of each ? domainsOf(each) : [])
      if (each && !byName.has(domain)) byName.set(domain, each);
  }
  return new ServerNames(byName, nameMatchOf(listener)).find(sni) ?? fallback;
}
