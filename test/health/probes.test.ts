/** What probes of each type send, and what satisfies them; what does not is in reasons.test.ts. */
import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MonitorSettings, MonitorType } from '../../src/health/monitor.ts';
import type { ProbeResult, ProbeTarget } from '../../src/health/probe.ts';
import { createProbe } from '../../src/health/probes.ts';
import { until } from '../support/until.ts';
import {
  answering,
  grpcAnswering,
  hasIPv6,
  http2Peer,
  type Peer,
  servingStatus,
  tcpPeer,
  tlsPeer,
  udpPeer,
} from './peers.ts';

const longMs = 10_000;
/** Long enough that a busy machine is not taken for a stalled event loop. */
const shortMs = 800;

const monitor: MonitorSettings = {
  ...{ id: 'monitor', monitor_port: null },
  type: 'HTTP',
  ...{ delay: 5, timeout: 3, max_retries: 3, max_retries_down: 3 },
  ...{ http_method: 'GET', url_path: '/health?full=1', http_version: null, expected_codes: '200-204,301' },
  ...{ content_check_enable: false, send_content: null, receive_content: null, content_format: 'TEXT' },
};

function targetOf({ address, port }: Peer, timeoutMs = longMs): ProbeTarget {
  return { address, port, host: 'health.example', timeoutMs };
}

function probe(target: ProbeTarget, settings: Partial<MonitorSettings> = {}): Promise<ProbeResult> {
  return new Promise((resolve) => createProbe({ ...monitor, ...settings })(target, resolve));
}

/** The code that a probe met, `passed`, or what else became of it. */
async function outcomeOf(result: Promise<ProbeResult>): Promise<string> {
  const awaited = await result;
  return awaited.kind === 'failed' ? awaited.reason.reason_code : awaited.kind;
}

/** Answers every request with these pieces, each in a segment of its own. */
function inPieces(...pieces: string[]) {
  return (socket: Socket) => {
    socket.setNoDelay(true);
    socket.once('data', async () => {
      for (const piece of pieces) {
        socket.write(piece, 'latin1');
        await nextTurn();
        await nextTurn();
      }
    });
  };
}

/** The errors that the connections of a peer end with. */
function errorsOf(kept: (string | undefined)[]) {
  return (socket: Socket) => {
    socket.on('error', (error: NodeJS.ErrnoException) => kept.push(error.code)).resume();
  };
}

describe('a TCP probe', { concurrency: true }, () => {
  it('passes when the member accepts, and resets the connection at once', async () => {
    const errors: (string | undefined)[] = [];
    let ended = Promise.resolve();
    await using peer = await tcpPeer((socket) => {
      errorsOf(errors)(socket);
      ended = new Promise((resolve) => socket.on('close', () => resolve()));
    });
    const result = await probe(targetOf(peer), { type: 'TCP' });
    assert.ok(result.kind === 'passed' && Number(result.latencyMs) > 0);
    await nextTurn();
    await ended;
    assert.deepEqual(errors, ['ECONNRESET']);
  });

  const checked = { type: 'TCP', content_check_enable: true } as const;

  it('sends and compares contents, as text or as hex, in whatever pieces they come', async () => {
    const received: string[] = [];
    await using peer = await tcpPeer((socket) => {
      socket.once('data', (data) => received.push(data.toString('hex')));
      inPieces('p', 'ön', 'g and more')(socket);
    });
    const text = { send_content: 'pïng', receive_content: Buffer.from('pön', 'latin1').toString('latin1') };
    const hex = { content_format: 'HEX', send_content: 'C0ffee', receive_content: '70F66e' };
    assert.equal(await outcomeOf(probe(targetOf(peer), { ...checked, ...hex })), 'passed');
    assert.equal(await outcomeOf(probe(targetOf(peer), { ...checked, ...text })), 'RESPONSE_FORMAT_ERROR');
    assert.deepEqual(received, ['c0ffee', Buffer.from('pïng').toString('hex')], 'text is sent as UTF-8');
  });

  it('waits for what the member says by itself when there is nothing to send', async () => {
    await using peer = await tcpPeer((socket) => socket.write('SSH-2.0-server\r\n'));
    assert.equal(
      await outcomeOf(probe(targetOf(peer), { ...checked, receive_content: 'SSH-2.0' })),
      'passed',
    );
  });

  it('compares nothing while content_check_enable is false, or nothing is to be received', async () => {
    await using peer = await tcpPeer(() => {});
    const contents = { send_content: 'ping', receive_content: 'pong' };
    assert.equal(await outcomeOf(probe(targetOf(peer), { type: 'TCP', ...contents })), 'passed');
    assert.equal(await outcomeOf(probe(targetOf(peer), { ...checked, send_content: 'ping' })), 'passed');
  });
});

