/** Keeps the scheduler at what the resources say, and the resources at what it finds. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Family } from '../observe/exposition.ts';
import type { Logger } from '../observe/log.ts';
import {
  type Change,
  followChanges,
  type MonitoredMember,
  type MonitoredPool,
  membersById,
  membersOf,
  monitoredPool,
  monitoredPools,
  poolsOfListeners,
} from '../service/monitored-pools.ts';
import type { LiveRegion } from '../service/region.ts';
import { forceableMember, forgetVerdict, recordVerdict } from '../service/verdicts.ts';
import { AttachedPools } from './attached-pools.ts';
import { type Clock, systemClock } from './clock.ts';
import { type ForcedVerdict, ForcedVerdicts } from './forced-verdicts.ts';
import { HealthScheduler, type SchedulerOptions, type VerdictChange } from './scheduler.ts';
import type { PastProbe, ProbedMember } from './watch.ts';

/** How soon a verdict that could not be stored is tried again. */
const retryMs = 1000;

export class HealthChecks {
  readonly #region: LiveRegion;
  readonly #log: Logger;
  readonly #scheduler: HealthScheduler;
  readonly #feed: ReturnType<typeof followChanges>;
  /** The probed pools. */
  readonly #pools = new AttachedPools();
  /** The newest verdicts that could not be stored, by member: nobody tells them again while they last. */
  readonly #unstored = new Map<string, VerdictChange>();
  /** The writes under way. */
  readonly #storing = new Set<Promise<void>>();
  readonly #clock: Clock;
  readonly #forced: ForcedVerdicts;
  #retry: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(region: LiveRegion, log: Logger, options: Omit<SchedulerOptions, 'onVerdict'> = {}) {
    this.#region = region;
    this.#log = log;
    this.#clock = options.clock ?? systemClock;
    this.#forced = new ForcedVerdicts(this.#clock);
    this.#scheduler = new HealthScheduler({ ...options, onVerdict: (change) => this.#record(change) });
    this.#feed = followChanges(region, log, (changes) => this.#follow(changes));
  }

  metrics(): Family[] {
    return this.#scheduler.metrics.families();
  }

  /** Takes up the verdicts that are stored and begins to probe. */
  async start(): Promise<void> {
    await this.#feed.start();
    for await (const pool of monitoredPools(this.#region)) await this.#putPool(pool);
    this.#scheduler.start();
  }

  async stop(): Promise<void> {
    this.#scheduler.stop();
    this.#forced.stop();
    this.#stopped = true;
    if (this.#retry) clearTimeout(this.#retry);
    await this.#feed.stop();
  }

  /** The newest probes of a member, the newest first; none of one that is not probed. */
  probesOf(poolId: string, memberId: string): readonly PastProbe[] {
    return this.#scheduler.probesOf(poolId, memberId);
  }

  async #follow(changes: readonly Change[]): Promise<void> {
    const pools = new Set<string>();
    const members = new Map<string, string>();
    /** Load balancers and listeners: the host of a pool's probes may be their address. */
    const owners = new Set<string>();
    for (const { type, id, parent_id, operation } of changes) {
      if (type === 'pool') pools.add(id);
      else if (type === 'healthmonitor' && parent_id) {
        // A monitor that is new, or was down in between, knows nothing of what was found before.
        if (operation !== 'update' || pools.has(parent_id)) this.#removePool(parent_id);
        pools.add(parent_id);
      } else if (type === 'member' && parent_id) members.set(id, parent_id);
      else if (type === 'loadbalancer' || type === 'listener') owners.add(id);
      else if (type === 'l7policy' && parent_id) owners.add(parent_id);
    }
    for (const id of await this.#attachedTo(owners)) pools.add(id);
    for (const id of pools) await this.#refreshPool(id);
    await this.#refreshMembers(members);
  }

  /** The probed pools that were attached to any of the owners until now, or are by now. */
  async #attachedTo(owners: ReadonlySet<string>): Promise<Set<string>> {
    if (owners.size === 0) return new Set();
    const attached = this.#pools.of(owners);
    for (const id of await poolsOfListeners(this.#region, [...owners])) {
      if (this.#pools.has(id)) attached.add(id);
    }
    return attached;
  }

  async #refreshPool(poolId: string): Promise<void> {
    const pool = await monitoredPool(this.#region, poolId);
    if (pool) await this.#putPool(pool);
    else this.#removePool(poolId);
  }

  async #refreshMembers(poolOf: ReadonlyMap<string, string>): Promise<void> {
    const watched = [...poolOf].filter(([, poolId]) => this.#pools.has(poolId));
    const ids = watched.map(([id]) => id);
    const found = new Map((await membersById(this.#region, ids)).map((each) => [each.id, each]));
    for (const [id, poolId] of watched) {
      const member = found.get(id);
      if (member) this.#scheduler.putMember(poolId, probedMember(member));
      else this.#scheduler.removeMember(poolId, id);
    }
  }

  /** Members are read when their pool is new here: afterwards each of their changes tells of itself. */
  async #putPool({ poolId, monitor, host, attachedTo }: MonitoredPool): Promise<void> {
    const members = this.#pools.has(poolId) ? [] : await membersOf(this.#region, poolId);
    this.#pools.put(poolId, attachedTo);
    this.#scheduler.setPool(poolId, { monitor, host });
    for (const member of members) this.#scheduler.putMember(poolId, probedMember(member));
  }

  #removePool(poolId: string): void {
    this.#pools.delete(poolId);
    this.#scheduler.removePool(poolId);
  }

  /**
   * Forces a verdict on a member, or with null ends that: then it begins anew.
   *
   * @returns false when the member is in none of the projects
   * @throws Refusal when its pool has no monitor that is up
   */
  async force(
    projectIds: ReadonlySet<string>,
    memberId: string,
    forced: ForcedVerdict | null,
  ): Promise<boolean> {
    const found = await forceableMember(this.#region, projectIds, memberId);
    if (!found) return false;
    if (forced) {
      this.#forced.force(memberId, forced, (verdict, reason) =>
        this.#tell({ ...found, memberId, verdict, reason, at: this.#clock.date(), latencyMs: null }),
      );
    } else {
      this.#forced.end(memberId);
      await forgetVerdict(this.#region, memberId);
      this.#scheduler.forget(found.poolId, memberId);
    }
    return true;
  }

  /** Resolves when no probe is under way and what was found is stored. */
  async settle(): Promise<void> {
    while (!this.#scheduler.isIdle && !this.#stopped) await nextTurn();
    await Promise.all(this.#storing);
  }

  /** What probes show of a member while somebody forces its verdict is for its history only. */
  #record(change: VerdictChange): void {
    if (!this.#forced.has(change.memberId)) this.#tell(change);
  }

  #tell(change: VerdictChange): void {
    const { memberId, verdict, reason } = change;
    this.#log.info({ member: memberId, verdict, reason: reason?.reason_code }, 'a member changed its health');
    this.#unstored.delete(memberId);
    const storing = this.#store(change).finally(() => this.#storing.delete(storing));
    this.#storing.add(storing);
  }

  /** Writers are served in order, so what is noted here last is the newest. */
  async #store(change: VerdictChange): Promise<void> {
    const { memberId } = change;
    try {
      await recordVerdict(this.#region, change);
      this.#unstored.delete(memberId);
    } catch (error) {
      this.#log.error({ err: error, member: memberId }, 'a verdict could not be stored and is tried again');
      if (this.#stopped) return;
      this.#unstored.set(memberId, change);
      this.#retry ??= setTimeout(() => this.#storeAgain(), retryMs);
    }
  }

  #storeAgain(): void {
    this.#retry = null;
    for (const change of this.#unstored.values()) void this.#store(change);
  }
}

function probedMember({ id, address, protocol_port, verdict, reason }: MonitoredMember): ProbedMember {
  return {
    id,
    address,
    port: protocol_port,
    ...(verdict === 'INITIAL' ? {} : { initial: verdict, initialReason: reason }),
  };
}
