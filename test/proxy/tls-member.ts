import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls';
import type { MemberConfiguration } from '../../src/dataplane/configuration.ts';
import { Peer } from './peer.ts';

/** A member that speaks TLS, and does with each connection what a test says. */
export class TlsMember {
  /** Every connection whose handshake succeeded, in order. */
  readonly sessions: (Peer & { readonly socket: TLSSocket })[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(
    t: TestContext,
    options: TlsOptions,
    script: (session: Peer) => Promise<void> | void = () => {},
  ): Promise<TlsMember> {
    const server = createServer({ ...options, allowHalfOpen: true } as TlsOptions, (socket) => {
      const session = new Peer(socket) as Peer & { readonly socket: TLSSocket };
      member.sessions.push(session);
      // A script that waits in vain fails its test elsewhere: the client does not get what it waits for.
      Promise.resolve(script(session)).catch(() => socket.destroy());
    });
    const member = new TlsMember(server);
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    t.after(() => member.close());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return member;
  }

  configuration(): MemberConfiguration {
    const { port } = this.#server.address() as AddressInfo;
    return { id: `m${port}`, address: '127.0.0.1', port, weight: 1, healthy: true, standby: false };
  }

  async close(): Promise<void> {
    for (const session of this.sessions) session.close();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }
}
