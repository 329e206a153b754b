import type {
  ForwardedForMode,
  InsertedHeader,
  ListenerConfiguration,
} from '../../dataplane/configuration.ts';
import type { HeaderSource } from '../../dataplane/policy-configuration.ts';
import type { TlsFacts } from '../tls/tls-facts.ts';

/** The client end of a connection, as headers name it. */
export interface ClientFacts {
  readonly address: string;
  readonly port: number;
  /** Where the client reached us, `address:port`: the host of an HTTP/1.0 request that names none. */
  reachedAt(): string;
  /** Undefined without TLS. */
  readonly tls: TlsFacts | undefined;
}

/** What a listener writes into the headers of every request, worked out once per configuration. */
export class RequestPlan {
  readonly forwardedFor: ForwardedForMode;
  /** Lower-case names that the proxy sets itself: a copy from the client is not forwarded. */
  readonly replacedNames: readonly Uint8Array[];
  readonly #configuration: ListenerConfiguration;
  readonly #inserted: readonly InsertedHeader[];

  constructor(configuration: ListenerConfiguration) {
    this.#configuration = configuration;
    this.#inserted = configuration.http?.insertedHeaders ?? [];
    this.forwardedFor = configuration.http?.forwardedFor ?? 'append';
    const names = this.#inserted.map((header) => header.name.toLowerCase());
    if (this.forwardedFor !== 'preserve') names.push('x-forwarded-for');
    this.replacedNames = names.map((name) => Buffer.from(name, 'latin1'));
  }

  /** The inserted header lines. `host` is the host that the client asked for. */
  insertedLines(client: ClientFacts, host: string): string {
    let lines = '';
    for (const header of this.#inserted) {
      const value = this.valueOf(header.source, client, host);
      if (value !== null) lines += `${header.name}: ${value}\r\n`;
    }
    return lines;
  }

  /** What is known of a request; null for what there is not. */
  valueOf(source: HeaderSource, client: ClientFacts, host: string): string | null {
    switch (source) {
      case 'client-address':
        return client.address;
      case 'client-port':
        return String(client.port);
      case 'host':
        return host;
      case 'listener-port':
        return String(this.#configuration.port);
      case 'listener-protocol':
        return this.#configuration.tls === null ? 'http' : 'https';
      case 'load-balancer-address':
        return this.#configuration.addresses[0] ?? null;
      case 'load-balancer-id':
        return this.#configuration.loadBalancerId;
      case 'load-balancer-public-address':
        return this.#configuration.publicAddress;
      default:
        return client.tls?.valueOf(source) ?? null;
    }
  }
}
