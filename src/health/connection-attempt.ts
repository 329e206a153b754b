import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { type Phase, resultOfEnd, resultOfError, resultOfTimeout } from './connection-failure.ts';
import { Deadline } from './deadline.ts';
import type { Attempt, FailureReason, ProbeResult, ProbeTarget } from './probe.ts';

/** One question to the member and the reading of its answer. */
export interface Exchange {
  /** What is sent once connected, as Latin-1. */
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
export class ConnectionAttempt implements Attempt {
  readonly #exchange: Exchange | null;
  readonly #finished: (result: ProbeResult) => void;
  readonly #startedAt = performance.now();
  readonly #deadline: Deadline;
  readonly #socket: Socket;
  #phase: Phase = 'connecting';
  #over = false;

  constructor(target: ProbeTarget, exchange: Exchange | null, finished: (result: ProbeResult) => void) {
    this.#exchange = exchange;
    this.#finished = finished;
    this.#deadline = new Deadline(target.timeoutMs, (stalled) => this.#expired(stalled));
    this.#socket = connect({
      host: target.address,
      port: target.port,
      autoSelectFamily: false,
      onread: { buffer: READ_BUFFER, callback: (length) => this.#received(length) },
    });
    this.#socket.on('connect', () => this.#connected());
    this.#socket.on('end', () => this.#finish(resultOfEnd(this.#phase)));
    this.#socket.on('error', (error) => this.#finish(resultOfError(this.#phase, error, target.address)));
  }

  stop(): void {
    if (this.#over) {
      return;
    }
    this.#over = true;
    this.#deadline.cancel();
    if (this.#socket.connecting) {
      this.#socket.destroy();
    } else {
      this.#socket.resetAndDestroy();
    }
  }

  #connected(): void {
    if (this.#over) {
      return;
    }
    if (this.#exchange === null) {
      this.#pass();
      return;
    }
    this.#phase = 'sending';
    this.#socket.write(this.#exchange.request, 'latin1', () => {
      if (this.#phase === 'sending') {
        this.#phase = 'awaiting-answer';
      }
    });
  }

  #received(length: number): boolean {
    if (this.#over || this.#exchange === null) {
      return false;
    }
    this.#phase = 'reading-answer';
    const outcome = this.#exchange.receive(READ_BUFFER.toString('latin1', 0, length));
    if (outcome === 'passed') {
      this.#pass();
    } else if (outcome !== undefined) {
      this.#finish({ kind: 'failed', reason: outcome });
    }
    return !this.#over;
  }

  #expired(stalled: boolean): void {
    this.#finish(
      stalled ? { kind: 'inconclusive', cause: 'the event loop stood still' } : resultOfTimeout(this.#phase),
    );
  }

  #pass(): void {
    this.#finish({ kind: 'passed', latencyMs: performance.now() - this.#startedAt });
  }

  #finish(result: ProbeResult): void {
    if (!this.#over) {
      this.stop();
      this.#finished(result);
    }
  }
}
