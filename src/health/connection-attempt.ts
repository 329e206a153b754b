import { connect, type OnReadOpts, type Socket } from 'node:net';
import { resultOfEnd, resultOfError } from './connection-failure.ts';
import type { FailureReason, ProbeResult, ProbeTarget } from './probe.ts';
import { TimedAttempt } from './timed-attempt.ts';

/** One question to the member and the reading of its answer. */
export interface Exchange {
  /** What is sent once connected, as Latin-1; empty to send nothing. */
  readonly request: string;
  /** Takes the next piece of the answer, as Latin-1; undefined asks for more. */
  receive(piece: string): FailureReason | 'passed' | undefined;
}

/**
 * Every attempt reads into the same memory: a piece is used up before the next read begins, of whatever socket.
 * Node would otherwise allocate 64 KiB for each read.
 */
const READ_BUFFER = Buffer.allocUnsafeSlow(4096);

/**
 * A probe over one TCP connection: connect, then have the exchange if there is one.
 *
 * The connection always ends in a reset, as the API's guide says of the TCP check: thousands of orderly
 * closes a second would leave this host without ports (TIME_WAIT).
 */
export class ConnectionAttempt extends TimedAttempt {
  readonly #exchange: Exchange | null;
  readonly #address: string;
  protected readonly socket: Socket;

  constructor(target: ProbeTarget, exchange: Exchange | null, finished: (result: ProbeResult) => void) {
    super(target.timeoutMs, finished);
    this.#exchange = exchange;
    this.#address = target.address;
    this.socket = connect({
      host: target.address,
      port: target.port,
      autoSelectFamily: false,
      ...this.reading(),
    });
    this.socket.on('connect', () => {
      if (!this.isOver) this.connected();
    });
    this.socket.on('end', () => this.ended());
    this.socket.on('error', (error) => this.failed(error));
  }

  protected override close(): void {
    if (this.socket.connecting) {
      this.socket.destroy();
    } else {
      this.socket.resetAndDestroy();
    }
  }

  /** How the socket's data is read. */
  protected reading(): { readonly onread?: OnReadOpts } {
    return {
      onread: {
        buffer: READ_BUFFER,
        callback: (length) => this.received(READ_BUFFER.toString('latin1', 0, length)),
      },
    };
  }

  /** There is a connection. */
  protected connected(): void {
    this.converse(this.socket);
  }

  /** Begins the exchange over a stream that is ready for it. */
  protected converse(stream: Socket): void {
    if (this.#exchange === null) {
      this.pass();
      return;
    }
    if (this.#exchange.request === '') {
      this.phase = 'awaiting-answer';
      return;
    }
    stream.write(this.#exchange.request, 'latin1', () => {
      if (this.phase === 'sending') {
        this.phase = 'awaiting-answer';
      }
    });
    // What the kernel has taken at once is sent: whether a read or a write then meets a cut connection is chance.
    this.phase = stream.writableLength > 0 ? 'sending' : 'awaiting-answer';
  }

  /** Takes a piece of the answer, as Latin-1; false when no more is wanted. */
  protected received(piece: string): boolean {
    if (this.isOver || this.#exchange === null) {
      return false;
    }
    this.phase = 'reading-answer';
    const outcome = this.#exchange.receive(piece);
    if (outcome === 'passed') {
      this.pass();
    } else if (outcome !== undefined) {
      this.finish({ kind: 'failed', reason: outcome });
    }
    return !this.isOver;
  }

  /** The peer has sent all that it will. */
  protected ended(): void {
    this.finish(resultOfEnd(this.phase));
  }

  protected failed(error: NodeJS.ErrnoException): void {
    this.finish(resultOfError(this.phase, error, this.#address));
  }
}
