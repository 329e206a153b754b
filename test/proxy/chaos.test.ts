import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { resetSocket } from '../../src/proxy/sockets/reset-socket.ts';
import { RawMember } from './raw-member.ts';
import { RunningEngine } from './running-engine.ts';

const CLIENT_BYTES = [
  'GET / HTTP/1.1\r\nHost: h\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  'hello',
  '5\r\nhello\r\n',
  '0\r\n\r\n',
  'x'.repeat(100_000),
];
const MEMBER_BYTES = [
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
  'HTTP/1.1 200 OK\r\n\r\n',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  'hello',
  '5\r\nhello\r\n',
  '0\r\n\r\n',
  'x'.repeat(100_000),
];
const END = 'end';
const RESET = 'reset';
const PAUSE = 'pause';

const script = (bytes: readonly string[]) =>
  fc.array(
    fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...bytes) }, fc.constantFrom(END, RESET, PAUSE, PAUSE)),
    { minLength: 1, maxLength: 6 },
  );

test('whatever both sides do, the proxy survives it, holds no connection, and still serves', async (t) => {
  const memberScripts = fc.sample(script(MEMBER_BYTES), 400);
  const clientScripts = fc.sample(script(CLIENT_BYTES), 400);
  const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));
  const play = async (socket: Socket, steps: readonly string[]): Promise<void> => {
    for (const step of steps) {
      if (socket.destroyed) return;
      if (step === RESET) resetSocket(socket);
      else if (step === END) socket.end();
      else if (step === PAUSE) await turn();
      else if (socket.writable) socket.write(step, 'latin1');
    }
    await turn();
    socket.destroy();
  };
  let played = 0;
  const member = await RawMember.start(t, async (session) => {
    const steps = memberScripts[played % memberScripts.length] ?? [];
    played += 1;
    await session.waitFor(() => session.total > 0 || session.hasEnded, 'a request');
    await play(session.socket, steps);
  });
  for (const http of [true, false]) {
    const proxy = await RunningEngine.start(t, {
      members: [member.configuration()],
      ...(http ? {} : { listener: { http: null } }),
    });
    for (let start = 0; start < clientScripts.length; start += 20) {
      const clients = clientScripts.slice(start, start + 20).map(async (steps) => {
        const socket = connect({ host: proxy.address, port: proxy.port, allowHalfOpen: true });
        socket.on('error', () => {});
        socket.resume();
        await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
        await play(socket, steps);
      });
      await Promise.all(clients);
    }
    const before = performance.now();
    await proxy.engine.drain(4000);
    assert.ok(performance.now() - before < 3500, `a connection was left behind, http: ${http}`);
  }
  assert.ok(played > 50, `only ${played} connections reached the member`);
});
