import type { Socket } from 'node:net';
import type { ListenerConfiguration, ListenerState } from '../../dataplane/configuration.ts';
import { Admission } from '../../dataplane/matching/admission.ts';
import { listenerCounters } from '../../observe/traffic-counts.ts';
import { count } from '../counters/counting.ts';
import { HttpService } from '../http/http-service.ts';
import { plainAddress } from '../sockets/plain-address.ts';
import { resetSocket } from '../sockets/reset-socket.ts';
import { TcpService } from '../tcp/tcp-service.ts';
import { TlsService } from '../tls/tls-service.ts';
import { UdpService } from '../udp/udp-service.ts';
import { Binding } from './binding.ts';
import { connections, datagrams, type Transport } from './endpoint.ts';
import type { ConnectionService, EngineParts, Service } from './service.ts';

/** A listener as it runs: bound to its addresses, with a service for the connections that it accepts. */
export class Listener {
  configuration: ListenerConfiguration;
  readonly #parts: EngineParts;
  readonly #service: Service;
  /** The same service when clients speak TLS. */
  readonly #tls: TlsService | null;
  readonly #transport: Transport;
  #admission: Admission;
  readonly #counts: Float64Array;
  readonly #onState: (state: ListenerState) => void;
  /** By `address port`. */
  readonly #bindings = new Map<string, Binding>();
  #reported: ListenerState | null = null;
  #isClosed = false;

  /** Begins to listen. `onState` is called with every new state. */
  constructor(
    configuration: ListenerConfiguration,
    parts: EngineParts,
    onState: (state: ListenerState) => void,
  ) {
    this.configuration = configuration;
    this.#parts = parts;
    this.#onState = onState;
    this.#counts = parts.counters.listener(configuration.id, configuration.loadBalancerId);
    this.#admission = new Admission(configuration.access);
    if (configuration.transport === 'udp') {
      const service = new UdpService(configuration, parts, (address) => this.#admission.admits(address));
      this.#service = service;
      this.#tls = null;
      this.#transport = datagrams((bytes, from, socket) => service.receive(bytes, from, socket));
    } else {
      const plain =
        configuration.http === null
          ? new TcpService(configuration, parts)
          : new HttpService(configuration, configuration.http, parts);
      this.#tls = configuration.tls === null ? null : new TlsService(configuration, parts, plain);
      const service = this.#tls ?? plain;
      this.#service = service;
      this.#transport = connections((socket) => this.#accept(socket, service));
    }
    this.#bind();
  }

  get connectionCount(): number {
    return this.#service.connectionCount;
  }

  /** Whether it is not known yet if it can listen. */
  get isStarting(): boolean {
    return !this.#isClosed && this.#state() === null;
  }

  /** Takes a changed configuration of the same protocol: only addresses that changed are bound anew. */
  reconfigure(configuration: ListenerConfiguration): void {
    this.configuration = configuration;
    this.#service.reconfigure(configuration);
    this.#admission = new Admission(configuration.access);
    this.#bind();
  }

  policiesChanged(): void {
    this.#service.policiesChanged();
  }

  /** Takes up certificates that changed, for connections to come. */
  refreshCertificates(): void {
    this.#tls?.refresh();
    this.#report();
  }

  /** Seals session tickets by the engine's new keys. */
  useTicketKeys(): void {
    this.#tls?.useTicketKeys();
  }

  /** Accepts nothing more and ends every connection as soon as nothing is lost by it. */
  async drain(onIdle: () => void): Promise<void> {
    this.#isClosed = true;
    const bindings = [...this.#bindings.values()];
    this.#bindings.clear();
    await Promise.all(bindings.map((binding) => binding.closeSoon()));
    this.#service.drain(onIdle);
  }

  /** Accepts nothing more and cuts every connection. */
  destroy(): void {
    this.#isClosed = true;
    for (const binding of this.#bindings.values()) binding.close();
    this.#bindings.clear();
    this.#service.destroy();
  }

  #accept(socket: Socket, service: ConnectionService): void {
    if (this.#admission.admits(plainAddress(socket.remoteAddress))) {
      service.serve(socket);
      return;
    }
    count(this.#counts, listenerCounters.connectionsRefused);
    resetSocket(socket);
  }

  #bind(): void {
    const { addresses, port } = this.configuration;
    const wanted = new Map<string, string>();
    for (const host of this.#parts.bindAny ? [ANY] : addresses) wanted.set(`${host} ${port}`, host);
    for (const [key, binding] of this.#bindings) {
      if (wanted.has(key)) continue;
      void binding.closeSoon();
      this.#bindings.delete(key);
    }
    const fresh: Binding[] = [];
    for (const [key, host] of wanted) {
      if (this.#bindings.has(key)) continue;
      const binding = new Binding(host, port, this.#parts.held, this.#transport, () => this.#report());
      this.#bindings.set(key, binding);
      fresh.push(binding);
    }
    // Only once all are known: the listener is as well as the worst of them.
    for (const binding of fresh) binding.start();
    this.#report();
  }

  /** Reports the state once it is known and whenever it changes. */
  #report(): void {
    if (this.#isClosed) return;
    const state = this.#state();
    if (state === null || isSame(state, this.#reported)) return;
    this.#reported = state;
    this.#onState(state);
  }

  /** Null while an address is still being bound for the first time. */
  #state(): ListenerState | null {
    const { id } = this.configuration;
    const problem = this.#tls?.problem ?? null;
    if (problem !== null) return { id, state: 'failed', reason: problem };
    let isStarting = false;
    for (const { state } of this.#bindings.values()) {
      if (state.state === 'failed') return { id, state: 'failed', reason: state.reason };
      if (state.state === 'starting') isStarting = true;
    }
    return isStarting ? null : { id, state: 'listening' };
  }
}

/** All local addresses, IPv4 and IPv6. */
const ANY = '::';

function isSame(state: ListenerState, reported: ListenerState | null): boolean {
  if (state.state === 'failed' && reported?.state === 'failed') return state.reason === reported.reason;
  return state.state === reported?.state;
}
