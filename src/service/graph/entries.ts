/** What a document says of a part, from its record, and how two such entries differ. */
import { isDeepStrictEqual } from 'node:util';
import { invalid } from '../../model/errors.ts';
import { documentFields, type Entry, type Part } from '../../model/graph.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The entry of a record: what a create request has to say to make the same, and no more. */
export function entryOf(part: Part, record: Fields): Entry {
  return canonical(part, record);
}

/** The entry without what goes without saying: nulls, defaults, its key, and what other entries inside it say. */
export function canonical(part: Part, entry: Fields): Entry {
  const said: Record<string, unknown> = {};
  for (const key of documentFields(part)) {
    const value = withoutNulls(entry[key]);
    if (value === undefined) continue;
    if (isDeepStrictEqual(value, withoutNulls(part.of.fields[key]?.default))) continue;
    said[key] = value;
  }
  return said;
}

function withoutNulls(value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object') return value;
  const kept = Object.entries(value).flatMap(([key, inner]) => {
    const clean = withoutNulls(inner);
    return clean === undefined ? [] : [[key, clean] as const];
  });
  return Object.fromEntries(kept);
}

/** A field that differs, as an update request sends it, and as it was. */
export interface Difference {
  readonly before: unknown;
  readonly after: unknown;
}

/** What an update has to change to make one entry of the other. Both are canonical. */
export function differences(part: Part, before: Entry, after: Entry): Record<string, Difference> {
  const found: Record<string, Difference> = {};
  for (const key of documentFields(part)) {
    const [was, wanted] = [before[key], after[key]];
    if (wanted === undefined) {
      if (was !== undefined && !part.workedOut.includes(key)) found[key] = { before: was, after: null };
    } else if (!covers(was, wanted))
      found[key] = { before: was ?? part.of.fields[key]?.default ?? null, after: wanted };
  }
  return found;
}

/** Whether a value has all that another says; of an object, that may be a part. */
function covers(value: unknown, asked: unknown): boolean {
  if (Array.isArray(asked)) {
    return (
      Array.isArray(value) &&
      value.length === asked.length &&
      asked.every((item, index) => covers(value[index], item))
    );
  }
  if (typeof asked !== 'object' || asked === null) return value === asked;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(asked).every(([key, inner]) => covers((value as Fields)[key], inner));
}

/** Refuses differences in fields that nothing changes after creation. */
export function checkMutable(part: Part, found: Readonly<Record<string, Difference>>): void {
  for (const [key, { before }] of Object.entries(found)) {
    // Tags have calls of their own.
    if (part.of.fields[key]?.update === 'mutable' || key === 'tags') continue;
    throw invalid(
      `${part.of.name}.${key}`,
      `it is ${JSON.stringify(before)} and cannot be changed after creation; ` +
        'give this part another name or key, and it is made anew and the present one deleted.',
    );
  }
}
