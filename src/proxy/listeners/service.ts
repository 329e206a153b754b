import type { Socket } from 'node:net';
import type { ListenerConfiguration } from '../../dataplane/configuration.ts';
import type { Log } from '../log.ts';
import type { Pool } from '../pools/pool.ts';
import type { Deadlines } from '../time/deadlines.ts';
import type { CertificateStore } from '../tls/certificate-store.ts';
import type { TlsFacts } from '../tls/tls-facts.ts';

/** What listeners and their connections share within one engine. */
export interface EngineParts {
  readonly log: Log;
  readonly deadlines: Deadlines;
  /** Pools by id. */
  readonly pools: ReadonlyMap<string, Pool>;
  readonly certificates: CertificateStore;
  /** 48 bytes that session tickets are sealed with, the same at every worker of a proxy. */
  readonly ticketKeys: { current: Buffer };
  /** Listen on all local addresses instead of the listener's own. */
  readonly bindAny: boolean;
  /** The addresses and ports that listeners of this engine hold, as `address port`. */
  readonly held: Set<string>;
}

/** What is done with the connections that a listener accepts. */
export interface Service {
  /** Connections in progress. */
  readonly connectionCount: number;
  /** @param tls left out for a connection without TLS */
  serve(socket: Socket, tls?: TlsFacts): void;
  /** Later requests and connections follow this configuration. */
  reconfigure(configuration: ListenerConfiguration): void;
  /** Ends every connection as soon as nothing is lost by it; `onIdle` is called once there is none left. */
  drain(onIdle: () => void): void;
  /** Cuts every connection. */
  destroy(): void;
}
