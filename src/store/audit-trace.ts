/** What the audit keeps of a change: the fields that it was about, as they were and as they are, without secrets. */
import { isDeepStrictEqual } from 'node:util';
import { mask } from '../model/field.ts';
import type { Resource } from '../model/resource.ts';

type Values = Readonly<Record<string, unknown>>;

/** Of an update only what changed; of a creation and a deletion the whole record, on the side where it was. */
export interface Trace {
  readonly before: Values | null;
  readonly after: Values | null;
}

export function traceOfCreation(of: Resource, record: Values): Trace | null {
  return of.audited ? { before: null, after: recordOf(of, record) } : null;
}

export function traceOfDeletion(of: Resource, record: Values): Trace | null {
  return of.audited ? { before: recordOf(of, record), after: null } : null;
}

/**
 * @param changes the fields that are written, changed or not
 * @returns null when nothing changes that the audit keeps
 */
export function traceOfUpdate(of: Resource, record: Values, changes: Values): Trace | null {
  const before: Record<string, unknown> = {};
  const after: Record<string, unknown> = {};
  for (const { key, secret } of auditedFields(of)) {
    if (changes[key] === undefined) continue;
    const [was, is] = [record[key] ?? null, changes[key]];
    if (isDeepStrictEqual(was, is)) continue;
    before[key] = secret ? masked(was) : was;
    after[key] = secret ? masked(is) : is;
  }
  return Object.keys(after).length > 0 ? { before, after } : null;
}

function recordOf(of: Resource, record: Values): Values {
  const values: Record<string, unknown> = {};
  for (const { key, secret } of auditedFields(of)) {
    const value = record[key] ?? null;
    values[key] = secret ? masked(value) : value;
  }
  return values;
}

function masked(value: unknown): string | null {
  return value === null ? null : mask;
}

export interface AuditedField {
  readonly key: string;
  readonly secret: boolean;
}

/** Only what has a column: other fields a service may carry along, a private key among them. */
export function auditedFields(of: Resource): readonly AuditedField[] {
  const known = audited.get(of);
  if (known) return known;
  const made = Object.entries(of.audited ? of.fields : {})
    .filter(([, field]) => field.column && field.audited)
    .map(([key, { secret }]) => ({ key, secret }));
  audited.set(of, made);
  return made;
}

const audited = new WeakMap<Resource, readonly AuditedField[]>();
