import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { ConnectionAttempt } from './connection-attempt.ts';
import type { MonitorSettings } from './monitor.ts';
import type { ProbeResult, ProbeTarget } from './probe.ts';
import { createProbe } from './probes.ts';

const LONG_MS = 10_000;
/** Long enough that a busy machine is not taken for a stalled event loop. */
const SHORT_MS = 800;

const monitor: MonitorSettings = {
  type: 'HTTP',
  delay: 5,
  timeout: 3,
  max_retries: 3,
  max_retries_down: 3,
  http_method: 'GET',
  url_path: '/health?full=1',
  http_version: null,
  expected_codes: '200-204,301',
};

/** A peer on loopback that treats each connection as told; ends when the test is over. */
class Peer {
  readonly #server: Server;
  readonly #closed: Promise<unknown>[] = [];
  readonly target: ProbeTarget;

  private constructor(server: Server, timeoutMs: number) {
    this.#server = server;
    this.target = {
      address: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      host: 'health.example',
      timeoutMs,
    };
  }

  static async start(t: TestContext, treat: (socket: Socket) => void, timeoutMs = LONG_MS): Promise<Peer> {
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const peer = new Peer(server, timeoutMs);
    t.after(() => peer.close());
    server.on('connection', (socket) => {
      // Resets are what the peer is for; its own errors are of no interest.
      socket.on('error', () => {});
      peer.#closed.push(new Promise((resolve) => socket.on('close', resolve)));
      treat(socket);
    });
    return peer;
  }

