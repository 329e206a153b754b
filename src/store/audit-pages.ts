/** Pages of the audit: filtered, the newest entries first, each going on from the entry where the one before ended. */
import type { Page } from './pages.ts';
import type { AuditRow } from './schema.ts';
import type { Reader } from './transaction.ts';

/** Where an entry stands in the order of the audit. */
export type AuditPosition = Pick<AuditRow, 'at' | 'revision'>;

export interface AuditRequest {
  readonly projectIds: readonly string[];
  /** The columns that must have a value. */
  readonly match: Readonly<Partial<Pick<AuditRow, 'type' | 'id' | 'operation' | 'user_name' | 'request_id'>>>;
  /** Milliseconds since the epoch: that one or later, and earlier than that one. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** The entry that the page begins behind, or undefined for the list's end on that side. */
  readonly marker: AuditPosition | undefined;
  readonly limit: number;
  /** Whether the page lies before the marker, where newer entries are. */
  readonly reverse: boolean;
}

/** So many entries are read at a time, and a page with more than this of records ends early: they may be large. */
const chunk = 100;
const maxPageBytes = 8 * 1024 * 1024;

/** One page of the audit, the newest entries first. */
export async function auditPage(db: Reader, request: AuditRequest): Promise<Page<AuditRow>> {
  const { limit, reverse } = request;
  const records: AuditRow[] = [];
  if (limit === 0) return { records, more: false };
  let { marker } = request;
  let bytes = 0;
  let more = true;
  while (more && records.length < limit && bytes < maxPageBytes) {
    const asked = Math.min(chunk, limit - records.length);
    const rows = await rowsBehind(db, { ...request, marker, limit: asked + 1 });
    more = rows.length > asked;
    records.push(...rows.slice(0, asked));
    bytes += rows.reduce((sum, { before, after }) => sum + (before?.length ?? 0) + (after?.length ?? 0), 0);
    marker = records.at(-1);
  }
  return { records: reverse ? records.reverse() : records, more };
}

/** Read project by project, as each index begins with one, and put in order. */
async function rowsBehind(db: Reader, request: AuditRequest): Promise<AuditRow[]> {
  const rows: AuditRow[] = [];
  for (const projectId of request.projectIds) rows.push(...(await rowsOf(db, request, projectId)));
  const sign = request.reverse ? 1 : -1;
  rows.sort((a, b) => sign * (a.at - b.at || a.revision - b.revision));
  return rows.slice(0, request.limit);
}

async function rowsOf(db: Reader, request: AuditRequest, projectId: string): Promise<AuditRow[]> {
  const { match, from, to, marker, limit, reverse } = request;
  const direction = reverse ? 'asc' : 'desc';
  let query = db
    .selectFrom('audit')
    .selectAll()
    .where('project_id', '=', projectId)
    .orderBy('at', direction)
    .orderBy('revision', direction)
    .limit(limit);
  for (const [column, value] of Object.entries(match)) {
    query = query.where(column as keyof typeof match, '=', value);
  }
  if (from !== undefined) query = query.where('at', '>=', from);
  if (to !== undefined) query = query.where('at', '<', to);
  if (marker) {
    const { at, revision } = marker;
    query = query.where((e) => e(e.refTuple('at', 'revision'), reverse ? '>' : '<', e.tuple(at, revision)));
  }
  return query.execute();
}

/** The entries of revisions after one, in the order in which their changes were made. */
export async function auditAfter(db: Reader, revision: number): Promise<AuditRow[]> {
  return db.selectFrom('audit').selectAll().where('revision', '>', revision).orderBy('revision').execute();
}

/** Where an entry of one of the projects stands; undefined when there is none of that revision. */
export async function positionInAudit(
  db: Reader,
  projectIds: readonly string[],
  revision: number,
): Promise<AuditPosition | undefined> {
  return db
    .selectFrom('audit')
    .select(['at', 'revision'])
    .where('revision', '=', revision)
    .where('project_id', 'in', projectIds)
    .executeTakeFirst();
}
