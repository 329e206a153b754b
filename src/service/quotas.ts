/** Quotas: how many of something there may be. Checked inside the transaction that adds one more. */
import type { Kysely } from 'kysely';
import { certificate } from '../model/certificate.ts';
import { quotaExceeded } from '../model/errors.ts';
import { healthMonitor } from '../model/health-monitor.ts';
import { ipGroup } from '../model/ip-group.ts';
import { l7Policy } from '../model/l7-policy.ts';
import { l7Rule } from '../model/l7-rule.ts';
import { listener } from '../model/listener.ts';
import { loadBalancer } from '../model/load-balancer.ts';
import { member } from '../model/member.ts';
import { pool } from '../model/pool.ts';
import type { QuotaKey } from '../model/quota.ts';
import type { Resource } from '../model/resource.ts';
import { securityPolicy } from '../model/security-policy.ts';
import { type CountedPer, count } from '../store/rows.ts';
import type { Row, Tables } from '../store/schema.ts';
import type { Inventory } from './inventory.ts';

/** What a quota counts: the resources of a project, or what one parent has. */
export interface Counted {
  readonly of: Pick<Resource, 'table'>;
  readonly per?: CountedPer;
}

/** Rows that are no resources: the listeners of pools, and the pools of policies. */
const poolListeners = { table: 'pool_listeners' };
const policyPools = { table: 'l7policy_pools' };

/** Every quota of which something exists here; the others limit what there is none of. */
export const counted = {
  loadbalancer: { of: loadBalancer },
  listener: { of: listener },
  pool: { of: pool },
  member: { of: member },
  healthmonitor: { of: healthMonitor },
  l7policy: { of: l7Policy },
  certificate: { of: certificate },
  ipgroup: { of: ipGroup },
  security_policy: { of: securityPolicy },
  listeners_per_loadbalancer: { of: listener, per: { parent: loadBalancer, column: 'loadbalancer_id' } },
  listeners_per_pool: { of: poolListeners, per: { parent: pool, column: 'pool_id' } },
  members_per_pool: { of: member, per: { parent: pool, column: 'pool_id' } },
  condition_per_policy: {
    of: l7Rule,
    per: { parent: l7Policy, column: 'l7policy_id', elements: 'conditions' },
  },
  pools_per_l7policy: { of: policyPools, per: { parent: l7Policy, column: 'l7policy_id' } },
  l7policies_per_listener: { of: l7Policy, per: { parent: listener, column: 'listener_id' } },
} as const satisfies Partial<Record<QuotaKey, Counted>>;

/**
 * Refuses what would exceed a quota.
 *
 * @param within the columns that say which ones count, as `{ project_id }`
 * @param adding how many are about to be added; 0 when they are written already
 */
export async function checkQuota(
  db: Kysely<Tables>,
  inventory: Inventory,
  key: keyof typeof counted,
  within: Readonly<Row>,
  adding = 1,
): Promise<void> {
  const limit = inventory.quota(key);
  if (limit < 0) return;
  if ((await count(db, counted[key].of, within)) + adding > limit) throw quotaExceeded(key, limit);
}

/** Refuses a number that exceeds a quota. */
export function checkLimit(inventory: Inventory, key: QuotaKey, wanted: number): void {
  const limit = inventory.quota(key);
  if (limit >= 0 && wanted > limit) throw quotaExceeded(key, limit);
}
