import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type {
  ConfigurationDelta,
  ListenerConfiguration,
  ListenerState,
  MemberChanges,
} from '../dataplane/configuration.ts';
import type { PolicyConfiguration } from '../dataplane/policy-configuration.ts';
import type { TrafficRow } from '../observe/traffic-counts.ts';
import { TrafficCounters } from './counters/traffic-counters.ts';
import { Listener } from './listeners/listener.ts';
import type { EngineParts } from './listeners/service.ts';
import type { Log } from './log.ts';
import { PolicyTable } from './policies/policy-table.ts';
import { Pool } from './pools/pool.ts';
import { Deadlines } from './time/deadlines.ts';
import { CertificateStore } from './tls/certificate-store.ts';
import { ConnectionIds, type LearntId } from './udp/connection-ids.ts';

export interface EngineOptions {
  readonly log: Log;
  /** Monotonic milliseconds; the machine's own by default. */
  readonly clock?: () => number;
  /** Listen on all local addresses instead of the listeners' own. */
  readonly bindAny?: boolean;
  /** Grain of all timeouts; a deadline passes up to two ticks late. */
  readonly tickMs?: number;
  /** Called with every state that a listener takes. */
  readonly onListenerState: (state: ListenerState) => void;
  /** Called with every QUIC connection id that is learnt here, for the other workers to know. */
  readonly onConnectionId?: (learnt: LearntId) => void;
  /** Takes the lines of the access log, each with its end. */
  readonly onAccess?: (line: string) => void;
}

/** The traffic of one worker: listeners, pools and members as the configuration has them. */
export class Engine {
  readonly #parts: EngineParts;
  readonly #onListenerState: (state: ListenerState) => void;
  readonly #certificates = new CertificateStore();
  readonly #pools = new Map<string, Pool>();
  /** By the id of the listener. A policy may be there without its listener. */
  readonly #policies = new Map<string, PolicyTable>();
  /** The listener of each policy. */
  readonly #listenerOf = new Map<string, string>();
  readonly #listeners = new Map<string, Listener>();
  /** Those that were put and may not listen yet. */
  readonly #starting = new Set<Listener>();
  /** Removed listeners whose last requests are still running. */
  readonly #leaving = new Set<Listener>();
  #source: string | null = null;
  #revision: number | null = null;
  #onDrained: (() => void) | null = null;

