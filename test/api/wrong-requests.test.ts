/** Some hundred wrong requests: each is refused as documented, says why, and leaves no trace. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { seed, startTestControlPlane } from '../support/control-plane.ts';
import { fetchDocument, operationFor } from '../support/openapi.ts';
import {
  assertDone,
  assertRefused,
  makeGateway,
  makeListener,
  makeLoadBalancer,
  makeMember,
  makeMonitor,
  makePolicy,
  makePool,
  makeRoad,
  places,
} from './fixtures.ts';
import { addressRows } from './wrong-requests/addresses.ts';
import { bodyRows } from './wrong-requests/bodies.ts';
import { memberRows } from './wrong-requests/members.ts';
import { policyRows } from './wrong-requests/policies.ts';
import { resourceRows } from './wrong-requests/resources.ts';
import type { Ground, Row } from './wrong-requests/row.ts';

async function prepare(api: ApiClient): Promise<Ground> {
  const { lb, listener, pool } = await makeRoad(api);
  const tcpListener = await makeListener(api, lb.id, { protocol: 'TCP', protocol_port: 81 });
  const tcpPool = await makePool(api, { protocol: 'TCP', listener_id: tcpListener.id });
  const advanced = await makeListener(api, lb.id, { protocol_port: 82, enhance_l7policy_enable: true });
  const policy = await makePolicy(api, advanced.id, { redirect_pool_id: pool.id });
  const gateway = await makeGateway(api, { vip_subnet_cidr_id: places.declaredSubnet });
  return {
    ...{ lb: lb.id, listener: listener.id, pool: pool.id, gateway: gateway.id },
    ...{ tcpListener: tcpListener.id, tcpPool: tcpPool.id },
    closedLb: (await makeLoadBalancer(api, { ip_target_enable: false })).id,
    member: (await makeMember(api, pool.id)).id,
    ...{ advanced: advanced.id, policy: policy.id },
    monitor: (await makeMonitor(api, pool.id)).id,
  };
}

/** Everything that the lists answer, as bytes. */
async function everything(api: ApiClient): Promise<string> {
  const paths = [
    'loadbalancers',
    'listeners',
    'pools',
    'healthmonitors',
    'members',
    'l7policies',
    'l7policies/rules',
  ];
  const bodies = await Promise.all(paths.map(async (path) => assertDone(await api.get(`/elb/${path}`))));
  return JSON.stringify(bodies.map(({ request_id, ...rest }) => rest));
}

test('every wrong request is refused as documented, and nothing changes', async (t) => {
  await using cp = await startTestControlPlane();
  const { api } = cp;
  const document = await fetchDocument(cp.url);
  const ground = await prepare(api);
  const before = await everything(api);
  const rows: readonly Row[] = [
    ...bodyRows(ground),
    ...memberRows(ground),
    ...resourceRows(ground),
    ...addressRows(ground),
    ...policyRows(ground),
  ];
  assert.ok(rows.length >= 150, `${rows.length} wrong requests`);
  for (const [method, path, body, status, code, message] of rows) {
    const sent = typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
    await t.test(`${method} ${path.slice(0, 90)} ${sent.slice(0, 90)} → ${status} ${code}`, async () => {
      const reply = await api.call(method, path, body);
      assertRefused(reply, status, code, message);
      assert.ok(reply.body.error_msg.length < 600, 'a message is no echo of the request');
      const [called = ''] = (path.startsWith('/v') ? path : `/v3/${seed.projectId}${path}`).split('?');
      const operation = operationFor(document, method, called);
      if (operation) assert.ok(operation.responses[status], `${operation.operationId} documents ${status}`);
    });
  }
  assert.equal(await everything(api), before);
});

test('another project’s resources are as absent as if they never were', async () => {
  await using cp = await startTestControlPlane();
  const ground = await prepare(cp.api);
  const before = await everything(cp.api);
  const paths = [
    `/elb/loadbalancers/${ground.lb}`,
    `/elb/listeners/${ground.listener}`,
    `/elb/pools/${ground.pool}`,
    `/elb/pools/${ground.pool}/members`,
    `/elb/pools/${ground.pool}/members/${ground.member}`,
    `/elb/healthmonitors/${ground.monitor}`,
  ];
  for (const path of paths) {
    assertRefused(await cp.other.get(path), 404, 'ELB.8904', /could not be found/);
    if (path.endsWith('members')) continue;
    assertRefused(await cp.other.delete(path), 404, 'ELB.8904', /could not be found/);
  }
  const references: [string, object][] = [
    ['/elb/listeners', { listener: { loadbalancer_id: ground.lb, protocol: 'TCP', protocol_port: 1 } }],
    ['/elb/pools', { pool: { loadbalancer_id: ground.lb, protocol: 'TCP', lb_algorithm: 'ROUND_ROBIN' } }],
    [`/elb/pools/${ground.pool}/members`, { member: { address: '10.0.0.9', protocol_port: 1 } }],
  ];
  for (const [path, body] of references) {
    assertRefused(await cp.other.post(path, body), 404, 'ELB.8904', /could not be found/);
  }
  assert.equal(await everything(cp.api), before);
  for (const list of ['loadbalancers', 'listeners', 'pools', 'healthmonitors', 'members']) {
    assert.deepEqual(assertDone(await cp.other.get(`/elb/${list}`))[list], []);
  }
});
