/** The queries that walk a list in the order of its ids, by one stream or by several that are merged. */
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { ElementMatch } from '../model/filter.ts';
import type { Resource } from '../model/resource.ts';
import { pathOf } from './elements.ts';
import { columnOf, isIndexedByProject, listOf } from './list-columns.ts';
import type { Way } from './list-ways.ts';
import type { ColumnValue, Row } from './schema.ts';
import type { Reader } from './transaction.ts';

/** Which part of a list is wanted. */
export interface Walk {
  readonly projectId: string;
  /** What must hold besides. */
  readonly where: readonly RawBuilder<SqlBool>[];
  /** The id to go on from; undefined to begin at the end. */
  readonly marker: string | undefined;
  readonly reverse: boolean;
  readonly limit: number;
}

/** Records in the order of `id`, which is theirs, wherever the index is that has them in that order. */
interface Stream {
  readonly from: RawBuilder<unknown>;
  /** What the index finds. */
  readonly where: RawBuilder<unknown>;
  /** What is asked of each record found, besides. */
  readonly check?: RawBuilder<unknown>;
  readonly id: RawBuilder<unknown>;
}

/** SQLite merges up to 500; beyond so many it is quicker to sort what is found. */
const maxMerged = 64;

/**
 * The streams, and some of them again until there are 1, 2, 4, 8 and so on: statements are kept once they are prepared,
 * and there are few of them this way. What two streams both find is found once.
 */
function roundedUp(streams: readonly Stream[]): Stream[] {
  const size = 2 ** Math.ceil(Math.log2(Math.max(1, streams.length)));
  return Array.from({ length: size }, (_, index) => streams.at(index % streams.length)).filter(
    (stream) => stream !== undefined,
  );
}

/**
 * The rows of a walk, in its order.
 *
 * @param ways where to find them; null for all that the project has
 */
export function selectionOf(of: Resource, ways: readonly Way[] | null, walk: Walk): RawBuilder<Row> {
  const [only, ...more] = ways
    ? roundedUp(ways.flatMap((way) => streamsOf(of, way, walk)))
    : [wholeList(of, walk)];
  if (!only) throw new Error('a walk needs a way');
  const table = sql.table(of.table);
  if (more.length === 0)
    return sql<Row>`SELECT ${table}.* ${stretchOf(only, walk)} ${inOrder(only.id, walk)}`;
  const ids = [only, ...more].map((stream) => sql`SELECT ${stream.id} AS id ${stretchOf(stream, walk)}`);
  return sql<Row>`SELECT * FROM ${table} WHERE id IN (
    ${sql.join(ids, sql` UNION `)} ${inOrder(sql`id`, walk)}) ORDER BY id ${direction(walk)}`;
}

/**
 * How many records the ways find, up to a number: about as many, since no record itself is looked at, and those that
 * several ways find are counted several times.
 */
export async function countOf(
  db: Reader,
  of: Resource,
  ways: readonly Way[],
  { projectId, upTo }: { readonly projectId: string; readonly upTo: number },
): Promise<number> {
  const streams = ways.flatMap((way) => streamsOf(of, way, { projectId }));
  if (streams.length === 0) return 0;
  const found = roundedUp(streams).map(({ from, where }) => sql`SELECT 1 FROM ${from} WHERE ${where}`);
  const { rows } = await sql<{ count: number }>`
    SELECT count(*) AS count FROM (${sql.join(found, sql` UNION ALL `)} LIMIT ${upTo})`.execute(db);
  return rows[0]?.count ?? 0;
}

function stretchOf({ from, where, check, id }: Stream, { marker, reverse, where: others }: Walk) {
  const beyond = marker === undefined ? [] : [sql`${id} ${sql.raw(reverse ? '<' : '>')} ${marker}`];
  const all = [where, ...(check ? [check] : []), ...beyond, ...others];
  return sql`FROM ${from} WHERE ${sql.join(all, sql` AND `)}`;
}

function inOrder(id: RawBuilder<unknown>, walk: Walk): RawBuilder<unknown> {
  return sql`ORDER BY ${id} ${direction(walk)} LIMIT ${walk.limit}`;
}

function direction({ reverse }: Walk): RawBuilder<unknown> {
  return sql.raw(reverse ? 'DESC' : 'ASC');
}

function wholeList(of: Resource, { projectId }: Walk): Stream {
  const id = sql.ref(`${of.table}.id`);
  return { from: sql.table(of.table), where: sql`${sql.ref(`${of.table}.project_id`)} = ${projectId}`, id };
}

function streamsOf(of: Resource, way: Way, walk: Pick<Walk, 'projectId'>): Stream[] {
  if (way.kind === 'element') return streamsOfElement(of, way.match, way.values, walk);
  const from = sql.table(of.table);
  const id = sql.ref(`${of.table}.id`);
  const column = columnOf(of, way.column, way.key);
  const project = sql`${sql.ref(`${of.table}.project_id`)} = ${walk.projectId}`;
  const byProject = isIndexedByProject(of, way.column);
  const stream = (where: RawBuilder<unknown>, source: RawBuilder<unknown> = from): Stream =>
    byProject
      ? { from: source, where: sql`${project} AND ${where}`, id }
      : // With the plus the index of the project's is not used, which would go through all that the project has.
        { from: source, where, check: sql`+${project}`, id };
  if (way.column === 'id') return [stream(sql`${id} IN (SELECT value FROM ${listOf(way.values)})`)];
  // So many are looked up one after the other, and what they find is sorted.
  if (way.values.length > maxMerged) {
    return [stream(sql`${column} = listed.value`, sql`${listOf(way.values)} AS listed CROSS JOIN ${from}`)];
  }
  return way.values.map((value) => stream(sql`${column} = ${value}`));
}

function streamsOfElement(
  of: Resource,
  match: ElementMatch,
  values: readonly ColumnValue[],
  { projectId }: Pick<Walk, 'projectId'>,
): Stream[] {
  const id = sql`elements.id`;
  const table = sql.table(of.table);
  const from = sql`elements CROSS JOIN ${table} ON ${sql.ref(`${of.table}.id`)} = elements.id`;
  const where = (value: RawBuilder<unknown>) =>
    sql`elements.project_id = ${projectId} AND elements.path = ${pathOf(of, match)} AND elements.value = ${value}`;
  return values.length > maxMerged
    ? [{ from: sql`${listOf(values)} AS listed CROSS JOIN ${from}`, where: where(sql`listed.value`), id }]
    : values.map((value) => ({ from, where: where(sql`${value}`), id }));
}
