/** What a call comes to: the changes of each resource that it makes one after the other, as one. */
import { isDeepStrictEqual } from 'node:util';
import type { AuditEntry, Values } from './audit.ts';

/** As in the audit, so of an update only what changes. */
export interface PlannedChange
  extends Pick<AuditEntry, 'project_id' | 'type' | 'id' | 'parent_id' | 'operation' | 'before' | 'after'> {}

/** One change for each resource that is other in the end than it was, in the order of their first. */
export function plannedChanges(entries: readonly AuditEntry[]): PlannedChange[] {
  const byResource = new Map<string, PlannedChange>();
  for (const entry of entries) {
    const key = `${entry.type} ${entry.id}`;
    const earlier = byResource.get(key);
    byResource.set(key, earlier ? together(earlier, entry) : entry);
  }
  return [...byResource.values()].filter(({ before, after }) => before !== null || after !== null);
}

function together(first: PlannedChange, then: PlannedChange): PlannedChange {
  const { project_id, type, id, parent_id } = then;
  const common = { project_id, type, id, parent_id };
  // What was made and went again leaves nothing, and what went and was made again has changed at most.
  const before = first.operation === 'create' ? null : { ...then.before, ...first.before };
  const after = then.operation === 'delete' ? null : { ...first.after, ...then.after };
  if (before && after) return { ...common, operation: 'update', ...differences(before, after) };
  return { ...common, operation: before ? 'delete' : 'create', before, after };
}

function differences(before: Values, after: Values): Pick<PlannedChange, 'before' | 'after'> {
  const keys = Object.keys(after).filter((key) => !isDeepStrictEqual(before[key], after[key]));
  if (keys.length === 0) return { before: null, after: null };
  const only = (of: Values) => Object.fromEntries(keys.map((key) => [key, of[key]]));
  return { before: only(before), after: only(after) };
}
