/**
 * The configuration stream's end in the control plane. A proxy opens it with an HTTP upgrade; from then on each
 * side writes one JSON value a line: deltas to the proxy, reports from it. An empty line only says "still here".
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from '../observe/log.ts';
import type { TrafficRow } from '../observe/traffic-counts.ts';
import type { TrafficReport } from '../observe/traffic-lines.ts';
import {
  type ConfigurationDelta,
  heartbeatMs,
  type ListenerState,
  streamPath,
  streamProtocol,
} from './configuration.ts';
import { LineReader } from './lines.ts';
import type { Publisher } from './publisher.ts';
import { parseReport } from './report-line.ts';

/** A proxy as it last reported. */
export interface ConnectedProxy {
  readonly name: string;
  readonly connectedAt: Date;
  /** The revision that all its workers run; null until it has reported one of this store. */
  readonly revision: number | null;
  /** By listener id. */
  readonly listeners: ReadonlyMap<string, ListenerState>;
  /** Its counters as told last, by kind and id. */
  readonly traffic: ReadonlyMap<string, TrafficRow>;
}

/** A proxy that reads so slowly is cut off; it comes back for a snapshot. */
const maxUnreadBytes = 256 * 1024 * 1024;

/** Reports are small: they name listeners, not members. */
const maxLineBytes = 16 * 1024 * 1024;

/** A name is for people to read. */
const maxNameLength = 128;

interface Connection {
  readonly socket: Duplex;
  proxy: ConnectedProxy;
  /** The proxy's, to be changed in place: it is large. */
  readonly traffic: Map<string, TrafficRow>;
}

export class StreamServer {
  readonly #publisher: Publisher;
  readonly #tokenHash: Buffer;
  readonly #log: Logger;
  readonly #refused: (request: IncomingMessage) => void;
  readonly #connections = new Set<Connection>();
  readonly #waiting = new Set<() => void>();
  #closed = false;

  /**
   * @param token what proxies must present
   * @param refused hears of each request with another
   */
  constructor(
    publisher: Publisher,
    token: string,
    log: Logger,
    refused: (request: IncomingMessage) => void = () => {},
  ) {
    this.#publisher = publisher;
    this.#tokenHash = hash(token);
    this.#log = log;
    this.#refused = refused;
  }

  /** Whether a request is to become a configuration stream. */
  static takes({ url, headers }: IncomingMessage): boolean {
    return url === streamPath && headers.upgrade === streamProtocol;
  }

  /** Takes the upgrades of a server; others than ours are refused. */
  attach(server: Server): void {
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  get proxies(): ConnectedProxy[] {
    return [...this.#connections].map(({ proxy }) => proxy);
  }

  /** Resolves at the next change of what `proxies` says. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  /** Ends every stream and takes no more. */
  close(): void {
    this.#closed = true;
    for (const { socket } of this.#connections) socket.destroy();
    this.#tellChanged();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    if (this.#closed) {
      socket.destroy();
      return;
    }
    if (!StreamServer.takes(request)) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const presented = hash((request.headers.authorization ?? '').replace(/^Bearer /, ''));
    if (!timingSafeEqual(presented, this.#tokenHash)) {
      const proxy = String(request.headers['x-elbow-proxy'] ?? '').slice(0, maxNameLength);
      this.#log.warn({ proxy, address: request.socket.remoteAddress }, 'a proxy presented a wrong token');
      this.#refused(request);
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${streamProtocol}\r\n\r\n`,
    );
    if (head.length > 0) socket.unshift(head);
    this.#serve(request, socket);
  }

  #serve({ headers }: IncomingMessage, socket: Duplex): void {
    const name = String(headers['x-elbow-proxy'] ?? 'proxy').slice(0, maxNameLength);
    const traffic = new Map<string, TrafficRow>();
    const connection: Connection = {
      socket,
      traffic,
      proxy: { name, connectedAt: new Date(), revision: null, listeners: new Map(), traffic },
    };
    this.#connections.add(connection);
    this.#log.info({ proxy: name }, 'a proxy connected');
    (socket as Socket).setTimeout(0);
    // Counted rather than timed by the socket, whose idle time ends with each heartbeat of our own.
    let silentBeats = 0;
    const heartbeat = setInterval(() => {
      if (++silentBeats > 3) socket.destroy();
      else socket.write('\n');
    }, heartbeatMs);
    const source = headers['x-elbow-source'];
    const revision = Number(headers['x-elbow-revision'] ?? Number.NaN);
    const known = typeof source === 'string' && Number.isInteger(revision) ? { source, revision } : null;
    const unsubscribe = this.#publisher.subscribe(known, (delta) => this.#send(connection, delta));
    const reader = new LineReader(maxLineBytes, (line) => this.#report(connection, line));
    socket.on('data', (bytes: Buffer) => {
      silentBeats = 0;
      if (!reader.read(bytes)) socket.destroy();
    });
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      clearInterval(heartbeat);
      unsubscribe();
      this.#connections.delete(connection);
      this.#log.info({ proxy: name }, 'a proxy disconnected');
      this.#tellChanged();
    });
    this.#tellChanged();
  }

  #send({ socket, proxy }: Connection, delta: ConfigurationDelta): void {
    socket.write(`${JSON.stringify(delta)}\n`);
    if (socket.writableLength <= maxUnreadBytes) return;
    this.#log.warn({ proxy: proxy.name }, 'a proxy does not read its configuration and is cut off');
    socket.destroy();
  }

  #report(connection: Connection, line: string): void {
    const report = parseReport(line);
    if (!report) {
      this.#log.warn({ proxy: connection.proxy.name }, 'a proxy reported what is no report and is cut off');
      connection.socket.destroy();
      return;
    }
    if (report.traffic) takeTraffic(connection.traffic, report.traffic);
    const listeners = new Map(connection.proxy.listeners);
    for (const id of report.removed) listeners.delete(id);
    for (const state of report.listeners) {
      listeners.set(state.id, state);
      if (state.state === 'failed') {
        this.#log.warn(
          { proxy: connection.proxy.name, listener: state.id, reason: state.reason },
          'a listener failed',
        );
      }
    }
    const isOurs = report.source === this.#publisher.source && report.revision >= 0;
    const revision = isOurs ? report.revision : null;
    connection.proxy = { ...connection.proxy, revision, listeners };
    this.#tellChanged();
  }

  #tellChanged(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

function takeTraffic(known: Map<string, TrafficRow>, { rows, removed }: TrafficReport): void {
  for (const row of rows) known.set(`${row.kind} ${row.id}`, row);
  for (const { kind, id } of removed) known.delete(`${kind} ${id}`);
}

function hash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
