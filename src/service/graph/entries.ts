/** What a document says of a part, and how two such entries differ. */
import { isDeepStrictEqual } from 'node:util';
import type { TSchema } from 'typebox';
import { invalid } from '../../model/errors.ts';
import { withoutNull } from '../../model/field.ts';
import type { Entry } from '../../model/graph.ts';
import { type PartName, parts } from '../../model/graph-parts.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The entry made whole, without its key, the parts inside it, and what goes without saying: nulls, and defaults but
 * for those of fields that the service works out, where leaving one out would say something else.
 */
export function canonical(kind: PartName, entry: Fields): Entry {
  const { of, fields, workedOut, whole } = parts[kind];
  const given = whole ? whole(entry) : entry;
  const said: Record<string, unknown> = {};
  for (const key of fields) {
    const value = withoutNulls(given[key]);
    if (value === undefined) continue;
    if (!workedOut.includes(key) && isDeepStrictEqual(value, withoutNulls(of.fields[key]?.default))) continue;
    said[key] = value;
  }
  return said;
}

/** The entry of a record as an export says it: what a create request needs to make the same, and no more. */
export function shortened(kind: PartName, entry: Fields): Entry {
  const { of } = parts[kind];
  return Object.fromEntries(
    Object.entries(canonical(kind, entry)).filter(
      ([key, value]) => !isDeepStrictEqual(value, withoutNulls(of.fields[key]?.default)),
    ),
  );
}

/** The body of a create request for an entry, with the parts inside that are created with it. */
export function creation(kind: PartName, entry: Fields): Fields {
  const body: Record<string, unknown> = { ...canonical(kind, entry) };
  for (const [key, { part, many, atOnce }] of Object.entries(parts[kind].inside)) {
    const inner = entry[key];
    if (!atOnce || !inner) continue;
    body[key] = many
      ? (inner as readonly Fields[]).map((each) => creation(part, each))
      : creation(part, inner as Fields);
  }
  return body;
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

/** A field that differs, as it was and as an update request sends it. */
export interface Difference {
  readonly before: unknown;
  readonly after: unknown;
}

/** What an update has to change to make one entry of the other. Both are canonical. */
export function differences(kind: PartName, before: Entry, after: Entry): Record<string, Difference> {
  const { of, fields, workedOut, sets } = parts[kind];
  const found: Record<string, Difference> = {};
  for (const key of fields) {
    const [was, wanted] = [before[key], after[key]];
    const start = of.fields[key]?.default ?? null;
    if (wanted === undefined) {
      if (was !== undefined && !workedOut.includes(key)) found[key] = { before: was, after: null };
    } else if (workedOut.includes(key)) {
      if (!covers(was, wanted)) found[key] = { before: was ?? start, after: wanted };
    } else if (sets.includes(key) ? !isSameSet(was, wanted) : !isDeepStrictEqual(was, wanted)) {
      const schema = of.fields[key]?.updateInput;
      found[key] = { before: was ?? start, after: schema ? overwriting(was, wanted, schema) : wanted };
    }
  }
  return found;
}

function isSameSet(a: unknown, b: unknown): boolean {
  const [left, right] = [a, b].map((set) =>
    Array.isArray(set) ? set.map((item) => JSON.stringify(item)) : [],
  );
  return isDeepStrictEqual(left?.toSorted(), right?.toSorted());
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

/** A value that leaves nothing of what was there: an update keeps the parts of objects that it does not name. */
function overwriting(was: unknown, wanted: unknown, schema: TSchema): unknown {
  if (!isObject(was) || !isObject(wanted)) return wanted;
  const { properties = {} } = withoutNull(schema) as { properties?: Readonly<Record<string, TSchema>> };
  const made: Record<string, unknown> = { ...wanted };
  for (const [key, inner] of Object.entries(was)) {
    const part = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (!part) continue;
    if (wanted[key] !== undefined) made[key] = overwriting(inner, wanted[key], part);
    else if (withoutNull(part) !== part) made[key] = null;
  }
  return made;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Refuses differences in fields that nothing changes after creation. */
export function checkMutable(kind: PartName, found: Readonly<Record<string, Difference>>): void {
  const { of, sets } = parts[kind];
  for (const [key, { before }] of Object.entries(found)) {
    if (of.fields[key]?.update === 'mutable' || sets.includes(key)) continue;
    const instead =
      kind === 'loadbalancer'
        ? 'give the load balancer another name, and one is made anew.'
        : 'give this part another name or key, and it is made anew and the present one deleted.';
    throw invalid(
      `${of.name}.${key}`,
      `it is ${JSON.stringify(before)} and cannot be changed after creation; ${instead}`,
    );
  }
}
