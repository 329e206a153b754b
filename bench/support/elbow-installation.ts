/** Elbow as users run it: `elbow serve` with its proxy of one worker, over a data directory of its own. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ApiClient } from '../../test/support/api-client.ts';
import { freePort } from './sockets.ts';
import { tlsCipher, tlsPair, tlsVersion } from './tls-ground.ts';
import type { Workshop } from './workshop.ts';

/** The program. */
export const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

const proxyStartTimeoutMs = 10_000;

export type Protocol = 'HTTP' | 'HTTPS' | 'TCP' | 'UDP';

/** A load balancer with one listener and its pool. */
export interface Listening {
  readonly host: string;
  readonly port: number;
  readonly listenerId: string;
  readonly poolId: string;
  /** Where the pool's members are in the API, below the project. */
  readonly membersPath: string;
}

export class ElbowInstallation implements AsyncDisposable {
  readonly api: ApiClient;
  /** The process id of the control plane. */
  readonly pid: number;
  readonly proxyPid: number;
  readonly directory: string;
  readonly #workshop: Workshop;
  readonly #child: ChildProcess;

  private constructor(
    workshop: Workshop,
    child: ChildProcess,
    facts: { readonly api: ApiClient; readonly proxyPid: number; readonly directory: string },
  ) {
    this.#workshop = workshop;
    this.#child = child;
    this.pid = child.pid ?? 0;
    this.api = facts.api;
    this.proxyPid = facts.proxyPid;
    this.directory = facts.directory;
  }

  static async start(workshop: Workshop): Promise<ElbowInstallation> {
    const directory = workshop.directory();
    const child = workshop.spawn(process.execPath, [
      ...[main, 'serve', '--listen', '127.0.0.1:0', '--data', directory, '--workers', '1'],
    ]);
    child.stderr?.pipe(process.stderr);
    const url = await urlSaidBy(child);
    child.stdout?.resume();
    const { project_id, user, password } = readJson(directory, 'credentials.json');
    const api = await ApiClient.login(url, `${project_id}`, `${user}`, `${password}`);
    const proxyPid = await proxyOf(directory);
    workshop.adopt(proxyPid, directory);
    return new ElbowInstallation(workshop, child, { api, proxyPid, directory });
  }

  /** Creates a load balancer with a listener on a free port and a pool that serves it. */
  async listen(protocol: Protocol): Promise<Listening> {
    const { api } = this;
    const { subnets } = (await api.get(`/v1/${api.projectId}/subnets`)).body;
    const loadBalancer = await api.create('/elb/loadbalancers', {
      loadbalancer: {
        vip_subnet_cidr_id: subnets[0].neutron_subnet_id,
        availability_zone_list: ['local-1a'],
        ip_target_enable: true,
      },
    });
    const host: string = loadBalancer.vip_address;
    const port = await freePort(host);
    const listener = await api.create('/elb/listeners', {
      listener: {
        loadbalancer_id: loadBalancer.id,
        protocol,
        protocol_port: port,
        ...(protocol === 'HTTPS' ? await this.#tls() : {}),
      },
    });
    const pool = await api.create('/elb/pools', {
      pool: {
        listener_id: listener.id,
        protocol: protocol === 'HTTPS' ? 'HTTP' : protocol,
        lb_algorithm: 'ROUND_ROBIN',
      },
    });
    return {
      host,
      port,
      listenerId: listener.id,
      poolId: pool.id,
      membersPath: `/elb/pools/${pool.id}/members`,
    };
  }

  /** The fields of a listener that speaks TLS as the others do. */
  async #tls(): Promise<object> {
    const certificate = await this.api.create('/elb/certificates', { certificate: tlsPair });
    const policy = await this.api.create('/elb/security-policies', {
      security_policy: { protocols: [tlsVersion], ciphers: [tlsCipher] },
    });
    return { default_tls_container_ref: certificate.id, security_policy_id: policy.id };
  }

  /** Adds members in batches of the size that the API allows. */
  async addMembers(
    { membersPath }: Listening,
    members: readonly {
      readonly address: string;
      readonly protocol_port: number;
      readonly weight?: number;
    }[],
  ): Promise<void> {
    const batchSize = 200;
    for (let start = 0; start < members.length; start += batchSize) {
      const batch = members.slice(start, start + batchSize);
      const { status, body } = await this.api.post(`${membersPath}/batch-add`, { members: batch });
      if (status !== 200) throw new Error(`batch-add answered ${status}: ${JSON.stringify(body)}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#workshop.end(this.#child);
    this.#workshop.remove(this.directory);
  }
}

/** The address that `elbow serve` says it serves at. */
export async function urlSaidBy(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('elbow serve has no output');
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /ELB v3 API at (http:\S+)/.exec(line)?.[1];
    if (url) return url;
  }
  await once(child, 'close');
  throw new Error(`elbow serve ended with ${child.exitCode}`);
}

/** The process id of the proxy, which writes it into its directory as it starts. */
async function proxyOf(directory: string): Promise<number> {
  const deadline = performance.now() + proxyStartTimeoutMs;
  for (;;) {
    try {
      return Number(readJson(directory, 'proxy', 'process.json')['pid']);
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(20);
    }
  }
}

function readJson(...path: readonly string[]): Record<string, unknown> {
  return JSON.parse(readFileSync(join(...path), 'utf8'));
}
