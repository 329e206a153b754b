import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));

test('the demo shows traffic by weight, a member going OFFLINE and coming back, and leaves nothing', async (t) => {
  const temporary = mkdtempSync(join(tmpdir(), 'elbow-test-demo-'));
  t.after(() => rmSync(temporary, { recursive: true, force: true }));
  const { stdout } = await promisify(execFile)(process.execPath, [main, 'demo'], {
    timeout: 60_000,
    env: { ...process.env, TMPDIR: temporary },
  });
  const shares = [...stdout.matchAll(/(red|green|blue) +█* (\d+)/g)].map(
    ([, name, count]) => `${name} ${count}`,
  );
  assert.deepEqual(shares.slice(0, 3), ['red 30', 'green 20', 'blue 10']);
  assert.deepEqual(shares.slice(3, 6), ['red 45', 'green 0', 'blue 15']);
  assert.match(stdout, /The API says OFFLINE after [\d.]+ s: CONNECT_REFUSED\./);
  assert.match(stdout, /The API says ONLINE after/);
  assert.doesNotMatch(stdout, /[1-9]\d* failed/);
  const address = /load balancer {2}(\S+)/.exec(stdout)?.[1];
  await assert.rejects(fetch(`http://${address}:8080/`), 'nothing listens any more');
  assert.deepEqual(readdirSync(temporary), []);
});
