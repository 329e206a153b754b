/** The rules between listeners and the certificates they use (rules digest 2.2, LI-4, LI-14, C12 and CE-7). */
import type { Kysely } from 'kysely';
import { type Certificate, certificate } from '../model/certificate.ts';
import { keyTypeOf } from '../model/certificate-content.ts';
import { domainsOf } from '../model/certificate-domains.ts';
import { conflict, invalid, notFound, Refusal } from '../model/errors.ts';
import { type Listener, listener, listenerOfSni } from '../model/listener.ts';
import { protocolFor } from '../model/shared-rules.ts';
import { ownersOf } from '../store/elements.ts';
import { find, findBy } from '../store/rows.ts';
import type { Tables } from '../store/schema.ts';

/** The most domains of all certificates in a listener's sni_container_refs. */
const maxSniDomains = 200;

const idLength = 32;

/** @throws Refusal (400) for an id of another length, (404) for one that the project does not have */
export async function requireCertificate(
  db: Kysely<Tables>,
  projectId: string,
  id: string,
): Promise<Certificate> {
  if (id.length !== idLength) {
    throw new Refusal(
      'ELB.5020',
      `The certificate id "${id.slice(0, 100)}" has ${id.length} characters; it must have ${idLength}.`,
    );
  }
  const found = await find(db, certificate, projectId, id);
  if (!found) throw notFound(certificate.label, id);
  return found;
}

/**
 * Refuses certificates that the listener cannot use, and a listener that lacks one.
 *
 * @param before the listener as it was; null for a new one. What stays is not checked again.
 */
export async function checkCertificates(
  db: Kysely<Tables>,
  after: Listener,
  before: Listener | null,
): Promise<void> {
  const { project_id, default_tls_container_ref, client_ca_tls_container_ref, sni_container_refs } = after;
  checkPlaces(after, before);
  if (default_tls_container_ref && default_tls_container_ref !== before?.default_tls_container_ref) {
    const found = await requireCertificate(db, project_id, default_tls_container_ref);
    checkType('default_tls_container_ref', found, ['server', 'server_sm']);
  }
  if (client_ca_tls_container_ref && client_ca_tls_container_ref !== before?.client_ca_tls_container_ref) {
    const found = await requireCertificate(db, project_id, client_ca_tls_container_ref);
    checkType('client_ca_tls_container_ref', found, ['client']);
  }
  if (sni_container_refs.join() === before?.sni_container_refs.join()) return;
  const certificates: Certificate[] = [];
  for (const id of sni_container_refs) {
    const found = await requireCertificate(db, project_id, id);
    checkType('sni_container_refs', found, ['server', 'server_sm']);
    certificates.push(found);
  }
  const problem = sniProblem(after, certificates);
  if (problem) throw invalid('listener.sni_container_refs', problem);
}

/** Which protocols need and take which certificates. */
function checkPlaces(after: Listener, before: Listener | null): void {
  const { protocol, default_tls_container_ref, client_ca_tls_container_ref, sni_container_refs } = after;
  // By whichever of its two names.
  const spoken = protocolFor(protocol, true);
  const refuseUnless = (protocols: readonly string[], key: string) => {
    if (protocols.includes(spoken)) return;
    throw invalid(
      `listener.${key}`,
      `it is for protocol ${protocols.join(', ')}, not ${protocol}; leave it out.`,
    );
  };
  const overTls = ['HTTPS', 'TLS', 'QUIC'];
  if (default_tls_container_ref) refuseUnless(overTls, 'default_tls_container_ref');
  if (client_ca_tls_container_ref) refuseUnless(['HTTPS', 'TLS'], 'client_ca_tls_container_ref');
  if (sni_container_refs.length > 0) refuseUnless(overTls, 'sni_container_refs');
  if (!overTls.includes(spoken) || default_tls_container_ref) return;
  const field = 'listener.default_tls_container_ref';
  if (!before) throw invalid(field, `it is required when protocol is ${protocol}.`);
  throw new Refusal(
    'ELB.9899',
    `Invalid input for '${field}': it cannot be cleared while protocol is ${protocol}; name another certificate.`,
  );
}

function checkType(key: string, { id, type }: Certificate, allowed: readonly Certificate['type'][]): void {
  if (allowed.includes(type)) return;
  throw invalid(
    `listener.${key}`,
    `the certificate ${id} has type ${type}, expected ${allowed.join(' or ')}.`,
  );
}

/** Why a listener cannot tell the certificates of its sni_container_refs apart; null when it can. */
function sniProblem({ protocol }: Listener, certificates: readonly Certificate[]): string | null {
  const owners = new Map<string, string>();
  for (const each of certificates) {
    const domains = domainsOf(each);
    if (domains.length === 0) return `the certificate ${each.id} has no domain; set its domain first.`;
    if (protocol === 'QUIC' && keyTypeOf(each) !== 'rsa') {
      return `the certificate ${each.id} has no RSA key, which a QUIC listener needs.`;
    }
    for (const domain of domains) {
      const owner = owners.get(domain);
      if (owner !== undefined) {
        return `the domain ${domain} is in both certificates ${owner} and ${each.id}; domains must differ.`;
      }
      owners.set(domain, each.id);
    }
  }
  if (owners.size <= maxSniDomains) return null;
  return `the certificates have ${owners.size} domains, and a listener takes ${maxSniDomains}.`;
}

/** The listeners of a project that use a certificate in any place, by ascending id. */
export async function listenersOfCertificate(
  db: Kysely<Tables>,
  { id }: Pick<Certificate, 'id'>,
): Promise<Listener[]> {
  const found = [
    ...(await findBy(db, listener, 'default_tls_container_ref', [id])),
    ...(await findBy(db, listener, 'client_ca_tls_container_ref', [id])),
    ...(await listenersBySni(db, id)),
  ];
  const byId = new Map(found.map((each) => [each.id, each]));
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Refuses a change of a certificate that a listener with it among its sni_container_refs does not allow (CE-4). */
export async function checkSniOfListeners(db: Kysely<Tables>, after: Certificate): Promise<void> {
  for (const using of await listenersBySni(db, after.id)) {
    const stored = await findBy(db, certificate, 'id', using.sni_container_refs);
    const problem = sniProblem(
      using,
      stored.map((each) => (each.id === after.id ? after : each)),
    );
    if (!problem) continue;
    throw conflict(
      `The listener ${using.id} has the certificate in its sni_container_refs, and then ${problem}`,
    );
  }
}

async function listenersBySni(db: Kysely<Tables>, id: string): Promise<Listener[]> {
  const users = await ownersOf(db, listener, listenerOfSni, [id]);
  return findBy(
    db,
    listener,
    'id',
    users.map((user) => user.id),
  );
}
