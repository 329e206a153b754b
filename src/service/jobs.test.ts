/** Jobs as services record them. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { invalid, notFound } from '../model/errors.ts';
import { readSetting, writeSetting } from '../store/settings.ts';
import { Store } from '../store/store.ts';
import { Inventory } from './inventory.ts';
import { listJobs, recordJob, refusalOf, showJob } from './jobs.ts';
import type { LiveRegion } from './region.ts';
import { Secrets } from './secrets.ts';

const projectId = 'p';
const everything = { marker: undefined, limit: 2000, reverse: false, conditions: [] };

interface OpenRegion extends AsyncDisposable {
  readonly region: LiveRegion;
}

async function openRegion(clock: () => Date): Promise<OpenRegion> {
  const directory = mkdtempSync(join(tmpdir(), 'elbow-jobs-'));
  const store = await Store.open({ directory, clock });
  const inventory = new Inventory({}, [{ id: projectId, name: 'local-1' }]);
  return {
    region: { store, inventory, secrets: new Secrets('key') },
    [Symbol.asyncDispose]: async () => {
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A batch in which the second of two listeners was not there. */
const halfDone = {
  job_type: 'batchDeleteListener',
  resource_id: null,
  sub_jobs: [
    { resource_id: 'a', entities: [{ resource_id: 'a', resource_type: 'listener' }], failure: null },
    { resource_id: 'b', entities: [], failure: notFound('listener', 'b') },
  ],
} as const;

test('a job is FAIL with the first failure when one of its sub jobs failed', async () => {
  await using open = await openRegion(() => new Date('2026-01-31T10:00:00.500Z'));
  const { region } = open;
  const id = await region.store.write((tx) => recordJob(tx, projectId, halfDone));
  const times = { begin_time: '2026-01-31T10:00:00Z', end_time: '2026-01-31T10:00:00Z' };
  const common = { ...times, project_id: projectId, job_type: 'batchDeleteListener' };
  const failed = { status: 'FAIL', error_code: 'ELB.8904', error_msg: 'listener b could not be found.' };
  const { sub_jobs, ...main } = await showJob(region, projectId, id);
  assert.deepEqual(main, { ...common, ...failed, id, resource_id: null });
  assert.deepEqual(
    sub_jobs.map(({ job_id, ...rest }) => rest),
    [
      {
        ...common,
        ...{ status: 'SUCCESS', error_code: null, error_msg: null },
        resource_id: 'a',
        entities: [{ resource_id: 'a', resource_type: 'listener' }],
      },
      { ...common, ...failed, resource_id: 'b', entities: [] },
    ],
  );
  assert.equal(new Set([id, ...sub_jobs.map(({ job_id }) => job_id)]).size, 3);
});

test('a job is SUCCESS when all its sub jobs are, whose type may be a step of it', async () => {
  await using open = await openRegion(() => new Date());
  const { region } = open;
  const done = { job_type: 'UPGRADE_INIT', resource_id: 'a', entities: [], failure: null } as const;
  const id = await region.store.write((tx) =>
    recordJob(tx, projectId, { job_type: 'UPGRADE', resource_id: 'a', sub_jobs: [done] }),
  );
  const job = await showJob(region, projectId, id);
  assert.deepEqual([job.status, job.error_code, job.resource_id], ['SUCCESS', null, 'a']);
  assert.deepEqual(
    job.sub_jobs.map(({ job_type }) => job_type),
    ['UPGRADE_INIT'],
  );
  await assert.rejects(showJob(region, 'another project', id), { code: 'ELB.8904' });
});

test('a part that is refused writes nothing and lets the others stand; other errors undo them all', async () => {
  await using open = await openRegion(() => new Date());
  const { region } = open;
  const done = await region.store.write(async (tx) => {
    const write = (key: string, error: Error | null) =>
      refusalOf(region, tx, async (joined) => {
        await joined.store.write((inner) => writeSetting(inner, key, 'written'));
        if (error) throw error;
      });
    return [
      await write('first', null),
      await write('second', invalid('x', 'no.')),
      await write('third', null),
    ];
  });
  assert.deepEqual(
    done.map((refusal) => refusal?.code ?? null),
    [null, 'ELB.8902', null],
  );
  const written = (key: string) => readSetting(region.store.reader, key);
  assert.deepEqual(
    [await written('first'), await written('second'), await written('third')],
    ['written', undefined, 'written'],
  );
  const broken = region.store.write(async (tx) => {
    await writeSetting(tx, 'fourth', 'written');
    await refusalOf(region, tx, () => Promise.reject(new Error('broken')));
  });
  await assert.rejects(broken, /^Error: broken$/);
  assert.equal(await written('fourth'), undefined);
});

test('O17: a job is forgotten after 30 days, and a list may still go on from it', async () => {
  let now = new Date('2026-01-01T00:00:00Z');
  await using open = await openRegion(() => now);
  const { region } = open;
  const ids = [await region.store.write((tx) => recordJob(tx, projectId, halfDone))];
  now = new Date('2026-01-02T00:00:00Z');
  ids.push(await region.store.write((tx) => recordJob(tx, projectId, halfDone)));
  const kept = async () => (await listJobs(region, projectId, everything)).records.map(({ id }) => id);
  now = new Date('2026-01-30T23:59:59Z');
  await region.store.trim();
  assert.deepEqual((await kept()).sort(), [...ids].sort());
  now = new Date('2026-01-31T00:00:01Z');
  await region.store.trim();
  assert.deepEqual(await kept(), [ids[1]]);
  await listJobs(region, projectId, { ...everything, marker: ids[0] });
});
