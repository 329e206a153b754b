/** What refusals say: in words that a reader who does not know the code can act on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestControlPlane } from '../support/control-plane.ts';
import { assertRefused, makeListener, makeLoadBalancer, makeRoad } from './fixtures.ts';

test('what text may be is said in words, not as a pattern', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const { listener, pool } = await makeRoad(api);
  const policy = (fields: object) => [
    '/elb/l7policies',
    { l7policy: { listener_id: listener.id, ...fields } },
  ];
  const monitor = { pool_id: pool.id, type: 'HTTP', delay: 5, timeout: 3, max_retries: 3 };
  for (const [[path, body], expected] of [
    [
      ['/elb/healthmonitors', { healthmonitor: { ...monitor, url_path: 'x' } }],
      /url_path': got "x", expected text of 1 to 80 characters: "\/", then letters, digits and any of \/\.%/,
    ],
    [
      ['/elb/healthmonitors', { healthmonitor: { ...monitor, domain_name: '-' } }],
      /domain_name': got "-", expected text of 1 to 100 characters: letters, digits, "\." and "-", the first/,
    ],
    [
      policy({ action: 'FIXED_RESPONSE', fixed_response_config: { status_code: '999' } }),
      /status_code': got "999", expected text: a status that begins with 2, 4 or 5\./,
    ],
    [
      policy({ action: 'REDIRECT_TO_URL', redirect_url_config: { status_code: '301', path: 'x' } }),
      /path': got "x", expected text of 0 to 128 characters: \$\{path\}, or "\/" and then letters, digits and/,
    ],
    [
      policy({ action: 'REDIRECT_TO_POOL' }),
      /redirect_pool_id': it is required for action REDIRECT_TO_POOL; give it, or redirect_pools_config\./,
    ],
    [
      ['/elb/loadbalancers/change-charge-mode', { loadbalancer_ids: ['x'], charge_mode: 'postpaid' }],
      /charge_mode': got "postpaid", expected prepaid\./,
    ],
  ] as const) {
    assertRefused(await api.post(path as string, body), 400, 'ELB.8902', expected);
  }
  const page = await (await fetch(`${cp.url}/docs`)).text();
  assert.doesNotMatch(page, / matching \^/);
});

test('a pool in use says by how many policies, and what to do with them', async () => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const lb = await makeLoadBalancer(api);
  const listener = await makeListener(api, lb.id);
  const pool = await api.create('/elb/pools', {
    pool: { protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', loadbalancer_id: lb.id },
  });
  const drop = () => api.delete(`/elb/pools/${pool.id}`);
  const make = (value: string) =>
    api.create('/elb/l7policies', {
      l7policy: {
        ...{ listener_id: listener.id, action: 'REDIRECT_TO_POOL', redirect_pool_id: pool.id },
        rules: [{ type: 'PATH', compare_type: 'EQUAL_TO', value }],
      },
    });
  const first = await make('/a');
  assertRefused(
    await drop(),
    409,
    'ELB.8907',
    new RegExp(`in use by l7policy ${first.id}; send its requests elsewhere or delete it first`),
  );
  const second = await make('/b');
  assertRefused(
    await drop(),
    409,
    'ELB.8907',
    new RegExp(`by l7policy ${first.id}, ${second.id}; send their requests elsewhere or delete them first`),
  );
});

test('a YAML document that cannot be read is told with its place', async () => {
  await using cp = await startTestControlPlane();
  const send = async (body: string) => {
    const reply = await fetch(`${cp.url}/elbow/v1/loadbalancers/apply`, {
      method: 'PUT',
      headers: { ...cp.api.headers, 'content-type': 'application/yaml' },
      body,
    });
    const { error_msg } = (await reply.json()) as { error_msg: string };
    return error_msg;
  };
  assert.equal(
    await send('version: 1\n  bad: ['),
    "Invalid input for 'body': it is not YAML: Nested mappings are not allowed in compact mappings at line 1, column 10.",
  );
  assert.equal(await send(''), "Invalid input for 'body': it is empty; expected an object.");
});
