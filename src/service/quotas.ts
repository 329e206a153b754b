/** Quotas: how many of something there may be. Checked inside the transaction that adds one more. */
import type { Kysely } from 'kysely';
import { certificate } from '../model/certificate.ts';
import { quotaExceeded } from '../model/errors.ts';
import { healthMonitor } from '../model/health-monitor.ts';
import type { QuotaKey } from '../model/inventory.ts';
import { ipGroup } from '../model/ip-group.ts';
import { listener } from '../model/listener.ts';
import { loadBalancer } from '../model/load-balancer.ts';
import { member } from '../model/member.ts';
import { pool } from '../model/pool.ts';
import type { Resource } from '../model/resource.ts';
import { securityPolicy } from '../model/security-policy.ts';
import { count } from '../store/rows.ts';
import type { Row, Tables } from '../store/schema.ts';
import type { Inventory } from './inventory.ts';

/** Quotas of what is not a resource of its own: who works out the number checks it with `checkLimit`. */
type LimitKey = 'ipgroup_bindings' | 'ipgroup_max_length' | 'ipgroups_per_listener';

const counted: Readonly<Record<Exclude<QuotaKey, LimitKey>, Resource>> = {
  loadbalancer: loadBalancer,
  listener,
  pool,
  member,
  healthmonitor: healthMonitor,
  listeners_per_loadbalancer: listener,
  listeners_per_pool: listener,
  members_per_pool: member,
  certificate,
  ipgroup: ipGroup,
  security_policy: securityPolicy,
};

/**
 * Refuses what would exceed a quota.
 *
 * @param within the columns that say which ones count, as `{ project_id }`
 * @param adding how many are about to be added; 0 when they are written already
 */
export async function checkQuota(
  db: Kysely<Tables>,
  inventory: Inventory,
  key: Exclude<QuotaKey, LimitKey>,
  within: Readonly<Row>,
  adding = 1,
): Promise<void> {
  const limit = inventory.quota(key);
  if (limit < 0) return;
  if ((await count(db, counted[key], within)) + adding > limit) throw quotaExceeded(key, limit);
}

/** Refuses a number that exceeds a quota. */
export function checkLimit(inventory: Inventory, key: LimitKey, wanted: number): void {
  const limit = inventory.quota(key);
  if (limit >= 0 && wanted > limit) throw quotaExceeded(key, limit);
}
