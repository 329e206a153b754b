import type { Socket } from 'node:net';
import { Deadline, type DeadlineOwner, type Deadlines } from '../time/deadlines.ts';
import { type ClientHello, readClientHello } from './client-hello.ts';

/** Longest time from the connection to the end of the handshake. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/** A client connection until its handshake is over. */
export class Handshake implements DeadlineOwner {
  readonly socket: Socket;
  /** Null unless it was asked for. */
  hello: ClientHello | null = null;
  readonly #deadlines: Deadlines;
  readonly #deadline: Deadline = new Deadline(this);

  constructor(socket: Socket, deadlines: Deadlines) {
    this.socket = socket;
    this.#deadlines = deadlines;
    deadlines.arm(this.#deadline, HANDSHAKE_TIMEOUT_MS);
    // 'close' always follows.
    socket.on('error', () => {});
  }

  /** Looks at the ClientHello before TLS gets it, then calls `onRead`; not if the client gives up before. */
  readHello(onRead: () => void): void {
    const { socket } = this;
    const pieces: Buffer[] = [];
    const onReadable = () => {
      const piece: Buffer | null = socket.read();
      if (piece === null) return;
      pieces.push(piece);
      const bytes = Buffer.concat(pieces);
      const hello = readClientHello(bytes);
      if (hello === 'incomplete') return;
      socket.off('readable', onReadable);
      socket.off('end', onEnd);
      this.hello = hello;
      socket.unshift(bytes);
      onRead();
    };
    const onEnd = () => socket.destroy();
    socket.on('readable', onReadable);
    socket.on('end', onEnd);
  }

  /** The handshake is over, one way or the other. */
  finish(): void {
    this.#deadlines.remove(this.#deadline);
  }

  onDeadline(): void {
    this.socket.destroy();
  }
}
