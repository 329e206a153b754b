/** The settings of a pool that are objects: what a request says of them, over what they were (2.3.1, 2.3.5, 2.3.6). */
import { invalid } from './errors.ts';
import type { Pool } from './pool.ts';
import { persistenceLimits } from './pool-rules.ts';

type Settings = Pick<
  Pool,
  'session_persistence' | 'slow_start' | 'connection_drain' | 'pool_health' | 'az_affinity'
>;

/** A request's objects, any part of which it may leave out. */
type Asked = { readonly [K in keyof Settings]?: Partial<NonNullable<Settings[K]>> | null };

/**
 * The settings that a request changes, made whole: a part it leaves out stays as it was, or has its default.
 *
 * @param before the settings so far; null for a new pool
 * @throws Refusal
 */
export function poolSettings(
  protocol: Pool['protocol'],
  before: Settings | null,
  { session_persistence, slow_start, connection_drain, pool_health, az_affinity }: Asked,
): Partial<Settings> {
  const made: Partial<Settings> = {};
  if (session_persistence) {
    made.session_persistence = persistenceOf(
      protocol,
      before?.session_persistence ?? null,
      session_persistence,
    );
  }
  if (slow_start) {
    made.slow_start = { enable: false, duration: 30, ...before?.slow_start, ...slow_start };
  }
  if (connection_drain) {
    made.connection_drain = {
      enable: false,
      timeout: null,
      ...before?.connection_drain,
      ...connection_drain,
    };
  }
  if (pool_health) {
    made.pool_health = { minimum_healthy_member_count: 0, ...before?.pool_health, ...pool_health };
  }
  // Its two thresholds exclude each other, so a request replaces the whole but for the switch.
  if (az_affinity) {
    made.az_affinity = {
      enable: before?.az_affinity?.enable ?? false,
      az_minimum_healthy_member_percentage: -1,
      az_minimum_healthy_member_count: -1,
      az_unhealthy_fallback_strategy: 'forward_to_all_member_of_local_az',
      ...az_affinity,
    };
  }
  return made;
}

/** The slice of a connection id that QUIC_CID hashes when none is given. */
export const quicCidDefault = { len: 3, offset: 1 } as const;

/** A cookie's name and a persistence's time belong to its type: another type begins with the defaults. */
function persistenceOf(
  protocol: Pool['protocol'],
  before: Pool['session_persistence'],
  asked: Partial<NonNullable<Pool['session_persistence']>>,
): Pool['session_persistence'] {
  const type = asked.type ?? before?.type;
  if (!type) throw invalid('pool.session_persistence.type', 'it is required.');
  const kept = type === before?.type ? before : null;
  return {
    type,
    cookie_name: (asked.cookie_name ?? kept?.cookie_name) || null,
    persistence_timeout:
      asked.persistence_timeout ?? kept?.persistence_timeout ?? persistenceLimits(protocol).usual,
  };
}
