/** How a member is probed once, and with what: the probes themselves are handed in from outside. */
import { type HealthMonitor, healthMonitor } from '../../model/health-monitor.ts';
import type { FailureReason } from '../../model/member.ts';
import type { Pool } from '../../model/pool.ts';
import { draft } from '../../model/resource.ts';
import { probeHost } from '../monitored-pools.ts';
import type { StoredFacts } from './check.ts';

/** What one probe of a member showed. */
export type ProbeOutcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly reason: FailureReason }
  /** It says nothing of the member: the fault was ours. */
  | { readonly kind: 'inconclusive'; readonly cause: string }
  /** There is no way to probe it. */
  | { readonly kind: 'impossible'; readonly cause: string };

export interface PlannedProbe {
  readonly monitor: HealthMonitor;
  readonly address: string;
  readonly port: number;
  /** What HTTP probes name as Host. */
  readonly host: string;
}

/** Probes members as monitors ask. */
export interface Prober {
  /** Probes once and never rejects; an aborted probe is inconclusive. */
  readonly probe: (planned: PlannedProbe, signal: AbortSignal) => Promise<ProbeOutcome>;
}

/** The pools whose members take connections, which can be tried without a monitor. */
const overConnections: readonly Pool['protocol'][] = ['TCP', 'TLS', 'HTTP', 'HTTPS', 'GRPC'];

/** Seconds to wait for a connection where no monitor says how long. */
const usualTimeout = 5;

/**
 * The probe that tells most of a member: that of its monitor, else whether it takes a connection.
 *
 * @returns null when it cannot be probed, with the cause
 */
export function planProbe({
  member,
  pool,
  listener,
  loadBalancer,
  monitor,
}: StoredFacts): PlannedProbe | { readonly cause: string } {
  const port = monitor?.monitor_port ?? (member.protocol_port || listener.protocol_port);
  if (port === 0) return { cause: 'it has no port of its own, and no monitor_port says which to probe' };
  const target = { address: member.address, port, host: probeHost(monitor, [loadBalancer]) };
  if (monitor) return { ...target, monitor };
  if (!overConnections.includes(pool.protocol)) {
    return { cause: `without a health monitor there is nothing to ask a member of a ${pool.protocol} pool` };
  }
  return {
    ...target,
    monitor: draft(healthMonitor, {
      type: 'TCP',
      ...{ timeout: usualTimeout, delay: usualTimeout, max_retries: 1 },
    }),
  };
}
