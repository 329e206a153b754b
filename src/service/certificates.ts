/** Certificates: create, show, list, update, delete, also many at a time (rules digest 2.8). */
import { type Certificate, certificate, type PrivateKeys } from '../model/certificate.ts';
import { readContent } from '../model/certificate-content.ts';
import { checkDomains } from '../model/certificate-domains.ts';
import { conflict } from '../model/errors.ts';
import { mask } from '../model/field.ts';
import { changes, draft } from '../model/resource.ts';
import { type Page, page } from '../store/pages.ts';
import { insert, remove, update } from '../store/rows.ts';
import type { Reader } from '../store/transaction.ts';
import { type Deleted, deleteBatch } from './batch-deletes.ts';
import { checkEnterpriseProject } from './enterprise-projects.ts';
import { checkSniOfListeners, listenersOfCertificate, requireCertificate } from './listener-certificates.ts';
import { newId } from './new-id.ts';
import { type PageQuery, pageRequest } from './page-query.ts';
import { isPrivateKeyEchoed } from './private-key-echo.ts';
import { clearedProtectionReason } from './protection.ts';
import { checkQuota } from './quotas.ts';
import { checkNotRecycled } from './recycled-references.ts';
import { type Region, timestamp } from './region.ts';
import type { Secrets } from './secrets.ts';

/** A certificate with its private keys, or their masks. */
export interface CertificateView {
  readonly certificate: Certificate;
  readonly keys: PrivateKeys;
}

type Body = Readonly<Record<string, unknown>>;

export async function createCertificate(
  region: Region,
  projectId: string,
  body: Body,
): Promise<CertificateView> {
  return region.store.write(async (tx) => {
    const wanted = draft(certificate, body);
    const now = timestamp(tx.at);
    const id = newId(tx.at).replaceAll('-', '');
    const record: Certificate = {
      ...wanted,
      ...readContent(wanted, wanted),
      ...sealedKeys(region.secrets, id, wanted),
      id,
      project_id: projectId,
      source: wanted.source ?? (wanted.scm_certificate_id ? 'scm' : ''),
      created_at: now,
      updated_at: now,
      ...clearedProtectionReason(wanted),
    };
    checkDomains(record);
    await checkEnterpriseProject(tx.db, region, certificate, record);
    await checkQuota(tx.db, region.inventory, 'certificate', { project_id: projectId });
    await insert(tx, certificate, record);
    return viewOf(region, tx.db, record);
  });
}

export async function showCertificate(
  region: Region,
  projectId: string,
  id: string,
): Promise<CertificateView> {
  const db = region.store.reader;
  return viewOf(region, db, await requireCertificate(db, projectId, id));
}

export async function listCertificates(
  region: Region,
  projectId: string,
  query: PageQuery,
): Promise<Page<CertificateView>> {
  const db = region.store.reader;
  const { records, more } = await page(db, certificate, await pageRequest(db, certificate, projectId, query));
  const echoed = await isPrivateKeyEchoed(db, projectId);
  return { records: records.map((each) => view(region.secrets, each, echoed)), more };
}

export async function updateCertificate(
  region: Region,
  projectId: string,
  id: string,
  body: Body,
): Promise<CertificateView> {
  return region.store.write(async (tx) => {
    const before = await requireCertificate(tx.db, projectId, id);
    const changed = changes(certificate, body);
    if (Object.keys(changed).length === 0) return viewOf(region, tx.db, before);
    const after: Certificate = { ...before, ...changed, updated_at: timestamp(tx.at) };
    Object.assign(after, clearedProtectionReason(after));
    if (
      changed.source === null ||
      (changed.source === undefined && changed.scm_certificate_id !== undefined)
    ) {
      after.source = after.scm_certificate_id ? 'scm' : '';
    }
    const contents = ['certificate', 'private_key', 'enc_certificate', 'enc_private_key'] as const;
    if (contents.some((key) => changed[key] !== undefined)) {
      const keys = { ...openedKeys(region.secrets, before), ...givenKeys(changed) };
      Object.assign(after, readContent(after, keys), sealedKeys(region.secrets, id, keys));
    }
    checkDomains(after);
    await checkSniOfListeners(tx.db, after);
    await update(tx, certificate, before, after);
    return viewOf(region, tx.db, after);
  });
}

export async function deleteCertificate(region: Region, projectId: string, id: string): Promise<void> {
  await region.store.write(async (tx) => {
    const found = await requireCertificate(tx.db, projectId, id);
    const users = await listenersOfCertificate(tx.db, found);
    if (users.length > 0) {
      throw conflict(
        `The certificate ${id} is in use by listener(s) ${users.map((each) => each.id).join(', ')}; ` +
          'give those another certificate first.',
      );
    }
    await checkNotRecycled(tx.db, certificate.label, found, (using) =>
      [
        using.default_tls_container_ref,
        using.client_ca_tls_container_ref,
        ...using.sni_container_refs,
      ].includes(id),
    );
    await remove(tx, certificate, found);
  });
}

/** Deletes those that can be deleted, and says what became of each. */
export function deleteCertificates(
  region: Region,
  projectId: string,
  ids: readonly string[],
): Promise<Deleted[]> {
  return deleteBatch(region, ids, (joined, id) => deleteCertificate(joined, projectId, id));
}

async function viewOf({ secrets }: Region, db: Reader, of: Certificate): Promise<CertificateView> {
  return view(secrets, of, await isPrivateKeyEchoed(db, of.project_id));
}

/** While their echo is off, private keys are answered as a mask (rules digest C54). */
function view(secrets: Secrets, of: Certificate, echoed: boolean): CertificateView {
  const masked = (sealed: string | null) => (sealed === null ? null : mask);
  const keys = echoed
    ? openedKeys(secrets, of)
    : {
        private_key: masked(of.sealed_private_key),
        enc_private_key: masked(of.sealed_enc_private_key),
      };
  return { certificate: of, keys };
}

/** The private keys themselves, for who may not answer them unless they are echoed. */
export function privateKeysOf({ secrets }: Region, of: Certificate): PrivateKeys {
  return openedKeys(secrets, of);
}

/** A key that cannot be opened, since the installation's key was lost, is as if it were not there. */
function openedKeys(secrets: Secrets, of: Certificate): PrivateKeys {
  const open = (sealed: string | null, name: keyof PrivateKeys) =>
    sealed === null ? null : secrets.open(sealed, place(of.id, name));
  return {
    private_key: open(of.sealed_private_key, 'private_key'),
    enc_private_key: open(of.sealed_enc_private_key, 'enc_private_key'),
  };
}

function sealedKeys(secrets: Secrets, id: string, keys: PrivateKeys): Partial<Certificate> {
  const seal = (name: keyof PrivateKeys) =>
    keys[name] === null ? null : secrets.seal(keys[name], place(id, name));
  return { sealed_private_key: seal('private_key'), sealed_enc_private_key: seal('enc_private_key') };
}

function givenKeys(changed: Partial<Certificate>): Partial<PrivateKeys> {
  const { private_key, enc_private_key } = changed;
  return {
    ...(private_key === undefined ? {} : { private_key }),
    ...(enc_private_key === undefined ? {} : { enc_private_key }),
  };
}

function place(id: string, name: keyof PrivateKeys): string {
  return `certificate ${id} ${name}`;
}
