/** Kysely over the SQLite that Node carries. */
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import {
  type CompiledQuery,
  type DatabaseConnection,
  DefaultQueryExecutor,
  type Dialect,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { RowShape } from './row-shape.ts';

/** Queries over one open database, which stays the caller's to close. Statements are prepared once. */
export function queriesOver<Tables>(database: DatabaseSync): Kysely<Tables> {
  const driver = new SqliteDriver(database);
  const dialect: Dialect = {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => driver,
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
  const executor = new DirectExecutor(driver);
  return new Kysely<Tables>({ config: { dialect }, dialect, driver, executor });
}

/**
 * Runs each query at once. Kysely's own executor first queues for the one connection there is, through a dozen
 * promises; with calls that are synchronous there is nothing to queue for, and the promises cost more than SQLite.
 */
class DirectExecutor extends DefaultQueryExecutor {
  readonly #connection: DatabaseConnection;

  constructor({ connection }: SqliteDriver) {
    super(new SqliteQueryCompiler(), new SqliteAdapter(), {
      provideConnection: (consumer) => consumer(connection),
    });
    this.#connection = connection;
  }

  override executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.#connection.executeQuery<R>(query);
  }
}

class SqliteDriver implements Driver {
  readonly connection: SqliteConnection;
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.connection = new SqliteConnection(database);
  }

  async init(): Promise<void> {}
  async destroy(): Promise<void> {}
  async releaseConnection(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.connection;
  }

  async beginTransaction(): Promise<void> {
    this.#database.exec('BEGIN');
  }

  async commitTransaction(): Promise<void> {
    this.#database.exec('COMMIT');
  }

  async rollbackTransaction(): Promise<void> {
    this.#database.exec('ROLLBACK');
  }
}

/** More distinct statements than the product's own queries make; lists with unusual filters come and go. */
const maxPrepared = 1000;

interface Prepared {
  readonly statement: StatementSync;
  /** Null when it answers none. Asked once: describing a wide row's columns costs more than reading the row. */
  readonly shape: RowShape | null;
}

class SqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, Prepared>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { statement, shape } = this.#prepare(query.sql);
    const parameters = query.parameters as SQLInputValue[];
    if (shape) {
      const rows = statement.all(...parameters) as unknown as SQLOutputValue[][];
      return { rows: rows.map((values) => shape.row(values)) as R[] };
    }
    const { changes, lastInsertRowid } = statement.run(...parameters);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streaming is not used');
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known) return known;
    if (this.#prepared.size >= maxPrepared) this.#prepared.clear();
    const statement = this.#database.prepare(sql);
    const names = statement.columns().map(({ name }) => name);
    if (names.length > 0) statement.setReturnArrays(true);
    const prepared = { statement, shape: names.length > 0 ? new RowShape(names) : null };
    this.#prepared.set(sql, prepared);
    return prepared;
  }
}
