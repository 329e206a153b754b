import type { Due } from './due-heap.ts';
import type { MonitorSettings } from './monitor.ts';
import type { Attempt, FailureReason, Probe, ProbeResult } from './probe.ts';
import { initialHealth, type MemberHealth, type Verdict } from './thresholds.ts';

/** A member to probe. */
export interface ProbedMember {
  readonly id: string;
  /** IPv4 or IPv6 literal. */
  readonly address: string;
  /** Its own port, where it is probed unless the monitor names another. */
  readonly port: number;
  /** The verdict known from before a restart; without it the member begins INITIAL. */
  readonly initial?: Verdict | undefined;
  /** The reason that goes with an initial OFFLINE. */
  readonly initialReason?: FailureReason | null | undefined;
}

/** How the members of a pool are probed. */
export interface PoolSettings {
  readonly monitor: MonitorSettings;
  /** What HTTP probes send as Host: the monitor's domain name, else the load balancer's address. */
  readonly host: string;
}

/** A pool whose members are probed. */
export interface PoolWatch {
  readonly id: string;
  settings: PoolSettings;
  probe: Probe;
  readonly members: Map<string, Watch>;
}

/** A probe that is over. */
export interface PastProbe {
  readonly at: Date;
  readonly result: ProbeResult;
}

/** One member under the scheduler's eye: waiting (in the heap), ready (in the queue) or being probed. */
export interface Watch extends Due {
  readonly pool: PoolWatch;
  member: ProbedMember;
  health: MemberHealth;
  /** The probe under way. */
  attempt: Attempt | undefined;
  /** The newest that are over, the newest first. */
  probes: readonly PastProbe[];
}

export function createWatch(pool: PoolWatch, member: ProbedMember): Watch {
  const { initial, initialReason } = member;
  const health: MemberHealth =
    initial === undefined
      ? initialHealth
      : { verdict: initial, reason: initial === 'OFFLINE' ? (initialReason ?? null) : null, against: 0 };
  return { pool, member, health, attempt: undefined, probes: [], dueAt: 0, heapIndex: -1 };
}

/** Whether a probe of one would be a probe of the other. */
export function isSameTarget(a: ProbedMember, b: ProbedMember): boolean {
  return a.address === b.address && a.port === b.port;
}

const criteria = [
  'type',
  'monitor_port',
  'http_method',
  'url_path',
  'http_version',
  'expected_codes',
  'content_check_enable',
  'send_content',
  'receive_content',
  'content_format',
] as const;

/** Whether two settings ask members the same question, so that results of both can be counted together. */
export function isSameCriterion(a: PoolSettings, b: PoolSettings): boolean {
  return a.host === b.host && criteria.every((key) => a.monitor[key] === b.monitor[key]);
}
