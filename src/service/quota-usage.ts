/** How much of each quota a project has used (rules digest 3.7). */
import { type QuotaKey, quotaKeys } from '../model/quota.ts';
import { count, countFullest } from '../store/rows.ts';
import type { Reader } from '../store/transaction.ts';
import { ipGroupUse } from './listener-ip-groups.ts';
import { type Counted, counted } from './quotas.ts';
import type { Region } from './region.ts';

export interface QuotaUsage {
  readonly key: QuotaKey;
  /** -1 is no limit. */
  readonly limit: number;
  readonly used: number;
}

/** The limits of all quotas; -1 is none. */
export function quotaLimits({ inventory }: Region): Record<QuotaKey, number> {
  const limits = quotaKeys.map((key) => [key, inventory.quota(key)]);
  return Object.fromEntries(limits) as Record<QuotaKey, number>;
}

/** The asked quotas, or all of them when none is asked for, in their usual order. */
export async function quotaUsage(
  { store, inventory }: Region,
  projectId: string,
  asked: readonly string[],
): Promise<QuotaUsage[]> {
  const keys = quotaKeys.filter((key) => asked.length === 0 || asked.includes(key));
  const ofIpGroups: Partial<Record<QuotaKey, number>> = keys.some((key) => key.startsWith('ipgroup'))
    ? await ipGroupUse(store.reader, projectId)
    : {};
  const usage: QuotaUsage[] = [];
  for (const key of keys) {
    const used = ofIpGroups[key] ?? (await countOf(store.reader, projectId, key));
    usage.push({ key, limit: inventory.quota(key), used });
  }
  return usage;
}

async function countOf(db: Reader, projectId: string, key: QuotaKey): Promise<number> {
  const what = (counted as Partial<Record<QuotaKey, Counted>>)[key];
  // There is none of what the other quotas limit.
  if (!what) return 0;
  const { of, per } = what;
  return per ? countFullest(db, of, per, projectId) : count(db, of, { project_id: projectId });
}