  constructor(options: EngineOptions) {
    this.#onListenerState = options.onListenerState;
    this.#parts = {
      log: options.log,
      deadlines: new Deadlines(options.clock ?? (() => performance.now()), options.tickMs ?? 50),
      counters: new TrafficCounters(),
      logAccess: options.onAccess ?? (() => {}),
      pools: this.#pools,
      certificates: this.#certificates,
      ticketKeys: { current: randomBytes(48) },
      policies: this.#policies,
      bindAny: options.bindAny ?? false,
      held: new Set(),
      connectionIds: new ConnectionIds((learnt) => options.onConnectionId?.(learnt)),
    };
  }

  /** The revision that runs, or null before the first snapshot. */
  get revision(): number | null {
    return this.#revision;
  }

  /** Whether every listener of the revision that runs listens, or has failed to. */
  get isSettled(): boolean {
    for (const listener of this.#starting) if (!listener.isStarting) this.#starting.delete(listener);
    return this.#starting.size === 0;
  }

  /**
   * Takes one step of the configuration. Pools and members are changed when it returns; how listening went is
   * told by onListenerState. Throws, with nothing changed, when the delta does not fit on what runs.
   */
  apply(delta: ConfigurationDelta): void {
    this.#check(delta);
    const isSnapshot = delta.base === null;
    for (const certificate of delta.certificates.put) this.#certificates.put(certificate);
    for (const configuration of delta.pools.put) {
      const pool = this.#pools.get(configuration.id);
      if (pool === undefined)
        this.#pools.set(configuration.id, new Pool(configuration, this.#parts.counters));
      else pool.reconfigure(configuration);
    }
    for (const changes of delta.members) this.#applyMembers(changes);
    for (const configuration of delta.policies.put) this.#putPolicy(configuration);
    const gone = isSnapshot ? absentees(this.#listenerOf, delta.policies.put) : delta.policies.remove;
    for (const id of gone) this.#removePolicy(id);
    for (const configuration of delta.listeners.put) this.#putListener(configuration);
    if (delta.certificates.put.length > 0) {
      for (const listener of this.#listeners.values()) listener.refreshCertificates();
    }

    for (const id of isSnapshot ? absentees(this.#listeners, delta.listeners.put) : delta.listeners.remove) {
      this.#removeListener(id);
    }
    if (isSnapshot) this.#removeAbsentMembers(delta);
    for (const id of isSnapshot ? absentees(this.#pools, delta.pools.put) : delta.pools.remove) {
      this.#pools.get(id)?.clear();
      this.#pools.delete(id);
    }
    this.#certificates.keepNamedBy([...this.#listeners.values()].map(({ configuration }) => configuration));
    this.#source = delta.source;
    this.#revision = delta.revision;
  }

  /** Session tickets are sealed with these 48 bytes from now on; those of former keys mean a full handshake. */
  useTicketKeys(keys: Buffer): void {
    this.#parts.ticketKeys.current = keys;
    for (const listener of this.#listeners.values()) listener.useTicketKeys();
  }

  /** The counters of what has counted since the last call, as they stand now. */
  takeTraffic(): TrafficRow[] {
    return this.#parts.counters.take((kind, id, parentId) => {
      if (kind === 'listener') return this.#listeners.has(id);
      if (kind === 'pool') return this.#pools.has(id);
      return this.#pools.get(parentId)?.member(id) !== undefined;
    });
  }

  /** Takes note of a QUIC connection id that another worker has learnt. */
  learn(learnt: LearntId): void {
    this.#parts.connectionIds.add(learnt);
  }

  /**
   * Accepts nothing more, lets what is running finish, and cuts what is left after `deadlineMs`. Resolves when no
   * connection is left.
   */
  async drain(deadlineMs: number): Promise<void> {
    const drained = new Promise<void>((resolve) => {
      this.#onDrained = resolve;
    });
    for (const id of [...this.#listeners.keys()]) this.#retire(id);
    this.#settle();
    const deadline = setTimeout(() => this.#cut(), deadlineMs);
    await drained;
    clearTimeout(deadline);
    this.close();
  }

  /** Cuts every connection and lets go of everything. The engine is of no use afterwards. */
  close(): void {
    this.#cut();
    this.#listeners.clear();
    for (const pool of this.#pools.values()) pool.clear();
    this.#pools.clear();
    this.#parts.deadlines.close();
  }

  #check(delta: ConfigurationDelta): void {
    if (delta.base !== null && (delta.base !== this.#revision || delta.source !== this.#source)) {
      throw new Error(
        `delta from revision ${delta.base} of ${delta.source} does not follow revision ${this.#revision} of ${this.#source}; ask for a snapshot`,
      );
    }
    for (const { poolId } of delta.members) {
      const isKnown = this.#pools.has(poolId) || delta.pools.put.some((pool) => pool.id === poolId);
      if (!isKnown) throw new Error(`delta names members of pool ${poolId}, which does not exist`);
    }
  }

  #applyMembers(changes: MemberChanges): void {
    const pool = this.#pools.get(changes.poolId);
    if (pool === undefined) return;
    for (const member of changes.put) pool.putMember(member);
    for (const id of changes.remove) pool.removeMember(id);
  }

  #removeAbsentMembers(snapshot: ConfigurationDelta): void {
    const present = new Map<string, Set<string>>();
    for (const { poolId, put } of snapshot.members) {
      const ids = present.get(poolId) ?? new Set<string>();
      for (const member of put) ids.add(member.id);
      present.set(poolId, ids);
    }
    for (const [poolId, pool] of this.#pools) {
      for (const id of [...pool.memberIds]) {
        if (!present.get(poolId)?.has(id)) pool.removeMember(id);
      }
    }
  }

  #putPolicy(configuration: PolicyConfiguration): void {
    const { id, listenerId } = configuration;
    this.#listenerOf.set(id, listenerId);
    const table = this.#policies.get(listenerId);
    if (table !== undefined) {
      table.put(configuration);
      return;
    }
    const first = new PolicyTable();
    first.put(configuration);
    this.#policies.set(listenerId, first);
    this.#listeners.get(listenerId)?.policiesChanged();
  }

  #removePolicy(id: string): void {
    const listenerId = this.#listenerOf.get(id);
    const table = listenerId === undefined ? undefined : this.#policies.get(listenerId);
    if (listenerId === undefined || table === undefined) return;
    this.#listenerOf.delete(id);
    table.remove(id);
    if (!table.isEmpty) return;
    this.#policies.delete(listenerId);
    this.#listeners.get(listenerId)?.policiesChanged();
  }

  #putListener(configuration: ListenerConfiguration): void {
    const listener = this.#listeners.get(configuration.id);
    if (listener !== undefined && isSameProtocol(listener.configuration, configuration)) {
      if (!isDeepStrictEqual(listener.configuration, configuration)) listener.reconfigure(configuration);
      this.#starting.add(listener);
      return;
    }
    this.#removeListener(configuration.id);
    const created = new Listener(configuration, this.#parts, this.#onListenerState);
    this.#listeners.set(configuration.id, created);
    this.#starting.add(created);
  }

  /** TCP connections and UDP sessions of a removed listener are cut; HTTP requests are answered first (ELB's documented way). */
  #removeListener(id: string): void {
    const listener = this.#listeners.get(id);
    if (listener === undefined) return;
    if (listener.configuration.http === null) listener.destroy();
    this.#retire(id);
  }

  #retire(id: string): void {
    const listener = this.#listeners.get(id);
    if (listener === undefined) return;
    this.#listeners.delete(id);
    this.#leaving.add(listener);
    void listener.drain(() => {
      this.#leaving.delete(listener);
      this.#settle();
    });
  }

  #settle(): void {
    if (this.#leaving.size === 0 && this.#listeners.size === 0) this.#onDrained?.();
  }

  #cut(): void {
    for (const listener of [...this.#listeners.values(), ...this.#leaving]) listener.destroy();
  }
}

function isSameProtocol(one: ListenerConfiguration, other: ListenerConfiguration): boolean {
  return (
    one.transport === other.transport &&
    (one.http === null) === (other.http === null) &&
    (one.tls === null) === (other.tls === null)
  );
}

/** The ids that run but are not put. */
function absentees(running: ReadonlyMap<string, unknown>, put: readonly { readonly id: string }[]): string[] {
  const present = new Set(put.map((item) => item.id));
  return [...running.keys()].filter((id) => !present.has(id));
}
