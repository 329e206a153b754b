/** The calls of jobs (rules digest 3.6). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { seedInventory, startTestControlPlane } from '../support/control-plane.ts';
import { assertDone, assertRefused, makeListener, makeLoadBalancer, places } from './fixtures.ts';

const path = '/elb/jobs';

test('a job that is not there is not found', async () => {
  await using cp = await startTestControlPlane();
  assert.deepEqual(assertDone(await cp.api.get(path)).jobs, []);
  assertRefused(await cp.api.get(`${path}/${places.nothing}`), 404, 'ELB.8904', /job .* could not be found/);
});

test('a wrong begin_time is refused', async () => {
  await using cp = await startTestControlPlane();
  for (const wrong of ['yesterday', '2026-01-31', '2026-13-31T00:00:00', '2026-01-31T00:00:00%2B01:00', '']) {
    assertRefused(
      await cp.api.get(`${path}?begin_time=${wrong}`),
      400,
      'ELB.8902',
      /'begin_time': got .*, expected a time as 2026-01-31T23:59:59, in UTC/,
    );
  }
});

/** Deletes by a job, and returns its id. */
async function startJob(
  api: ApiClient,
  kind: 'listener' | 'loadbalancer',
  ids: readonly string[],
): Promise<string> {
  return assertDone(await api.post(`/elb/${kind}s/batch-delete`, { [`${kind}_ids`]: ids }), 202).job_id;
}

test('3.6: jobs are listed by id, type, status, error code, resource and time', async () => {
  let now = new Date('2026-01-31T10:00:00Z');
  await using cp = await startTestControlPlane(seedInventory, () => now);
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  const listener = await makeListener(api, lb.id);
  const first = await startJob(api, 'listener', [listener.id]);
  now = new Date('2026-01-31T11:00:00Z');
  const second = await startJob(api, 'loadbalancer', [lb.id, places.nothing]);
  const all = [first, second].sort();
  const listed = async (query: string) =>
    assertDone(await api.get(`${path}?${query}`)).jobs.map(({ job_id }: { job_id: string }) => job_id);
  const cases: readonly [string, readonly string[]][] = [
    ['', all],
    [`job_id=${first}`, [first]],
    [`job_id=${places.nothing}`, []],
    ['job_type=batchDeleteListener', [first]],
    ['status=SUCCESS', [first]],
    ['status=FAIL', [second]],
    ['error_code=ELB.8904', [second]],
    ['error_code=ELB.8907', []],
    [`resource_id=${listener.id}`, [first]],
    [`resource_id=${lb.id}`, [second]],
    [`resource_id=${places.nothing}&status=FAIL`, [second]],
    ['begin_time=2026-01-31T10:00:00', all],
    ['begin_time=2026-01-31T10:00:00Z', all],
    ['begin_time=2026-01-31T10:00:01', [second]],
    ['begin_time=2026-01-31T11:00:01', []],
    ['job_type=nonsense', []],
  ];
  for (const [query, ids] of cases) assert.deepEqual(await listed(query), ids, query);
  assertRefused(
    await api.get(`${path}?status=DONE`),
    400,
    'ELB.8902',
    /'status': got "DONE", expected one of INIT/,
  );
  assert.deepEqual(assertDone(await cp.other.get(path)).jobs, []);
});

test('1.6: lists of jobs have pages', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const ids: string[] = [];
  for (let index = 0; index < 5; index++) ids.push(await startJob(api, 'listener', [places.nothing]));
  ids.sort();
  const page = async (query: string) => assertDone(await api.get(`${path}?${query}`));
  const first = await page('limit=2');
  assert.deepEqual(first.page_info, { previous_marker: ids[0], next_marker: ids[1], current_count: 2 });
  const last = await page(`limit=3&marker=${ids[1]}`);
  assert.deepEqual(last.page_info, { previous_marker: ids[2], current_count: 3 });
  const back = await page(`limit=2&marker=${ids[2]}&page_reverse=true`);
  assert.deepEqual(
    back.jobs.map(({ job_id }: { job_id: string }) => job_id),
    ids.slice(0, 2),
  );
  assertRefused(
    await api.get(`${path}?marker=${places.nothing}`),
    400,
    'ELB.8902',
    /'marker': there is no job/,
  );
});
