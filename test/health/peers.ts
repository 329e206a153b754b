/** Peers on loopback that treat probes as they are told, well or badly. */
import { createSocket, type Socket as DatagramSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  createServer as createHttp2Server,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { Worker } from 'node:worker_threads';

/** Where a peer is; nothing of it is left once it is disposed of. */
export interface Peer extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  /** How many connections it has. */
  readonly open: () => number;
}

const certificate = {
  cert: readFileSync(new URL('../data/rsa.pem', import.meta.url)),
  key: readFileSync(new URL('../data/rsa.key.pem', import.meta.url)),
};

/** Whether this machine has IPv6 on loopback. */
export const hasIPv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
);

async function serving(server: Server | Http2Server, address: string): Promise<Peer> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    // Resets are what a peer is for; its own errors are of no interest.
    socket.on('error', () => {});
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  server.listen(0, address);
  await once(server, 'listening');
  return {
    address,
    port: (server.address() as AddressInfo).port,
    open: () => open.size,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

export function tcpPeer(treat: (socket: Socket) => void, address = '127.0.0.1'): Promise<Peer> {
  return serving(createServer({ allowHalfOpen: true }, treat), address);
}

/** Cuts a connection below TLS or HTTP/2, as a crash does. */
type Cut = () => void;

/** What cuts the newest connection of a server. */
function cutting(server: Server | Http2Server): Cut {
  let newest: Socket | undefined;
  server.on('connection', (socket: Socket) => {
    newest = socket;
  });
  return () => newest?.resetAndDestroy();
}

/** A peer that completes the handshake, and then treats the connection as told. */
export function tlsPeer(
  treat: (socket: TLSSocket, cut: Cut) => void,
  { address = '127.0.0.1', ...options }: TlsOptions & { readonly address?: string } = {},
): Promise<Peer> {
  const server = createTlsServer({ ...certificate, ...options });
  const cut = cutting(server);
  server.on('secureConnection', (socket) => {
    socket.on('error', () => {});
    treat(socket, cut);
  });
  return serving(server, address);
}

/** A peer that speaks HTTP/2 with prior knowledge, and treats each request as told. */
export function http2Peer(
  treat: (stream: ServerHttp2Stream, cut: Cut, headers: IncomingHttpHeaders) => void,
  address = '127.0.0.1',
): Promise<Peer> {
  const server = createHttp2Server();
  const cut = cutting(server);
  server.on('session', (session) => session.on('error', () => {}));
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => {});
    treat(stream, cut, headers);
  });
  return serving(server, address);
}

/** A peer that goes away as soon as it has spoken its first frame of HTTP/2. */
export function http2Leaver(): Promise<Peer> {
  const server = createHttp2Server();
  server.on('session', (session) => {
    session.on('error', () => {});
    session.goaway(0, 0);
    session.destroy();
  });
  return serving(server, '127.0.0.1');
}

export async function udpPeer(
  treat: (socket: DatagramSocket, message: Buffer, from: RemoteInfo) => void,
  address = '127.0.0.1',
): Promise<Peer> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', (message, from) => treat(socket, message, from));
  socket.bind(0, address);
  await once(socket, 'listening');
  return {
    address,
    port: socket.address().port,
    open: () => 0,
    [Symbol.asyncDispose]: async () => {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}

/** A port on which nobody listens. */
export async function closedPort(kind: 'tcp' | 'udp' = 'tcp', address = '127.0.0.1'): Promise<Peer> {
  const peer = await (kind === 'tcp' ? tcpPeer(() => {}, address) : udpPeer(() => {}, address));
  await peer[Symbol.asyncDispose]();
  return { ...peer, [Symbol.asyncDispose]: async () => {} };
}

/** An address to which this host refuses to connect. */
export async function forbiddenAddress(): Promise<Peer> {
  return { address: '255.255.255.255', port: 9, open: () => 0, [Symbol.asyncDispose]: async () => {} };
}

/** A listener whose backlog is full: its thread sleeps and accepts nothing, and Linux drops what exceeds the backlog. */
export async function fullBacklog(): Promise<Peer> {
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
  return {
    address: '127.0.0.1',
    port,
    open: () => fillers.length,
    [Symbol.asyncDispose]: async () => {
      for (const filler of fillers) filler.on('error', () => {}).destroy();
      Atomics.store(sleep, 0, 1);
      Atomics.notify(sleep, 0);
      await once(worker, 'exit');
    },
  };
}

/** Answers the first request with some text, and does what comes then once that was sent. */
export function answering(text: string, then: (socket: Socket) => void = () => {}) {
  return (socket: Socket) => {
    socket.once('data', async () => {
      socket.write(text, 'latin1');
      for (let turn = 0; turn < 5; turn++) await nextTurn();
      then(socket);
    });
  };
}

/** What a standard health service answers. */
export const servingStatus = { unknown: 0, serving: 1, notServing: 2 } as const;

/** Answers a gRPC call with a status, after a message that says how the member is. */
export function grpcAnswering(status: number, health: number = servingStatus.serving) {
  return (stream: ServerHttp2Stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(status) }));
    stream.end(Buffer.from([0, 0, 0, 0, 2, 8, health]));
  };
}
