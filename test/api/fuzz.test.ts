/**
 * Whatever is sent to whichever operation of the OpenAPI document. `npm run fuzz` sends a hundred thousand requests
 * to a process of its own; ELBOW_FUZZ_REQUESTS and ELBOW_FUZZ_SEED set how many are sent here, and which.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzz } from '../fuzz/campaign.ts';
import { inventory } from '../fuzz/ground.ts';
import { startTestControlPlane } from '../support/control-plane.ts';

const { ELBOW_FUZZ_REQUESTS: requests = '3000', ELBOW_FUZZ_SEED: seed } = process.env;

test('whatever is sent to whichever operation, nothing fails inside and every refusal says why', async () => {
  await using controlPlane = await startTestControlPlane(inventory);
  const names = Object.getOwnPropertyNames(Object.prototype);
  const report = await fuzz({
    url: controlPlane.url,
    requests: Number(requests),
    seed: seed === undefined ? undefined : Number(seed),
  });
  assert.ok(report.sent >= Number(requests));
  assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), names, 'no body reaches a prototype');
});
