import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { TestContext } from 'node:test';
import type { MemberConfiguration } from '../../src/dataplane/configuration.ts';
import { Peer } from './peer.ts';

/** A member that does with each connection exactly what a test says. */
export class RawMember {
  /** Every connection that was accepted, in order. */
  readonly sessions: Peer[] = [];
  readonly #server: Server;
  #waiters: (() => void)[] = [];

  private constructor(script: (session: Peer, index: number) => Promise<void> | void) {
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      const session = new Peer(socket);
      const index = this.sessions.push(session) - 1;
      for (const wake of this.#waiters.splice(0)) wake();
      // A script that waits in vain fails its test elsewhere: the client does not get what it waits for.
      Promise.resolve(script(session, index)).catch(() => socket.destroy());
    });
  }

  static async start(
    t: TestContext,
    script: (session: Peer, index: number) => Promise<void> | void = () => {},
  ): Promise<RawMember> {
    const member = new RawMember(script);
    t.after(() => member.close());
    member.#server.listen(0, '127.0.0.1');
    await once(member.#server, 'listening');
    return member;
  }

  /** A member that answers every request without a body alike. */
  static answering(t: TestContext, response: string): Promise<RawMember> {
    return RawMember.start(t, async (session) => {
      while (!session.isClosed) {
        await session.until('\r\n\r\n');
        session.send(response);
      }
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The n-th connection, once it is there. */
  async session(index: number): Promise<Peer> {
    for (;;) {
      const session = this.sessions[index];
      if (session !== undefined) return session;
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      this.#waiters.push(resolve);
      const timer = setTimeout(() => reject(new Error(`waited in vain for connection ${index}`)), 5000);
      await promise;
      clearTimeout(timer);
    }
  }

  configuration(overrides: Partial<MemberConfiguration> = {}): MemberConfiguration {
    return {
      id: `member-${this.port}`,
      address: '127.0.0.1',
      port: this.port,
      weight: 1,
      healthy: true,
      standby: false,
      ...overrides,
    };
  }

  async close(): Promise<void> {
    for (const session of this.sessions) session.close();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }
}

export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
