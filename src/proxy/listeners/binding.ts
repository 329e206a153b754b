import { setImmediate } from 'node:timers/promises';
import type { Endpoint, Transport } from './endpoint.ts';

/** Where a binding stands. */
export type BindingState =
  | { readonly state: 'starting' }
  | { readonly state: 'listening' }
  | { readonly state: 'failed'; readonly reason: string };

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;

/**
 * One address and port on which clients are heard. When it cannot be had it is tried again, ever less
 * often, until it can.
 */
export class Binding {
  state: BindingState = { state: 'starting' };
  #host: string;
  readonly #key: string;
  readonly #held: Set<string>;
  #isHolder = false;
  readonly #port: number;
  readonly #transport: Transport;
  readonly #onState: () => void;
  #endpoint: Endpoint | null = null;
  #retry: NodeJS.Timeout | null = null;
  #retryMs = FIRST_RETRY_MS;

  /**
   * `held` is what the engine's bindings hold: the kernel would share a port between two
   * listeners and mix their clients. `onState` is called whenever `state` has changed.
   */
  constructor(host: string, port: number, held: Set<string>, transport: Transport, onState: () => void) {
    this.#host = host;
    this.#port = port;
    this.#key = `${transport.name} ${host} ${port}`;
    this.#held = held;
    this.#transport = transport;
    this.#onState = onState;
  }

  /** Begins to listen. */
  start(): void {
    this.#listen();
  }

  /** Accepts nothing more, from now on; connections in progress are not touched. */
  close(): void {
    this.#release();
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#endpoint?.close();
  }

  /**
   * Closes after what the kernel has already connected is accepted: closing resets a connection that waits in its
   * queue. The second turn of the event loop is the first one that certainly asks the kernel.
   */
  async closeSoon(): Promise<void> {
    this.#release();
    await setImmediate();
    await setImmediate();
    this.close();
  }

  #listen(): void {
    if (this.#held.has(this.#key) && !this.#isHolder) {
      this.#fail(
        `port ${this.#port} of ${this.#host} is held by another listener of this proxy; give one of them another port`,
      );
      return;
    }
    this.#held.add(this.#key);
    this.#isHolder = true;
    this.#endpoint = this.#transport.open(this.#host, this.#port, {
      onListening: () => {
        this.#retryMs = FIRST_RETRY_MS;
        this.#setState({ state: 'listening' });
      },
      onError: (error) => {
        this.#endpoint = null;
        if (error.code === 'EAFNOSUPPORT' && this.#host === '::') {
          // A machine without IPv6: all its addresses are IPv4.
          this.#host = '0.0.0.0';
          this.#listen();
          return;
        }
        this.#release();
        this.#fail(explain(error, this.#host, this.#port));
      },
    });
  }

  #fail(reason: string): void {
    this.#retry = setTimeout(() => this.#listen(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
    this.#setState({ state: 'failed', reason });
  }

  #release(): void {
    if (this.#isHolder) this.#held.delete(this.#key);
    this.#isHolder = false;
  }

  #setState(state: BindingState): void {
    this.state = state;
    this.#onState();
  }
}

/** What happened and what to do about it. */
function explain(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `port ${port} of ${host} is taken by another program; stop that program or choose another port`;
    case 'EADDRNOTAVAIL':
      return `${host} is not an address of this machine; add it to a network interface, or start the proxy with --bind any`;
    case 'EACCES':
      return `port ${port} of ${host} needs privileges; grant CAP_NET_BIND_SERVICE or choose a port above 1023`;
    default:
      return `cannot listen on port ${port} of ${host}: ${error.message}`;
  }
}
