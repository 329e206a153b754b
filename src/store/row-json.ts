/** Rows as JSON, made by the database: what `JSON.stringify` makes of their records. */
import { type RawBuilder, sql } from 'kysely';
import type { ColumnType } from '../model/field.ts';

/** A key of the object, and the value it gets. */
export type JsonPair = readonly [key: string, value: RawBuilder<unknown>];

export function jsonObject(pairs: readonly JsonPair[]): RawBuilder<string> {
  return sql<string>`json_object(${sql.join(pairs.flatMap(([key, value]) => [sql.lit(key), value]))})`;
}

/** A column's value as JSON has it: columns hold booleans as 0 or 1, objects and lists as text. */
export function jsonValue(column: RawBuilder<unknown>, type: ColumnType): RawBuilder<unknown> {
  if (type === 'boolean') return sql`json(CASE ${column} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)`;
  return type === 'json' ? sql`json(${column})` : column;
}

/** The value of a key as its column holds it: the opposite of `jsonValue`. */
export function columnValue(json: RawBuilder<unknown>, key: string): RawBuilder<unknown> {
  return sql`json_extract(${json}, ${sql.lit(`$."${key}"`)})`;
}
