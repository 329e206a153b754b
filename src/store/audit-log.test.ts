import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type Member, member } from '../model/member.ts';
import { draft } from '../model/resource.ts';
import { type AuditRequest, auditPage } from './audit-pages.ts';
import { changesAfter, recordChange } from './change-log.ts';
import { migrate } from './migrate.ts';
import { insert, update } from './rows.ts';
import type { AuditRow, Tables } from './schema.ts';
import { queriesOver } from './sqlite-dialect.ts';
import { Store } from './store.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'elbow-audit-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const record: Member = {
  ...draft(member, {}),
  id: 'm',
  project_id: 'p',
  pool_id: 'pool',
  operating_status: 'ONLINE',
  verdict: 'ONLINE',
  server_state: 'none',
};

const request: AuditRequest = {
  ...{ projectIds: ['p'], match: {}, from: undefined, to: undefined },
  ...{ marker: undefined, limit: 2000, reverse: false },
};

test('a change of health is in the change log, and not in the audit: members that flap would fill it', async () => {
  await using store = await opened();
  await store.write((tx) => insert(tx, member, record));
  await store.write((tx) => update(tx, member, record, { verdict: 'OFFLINE', operating_status: 'OFFLINE' }));
  await store.write((tx) => update(tx, member, record, { verdict: 'OFFLINE', weight: 5 }));
  assert.equal((await changesAfter(store.reader, 0, 10)).length, 3);
  const { records } = await auditPage(store.reader, request);
  assert.deepEqual(
    records.map(({ operation, before }) => [operation, before]),
    [
      ['update', '{"weight":1}'],
      ['create', null],
    ],
  );
  const created = JSON.parse(records[1]?.after ?? '');
  assert.equal(created.pool_id, 'pool');
  for (const key of ['operating_status', 'verdict', 'reason', 'updated_at', 'status']) {
    assert.ok(!(key in created), key);
  }
});

test('a change is kept alike in whatever order its values are named', async () => {
  await using store = await opened();
  const names = ['project_id', 'type', 'id', 'parent_id', 'operation'] as const;
  const values = { project_id: 'p', type: 't', id: 'i', parent_id: null, operation: 'create' } as const;
  for (let turn = 0; turn < names.length; turn++) {
    const turned = [...names.slice(turn), ...names.slice(0, turn)].map((name) => [name, values[name]]);
    await store.write((tx) =>
      recordChange(tx, Object.fromEntries(turned), { before: null, after: { turn } }),
    );
  }
  const { records } = await auditPage(store.reader, request);
  assert.equal(records.length, names.length);
  for (const { project_id, type, id, parent_id, operation } of records) {
    assert.deepEqual({ project_id, type, id, parent_id, operation }, values);
  }
});

test('what is older than the days that it is kept goes, however much it is', async () => {
  let now = new Date('2026-01-01T00:00:00Z');
  await using store = await opened(() => now);
  await Promise.all(
    Array.from({ length: 1200 }, (_, index) =>
      store.write((tx) => insert(tx, member, { ...record, id: `old ${index}`, address: `${index}` })),
    ),
  );
  now = new Date('2026-01-11T00:00:00Z');
  await store.write((tx) => insert(tx, member, { ...record, id: 'young' }));
  await store.trim();
  assert.equal((await auditPage(store.reader, request)).records.length, 1201);
  now = new Date('2026-01-11T00:00:01Z');
  await store.trim();
  assert.deepEqual(
    (await auditPage(store.reader, request)).records.map(({ id }) => id),
    ['young'],
  );
});

describe('a page', () => {
  test('of large records ends early and says that there are more', async () => {
    await using store = await opened();
    const name = 'x'.repeat(100_000);
    await store.write(async (tx) => {
      for (let index = 0; index < 250; index++) {
        await insert(tx, member, { ...record, id: `${index}`, address: `${index}`, name });
      }
    });
    const pages: AuditRow[][] = [];
    for (let marker: AuditRow | undefined, more = true; more; marker = pages.at(-1)?.at(-1)) {
      const page = await auditPage(store.reader, { ...request, marker });
      pages.push([...page.records]);
      more = page.more;
    }
    assert.deepEqual(
      pages.map(({ length }) => length),
      [100, 100, 50],
    );
    const ids = pages.flat().map(({ revision }) => revision);
    assert.deepEqual(
      ids,
      Array.from({ length: 250 }, (_, index) => 250 - index),
    );
  });

  test('is read in the order of an index, whatever it is filtered by', async () => {
    const database = new DatabaseSync(':memory:');
    const db = queriesOver<Tables>(database);
    await migrate(db as Parameters<typeof migrate>[0]);
    const prepare = database.prepare.bind(database);
    const asked: string[] = [];
    database.prepare = (sql: string) => {
      asked.push(sql);
      return prepare(sql);
    };
    const matches: AuditRequest['match'][] = [
      ...[{}, { type: 'member' }, { id: 'i' }, { operation: 'delete' as const }, { user_name: 'u' }],
      ...[{ request_id: 'r' }, { type: 'member', operation: 'create' as const, user_name: 'u' }],
    ];
    for (const match of matches) {
      for (const reverse of [false, true]) {
        for (const marker of [undefined, { at: 1, revision: 1 }]) {
          await auditPage(db, { ...request, match, reverse, marker, from: 1, to: 2 });
        }
      }
    }
    assert.equal(asked.length, matches.length * 4);
    for (const sql of asked) {
      const plan = prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...Array.from({ length: sql.split('?').length - 1 }, () => 1))
        .map(({ detail }) => String(detail));
      assert.equal(plan.length, 1, `${plan}: ${sql}`);
      assert.match(plan[0] ?? '', /^SEARCH audit USING INDEX audit_by_/, sql);
    }
    database.close();
  });
});

async function opened(clock?: () => Date): Promise<Store & AsyncDisposable> {
  const store = await Store.open({ directory, auditDays: 10, ...(clock ? { clock } : {}) });
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.close() });
}
