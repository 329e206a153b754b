/** The audit as it is asked for: what was changed or refused in the caller's projects, to whom, when and from where. */
import { forbidden, invalid } from '../model/errors.ts';
import { type AuditRequest, auditPage, positionInAudit } from '../store/audit-pages.ts';
import type { Page } from '../store/pages.ts';
import { type AuditRow, resources } from '../store/schema.ts';
import { accessKeyType } from './identity/access-keys.ts';
import { projectType } from './identity/projects.ts';
import { privateKeyEcho } from './private-key-echo.ts';
import { recycleBinSettings } from './recycle-bin-settings.ts';
import { refusedCallType } from './refused-calls.ts';
import type { Region } from './region.ts';

export type AuditFilters = Pick<AuditRequest, 'match' | 'from' | 'to'> & {
  readonly projectId: string | undefined;
};

export interface AuditQuery extends AuditFilters {
  /** The id of an entry. */
  readonly marker: string | undefined;
  readonly limit: number;
  readonly reverse: boolean;
}

export type Values = Readonly<Record<string, unknown>>;

/** An entry with its records read. */
export interface AuditEntry extends Omit<AuditRow, 'before' | 'after'> {
  readonly before: Values | null;
  readonly after: Values | null;
}

/** What the audit keeps the changes of. */
export const auditedTypes: readonly string[] = [
  ...resources.filter(({ audited }) => audited).map(({ name }) => name),
  privateKeyEcho,
  recycleBinSettings,
  accessKeyType,
  projectType,
  refusedCallType,
];

/**
 * A page of the audit, the newest entries first.
 *
 * @param projects whose audit the caller may read
 * @throws Refusal for a project that is not among them, and for a marker that is no entry of theirs
 */
export async function listAudit(
  { store }: Region,
  projects: ReadonlySet<string>,
  query: AuditQuery,
): Promise<Page<AuditEntry>> {
  const { projectId, marker } = query;
  if (projectId !== undefined && !projects.has(projectId)) {
    throw forbidden(`The credential gives no access to the project ${projectId}.`);
  }
  const db = store.reader;
  const position = marker === undefined ? undefined : await positionOf(marker);
  const projectIds = projectId === undefined ? [...projects] : [projectId];
  const { records, more } = await auditPage(db, { ...query, projectIds, marker: position });
  return { records: records.map(entryOf), more };

  async function positionOf(id: string) {
    const known = /^\d{1,15}$/.test(id) ? await positionInAudit(db, [...projects], Number(id)) : undefined;
    if (known) return known;
    throw invalid('marker', `there is no entry "${id}"; give the id of the last entry of the page before.`);
  }
}

/** An entry as it was stored. */
export function entryOf({ before, after, ...row }: AuditRow): AuditEntry {
  return { ...row, before: before && JSON.parse(before), after: after && JSON.parse(after) };
}
