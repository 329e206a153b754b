import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { listenerCounters, memberCounters } from '../../observe/traffic-counts.ts';
import { count } from '../counters/counting.ts';
import type { Member } from '../pools/member.ts';
import { Deadline, type DeadlineOwner, type Deadlines } from '../time/deadlines.ts';

/** What a session needs of the listener that it came through. */
export interface UdpServing {
  readonly deadlines: Deadlines;
  /** Of `listenerCounters`, to be added to. */
  readonly counts: Float64Array;
  /** How long a session lasts without a datagram. */
  readonly idleTimeoutMs: number;
  /** Looks at what a member sends, before its client gets it. */
  onMemberDatagram(bytes: Buffer, member: Member): void;
  /** The session is over. */
  release(session: UdpSession): void;
}

/** Datagrams kept for the moment that a socket to the member takes to be made. */
const MAX_WAITING = 16;

/**
 * What one client sends to one member, and the member sends back, from the first datagram until there was none for a
 * while. It has a socket of its own: to the member, each client has another port.
 */
export class UdpSession implements DeadlineOwner {
  readonly client: RemoteInfo;
  readonly member: Member;
  /** The listener's, from whose address the client is answered. */
  readonly listening: Socket;
  readonly #serving: UdpServing;
  readonly #deadline: Deadline = new Deadline(this);
  readonly #socket: Socket;
  /** Null once the socket is connected. */
  #waiting: Buffer[] | null = [];
  /** Bytes so far. */
  bytesReceived = 0;
  bytesSent = 0;
  readonly beganAt = performance.now();
  #isOver = false;

  constructor(
    client: RemoteInfo,
    listening: Socket,
    member: Member,
    listenerPort: number,
    serving: UdpServing,
  ) {
    this.client = client;
    this.listening = listening;
    this.member = member;
    this.#serving = serving;
    member.begin();
    count(member.counts, memberCounters.connectionsOpened);
    const family = isIPv6(member.address) ? 6 : 4;
    this.#socket = createSocket({
      type: `udp${family}`,
      lookup: (address, _options, done) => done(null, address, family),
    });
    // Nobody hears there (ICMP tells), or no descriptor is left: whoever the client reaches next may be better off.
    this.#socket.on('error', () => {
      count(member.counts, memberCounters.failuresConnect);
      this.end();
    });
    this.#socket.on('connect', () => this.#flush());
    this.#socket.on('message', (bytes) => this.#fromMember(bytes));
    this.#socket.connect(member.portFor(listenerPort), member.address);
    this.#touch();
  }

  fromClient(bytes: Buffer): void {
    if (this.#isOver) return;
    this.#touch();
    this.bytesReceived += bytes.length;
    if (this.#waiting === null) this.#send(bytes);
    else if (this.#waiting.length < MAX_WAITING) this.#waiting.push(bytes);
  }

  /** Nothing passed for the idle timeout. */
  onDeadline(): void {
    this.end();
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#serving.deadlines.remove(this.#deadline);
    this.#socket.close();
    this.member.finish();
    count(this.member.counts, memberCounters.connectionsClosed);
    this.#serving.release(this);
  }

  #fromMember(bytes: Buffer): void {
    if (this.#isOver) return;
    this.#touch();
    this.#serving.onMemberDatagram(bytes, this.member);
    count(this.member.counts, memberCounters.bytesReceived, bytes.length);
    count(this.#serving.counts, listenerCounters.bytesSent, bytes.length);
    this.bytesSent += bytes.length;
    try {
      this.listening.send(bytes, this.client.port, this.client.address);
    } catch {
      // The listener has left that address: there is nowhere to answer from any more.
      this.end();
    }
  }

  #flush(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const bytes of waiting) this.#send(bytes);
  }

  #send(bytes: Buffer): void {
    count(this.member.counts, memberCounters.bytesSent, bytes.length);
    this.#socket.send(bytes);
  }

  #touch(): void {
    this.#serving.deadlines.arm(this.#deadline, this.#serving.idleTimeoutMs);
  }
}
