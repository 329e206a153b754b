/** Load of datagrams: each client sends one, waits for it to come back, and sends the next. */
import { createSocket, type Socket } from 'node:dgram';
import type { Load, LoadResult } from '../support/load.ts';
import { percentile } from '../support/spread.ts';

const { host, port, connections, seconds } = JSON.parse(process.argv[2] ?? '') as Load;

/** As large as a question of DNS or a voice packet. */
const datagram = Buffer.alloc(128, '.');

/** One that has not come back by then is lost, and the next is sent. */
const lossMs = 500;

const counts = { requests: 0, bytes: 0, errors: 0 };
const latenciesMs: number[] = [];
const clients = Array.from({ length: connections }, open);
const startedAt = performance.now();
const losses = setInterval(() => {
  const now = performance.now();
  for (const client of clients) {
    if (now - client.sentAt < lossMs) continue;
    counts.errors += 1;
    send(client);
  }
}, lossMs);
setTimeout(finish, seconds * 1000);
process.on('disconnect', () => process.exit());

interface Client {
  readonly socket: Socket;
  sentAt: number;
}

function open(): Client {
  const client: Client = { socket: createSocket('udp4'), sentAt: performance.now() };
  client.socket.on('message', (bytes) => {
    counts.requests += 1;
    counts.bytes += bytes.length;
    latenciesMs.push(performance.now() - client.sentAt);
    send(client);
  });
  // What the proxy may say of a port that is not there counts as lost.
  client.socket.on('error', () => {});
  client.socket.connect(port, host, () => send(client));
  return client;
}

function send(client: Client): void {
  client.sentAt = performance.now();
  client.socket.send(datagram);
}

function finish(): void {
  clearInterval(losses);
  const took = (performance.now() - startedAt) / 1000;
  for (const { socket } of clients) socket.close();
  process.send?.({ ...counts, seconds: took, p99Ms: percentile(latenciesMs, 99) } satisfies LoadResult);
}
