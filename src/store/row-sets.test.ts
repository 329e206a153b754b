import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sql } from 'kysely';
import { type ColumnType, mask } from '../model/field.ts';
import type { Resource } from '../model/resource.ts';
import { changesAfter } from './change-log.ts';
import { matchesOf } from './elements.ts';
import { removeBy } from './row-sets.ts';
import { columnsOf, count, insert, remove } from './rows.ts';
import { resources } from './schema.ts';
import { Store } from './store.ts';

const values: Readonly<Record<ColumnType, readonly unknown[]>> = {
  text: ['plain', 'quoted "\\ é\n '],
  integer: [0, -7],
  boolean: [true, false],
  json: [{ a: [true, null, 'é'] }, []],
};

/** A list, in a column whose elements are kept apart. */
function listed(of: Resource, column: string, index: number): unknown {
  const match = matchesOf(of).find((each) => each.column === column);
  if (!match) return undefined;
  const texts = ['a', 'b', 'a'].slice(0, index + 1);
  if (match.separator !== undefined) return { [match.key ?? '']: texts.join(match.separator) };
  const keys = matchesOf(of).filter((each) => each.column === column);
  return texts.map((text) =>
    match.key === null ? text : Object.fromEntries(keys.map(({ key }) => [key, text])),
  );
}

/** A record with a value in every column, or null where that may be. */
function recordOf(
  of: Resource,
  required: ReadonlySet<unknown>,
  id: string,
  index: number,
): { id: string; project_id: string } {
  const filled = columnsOf(of).map(([key, type]) => {
    const value =
      listed(of, key, index) ?? values[type][index] ?? (required.has(key) ? values[type][0] : null);
    // Some columns are unique.
    return [key, type === 'text' && value !== null ? `${value} ${id}` : value];
  });
  return { ...Object.fromEntries(filled), id, project_id: 'p' };
}

for (const of of resources) {
  test(`many ${of.table} that are deleted at once are noted as when they are deleted one by one`, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'elbow-rows-'));
    const store = await Store.open({ directory });
    try {
      const table = await sql<{ name: string; notnull: number }>`
        SELECT name, "notnull" FROM pragma_table_info(${of.table})`.execute(store.reader);
      const notNull = table.rows.filter(({ notnull }) => notnull === 1).map(({ name }) => name);
      const required = new Set([...notNull, of.parent]);
      const record = (id: string, index: number) => recordOf(of, required, id, index);
      await store.write(async (tx) => {
        for (const index of [0, 1, 2]) {
          await insert(tx, of, record(`${index} one by one`, index));
          await insert(tx, of, record(`${index} at once`, index));
        }
        await insert(tx, of, record('stays', 0));
      });
      const noted = async (work: () => Promise<void>) => {
        const changed = await changesAfter(store.reader, 0, 1000);
        await work();
        const after = changed.at(-1)?.revision ?? 0;
        const audit = await store.reader
          .selectFrom('audit')
          .selectAll()
          .where('revision', '>', after)
          .execute();
        const parsed = audit.map((row) => ({ ...row, before: JSON.parse(row.before ?? 'null') }));
        return { changes: await changesAfter(store.reader, after, 1000), audit: parsed };
      };
      const oneByOne = await noted(() =>
        store.write(async (tx) => {
          for (const index of [0, 1, 2]) await remove(tx, of, record(`${index} one by one`, index));
        }),
      );
      const atOnce = await noted(() =>
        store.write((tx) => removeBy(tx, of, 'id', ['2 at once', '0 at once', '1 at once', 'nothing'])),
      );
      assert.deepEqual(alike(atOnce), alike(oneByOne));
      assert.equal(oneByOne.changes.length, 3);
      assert.equal(JSON.stringify(atOnce).includes(mask), of.table === 'certificates');
      assert.equal(await count(store.reader, of, { project_id: 'p' }), 1);
    } finally {
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    }
  });
}

/** Without what differs between one way of deleting and the other. */
function alike(noted: object): unknown {
  return JSON.parse(
    JSON.stringify(noted, (key, value) => {
      if (key === 'revision' || key === 'at') return undefined;
      return typeof value === 'string' ? value.replace(/ (one by one|at once)$/, '') : value;
    }),
  );
}
