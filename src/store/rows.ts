/** Rows of any resource: how records become columns, and the reads and writes that every resource shares. */
import { type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { ColumnType } from '../model/field.ts';
import type { Fields, RecordOf, Resource } from '../model/resource.ts';
import { accessOf, type Subject } from './access.ts';
import { type Trace, traceOfCreation, traceOfDeletion, traceOfUpdate } from './audit-trace.ts';
import { recordChange } from './change-log.ts';
import { runCompiled } from './compiled-queries.ts';
import type { ColumnValue, Row, Tables } from './schema.ts';
import type { Reader, Writer } from './transaction.ts';

type ResourceTable = 'loadbalancers' | 'listeners' | 'pools' | 'members' | 'healthmonitors' | 'logtanks';

/** The queries know a resource's table by name only: every one of them has the columns of `Row`. */
export function tableOf(of: Pick<Resource, 'table'>): ResourceTable {
  return of.table as ResourceTable;
}

/** The columns of a resource's table and their types. */
export function columnsOf(of: Resource): readonly (readonly [string, ColumnType])[] {
  const known = columns.get(of);
  if (known) return known;
  const made = Object.entries(of.fields).flatMap(([key, field]) =>
    field.column ? [[key, field.column] as const] : [],
  );
  columns.set(of, made);
  return made;
}

const columns = new WeakMap<Resource, readonly (readonly [string, ColumnType])[]>();

/** The columns whose values differ from those of the record. */
function encodedColumnsOf(of: Resource): readonly (readonly [string, ColumnType])[] {
  const known = encodedColumns.get(of);
  if (known) return known;
  const made = columnsOf(of).filter(([, type]) => type === 'boolean' || type === 'json');
  encodedColumns.set(of, made);
  return made;
}

const encodedColumns = new WeakMap<Resource, readonly (readonly [string, ColumnType])[]>();

function encodeValue(value: unknown, type: ColumnType): ColumnValue {
  if (value === null || value === undefined) return null;
  switch (type) {
    case 'boolean':
      return value ? 1 : 0;
    case 'json':
      return JSON.stringify(value);
    default:
      return value as string | number;
  }
}

function decodeValue(value: string | number, type: ColumnType): unknown {
  // Most lists of most records are empty.
  if (value === '[]') return [];
  return type === 'boolean' ? value === 1 : JSON.parse(String(value));
}

/**
 * A record from a row of its table, or from some of its columns. The row itself becomes the record. Computed fields
 * are not there: who answers them works them out.
 */
export function decode<F extends Fields>(of: Resource<F>, row: Row): RecordOf<F> {
  const record: Record<string, unknown> = row;
  for (const [key, type] of encodedColumnsOf(of)) {
    const value = row[key];
    if (value !== undefined && value !== null) record[key] = decodeValue(value, type);
  }
  return record as RecordOf<F>;
}

/** The row of a record, with every column. */
export function rowOf(of: Resource, record: Readonly<Record<string, unknown>>): Row {
  const row: Row = {};
  for (const [key, type] of columnsOf(of)) row[key] = encodeValue(record[key], type);
  return row;
}

type Stored<F extends Fields> = RecordOf<F> & { id: string; project_id: string };

/** Inserts a record and notes its creation. */
export async function insert<F extends Fields>(
  tx: Writer,
  of: Resource<F>,
  record: Stored<F>,
): Promise<void> {
  const row = rowOf(of, record);
  await runCompiled(tx.db, `insert ${of.table}`, Object.values(row), () =>
    tx.db.insertInto(tableOf(of)).values(row),
  );
  await note(tx, of, record, 'create', traceOfCreation(of, record));
}

/** Writes the given fields of a stored record, which is as it was until now, and notes the change. */
export async function update<F extends Fields>(
  tx: Writer,
  of: Resource<F>,
  record: Stored<F>,
  changes: Partial<RecordOf<F>>,
): Promise<void> {
  const changed = differing(of, record, changes);
  const columns = Object.keys(changed);
  if (columns.length > 0) {
    const values = [...Object.values(changed), record.id];
    await runCompiled(tx.db, `update ${of.table} ${columns.join()}`, values, () =>
      tx.db.updateTable(tableOf(of)).set(changed).where('id', '=', record.id),
    );
  }
  await note(tx, of, record, 'update', traceOfUpdate(of, record, changes));
}

/** The fields that are to be another than they were, as the table holds them: each costs the indexes it is in. */
function differing(
  of: Resource,
  record: Readonly<Record<string, unknown>>,
  changes: Readonly<Record<string, unknown>>,
): Row {
  const row: Row = {};
  for (const [key, type] of columnsOf(of)) {
    if (changes[key] === undefined) continue;
    const value = encodeValue(changes[key], type);
    if (value !== encodeValue(record[key], type)) row[key] = value;
  }
  return row;
}

/** Deletes a stored record and notes it. */
export async function remove<F extends Fields>(
  tx: Writer,
  of: Resource<F>,
  record: Stored<F>,
): Promise<void> {
  await runCompiled(tx.db, `delete ${of.table}`, [record.id], () =>
    tx.db.deleteFrom(tableOf(of)).where('id', '=', record.id),
  );
  await note(tx, of, record, 'delete', traceOfDeletion(of, record));
}

async function note(
  tx: Writer,
  of: Resource,
  record: Readonly<Record<string, unknown>>,
  operation: 'create' | 'update' | 'delete',
  trace: Trace | null,
): Promise<void> {
  accessOf(tx.db)?.checkWrite(of, record as Readonly<Record<string, unknown>> & Subject, operation);
  const change = {
    project_id: String(record['project_id']),
    type: of.name,
    id: String(record['id']),
    parent_id: of.parent ? String(record[of.parent]) : null,
    operation,
  };
  await recordChange(tx, change, trace);
}

/**
 * A record of a project by its id, or undefined: what another project has is not there, nor is what the current call
 * may not know of.
 */
export async function find<F extends Fields>(
  db: Kysely<Tables>,
  of: Resource<F>,
  projectId: string,
  id: string,
): Promise<RecordOf<F> | undefined> {
  const { rows } = await runCompiled(db, `find ${of.table}`, [id, projectId], () =>
    db.selectFrom(tableOf(of)).selectAll().where('id', '=', id).where('project_id', '=', projectId),
  );
  const [row] = rows;
  if (!row || accessOf(db)?.sees(of, row as Row & Subject) === false) return undefined;
  return decode(of, row);
}

/**
 * The records of any project whose column has one of the values, by ascending id.
 *
 * @param fields the fields that are needed; all of them when left out. Reading few of them costs a fraction.
 */
export async function findBy<F extends Fields, K extends keyof F & string = keyof F & string>(
  db: Reader,
  of: Resource<F>,
  column: keyof F & string,
  values: readonly string[],
  fields?: readonly K[],
): Promise<Pick<RecordOf<F>, K>[]> {
  const [only] = values;
  if (only === undefined) return [];
  const read = () => {
    const query = db.selectFrom(tableOf(of)).orderBy('id');
    return fields ? query.select([...fields]) : query.selectAll();
  };
  const key = `find ${of.table} by ${column} ${fields?.join() ?? ''}`;
  const list = JSON.stringify(values);
  const { rows } =
    values.length === 1
      ? await runCompiled(db, key, [only], () => read().where(sql.ref(column), '=', only))
      : await runCompiled(db, `${key} in list`, [list], () => read().where(isAnyOf(column, list)));
  return rows.map((row) => decode(of, row));
}

/**
 * Whether a column has one of the values of a JSON list. One list instead of a parameter each: the statement is the
 * same for any number of values.
 */
export function isAnyOf(column: string, list: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`${sql.ref(column)} IN (SELECT value FROM json_each(${list}))`;
}

/**
 * The records that other rows lead to, by ascending id.
 *
 * @param road the table of those rows, the column that has the value, and the one with the ids of the records
 */
export async function findThrough<F extends Fields, K extends keyof F & string>(
  db: Reader,
  of: Resource<F>,
  { table, from, to }: { readonly table: string; readonly from: string; readonly to: string },
  value: string,
  fields: readonly K[],
): Promise<Pick<RecordOf<F>, K>[]> {
  const key = `find ${of.table} through ${table} ${fields.join()}`;
  const { rows } = await runCompiled(db, key, [value], () =>
    db
      .selectFrom(tableOf(of))
      .select([...fields])
      .where(
        sql<SqlBool>`id IN (SELECT ${sql.ref(to)} FROM ${sql.table(table)} WHERE ${sql.ref(from)} = ${value})`,
      )
      .orderBy('id'),
  );
  return rows.map((row) => decode(of, row));
}

/** The records of any project that match all of the columns, in no order. */
export async function findWhere<F extends Fields, K extends keyof F & string>(
  db: Reader,
  of: Resource<F>,
  match: Readonly<Row>,
  fields: readonly K[],
): Promise<Pick<RecordOf<F>, K>[]> {
  const columns = Object.keys(match);
  const values = Object.values(match);
  const key = `find ${of.table} where ${columns.join()} ${fields.join()}`;
  const { rows } = await runCompiled(db, key, values, () =>
    db
      .selectFrom(tableOf(of))
      .select([...fields])
      .where((e) => e.and(columns.map((column) => e(sql.ref(column), '=', match[column] ?? null)))),
  );
  return rows.map((row) => decode(of, row));
}

/** The ids of the records that belong to each of the parents, by ascending id. */
export async function idsByParent(
  db: Reader,
  of: Resource,
  parentIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const list = JSON.stringify(parentIds);
  // One text a parent: a pool may have 10,000 members, and a row for each would cost ten times as much.
  const { rows } = await runCompiled(db, `ids of ${of.table} by parent`, [list], () => ({
    compile: () =>
      sql`SELECT value AS parent, (SELECT group_concat(id) FROM (
          SELECT id FROM ${sql.table(of.table)} WHERE ${sql.ref(of.parent ?? '')} = parents.value ORDER BY id
        )) AS ids FROM json_each(${list}) AS parents`.compile(db),
  }));
  return new Map(rows.map(({ parent, ids }) => [String(parent), ids === null ? [] : String(ids).split(',')]));
}

/** Whether any record of any project matches all of the columns. They need an index. */
export async function exists(db: Reader, of: Resource, match: Readonly<Row>): Promise<boolean> {
  const columns = Object.keys(match);
  const key = `exists ${of.table} where ${columns.join()}`;
  const { rows } = await runCompiled(db, key, [...Object.values(match), 1], () =>
    db
      .selectFrom(tableOf(of))
      .select(sql<number>`1`.as('found'))
      .where((e) => e.and(columns.map((column) => e(sql.ref(column), '=', match[column] ?? null))))
      .limit(1),
  );
  return rows.length > 0;
}

/** So many records are read between two turns of the event loop. */
const allAtOnce = 2000;

/**
 * Every record of every project, by ascending id. Whoever else waits runs meanwhile: what they write may be among
 * what is still to come.
 *
 * @param fields the fields that are needed, the id among them; all of them when left out
 */
export async function* all<F extends Fields, K extends keyof F & string = keyof F & string>(
  db: Reader,
  of: Resource<F>,
  fields?: readonly K[],
): AsyncGenerator<Pick<RecordOf<F>, K>> {
  for (let after = ''; ; ) {
    const from = db.selectFrom(tableOf(of)).where('id', '>', after).orderBy('id').limit(allAtOnce);
    const rows = await (fields ? from.select([...fields]) : from.selectAll()).execute();
    const last = rows.at(-1);
    if (!last) return;
    after = String(last['id']);
    for (const row of rows) yield decode(of, row);
    if (rows.length < allAtOnce) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** How many records match all of the columns. */
export async function count(db: Reader, of: Pick<Resource, 'table'>, match: Readonly<Row>): Promise<number> {
  let query = db.selectFrom(tableOf(of)).select((e) => e.fn.countAll<number>().as('count'));
  for (const [column, value] of Object.entries(match)) query = query.where(column, '=', value);
  const row = await query.executeTakeFirstOrThrow();
  return row.count;
}

/** What the records of one parent are counted by. */
export interface CountedPer {
  readonly parent: Resource;
  /** The column with the parent's id. It needs an index that begins with it. */
  readonly column: string;
  /** A column with a list: a record counts for as many as it has, and for one at least. */
  readonly elements?: string;
}

/** The most records that have one parent, of the parents of a project. */
export async function countFullest(
  db: Reader,
  of: Pick<Resource, 'table'>,
  { parent, column, elements }: CountedPer,
  projectId: string,
): Promise<number> {
  const id = sql.ref(`${parent.table}.id`);
  const each = elements ? sql`sum(max(1, json_array_length(${sql.ref(elements)})))` : sql`count(*)`;
  const { rows } = await sql<{ fullest: number | null }>`
    SELECT max((SELECT ${each} FROM ${sql.table(of.table)} WHERE ${sql.ref(column)} = ${id})) AS fullest
    FROM ${sql.table(parent.table)} WHERE project_id = ${projectId}`.execute(db);
  return rows[0]?.fullest ?? 0;
}
