import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { resultOfError } from './connection-failure.ts';
import { failed, type ProbeResult, type ProbeTarget } from './probe.ts';
import { TimedAttempt } from './timed-attempt.ts';

/** What is sent, and what must come back. */
export interface DatagramExchange {
  readonly request: Buffer;
  /** Null when nothing need come back: then silence is a good sign. */
  readonly answer: Buffer | null;
}

/**
 * A probe by one datagram over a connected socket, to which the host of a closed port answers by ICMP that nobody is
 * there. Only an answer ends it early: an ICMP message may come as late as the timeout allows.
 */
export class DatagramAttempt extends TimedAttempt {
  readonly #exchange: DatagramExchange;
  readonly #address: string;
  readonly #socket: Socket;

  constructor(target: ProbeTarget, exchange: DatagramExchange, finished: (result: ProbeResult) => void) {
    super(target.timeoutMs, finished);
    this.#exchange = exchange;
    this.#address = target.address;
    this.#socket = createSocket(isIPv6(target.address) ? 'udp6' : 'udp4');
    this.#socket.on('error', (error) => this.#failed(error));
    this.#socket.on('connect', () => this.#connected());
    this.#socket.on('message', (message) => this.#received(message));
    this.#socket.connect(target.port, target.address);
  }

  protected override close(): void {
    this.#socket.close();
  }

  /** Nobody said that the port is closed: that is all one can ask of a member that need not answer. */
  protected override resultOfSilence(): ProbeResult {
    return this.#exchange.answer === null && this.phase !== 'connecting'
      ? { kind: 'passed', latencyMs: null }
      : super.resultOfSilence();
  }

  #connected(): void {
    if (this.isOver) return;
    this.phase = 'sending';
    this.#socket.send(this.#exchange.request, (error) => {
      if (error) this.#failed(error);
      else if (this.phase === 'sending') this.phase = 'awaiting-answer';
    });
  }

  #received(message: Buffer): void {
    const { answer } = this.#exchange;
    if (answer === null || answer.equals(message)) this.pass();
    else this.finish(failed('RESPONSE_FORMAT_ERROR'));
  }

  #failed(error: NodeJS.ErrnoException): void {
    const isClosedPort = error.code === 'ECONNREFUSED';
    this.finish(resultOfError(isClosedPort ? 'connecting' : this.phase, error, this.#address));
  }
}
