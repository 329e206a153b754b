import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import type { ListenerConfiguration, TlsSettings } from '../../dataplane/configuration.ts';
import { sourcesInHello } from '../../dataplane/policy-configuration.ts';
import type { ConnectionService, EngineParts } from '../listeners/service.ts';
import { resetSocket } from '../sockets/reset-socket.ts';
import { transportSocket } from '../sockets/transport-socket.ts';
import { Handshake } from './handshake.ts';
import { TlsFacts } from './tls-facts.ts';
import { createContexts, type TlsContexts } from './tls-server.ts';

/**
 * Ends TLS before another service: that one gets each connection once its handshake is over, and never hears of those
 * that fail. Connections keep what they began with when settings or certificates change.
 */
export class TlsService implements ConnectionService {
  readonly #inner: ConnectionService;
  readonly #parts: EngineParts;
  #configuration: ListenerConfiguration;
  #settings: TlsSettings | null = null;
  /** Null until there are certificates that can be used. */
  #contexts: TlsContexts | null = null;
  #problem: string | null = null;
  /** By the TCP socket. */
  readonly #handshakes = new Map<Socket, Handshake>();
  #onIdle: (() => void) | null = null;
  #isDestroyed = false;

  constructor(configuration: ListenerConfiguration, parts: EngineParts, inner: ConnectionService) {
    this.#configuration = configuration;
    this.#parts = parts;
    this.#inner = inner;
    this.refresh();
  }

  get problem(): string | null {
    return this.#problem;
  }

  get connectionCount(): number {
    return this.#handshakes.size + this.#inner.connectionCount;
  }

  serve(socket: Socket): void {
    const contexts = this.#contexts;
    if (this.#isDestroyed || contexts === null) {
      resetSocket(socket);
      return;
    }
    const handshake = new Handshake(socket, this.#parts.deadlines);
    this.#handshakes.set(socket, handshake);
    socket.on('close', () => this.#finish(socket));
    const begin = () => contexts.serverFor(handshake.hello).emit('connection', socket);
    if (contexts.needsHello || this.#wantsHello()) handshake.readHello(begin);
    else begin();
  }

  reconfigure(configuration: ListenerConfiguration): void {
    this.#configuration = configuration;
    this.refresh();
    this.#inner.reconfigure(configuration);
  }

  policiesChanged(): void {
    this.#inner.policiesChanged();
  }

  /** Makes new contexts if the settings or any certificate in them changed; the old ones stay while new ones fail. */
  refresh(): void {
    const { tls } = this.#configuration;
    const { certificates } = this.#parts;
    const isSame = this.#contexts?.certificates.every((used) => certificates.get(used.id) === used);
    if (tls === null) return;
    if (isSame && isDeepStrictEqual(tls, this.#settings)) {
      this.#problem = null;
      return;
    }
    const made = createContexts(
      this.#configuration,
      tls,
      certificates,
      (socket) => this.#onSecure(socket),
      (socket) => socket.destroy(),
    );
    this.#problem = 'problem' in made ? made.problem : null;
    if ('problem' in made) return;
    this.#contexts = made;
    this.#settings = tls;
    this.useTicketKeys();
  }

  useTicketKeys(): void {
    for (const server of this.#contexts?.servers ?? []) server.setTicketKeys(this.#parts.ticketKeys.current);
  }

  drain(onIdle: () => void): void {
    this.#onIdle = onIdle;
    this.#inner.drain(() => this.#settle());
  }

  destroy(): void {
    this.#isDestroyed = true;
    for (const socket of this.#handshakes.keys()) socket.destroy();
    this.#inner.destroy();
  }

  /** Only some headers need more than Node tells of a handshake. */
  #wantsHello(): boolean {
    const headers = this.#configuration.http?.insertedHeaders ?? [];
    if (headers.some(({ source }) => sourcesInHello.has(source))) return true;
    return this.#parts.policies.get(this.#configuration.id)?.needsHello ?? false;
  }

  #onSecure(socket: TLSSocket): void {
    const transport = transportSocket(socket);
    const handshake = this.#handshakes.get(transport);
    if (handshake === undefined || this.#contexts === null) {
      socket.destroy();
      return;
    }
    this.#inner.serve(socket, new TlsFacts(socket, this.#contexts.certificateIds, handshake.hello));
    this.#finish(transport);
  }

  #finish(socket: Socket): void {
    const handshake = this.#handshakes.get(socket);
    if (handshake === undefined) return;
    handshake.finish();
    this.#handshakes.delete(socket);
    this.#settle();
  }

  /** While draining: a handshake that is under way may still become a connection. */
  #settle(): void {
    if (this.connectionCount === 0) this.#onIdle?.();
  }
}
