/** Our own load generator: runs one load, given as JSON, and sends what came of it to its parent. */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type ApiLoad, type Load, type LoadResult, requestHeaders } from '../support/load.ts';
import { ResponseReader } from '../support/response-reader.ts';
import { percentile } from '../support/spread.ts';

const load = JSON.parse(process.argv[2] ?? '') as Load | ApiLoad;

const counts = { requests: 0, bytes: 0, errors: 0 };
const latenciesMs: number[] = [];
/** One for all connections: what it holds is taken before the next one reads. */
const buffer = Buffer.allocUnsafeSlow(256 * 1024);
const sockets = new Set<Socket>();
let number = 10_000_000;
let isOver = false;

const nextRequest = 'body' in load ? apiCalls(load) : requests(load);

const startedAt = performance.now();
for (let index = 0; index < load.connections; index++) open();
setTimeout(finish, load.seconds * 1000);
process.on('disconnect', () => process.exit());

function requests({ path, host, port, reconnects }: Load): () => string {
  const headers = [`Host: ${host}:${port}`, ...requestHeaders, ...(reconnects ? ['Connection: close'] : [])];
  const after = ` HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`;
  return () => {
    number += 1;
    return `GET ${path}?page=${number}${after}`;
  };
}

function apiCalls({ path, host, port, token, body: template }: ApiLoad): () => string {
  const before = [
    `POST ${path} HTTP/1.1`,
    `Host: ${host}:${port}`,
    'Content-Type: application/json',
    `X-Auth-Token: ${token}`,
  ].join('\r\n');
  const [first = '', second = ''] = template.split('{ip}');
  let address = 0;
  return () => {
    address += 1;
    const ip = `127.${128 + (address >> 16)}.${(address >> 8) & 255}.${address & 255}`;
    const body = first + ip + second;
    return `${before}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  };
}

/** Opens a connection that sends request after request; one that breaks is replaced. */
function open(): void {
  const reader = new ResponseReader();
  let sentAt = 0;
  let isDone = false;
  const send = () => {
    sentAt = performance.now();
    socket.write(nextRequest(), 'latin1');
  };
  const callback = (length: number) => {
    counts.bytes += length;
    if (reader.read(buffer, 0, length) === -1) return true;
    counts.requests += 1;
    if (!reader.isGood) counts.errors += 1;
    latenciesMs.push(performance.now() - sentAt);
    isDone = load.reconnects;
    if (isDone) socket.end();
    else send();
    return true;
  };
  const options = { host: load.host, port: load.port, noDelay: true, onread: { buffer, callback } };
  const socket: Socket = load.isSecure
    ? connectTls({ ...options, rejectUnauthorized: false }, send)
    : connect(options, send);
  sockets.add(socket);
  socket.on('error', () => {});
  socket.on('close', () => {
    sockets.delete(socket);
    if (isOver) return;
    if (!isDone) counts.errors += 1;
    open();
  });
}

function finish(): void {
  isOver = true;
  const seconds = (performance.now() - startedAt) / 1000;
  for (const socket of sockets) socket.destroy();
  process.send?.({ ...counts, seconds, p99Ms: percentile(latenciesMs, 99) } satisfies LoadResult);
}
