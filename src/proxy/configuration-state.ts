/** The whole configuration as the deltas so far have made it. */
import type {
  ConfigurationDelta,
  ListenerConfiguration,
  MemberConfiguration,
  PoolConfiguration,
} from '../dataplane/configuration.ts';
import type { PolicyConfiguration } from '../dataplane/policy-configuration.ts';
import { CertificateStore } from './tls/certificate-store.ts';

interface PoolState {
  configuration: PoolConfiguration;
  readonly members: Map<string, MemberConfiguration>;
}

export class ConfigurationState {
  #source = '';
  #revision: number | null = null;
  #certificates = new CertificateStore();
  #pools = new Map<string, PoolState>();
  #policies = new Map<string, PolicyConfiguration>();
  #listeners = new Map<string, ListenerConfiguration>();

  get source(): string {
    return this.#source;
  }

  /** Null before the first snapshot. */
  get revision(): number | null {
    return this.#revision;
  }

  get listenerIds(): IterableIterator<string> {
    return this.#listeners.keys();
  }

  hasListener(id: string): boolean {
    return this.#listeners.has(id);
  }

  hasPool(id: string): boolean {
    return this.#pools.has(id);
  }

  hasMember(poolId: string, id: string): boolean {
    return this.#pools.get(poolId)?.members.has(id) ?? false;
  }

  /** Takes a step; false, with nothing changed, when it does not follow from where we are. */
  apply(delta: ConfigurationDelta): boolean {
    if (delta.base === null) {
      this.#certificates = new CertificateStore();
      this.#pools = new Map();
      this.#policies = new Map();
      this.#listeners = new Map();
    } else if (delta.source !== this.#source || delta.base !== this.#revision) {
      return false;
    }
    for (const certificate of delta.certificates.put) this.#certificates.put(certificate);
    for (const pool of delta.pools.put) {
      const known = this.#pools.get(pool.id);
      if (known) known.configuration = pool;
      else this.#pools.set(pool.id, { configuration: pool, members: new Map() });
    }
    for (const { poolId, put, remove } of delta.members) {
      const members = this.#pools.get(poolId)?.members;
      for (const member of put) members?.set(member.id, member);
      for (const id of remove) members?.delete(id);
    }
    for (const policy of delta.policies.put) this.#policies.set(policy.id, policy);
    for (const id of delta.policies.remove) this.#policies.delete(id);
    for (const listener of delta.listeners.put) this.#listeners.set(listener.id, listener);
    for (const id of delta.listeners.remove) this.#listeners.delete(id);
    for (const id of delta.pools.remove) this.#pools.delete(id);
    this.#certificates.keepNamedBy(this.#listeners.values());
    this.#source = delta.source;
    this.#revision = delta.revision;
    return true;
  }

  /** All of it as one step from nothing, or null before the first snapshot. */
  snapshot(): ConfigurationDelta | null {
    if (this.#revision === null) return null;
    const pools = [...this.#pools.values()];
    return {
      source: this.#source,
      base: null,
      revision: this.#revision,
      certificates: { put: [...this.#certificates.values()] },
      pools: { put: pools.map(({ configuration }) => configuration), remove: [] },
      members: pools
        .filter(({ members }) => members.size > 0)
        .map(({ configuration, members }) => ({
          poolId: configuration.id,
          put: [...members.values()],
          remove: [],
        })),
      policies: { put: [...this.#policies.values()], remove: [] },
      listeners: { put: [...this.#listeners.values()], remove: [] },
    };
  }
}
