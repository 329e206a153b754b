import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { sql } from 'kysely';
import { changesAfter, currentRevision, recordChange, trimChanges, wasDeleted } from './change-log.ts';
import { DirectoryInUse } from './directory-lock.ts';
import { Joined } from './joined.ts';
import { NewerDatabase } from './migrate.ts';
import { type Origin, ownOrigin } from './origin.ts';
import { readSetting, writeSetting } from './settings.ts';
import { Store } from './store.ts';
import type { Writer } from './transaction.ts';

let directory: string;

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'elbow-store-')), 'data');
});

afterEach(() => rmSync(join(directory, '..'), { recursive: true, force: true }));

describe('writers', () => {
  test('that wait at the same time share a transaction, and all are answered after it', async () => {
    await using store = await opened();
    let commits = 0;
    store.onCommit(() => commits++);
    const answered = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        await store.write((tx) => writeSetting(tx, `key ${index}`, 'value'));
        return commits;
      }),
    );
    assert.deepEqual([...new Set(answered)], [1]);
  });

  test('of one batch each know who has it made, whatever they await', async () => {
    await using store = await opened();
    let commits = 0;
    store.onCommit(() => commits++);
    const originOf = (name: string): Origin => ({ ...ownOrigin(name), user: { id: name, name } });
    const names = Array.from({ length: 50 }, (_, index) => `user ${index}`);
    const seen = await Promise.all(
      names.map((name) =>
        store.runAs(originOf(name), async () => {
          const first = await store.write(async ({ db, origin }) => {
            await readSetting(db, 'key');
            return origin;
          });
          const second = await store.write(async ({ origin }) => origin);
          return [first, second].map(({ user }) => user?.name);
        }),
      ),
    );
    assert.deepEqual(
      seen,
      names.map((name) => [name, name]),
    );
    assert.equal(commits, 2, 'all shared one transaction, and then another');
    assert.deepEqual(await store.write(async ({ origin }) => origin), ownOrigin(null));
  });

  test('keep coming in batches of a bounded size', async () => {
    await using store = await opened();
    let commits = 0;
    store.onCommit(() => commits++);
    await Promise.all(Array.from({ length: 1000 }, (_, index) => store.write(() => Promise.resolve(index))));
    assert.ok(commits >= 4 && commits < 20, `${commits} commits`);
  });

  test('that join a transaction commit with it, and undo only their own writes when they throw', async () => {
    await using store = await opened();
    await store.write(async (tx) => {
      const joined = new Joined(tx, store);
      await joined.write((inner) => writeSetting(inner, 'kept', 'value'));
      const failing = joined.write(async (inner) => {
        await writeSetting(inner, 'undone', 'value');
        await new Joined(inner, store).write((innermost) => writeSetting(innermost, 'undone too', 'value'));
        throw new Error('no');
      });
      await assert.rejects(failing, /^Error: no$/);
      assert.equal(await readSetting(joined.reader, 'kept'), 'value');
      assert.equal(await readSetting(store.reader, 'kept'), undefined);
    });
    assert.equal(await readSetting(store.reader, 'kept'), 'value');
    assert.equal(await readSetting(store.reader, 'undone'), undefined);
    assert.equal(await readSetting(store.reader, 'undone too'), undefined);
  });

  test('that fail undo what they wrote, and nothing of the others in their transaction', async () => {
    await using store = await opened();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) =>
        store.write(async (tx) => {
          await writeSetting(tx, `key ${index}`, 'value');
          await note(tx, `id ${index}`);
          if (index % 2 === 0) throw new Error(`no ${index}`);
          return index;
        }),
      ),
    );
    for (const [index, outcome] of outcomes.entries()) {
      assert.equal(outcome.status, index % 2 === 0 ? 'rejected' : 'fulfilled');
      const value = await readSetting(store.reader, `key ${index}`);
      assert.equal(value, index % 2 === 0 ? undefined : 'value');
    }
    const noted = await changesAfter(store.reader, 0, 100);
    assert.deepEqual(
      noted.map(({ id }) => id),
      ['id 1', 'id 3', 'id 5', 'id 7', 'id 9'],
    );
  });

  test('see what those before them in the same transaction wrote', async () => {
    await using store = await opened();
    const seen = await Promise.all([
      store.write((tx) => writeSetting(tx, 'key', 'of the first')),
      store.write((tx) => readSetting(tx.db, 'key')),
    ]);
    assert.equal(seen[1], 'of the first');
  });

  test('do not show readers what is not committed', async () => {
    await using store = await opened();
    await store.write((tx) => writeSetting(tx, 'key', 'before'));
    const within = await store.write(async (tx) => {
      await writeSetting(tx, 'key', 'after');
      return readSetting(store.reader, 'key');
    });
    assert.equal(within, 'before');
    assert.equal(await readSetting(store.reader, 'key'), 'after');
  });
});

