/** Every type of monitor, from the API to a real member and back (rules digest 2.5.1, 2.5.2, 4.4). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  answering,
  closedPort,
  grpcAnswering,
  http2Peer,
  type Peer,
  tcpPeer,
  tlsPeer,
  udpPeer,
} from '../health/peers.ts';
import { startTestControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { evidence } from '../support/evidence.ts';
import { until } from '../support/until.ts';
import {
  assertDone,
  loopbackInventory,
  makeListener,
  makeLoadBalancer,
  makeMonitor,
  makePool,
} from './fixtures.ts';

const often = { admin_state_up: true, delay: 1, timeout: 1, max_retries: 1, max_retries_down: 1 };

interface Case {
  readonly type: string;
  readonly protocol: 'HTTP' | 'TCP' | 'UDP';
  readonly peer: () => Promise<Peer>;
  readonly monitor?: object;
}

const ok = answering('HTTP/1.1 200 OK\r\n\r\n');
const echo = () => udpPeer((socket, message, { port, address }) => socket.send(message, port, address));

const cases: readonly Case[] = [
  { type: 'TCP', protocol: 'TCP', peer: () => tcpPeer((socket) => socket.resume()) },
  { type: 'HTTP', protocol: 'TCP', peer: () => tcpPeer(ok) },
  { type: 'HTTPS', protocol: 'HTTP', peer: () => tlsPeer(ok) },
  { type: 'TLS', protocol: 'HTTP', peer: () => tlsPeer((socket) => socket.resume()) },
  { type: 'GRPC', protocol: 'HTTP', peer: () => http2Peer(grpcAnswering(0)) },
  { type: 'UDP_CONNECT', protocol: 'UDP', peer: () => udpPeer(() => {}) },
];

/** A member behind a listener of its own, watched as told. */
async function watched(
  { api }: TestControlPlane,
  { protocol, type }: Case,
  { port }: Peer,
  monitor: object = {},
) {
  const lb = await makeLoadBalancer(api);
  const listener = await makeListener(api, lb.id, { protocol, protocol_port: 5353 });
  const pool = await makePool(api, { listener_id: listener.id, protocol });
  const path = `/elb/pools/${pool.id}/members`;
  const { id } = await api.create(path, { member: { address: '127.0.0.1', protocol_port: port } });
  const { id: monitorId } = await makeMonitor(api, pool.id, { ...often, type, ...monitor });
  return {
    member: async () => assertDone(await api.get(`${path}/${id}`)).member,
    update: async (healthmonitor: object) =>
      assertDone(await api.put(`/elb/healthmonitors/${monitorId}`, { healthmonitor })),
  };
}

test('a member of every type comes ONLINE, and goes OFFLINE with its reason when its port is closed', async () => {
  evidence('healthmonitor.type', 'traffic', ['TCP', 'UDP_CONNECT', 'HTTP', 'HTTPS', 'TLS', 'GRPC']);
  await using cp = await startTestControlPlane(loopbackInventory);
  await Promise.all(
    cases.map(async (each) => {
      await using peer = await each.peer();
      const { member, update } = await watched(cp, each, peer);
      await until(async () => (await member()).operating_status === 'ONLINE', 30_000);
      await update({ monitor_port: (await closedPort(each.protocol === 'UDP' ? 'udp' : 'tcp')).port });
      await until(async () => (await member()).operating_status === 'OFFLINE', 30_000);
      assert.equal((await member()).reason.reason_code, 'CONNECT_REFUSED', each.type);
    }),
  );
});

test('what members say is compared while content_check_enable says so, in the format that is given', async () => {
  evidence('healthmonitor.content_check_enable', 'traffic');
  evidence('healthmonitor.send_content', 'traffic');
  evidence('healthmonitor.receive_content', 'traffic');
  evidence('healthmonitor.content_format', 'traffic');
  await using cp = await startTestControlPlane(loopbackInventory);
  await Promise.all(
    (['TCP', 'UDP_CONNECT'] as const).map(async (type) => {
      await using peer = await (type === 'TCP'
        ? tcpPeer((socket) => socket.on('data', (data) => socket.write(data)))
        : echo());
      const contents = { content_check_enable: true, send_content: 'abcd', receive_content: 'abcd' };
      const protocol = type === 'TCP' ? 'TCP' : 'UDP';
      const { member, update } = await watched(cp, { type, protocol, peer: echo }, peer, contents);
      const becomes = (status: string, code?: string) =>
        until(async () => {
          const { operating_status, reason } = await member();
          return operating_status === status && reason?.reason_code === code;
        }, 30_000);
      await becomes('ONLINE');
      await update({ receive_content: 'ABCD' });
      await becomes('OFFLINE', 'RESPONSE_FORMAT_ERROR');
      await update({ content_format: 'HEX' });
      await becomes('ONLINE');
      await update({ send_content: 'abce' });
      await becomes('OFFLINE', 'RESPONSE_FORMAT_ERROR');
      await update({ content_check_enable: false });
      await becomes('ONLINE');
    }),
  );
});

test('the codes that a GRPC monitor expects decide', async () => {
  evidence('healthmonitor.expected_codes', 'traffic');
  await using cp = await startTestControlPlane(loopbackInventory);
  await using peer = await http2Peer(grpcAnswering(12));
  const { member, update } = await watched(cp, { type: 'GRPC', protocol: 'HTTP', peer: echo }, peer);
  await until(async () => (await member()).operating_status === 'OFFLINE', 30_000);
  assert.deepEqual((await member()).reason, {
    reason_code: 'RESPONSE_MISMATCH',
    expected_response: '0',
    healthcheck_response: '12',
  });
  await update({ expected_codes: '0-5,10-12,20-30' });
  await until(async () => (await member()).operating_status === 'ONLINE', 30_000);
});
