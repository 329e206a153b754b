/** Writes a data directory of a given size: a store full of resources, its credentials and its inventory. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { loadCredentials } from '../../src/cli/credentials.ts';
import type { InventoryFile } from '../../src/model/inventory.ts';
import { type L7Policy, l7Policy } from '../../src/model/l7-policy.ts';
import { Inventory } from '../../src/service/inventory.ts';
import { Secrets } from '../../src/service/secrets.ts';
import { rowOf } from '../../src/store/rows.ts';
import type { ColumnValue } from '../../src/store/schema.ts';
import { Store } from '../../src/store/store.ts';
import { enterpriseProjects, Maker } from './maker.ts';
import { populationOf } from './population.ts';
import { planOf } from './project-plan.ts';

const projectId = '5ca1ab1e00000000000000000000000a';
const otherProjectId = '5ca1ab1e00000000000000000000000b';

/** The other project, which no list of the first may show or be slowed by, has a share of what the first has. */
const otherShare = 1 / 20;

/** Rows of one transaction. */
const batchSize = 50_000;

export interface Generated {
  readonly directory: string;
  /** The inventory file to start it with. */
  readonly config: string;
}

/** @param directory empty, or not there yet */
export async function generate(
  directory: string,
  members: number,
  progress: (text: string) => void,
): Promise<Generated> {
  const store = await Store.open({ directory });
  await store.close();
  const credentials = loadCredentials(directory, { project_id: projectId });
  const config = join(directory, 'inventory.json');
  const file: InventoryFile = {
    projects: [
      { id: projectId, name: 'local-1' },
      { id: otherProjectId, name: 'local-1_other' },
    ],
    enterprise_projects: enterpriseProjects,
  };
  writeFileSync(config, JSON.stringify(file));
  const inventory = new Inventory(file, file.projects ?? []);
  const secrets = new Secrets(credentials.secrets_key);
  const plans = [planOf(projectId, members), planOf(otherProjectId, Math.ceil(members * otherShare))];
  using filling = new Filling(join(directory, 'elbow.db'));
  let loadBalancers = 0;
  for (const [seed, plan] of plans.entries()) {
    const maker = new Maker(plan, { inventory, secrets, seed: seed + 1 });
    for (const { of, record } of populationOf(maker, loadBalancers)) {
      filling.insert(of.table, rowOf(of, record));
      const { id, redirect_pool_id: pool_id, listener_id } = record as Partial<L7Policy>;
      if (of === l7Policy && id && pool_id && listener_id) {
        filling.insert('l7policy_pools', { pool_id, l7policy_id: id, listener_id });
      }
    }
    loadBalancers += plan.loadBalancers;
    progress(`${filling.rows.toLocaleString('en')} rows`);
  }
  progress('indexes');
  filling.finish();
  return { directory, config };
}

/** Fills tables without their indexes, which are made over again in one go each. */
class Filling implements Disposable {
  readonly #database: DatabaseSync;
  readonly #indexes: readonly string[];
  readonly #statements = new Map<string, StatementSync>();
  rows = 0;

  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144');
    const indexes = this.#database
      .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")
      .all();
    for (const { name } of indexes) this.#database.exec(`DROP INDEX "${name}"`);
    this.#indexes = indexes.map((each) => String(each['sql']));
    this.#database.exec('BEGIN');
  }

  insert(table: string, row: Readonly<Record<string, ColumnValue>>): void {
    let statement = this.#statements.get(table);
    if (!statement) {
      const names = Object.keys(row).map((name) => `"${name}"`);
      const places = names.map(() => '?');
      statement = this.#database.prepare(`INSERT INTO ${table} (${names.join()}) VALUES (${places.join()})`);
      this.#statements.set(table, statement);
    }
    statement.run(...Object.values(row));
    this.rows++;
    if (this.rows % batchSize === 0) this.#database.exec('COMMIT; BEGIN');
  }

  finish(): void {
    this.#database.exec('COMMIT');
    for (const sql of this.#indexes) this.#database.exec(sql);
    this.#database.exec('PRAGMA journal_mode = WAL');
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