describe('a UDP_CONNECT probe', { concurrency: true }, () => {
  it('passes when nobody says that the port is closed, which takes the whole timeout to tell', async () => {
    let messages = 0;
    await using peer = await udpPeer(() => messages++);
    const startedAt = performance.now();
    const result = await probe(targetOf(peer, shortMs), { type: 'UDP_CONNECT' });
    assert.deepEqual(result, { kind: 'passed', latencyMs: null });
    assert.ok(performance.now() - startedAt >= shortMs - 5);
    assert.equal(messages, 1);
  });

  it('passes at once when the member answers, with the content that is expected of it if any', async () => {
    await using peer = await udpPeer((socket, message, { port, address }) =>
      socket.send(message.toString() === 'ping' ? 'pong' : 'what?', port, address),
    );
    assert.equal(await outcomeOf(probe(targetOf(peer), { type: 'UDP_CONNECT' })), 'passed');
    const contents = { content_check_enable: true, send_content: '70696e67', receive_content: '706F6e67' };
    const result = await probe(targetOf(peer), { type: 'UDP_CONNECT', content_format: 'HEX', ...contents });
    assert.ok(result.kind === 'passed' && Number(result.latencyMs) > 0);
  });
});

describe('an HTTP probe', { concurrency: true }, () => {
  for (const [settings, host, expected] of [
    [{}, 'health.example', 'GET /health?full=1 HTTP/1.1\r\nHost: health.example\r\n'],
    [{ http_version: 'HTTP/1.0' }, '127.64.0.5', 'GET /health?full=1 HTTP/1.0\r\nHost: 127.64.0.5\r\n'],
    [{ http_method: 'POST', url_path: '/' }, '::1', 'POST / HTTP/1.1\r\nHost: [::1]\r\n'],
    [{ http_method: 'HEAD', url_path: '/' }, 'a.b', 'HEAD / HTTP/1.1\r\nHost: a.b\r\n'],
  ] as const) {
    it(`asks ${JSON.stringify(settings)} of ${host} in so many words`, async () => {
      const requests: string[] = [];
      await using peer = await tcpPeer((socket) => {
        socket.once('data', (data) => {
          requests.push(data.toString());
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
        });
      });
      assert.equal(await outcomeOf(probe({ ...targetOf(peer), host }, settings)), 'passed');
      const [request = ''] = requests;
      assert.ok(request.startsWith(expected), request);
      assert.match(request, /\r\nConnection: close\r\n\r\n$/);
      assert.equal(request.includes('\r\nContent-Length: 0\r\n'), expected.startsWith('POST'));
    });
  }

  it('passes for an expected code, in pieces, after interim answers and before any body', async () => {
    await using peer = await tcpPeer(
      inPieces('HTTP/1.1 100 Continue\r\n\r\nHT', 'TP/1.1 30', '1 Moved\r\nLocation: /\r', '\n\r\nbody'),
    );
    assert.equal(await outcomeOf(probe(targetOf(peer))), 'passed');
  });

  it('gives RECV_RESPONSE_TIMEOUT when the member trickles a head that never ends', async () => {
    await using peer = await tcpPeer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const trickle = setInterval(() => socket.write('x'), 5);
      socket.on('close', () => clearInterval(trickle)).resume();
    });
    assert.equal(await outcomeOf(probe(targetOf(peer, shortMs))), 'RECV_RESPONSE_TIMEOUT');
  });

  it('gives RESPONSE_FORMAT_ERROR at once when the answer is not HTTP', async () => {
    await using peer = await tcpPeer((socket) => socket.resume().write('SSH-2.0-OpenSSH_9.6\r\n'));
    assert.equal(await outcomeOf(probe(targetOf(peer))), 'RESPONSE_FORMAT_ERROR');
  });

  it('survives an answer without end', async () => {
    await using peer = await tcpPeer((socket) => {
      const flood = () => {
        while (!socket.destroyed && socket.write(Buffer.alloc(65536, 0x78)));
      };
      socket.write('HTTP/1.1 200 ');
      socket.on('drain', flood).resume();
      flood();
    });
    assert.equal(await outcomeOf(probe(targetOf(peer))), 'RESPONSE_FORMAT_ERROR');
  });
});

