import type { Socket } from 'node:net';
import { listenerCounters, memberCounters } from '../../observe/traffic-counts.ts';
import { count } from '../counters/counting.ts';
import type { ClientSocket } from '../sockets/client-socket.ts';
import { writeCopy } from '../sockets/read-buffer.ts';
import { resetSocket } from '../sockets/reset-socket.ts';
import { Deadline, type DeadlineOwner, type Deadlines } from '../time/deadlines.ts';

/** The counts of the two sides: the bytes that a tunnel writes are added to them. */
export interface TunnelCounts {
  readonly listener: Float64Array;
  readonly member: Float64Array;
}

/**
 * Bytes both ways between a client and a member, as they come. Either side may stop sending while it still
 * listens; a side that does not read slows the other one; a tunnel without a byte for the idle timeout is cut.
 *
 * Its owner feeds it what the sockets tell, and ends it by abort().
 */
export class Tunnel implements DeadlineOwner {
  readonly #client: ClientSocket;
  readonly #member: Socket;
  readonly #deadlines: Deadlines;
  readonly #deadline: Deadline = new Deadline(this);
  readonly #idleTimeoutMs: number;
  readonly #counts: TunnelCounts;
  readonly #onOver: () => void;
  /** Bytes written so far. */
  bytesToClient = 0;
  bytesToMember = 0;
  #isOver = false;
  #clientEnded = false;
  #clientClosed = false;
  #memberEnded = false;
  #memberClosed = false;

  /** `onOver` is called once, when the tunnel ends. */
  constructor(
    client: ClientSocket,
    member: Socket,
    deadlines: Deadlines,
    idleTimeoutMs: number,
    counts: TunnelCounts,
    onOver: () => void,
  ) {
    this.#client = client;
    this.#member = member;
    this.#deadlines = deadlines;
    this.#idleTimeoutMs = idleTimeoutMs;
    this.#counts = counts;
    this.#onOver = onOver;
    this.#touch();
  }

  /** The tunnel keeps the bytes. */
  fromClient(bytes: Buffer): void {
    if (this.#isOver) return;
    this.#touch();
    this.bytesToMember += bytes.length;
    count(this.#counts.member, memberCounters.bytesSent, bytes.length);
    if (!this.#member.write(bytes)) this.#client.pause();
  }

  /** The bytes are the tunnel's only during the call. */
  fromMember(bytes: Buffer): void {
    if (this.#isOver) return;
    this.#touch();
    this.bytesToClient += bytes.length;
    count(this.#counts.listener, listenerCounters.bytesSent, bytes.length);
    if (!writeCopy(this.#client, bytes)) this.#member.pause();
  }

  onClientDrain(): void {
    if (this.#isOver) return;
    this.#touch();
    this.#member.resume();
  }

  onMemberDrain(): void {
    if (this.#isOver) return;
    this.#touch();
    this.#client.resume();
  }

  onClientEnd(): void {
    if (this.#isOver) return;
    this.#clientEnded = true;
    this.#touch();
    this.#endSide(this.#member, this.#memberEnded);
  }

  onMemberEnd(): void {
    if (this.#isOver) return;
    this.#memberEnded = true;
    this.#touch();
    this.#endSide(this.#client, this.#clientEnded);
  }

  onClientClosed(): void {
    this.#clientClosed = true;
    this.#onClosed(this.#member);
  }

  onMemberClosed(): void {
    this.#memberClosed = true;
    this.#onClosed(this.#client);
  }

  onDeadline(): void {
    this.abort();
  }

  /** Cuts both sides. */
  abort(): void {
    this.#client.destroy();
    this.#member.destroy();
    this.#over();
  }

  /** Nothing more will be written to this side. When it has ended too it is closed at once, which says the same. */
  #endSide(side: ClientSocket, hasEnded: boolean): void {
    if (hasEnded && side.writableLength === 0) side.destroy();
    else side.end();
  }

  /** A side that closed before both ended was cut: so is the other, in a way that it can tell from an end. */
  #onClosed(other: ClientSocket): void {
    if (!this.#clientEnded || !this.#memberEnded) resetSocket(other);
    if (this.#clientClosed && this.#memberClosed) this.#over();
  }

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#deadlines.remove(this.#deadline);
    this.#onOver();
  }

  #touch(): void {
    this.#deadlines.arm(this.#deadline, this.#idleTimeoutMs);
  }
}
