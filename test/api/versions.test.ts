import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestControlPlane } from '../support/control-plane.ts';

test('the versions of the API are those served whole, told to anyone', async () => {
  await using controlPlane = await startTestControlPlane();
  const response = await fetch(`${controlPlane.url}/versions`);
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { versions: [{ id: 'v3', status: 'CURRENT' }] });
});