describe('a disk that is full', () => {
  test('fails every writer of the batch, changes nothing, and is got over', async () => {
    await using store = await opened();
    await store.write((tx) => writeSetting(tx, 'before', 'kept'));
    const full = pagesOf(join(directory, 'elbow.db'));
    await store.write(({ db }) => pragma(`max_page_count = ${full}`).execute(db));
    const outcomes = await Promise.allSettled([
      store.write((tx) => writeSetting(tx, 'big', 'x'.repeat(100_000))),
      store.write((tx) => note(tx, 'id')),
    ]);
    assert.equal(outcomes[0].status, 'rejected');
    assert.equal(await readSetting(store.reader, 'before'), 'kept');
    assert.equal(await readSetting(store.reader, 'big'), undefined);
    await store.write(({ db }) => pragma('max_page_count = 1000000').execute(db));
    await store.write((tx) => writeSetting(tx, 'big', 'x'.repeat(100_000)));
    assert.equal((await readSetting(store.reader, 'big'))?.length, 100_000);
  });
});

describe('the data directory', () => {
  test('is made for its owner alone', async () => {
    await using _store = await opened();
    assert.equal(statSync(directory).mode & 0o777, 0o700);
  });

  test('is refused to a second store while the first holds it, and given after it', async () => {
    const first = await Store.open({ directory });
    await assert.rejects(Store.open({ directory }), (error) => {
      assert.ok(error instanceof DirectoryInUse);
      assert.match(error.message, /in use by another elbow process.*--data/);
      assert.ok(error.message.includes(directory));
      return true;
    });
    await first.close();
    await using _second = await opened();
  });

  test('keeps its store’s name and revisions from one opening to the next', async () => {
    const first = await Store.open({ directory });
    await first.write((tx) => note(tx, 'id'));
    const revision = await currentRevision(first.reader);
    await first.close();
    await using second = await opened();
    assert.equal(second.id, first.id);
    assert.equal(await currentRevision(second.reader), revision);
  });

  test('of a newer version is refused, and can be opened by that version afterwards', async () => {
    await (await Store.open({ directory })).close();
    const database = new DatabaseSync(join(directory, 'elbow.db'));
    const current = database.prepare('SELECT version FROM schema_version').get()?.['version'];
    database.exec('UPDATE schema_version SET version = 1000');
    database.close();
    await assert.rejects(Store.open({ directory }), (error) => {
      assert.ok(error instanceof NewerDatabase);
      assert.match(error.message, /version 1000.*newer Elbow/);
      return true;
    });
    const reopened = new DatabaseSync(join(directory, 'elbow.db'));
    assert.equal(reopened.prepare('SELECT version FROM schema_version').get()?.['version'], 1000);
    reopened.exec(`UPDATE schema_version SET version = ${current}`);
    reopened.close();
    await using _store = await opened();
  });
});

describe('the change log', () => {
  test('remembers deletions for a day, and its newest revision for good', async () => {
    let now = new Date('2026-01-31T00:00:00Z');
    await using store = await opened(() => now);
    await store.write((tx) => note(tx, 'gone', 'delete'));
    const revision = await currentRevision(store.reader);
    now = new Date('2026-01-31T23:00:00Z');
    await store.write(trimChanges);
    assert.equal(await wasDeleted(store.reader, 'member', 'p', 'gone'), true);
    assert.equal(await wasDeleted(store.reader, 'member', 'another project', 'gone'), false);
    now = new Date('2026-02-02T00:00:00Z');
    await store.write((tx) => note(tx, 'newer'));
    await store.trim();
    assert.equal(await wasDeleted(store.reader, 'member', 'p', 'gone'), false);
    now = new Date('2026-03-01T00:00:00Z');
    await store.trim();
    assert.equal(await currentRevision(store.reader), revision + 1);
  });
});

/** Closed at the end of its block, failed or not. */
async function opened(clock?: () => Date): Promise<Store & AsyncDisposable> {
  const store = await Store.open({ directory, ...(clock ? { clock } : {}) });
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.close() });
}

function note(tx: Writer, id: string, operation: 'create' | 'delete' = 'create'): Promise<void> {
  return recordChange(tx, { project_id: 'p', type: 'member', id, parent_id: null, operation }, null);
}

function pragma(text: string) {
  return sql`PRAGMA ${sql.raw(text)}`;
}

function pagesOf(path: string): number {
  const database = new DatabaseSync(path, { readOnly: true });
  const row = database.prepare('PRAGMA page_count').get();
  database.close();
  return Number(row?.['page_count']);
}
