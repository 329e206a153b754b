/**
 * A member, as lean as Node can be: every request gets one of two fixed answers, every datagram comes back. It counts what it serves, so that
 * no proxy can look good by not asking.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { MemberSetup } from '../support/member.ts';

const endOfHead = Buffer.from('\r\n\r\n');
const endOfHeadBytes = endOfHead.readUInt32BE();

/** Where `GET /large` differs from every other request. */
const firstOfPath = 'GET /'.length;
const letterOfLarge = 'l'.charCodeAt(0);

const counts = { connections: 0, requests: 0 };

const smallBody = 'ok'.padEnd(128, '.');
const answers = {
  small: answer(smallBody),
  large: answer('large'.padEnd(1024 * 1024, '.')),
  last: answer(smallBody, ['Connection: close']),
};

const { addresses, portsPerAddress } = JSON.parse(process.argv[2] ?? '') as MemberSetup;
const listeners = addresses.flatMap((address) => new Array<string>(portsPerAddress).fill(address));
const ports = await Promise.all(listeners.map(listen));
await echo(addresses[0] ?? '127.0.0.1', ports[0] ?? 0);
process.on('message', () => process.send?.(counts));
process.on('disconnect', () => process.exit());
process.send?.({ ports });

function answer(body: string, headers: readonly string[] = []): Buffer {
  const head = [
    'HTTP/1.1 200 OK',
    'Date: Thu, 01 Jan 2026 00:00:00 GMT',
    'Content-Type: text/plain',
    `Content-Length: ${body.length}`,
    ...headers,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`, 'latin1');
}

async function listen(address: string): Promise<number> {
  const server = createServer({ noDelay: true }, serve).listen({ port: 0, host: address, backlog: 4096 });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Answers datagrams on the first port. */
async function echo(address: string, port: number): Promise<void> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  socket.on('message', (bytes, from) => {
    counts.requests += 1;
    socket.send(bytes, from.port, from.address);
  });
  socket.bind(port, address);
  await once(socket, 'listening');
}

function serve(socket: Socket): void {
  counts.connections += 1;
  let rest: Buffer | null = null;
  socket.on('error', () => {});
  socket.on('data', (bytes: Buffer) => {
    const input: Buffer = rest === null ? bytes : Buffer.concat([rest, bytes]);
    rest = null;
    // Nearly always one whole request: only then is nothing searched.
    if (input.length >= 4 && input.readUInt32BE(input.length - 4) === endOfHeadBytes) {
      const end = input.indexOf(endOfHead) + endOfHead.length;
      if (end === input.length) serveOne(socket, input);
      else serveSeveral(socket, input);
    } else {
      rest = serveSeveral(socket, input);
    }
  });
}

/** Serves each whole request of the input and returns what is left. */
function serveSeveral(socket: Socket, input: Buffer): Buffer | null {
  let start = 0;
  for (;;) {
    const end = input.indexOf(endOfHead, start);
    if (end === -1) return start === input.length ? null : input.subarray(start);
    serveOne(socket, input.subarray(start, end + endOfHead.length));
    start = end + endOfHead.length;
  }
}

function serveOne(socket: Socket, request: Buffer): void {
  counts.requests += 1;
  if (request.includes('onnection: close', 0, 'latin1')) socket.end(answers.last);
  else socket.write(request[firstOfPath] === letterOfLarge ? answers.large : answers.small);
}
