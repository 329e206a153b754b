/** The access log as the real command writes it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { request } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Balanced, balance, NamedMember } from '../support/balanced.ts';
import { ElbowProcess } from '../support/elbow-process.ts';
import { evidence } from '../support/evidence.ts';
import { until } from '../support/until.ts';

let elbow: ElbowProcess;
let member: NamedMember;

before(async () => {
  member = await NamedMember.start('a');
  elbow = await ElbowProcess.start(['--workers', '1']);
});

after(async () => {
  await elbow[Symbol.asyncDispose]();
  await member.close();
});

/** Takes requests and never answers. */
class DeafMember implements AsyncDisposable {
  readonly #server = createServer();
  readonly #sockets = new Set<Socket>();
  /** Resolves with the first request. */
  readonly asked = new Promise<void>((resolve) => {
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket.on('error', () => {}).on('data', () => resolve()));
    });
  });

  static async start(): Promise<DeafMember> {
    const member = new DeafMember();
    await once(member.#server.listen(0, '127.0.0.1'), 'listening');
    return member;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }
}

type Line = Readonly<Record<string, string | number>>;

const logPath = () => join(elbow.directory, 'proxy', 'access.log');

/** Every line must be JSON by itself. */
function linesOf({ listenerId }: Balanced, path = logPath()): Line[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  assert.equal(lines.pop(), '');
  return lines.map((line) => JSON.parse(line)).filter(({ listener_id }) => listener_id === listenerId);
}

/** A load balancer whose log is kept, once the proxy knows. */
async function logged(members: readonly { port: number }[], protocol: 'HTTP' | 'TCP' = 'HTTP') {
  const balanced = await balance(elbow.api, members, protocol);
  const { listener } = (await elbow.api.get(`/elb/listeners/${balanced.listenerId}`)).body;
  const [{ id }] = listener.loadbalancers;
  const logtank = await elbow.api.create('/elb/logtanks', {
    logtank: { loadbalancer_id: id, log_group_id: 'group-1', log_topic_id: 'topic-1' },
  });
  await until(async () => {
    const { applied } = (await elbow.api.get(`/elbow/v1/loadbalancers/${id}/applied`)).body;
    return applied;
  });
  return { ...balanced, logtankId: logtank.id, loadBalancerId: id };
}

function get(url: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject).end();
  });
}

test('a request to a load balancer with a logtank is one line of the documented fields', async () => {
  evidence('logtank.log_topic_id', 'traffic');
  const balanced = await logged([member]);
  assert.equal(
    await get(`${balanced.url}path?query=1`, { 'user-agent': 'tester/1', referer: 'http://r/' }),
    200,
  );
  await until(() => linesOf(balanced).length === 1);
  const [line = {}] = linesOf(balanced);
  const { msec, time_iso8601, request_time, remote_port, bytes_sent, request_length, ...rest } = line;
  const { upstream_connect_time, upstream_header_time, upstream_response_time, ...plain } = rest;
  assert.ok(Math.abs(Number(msec) - Date.now() / 1000) < 60);
  assert.match(String(time_iso8601), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/);
  for (const each of [request_time, upstream_connect_time, upstream_header_time, upstream_response_time]) {
    assert.match(String(each), /^\d+(\.\d{1,3})?$/);
  }
  assert.ok(Number(bytes_sent) > 50 && Number(request_length) > 50 && Number(remote_port) > 0);
  assert.deepEqual(plain, {
    ...{ access_log_topic_id: 'topic-1', log_ver: 'elb_01', remote_addr: plain['remote_addr'], status: 200 },
    ...{ request_method: 'GET', scheme: 'http', host: `${balanced.host}:${balanced.port}` },
    ...{ router_request_uri: '/path?query=1', server_protocol: 'HTTP/1.1', body_bytes_sent: 1 },
    ...{ upstream_status: '200', upstream_addr: `127.0.0.1:${member.port}` },
    ...{ http_user_agent: 'tester/1', http_referer: 'http://r/', http_x_forwarded_for: '-' },
    ...{
      lb_name: `loadbalancer_${balanced.loadBalancerId}`,
      listener_name: `listener_${balanced.listenerId}`,
    },
    ...{ listener_id: balanced.listenerId, pool_name: `pool_${balanced.poolId}`, tenant_id: elbow.projectId },
    ...{ member_name: `member_${balanced.memberIds[0]}`, eip_address: '-', eip_port: '-' },
    ...{ upstream_addr_priv: `127.0.0.1:${member.port}`, certificate_id: '-', ssl_protocol: '-' },
    ...{ ssl_cipher: '-', sni_domain_name: '-', tcpinfo_rtt: '-', self_defined_header: '-' },
    ...{
      request_header_length: request_length,
      actions_executed: '-',
      error_reason: '-',
      pool_usr_name: '-',
    },
  });
});

