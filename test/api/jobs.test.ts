/** The calls of jobs (rules digest 3.6). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestControlPlane } from '../support/control-plane.ts';
import { assertDone, assertRefused, places } from './fixtures.ts';

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
