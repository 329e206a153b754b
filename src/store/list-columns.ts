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

/**
 * One of the values, for the right side of IN. Several are one JSON list rather than a parameter each: statements are
 * kept once they are prepared, and a thousand that differ in how many thousands of parameters they have take half a
 * gigabyte.
 */
export function anyOf(values: readonly ColumnValue[]): RawBuilder<unknown> {
  const [only, ...others] = values;
  return others.length === 0 ? sql`(${only ?? null})` : sql`(SELECT value FROM ${listOf(values)})`;
}

/** The values as rows of one JSON list. */
export function listOf(values: readonly ColumnValue[]): RawBuilder<unknown> {
  return sql`json_each(${JSON.stringify(values)})`;
}
