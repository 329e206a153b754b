import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { TestContext } from 'node:test';
import type {
  CertificateConfiguration,
  ConfigurationDelta,
  HttpListenerSettings,
  ListenerConfiguration,
  ListenerState,
  MemberConfiguration,
  PoolConfiguration,
} from '../../src/dataplane/configuration.ts';
import { Engine } from '../../src/proxy/engine.ts';
import { Peer } from './peer.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

export interface EngineSetup {
  readonly members?: readonly MemberConfiguration[];
  readonly listener?: Partial<ListenerConfiguration>;
  readonly http?: Partial<HttpListenerSettings>;
  readonly pool?: Partial<PoolConfiguration>;
  readonly certificates?: readonly CertificateConfiguration[];
}

const NO_CHANGE = { put: [], remove: [] };

// Tests run beside each other: an address of its own keeps a file's ports from everyone else's.
let lastAddress = process.pid % 60_000;

/** An address of 127.96.0.0/11 that no other running test uses. */
export function ownAddress(): string {
  lastAddress += 60_000;
  return `127.${96 + ((lastAddress >> 16) % 32)}.${(lastAddress >> 8) % 256}.${(lastAddress % 254) + 1}`;
}

export async function freePort(address: string): Promise<number> {
  const server = createServer().listen(0, address);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** An engine with one listener `listener`, one pool `pool`, and what the test wants to be different. */
export class RunningEngine {
  readonly engine: Engine;
  readonly address: string;
  readonly port: number;
  readonly listener: ListenerConfiguration;
  readonly pool: PoolConfiguration;
  readonly certificates: readonly CertificateConfiguration[];
  /** Every listener state reported, in order. */
  readonly states: ListenerState[] = [];
  readonly clients: Peer[] = [];
  #wake: () => void = () => {};

  private constructor(address: string, port: number, setup: EngineSetup) {
    this.address = address;
    this.port = port;
    this.engine = new Engine({
      log: silent,
      tickMs: 5,
      onListenerState: (state) => {
        this.states.push(state);
        this.#wake();
      },
    });
    this.pool = {
      id: 'pool',
      protocol: 'http',
      tls: false,
      algorithm: 'round-robin',
      connectionIdSlice: null,
      sessions: null,
      ...setup.pool,
    };
    this.certificates = setup.certificates ?? [];
    this.listener = {
      id: 'listener',
      loadBalancerId: 'load-balancer',
      publicAddress: null,
      access: null,
      transport: 'tcp',
      addresses: [address],
      port,
      poolId: 'pool',
      keepaliveTimeoutMs: 60_000,
      http: {
        clientTimeoutMs: 60_000,
        memberTimeoutMs: 60_000,
        memberRetry: true,
        forwardedFor: 'append',
        insertedHeaders: [],
        policyOrder: 'priority',
        ...setup.http,
      },
      tls: null,
      ...setup.listener,
    };
  }

  static async start(t: TestContext, setup: EngineSetup): Promise<RunningEngine> {
    const address = ownAddress();
    const running = new RunningEngine(address, await freePort(address), setup);
    t.after(() => running.close());
    running.engine.apply(running.snapshot(setup.members ?? []));
    await running.state('listening');
    return running;
  }

  snapshot(
    members: readonly MemberConfiguration[],
    listeners: readonly ListenerConfiguration[] = [this.listener],
  ): ConfigurationDelta {
    return {
      source: 'test',
      base: null,
      revision: (this.engine.revision ?? 0) + 1,
      certificates: { put: [...this.certificates] },
      pools: { put: [this.pool], remove: [] },
      members: [{ poolId: 'pool', put: members, remove: [] }],
      policies: NO_CHANGE,
      listeners: { put: listeners, remove: [] },
    };
  }

  /** Applies a delta of these parts. */
  change(parts: Partial<ConfigurationDelta>): void {
    const base = this.engine.revision ?? 0;
    this.engine.apply({
      source: 'test',
      base,
      revision: base + 1,
      certificates: { put: [] },
      pools: NO_CHANGE,
      members: [],
      policies: NO_CHANGE,
      listeners: NO_CHANGE,
      ...parts,
    });
  }

  putMember(member: MemberConfiguration): void {
    this.change({ members: [{ poolId: 'pool', put: [member], remove: [] }] });
  }

  removeMember(id: string): void {
    this.change({ members: [{ poolId: 'pool', put: [], remove: [id] }] });
  }

  putListener(listener: ListenerConfiguration): void {
    this.change({ listeners: { put: [listener], remove: [] } });
  }

  /** Waits until the newest reported state of a listener is this one. */
  async state(wanted: ListenerState['state'], id = 'listener'): Promise<ListenerState> {
    for (;;) {
      const newest = this.states.findLast((state) => state.id === id);
      if (newest?.state === wanted) return newest;
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = setTimeout(
        () => reject(new Error(`waited in vain for listener ${id} to be ${wanted}`)),
        5000,
      );
      await promise;
      clearTimeout(timer);
    }
  }

  async client(port = this.port): Promise<Peer> {
    const client = await Peer.connect(this.address, port);
    this.clients.push(client);
    return client;
  }

  /** Sends one request on a connection of its own and returns everything that comes until it closes. */
  async exchange(request: string): Promise<string> {
    const client = await this.client();
    client.send(request);
    const response = await client.toEnd();
    client.close();
    return response;
  }

  freePort(): Promise<number> {
    return freePort(this.address);
  }

  close(): void {
    for (const client of this.clients) client.close();
    this.engine.close();
  }
}

export const GET = 'GET / HTTP/1.1\r\nHost: example.test\r\n\r\n';
export const GET_AND_CLOSE = 'GET / HTTP/1.1\r\nHost: example.test\r\nConnection: close\r\n\r\n';
