/** What members answer of failed health checks, from real probes on loopback (S35 to S38, rules digest 2.4.6). */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { startTestControlPlane } from '../support/control-plane.ts';
import { assertDone, loopbackInventory, makeMonitor, makeRoad } from './fixtures.ts';

/** A program on loopback that answers every request with a status. */
async function answering(status: number): Promise<Server & AsyncDisposable> {
  const server = createServer((_request, response) => response.writeHead(status).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const portOf = (server: { address: () => unknown }) => (server.address() as AddressInfo).port;

/** A port on which nothing listens. */
async function closedPort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The members of a pool by port, once none is INITIAL any more. */
async function settled(api: ApiClient, path: string) {
  const deadline = AbortSignal.timeout(15_000);
  for (;;) {
    const { members } = assertDone(await api.get(path));
    // biome-ignore lint/suspicious/noExplicitAny: members as the API answers them
    const byPort = new Map<number, any>(members.map((each: any) => [each.protocol_port, each]));
    if ([...byPort.values()].every(({ operating_status }) => operating_status !== 'INITIAL')) return byPort;
    deadline.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('S36 S37 S38 an OFFLINE member says why, and each listener’s status says the same', async () => {
  await using cp = await startTestControlPlane(loopbackInventory);
  await using healthy = await answering(204);
  await using failing = await answering(500);
  const refused = await closedPort();
  const { listener, pool } = await makeRoad(cp.api);
  const path = `/elb/pools/${pool.id}/members`;
  for (const protocol_port of [portOf(healthy), portOf(failing), refused]) {
    await cp.api.create(path, { member: { address: '127.0.0.1', protocol_port } });
  }
  const monitor = await makeMonitor(cp.api, pool.id, {
    ...{ admin_state_up: true, delay: 1, timeout: 1, max_retries: 1, max_retries_down: 1 },
    expected_codes: '200-299,304',
  });
  const members = await settled(cp.api, path);
  const expected: [number, string, object | null][] = [
    [portOf(healthy), 'ONLINE', null],
    [
      portOf(failing),
      'OFFLINE',
      { reason_code: 'RESPONSE_MISMATCH', expected_response: '200-299,304', healthcheck_response: '500' },
    ],
    [
      refused,
      'OFFLINE',
      { reason_code: 'CONNECT_REFUSED', expected_response: null, healthcheck_response: null },
    ],
  ];
  for (const [port, operating_status, reason] of expected) {
    const member = members.get(port);
    const [status] = member.status;
    assert.deepEqual([member.operating_status, member.reason], [operating_status, reason]);
    assert.deepEqual(
      [status.listener_id, status.operating_status, status.reason],
      [listener.id, operating_status, reason],
    );
  }
  const offline = assertDone(await cp.api.get(`${path}?operating_status=OFFLINE`)).members;
  assert.equal(offline.length, 2);
  assertDone(await cp.api.delete(`/elb/healthmonitors/${monitor.id}`), 204);
  for (const member of assertDone(await cp.api.get(path)).members) {
    assert.deepEqual([member.operating_status, member.reason], ['NO_MONITOR', null], 'HM-4');
  }
});
