import type { Socket } from 'node:net';
import type { HttpListenerSettings, ListenerConfiguration } from '../../dataplane/configuration.ts';
import { listenerCounters } from '../../observe/traffic-counts.ts';
import { count } from '../counters/counting.ts';
import { Http2Connection, type Http2Serving } from '../http2/http2-connection.ts';
import type { ConnectionService, EngineParts } from '../listeners/service.ts';
import type { PolicyTable } from '../policies/policy-table.ts';
import type { Pool } from '../pools/pool.ts';
import type { ClientSocket } from '../sockets/client-socket.ts';
import type { Deadlines } from '../time/deadlines.ts';
import type { TlsFacts } from '../tls/tls-facts.ts';
import { HttpConnection } from './http-connection.ts';
import { RequestPlan } from './request-plan.ts';

/** Serves the connections of an HTTP listener. */
export class HttpService implements ConnectionService, Http2Serving {
  configuration: ListenerConfiguration;
  settings: HttpListenerSettings;
  plan: RequestPlan;
  isDraining = false;
  readonly deadlines: Deadlines;
  readonly counts: Float64Array;
  readonly #parts: EngineParts;
  /** A stream of HTTP/2 is a connection too, beside the one that it is on. */
  readonly #connections = new Set<HttpConnection | Http2Connection>();
  /** Those of them that are streams, which are not counted. */
  readonly #streams = new WeakSet<object>();
  #isDestroyed = false;
  #onIdle: () => void = () => {};
  policies: PolicyTable | null;

  constructor(configuration: ListenerConfiguration, settings: HttpListenerSettings, parts: EngineParts) {
    this.configuration = configuration;
    this.settings = settings;
    this.plan = new RequestPlan(configuration);
    this.deadlines = parts.deadlines;
    this.counts = parts.counters.listener(configuration.id, configuration.loadBalancerId);
    this.#parts = parts;
    this.policies = parts.policies.get(configuration.id) ?? null;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  logAccess(line: string): void {
    this.#parts.logAccess(line);
  }

  pool(): Pool | undefined {
    const { poolId } = this.configuration;
    return poolId === null ? undefined : this.#parts.pools.get(poolId);
  }

  get pools(): ReadonlyMap<string, Pool> {
    return this.#parts.pools;
  }

  policiesChanged(): void {
    this.policies = this.#parts.policies.get(this.configuration.id) ?? null;
  }

  serve(socket: Socket, tls?: TlsFacts): void {
    // Accepted in the last moment before the port was closed.
    if (this.#isDestroyed) {
      socket.destroy();
      return;
    }
    count(this.counts, listenerCounters.connectionsOpened);
    if (tls?.speaksHttp2) this.#connections.add(new Http2Connection(tls, this));
    else this.#connections.add(new HttpConnection(socket, this, tls));
  }

  serveStream(socket: ClientSocket, tls: TlsFacts): void {
    const stream = new HttpConnection(socket, this, tls);
    this.#streams.add(stream);
    this.#connections.add(stream);
  }

  release(connection: HttpConnection | Http2Connection): void {
    if (!this.#streams.has(connection)) count(this.counts, listenerCounters.connectionsClosed);
    this.#connections.delete(connection);
    if (this.isDraining && this.#connections.size === 0) this.#onIdle();
  }

  reconfigure(configuration: ListenerConfiguration): void {
    this.configuration = configuration;
    this.settings = configuration.http ?? this.settings;
    this.plan = new RequestPlan(configuration);
  }

  drain(onIdle: () => void): void {
    this.isDraining = true;
    this.#onIdle = onIdle;
    for (const connection of this.#connections) connection.drain();
    if (this.#connections.size === 0) onIdle();
  }

  destroy(): void {
    this.#isDestroyed = true;
    for (const connection of this.#connections) connection.destroy();
  }
}
