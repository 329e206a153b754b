import type { Socket } from 'node:net';
import type { ListenerConfiguration } from '../../dataplane/configuration.ts';
import { listenerCounters, memberCounters, poolCounters } from '../../observe/traffic-counts.ts';
import { connectionLine } from '../access-log/connection-line.ts';
import { count } from '../counters/counting.ts';
import type { EngineParts } from '../listeners/service.ts';
import type { Member } from '../pools/member.ts';
import { plainAddress } from '../sockets/plain-address.ts';
import { readBuffer } from '../sockets/read-buffer.ts';
import { resetSocket } from '../sockets/reset-socket.ts';
import { Deadline, type DeadlineOwner } from '../time/deadlines.ts';
import { Tunnel } from '../tunnel/tunnel.ts';

/** What a TCP connection needs of the listener it came through. */
export interface TcpServing {
  readonly configuration: ListenerConfiguration;
  readonly parts: EngineParts;
  /** Of `listenerCounters`, to be added to. */
  readonly counts: Float64Array;
  /** The connection is over. */
  release(connection: TcpConnection): void;
}

/** Longest wait for a member to accept a connection. */
const CONNECT_TIMEOUT_MS = 5000;

/** Members tried for one client connection. */
const ATTEMPTS = 3;

/**
 * One client connection of a TCP listener: finds a member that accepts it, then becomes a tunnel. Until then
 * nothing is read from the client, so nothing is lost when a member has to be given up for another.
 */
export class TcpConnection implements DeadlineOwner {
  readonly #client: Socket;
  readonly #serving: TcpServing;
  readonly #deadline: Deadline = new Deadline(this);
  readonly #clientAddress: string;
  readonly #clientPort: number;
  readonly #beganAt = performance.now();
  #connectMs: number | null = null;
  #member: Member | null = null;
  #memberSocket: Socket | null = null;
  #tunnel: Tunnel | null = null;
  #attempts = 0;
  #tried: Set<Member> | undefined;
  /** The last one that did not accept the connection. */
  #failed: Member | null = null;
  #isOver = false;

  constructor(client: Socket, serving: TcpServing) {
    this.#client = client;
    this.#serving = serving;
    this.#clientAddress = plainAddress(client.remoteAddress);
    this.#clientPort = client.remotePort ?? 0;
    // 'close' always follows and does what is to do.
    client.on('error', () => {});
    client.on('close', () => this.#onClientClosed());
  }

  /** Begins to look for a member. */
  start(): void {
    const { configuration, parts } = this.#serving;
    const pool = configuration.poolId === null ? undefined : parts.pools.get(configuration.poolId);
    const member = this.#attempts < ATTEMPTS ? pool?.pick(this.#clientAddress, this.#tried) : undefined;
    if (member === undefined) {
      if (pool !== undefined && this.#tried === undefined) count(pool.counts, poolCounters.unserved);
      // Nobody serves it: a reset says so at once, where an end would look like a member that said nothing.
      resetSocket(this.#client);
      return;
    }
    if (this.#failed !== null) count(this.#failed.counts, memberCounters.retries);
    this.#attempts += 1;
    this.#member = member;
    member.begin();
    count(member.counts, memberCounters.connectionsOpened);
    const port = member.portFor(configuration.port);
    const socket = member.transport.connect(member.address, port, this.#onMemberBytes);
    this.#memberSocket = socket;
    parts.deadlines.arm(this.#deadline, CONNECT_TIMEOUT_MS);
    socket.on('error', () => {});
    socket.once(member.transport.readyEvent, () => this.#join(socket, member));
    socket.on('close', () => {
      count(member.counts, memberCounters.connectionsClosed);
      this.#onMemberClosed(socket);
    });
  }

  /** The member did not accept the connection in time. */
  onDeadline(): void {
    this.#memberSocket?.destroy();
  }

  destroy(): void {
    this.#client.destroy();
    this.#memberSocket?.destroy();
  }

  #join(socket: Socket, member: Member): void {
    const client = this.#client;
    const { configuration, parts } = this.#serving;
    parts.deadlines.remove(this.#deadline);
    this.#connectMs = performance.now() - this.#beganAt;
    const { counts } = this.#serving;
    const both = { listener: counts, member: member.counts };
    const idleTimeoutMs = configuration.keepaliveTimeoutMs;
    const tunnel = new Tunnel(client, socket, parts.deadlines, idleTimeoutMs, both, () => this.#over());
    this.#tunnel = tunnel;
    client.on('drain', () => tunnel.onClientDrain());
    socket.on('drain', () => tunnel.onMemberDrain());
    client.on('end', () => tunnel.onClientEnd());
    socket.on('end', () => tunnel.onMemberEnd());
    client.on('data', (bytes: Buffer) => {
      count(counts, listenerCounters.bytesReceived, bytes.length);
      tunnel.fromClient(bytes);
    });
    // A client that ended before it sent anything told so while nobody listened.
    if (client.readableEnded) tunnel.onClientEnd();
  }

  readonly #onMemberBytes = (length: number): boolean => {
    if (this.#member !== null) count(this.#member.counts, memberCounters.bytesReceived, length);
    this.#tunnel?.fromMember(readBuffer.subarray(0, length));
    return true;
  };

  #onMemberClosed(socket: Socket): void {
    if (this.#tunnel !== null) {
      this.#tunnel.onMemberClosed();
      return;
    }
    if (this.#isOver || socket !== this.#memberSocket || this.#member === null) return;
    // It never connected: another member may.
    count(this.#member.counts, memberCounters.failuresConnect);
    this.#failed = this.#member;
    this.#tried ??= new Set();
    this.#tried.add(this.#member);
    this.#member.finish();
    this.#member = null;
    this.start();
  }

  #onClientClosed(): void {
    if (this.#tunnel !== null) {
      this.#tunnel.onClientClosed();
      return;
    }
    this.#over();
    this.#memberSocket?.destroy();
  }

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#serving.parts.deadlines.remove(this.#deadline);
    this.#log();
    this.#member?.finish();
    this.#member = null;
    this.#serving.release(this);
  }

  #log(): void {
    const { configuration, parts } = this.#serving;
    if (!configuration.accessLog) return;
    const member = this.#member;
    const ended = {
      ...({ protocol: 'TCP', address: this.#clientAddress, port: this.#clientPort } as const),
      ...{ durationMs: performance.now() - this.#beganAt, connectMs: this.#connectMs },
      ...{ bytesReceived: this.#tunnel?.bytesToMember ?? 0, bytesSent: this.#tunnel?.bytesToClient ?? 0 },
      poolId: configuration.poolId ?? '',
      member: member && {
        ...{ id: member.id, address: member.address, port: member.portFor(configuration.port) },
      },
    };
    parts.logAccess(connectionLine(ended, configuration));
  }
}
