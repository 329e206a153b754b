/** The elements of lists that resources have in columns, each in a row of its own by which its resource is found. */
import { type SqlBool, sql } from 'kysely';
import type { ElementMatch } from '../model/filter.ts';
import { elementsOf, type Resource } from '../model/resource.ts';
import { runCompiled } from './compiled-queries.ts';
import type { ElementRow } from './schema.ts';
import type { Reader, Writer } from './transaction.ts';

type Values = Readonly<Record<string, unknown>>;

/** What the elements of a resource are kept under. */
export function pathOf(of: Resource, { column, key }: ElementMatch): string {
  return [of.table, column, ...(key === null ? [] : [key])].join('.');
}

/** The rows of a record's elements. */
export function elementRows(of: Resource, record: Values): ElementRow[] {
  const row = { project_id: String(record['project_id']), id: String(record['id']) };
  return matchesOf(of).flatMap((match) => {
    const path = pathOf(of, match);
    return [...new Set(valuesOf(record, match))].map((value) => ({ path, value, ...row }));
  });
}

/** Brings the elements of a record from what they were to what they are; null while there was or is no record. */
export async function writeElements(
  tx: Writer,
  of: Resource,
  before: Values | null,
  after: Values | null,
): Promise<void> {
  if (matchesOf(of).length === 0) return;
  const keyOf = ({ path, value }: ElementRow) => JSON.stringify([path, value]);
  const old = new Map((before ? elementRows(of, before) : []).map((row) => [keyOf(row), row]));
  for (const row of after ? elementRows(of, after) : []) {
    if (old.delete(keyOf(row))) continue;
    await runCompiled(tx.db, 'insert elements', Object.values(row), () =>
      tx.db.insertInto('elements').values(row),
    );
  }
  for (const row of old.values()) {
    const { path, value, project_id, id } = row;
    await runCompiled(tx.db, 'delete elements', [path, value, project_id, id], () =>
      tx.db
        .deleteFrom('elements')
        .where('path', '=', path)
        .where('value', '=', value)
        .where('project_id', '=', project_id)
        .where('id', '=', id),
    );
  }
}

/** Who of any project has the elements, with each of them that it has; by ascending id. */
export async function ownersOf(
  db: Reader,
  of: Resource,
  match: ElementMatch,
  values: readonly (string | number)[],
): Promise<Pick<ElementRow, 'value' | 'project_id' | 'id'>[]> {
  if (values.length === 0) return [];
  const list = sql`(SELECT value FROM json_each(${JSON.stringify(values)}))`;
  return db
    .selectFrom('elements')
    .select(['value', 'project_id', 'id'])
    .where('path', '=', pathOf(of, match))
    .where(sql<SqlBool>`value IN ${list}`)
    .orderBy('id')
    .execute();
}

/** Every element of a kind that resources of any project have, once. */
export async function elementsIn(
  db: Reader,
  of: Resource,
  match: ElementMatch,
): Promise<ReadonlySet<string | number>> {
  const rows = await db
    .selectFrom('elements')
    .select('value')
    .distinct()
    .where('path', '=', pathOf(of, match))
    .execute();
  return new Set(rows.map(({ value }) => value));
}

/** What of a resource is kept as elements. */
export function matchesOf(of: Resource): readonly ElementMatch[] {
  const known = matches.get(of);
  if (known) return known;
  const made = elementsOf(of);
  matches.set(of, made);
  return made;
}

const matches = new WeakMap<Resource, readonly ElementMatch[]>();

function valuesOf(record: Values, { column, key, separator }: ElementMatch): (string | number)[] {
  const whole = record[column];
  if (whole === null || whole === undefined) return [];
  if (separator !== undefined) return String(partOf(whole, key)).split(separator);
  return (whole as readonly unknown[]).flatMap((each) => partOf(each, key) ?? []);
}

/** Null for an element without the key. */
function partOf(value: unknown, key: string | null): string | number | null {
  return ((key === null ? value : (value as Values)[key]) ?? null) as string | number | null;
}
