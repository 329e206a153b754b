/** How many members there are of each status. */
import { sql } from 'kysely';
import { accessOf } from '../store/access.ts';
import type { Region } from './region.ts';

export interface MemberNumber {
  readonly project_id: string;
  readonly operating_status: string;
  readonly number: number;
}

/**
 * Read off one index alone, since it is asked every few seconds. Nothing for a call that may see only some members of
 * its projects: the index does not say whose they are.
 *
 * @param projectIds null for all
 */
export async function memberNumbers(
  { store }: Region,
  projectIds: ReadonlySet<string> | null,
): Promise<MemberNumber[]> {
  if (accessOf(store.reader)) return [];
  const rows = await store.reader
    .selectFrom('members')
    .select(['project_id', 'operating_status', sql<number>`count(*)`.as('number')])
    .groupBy(['project_id', 'operating_status'])
    .$if(projectIds !== null, (query) => query.where('project_id', 'in', [...(projectIds ?? [])]))
    .execute();
  return rows.map(({ project_id, operating_status, number }) => ({
    project_id: String(project_id),
    operating_status: String(operating_status),
    number,
  }));
}
