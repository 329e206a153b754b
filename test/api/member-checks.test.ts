/** Member checks: real probes of real members, and what they say is to be mended (rules digest 2.4.8). */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import { type AddressInfo, createServer, type Socket, type Server as TcpServer } from 'node:net';
import { test } from 'node:test';
import { DeafMember } from '../proxy/deaf-member.ts';
import type { ApiClient } from '../support/api-client.ts';
import { startTestControlPlane } from '../support/control-plane.ts';
import { until } from '../support/until.ts';
import {
  assertDone,
  assertRefused,
  loopback,
  loopbackInventory,
  makeListener,
  makeLoadBalancer,
  makeMasterSlavePool,
  makeMember,
  makeMonitor,
  makePool,
  makeRoad,
  places,
} from './fixtures.ts';

type Fields = Readonly<Record<string, unknown>>;
interface Item {
  readonly name: string;
  readonly reason: string;
  readonly severity: string;
  readonly subject: string;
  readonly job_id: string;
  readonly reason_template: string;
  readonly reason_params: readonly string[];
}

/** A server on a free port of 127.0.0.1, closed at the end of the test. */
async function listen(server: Server | TcpServer): Promise<{ readonly port: number } & AsyncDisposable> {
  // Probes end in a reset.
  server.on('connection', (socket: Socket) => socket.on('error', () => {}));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      if ('closeAllConnections' in server) server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const answering = (status: number) =>
  listen(createHttpServer((_request, response) => response.writeHead(status).end()));

const onLoopback = { vip_subnet_cidr_id: loopback.subnet };
const up = { admin_state_up: true, delay: 50, timeout: 5 };
const everything = { listener_id: '', subject: 'all' };

const begin = (api: ApiClient, memberId: string, member_check: Fields) =>
  api.post(`/elb/members/${memberId}/health-check`, { member_check });
const show = (api: ApiClient, id: string) => api.get(`/elb/members/check/jobs/${id}`);

/** Checks a member and returns the job once it is done. */
async function check(api: ApiClient, memberId: string, request: Fields) {
  const { member_check, request_id } = assertDone(await begin(api, memberId, request));
  assert.ok(request_id);
  assert.deepEqual(Object.keys(member_check), ['job_id']);
  let job = assertDone(await show(api, member_check.job_id)).member_check;
  await until(async () => {
    job = assertDone(await show(api, member_check.job_id)).member_check;
    return job.status !== 'processing';
  });
  return job;
}

const namesOf = (group: { readonly check_items: readonly Item[] }) =>
  group.check_items.map(({ name, severity }) => `${severity} ${name}`);

test('a member in good health passes every check', async () => {
  await using cp = await startTestControlPlane(loopbackInventory);
  await using server = await answering(200);
  const { listener, pool } = await makeRoad(cp.api, {}, onLoopback);
  await makeMonitor(cp.api, pool.id, up);
  const member = await makeMember(cp.api, pool.id, {
    ...{ address: '127.0.0.1', protocol_port: server.port, subnet_cidr_id: null },
  });
  const job = await check(cp.api, member.id, { ...everything, listener_id: listener.id });
  const { job_id, created_at, updated_at, check_item_total_num, check_item_finished_num, ...rest } = job;
  const passed = { check_result: true, check_status: 'processed', check_items: [] };
  assert.deepEqual(rest, {
    ...{ status: 'processed', listener_id: listener.id, member_id: member.id },
    result: { config: passed, acl: passed, security_group: passed },
  });
  assert.match(job_id, /^[0-9a-f-]{36}$/);
  assert.ok(created_at <= updated_at);
  assert.ok(check_item_total_num > 10);
  assert.equal(check_item_finished_num, check_item_total_num);
});

test('a subject is checked alone', async () => {
  await using cp = await startTestControlPlane(loopbackInventory);
  await using server = await answering(200);
  const { listener, pool } = await makeRoad(cp.api, {}, onLoopback);
  const member = await makeMember(cp.api, pool.id, {
    ...{ address: '127.0.0.1', protocol_port: server.port, subnet_cidr_id: null },
  });
  let total = 0;
  const subjects = { config: 'config', networkAcl: 'acl', securityGroup: 'security_group' };
  for (const [subject, key] of Object.entries(subjects)) {
    const job = await check(cp.api, member.id, { listener_id: listener.id, subject });
    const asked = Object.entries(job.result).filter(([, group]) => group !== null);
    assert.deepEqual(
      asked.map(([each]) => each),
      [key],
    );
    total += job.check_item_total_num;
  }
  const all = await check(cp.api, member.id, { ...everything, listener_id: listener.id });
  assert.equal(all.check_item_total_num, total);
});

test('what a probe meets is told with what to mend: refusals, wrong codes, silence, another protocol', async () => {
  await using cp = await startTestControlPlane(loopbackInventory);
  const { api } = cp;
  const { listener, pool } = await makeRoad(api, {}, onLoopback);
  await makeMonitor(api, pool.id, { ...up, timeout: 1, expected_codes: '200,204' });
  await using wrong = await answering(404);
  await using silent = await listen(createServer());
  await using alien = await listen(createServer((socket) => void socket.end('hello\r\n')));
  const closed = await answering(200);
  await closed[Symbol.asyncDispose]();
  const cases: readonly (readonly [number, string, RegExp])[] = [
    [closed.port, 'CONNECT_REFUSED', /nothing listens there\. Start the application, or set protocol_port/],
    [wrong.port, 'RESPONSE_MISMATCH', /it answered 404, and the monitor expects 200,204\. Mend/],
    [silent.port, 'RECV_RESPONSE_TIMEOUT', /did not answer within 1 s\. See whether/],
    [alien.port, 'RESPONSE_FORMAT_ERROR', /is not what was asked for\. Give the port/],
  ];
  for (const [port, code, advice] of cases) {
    const member = await makeMember(api, pool.id, {
      ...{ address: '127.0.0.1', protocol_port: port, subnet_cidr_id: null },
    });
    const job = await check(api, member.id, { ...everything, listener_id: listener.id });
    const { config, acl, security_group } = job.result;
    assert.deepEqual([config.check_result, namesOf(config)], [false, ['Major connection']], code);
    const [item] = config.check_items;
    assert.deepEqual([item.subject, item.job_id], ['config', job.job_id]);
    assert.deepEqual(item.reason_params.slice(0, 4), ['HTTP', '127.0.0.1', String(port), code]);
    assert.match(item.reason, advice);
    const filled = item.reason_template.replace(
      /\{(\d)\}/g,
      (_: string, index: string) => item.reason_params[Number(index)],
    );
    assert.equal(item.reason, filled);
    // Packets came and went, so nothing filters them.
    assert.deepEqual([acl.check_items, security_group.check_items], [[], []], code);
    assert.deepEqual([acl.check_result, security_group.check_result], [true, true], code);
  }
});

test('an address that cannot be reached fails the subjects of the network', async (t) => {
  const { private_networks = [] } = loopbackInventory;
  // A group of hosts takes no connection, so that the kernel knows no way to it.
  const group = '224.0.0.1';
  await using cp = await startTestControlPlane({
    ...loopbackInventory,
    private_networks: [...private_networks, `${group}/32`],
  });
  const { api } = cp;
  const deaf = (await DeafMember.start(t)).configuration();
  const { listener, pool } = await makeRoad(api, {}, onLoopback);
  await makeMonitor(api, pool.id, { ...up, timeout: 1 });
  const cases = [
    [group, 9, 'CONNECT_FAILED'],
    [deaf.address, deaf.port, 'CONNECT_TIMEOUT'],
  ] as const;
  for (const [address, protocol_port, code] of cases) {
    const member = await makeMember(api, pool.id, { address, protocol_port, subnet_cidr_id: null });
    const job = await check(api, member.id, { ...everything, listener_id: listener.id });
    const { config, acl, security_group } = job.result;
    assert.equal(config.check_items[0].reason_params[3], code);
    for (const found of [acl, security_group]) {
      assert.deepEqual([found.check_result, namesOf(found)], [false, ['Major reachable']], code);
      assert.deepEqual(found.check_items[0].reason_params, [address, String(protocol_port), code]);
    }
    assert.match(security_group.check_items[0].reason, /no security groups here: look at the firewall of/);
    assert.match(acl.check_items[0].reason, /no network ACLs here: look at the routes and firewalls/);
  }
});

test('what is stored is checked: servers, weight, monitor and load balancer', async () => {
  await using cp = await startTestControlPlane(loopbackInventory);
  const { api } = cp;
  await using server = await answering(200);
  const { lb, listener, pool } = await makeRoad(api, {}, onLoopback);
  const at = (address: string) => ({ address, subnet_cidr_id: loopback.subnet, protocol_port: server.port });
  const configOf = async (memberId: string) =>
    (await check(api, memberId, { listener_id: listener.id, subject: 'config' })).result.config;

  const idle = await makeMember(api, pool.id, {
    ...{ address: '127.0.0.1', protocol_port: server.port, subnet_cidr_id: null, weight: 0 },
  });
  const withoutMonitor = await configOf(idle.id);
  assert.deepEqual(namesOf(withoutMonitor), ['Tips weight', 'Tips healthmonitor']);
  assert.equal(withoutMonitor.check_result, true, 'tips fail nothing');

  const monitor = await makeMonitor(api, pool.id, { delay: 2, timeout: 2, monitor_port: server.port });
  assertDone(await api.put(`/elb/pools/${pool.id}/members/${idle.id}`, { member: { weight: 1 } }));
  assert.deepEqual(namesOf(await configOf(idle.id)), [
    'Tips healthmonitor_admin_state_up',
    'Tips healthmonitor_timeout',
  ]);
  const other = await makeMember(api, pool.id, {
    ...{ address: '127.0.0.1', protocol_port: 1, subnet_cidr_id: null },
  });
  const elsewhere = await configOf(other.id);
  assert.equal(namesOf(elsewhere).at(-1), 'Tips monitor_port');
  assert.equal(elsewhere.check_result, true, 'the port of the monitor was probed');
  assertDone(
    await api.put(`/elb/healthmonitors/${monitor.id}`, { healthmonitor: { delay: 5, monitor_port: null } }),
  );

  const missing = await makeMember(api, pool.id, at(loopback.missing));
  const found = await configOf(missing.id);
  assert.deepEqual(namesOf(found).slice(0, 2), ['Major server_exists', 'Tips healthmonitor_admin_state_up']);
  assert.match(found.check_items[0].reason, new RegExp(`No server has the address ${loopback.missing}`));
  const stopped = await makeMember(api, pool.id, at(loopback.stopped));
  assert.equal(namesOf(await configOf(stopped.id))[0], 'Major server_running');

  assertDone(await api.put(`/elb/loadbalancers/${lb.id}`, { loadbalancer: { admin_state_up: false } }));
  const down = await configOf(idle.id);
  assert.deepEqual(namesOf(down), ['Major loadbalancer_admin_state_up', 'Tips healthmonitor_admin_state_up']);
  assert.equal(down.check_result, false);
});

test('a member of datagrams is not probed without a monitor', async () => {
  await using cp = await startTestControlPlane(loopbackInventory);
  const { api } = cp;
  await using server = await answering(200);
  const lb = await makeLoadBalancer(api, onLoopback);
  const address = { address: '127.0.0.1', protocol_port: server.port, subnet_cidr_id: null };
  const udp = await makeListener(api, lb.id, { protocol: 'UDP', protocol_port: 53 });
  const datagrams = await makePool(api, { listener_id: udp.id, protocol: 'UDP' });
  const deaf = await makeMember(api, datagrams.id, address);
  const job = await check(api, deaf.id, { ...everything, listener_id: udp.id });
  assert.equal(job.status, 'processed');
  assert.deepEqual(namesOf(job.result.config), ['Tips healthmonitor', 'Tips tried']);
  assert.deepEqual(namesOf(job.result.acl), ['Tips tried']);
  assert.match(
    job.result.acl.check_items[0].reason,
    /127\.0\.0\.1 can be reached was not tried: without a health monitor/,
  );
});

test('the members of a master-slave pool are checked as any', async () => {
  await using cp = await startTestControlPlane(loopbackInventory);
  const { api } = cp;
  await using server = await listen(createServer());
  const lb = await makeLoadBalancer(api, onLoopback);
  const listener = await makeListener(api, lb.id, { protocol: 'TCP' });
  const at = { address: '127.0.0.1', protocol_port: server.port };
  const pair = await makeMasterSlavePool(api, {
    listener_id: listener.id,
    members: [
      { ...at, role: 'master' },
      { ...at, address: '127.0.0.2', role: 'slave' },
    ],
  });
  const jobs = await Promise.all(
    pair.members.map(({ id }: { id: string }) => check(api, id, { ...everything, listener_id: listener.id })),
  );
  const results = jobs.map(({ result }) => namesOf(result.config));
  assert.deepEqual(results, [[], ['Major connection']]);
});

test('a check is processing until the member was probed', async () => {
  await using cp = await startTestControlPlane(loopbackInventory);
  const { api } = cp;
  let answer: () => void = () => {};
  const asked = Promise.withResolvers<void>();
  await using server = await listen(
    createHttpServer((_request, response) => {
      answer = () => response.end();
      asked.resolve();
    }),
  );
  const { listener, pool } = await makeRoad(api, {}, onLoopback);
  await makeMonitor(api, pool.id, { timeout: 30 });
  const member = await makeMember(api, pool.id, {
    ...{ address: '127.0.0.1', protocol_port: server.port, subnet_cidr_id: null },
  });
  const { job_id } = assertDone(
    await begin(api, member.id, { ...everything, listener_id: listener.id }),
  ).member_check;
  await asked.promise;
  const job = assertDone(await show(api, job_id)).member_check;
  assert.equal(job.status, 'processing');
  assert.ok(job.check_item_finished_num > 0 && job.check_item_finished_num < job.check_item_total_num);
  assert.equal(job.result.config.check_status, 'processing');
  answer();
  await until(async () => (await show(api, job_id)).body.member_check.status === 'processed');
});

test('what is wrong with a request is told, and begins nothing', async () => {
  await using cp = await startTestControlPlane(loopbackInventory);
  const { api } = cp;
  const { lb, listener, pool } = await makeRoad(api, {}, onLoopback);
  const member = await makeMember(api, pool.id, {
    ...{ address: '127.0.0.1', protocol_port: 1, subnet_cidr_id: null },
  });
  const request = { ...everything, listener_id: listener.id };
  const bad = async (fields: Fields, message: RegExp) =>
    assertRefused(await begin(api, member.id, fields), 400, 'ELB.8902', message);
  await bad(
    { ...request, subject: 'acl' },
    /'member_check\.subject': got "acl", expected one of securityGroup/,
  );
  await bad({ listener_id: listener.id }, /'member_check\.subject': it is required/);
  await bad({ subject: 'all' }, /'member_check\.listener_id': it is required/);
  await bad({ ...request, deep: true }, /Unrecognized attribute\(s\) 'deep'/);
  const stranger = await makeListener(api, lb.id, { protocol_port: 81 });
  await bad(
    { ...request, listener_id: stranger.id },
    new RegExp(`'member_check\\.listener_id': .* sends no requests to .*; these do: ${listener.id}\\.`),
  );
  const unused = await makePool(api, { loadbalancer_id: lb.id });
  const lonely = await makeMember(api, unused.id, {
    ...{ address: '127.0.0.1', protocol_port: 1, subnet_cidr_id: null },
  });
  assertRefused(await begin(api, lonely.id, request), 400, 'ELB.8902', /no listener does\./);
  const gone = /could not be found/;
  assertRefused(await begin(api, places.nothing, request), 404, 'ELB.8904', gone);
  assertRefused(
    await begin(api, member.id, { ...request, listener_id: places.nothing }),
    404,
    'ELB.8904',
    gone,
  );
  assertRefused(await begin(cp.other, member.id, request), 404, 'ELB.8904', gone);
  assertRefused(
    await api.post(`/elb/members/${member.id}/health-check`, {}),
    400,
    'ELB.8902',
    /member_check/,
  );

  const { job_id } = assertDone(await begin(api, member.id, request)).member_check;
  assertRefused(await show(cp.other, job_id), 404, 'ELB.8904', /member check job .* could not be found/);
  assertRefused(await show(api, places.nothing), 404, 'ELB.8904', /member check job .* could not be found/);
});
