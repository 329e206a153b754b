/** What the fields of load balancers, listeners, pools and members do to traffic that really flows. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { after, before, test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { addMember, answerOf, balance, NamedMember } from '../support/balanced.ts';
import { ElbowProcess } from '../support/elbow-process.ts';
import { evidence } from '../support/evidence.ts';
import { until } from '../support/until.ts';

let elbow: ElbowProcess;
let api: ApiClient;

before(async () => {
  elbow = await ElbowProcess.start();
  api = elbow.api;
});

after(() => elbow[Symbol.asyncDispose]());

/** An HTTP server on 127.0.0.1 that answers with the headers it got, but never on /silent. */
async function echo(): Promise<Server & AsyncDisposable & { port: number }> {
  const server = createServer((request, response) => {
    if (request.url !== '/silent') response.end(JSON.stringify(request.headers));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(server, { port: (server.address() as AddressInfo).port });
}

const isServed = async (url: string) => (await answerOf(url)) !== null;

function setListener(id: string, listener: object) {
  return api.put(`/elb/listeners/${id}`, { listener });
}

/** What a server sends until it ends the connection; null when it has not ended it in time. */
async function conversation(
  host: string,
  port: number,
  sent: string,
  withinMs: number,
): Promise<string | null> {
  const socket = connect(port, host);
  let received = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    received += text;
  });
  try {
    socket.write(sent);
    await once(socket, 'end', { signal: AbortSignal.timeout(withinMs) });
    return received;
  } catch {
    return null;
  } finally {
    socket.destroy();
  }
}

test('a listener inserts headers as it is told', async () => {
  evidence('listener.insert_headers', 'traffic');
  await using member = await echo();
  const { url, listenerId } = await balance(api, [member]);
  const seen = async (): Promise<Record<string, string>> => JSON.parse((await answerOf(url)) ?? '{}');
  await until(async () => (await seen())['x-forwarded-host'] !== undefined);
  assert.equal((await seen())['x-real-ip'], undefined);
  await setListener(listenerId, { insert_headers: { 'X-Real-IP': true, 'X-Forwarded-ELB-ID': true } });
  await until(async () => (await seen())['x-real-ip'] !== undefined);
  assert.ok((await seen())['x-forwarded-elb-id']);
  assert.match((await seen())['x-real-ip'] ?? '', /^127\./);
});

test('keepalive_timeout and client_timeout end connections, member_timeout requests', async () => {
  evidence('listener.keepalive_timeout', 'traffic');
  evidence('listener.client_timeout', 'traffic');
  evidence('listener.member_timeout', 'traffic');
  await using member = await echo();
  const { url, host, port, listenerId } = await balance(api, [member]);
  await until(() => isServed(url));
  const whole = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
  assert.equal(await conversation(host, port, whole, 300), null, 'kept while nobody says otherwise');
  await setListener(listenerId, { keepalive_timeout: 0, client_timeout: 1, member_timeout: 1 });
  await until(async () => /200 OK/.test((await conversation(host, port, whole, 5000)) ?? ''));
  assert.match((await conversation(host, port, 'GET / HTTP/1.1\r\nHo', 5000)) ?? '', /^HTTP\/1\.1 408 /);
  assert.equal((await fetch(`${url}silent`)).status, 504);
});

test('enable_member_retry lets another member answer for one that refuses', async () => {
  evidence('listener.enable_member_retry', 'traffic');
  await using member = await NamedMember.start('alive');
  await using dead = await NamedMember.start('dead');
  await dead.close();
  const { url, listenerId } = await balance(api, [member, dead]);
  await until(() => isServed(url));
  for (let request = 0; request < 10; request++) assert.equal(await answerOf(url), 'alive');
  await setListener(listenerId, { enable_member_retry: false });
  await until(async () => (await answerOf(url)) === null);
});

