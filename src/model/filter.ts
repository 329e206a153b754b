/**
 * List filters that are not plain fields of the listed resource. Most filters follow from a field's `filter`
 * mark; these say how else a resource is found.
 */
import { type TSchema, Type } from 'typebox';
import type { FilterArity } from './field.ts';

/** A step from one table to another: the rows of `table` whose `key` is what `from` says of the row before. */
export interface Step {
  readonly from: string;
  readonly table: string;
  readonly key: string;
}

/**
 * An element of a JSON array column, or a key of its elements. Each is also kept by itself, so that the resource is
 * found by it.
 */
export interface ElementMatch {
  readonly kind: 'element';
  readonly column: string;
  readonly key: string | null;
  /** Where the column holds an object instead: what stands between the elements in the text of its key. */
  readonly separator?: string;
}

/** What must have one of the filter's values. */
export type Match =
  /** A column of the resource. */
  | { readonly kind: 'column'; readonly column: string }
  /** A column, or anything greater: an instant and all after it. */
  | { readonly kind: 'since'; readonly column: string }
  /** A key of a JSON object column. */
  | { readonly kind: 'json'; readonly column: string; readonly key: string }
  /** An element of a list. */
  | ElementMatch
  /** All elements of a JSON array column in order, as one text with a separator between. */
  | { readonly kind: 'joined'; readonly column: string; readonly separator: string }
  /** A column of any row reached over the steps, the first of which starts at the resource. */
  | { readonly kind: 'related'; readonly steps: readonly Step[]; readonly column: string }
  /** Any of several. */
  | { readonly kind: 'any'; readonly of: readonly Match[] };

/** A filter by values. */
export interface ValueFilter {
  readonly schema: TSchema;
  readonly arity: FilterArity;
  readonly description: string;
  /** Null when every record matches whatever the value is. */
  readonly match: Match | null;
}

/** Which records there are to be listed, rather than what must hold for them. */
export const includeRecycleBin: ValueFilter = {
  schema: Type.Boolean(),
  arity: 'one',
  description: 'Whether the list also has what is in the recycle bin.',
  match: null,
};

/** A filter whose values carry a key of their own, as in `eips=eip_id=x`. */
export interface NestedFilter {
  readonly arity: FilterArity;
  readonly description: string;
  readonly nested: Readonly<Record<string, { readonly schema: TSchema; readonly match: Match }>>;
}

export type Filter = ValueFilter | NestedFilter;
