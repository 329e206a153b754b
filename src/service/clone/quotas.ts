/** The quotas of a whole copy, checked when it has been written and can still be undone. */
import type { Writer } from '../../store/transaction.ts';
import { checkIpGroups } from '../listener-ip-groups.ts';
import { checkQuota } from '../quotas.ts';
import type { Region } from '../region.ts';
import type { Copies } from './copies.ts';
import type { Tree } from './tree.ts';

/** Refuses a copy by which the project, or anything in it, would have more than it may. */
export async function checkCopyQuotas(
  { db }: Writer,
  { inventory }: Region,
  projectId: string,
  tree: Tree,
  { listeners, pools }: Copies,
): Promise<void> {
  const check = (key: Parameters<typeof checkQuota>[2], within: Parameters<typeof checkQuota>[3]) =>
    checkQuota(db, inventory, key, within, 0);
  for (const key of ['listener', 'pool', 'member', 'healthmonitor', 'l7policy'] as const) {
    await check(key, { project_id: projectId });
  }
  for (const loadbalancer_id of new Set(listeners.map((each) => each.loadbalancer_id))) {
    await check('listeners_per_loadbalancer', { loadbalancer_id });
  }
  for (const each of listeners) {
    await check('l7policies_per_listener', { listener_id: each.id });
    await checkIpGroups(db, inventory, each);
  }
  for (const { id } of pools) await check('members_per_pool', { pool_id: id });
  for (const { id } of [...pools, ...tree.pools]) await check('listeners_per_pool', { pool_id: id });
}
