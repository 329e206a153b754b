/** Members that answer with their names, and load balancers in front of them. */
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import type { ApiClient } from './api-client.ts';

/** An HTTP server on 127.0.0.1 that answers every request with its name. */
export class NamedMember implements AsyncDisposable {
  readonly name: string;
  #server: Server;
  port = 0;

  private constructor(name: string) {
    this.name = name;
    this.#server = createServer((_request, response) => response.end(name));
  }

  static async start(name: string): Promise<NamedMember> {
    const member = new NamedMember(name);
    await member.listen();
    return member;
  }

  /** Listens again on the same port. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(this.port, '127.0.0.1', resolve);
    });
    this.port = (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  [Symbol.asyncDispose] = () => this.close();
}

export interface Balanced {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly listenerId: string;
  readonly poolId: string;
  /** By the order of the members. */
  readonly memberIds: readonly string[];
}

/**
 * A load balancer with a listener on a free port, a pool, and its members.
 *
 * @param pool fields of the pool beside, or instead of, the usual ones
 * @param listening fields of the listener beside the usual ones
 */
export async function balance(
  api: ApiClient,
  members: readonly { readonly port: number }[],
  protocol: 'HTTP' | 'HTTPS' | 'TCP' | 'TLS' | 'UDP' = 'HTTP',
  pool: Readonly<Record<string, unknown>> = {},
  listening: Readonly<Record<string, unknown>> = {},
): Promise<Balanced> {
  const { subnets } = (await api.get(`/v1/${api.projectId}/subnets`)).body;
  const lb = await api.create('/elb/loadbalancers', {
    loadbalancer: {
      vip_subnet_cidr_id: subnets[0].neutron_subnet_id,
      availability_zone_list: ['local-1a'],
      ip_target_enable: true,
    },
  });
  const port = await freePort(lb.vip_address);
  const listener = await api.create('/elb/listeners', {
    listener: { loadbalancer_id: lb.id, protocol, protocol_port: port, ...listening },
  });
  const { id: poolId } = await api.create('/elb/pools', {
    pool: { listener_id: listener.id, protocol, lb_algorithm: 'ROUND_ROBIN', ...pool },
  });
  const memberIds: string[] = [];
  for (const member of members) memberIds.push(await addMember(api, poolId, member.port));
  const host = lb.vip_address;
  return {
    url: `${protocol === 'HTTPS' ? 'https' : 'http'}://${host}:${port}/`,
    host,
    port,
    listenerId: listener.id,
    poolId,
    memberIds,
  };
}

/** Adds a member on 127.0.0.1 and returns its id. */
export async function addMember(api: ApiClient, poolId: string, port: number): Promise<string> {
  const member = { address: '127.0.0.1', protocol_port: port };
  return (await api.create(`/elb/pools/${poolId}/members`, { member })).id;
}

/** Who answers, or null when nobody does. */
export async function answerOf(url: string): Promise<string | null> {
  const response = await fetch(url, { headers: { connection: 'close' } }).catch(() => null);
  const text = await response?.text().catch(() => null);
  return response?.ok ? (text ?? null) : null;
}

/** A port that nobody listens on at an address: tests share the addresses of load balancers. */
async function freePort(host: string): Promise<number> {
  const probe = createTcpServer();
  await new Promise<void>((resolve) => probe.listen(0, host, resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
