/** Whether two parts say the same, and whether the keys of a document are usable. */
import { invalid } from '../../model/errors.ts';
import { type Entry, type PartName, parts } from '../../model/graph.ts';
import { keyOf } from './keys.ts';

/** Text that is equal for equal values, whatever the order of their keys. */
export function contentOf(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Refuses entries of one kind that have the same key. */
export function checkKeys(kind: PartName, entries: readonly Entry[]): void {
  const seen = new Set<string>();
  for (const entry of entries) {
    const key = keyOf(entry);
    if (key !== '' && seen.has(key)) {
      throw invalid(parts[kind].of.plural, `two of them have the key "${key}"; give each a key of its own.`);
    }
    seen.add(key);
  }
}
