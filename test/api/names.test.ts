/** Names and descriptions: 0 to 255 characters of Unicode without NUL, kept as they are (rules digest 1.8). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestControlPlane } from '../support/control-plane.ts';
import { evidence } from '../support/evidence.ts';
import { assertDone, assertRefused, makePool } from './fixtures.ts';

test('a name of any characters is kept, shown and found', async () => {
  await using cp = await startTestControlPlane();
  const names = [
    '',
    ' ',
    'ü 名前 \n\t "quoted" \\ud83d',
    "Robert'); DROP TABLE pools;--",
    '%_*?[a-z]',
    '😀'.repeat(255),
    '__proto__',
    'x'.repeat(255),
  ];
  for (const name of names) {
    const pool = await makePool(cp.api, { type: 'ip', name, description: name });
    assert.deepEqual([pool.name, pool.description], [name, name]);
    assert.equal(assertDone(await cp.api.get(`/elb/pools/${pool.id}`)).pool.name, name);
    const found = assertDone(await cp.api.get(`/elb/pools?name=${encodeURIComponent(name)}`)).pools;
    assert.deepEqual(
      found.map(({ id }: { id: string }) => id),
      [pool.id],
      JSON.stringify(name),
    );
  }
});

test('a name of 256 characters is refused', async () => {
  evidence('loadbalancer.name', 'enforced');
  await using cp = await startTestControlPlane();
  for (const name of ['x'.repeat(256), '😀'.repeat(256)]) {
    assertRefused(
      await cp.api.post('/elb/pools', {
        pool: { protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', type: 'ip', name },
      }),
      400,
      'ELB.8902',
      /pool\.name.*text of 0 to 255 characters/,
    );
  }
});