  /** Resolves when the peer has seen the end of every connection: nothing is left open. */
  async close(): Promise<void> {
    if (this.#server.listening) {
      this.#server.close();
      await once(this.#server, 'close');
      await Promise.all(this.#closed);
    }
  }
}

function probe(target: ProbeTarget, settings: Partial<MonitorSettings> = {}): Promise<ProbeResult> {
  return new Promise((resolve) => createProbe({ ...monitor, ...settings })(target, resolve));
}

async function reasonOf(result: Promise<ProbeResult>): Promise<unknown> {
  const awaited = await result;
  return awaited.kind === 'failed' ? awaited.reason.reason_code : awaited;
}

/** A target on which nobody listens. */
async function closedTarget(t: TestContext): Promise<ProbeTarget> {
  const peer = await Peer.start(t, () => {});
  await peer.close();
  return peer.target;
}

/** Answers every request with these pieces, each in a segment of its own. */
function answering(...pieces: string[]) {
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

describe('a TCP probe', () => {
  it('passes when the member accepts, and resets the connection at once', async (t) => {
    const errors: unknown[] = [];
    const peer = await Peer.start(t, (socket) => {
      socket.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code)).resume();
    });
    const result = await probe(peer.target, { type: 'TCP' });
    assert.ok(result.kind === 'passed' && result.latencyMs > 0);
    await peer.close();
    assert.deepEqual(errors, ['ECONNRESET']);
  });

  it('gives CONNECT_REFUSED when nobody listens', async (t) => {
    assert.equal(await reasonOf(probe(await closedTarget(t), { type: 'TCP' })), 'CONNECT_REFUSED');
  });

  it('gives CONNECT_TIMEOUT when the backlog is full', { skip: process.platform !== 'linux' }, async () => {
    // A listener whose thread sleeps accepts nothing; Linux then drops what exceeds the backlog.
    const sleep = new Int32Array(new SharedArrayBuffer(4));
    const script = `
      const { parentPort, workerData } = require('node:worker_threads');
      const server = require('node:net').createServer();
      server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
        parentPort.postMessage(server.address().port);
        Atomics.wait(workerData, 0, 0);
        process.exit();
      });`;
    const worker = new Worker(script, { eval: true, workerData: sleep });
    const [port] = (await once(worker, 'message')) as [number];
    const fillers = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    await Promise.all(fillers.map((filler) => once(filler, 'connect')));
    const target = { address: '127.0.0.1', port, host: '', timeoutMs: SHORT_MS };
    const reason = await reasonOf(probe(target, { type: 'TCP' }));
    for (const filler of fillers) {
      filler.on('error', () => {}).destroy();
    }
    Atomics.store(sleep, 0, 1);
    Atomics.notify(sleep, 0);
    await once(worker, 'exit');
    assert.equal(reason, 'CONNECT_TIMEOUT');
  });

  it('gives CONNECT_FAILED when the address cannot be connected to', async () => {
    const target = { address: '255.255.255.255', port: 9, host: '', timeoutMs: LONG_MS };
    assert.equal(await reasonOf(probe(target, { type: 'TCP' })), 'CONNECT_FAILED');
  });
});

describe('an HTTP probe', { concurrency: true }, () => {
  for (const [settings, host, expected] of [
    [{}, 'health.example', 'GET /health?full=1 HTTP/1.1\r\nHost: health.example\r\n'],
    [{ http_version: 'HTTP/1.0' }, '127.64.0.5', 'GET /health?full=1 HTTP/1.0\r\nHost: 127.64.0.5\r\n'],
    [{ http_method: 'POST', url_path: '/' }, '::1', 'POST / HTTP/1.1\r\nHost: [::1]\r\n'],
  ] as const) {
    it(`asks ${JSON.stringify(settings)} of ${host} in so many words`, async (t) => {
      const requests: string[] = [];
      const peer = await Peer.start(t, (socket) => {
        socket.once('data', (data) => {
          requests.push(data.toString());
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
        });
      });
      const result = await probe({ ...peer.target, host }, settings);
      assert.equal(result.kind, 'passed');
      const [request = ''] = requests;
      assert.ok(request.startsWith(expected), request);
      assert.match(request, /\r\nConnection: close\r\n\r\n$/);
      assert.equal(request.includes('\r\nContent-Length: 0\r\n'), expected.startsWith('POST'));
    });
  }

  it('passes for an expected code, in pieces, after interim answers and before any body', async (t) => {
    const peer = await Peer.start(
      t,
      answering('HTTP/1.1 100 Continue\r\n\r\nHT', 'TP/1.1 30', '1 Moved\r\nLocation: /\r', '\n\r\nbody'),
    );
    assert.equal((await probe(peer.target)).kind, 'passed');
  });

  it('gives RESPONSE_MISMATCH with both sides for another code', async (t) => {
    const peer = await Peer.start(t, answering('HTTP/1.1 503 Service Unavailable\r\n\r\n'));
    assert.deepEqual(await probe(peer.target), {
      kind: 'failed',
      reason: {
        reason_code: 'RESPONSE_MISMATCH',
        expected_response: '200-204,301',
        healthcheck_response: '503',
      },
    });
  });

  it('gives CONNECT_REFUSED when nobody listens', async (t) => {
    assert.equal(await reasonOf(probe(await closedTarget(t))), 'CONNECT_REFUSED');
  });

  it('gives CONNECT_INTERRUPT when the member resets the connection before it answers', async (t) => {
    const peer = await Peer.start(t, (socket) => socket.resetAndDestroy());
    assert.equal(await reasonOf(probe(peer.target)), 'CONNECT_INTERRUPT');
  });

  it('gives CONNECT_INTERRUPT when the member closes without an answer', async (t) => {
    const peer = await Peer.start(t, (socket) => socket.end());
    assert.equal(await reasonOf(probe(peer.target)), 'CONNECT_INTERRUPT');
  });

  it('gives RECV_RESPONSE_TIMEOUT when the member never answers', async (t) => {
    const peer = await Peer.start(t, (socket) => socket.resume(), SHORT_MS);
    assert.equal(await reasonOf(probe(peer.target)), 'RECV_RESPONSE_TIMEOUT');
  });

  it('gives RECV_RESPONSE_TIMEOUT when the member stops in the middle of a head', async (t) => {
    for (const part of ['HTTP/1.1 20', 'HTTP/1.1 200 OK\r\nServer: x']) {
      const peer = await Peer.start(t, answering(part), SHORT_MS);
      assert.equal(await reasonOf(probe(peer.target)), 'RECV_RESPONSE_TIMEOUT');
    }
  });

  it('gives RECV_RESPONSE_TIMEOUT when the member trickles a head that never ends', async (t) => {
    const peer = await Peer.start(
      t,
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        const trickle = setInterval(() => socket.write('x'), 5);
        socket.on('close', () => clearInterval(trickle)).resume();
      },
      SHORT_MS,
    );
    assert.equal(await reasonOf(probe(peer.target)), 'RECV_RESPONSE_TIMEOUT');
  });

  it('gives RECV_RESPONSE_FAILED when the member resets in the middle of its answer', async (t) => {
    const peer = await Peer.start(t, (socket) => {
      answering('HTTP/1.1 200 OK\r\n')(socket);
      socket.once('data', async () => {
        for (let turn = 0; turn < 5; turn++) {
          await nextTurn();
        }
        socket.resetAndDestroy();
      });
    });
    assert.equal(await reasonOf(probe(peer.target)), 'RECV_RESPONSE_FAILED');
  });

  it('gives RESPONSE_FORMAT_ERROR at once when the answer is not HTTP', async (t) => {
    const peer = await Peer.start(t, (socket) => socket.resume().write('SSH-2.0-OpenSSH_9.6\r\n'));
    assert.equal(await reasonOf(probe(peer.target)), 'RESPONSE_FORMAT_ERROR');
  });

  it('gives RESPONSE_FORMAT_ERROR when the answer ends in the middle of its head', async (t) => {
    const peer = await Peer.start(t, (socket) => socket.resume().end('HTTP/1.1 200 OK\r\nServer'));
    assert.equal(await reasonOf(probe(peer.target)), 'RESPONSE_FORMAT_ERROR');
  });

  it('survives an answer without end', async (t) => {
    const peer = await Peer.start(t, (socket) => {
      const flood = () => {
        while (!socket.destroyed && socket.write(Buffer.alloc(65536, 0x78)));
      };
      socket.write('HTTP/1.1 200 ');
      socket.on('drain', flood).resume();
      flood();
    });
    assert.equal(await reasonOf(probe(peer.target)), 'RESPONSE_FORMAT_ERROR');
  });
});

