/** Security policies: create, show, list, update, delete (rules digest 2.10). */
import type { Kysely } from 'kysely';
import { conflict } from '../model/errors.ts';
import { listener } from '../model/listener.ts';
import { changes, draft } from '../model/resource.ts';
import { checkSecurityPolicy, type SecurityPolicy, securityPolicy } from '../model/security-policy.ts';
import { type Page, page } from '../store/pages.ts';
import { findBy, insert, remove, update } from '../store/rows.ts';
import type { Tables } from '../store/schema.ts';
import { checkEnterpriseProject } from './enterprise-projects.ts';
import { checkPolicyOfListener } from './listener-security-policy.ts';
import { newId } from './new-id.ts';
import { type PageQuery, pageRequest } from './page-query.ts';
import { checkQuota } from './quotas.ts';
import { checkNotRecycled } from './recycled-references.ts';
import { require } from './references.ts';
import { type Region, timestamp } from './region.ts';

/** A security policy with what its answer is rendered from. */
export interface SecurityPolicyView {
  readonly securityPolicy: SecurityPolicy;
  readonly listenerIds: readonly string[];
}

type Body = Readonly<Record<string, unknown>>;

export async function createSecurityPolicy(
  region: Region,
  projectId: string,
  body: Body,
): Promise<SecurityPolicyView> {
  return region.store.write(async (tx) => {
    const now = timestamp(tx.at);
    const record: SecurityPolicy = {
      ...draft(securityPolicy, body),
      id: newId(tx.at),
      project_id: projectId,
      created_at: now,
      updated_at: now,
    };
    checkSecurityPolicy(record);
    await checkEnterpriseProject(tx.db, region, securityPolicy, record);
    await checkQuota(tx.db, region.inventory, 'security_policy', { project_id: projectId });
    await insert(tx, securityPolicy, record);
    return { securityPolicy: record, listenerIds: [] };
  });
}

export async function showSecurityPolicy(
  region: Region,
  projectId: string,
  id: string,
): Promise<SecurityPolicyView> {
  const db = region.store.reader;
  return viewOf(db, await require(db, securityPolicy, projectId, id));
}

export async function listSecurityPolicies(
  region: Region,
  projectId: string,
  query: PageQuery,
): Promise<Page<SecurityPolicyView>> {
  const db = region.store.reader;
  const request = await pageRequest(db, securityPolicy, projectId, query);
  const { records, more } = await page(db, securityPolicy, request);
  return { records: await viewsOf(db, records), more };
}

export async function updateSecurityPolicy(
  region: Region,
  projectId: string,
  id: string,
  body: Body,
): Promise<SecurityPolicyView> {
  return region.store.write(async (tx) => {
    const before = await require(tx.db, securityPolicy, projectId, id);
    const changed = changes(securityPolicy, body);
    if (Object.keys(changed).length === 0) return viewOf(tx.db, before);
    const after: SecurityPolicy = { ...before, ...changed, updated_at: timestamp(tx.at) };
    checkSecurityPolicy(after);
    for (const using of await findBy(tx.db, listener, 'security_policy_id', [id])) {
      checkPolicyOfListener(using, after);
    }
    await update(tx, securityPolicy, before, after);
    return viewOf(tx.db, after);
  });
}

export async function deleteSecurityPolicy(region: Region, projectId: string, id: string): Promise<void> {
  await region.store.write(async (tx) => {
    const found = await require(tx.db, securityPolicy, projectId, id);
    const { listenerIds } = await viewOf(tx.db, found);
    if (listenerIds.length > 0) {
      throw conflict(
        `The security policy ${id} is in use by listener(s) ${listenerIds.join(', ')}; ` +
          'set their security_policy_id to null first.',
      );
    }
    await checkNotRecycled(
      tx.db,
      securityPolicy.label,
      found,
      ({ security_policy_id }) => security_policy_id === id,
    );
    await remove(tx, securityPolicy, found);
  });
}

async function viewOf(db: Kysely<Tables>, of: SecurityPolicy): Promise<SecurityPolicyView> {
  const [view] = await viewsOf(db, [of]);
  if (!view) throw new Error('a security policy has a view');
  return view;
}

async function viewsOf(db: Kysely<Tables>, of: readonly SecurityPolicy[]): Promise<SecurityPolicyView[]> {
  const ids = of.map(({ id }) => id);
  const users = Map.groupBy(
    await findBy(db, listener, 'security_policy_id', ids, ['id', 'security_policy_id']),
    ({ security_policy_id }) => security_policy_id,
  );
  return of.map((each) => ({
    securityPolicy: each,
    listenerIds: (users.get(each.id) ?? []).map(({ id }) => id),
  }));
}
