/** Pages of a list that is part of the program: as those of the store, by ascending id. */
import { invalid } from '../model/errors.ts';
import type { Fields, RecordOf, Resource } from '../model/resource.ts';
import type { Condition, Page, PageQuery } from './page-query.ts';

/**
 * One page of the records.
 *
 * @throws Refusal when the marker is the id of none of them
 */
export function fixedPage<F extends Fields>(
  of: Resource<F>,
  records: readonly RecordOf<F>[],
  { marker, limit, reverse, conditions }: PageQuery,
): Page<RecordOf<F>> {
  const ids = new Map(records.map((record) => [record, String(record['id'])]));
  const idOf = (record: RecordOf<F>) => ids.get(record) ?? '';
  if (marker !== undefined && !records.some((record) => idOf(record) === marker)) {
    throw invalid(
      'marker',
      `there is no ${of.label} "${marker}"; give the id of the last record of the page before.`,
    );
  }
  const listed = records
    .filter((record) => conditions.every((condition) => holds(record, condition)))
    .filter((record) => marker === undefined || (reverse ? idOf(record) < marker : idOf(record) > marker))
    .sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  const found = limit === 0 ? [] : reverse ? listed.slice(-limit) : listed.slice(0, limit);
  return { records: found, more: limit > 0 && listed.length > found.length };
}

/** Whether a record has one of a condition's values, which are as columns hold them: booleans as 0 or 1. */
function holds(record: Readonly<Record<string, unknown>>, { match, values }: Condition): boolean {
  if (match.kind !== 'column') throw new Error(`lists of the program are not filtered by ${match.kind}`);
  const value = record[match.column];
  return values.includes(typeof value === 'boolean' ? Number(value) : (value as string | number));
}
