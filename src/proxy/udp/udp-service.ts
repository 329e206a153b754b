import type { RemoteInfo, Socket } from 'node:dgram';
import type { ListenerConfiguration } from '../../dataplane/configuration.ts';
import { listenerCounters, poolCounters } from '../../observe/traffic-counts.ts';
import { connectionLine } from '../access-log/connection-line.ts';
import { count } from '../counters/counting.ts';
import type { EngineParts, Service } from '../listeners/service.ts';
import type { Member } from '../pools/member.ts';
import type { Pool } from '../pools/pool.ts';
import { plainAddress } from '../sockets/plain-address.ts';
import type { Deadlines } from '../time/deadlines.ts';
import { sliceOf } from './connection-ids.ts';
import { type UdpServing, UdpSession } from './udp-session.ts';

/** Sessions of one listener and worker at a time: each has a socket, and addresses are easily forged. */
const MAX_SESSIONS = 16_384;

/** Passes the datagrams of a UDP listener on, each client's to one member for as long as they keep coming. */
export class UdpService implements Service, UdpServing {
  #configuration: ListenerConfiguration;
  readonly #parts: EngineParts;
  readonly #admits: (address: string) => boolean;
  /** By the socket that the client wrote to, and the client's address and port. */
  readonly #sessions = new Map<Socket, Map<string, UdpSession>>();
  #count = 0;
  readonly counts: Float64Array;
  #isDestroyed = false;

  /** @param admits whether a client with the address may begin a session */
  constructor(
    configuration: ListenerConfiguration,
    parts: EngineParts,
    admits: (address: string) => boolean,
  ) {
    this.#configuration = configuration;
    this.#parts = parts;
    this.#admits = admits;
    this.counts = parts.counters.listener(configuration.id, configuration.loadBalancerId);
  }

  get connectionCount(): number {
    return this.#count;
  }

  get deadlines(): Deadlines {
    return this.#parts.deadlines;
  }

  get idleTimeoutMs(): number {
    return this.#configuration.keepaliveTimeoutMs;
  }

  receive(bytes: Buffer, from: RemoteInfo, listening: Socket): void {
    const pool = this.#pool;
    count(this.counts, listenerCounters.bytesReceived, bytes.length);
    if (this.#isDestroyed || pool === undefined) return;
    const led = this.#ledBy(bytes, pool);
    let session = this.#sessions.get(listening)?.get(keyOf(from));
    if (session && (!session.member.isHealthy || (led !== undefined && led !== session.member))) {
      session.end();
      session = undefined;
    }
    session ??= this.#begin(bytes, from, listening, pool, led);
    session?.fromClient(bytes);
  }

  reconfigure(configuration: ListenerConfiguration): void {
    const isOtherPool = configuration.poolId !== this.#configuration.poolId;
    this.#configuration = configuration;
    // Its members serve this listener no more, and their datagrams would come from where nobody has sent any to.
    if (isOtherPool) this.#endAll();
  }

  /** Nothing of a datagram could be matched. */
  policiesChanged(): void {}

  /** The socket that answers clients goes with the port, so nothing is left to wait for. */
  drain(onIdle: () => void): void {
    this.destroy();
    onIdle();
  }

  destroy(): void {
    this.#isDestroyed = true;
    this.#endAll();
  }

  onMemberDatagram(bytes: Buffer, member: Member): void {
    const pool = this.#pool;
    if (pool?.connectionIdSlice) this.#parts.connectionIds.learnFrom(bytes, pool.id, member.id);
  }

  release(session: UdpSession): void {
    const sessions = this.#sessions.get(session.listening);
    if (sessions?.delete(keyOf(session.client))) this.#forget(session);
    if (sessions?.size === 0) this.#sessions.delete(session.listening);
  }

  get #pool(): Pool | undefined {
    const { poolId } = this.#configuration;
    return poolId === null ? undefined : this.#parts.pools.get(poolId);
  }

  /** The member that the packet's QUIC connection belongs to, as far as that is known and it still serves. */
  #ledBy(bytes: Buffer, pool: Pool): Member | undefined {
    if (!pool.connectionIdSlice) return undefined;
    const memberId = this.#parts.connectionIds.memberOf(bytes, pool.id);
    const member = memberId === undefined ? undefined : pool.member(memberId);
    return member?.isHealthy ? member : undefined;
  }

  #begin(
    bytes: Buffer,
    from: RemoteInfo,
    listening: Socket,
    pool: Pool,
    led: Member | undefined,
  ): UdpSession | undefined {
    const address = plainAddress(from.address);
    if (this.#count >= MAX_SESSIONS) return undefined;
    if (!this.#admits(address)) {
      count(this.counts, listenerCounters.connectionsRefused);
      return undefined;
    }
    const slice = pool.connectionIdSlice && sliceOf(bytes, pool.connectionIdSlice);
    const member = led ?? pool.pick(slice ?? address, undefined);
    if (member === undefined) {
      count(pool.counts, poolCounters.unserved);
      return undefined;
    }
    const session = new UdpSession(from, listening, member, this.#configuration.port, this);
    const sessions = this.#sessions.get(listening) ?? new Map<string, UdpSession>();
    this.#sessions.set(listening, sessions.set(keyOf(from), session));
    this.#count += 1;
    count(this.counts, listenerCounters.connectionsOpened);
    return session;
  }

  #forget({ client, member, beganAt, bytesReceived, bytesSent }: UdpSession): void {
    this.#count -= 1;
    const configuration = this.#configuration;
    if (configuration.accessLog) {
      const { id, address } = member;
      const ended = {
        ...({ protocol: 'UDP', address: plainAddress(client.address), port: client.port } as const),
        ...{ durationMs: performance.now() - beganAt, connectMs: null, bytesReceived, bytesSent },
        poolId: configuration.poolId ?? '',
        member: { id, address, port: member.portFor(configuration.port) },
      };
      this.#parts.logAccess(connectionLine(ended, configuration));
    }
    count(this.counts, listenerCounters.connectionsClosed);
  }

  #endAll(): void {
    for (const sessions of [...this.#sessions.values()]) {
      for (const session of [...sessions.values()]) session.end();
    }
  }
}

function keyOf({ address, port }: RemoteInfo): string {
  return `${address} ${port}`;
}
