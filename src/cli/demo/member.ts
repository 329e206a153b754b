/** A small real backend: answers every request with its name. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export class DemoMember {
  readonly name: string;
  readonly weight: number;
  #server: Server | null = null;
  #port = 0;

  private constructor(name: string, weight: number) {
    this.name = name;
    this.weight = weight;
  }

  static async start(name: string, weight: number): Promise<DemoMember> {
    const member = new DemoMember(name, weight);
    await member.start();
    return member;
  }

  get port(): number {
    return this.#port;
  }

  /** Listens, after a stop on the same port as before. */
  async start(): Promise<void> {
    const server = createServer((_request, response) => response.end(this.name));
    this.#server = server;
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = null;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
}
