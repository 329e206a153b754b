/** The rules of health monitors (rules digest 2.5). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seed, startTestControlPlane } from '../support/control-plane.ts';
import { evidence } from '../support/evidence.ts';
import { assertDone, assertRefused, makeMonitor, makePool, places } from './fixtures.ts';

test('a new monitor answers every field with its default (2.5.1)', async (t) => {
  await using cp = await startTestControlPlane();
  const cases = [
    { type: 'HTTP', protocol: 'HTTP', http_method: 'GET', expected_codes: '200' },
    { type: 'TCP', protocol: 'TCP', http_method: 'GET', expected_codes: '200' },
    { type: 'GRPC', protocol: 'GRPC', http_method: 'GET', expected_codes: '0' },
    { type: 'UDP_CONNECT', protocol: 'UDP', http_method: null, expected_codes: null },
  ];
  for (const { type, protocol, http_method, expected_codes } of cases) {
    await t.test(type, async () => {
      const pool = await makePool(cp.api, { protocol, type: 'ip' });
      const { id, created_at, updated_at, ...monitor } = await makeMonitor(cp.api, pool.id, {
        type,
        admin_state_up: undefined,
      });
      assert.equal(created_at, updated_at);
      assert.deepEqual(monitor, {
        ...{ name: '', project_id: seed.projectId, pools: [{ id: pool.id }], admin_state_up: true, type },
        ...{ delay: 5, timeout: 3, max_retries: 3, max_retries_down: 3, monitor_port: null },
        ...{ domain_name: null, url_path: '/', http_method, expected_codes, http_version: null },
        ...{
          content_check_enable: false,
          send_content: null,
          receive_content: null,
          content_format: 'TEXT',
          sni_enable: false,
        },
      });
      const shown = assertDone(await cp.api.get(`/elb/pools/${pool.id}`)).pool;
      assert.equal(shown.healthmonitor_id, id);
    });
  }
});

test('2.5.2 HM-1 C15 each pool protocol has its types of monitor', async () => {
  evidence('healthmonitor.type', 'enforced');
  await using cp = await startTestControlPlane();
  const overSecured = ['TCP', 'HTTP', 'HTTPS', 'TLS', 'GRPC'];
  const allowed: Record<string, readonly string[]> = {
    UDP: ['UDP_CONNECT'],
    QUIC: ['UDP_CONNECT'],
    TCP: ['TCP', 'HTTP', 'HTTPS'],
    IP: ['TCP', 'HTTP', 'HTTPS'],
    HTTP: overSecured,
    HTTPS: overSecured,
    GRPC: overSecured,
    TLS: overSecured,
  };
  for (const [protocol, types] of Object.entries(allowed)) {
    const pool = await makePool(cp.api, {
      ...{ protocol, type: 'instance', vpc_id: seed.vpcId },
      ...(protocol === 'IP' ? { lb_algorithm: '5_TUPLE_HASH' } : {}),
      ...(protocol === 'QUIC' ? { session_persistence: { type: 'SOURCE_IP' } } : {}),
    });
    for (const type of ['TCP', 'UDP_CONNECT', 'HTTP', 'HTTPS', 'TLS', 'GRPC']) {
      const reply = await cp.api.post('/elb/healthmonitors', {
        healthmonitor: { pool_id: pool.id, type, delay: 5, timeout: 3, max_retries: 3, monitor_port: 80 },
      });
      if (types.includes(type)) {
        const { id } = assertDone(reply, 201).healthmonitor;
        assertDone(await cp.api.delete(`/elb/healthmonitors/${id}`), 204);
      } else {
        assertRefused(reply, 400, 'ELB.8902', new RegExp(`type.*protocol ${protocol} takes .*not ${type}`));
      }
    }
  }
});

test('HM-3 a pool has one monitor', async () => {
  evidence('healthmonitor.pool_id', 'enforced');
  await using cp = await startTestControlPlane();
  const pool = await makePool(cp.api, { type: 'ip' });
  const monitor = { pool_id: pool.id, type: 'HTTP', delay: 5, timeout: 3, max_retries: 3 };
  assertDone(await cp.api.post('/elb/healthmonitors', { healthmonitor: monitor }), 201);
  assertRefused(
    await cp.api.post('/elb/healthmonitors', { healthmonitor: monitor }),
    409,
    'ELB.8907',
    /already has health monitor .* update that one/,
  );
  assertRefused(
    await cp.api.post('/elb/healthmonitors', { healthmonitor: { ...monitor, pool_id: places.nothing } }),
    404,
    'ELB.8904',
    /pool .* could not be found/,
  );
});

test('the ranges of every field (2.5.1, C14, C16, C60, HM-6)', async () => {
  evidence('healthmonitor.expected_codes', 'enforced');
  evidence('healthmonitor.url_path', 'enforced');
  await using cp = await startTestControlPlane();
  const pool = await makePool(cp.api, { type: 'ip' });
  const monitor = await makeMonitor(cp.api, pool.id);
  const grpcPool = await makePool(cp.api, { protocol: 'GRPC', type: 'ip' });
  const grpc = await makeMonitor(cp.api, grpcPool.id, { type: 'GRPC' });
  const put = (id: string, fields: object) =>
    cp.api.put(`/elb/healthmonitors/${id}`, { healthmonitor: fields });
  const url = "/a/B9-._;~!()*[]@$^:',+/%?#&";
  const right: object[] = [
    { delay: 1, timeout: 50, max_retries: 1, max_retries_down: 10 },
    { delay: 50, timeout: 1, max_retries: 10, max_retries_down: 1 },
    { monitor_port: 1, domain_name: '9a.b-c', url_path: url, http_method: 'HEAD', http_version: 'HTTP/1.0' },
    {
      monitor_port: 65535,
      domain_name: 'a'.repeat(100),
      url_path: `/${'a'.repeat(79)}`,
      http_method: 'POST',
    },
    ...['200', '599', '200,202', '200-204', '200-204,300-399', '200,201,202,203,204'].map(
      (expected_codes) => ({
        expected_codes,
      }),
    ),
    { monitor_port: null, domain_name: null, http_version: null, name: 'n', admin_state_up: false },
  ];
  for (const fields of right) {
    const after = assertDone(await put(monitor.id, fields)).healthmonitor;
    for (const [key, value] of Object.entries(fields)) assert.deepEqual(after[key], value, key);
  }
  for (const expected_codes of ['0', '99', '0,1', '0-5,10-12,20-30']) {
    assert.equal(
      assertDone(await put(grpc.id, { expected_codes })).healthmonitor.expected_codes,
      expected_codes,
    );
  }
  const out = (key: string, values: readonly unknown[], words: RegExp) =>
    values.map((value) => [{ [key]: value }, new RegExp(`healthmonitor\\.${key}.*${words.source}`)] as const);
  const wrong = [
    ...out('delay', [0, 51, 1.5, '5', null], /1 to 50/),
    ...out('timeout', [0, 51, null], /1 to 50/),
    ...out('max_retries', [0, 11, null], /1 to 10/),
    ...out('max_retries_down', [0, 11], /1 to 10/),
    ...out('monitor_port', [0, 65536, ''], /1 to 65535/),
    ...out('domain_name', ['', '-a', '.a', 'a b', 'a_b', 'a'.repeat(101)], /text of 1 to 100/),
    ...out('url_path', ['', 'a', '/a b', '/a=b', '/ü', `/${'a'.repeat(80)}`], /text of 1 to 80/),
    ...out('http_method', ['PUT', 'get', 'OPTIONS'], /GET, HEAD, POST/),
    ...out('http_version', ['HTTP/2'], /HTTP\/1\.0, HTTP\/1\.1/),
    ...out('type', ['PING', 'GRPCS', null], /one of TCP, UDP_CONNECT/),
    ...out('expected_codes', ['199', '600', '0', '200,600'], /out of range/),
    ...out('expected_codes', ['abc', '200,', '200;201', '2xx', '200-'], /neither a code nor a range/),
    ...out('expected_codes', ['204-200', '200-200'], /does not ascend/),
    ...out('expected_codes', ['200,200'], /occurs twice/),
    ...out('expected_codes', ['200,201,202,203,204,205'], /more than five items/),
    ...out('expected_codes', ['', 'x'.repeat(65)], /1 to 64 characters/),
    ...out('pool_id', [pool.id], /cannot be changed/),
    ...out('project_id', [seed.projectId], /cannot be changed/),
  ];
  for (const [fields, message] of wrong) {
    assertRefused(await put(monitor.id, fields), 400, 'ELB.8902', message);
  }
  assertRefused(await put(grpc.id, { expected_codes: '200' }), 400, 'ELB.8902', /0 to 99/);
});

test('changing the type keeps what still means something (C60)', async () => {
  await using cp = await startTestControlPlane();
  const pool = await makePool(cp.api, { type: 'ip' });
  const monitor = await makeMonitor(cp.api, pool.id, { expected_codes: '200-299', http_method: 'HEAD' });
  const put = async (fields: object) =>
    assertDone(await cp.api.put(`/elb/healthmonitors/${monitor.id}`, { healthmonitor: fields }))
      .healthmonitor;
  const parts = ({ http_method, expected_codes }: Record<string, unknown>) => [http_method, expected_codes];
  assert.deepEqual(parts(await put({ type: 'HTTPS' })), ['HEAD', '200-299']);
  assert.deepEqual(parts(await put({ type: 'TCP' })), ['HEAD', '200-299']);
  assert.deepEqual(parts(await put({ type: 'GRPC' })), ['HEAD', '0']);
  assert.deepEqual(parts(await put({ type: 'HTTP' })), ['HEAD', '200']);
  assert.deepEqual(parts(await put({ type: 'GRPC', expected_codes: '1-3' })), ['HEAD', '1-3']);
  assert.deepEqual(parts(await put({ http_method: null, expected_codes: null })), ['GET', '0']);
  const cleared = await put({ name: null, max_retries_down: null, url_path: null, admin_state_up: null });
  assert.deepEqual([cleared.max_retries_down, cleared.url_path, cleared.admin_state_up], [3, '/', true]);
  assert.deepEqual(await put({}), cleared);
});

test('PO-12 monitor_port is required where members have no port of their own', async () => {
  evidence('healthmonitor.monitor_port', 'enforced');
  await using cp = await startTestControlPlane();
  const any = await makePool(cp.api, { protocol: 'TCP', type: 'ip', any_port_enable: true });
  const ip = await makePool(cp.api, {
    ...{ protocol: 'IP', lb_algorithm: '5_TUPLE_HASH', type: 'instance', vpc_id: seed.vpcId },
  });
  for (const pool of [any, ip]) {
    const monitor = { pool_id: pool.id, type: 'TCP', delay: 5, timeout: 3, max_retries: 3 };
    assertRefused(
      await cp.api.post('/elb/healthmonitors', { healthmonitor: monitor }),
      400,
      'ELB.8902',
      /monitor_port.*required/,
    );
    await makeMonitor(cp.api, pool.id, { type: 'TCP', monitor_port: 80 });
  }
});

test('HM-4 a deleted monitor is gone from its pool', async () => {
  await using cp = await startTestControlPlane();
  const pool = await makePool(cp.api, { type: 'ip' });
  const monitor = await makeMonitor(cp.api, pool.id);
  const path = `/elb/healthmonitors/${monitor.id}`;
  const reply = await cp.api.delete(path);
  assert.deepEqual([reply.status, reply.body], [204, null]);
  assert.equal(assertDone(await cp.api.get(`/elb/pools/${pool.id}`)).pool.healthmonitor_id, null);
  for (const again of [await cp.api.delete(path), await cp.api.get(path)]) {
    assertRefused(again, 404, 'ELB.8904', /health monitor .* could not be found/);
  }
});