test('default_pool_id says which pool a listener sends requests to, listener_id which it gets', async () => {
  evidence('listener.default_pool_id', 'traffic');
  evidence('pool.listener_id', 'traffic');
  await using first = await NamedMember.start('first');
  await using second = await NamedMember.start('second');
  const { url, listenerId } = await balance(api, [first]);
  await until(async () => (await answerOf(url)) === 'first');
  const [{ id: loadbalancer_id }] = (await api.get(`/elb/listeners/${listenerId}`)).body.listener
    .loadbalancers;
  const pool = await api.create('/elb/pools', {
    pool: { loadbalancer_id, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' },
  });
  await addMember(api, pool.id, second.port);
  await setListener(listenerId, { default_pool_id: pool.id });
  await until(async () => (await answerOf(url)) === 'second');
  await setListener(listenerId, { default_pool_id: null });
  await until(async () => (await answerOf(url)) === null);
});

test('a member is reached at its port with its share, and at weight 0 not at all', async () => {
  evidence('member.address', 'traffic');
  evidence('member.protocol_port', 'traffic');
  evidence('member.weight', 'traffic');
  await using steady = await NamedMember.start('steady');
  await using first = await NamedMember.start('first');
  await using moved = await NamedMember.start('moved');
  const { url, poolId, memberIds } = await balance(api, [steady, first]);
  const set = (member: object) => api.put(`/elb/pools/${poolId}/members/${memberIds[1]}`, { member });
  await until(async () => (await answerOf(url)) === 'first');
  await set({ protocol_port: moved.port });
  await until(async () => (await answerOf(url)) === 'moved');
  for (let request = 0; request < 4; request++) assert.notEqual(await answerOf(url), 'first');
  await set({ weight: 3 });
  const share = async () => {
    let mine = 0;
    for (let request = 0; request < 8; request++) if ((await answerOf(url)) === 'moved') mine += 1;
    return mine;
  };
  await until(async () => (await share()) === 6);
  await set({ weight: 0 });
  await until(async () => (await share()) === 0);
});

test('lb_algorithm chooses by turns or by the client’s address', async () => {
  evidence('pool.lb_algorithm', 'traffic', ['ROUND_ROBIN', 'SOURCE_IP']);
  evidence('pool.protocol', 'traffic', ['HTTP']);
  evidence('listener.protocol', 'traffic', ['HTTP']);
  await using one = await NamedMember.start('one');
  await using other = await NamedMember.start('other');
  const { url, poolId } = await balance(api, [one, other]);
  const answers = async () => new Set([await answerOf(url), await answerOf(url), await answerOf(url)]);
  await until(async () => (await answers()).size === 2 && !(await answers()).has(null));
  await api.put(`/elb/pools/${poolId}`, { pool: { lb_algorithm: 'SOURCE_IP' } });
  await until(async () => (await answers()).size === 1);
  for (let round = 0; round < 4; round++) assert.equal((await answers()).size, 1);
});

test('a load balancer serves at its address, wherever that is moved, and while it is up', async () => {
  evidence('loadbalancer.admin_state_up', 'traffic');
  evidence('loadbalancer.vip_address', 'traffic');
  evidence('loadbalancer.vip_subnet_cidr_id', 'traffic');
  evidence('listener.loadbalancer_id', 'traffic');
  await using member = await NamedMember.start('member');
  const { url, host, port, listenerId } = await balance(api, [member]);
  await until(() => isServed(url));
  const [{ id }] = (await api.get(`/elb/listeners/${listenerId}`)).body.listener.loadbalancers;
  const set = async (loadbalancer: object) =>
    (await api.put(`/elb/loadbalancers/${id}`, { loadbalancer })).body.loadbalancer;
  await set({ admin_state_up: false });
  await until(async () => !(await isServed(url)));
  await set({ admin_state_up: true });
  await until(() => isServed(url));
  const moved = host.replace(/\d+$/, (last) => String(Number(last) + 100));
  assert.equal((await set({ vip_address: moved })).vip_address, moved);
  await until(() => isServed(`http://${moved}:${port}/`));
  await until(async () => !(await isServed(url)));
});

test('a load balancer also serves at its public IP', async () => {
  evidence('loadbalancer.publicip', 'traffic');
  await using member = await NamedMember.start('member');
  const { subnets } = (await api.get(`/v1/${api.projectId}/subnets`)).body;
  const bandwidth = { name: 'b', size: 1, charge_mode: 'traffic', share_type: 'PER' };
  const lb = await api.create('/elb/loadbalancers', {
    loadbalancer: {
      vip_subnet_cidr_id: subnets[0].neutron_subnet_id,
      availability_zone_list: ['local-1a'],
      ip_target_enable: true,
      publicip: { network_type: '5_bgp', bandwidth },
    },
  });
  const [{ publicip_address }] = lb.publicips;
  const probe = createTcpServer().listen(0, publicip_address);
  await once(probe, 'listening');
  const { port: protocol_port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const listener = await api.create('/elb/listeners', {
    listener: { loadbalancer_id: lb.id, protocol: 'HTTP', protocol_port },
  });
  const pool = await api.create('/elb/pools', {
    pool: { listener_id: listener.id, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' },
  });
  await addMember(api, pool.id, member.port);
  await until(async () => (await answerOf(`http://${publicip_address}:${protocol_port}/`)) === 'member');
});

test('a TCP listener passes bytes on, to members of any port on its own', async () => {
  evidence('listener.protocol', 'traffic', ['TCP']);
  evidence('listener.protocol_port', 'traffic');
  evidence('pool.protocol', 'traffic', ['TCP']);
  evidence('pool.any_port_enable', 'traffic');
  await using member = await NamedMember.start('member');
  const [{ neutron_subnet_id }] = (await api.get(`/v1/${api.projectId}/subnets`)).body.subnets;
  const lb = await api.create('/elb/loadbalancers', {
    loadbalancer: {
      vip_subnet_cidr_id: neutron_subnet_id,
      availability_zone_list: ['local-1a'],
      ip_target_enable: true,
    },
  });
  const listener = await api.create('/elb/listeners', {
    listener: { loadbalancer_id: lb.id, protocol: 'TCP', protocol_port: member.port },
  });
  const pool = await api.create('/elb/pools', {
    pool: {
      ...{ listener_id: listener.id, protocol: 'TCP', lb_algorithm: 'ROUND_ROBIN', any_port_enable: true },
    },
  });
  await api.create(`/elb/pools/${pool.id}/members`, { member: { address: '127.0.0.1' } });
  await until(async () => (await answerOf(`http://${lb.vip_address}:${member.port}/`)) === 'member');
});
