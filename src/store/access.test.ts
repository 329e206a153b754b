import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { type IpGroup, ipGroup } from '../model/ip-group.ts';
import { type Access, type Area, covers, type Extent } from './access.ts';
import { ownOrigin } from './origin.ts';
import { page } from './pages.ts';
import { removeBy } from './row-sets.ts';
import { find, insert } from './rows.ts';
import { Store } from './store.ts';

const projects = ['0', 'ep-1', 'ep-2'];
const ids = Array.from({ length: 12 }, (_, index) => `id-${String(index).padStart(2, '0')}`);
const records = ids.map((id, index) => ({ id, enterprise_project_id: projects[index % 3] ?? '0' }));

const area: fc.Arbitrary<Area> = fc.record({
  enterpriseProjectId: fc.constantFrom(null, ...projects),
  ids: fc.option(
    fc.subarray(ids).map((some) => new Set(some)),
    { nil: null },
  ),
});
const extents: fc.Arbitrary<Extent> = fc.record({
  allowed: fc.array(area, { maxLength: 3 }),
  denied: fc.array(area, { maxLength: 2 }),
});

/** Of one extent, whatever is done. */
function accessTo(extent: Extent): Access {
  const refuse = (record: { id: string; enterprise_project_id?: string | null }) => {
    if (!covers(extent, record)) throw new Error(`not ${record.id}`);
  };
  return {
    sees: (_, record) => covers(extent, record),
    listed: () => extent,
    checkWrite: (_, record) => refuse(record),
    check: (_, record) => refuse(record),
  };
}

async function withStore(work: (store: Store) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'elbow-access-'));
  const store = await Store.open({ directory });
  try {
    await store.write(async (tx) => {
      for (const record of records) {
        await insert(tx, ipGroup, {
          ...record,
          project_id: 'p',
          name: 'a',
          ip_list: [],
        } as unknown as IpGroup);
      }
    });
    await work(store);
  } finally {
    await store.close();
    rmSync(directory, { recursive: true });
  }
}

test('pages in either direction have the records of the extent, and others are not found', async () => {
  await withStore(async (store) => {
    const asked = fc.record({
      marker: fc.option(fc.constantFrom(...ids), { nil: undefined }),
      limit: fc.integer({ min: 1, max: 13 }),
      reverse: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(extents, asked, async (extent, { marker, limit, reverse }) => {
        const seen = records.filter((record) => covers(extent, record)).map(({ id }) => id);
        const beyond = seen.filter((id) => marker === undefined || (reverse ? id < marker : id > marker));
        await store.runAs(
          ownOrigin('test'),
          async () => {
            const request = { projectId: 'p', conditions: [], marker, limit, reverse };
            const shown = await page(store.reader, ipGroup, request);
            const expected = reverse ? beyond.slice(-limit) : beyond.slice(0, limit);
            assert.deepEqual(
              shown.records.map(({ id }) => id),
              expected,
            );
            assert.equal(shown.more, beyond.length > limit);
            for (const id of ids) {
              assert.equal((await find(store.reader, ipGroup, 'p', id)) !== undefined, seen.includes(id));
            }
          },
          accessTo(extent),
        );
      }),
      { numRuns: 300 },
    );
  });
});

test('many rows that go at once are checked one by one, and none goes when one may not', async () => {
  await withStore(async (store) => {
    const extent = { allowed: [{ enterpriseProjectId: 'ep-1', ids: null }], denied: [] };
    const removing = (column: 'id' | 'enterprise_project_id', values: readonly string[]) =>
      store.runAs(
        ownOrigin('test'),
        () => store.write((tx) => removeBy(tx, ipGroup, column, values)),
        accessTo(extent),
      );
    await assert.rejects(removing('id', ids), /not id-00/);
    const all = { projectId: 'p', conditions: [], marker: undefined, limit: 100, reverse: false };
    assert.equal((await page(store.reader, ipGroup, all)).records.length, ids.length);
    await removing('enterprise_project_id', ['ep-1']);
    assert.equal((await page(store.reader, ipGroup, all)).records.length, ids.length - 4);
  });
});

test('what no call began, and what comes after one, may do everything', async () => {
  await withStore(async (store) => {
    const none = accessTo({ allowed: [], denied: [] });
    const during = await store.runAs(
      ownOrigin('test'),
      () => find(store.reader, ipGroup, 'p', 'id-00'),
      none,
    );
    assert.equal(during, undefined);
    assert.ok(await find(store.reader, ipGroup, 'p', 'id-00'));
    const together = await Promise.all([
      store.runAs(ownOrigin('test'), () => store.write((tx) => find(tx.db, ipGroup, 'p', 'id-00')), none),
      store.write((tx) => find(tx.db, ipGroup, 'p', 'id-00')),
    ]);
    assert.deepEqual(
      together.map((found) => found?.id),
      [undefined, 'id-00'],
    );
  });
});
