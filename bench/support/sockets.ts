/** Ports and answers, one at a time: what starting and checking a proxy needs. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';

const startTimeoutMs = 20_000;
const retryMs = 20;

/** A port of a local address that nothing listens on now. */
export async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Sends one HTTP request on a connection of its own.
 *
 * @returns the status of the answer, or null when none came
 */
async function statusOf(host: string, port: number, path: string, isSecure: boolean): Promise<number | null> {
  const socket = isSecure ? connectTls({ host, port, rejectUnauthorized: false }) : connect({ host, port });
  socket.setTimeout(startTimeoutMs, () => socket.destroy());
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: close\r\n\r\n`);
  try {
    let answer = '';
    for await (const bytes of socket) {
      answer += (bytes as Buffer).toString('latin1');
      const status = /^HTTP\/1\.[01] (\d{3}) /.exec(answer)?.[1];
      if (status !== undefined) return Number(status);
    }
    return null;
  } catch {
    return null;
  } finally {
    socket.destroy();
  }
}

/**
 * Waits until requests are answered with a status.
 *
 * @throws Error when that takes too long, or `gone` says that nobody is left to answer
 */
export async function untilAnswered(
  host: string,
  port: number,
  options: {
    readonly status?: number;
    readonly isSecure?: boolean;
    readonly gone?: () => boolean;
  } = {},
): Promise<void> {
  const { status = 200, isSecure = false, gone = () => false } = options;
  const deadline = performance.now() + startTimeoutMs;
  for (;;) {
    const answered = await statusOf(host, port, '/first', isSecure);
    if (answered === status) return;
    if (gone() || performance.now() > deadline) {
      throw new Error(`${host}:${port} answers ${answered ?? 'nothing'}, not ${status}`);
    }
    await delay(retryMs);
  }
}

/** Waits until datagrams are answered; fails as `untilAnswered` does. */
export async function untilEchoed(
  host: string,
  port: number,
  { gone = () => false }: { readonly gone?: () => boolean } = {},
): Promise<void> {
  const socket = createSocket('udp4');
  // Nobody hears there yet.
  socket.on('error', () => {});
  let isAnswered = false;
  socket.on('message', () => {
    isAnswered = true;
  });
  const deadline = performance.now() + startTimeoutMs;
  try {
    while (!isAnswered) {
      if (gone() || performance.now() > deadline) throw new Error(`${host}:${port} answers no datagram`);
      socket.send('first', port, host);
      await delay(retryMs);
    }
  } finally {
    socket.close();
  }
}
