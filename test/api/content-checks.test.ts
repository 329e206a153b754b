/** Which contents TCP and UDP monitors take (rules digest 2.5.1); what they do is in health-types.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestControlPlane } from '../support/control-plane.ts';
import { evidence } from '../support/evidence.ts';
import { assertDone, assertRefused, makePool } from './fixtures.ts';

test('a TCP monitor keeps its content check; other types and broken HEX are refused', async () => {
  evidence('healthmonitor.content_check_enable', 'enforced');
  evidence('healthmonitor.send_content', 'enforced');
  evidence('healthmonitor.receive_content', 'enforced');
  evidence('healthmonitor.content_format', 'enforced');
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const pool = await makePool(api, { type: 'ip' });
  const base = { pool_id: pool.id, delay: 5, timeout: 3, max_retries: 3, admin_state_up: false };
  const create = (fields: object) =>
    api.post('/elb/healthmonitors', { healthmonitor: { ...base, ...fields } });
  const wrong: [object, RegExp][] = [
    [{ type: 'HTTP', content_check_enable: true }, /content_check_enable.*TCP or UDP_CONNECT/],
    [{ type: 'TCP', content_format: 'HEX', send_content: 'abc' }, /send_content.*hex digits/],
    [{ type: 'TCP', content_format: 'HEX', receive_content: 'zz' }, /receive_content.*hex digits/],
    [{ type: 'TCP', content_format: 'BASE64' }, /content_format.*TEXT, HEX/],
    [{ type: 'TCP', send_content: 'x'.repeat(65) }, /send_content.*64/],
  ];
  for (const [fields, message] of wrong) assertRefused(await create(fields), 400, 'ELB.8902', message);
  const given = {
    content_check_enable: true,
    send_content: 'ping',
    receive_content: 'pong',
    content_format: 'TEXT',
  };
  const { healthmonitor } = (await create({ type: 'TCP', ...given })).body;
  const shown = assertDone(await api.get(`/elb/healthmonitors/${healthmonitor.id}`)).healthmonitor;
  for (const [key, value] of Object.entries(given)) assert.equal(shown[key], value, key);
  assert.equal(shown.sni_enable, false);
  const cleared = { content_check_enable: null, send_content: null, content_format: null };
  const changed = assertDone(
    await api.put(`/elb/healthmonitors/${healthmonitor.id}`, { healthmonitor: cleared }),
  );
  const { content_check_enable, send_content, content_format } = changed.healthmonitor;
  assert.deepEqual([content_check_enable, send_content, content_format], [false, null, 'TEXT']);
});
