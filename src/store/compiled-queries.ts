/** Queries compiled once per database: building and compiling one costs several times what SQLite takes to run it. */
import type { Compilable, CompiledQuery, QueryResult } from 'kysely';
import type { ColumnValue, Row } from './schema.ts';
import type { Reader } from './transaction.ts';

const compiled = new WeakMap<Reader, Map<string, CompiledQuery<Row>>>();

/**
 * Runs a query that is compiled at its first use.
 *
 * @param key names the query: one that differs in more than its values needs another key
 * @param values in the order in which they stand in the query
 * @param build the query over the same values; called once for a database and key
 */
export function runCompiled(
  db: Reader,
  key: string,
  values: readonly ColumnValue[],
  build: () => Compilable<unknown>,
): Promise<QueryResult<Row>> {
  const known = queriesOf(db);
  let query = known.get(key);
  if (!query) {
    query = build().compile() as CompiledQuery<Row>;
    if (query.parameters.length !== values.length) {
      throw new Error(`the query "${key}" takes ${query.parameters.length} values, not ${values.length}`);
    }
    known.set(key, query);
  }
  return db.executeQuery({ ...query, parameters: values });
}

function queriesOf(db: Reader): Map<string, CompiledQuery<Row>> {
  let known = compiled.get(db);
  if (!known) {
    known = new Map();
    compiled.set(db, known);
  }
  return known;
}
