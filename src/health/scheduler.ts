import { type Clock, systemClock } from './clock.ts';
import { DueHeap } from './due-heap.ts';
import { FairQueue } from './fair-queue.ts';
import type { MonitorSettings } from './monitor.ts';
import type { FailureReason, Probe, ProbeResult } from './probe.ts';
import { ProbeMetrics } from './probe-metrics.ts';
import { createProbe } from './probes.ts';
import { initialHealth, isSameVerdict, nextHealth, type Verdict, withoutDoubt } from './thresholds.ts';
import {
  createWatch,
  isSameCriterion,
  isSameTarget,
  type PastProbe,
  type PoolSettings,
  type PoolWatch,
  type ProbedMember,
  type Watch,
} from './watch.ts';

/** A verdict that changed, or an OFFLINE one whose reason did. */
export interface VerdictChange {
  readonly poolId: string;
  readonly memberId: string;
  /** Under which monitor: what an earlier one found says nothing of the member. */
  readonly monitorId: string;
  readonly verdict: Verdict;
  /** Null when ONLINE. */
  readonly reason: FailureReason | null;
  readonly at: Date;
  /** How long the probe that decided it took; null when it failed, or waited for silence. */
  readonly latencyMs: number | null;
}

export interface SchedulerOptions {
  /** Told of every change of a verdict; it must not throw and may call the scheduler. */
  readonly onVerdict: (change: VerdictChange) => void;
  /** Most probes under way at once; each holds a socket. */
  readonly maxInFlight?: number;
  readonly clock?: Clock;
  /** A number in [0, 1). */
  readonly random?: () => number;
  readonly createProbe?: (monitor: MonitorSettings) => Probe;
}

/** Members that do not answer hold their sockets for the whole timeout: room for about a third of 10,000 of them. */
const DEFAULT_MAX_IN_FLIGHT = 2048;

/** Probes are started in batches this far apart, and so many in one: the event loop is never held for long. */
const TICK_MS = 10;
const MAX_STARTS_PER_TICK = 64;

/** So many probes of each member are remembered. */
const KEPT_PROBES = 10;

/**
 * Probes the members of pools, each every `delay` seconds, and tells what the thresholds make of it.
 *
 *                    due                 a socket is free
 *     waiting (heap) ───▶ ready (queue) ─────────────────▶ probed ──▶ waiting again
 *
 * Each member keeps the phase that chance gave it when it came, so that the probes of a pool are spread over the
 * interval. One timer serves all. Before `start` and after `stop` nothing is probed and nothing is told.
 */
export class HealthScheduler {
  readonly #onVerdict: (change: VerdictChange) => void;
  readonly #maxInFlight: number;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #createProbe: (monitor: MonitorSettings) => Probe;

  readonly metrics = new ProbeMetrics();
  readonly #pools = new Map<string, PoolWatch>();
  readonly #waiting = new DueHeap<Watch>();
  readonly #ready = new FairQueue<PoolWatch, Watch>();
  #inFlight = 0;
  #running = false;
  #wakeAt = Number.POSITIVE_INFINITY;
  #cancelTimer: () => void = () => {};

  constructor(options: SchedulerOptions) {
    this.#onVerdict = options.onVerdict;
    this.#maxInFlight = options.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#createProbe = options.createProbe ?? createProbe;
  }

  /** Begins to probe; every member gets a new phase. */
  start(): void {
    this.#running = true;
    this.#restartAll();
  }

  /** Ends every probe under way; what is known of the members is kept. */
  stop(): void {
    this.#running = false;
    this.#restartAll();
  }

  /**
   * Puts a pool, which is new or changes how its members are probed; those it has keep their verdicts.
   *
   * A monitor that asks something else (another type, path or code) leaves the verdicts standing until new
   * results decide. For a monitor that is new, remove the pool first.
   */
  setPool(poolId: string, settings: PoolSettings): void {
    const pool = this.#pools.get(poolId);
    if (pool === undefined) {
      const probe = this.#createProbe(settings.monitor);
      this.#pools.set(poolId, { id: poolId, settings, probe, members: new Map() });
    } else {
      this.#changeSettings(pool, settings);
    }
  }

  /** Adds or changes one member; in a pool without a monitor it does nothing. */
  putMember(poolId: string, member: ProbedMember): void {
    const pool = this.#pools.get(poolId);
    const known = pool?.members.get(member.id);
    if (pool === undefined || (known !== undefined && isSameTarget(known.member, member))) {
      return;
    }
    if (known !== undefined) {
      known.member = member;
      known.health = withoutDoubt(known.health);
      this.#restart(known);
      return;
    }
    const watch = createWatch(pool, member);
    pool.members.set(member.id, watch);
    this.#restart(watch);
  }

  removeMember(poolId: string, memberId: string): void {
    const pool = this.#pools.get(poolId);
    const watch = pool?.members.get(memberId);
    if (pool !== undefined && watch !== undefined) {
      pool.members.delete(memberId);
      this.#release(watch);
    }
  }

  removePool(poolId: string): void {
    const pool = this.#pools.get(poolId);
    if (pool !== undefined) {
      this.#pools.delete(poolId);
      for (const watch of pool.members.values()) {
        this.#release(watch);
      }
    }
  }

