/** What parts say as text, to tell whether two say the same, and whether the keys of a document are usable. */
import { invalid } from '../../model/errors.ts';
import type { Entry } from '../../model/graph.ts';
import { type PartName, parts } from '../../model/graph-parts.ts';
import { canonical } from './entries.ts';
import { keyOf } from './keys.ts';

/** Text that is equal for equal values, whatever the order of their keys. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Text of all that an entry says, with the parts inside it, which have no order. */
export function contentOf(kind: PartName, entry: Entry): string {
  const inside = Object.entries(parts[kind].inside).map(([key, { part }]) => {
    const given = entry[key] ?? [];
    const inner = (Array.isArray(given) ? given : [given]) as readonly Entry[];
    return inner.map((each) => contentOf(part, each)).sort();
  });
  return textOf([canonical(kind, entry), inside]);
}

/** As `contentOf`, but for what the service works out where an entry does not say it. */
export function gistOf(kind: PartName, entry: Entry): string {
  const { workedOut } = parts[kind];
  return textOf(Object.entries(canonical(kind, entry)).filter(([key]) => !workedOut.includes(key)));
}

/** Refuses entries that have the same key. */
export function checkKeys(plural: string, entries: readonly Entry[]): void {
  const seen = new Set<string>();
  for (const entry of entries) {
    const key = keyOf(entry);
    if (key !== '' && seen.has(key)) {
      throw invalid(plural, `two of them have the key "${key}"; give each a key of its own.`);
    }
    seen.add(key);
  }
}
