/** What a list call asks for, checked against what the project has (rules digest 1.6). */
import type { Kysely } from 'kysely';
import { invalid } from '../model/errors.ts';
import type { Resource } from '../model/resource.ts';
import { hasArchived } from '../store/archive.ts';
import { wasDeleted } from '../store/change-log.ts';
import type { Condition } from '../store/condition.ts';
import type { PageRequest } from '../store/pages.ts';
import { find } from '../store/rows.ts';
import type { Tables } from '../store/schema.ts';
import type { Reader } from '../store/transaction.ts';
import type { Region } from './region.ts';

export interface PageQuery extends Omit<PageRequest, 'projectId'> {
  /** Whether the list also has what is in the recycle bin. */
  readonly includesRecycled?: boolean;
}

export type { Access } from '../store/access.ts';
export type { Condition } from '../store/condition.ts';
export type { Page } from '../store/pages.ts';

/**
 * The page to read for a query.
 *
 * @throws Refusal when the marker is the id of nothing that the project has or lately had
 */
export async function pageRequest(
  db: Kysely<Tables>,
  of: Resource,
  projectId: string,
  query: PageQuery,
): Promise<PageRequest> {
  const { marker } = query;
  if (marker !== undefined && !(await wasListed(db, of, projectId, marker))) {
    throw invalid(
      'marker',
      `there is no ${of.label} "${marker}"; give the id of the last record of the page before.`,
    );
  }
  return { ...query, projectId };
}

/** Where a list that may go over the recycle bin is read: what is kept there is slow to read, and seldom there. */
export async function readerFor(
  { store }: Region,
  projectId: string,
  { includesRecycled }: PageQuery,
): Promise<Reader> {
  return includesRecycled && (await hasArchived(store.reader, projectId)) ? store.archive : store.reader;
}

async function wasListed(db: Kysely<Tables>, of: Resource, projectId: string, id: string): Promise<boolean> {
  return (await find(db, of, projectId, id)) !== undefined || wasDeleted(db, of.name, projectId, id);
}

/** The condition that leaves a list to the enterprise projects asked for. */
export function inEnterpriseProjects(ids: readonly string[]): Condition[] {
  if (ids.length === 0 || ids.includes('all_granted_eps')) return [];
  return [{ match: { kind: 'column', column: 'enterprise_project_id' }, values: ids }];
}
