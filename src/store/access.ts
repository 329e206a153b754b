/**
 * What the call that a query belongs to may see and write, where its caller may not do everything. The store asks at
 * the few places that every service comes through, so that what a call may not know of is, for it, not there.
 */
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Resource } from '../model/resource.ts';
import type { Condition } from './condition.ts';
import type { Operation } from './schema.ts';
import type { Reader } from './transaction.ts';

/** What of a record says whether it may be seen or written. */
export interface Subject {
  readonly id: string;
  readonly project_id: string;
  /** Absent for what no enterprise project has. */
  readonly enterprise_project_id?: string | null;
}

/** Some records: those of an enterprise project, or of any; those with an id, or all. */
export interface Area {
  /** Null for every enterprise project. */
  readonly enterpriseProjectId: string | null;
  /** Null for every record. */
  readonly ids: ReadonlySet<string> | null;
}

/** The records of the allowed areas that are not in a denied one. */
export interface Extent {
  readonly allowed: readonly Area[];
  readonly denied: readonly Area[];
}

/** What one call may do. Answers at once, and the same for the same record as long as the call lasts. */
export interface Access {
  /** Whether the call may know of a record; one that it may not is as one that is not there. */
  sees(of: Resource, record: Subject): boolean;
  /** The records of a project that the call may list; null for all. */
  listed(of: Resource, projectId: string): Extent | null;
  /** @throws Refusal (403) when the call may not write the record so; what it has written is undone */
  checkWrite(of: Resource, record: Subject, operation: Operation): void;
  /** @throws Refusal (403) that names the action when it is not allowed on the record */
  check(of: Resource, record: Subject, verb: 'get' | 'put'): void;
}

const accesses = new WeakMap<Reader, () => Access | null>();

/** Says how the access of whatever call uses a database is found. */
export function bindAccess(db: Reader, current: () => Access | null): void {
  accesses.set(db, current);
}

/** The access of the current call; null when it may do everything, and for what Elbow does by itself. */
export function accessOf(db: Reader): Access | null {
  return accesses.get(db)?.() ?? null;
}

/** Those of the records that the current call may know of. */
export function seenOf<T extends Subject>(db: Reader, of: Resource, records: readonly T[]): readonly T[] {
  const access = accessOf(db);
  return access ? records.filter((each) => access.sees(of, each)) : records;
}

/** Whether a record is of the extent. */
export function covers({ allowed, denied }: Extent, record: Omit<Subject, 'project_id'>): boolean {
  const isIn = ({ enterpriseProjectId, ids }: Area) =>
    (enterpriseProjectId === null || enterpriseProjectId === record.enterprise_project_id) &&
    (ids === null || ids.has(record.id));
  return allowed.some(isIn) && !denied.some(isIn);
}

/**
 * The extent as a condition of a list, when that may lead to its records: they are of some enterprise projects, and
 * nothing else is asked of them.
 */
export function conditionOf({ allowed, denied }: Extent): Condition | null {
  const values = allowed.flatMap(({ enterpriseProjectId, ids }) => (ids ? [] : (enterpriseProjectId ?? [])));
  if (denied.length > 0 || values.length < allowed.length) return null;
  return { match: { kind: 'column', column: 'enterprise_project_id' }, values };
}

/** Whether a row of the resource's table is of the extent. */
export function extentPredicate(of: Resource, { allowed, denied }: Extent): RawBuilder<SqlBool> {
  const isIn = (areas: readonly Area[]) =>
    sql`(${sql.join([sql`0`, ...areas.map((area) => areaOf(of, area))], sql` OR `)})`;
  return sql<SqlBool>`(${isIn(allowed)} AND NOT ${isIn(denied)})`;
}

/** With the plus no index is used: the list is walked by another. */
function areaOf(of: Resource, { enterpriseProjectId, ids }: Area): RawBuilder<unknown> {
  const terms = [sql`1`];
  const column = (name: string) => sql.ref(`${of.table}.${name}`);
  if (enterpriseProjectId !== null)
    terms.push(sql`+${column('enterprise_project_id')} = ${enterpriseProjectId}`);
  if (ids) terms.push(sql`+${column('id')} IN (SELECT value FROM json_each(${JSON.stringify([...ids])}))`);
  return sql`(${sql.join(terms, sql` AND `)})`;
}