test('without a logtank nothing is written, and a logtank that goes takes the log with it', async () => {
  const silent = await balance(elbow.api, [member]);
  await until(async () => (await get(silent.url).catch(() => 0)) === 200);
  const balanced = await logged([member]);
  await get(balanced.url);
  await until(() => linesOf(balanced).length === 1);
  await elbow.api.delete(`/elb/logtanks/${balanced.logtankId}`);
  const applied = `/elbow/v1/loadbalancers/${balanced.loadBalancerId}/applied`;
  await until(async () => (await elbow.api.get(applied)).body.applied);
  await get(balanced.url);
  const other = await logged([member]);
  await get(other.url);
  await until(() => linesOf(other).length === 1);
  assert.equal(linesOf(balanced).length, 1);
  assert.equal(linesOf(silent).length, 0);
});

test('no client can forge a line: quotes, backslashes, line ends and bytes beyond ASCII stay inside their field', async () => {
  const balanced = await logged([member]);
  const agent = 'a","status":999}\\\u0085\u00e9';
  await get(`${balanced.url}x%0a%22`, { 'user-agent': agent, 'x-forwarded-for': '"}{"' });
  await until(() => linesOf(balanced).length === 1);
  const [line = {}] = linesOf(balanced);
  assert.deepEqual(
    [line['status'], line['http_user_agent'], line['http_x_forwarded_for'], line['router_request_uri']],
    [200, agent, '"}{"', '/x%0a%22'],
  );
});

test('a request that is answered 400 is not logged, and one without a member is', async () => {
  const balanced = await logged([]);
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(balanced.port, balanced.host, () => socket.write('GET / HTTP/1.1\r\n\r\n'));
    socket.once('data', (bytes) => resolve(String(bytes)));
  });
  assert.match(answer, /^HTTP\/1\.1 400 /);
  assert.equal(await get(balanced.url), 503);
  await until(() => linesOf(balanced).length === 1);
  const [line = {}] = linesOf(balanced);
  assert.deepEqual([line['status'], line['upstream_addr'], line['member_name']], [503, '-', '-']);
});

test('a request whose client left is logged as 499, with the member that had it', async () => {
  await using deaf = await DeafMember.start();
  const balanced = await logged([deaf]);
  const socket = connect(balanced.port, balanced.host, () =>
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
  );
  await deaf.asked;
  socket.resetAndDestroy();
  await until(() => linesOf(balanced).length === 1);
  const [line = {}] = linesOf(balanced);
  assert.deepEqual([line['status'], line['upstream_status'], line['bytes_sent']], [499, '-', 0]);
  assert.equal(line['upstream_addr'], `127.0.0.1:${deaf.port}`);
});

test('a TCP connection is one line once it is over', async () => {
  const balanced = await logged([member], 'TCP');
  assert.equal(await get(balanced.url, { connection: 'close' }), 200);
  await until(() => linesOf(balanced).length === 1);
  const [line = {}] = linesOf(balanced);
  assert.equal(line['server_protocol'], 'TCP');
  assert.equal(line['upstream_addr'], `127.0.0.1:${member.port}`);
  assert.ok(Number(line['request_length']) > 30 && Number(line['bytes_sent']) > 50);
});

test('a log that was moved away is begun anew, and the moved one keeps what it had', async () => {
  const balanced = await logged([member]);
  await get(balanced.url);
  await until(() => linesOf(balanced).length === 1);
  renameSync(logPath(), `${logPath()}.moved`);
  await until(async () => {
    await get(balanced.url);
    return linesOf(balanced).length > 0;
  });
  assert.ok(linesOf(balanced, `${logPath()}.moved`).length >= 1);
});
