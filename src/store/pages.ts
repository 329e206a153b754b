/** Pages of a list: filtered, by ascending id, each going on from the id where the one before ended. */
import type { Fields, RecordOf, Resource } from '../model/resource.ts';
import { accessOf, conditionOf, extentPredicate } from './access.ts';
import type { Condition } from './condition.ts';
import { predicateOf } from './list-predicates.ts';
import { countOf, selectionOf } from './list-streams.ts';
import { type Way, waysOf } from './list-ways.ts';
import { decode } from './rows.ts';
import type { Row } from './schema.ts';
import type { Reader } from './transaction.ts';

export interface PageRequest {
  readonly projectId: string;
  readonly conditions: readonly Condition[];
  /** The id that the page begins behind, or undefined for the list's end on that side. */
  readonly marker: string | undefined;
  readonly limit: number;
  /** Whether the page lies before the marker; its records are still by ascending id. */
  readonly reverse: boolean;
}

export interface Page<T> {
  readonly records: readonly T[];
  /** Whether more records lie beyond the page, in the direction that it was asked for. */
  readonly more: boolean;
}

/** One page of a project's records. */
export async function page<F extends Fields>(
  db: Reader,
  of: Resource<F>,
  request: PageRequest,
): Promise<Page<RecordOf<F>>> {
  const { limit, reverse } = request;
  if (limit === 0) return { records: [], more: false };
  const rows = await rowsOf(db, of, request);
  const more = rows.length > limit;
  if (more) rows.pop();
  if (reverse) rows.reverse();
  return { records: rows.map((row) => decode(of, row)), more };
}

/** The page's rows, of those that the current call may list, and one more, if there is one, in the direction of the request. */
async function rowsOf(db: Reader, of: Resource, request: PageRequest): Promise<Row[]> {
  const { projectId, marker, limit, reverse } = request;
  const listed = accessOf(db)?.listed(of, projectId) ?? null;
  const leading = listed && conditionOf(listed);
  const conditions = leading ? [...request.conditions, leading] : request.conditions;
  const led = await leadOf(db, of, projectId, conditions);
  const ways = led?.ways ?? null;
  if (ways?.every(({ values }) => values.length === 0)) return [];
  const others = conditions.filter((condition) => condition !== led?.condition);
  const where = others.map((condition) => predicateOf(of, condition));
  if (listed && !leading) where.push(extentPredicate(of, listed));
  const selection = selectionOf(of, ways, { projectId, where, marker, reverse, limit: limit + 1 });
  return (await selection.execute(db)).rows;
}

interface Lead {
  readonly condition: Condition;
  readonly ways: readonly Way[];
}

/** So many records of a condition need no other to lead. */
const fewEnough = 100;

/** More are not counted. */
const maxCounted = 2000;

/**
 * The condition by which the list is walked; null when it is better walked whole. Of several it is the one that the
 * fewest records meet: these are counted, so that no statistics of the database can be out of date.
 */
async function leadOf(
  db: Reader,
  of: Resource,
  projectId: string,
  conditions: readonly Condition[],
): Promise<Lead | null> {
  let lead: Lead | null = null;
  let fewest = Number.POSITIVE_INFINITY;
  const choice = conditions.filter(({ isUsual }) => !isUsual);
  for (const condition of choice) {
    const ways = await waysOf(db, projectId, condition);
    if (!ways) continue;
    if (choice.length === 1) return { condition, ways };
    const count = await countOf(db, of, ways, { projectId, upTo: maxCounted });
    if (count < fewest) [lead, fewest] = [{ condition, ways }, count];
    if (count <= fewEnough) break;
  }
  return lead;
}
