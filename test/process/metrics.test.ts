/** Traffic through the real command, as both `/metrics` tell of it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { answerOf, balance, NamedMember } from '../support/balanced.ts';
import { ElbowProcess } from '../support/elbow-process.ts';
import { Exposition } from '../support/exposition.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';

test('requests are counted over all workers, at the control plane and at the proxy itself', async () => {
  await using member = await NamedMember.start('a');
  const port = await freePort();
  await using elbow = await ElbowProcess.start(['--workers', '2'], { ELBOW_METRICS: `127.0.0.1:${port}` });
  const { metrics_token } = JSON.parse(readFileSync(join(elbow.directory, 'credentials.json'), 'utf8'));
  const scrape = async (url: string) => {
    const response = await fetch(url, { headers: { authorization: `Bearer ${metrics_token}` } });
    assert.equal(response.status, 200);
    return new Exposition(await response.text());
  };
  const balanced = await balance(elbow.api, [member]);
  await until(async () => (await answerOf(balanced.url)) === 'a');
  const before = 1;
  for (let count = before; count < 20; count += 1) assert.equal(await answerOf(balanced.url), 'a');
  for (const url of [`${elbow.api.url}/metrics`, `http://127.0.0.1:${port}/metrics`]) {
    const labels = { listener_id: balanced.listenerId, code: '2xx' };
    await until(async () => ((await scrape(url)).value('elbow_listener_requests_total', labels) ?? 0) >= 20);
    const last = await scrape(url);
    assert.equal(last.value('elbow_listener_requests_total', labels), 20, 'none twice');
    assert.equal(
      last.value('elbow_member_answers_total', { member_id: balanced.memberIds[0] ?? '', code: '2xx' }),
      20,
    );
    assert.equal(last.value('elbow_pool_answer_seconds_count', { pool_id: balanced.poolId }), 20);
  }
  assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 404);
});
