import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import { beforeEach, test } from 'node:test';
import { GroupCommit } from './group-commit.ts';

/** Notes what it is told to do, and fails where the test says so. */
class FailingDatabase {
  readonly told: string[] = [];
  readonly failing = new Map<string, Error>();
  isTransaction = false;

  exec(sql: string): void {
    this.told.push(sql);
    const fault = this.failing.get(sql);
    if (fault) throw fault;
    if (sql.startsWith('BEGIN')) {
      assert.equal(this.isTransaction, false, 'a transaction is open already');
      this.isTransaction = true;
    }
    if (sql === 'COMMIT' || sql === 'ROLLBACK') this.isTransaction = false;
  }
}

let database: FailingDatabase;
let changes: number;
let committed: number;
let commits: GroupCommit;

beforeEach(() => {
  database = new FailingDatabase();
  changes = 0;
  committed = 0;
  commits = new GroupCommit(
    database as unknown as DatabaseSync,
    () => changes,
    () => committed++,
  );
});

const diskFull = Object.assign(new Error('database or disk is full'), { errcode: 13 });

test('a commit that fails fails all of its writers, and the next ones go on', async () => {
  database.failing.set('COMMIT', diskFull);
  const outcomes = await Promise.allSettled([1, 2, 3].map((value) => commits.run(async () => value)));
  for (const outcome of outcomes) assert.deepEqual(outcome, { status: 'rejected', reason: diskFull });
  assert.equal(database.told.at(-1), 'ROLLBACK');
  assert.equal(committed, 0);
  database.failing.clear();
  assert.equal(await commits.run(async () => 4), 4);
  assert.equal(committed, 1);
});

test('a transaction that can neither be committed nor undone is undone before the next one', async () => {
  database.failing.set('COMMIT', diskFull).set('ROLLBACK', new Error('disk I/O error'));
  await assert.rejects(
    commits.run(async () => 1),
    diskFull,
  );
  await assert.rejects(
    commits.run(async () => 2),
    /disk I\/O error/,
  );
  database.failing.clear();
  assert.equal(await commits.run(async () => 3), 3);
});

test('a fault that undoes the whole transaction is what its writers hear of', async () => {
  const outcomes = await Promise.allSettled([
    commits.run(async () => 1),
    commits.run(async () => {
      // SQLite rolls back by itself when the disk is full.
      database.isTransaction = false;
      database.failing.set('ROLLBACK TO writer; RELEASE writer', new Error('no such savepoint: writer'));
      throw diskFull;
    }),
  ]);
  for (const outcome of outcomes) assert.deepEqual(outcome, { status: 'rejected', reason: diskFull });
});

test('a writer that fails before it writes is the only one that hears of it, and nobody runs again', async () => {
  let runs = 0;
  const outcomes = await Promise.allSettled(
    [1, 2, 3].map((value) =>
      commits.run(async () => {
        runs++;
        if (value === 2) throw new Error('no');
        changes++;
        return value;
      }),
    ),
  );
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  assert.equal(runs, 3);
  assert.deepEqual(database.told, ['BEGIN IMMEDIATE', 'COMMIT']);
});

test('a writer that fails half-way has all of its batch run again, each in a savepoint', async () => {
  const runs: number[] = [];
  const outcomes = await Promise.allSettled(
    [1, 2, 3].map((value) =>
      commits.run(async () => {
        runs.push(value);
        changes++;
        if (value === 2) throw new Error('no');
        return value;
      }),
    ),
  );
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  assert.deepEqual(runs, [1, 2, 1, 2, 3]);
  const [first, second, third] = ['RELEASE writer', 'ROLLBACK TO writer; RELEASE writer', 'RELEASE writer'];
  assert.deepEqual(database.told, [
    ...['BEGIN IMMEDIATE', 'ROLLBACK; BEGIN IMMEDIATE'],
    ...['SAVEPOINT writer', first, 'SAVEPOINT writer', second, 'SAVEPOINT writer', third],
    'COMMIT',
  ]);
  assert.equal(committed, 1);
});

test('work that succeeds is never run twice or at the same time', async () => {
  let running = 0;
  let runs = 0;
  await Promise.all(
    Array.from({ length: 600 }, () =>
      commits.run(async () => {
        runs++;
        assert.equal(++running, 1);
        await Promise.resolve();
        running--;
      }),
    ),
  );
  assert.equal(runs, 600);
});

test('idle waits for everybody who is writing', async () => {
  let done = 0;
  for (let index = 0; index < 300; index++) {
    void commits.run(async () => {}).then(() => done++);
  }
  await commits.idle();
  assert.equal(done, 300);
});
