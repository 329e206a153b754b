/** The pages and filters of the neighbours' lists, which are short: they are read whole and chosen from. */
import { Type } from 'typebox';
import { invalid } from '../model/errors.ts';
import type { QueryParameter } from '../model/operation.ts';
import { integer } from '../model/schemas.ts';

const maxLimit = 2000;

/** A page that begins behind a record. */
export const pageParameters = {
  marker: {
    schema: Type.String(),
    arity: 'one',
    description: 'The id of the last record of the page before.',
  },
  limit: {
    schema: integer(0, maxLimit),
    arity: 'one',
    description: 'Records on the page; all if not given.',
  },
} as const satisfies Record<string, QueryParameter>;

/** A filter by the exact text of a field. */
export function exactly(description: string): QueryParameter {
  return { schema: Type.String(), arity: 'many', description };
}

/**
 * What a list answers: the records that have one of the values of each filter, and of these the page.
 *
 * @param keys the filters, each with the texts by which a record is found
 * @throws Refusal for a marker or limit that cannot be
 */
export function selected<T extends { readonly id: string }>(
  records: readonly T[],
  query: URLSearchParams,
  keys: Readonly<Record<string, (record: T) => unknown>>,
): T[] {
  let found = [...records];
  for (const [key, of] of Object.entries(keys)) {
    const values = query.getAll(key).filter((value) => value !== '');
    // So clients ask for every enterprise project.
    if (values.includes('all_granted_eps')) continue;
    if (values.length > 0) found = found.filter((record) => values.includes(String(of(record))));
  }
  const marker = query.get('marker');
  if (marker) {
    const at = found.findIndex(({ id }) => id === marker);
    if (at < 0) {
      throw invalid(
        'marker',
        `there is no record "${marker}"; give the id of the last one of the page before.`,
      );
    }
    found = found.slice(at + 1);
  }
  return found.slice(0, limitOf(query));
}

/** How many records a page has. */
export function limitOf(query: URLSearchParams): number {
  const text = query.get('limit');
  if (text === null || text === '-1') return maxLimit;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (limit <= maxLimit) return limit;
  throw invalid('limit', `got "${text}", expected an integer from 0 to ${maxLimit}.`);
}
