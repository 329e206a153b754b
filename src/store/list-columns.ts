/** What lists compare, written as in the indexes: an expression that is not the index's letter by letter uses none. */
import { type RawBuilder, sql } from 'kysely';
import type { Resource } from '../model/resource.ts';
import type { ColumnValue } from './schema.ts';

/** A column, or a key of one that holds a JSON object. */
export function columnOf(of: Resource, column: string, key?: string): RawBuilder<unknown> {
  const whole = sql.ref(`${of.table}.${column}`);
  return key === undefined ? whole : sql`json_extract(${whole}, ${sql.lit(`$.${key}`)})`;
}

/** The texts of columns that hold lists of words, for words that a filter gives with separators between. */
export function jsonLists(values: readonly ColumnValue[], separator: string): string[] {
  return [...new Set(values.map((value) => JSON.stringify(String(value).split(separator))))];
}

/** Whether the index of a column begins with the project: what names the parent is of one project alone. */
export function isIndexedByProject(of: Resource, column: string): boolean {
  return column !== 'id' && column !== of.parent;
}
