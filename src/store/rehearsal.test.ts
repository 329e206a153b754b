import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { currentRevision, recordChange } from './change-log.ts';
import { type Origin, ownOrigin } from './origin.ts';
import { readSetting, writeSetting } from './settings.ts';
import { Store } from './store.ts';
import type { Writer } from './transaction.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'elbow-rehearsal-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Writes a setting and notes it as a change. */
async function put(tx: Writer, key: string, value = 'value'): Promise<void> {
  await writeSetting(tx, key, value);
  const change = { project_id: 'p', type: 'member', id: key, parent_id: null, operation: 'create' } as const;
  await recordChange(tx, change, { before: null, after: { value } });
}

test('a rehearsal reads what it has written, and leaves nothing: no row, no revision, no wake-up', async () => {
  await using store = await opened();
  await store.write((tx) => put(tx, 'before'));
  let commits = 0;
  store.onCommit(() => commits++);
  const seen = await store.rehearse(async ({ db }) => {
    await store.write((tx) => put(tx, 'first'));
    const read = await readSetting(store.reader, 'first');
    await store.write((tx) => put(tx, 'second', `${read} again`));
    assert.equal(await currentRevision(db), 3);
    return readSetting(store.reader, 'second');
  });
  assert.equal(seen, 'value again');
  assert.equal(commits, 0);
  for (const key of ['first', 'second']) assert.equal(await readSetting(store.reader, key), undefined);
  assert.equal(await currentRevision(store.reader), 1);
  await store.write((tx) => put(tx, 'after'));
  assert.equal(await currentRevision(store.reader), 2, 'no revision was skipped');
  assert.equal(commits, 1);
});

test('writers beside a rehearsal commit, are not seen by it unless they came before, and do not see it', async () => {
  await using store = await opened();
  let commits = 0;
  store.onCommit(() => commits++);
  const [, seen] = await Promise.all([
    store.write((tx) => put(tx, 'earlier')),
    store.rehearse(async () => {
      await store.write((tx) => put(tx, 'rehearsed'));
      return Promise.all(['earlier', 'later'].map((key) => readSetting(store.reader, key)));
    }),
    store.write(async (tx) => {
      assert.equal(await readSetting(tx.db, 'rehearsed'), undefined);
      await put(tx, 'later');
    }),
  ]);
  assert.deepEqual(seen, ['value', undefined]);
  assert.equal(commits, 1, 'all in one transaction');
  for (const key of ['earlier', 'later']) assert.equal(await readSetting(store.reader, key), 'value');
  assert.equal(await readSetting(store.reader, 'rehearsed'), undefined);
  assert.equal(await currentRevision(store.reader), 2);
});

test('readers and writers of other calls stay outside of a rehearsal that waits for something', async () => {
  await using store = await opened();
  const begun = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const rehearsed = store.rehearse(async () => {
    await store.write((tx) => put(tx, 'key', 'rehearsed'));
    begun.resolve();
    await goOn.promise;
    return readSetting(store.reader, 'key');
  });
  await begun.promise;
  assert.equal(await readSetting(store.reader, 'key'), undefined);
  const written = store.write((tx) => put(tx, 'key', 'written'));
  goOn.resolve();
  assert.equal(await rehearsed, 'rehearsed');
  await written;
  assert.equal(await readSetting(store.reader, 'key'), 'written');
});

test('what its work throws comes out, as does what one of its writes throws', async () => {
  await using store = await opened();
  const outcome = store.rehearse(async () => {
    await store.write((tx) => put(tx, 'kept until the end'));
    await store.write(async (tx) => {
      await put(tx, 'undone at once');
      throw new Error('no');
    });
  });
  await assert.rejects(outcome, /^Error: no$/);
  assert.equal(await currentRevision(store.reader), 0);
  const caught = await store.rehearse(async () => {
    const failing = store.write(async (tx) => {
      await put(tx, 'undone');
      throw new Error('no');
    });
    await failing.catch(() => {});
    await store.write((tx) => put(tx, 'there'));
    return Promise.all(['undone', 'there'].map((key) => readSetting(store.reader, key)));
  });
  assert.deepEqual(caught, [undefined, 'value']);
});

test('its writes run one after the other, in its own name, and none after its end', async () => {
  await using store = await opened();
  let running = 0;
  let late = () => Promise.resolve();
  const origins = await store.runAs(ownOrigin('task'), () =>
    store.rehearse(async () => {
      late = () => store.write((tx) => put(tx, 'late'));
      return Promise.all(
        [1, 2, 3].map((number) =>
          store.write(async (tx) => {
            assert.equal(++running, 1);
            await put(tx, `key ${number}`);
            running--;
            return tx.origin.operationId;
          }),
        ),
      );
    }),
  );
  assert.deepEqual(origins, ['task', 'task', 'task']);
  let forgotten: Promise<unknown> = Promise.resolve();
  await store.rehearse(async () => {
    forgotten = store.write((tx) => put(tx, 'forgotten'));
  });
  await forgotten;
  const outlived = Promise.withResolvers<void>();
  let outliving: Promise<unknown> = Promise.resolve();
  await store.rehearse(async () => {
    outliving = outlived.promise.then(() => store.write((tx) => put(tx, 'outliving')));
  });
  outlived.resolve();
  await assert.rejects(outliving, /after the rehearsal it belongs to: a call must await/);
  assert.equal(await currentRevision(store.reader), 0);
  await late();
  assert.equal(
    await readSetting(store.reader, 'late'),
    'value',
    'outside of it, it is a write like any other',
  );
});

test('who hears of a commit is in no call, also when a rehearsal began the batch', async () => {
  await using store = await opened();
  const heard = Promise.withResolvers<Promise<Origin>>();
  const unsubscribe = store.onCommit(() => {
    unsubscribe();
    heard.resolve(store.write(async ({ origin }) => origin));
  });
  await store.runAs(ownOrigin('task'), () =>
    Promise.all([
      store.rehearse(() => store.write((tx) => put(tx, 'written', 'rehearsed'))),
      store.write((tx) => put(tx, 'written')),
    ]),
  );
  assert.deepEqual(await heard.promise, ownOrigin(null));
  assert.equal(await readSetting(store.reader, 'written'), 'value');
});

async function opened(): Promise<Store & AsyncDisposable> {
  const store = await Store.open({ directory });
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.close() });
}