describe('any connection attempt', () => {
  // A health check's own request fits into the buffers of the kernels between, so it takes a huge one to show this.
  it('gives SEND_REQUEST_TIMEOUT when the member never reads', async (t) => {
    const request = 'x'.repeat(16 * 1024 * 1024);
    const sockets: Socket[] = [];
    const peer = await Peer.start(t, (socket) => sockets.push(socket.pause()), SHORT_MS);
    const result = new Promise<ProbeResult>((resolve) => {
      new ConnectionAttempt(peer.target, { request, receive: () => undefined }, resolve);
    });
    assert.equal(await reasonOf(result), 'SEND_REQUEST_TIMEOUT');
    for (const socket of sockets) {
      socket.destroy();
    }
  });

  it('is silent once stopped, and leaves nothing open', async (t) => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const timersBefore = timers();
    const results: ProbeResult[] = [];
    let connected: () => void = () => {};
    const accepted = new Promise<void>((resolve) => {
      connected = resolve;
    });
    const peer = await Peer.start(t, (socket) => {
      socket.on('data', connected);
    });
    const attempt = createProbe(monitor)(peer.target, (result) => results.push(result));
    await accepted;
    attempt.stop();
    attempt.stop();
    const early = createProbe(monitor)(peer.target, (result) => results.push(result));
    early.stop();
    assert.equal(timers(), timersBefore);
    await peer.close();
    assert.deepEqual(results, []);
  });
});
