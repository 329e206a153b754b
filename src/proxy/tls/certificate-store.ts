import { isDeepStrictEqual } from 'node:util';
import type { CertificateConfiguration, ListenerConfiguration } from '../../dataplane/configuration.ts';

/** The certificates that listeners name, by id. */
export class CertificateStore {
  readonly #certificates = new Map<string, CertificateConfiguration>();

  get(id: string): CertificateConfiguration | undefined {
    return this.#certificates.get(id);
  }

  values(): Iterable<CertificateConfiguration> {
    return this.#certificates.values();
  }

  /** One that says the same as before stays the same object: who uses it has nothing to do. */
  put(certificate: CertificateConfiguration): void {
    if (isDeepStrictEqual(this.#certificates.get(certificate.id), certificate)) return;
    this.#certificates.set(certificate.id, certificate);
  }

  /** Forgets those that none of the listeners names. */
  keepNamedBy(listeners: Iterable<Pick<ListenerConfiguration, 'tls'>>): void {
    if (this.#certificates.size === 0) return;
    const named = new Set<string | null>();
    for (const { tls } of listeners) {
      if (tls === null) continue;
      named.add(tls.certificateId).add(tls.clientAuthorityId);
      for (const id of tls.namedCertificateIds) named.add(id);
    }
    for (const id of this.#certificates.keys()) if (!named.has(id)) this.#certificates.delete(id);
  }
}
