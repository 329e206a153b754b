import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { migrate } from './migrate.ts';
import { columnsOf } from './rows.ts';
import { resources } from './schema.ts';
import { queriesOver } from './sqlite-dialect.ts';

test('the migrations make exactly the columns that the model describes', async () => {
  const database = new DatabaseSync(':memory:');
  await migrate(queriesOver(database));
  for (const resource of resources) {
    const made = database
      .prepare(`SELECT name, lower(type) AS type FROM pragma_table_info(?)`)
      .all(resource.table);
    const wanted = columnsOf(resource).map(([name, type]) => ({
      name,
      type: type === 'integer' || type === 'boolean' ? 'integer' : 'text',
    }));
    const byName = (a: { name?: unknown }, b: { name?: unknown }) =>
      String(a.name).localeCompare(String(b.name));
    assert.deepEqual(
      made.map((column) => ({ ...column })).sort(byName),
      wanted.sort(byName),
      `columns of ${resource.table}`,
    );
  }
  database.close();
});
