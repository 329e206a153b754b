/** Compiles what TLS needs: a listener's settings, the certificates it names, the headers that tell of its connections. */
import type { Certificate } from '../model/certificate.ts';
import { domainsOf } from '../model/certificate-domains.ts';
import type { InsertHeaders } from '../model/insert-headers.ts';
import type { Listener } from '../model/listener.ts';
import type { SecurityPolicy } from '../model/security-policy.ts';
import { type SystemSecurityPolicy, systemSecurityPolicies } from '../model/system-security-policies.ts';
import type { CertificateConfiguration, InsertedHeader, TlsSettings, TlsVersion } from './configuration.ts';
import type { TlsHeaderSource } from './policy-configuration.ts';

/** Opens the private key of a stored certificate; null when there is none, or when it cannot be opened. */
export type OpenKey = (certificate: Certificate) => string | null;

/** What a listener uses until it is told otherwise (rules digest 2.2.1). */
const defaultPolicy = 'tls-1-2';

/** Headers with a switch of their own name; the first two may be sent by another name. */
const switched: Readonly<Record<string, TlsHeaderSource>> = {
  'X-Forwarded-TLS-Protocol': 'tls-version',
  'X-Forwarded-TLS-Cipher': 'tls-cipher',
  'X-Forwarded-TLS-Certificate-ID': 'certificate-id',
};

/** Headers whose switch is their name with `-enable` behind it. */
const enabled: Readonly<Record<string, TlsHeaderSource>> = {
  'X-Forwarded-Clientcert-subjectdn': 'client-certificate-subject',
  'X-Forwarded-Clientcert-issuerdn': 'client-certificate-issuer',
  'X-Forwarded-Clientcert-fingerprint': 'client-certificate-fingerprint',
  'X-Forwarded-Clientcert-clientverify': 'client-certificate-verification',
  'X-Forwarded-Clientcert-serialnumber': 'client-certificate-serial-number',
  'X-Forwarded-Clientcert': 'client-certificate',
  'X-Forwarded-Clientcert-ciphers': 'client-ciphers',
  'X-Forwarded-Clientcert-end': 'client-certificate-end',
  'X-Forwarded-Tls-Alpn-Protocol': 'tls-alpn',
  'X-Forwarded-Tls-Sni': 'tls-server-name',
  'X-Forwarded-Tls-Ja3': 'tls-ja3',
  'X-Forwarded-Tls-Ja4': 'tls-ja4',
};

/** Null for a listener whose clients speak no TLS, or that has no certificate. */
export function compileTls(
  listener: Listener,
  policies: ReadonlyMap<string, SecurityPolicy>,
): TlsSettings | null {
  if (!listener.default_tls_container_ref) return null;
  const policy = policies.get(listener.security_policy_id ?? '') ?? systemPolicy(listener.tls_ciphers_policy);
  return {
    versions: policy.protocols as readonly TlsVersion[],
    ciphers: policy.ciphers,
    certificateId: listener.default_tls_container_ref,
    namedCertificateIds: listener.sni_container_refs,
    nameMatch: nameMatchOf(listener),
    clientAuthorityId: listener.client_ca_tls_container_ref,
    http2: listener.http2_enable,
  };
}

/** How far a `*.` reaches. */
export function nameMatchOf({ sni_match_algo }: Pick<Listener, 'sni_match_algo'>): TlsSettings['nameMatch'] {
  return sni_match_algo === 'longest_suffix' ? 'longest-suffix' : 'wildcard';
}

function systemPolicy(name: string | null): SystemSecurityPolicy {
  const wanted = name ?? defaultPolicy;
  return systemSecurityPolicies.find((policy) => policy.name === wanted) as SystemSecurityPolicy;
}

/** The ids of the certificates that settings name. */
export function namedCertificates(settings: TlsSettings): string[] {
  const { certificateId, namedCertificateIds, clientAuthorityId } = settings;
  return [certificateId, ...namedCertificateIds, ...(clientAuthorityId ? [clientAuthorityId] : [])];
}

export function compileCertificate(certificate: Certificate, openKey: OpenKey): CertificateConfiguration {
  return {
    id: certificate.id,
    chain: certificate.certificate,
    key: certificate.type === 'client' ? null : openKey(certificate),
    names: certificate.type === 'client' ? [] : domainsOf(certificate),
  };
}

/** The headers that the switches ask for, each by its alias if there is one (rules digest 4.6). */
export function tlsHeaders(switches: InsertHeaders): InsertedHeader[] {
  const headers: InsertedHeader[] = [];
  const add = (of: Readonly<Record<string, TlsHeaderSource>>, suffix: string) => {
    for (const [name, source] of Object.entries(of)) {
      if (switches[name + suffix] !== true) continue;
      const alias = switches[`${name}-alias`];
      headers.push({ name: typeof alias === 'string' ? alias : name, source });
    }
  };
  add(switched, '');
  add(enabled, '-enable');
  return headers;
}
