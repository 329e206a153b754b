import type { Socket } from 'node:net';
import type { ListenerConfiguration } from '../../dataplane/configuration.ts';
import type { TrafficCounters } from '../counters/traffic-counters.ts';
import type { Log } from '../log.ts';
import type { PolicyTable } from '../policies/policy-table.ts';
import type { Pool } from '../pools/pool.ts';
import type { Deadlines } from '../time/deadlines.ts';
import type { CertificateStore } from '../tls/certificate-store.ts';
import type { TlsFacts } from '../tls/tls-facts.ts';
import type { ConnectionIds } from '../udp/connection-ids.ts';

/** What listeners and their connections share within one engine. */
export interface EngineParts {
  readonly log: Log;
  readonly deadlines: Deadlines;
  readonly counters: TrafficCounters;
  /** Takes the lines of the access log, each with its end. */
  readonly logAccess: (line: string) => void;
  /** Pools by id. */
  readonly pools: ReadonlyMap<string, Pool>;
  readonly certificates: CertificateStore;
  /** 48 bytes that session tickets are sealed with, the same at every worker of a proxy. */
  readonly ticketKeys: { current: Buffer };
  /** The policies of listeners, by the id of the listener; none for those without. */
  readonly policies: ReadonlyMap<string, PolicyTable>;
  /** Listen on all local addresses instead of the listener's own. */
  readonly bindAny: boolean;
  /** The transports, addresses and ports that listeners of this engine hold, as `tcp address port`. */
  readonly held: Set<string>;
  /** Where the QUIC connections of all listeners lead. */
  readonly connectionIds: ConnectionIds;
}

/** What is done with the clients of a listener. */
export interface Service {
  /** Connections or sessions in progress. */
  readonly connectionCount: number;
  /** Later requests and connections follow this configuration. */
  reconfigure(configuration: ListenerConfiguration): void;
  /** The listener has its first policies, or none any more: they are looked up anew. */
  policiesChanged(): void;
  /** Ends every connection as soon as nothing is lost by it; `onIdle` is called once there is none left. */
  drain(onIdle: () => void): void;
  /** Cuts every connection. */
  destroy(): void;
}

/** What is done with the connections that a listener accepts. */
export interface ConnectionService extends Service {
  /** @param tls left out for a connection without TLS */
  serve(socket: Socket, tls?: TlsFacts): void;
}
