import type { Socket } from 'node:net';
import type { ListenerConfiguration } from '../../dataplane/configuration.ts';
import { listenerCounters } from '../../observe/traffic-counts.ts';
import { count } from '../counters/counting.ts';
import type { ConnectionService, EngineParts } from '../listeners/service.ts';
import { TcpConnection, type TcpServing } from './tcp-connection.ts';

/** Serves the connections of a TCP listener. */
export class TcpService implements ConnectionService, TcpServing {
  configuration: ListenerConfiguration;
  readonly parts: EngineParts;
  readonly counts: Float64Array;
  readonly #connections = new Set<TcpConnection>();
  #isDestroyed = false;
  #onIdle: (() => void) | null = null;

  constructor(configuration: ListenerConfiguration, parts: EngineParts) {
    this.configuration = configuration;
    this.parts = parts;
    this.counts = parts.counters.listener(configuration.id, configuration.loadBalancerId);
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  serve(socket: Socket): void {
    // Accepted in the last moment before the port was closed.
    if (this.#isDestroyed) {
      socket.destroy();
      return;
    }
    count(this.counts, listenerCounters.connectionsOpened);
    const connection = new TcpConnection(socket, this);
    this.#connections.add(connection);
    connection.start();
  }

  release(connection: TcpConnection): void {
    count(this.counts, listenerCounters.connectionsClosed);
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#onIdle?.();
  }

  reconfigure(configuration: ListenerConfiguration): void {
    this.configuration = configuration;
  }

  /** Nothing of a connection of bytes could be matched. */
  policiesChanged(): void {}

  /** A relayed connection cannot be asked to end: it goes on until one of its ends closes it. */
  drain(onIdle: () => void): void {
    this.#onIdle = onIdle;
    if (this.#connections.size === 0) onIdle();
  }

  destroy(): void {
    this.#isDestroyed = true;
    for (const connection of this.#connections) connection.destroy();
  }
}
