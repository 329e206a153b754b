/** The query of a list call: paging and filters, read from its text (rules digest 1.6). */
import { type TSchema, Type } from 'typebox';
import { canonical, ipVersion } from '../model/address.ts';
import { invalid } from '../model/errors.ts';
import type { Filter } from '../model/filter.ts';
import type { QueryParameter } from '../model/operation.ts';
import { listFilters, type Resource } from '../model/resource.ts';
import { integer } from '../model/schemas.ts';
import { describe } from '../model/validation.ts';
import { type Condition, inEnterpriseProjects, type PageQuery } from '../service/page-query.ts';

const maxLimit = 2000;

/** The parameters that every list has. */
export const pagingParameters: Readonly<Record<string, QueryParameter>> = {
  marker: {
    schema: Type.String(),
    arity: 'one',
    description: 'The id of the last record of the page before.',
  },
  limit: {
    schema: integer(0, maxLimit),
    arity: 'one',
    description: 'Records on the page; 2000 if not given.',
  },
  page_reverse: {
    schema: Type.Boolean(),
    arity: 'one',
    description: 'true for the page before the marker.',
  },
};

/** The parameters of a resource's list calls, as documented. */
export function listParameters(of: Resource): Record<string, QueryParameter> {
  const parameters: Record<string, QueryParameter> = { ...pagingParameters };
  for (const [key, filter] of Object.entries(listFilters(of))) {
    const { arity, description } = filter;
    parameters[key] = { schema: 'nested' in filter ? Type.String() : filter.schema, arity, description };
  }
  return parameters;
}

/**
 * Reads the query of a list call. Parameters that the call does not have are ignored: real clients send some.
 *
 * @throws Refusal that names the parameter
 */
export function readListQuery(of: Resource, query: URLSearchParams): PageQuery {
  const filters = listFilters(of);
  const conditions: Condition[] = [];
  for (const [key, filter] of Object.entries(filters)) {
    const texts = query.getAll(key);
    if (texts.length === 0) continue;
    if (filter.arity === 'one' && texts.length > 1) {
      throw invalid(key, `it was given ${texts.length} times; give it once.`);
    }
    if (key === 'enterprise_project_id') conditions.push(...inEnterpriseProjects(texts));
    else conditions.push(...conditionsOf(key, filter, texts));
  }
  return { ...readPaging(query), conditions, includesRecycled: includesRecycled(of, query) };
}

function includesRecycled(of: Resource, query: URLSearchParams): boolean {
  return 'include_recycle_bin' in of.filters && query.get('include_recycle_bin')?.toLowerCase() === 'true';
}

/**
 * The part of a list’s query that says which page.
 *
 * @throws Refusal that names the parameter
 */
export function readPaging(query: URLSearchParams): Omit<PageQuery, 'conditions'> {
  const marker = single(query, 'marker');
  if (marker === '') throw invalid('marker', 'it is blank; leave it out for the first page.');
  const limit = single(query, 'limit');
  const reverse = single(query, 'page_reverse');
  return {
    marker,
    limit: limit === undefined ? maxLimit : (readValue('limit', limit, integer(0, maxLimit)) as number),
    reverse: reverse === undefined ? false : readValue('page_reverse', reverse, Type.Boolean()) === 1,
  };
}

function single(query: URLSearchParams, key: string): string | undefined {
  const [value, ...more] = query.getAll(key);
  if (more.length > 0) throw invalid(key, `it was given ${more.length + 1} times; give it once.`);
  return value;
}

function conditionsOf(key: string, filter: Filter, texts: readonly string[]): Condition[] {
  if (!('nested' in filter)) {
    const values = texts.map((text) => readValue(key, text, filter.schema));
    return filter.match ? [{ match: filter.match, values }] : [];
  }
  const byKey = Map.groupBy(texts, (text) => text.split('=', 1)[0] ?? '');
  return [...byKey].map(([subKey, pairs]) => {
    const inner = Object.hasOwn(filter.nested, subKey) ? filter.nested[subKey] : undefined;
    if (!inner) {
      const keys = Object.keys(filter.nested).map((name) => `${key}=${name}=…`);
      throw invalid(key, `got "${pairs[0]}", expected ${keys.join(' or ')}.`);
    }
    const values = pairs.map((pair) =>
      readValue(`${key}=${subKey}`, pair.slice(subKey.length + 1), inner.schema),
    );
    return { match: inner.match, values };
  });
}

/**
 * A parameter's value as columns hold it.
 *
 * @throws Refusal that names the parameter, its value and what would be right
 */
export function readValue(key: string, text: string, schema: TSchema): string | number {
  const parts = schema as {
    type?: string;
    enum?: unknown[];
    minimum?: number;
    maximum?: number;
    format?: string;
  };
  const wrong = () => invalid(key, `got "${text}", expected ${describe(schema)}.`);
  switch (parts.type) {
    case 'boolean': {
      const word = text.toLowerCase();
      if (word !== 'true' && word !== 'false') throw wrong();
      return word === 'true' ? 1 : 0;
    }
    case 'integer': {
      const number = /^-?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
      const { minimum = -Infinity, maximum = Infinity } = parts;
      if (!(number >= minimum && number <= maximum) || (parts.enum && !parts.enum.includes(number)))
        throw wrong();
      return number;
    }
    default:
      if (parts.enum && !parts.enum.includes(text)) throw wrong();
      if (parts.format === 'date-time') {
        if (!isInstant(text)) throw wrong();
        // Stored with the Z that this form leaves out (rules digest 1.2), which makes them the greater text.
        return text.replace(/Z$/, '');
      }
      // Addresses are stored in one spelling.
      return key.endsWith('address') && ipVersion(text) ? canonical(text) : text;
  }
}

function isInstant(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ?$/.test(text) && !Number.isNaN(Date.parse(text));
}
