import type { Socket } from 'node:net';
import { memberCounters } from '../../observe/traffic-counts.ts';
import { count } from '../counters/counting.ts';
import type { IdleConnections } from '../pools/idle-connections.ts';
import type { MemberTransport } from '../pools/member-transport.ts';
import { readBuffer } from '../sockets/read-buffer.ts';
import { Deadline, type DeadlineOwner, type Deadlines } from '../time/deadlines.ts';
import { ResponseReader } from './response-reader.ts';

/** Who uses a member connection at the moment. */
export interface MemberReceiver {
  onMemberConnected(): void;
  /** The bytes are buffer[0, length), and belong to the receiver only during the call. */
  onMemberBytes(buffer: Buffer, length: number): void;
  /** The member sends no more. */
  onMemberEnd(): void;
  onMemberDrain(): void;
  /** The connection is gone, or never came to be. */
  onMemberClosed(): void;
}

/** What of a member its connections need. */
export interface Destination {
  readonly address: string;
  readonly transport: MemberTransport;
  /** Where connections wait between two exchanges. */
  readonly idle: IdleConnections<MemberConnection>;
  /** Of `memberCounters`, to be added to. */
  readonly counts: Float64Array;
}

/** How long a connection waits for its next request: less than the usual 5 s of members, who close silently. */
const IDLE_TIMEOUT_MS = 4000;

/** One HTTP connection to a member, used by one exchange after another. */
export class MemberConnection implements DeadlineOwner {
  readonly port: number;
  readonly socket: Socket;
  readonly reader = new ResponseReader();
  /** Whether an exchange was already served on it: the member may have closed it meanwhile. */
  isReused = false;
  #receiver: MemberReceiver | null;
  readonly #idle: Destination['idle'];
  readonly #counts: Float64Array;
  readonly #deadlines: Deadlines;
  readonly #deadline: Deadline = new Deadline(this);

  /** Connects at once. */
  constructor(destination: Destination, port: number, deadlines: Deadlines, receiver: MemberReceiver) {
    this.port = port;
    this.#idle = destination.idle;
    this.#counts = destination.counts;
    count(this.#counts, memberCounters.connectionsOpened);
    this.#deadlines = deadlines;
    this.#receiver = receiver;
    const { address, transport } = destination;
    this.socket = transport.connect(address, port, (length) => {
      this.#onBytes(length);
      return true;
    });
    this.socket.on(transport.readyEvent, () => this.#receiver?.onMemberConnected());
    this.socket.on('end', () => this.#onEnd());
    this.socket.on('drain', () => this.#receiver?.onMemberDrain());
    // What an error means depends on how far the exchange is; 'close' always follows and tells.
    this.socket.on('error', () => {});
    this.socket.on('close', () => this.#onClose());
  }

  get isClosed(): boolean {
    return this.socket.destroyed;
  }

  /** Takes a waiting connection into use. */
  resume(receiver: MemberReceiver): void {
    this.isReused = true;
    this.#receiver = receiver;
    this.#deadlines.disarm(this.#deadline);
  }

  /** Hands the connection from one receiver to the next without a pause. */
  handOver(receiver: MemberReceiver): void {
    this.#receiver = receiver;
  }

  /** The exchange is over and the member keeps the connection: it waits for the next request. */
  release(): void {
    this.#receiver = null;
    if (this.#idle.give(this)) this.#deadlines.arm(this.#deadline, IDLE_TIMEOUT_MS);
    else this.destroy();
  }

  /** Closes at once; the receiver hears nothing more. */
  destroy(): void {
    this.#receiver = null;
    this.socket.destroy();
  }

  onDeadline(): void {
    if (this.#receiver === null) this.#discard();
  }

  #onBytes(length: number): void {
    count(this.#counts, memberCounters.bytesReceived, length);
    // Bytes that nobody asked for belong to no response: the connection cannot be trusted any more.
    if (this.#receiver === null) this.#discard();
    else this.#receiver.onMemberBytes(readBuffer, length);
  }

  #onEnd(): void {
    if (this.#receiver === null) this.#discard();
    else this.#receiver.onMemberEnd();
  }

  #onClose(): void {
    count(this.#counts, memberCounters.connectionsClosed);
    this.#deadlines.remove(this.#deadline);
    const receiver = this.#receiver;
    this.#receiver = null;
    if (receiver === null) this.#idle.forget(this);
    else receiver.onMemberClosed();
  }

  #discard(): void {
    this.#idle.forget(this);
    this.destroy();
  }
}