describe('a TLS probe, and an HTTPS one', { concurrency: true }, () => {
  it('passes when the handshake is done, whoever signed the certificate, and resets the connection', async () => {
    const errors: (string | undefined)[] = [];
    let ended = Promise.resolve();
    await using peer = await tlsPeer((socket) => {
      errorsOf(errors)(socket);
      ended = new Promise((resolve) => socket.on('close', () => resolve()));
    });
    assert.equal(await outcomeOf(probe(targetOf(peer), { type: 'TLS' })), 'passed');
    await nextTurn();
    await ended;
    assert.ok(errors.every((code) => code === 'ECONNRESET'));
  });

  it('asks over TLS in the words of HTTP, and names no server, as sni_enable false says', async () => {
    const asked: string[] = [];
    const servernames: unknown[] = [];
    await using peer = await tlsPeer((socket) => {
      // What a client names is on the socket, though the types do not say so.
      servernames.push(Reflect.get(socket, 'servername'));
      socket.once('data', (data) => {
        asked.push(data.toString());
        socket.write('HTTP/1.1 204 No Content\r\n\r\n');
      });
    });
    assert.equal(await outcomeOf(probe(targetOf(peer), { type: 'HTTPS', http_method: 'HEAD' })), 'passed');
    const [request = ''] = asked;
    assert.ok(request.startsWith('HEAD /health?full=1 HTTP/1.1\r\nHost: health.example\r\n'), request);
    assert.deepEqual(servernames, [false]);
  });
});

describe('a GRPC probe', { concurrency: true }, () => {
  const grpc = { type: 'GRPC', url_path: '/' } as const;

  it('calls the standard health service for the load balancer’s address, or the domain', async () => {
    const asked: IncomingHttpHeaders[] = [];
    const bodies: string[] = [];
    await using peer = await http2Peer((stream, _cut, headers) => {
      asked.push(headers);
      stream.once('data', (data: Buffer) => bodies.push(data.toString('hex')));
      grpcAnswering(0)(stream);
    });
    assert.equal(await outcomeOf(probe(targetOf(peer), { ...grpc, expected_codes: '0' })), 'passed');
    const v6 = { ...targetOf(peer), host: '2001:db8::1' };
    assert.equal(await outcomeOf(probe(v6, { ...grpc, expected_codes: '0' })), 'passed');
    assert.deepEqual(
      asked.map((headers) => headers[':authority']),
      ['health.example', '[2001:db8::1]'],
    );
    const [{ ':method': method, ':path': path, 'content-type': type, te } = {}] = asked;
    assert.deepEqual(
      [method, path, type, te],
      ['POST', '/grpc.health.v1.Health/Check', 'application/grpc', 'trailers'],
    );
    assert.deepEqual(bodies, ['0000000000', '0000000000']);
  });

  for (const [codes, status, outcome] of [
    ['0', 0, 'passed'],
    ['0,5,12', 12, 'passed'],
    ['0-5,10-12,20-30', 29, 'passed'],
    ['90-99', 99, 'passed'],
    ['0-5,10-12,20-30', 31, 'RESPONSE_MISMATCH'],
  ] as const) {
    it(`expects ${codes} and takes ${status} as ${outcome}`, async () => {
      await using peer = await http2Peer(grpcAnswering(status));
      assert.equal(await outcomeOf(probe(targetOf(peer), { ...grpc, expected_codes: codes })), outcome);
    });
  }

  for (const [by, treat] of [
    ['says that it does not serve', grpcAnswering(0, servingStatus.notServing)],
    ['does not know whether it serves', grpcAnswering(0, servingStatus.unknown)],
  ] as const) {
    it(`takes a member that ${by} as UNAVAILABLE`, async () => {
      await using peer = await http2Peer(treat);
      const result = await probe(targetOf(peer), { ...grpc, expected_codes: '0' });
      assert.deepEqual(result.kind === 'failed' && result.reason, {
        reason_code: 'RESPONSE_MISMATCH',
        expected_response: '0',
        healthcheck_response: '14',
      });
      assert.equal(await outcomeOf(probe(targetOf(peer), { ...grpc, expected_codes: '0,14' })), 'passed');
    });
  }

  it('calls the method that url_path names, and takes its code as it is', async () => {
    await using peer = await http2Peer((stream) => {
      stream.respond({ 'content-type': 'application/grpc', 'grpc-status': '0' }, { endStream: true });
    });
    const settings = { ...grpc, expected_codes: '0' };
    assert.equal(await outcomeOf(probe(targetOf(peer), { ...settings, url_path: '/my.Own/Ping' })), 'passed');
    assert.equal(await outcomeOf(probe(targetOf(peer), settings)), 'RESPONSE_MISMATCH');
  });

  for (const [http, code] of [
    [404, '12'],
    [503, '14'],
    [500, '2'],
  ] as const) {
    it(`takes the answer ${http} of a server that is not gRPC as ${code}`, async () => {
      await using peer = await http2Peer((stream) =>
        stream.respond({ ':status': http }, { endStream: true }),
      );
      const result = await probe(targetOf(peer), { ...grpc, expected_codes: '0' });
      assert.equal(result.kind === 'failed' && result.reason.healthcheck_response, code);
    });
  }
});

