/** What the fields of a health monitor do to the probes that members really get. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { startTestControlPlane } from '../support/control-plane.ts';
import { evidence } from '../support/evidence.ts';
import { until } from '../support/until.ts';
import { assertDone, loopbackInventory, makeMonitor, makePool, makeRoad } from './fixtures.ts';

/** An HTTP server on loopback that keeps the requests it got and answers as it is told, or never. */
class ProbedServer implements AsyncDisposable {
  readonly requests: Pick<IncomingMessage, 'method' | 'url' | 'httpVersion' | 'headers'>[] = [];
  status: number | null = 200;
  readonly #server = createServer((request, response) => {
    const { method, url, httpVersion, headers } = request;
    this.requests.push({ method, url, httpVersion, headers } as (typeof this.requests)[number]);
    if (this.status !== null) response.writeHead(this.status).end();
  });

  static async start(): Promise<ProbedServer> {
    const probed = new ProbedServer();
    await new Promise<void>((resolve) => probed.#server.listen(0, '127.0.0.1', resolve));
    return probed;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}

/** A pool with one member, and its monitor, which probes as often as the API allows. */
async function monitored(api: ApiClient, member: ProbedServer, fields: object = {}) {
  const { pool } = await makeRoad(api);
  const path = `/elb/pools/${pool.id}/members`;
  const { id } = await api.create(path, { member: { address: '127.0.0.1', protocol_port: member.port } });
  const monitor = await makeMonitor(api, pool.id, {
    ...{ admin_state_up: true, type: 'HTTP', delay: 1, timeout: 1, max_retries: 1, max_retries_down: 1 },
    ...fields,
  });
  return {
    member: async () => assertDone(await api.get(`${path}/${id}`)).member,
    update: async (healthmonitor: object) =>
      assertDone(await api.put(`/elb/healthmonitors/${monitor.id}`, { healthmonitor })),
  };
}

test('probes are worded as the monitor says: method, path, host, version and port', async () => {
  evidence('healthmonitor.pool_id', 'traffic');
  evidence('healthmonitor.type', 'traffic', ['HTTP']);
  evidence('healthmonitor.http_method', 'traffic');
  evidence('healthmonitor.url_path', 'traffic');
  evidence('healthmonitor.domain_name', 'traffic');
  evidence('healthmonitor.http_version', 'traffic');
  evidence('healthmonitor.monitor_port', 'traffic');
  await using cp = await startTestControlPlane(loopbackInventory);
  await using member = await ProbedServer.start();
  await using elsewhere = await ProbedServer.start();
  const pool = await monitored(cp.api, member, { url_path: '/health?deep' });
  const newest = (of: ProbedServer) => of.requests.at(-1);
  await until(() => newest(member)?.url === '/health?deep');
  assert.equal(newest(member)?.method, 'GET');
  for (const http_method of ['HEAD', 'POST']) {
    await pool.update({ http_method });
    await until(() => newest(member)?.method === http_method);
  }
  await pool.update({ domain_name: 'probe.example.com' });
  await until(() => newest(member)?.headers.host === 'probe.example.com');
  for (const version of ['1.0', '1.1']) {
    await pool.update({ http_version: `HTTP/${version}` });
    await until(() => newest(member)?.httpVersion === version);
  }
  await pool.update({ monitor_port: elsewhere.port });
  await until(() => elsewhere.requests.length > 1);
});

test('without a domain_name the host is the address of the load balancer, wherever that goes', async () => {
  await using cp = await startTestControlPlane(loopbackInventory);
  await using member = await ProbedServer.start();
  const [road, other] = [await makeRoad(cp.api), await makeRoad(cp.api)];
  const { id } = await makePool(cp.api, { type: 'ip' });
  const path = `/elb/pools/${id}/members`;
  await cp.api.create(path, { member: { address: '127.0.0.1', protocol_port: member.port } });
  const often = { delay: 1, timeout: 1, max_retries: 1, max_retries_down: 1 };
  await makeMonitor(cp.api, id, { admin_state_up: true, type: 'HTTP', ...often });
  const isHost = (host: string) =>
    until(() => member.requests.at(-1)?.headers.host?.startsWith(host) === true);
  const use = async ({ listener }: typeof road, default_pool_id: string | null) =>
    assertDone(await cp.api.put(`/elb/listeners/${listener.id}`, { listener: { default_pool_id } }));
  await use(road, id);
  await isHost(road.lb.vip_address);
  const loadbalancer = { vip_address: road.lb.vip_address.replace(/\d+$/, '77') };
  assertDone(await cp.api.put(`/elb/loadbalancers/${road.lb.id}`, { loadbalancer }));
  await isHost(loadbalancer.vip_address);
  await use(road, null);
  await use(other, id);
  await isHost(other.lb.vip_address);
});

test('what passes is for expected_codes to say, and timeout how long an answer may take', async () => {
  evidence('healthmonitor.expected_codes', 'traffic');
  evidence('healthmonitor.timeout', 'traffic');
  await using cp = await startTestControlPlane(loopbackInventory);
  await using member = await ProbedServer.start();
  member.status = 404;
  const pool = await monitored(cp.api, member);
  await until(async () => (await pool.member()).reason?.reason_code === 'RESPONSE_MISMATCH');
  await pool.update({ expected_codes: '200,404' });
  await until(async () => (await pool.member()).operating_status === 'ONLINE');
  member.status = null;
  await until(async () => (await pool.member()).reason?.reason_code === 'RECV_RESPONSE_TIMEOUT');
});

test('a verdict takes as many probes in a row as the monitor asks for', async () => {
  evidence('healthmonitor.max_retries', 'traffic');
  evidence('healthmonitor.max_retries_down', 'traffic');
  await using cp = await startTestControlPlane(loopbackInventory);
  await using member = await ProbedServer.start();
  const pool = await monitored(cp.api, member, { max_retries: 2, max_retries_down: 3 });
  const becomes = async (status: string) => {
    const before = member.requests.length;
    await until(async () => (await pool.member()).operating_status === status, 20_000);
    return member.requests.length - before;
  };
  await becomes('ONLINE');
  member.status = 500;
  assert.ok((await becomes('OFFLINE')) >= 3);
  member.status = 200;
  assert.ok((await becomes('ONLINE')) >= 2);
});

test('a monitor that is down sends nothing, and delay says how often one that is up does', async () => {
  evidence('healthmonitor.admin_state_up', 'traffic');
  evidence('healthmonitor.delay', 'traffic');
  await using cp = await startTestControlPlane(loopbackInventory);
  await using member = await ProbedServer.start();
  const pool = await monitored(cp.api, member, { admin_state_up: false });
  assert.equal((await pool.member()).operating_status, 'NO_MONITOR');
  assert.equal(member.requests.length, 0);
  await pool.update({ admin_state_up: true });
  /** How long it takes from one probe to the one after the next. */
  const twoDelays = async () => {
    const sent = member.requests.length;
    await until(() => member.requests.length > sent);
    const begun = performance.now();
    await until(() => member.requests.length > sent + 2);
    return performance.now() - begun;
  };
  assert.ok((await twoDelays()) > 1500);
  await pool.update({ delay: 2 });
  assert.ok((await twoDelays()) > 3000);
});