  /** Begins a member anew, as if it had just come. */
  forget(poolId: string, memberId: string): void {
    const watch = this.#pools.get(poolId)?.members.get(memberId);
    if (watch) {
      watch.health = initialHealth;
      this.#restart(watch);
    }
  }

  /** Whether no probe is under way, nor waits for a free socket. */
  get isIdle(): boolean {
    return this.#inFlight === 0 && this.#ready.isEmpty;
  }

  /** The newest probes of a member, the newest first; none of one that is not probed. */
  probesOf(poolId: string, memberId: string): readonly PastProbe[] {
    return this.#pools.get(poolId)?.members.get(memberId)?.probes ?? [];
  }

  #changeSettings(pool: PoolWatch, settings: PoolSettings): void {
    const previous = pool.settings;
    pool.settings = settings;
    const asksTheSame = isSameCriterion(previous, settings);
    if (!asksTheSame) {
      pool.probe = this.#createProbe(settings.monitor);
    }
    if (asksTheSame && previous.monitor.delay === settings.monitor.delay) {
      return;
    }
    for (const watch of pool.members.values()) {
      watch.health = asksTheSame ? watch.health : withoutDoubt(watch.health);
      this.#restart(watch);
    }
  }

  #restartAll(): void {
    for (const pool of this.#pools.values()) {
      for (const watch of pool.members.values()) {
        this.#restart(watch);
      }
    }
    this.#arm();
  }

  /** Forgets the probe under way and waits for a random moment of the next interval ("first probe", digest 4.4). */
  #restart(watch: Watch): void {
    this.#release(watch);
    this.#wait(watch, this.#clock.now() + this.#random() * watch.pool.settings.monitor.delay * 1000);
  }

  #release(watch: Watch): void {
    this.#waiting.delete(watch);
    this.#ready.delete(watch.pool, watch);
    if (watch.attempt !== undefined) {
      watch.attempt.stop();
      watch.attempt = undefined;
      this.#inFlight--;
    }
  }

  #wait(watch: Watch, dueAt: number): void {
    watch.dueAt = dueAt;
    this.#waiting.add(watch);
    if (dueAt < this.#wakeAt) {
      this.#arm();
    }
  }

  /** Sets the one timer for whatever comes first. */
  #arm(): void {
    this.#cancelTimer();
    this.#wakeAt = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    const nextAt = this.#ready.isEmpty ? this.#waiting.first?.dueAt : now;
    if (this.#running && nextAt !== undefined) {
      const delayMs = Math.max(TICK_MS, nextAt - now);
      this.#wakeAt = now + delayMs;
      this.#cancelTimer = this.#clock.setTimer(delayMs, () => this.#tick());
    }
  }

  #tick(): void {
    const now = this.#clock.now();
    // #arm comes at the end; until then nothing that is put off needs a timer of its own
    this.#wakeAt = now;
    this.#collectDue(now);
    for (let starts = 0; starts < MAX_STARTS_PER_TICK && this.#inFlight < this.#maxInFlight; starts++) {
      const watch = this.#ready.shift();
      if (watch === undefined) {
        break;
      }
      this.#begin(watch, now);
    }
    this.#arm();
  }

  #collectDue(now: number): void {
    for (let watch = this.#waiting.first; watch !== undefined && watch.dueAt <= now; ) {
      this.#waiting.delete(watch);
      const delayMs = watch.pool.settings.monitor.delay * 1000;
      const lateMs = now - watch.dueAt;
      if (lateMs < delayMs / 2) {
        this.#ready.push(watch.pool, watch);
      } else {
        // Our own stall: everybody is overdue, and everybody at once would be a flood. Each goes on in its phase.
        this.#wait(watch, watch.dueAt + (Math.floor(lateMs / delayMs) + 1) * delayMs);
      }
      watch = this.#waiting.first;
    }
  }

  #begin(watch: Watch, now: number): void {
    const { pool, member } = watch;
    const { monitor, host } = pool.settings;
    const delayMs = monitor.delay * 1000;
    // A little late keeps the phase; a member that had to queue for a socket gets a new one, and its full interval.
    const nextAt = (now - watch.dueAt < delayMs / 2 ? watch.dueAt : now) + delayMs;
    const { address } = member;
    const port = monitor.monitor_port ?? member.port;
    this.#inFlight++;
    watch.attempt = pool.probe({ address, port, host, timeoutMs: monitor.timeout * 1000 }, (result) => {
      this.metrics.note(monitor.type, result, this.#clock.now() - now);
      this.#finish(watch, result, nextAt);
    });
  }

  #finish(watch: Watch, result: ProbeResult, nextAt: number): void {
    watch.attempt = undefined;
    this.#inFlight--;
    this.#wait(watch, Math.max(nextAt, this.#clock.now()));
    const at = this.#clock.date();
    watch.probes = [{ at, result }, ...watch.probes.slice(0, KEPT_PROBES - 1)];
    const before = watch.health;
    const { pool, member } = watch;
    const { monitor } = pool.settings;
    watch.health = nextHealth(before, result, monitor);
    const { verdict, reason } = watch.health;
    if (verdict !== 'INITIAL' && !isSameVerdict(before, watch.health)) {
      const latencyMs = result.kind === 'passed' ? result.latencyMs : null;
      const [poolId, memberId, monitorId] = [pool.id, member.id, monitor.id];
      this.#onVerdict({ poolId, memberId, monitorId, verdict, reason, at, latencyMs });
    }
  }
}