const serving: Readonly<Record<MonitorType, (address: string) => Promise<Peer>>> = {
  TCP: (address) => tcpPeer((socket) => socket.resume(), address),
  UDP_CONNECT: (address) =>
    udpPeer((socket, message, from) => socket.send(message, from.port, from.address), address),
  HTTP: (address) => tcpPeer(answering('HTTP/1.1 200 OK\r\n\r\n'), address),
  HTTPS: (address) => tlsPeer(answering('HTTP/1.1 200 OK\r\n\r\n'), { address }),
  TLS: (address) => tlsPeer((socket) => socket.resume(), { address }),
  GRPC: (address) => http2Peer(grpcAnswering(0), address),
};

const silent: Readonly<Record<MonitorType, () => Promise<Peer>>> = {
  TCP: () => tcpPeer((socket) => socket.resume()),
  UDP_CONNECT: () => udpPeer(() => {}),
  HTTP: () => tcpPeer((socket) => socket.resume()),
  HTTPS: () => tlsPeer((socket) => socket.resume()),
  TLS: () => tcpPeer((socket) => socket.resume()),
  GRPC: () => http2Peer(() => {}),
};

describe('a probe of any type', () => {
  for (const type of Object.keys(serving) as MonitorType[]) {
    const settings = { type, ...(type === 'GRPC' ? { url_path: '/', expected_codes: '0' } : {}) };
    // So that it waits for an answer too.
    const waiting = { ...settings, content_check_enable: true, receive_content: 'pong' };

    it(`${type} reaches an IPv6 member`, { skip: hasIPv6 ? false : 'this machine has no ::1' }, async () => {
      await using peer = await serving[type]('::1');
      assert.equal(await outcomeOf(probe({ ...targetOf(peer), host: '::1' }, settings)), 'passed');
    });

    it(`${type} is silent once stopped, early or late, and leaves nothing open`, async () => {
      const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
      await using peer = await silent[type]();
      const results: ProbeResult[] = [];
      const before = timers();
      const begin = () =>
        createProbe({ ...monitor, ...waiting })(targetOf(peer), (result) => results.push(result));
      const early = begin();
      early.stop();
      early.stop();
      const late = begin();
      await connected(peer, type);
      late.stop();
      late.stop();
      assert.equal(timers(), before);
      await until(() => peer.open() === 0);
      assert.deepEqual(results, []);
    });
  }
});

/** When another connection begun now is through, the one before is. */
async function connected({ address, port }: Peer, type: MonitorType): Promise<void> {
  if (type === 'UDP_CONNECT') return nextTurn();
  const socket = connect(port, address);
  await new Promise((resolve) => socket.once('connect', resolve));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.resetAndDestroy();
  await closed;
}
