/** IP groups: create, show, list, update, delete, and their entries one by one (rules digest 2.9). */
import type { Kysely } from 'kysely';
import { conflict } from '../model/errors.ts';
import { type EntriesGiven, type IpGroup, ipGroup, mergeEntries } from '../model/ip-group.ts';
import { changes, draft } from '../model/resource.ts';
import { type Page, page } from '../store/pages.ts';
import { insert, remove, update } from '../store/rows.ts';
import type { Tables } from '../store/schema.ts';
import type { Writer } from '../store/transaction.ts';
import { checkEnterpriseProject } from './enterprise-projects.ts';
import { checkEntriesOfListeners, groupIdsOf, listenersByIpGroup } from './listener-ip-groups.ts';
import { newId } from './new-id.ts';
import { type PageQuery, pageRequest } from './page-query.ts';
import { checkQuota } from './quotas.ts';
import { checkNotRecycled } from './recycled-references.ts';
import { require } from './references.ts';
import { type Region, timestamp } from './region.ts';

/** An IP group with what its answer is rendered from. */
export interface IpGroupView {
  readonly ipGroup: IpGroup;
  readonly listenerIds: readonly string[];
}

type Body = Readonly<Record<string, unknown>>;

export async function createIpGroup(region: Region, projectId: string, body: Body): Promise<IpGroupView> {
  return region.store.write(async (tx) => {
    const wanted = draft(ipGroup, body);
    const now = timestamp(tx.at);
    const record: IpGroup = {
      ...wanted,
      id: newId(tx.at),
      project_id: projectId,
      ip_list: mergeEntries([], wanted.ip_list),
      created_at: now,
      updated_at: now,
    };
    await checkEnterpriseProject(tx.db, region, ipGroup, record);
    await checkQuota(tx.db, region.inventory, 'ipgroup', { project_id: projectId });
    await insert(tx, ipGroup, record);
    return { ipGroup: record, listenerIds: [] };
  });
}

export async function showIpGroup(region: Region, projectId: string, id: string): Promise<IpGroupView> {
  const db = region.store.reader;
  return viewOf(db, await require(db, ipGroup, projectId, id));
}

export async function listIpGroups(
  region: Region,
  projectId: string,
  query: PageQuery,
): Promise<Page<IpGroupView>> {
  const db = region.store.reader;
  const { records, more } = await page(db, ipGroup, await pageRequest(db, ipGroup, projectId, query));
  const users = await listenersByIpGroup(
    db,
    records.map(({ id }) => id),
  );
  const views = records.map((each) => ({ ipGroup: each, listenerIds: users.get(each.id) ?? [] }));
  return { records: views, more };
}

/** Changes a group; entries that the request gives replace all there are. */
export async function updateIpGroup(
  region: Region,
  projectId: string,
  id: string,
  body: Body,
): Promise<IpGroupView> {
  return region.store.write(async (tx) => {
    const before = await require(tx.db, ipGroup, projectId, id);
    const changed = changes(ipGroup, body);
    if (changed.ip_list) changed.ip_list = mergeEntries([], changed.ip_list);
    return store(tx, region, before, changed);
  });
}

/** Changes a group; entries that the request gives are added, or described anew where they are there. */
export async function addIpEntries(
  region: Region,
  projectId: string,
  id: string,
  body: Body,
): Promise<IpGroupView> {
  return region.store.write(async (tx) => {
    const before = await require(tx.db, ipGroup, projectId, id);
    const changed = changes(ipGroup, body);
    if (changed.ip_list) changed.ip_list = mergeEntries(before.ip_list, body['ip_list'] as EntriesGiven);
    return store(tx, region, before, changed);
  });
}

/** Removes the entries that are written just so; others, and what is not there, stay as they are. */
export async function deleteIpEntries(
  region: Region,
  projectId: string,
  id: string,
  ips: readonly string[],
): Promise<IpGroupView> {
  return region.store.write(async (tx) => {
    const before = await require(tx.db, ipGroup, projectId, id);
    const ip_list = before.ip_list.filter(({ ip }) => !ips.includes(ip));
    return store(tx, region, before, ip_list.length < before.ip_list.length ? { ip_list } : {});
  });
}

export async function deleteIpGroup(region: Region, projectId: string, id: string): Promise<void> {
  await region.store.write(async (tx) => {
    const { ipGroup: found, listenerIds } = await viewOf(tx.db, await require(tx.db, ipGroup, projectId, id));
    if (listenerIds.length > 0) {
      throw conflict(
        `The ipgroup ${id} is in use by listener(s) ${listenerIds.join(', ')}; set their ipgroup to null first.`,
      );
    }
    await checkNotRecycled(tx.db, ipGroup.label, found, (using) => groupIdsOf(using).includes(id));
    await remove(tx, ipGroup, found);
  });
}

async function store(
  tx: Writer,
  { inventory }: Region,
  before: IpGroup,
  changed: Partial<IpGroup>,
): Promise<IpGroupView> {
  if (Object.keys(changed).length === 0) return viewOf(tx.db, before);
  const after: IpGroup = { ...before, ...changed, updated_at: timestamp(tx.at) };
  if (after.ip_list.length > before.ip_list.length) await checkEntriesOfListeners(tx.db, inventory, after);
  await update(tx, ipGroup, before, after);
  return viewOf(tx.db, after);
}

async function viewOf(db: Kysely<Tables>, of: IpGroup): Promise<IpGroupView> {
  const users = await listenersByIpGroup(db, [of.id]);
  return { ipGroup: of, listenerIds: users.get(of.id) ?? [] };
}
