/** The rules between listeners and the IP groups they use (rules digest 2.2.4 LI-11 and 2.9). */
import type { Kysely } from 'kysely';
import { invalid, notFound } from '../model/errors.ts';
import { type IpGroup, ipGroup } from '../model/ip-group.ts';
import { type Listener, listener, listenerOfIpGroup } from '../model/listener.ts';
import { seenOf } from '../store/access.ts';
import { type Owner, ownersIn, ownersOf } from '../store/elements.ts';
import { findBy } from '../store/rows.ts';
import type { Tables } from '../store/schema.ts';
import type { Inventory } from './inventory.ts';
import { checkLimit } from './quotas.ts';

/** The ids of a listener's IP groups: it may name several, with commas between (rules digest IG-8). */
export function groupIdsOf({ ipgroup }: Pick<Listener, 'ipgroup'>): string[] {
  return ipgroup ? ipgroup.ipgroup_id.split(',') : [];
}

/** The listeners that use IP groups, by the id of the group; each list by ascending id. */
export async function listenersByIpGroup(
  db: Kysely<Tables>,
  groupIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  return byGroup(await ownersOf(db, listener, listenerOfIpGroup, groupIds));
}

function byGroup(users: readonly Owner[]): ReadonlyMap<string, readonly string[]> {
  const groups = Map.groupBy(users, ({ value }) => String(value));
  return new Map([...groups].map(([id, owners]) => [id, owners.map(idOf)]));
}

/** What the listeners of a project use of the quotas of IP groups, each in the fullest listener or group. */
export async function ipGroupUse(
  db: Kysely<Tables>,
  projectId: string,
): Promise<Record<'ipgroups_per_listener' | 'ipgroup_bindings' | 'ipgroup_max_length', number>> {
  const users = byGroup(await ownersIn(db, listener, listenerOfIpGroup, projectId));
  const groups = await findBy(db, ipGroup, 'id', [...users.keys()]);
  const byListener = new Map<string, { groups: number; entries: number }>();
  const use = { ipgroups_per_listener: 0, ipgroup_bindings: 0, ipgroup_max_length: 0 };
  for (const { id, ip_list } of groups) {
    const listeners = users.get(id) ?? [];
    use.ipgroup_bindings = Math.max(use.ipgroup_bindings, listeners.length);
    for (const listenerId of listeners) {
      const before = byListener.get(listenerId) ?? { groups: 0, entries: 0 };
      const sum = { groups: before.groups + 1, entries: before.entries + ip_list.length };
      byListener.set(listenerId, sum);
      use.ipgroups_per_listener = Math.max(use.ipgroups_per_listener, sum.groups);
      use.ipgroup_max_length = Math.max(use.ipgroup_max_length, sum.entries);
    }
  }
  return use;
}

/** Refuses IP groups that are not there, or more than a listener or a group takes. */
export async function checkIpGroups(
  db: Kysely<Tables>,
  inventory: Inventory,
  after: Listener,
): Promise<void> {
  const ids = groupIdsOf(after);
  if (ids.length === 0) return;
  if (ids.includes('') || new Set(ids).size !== ids.length) {
    throw invalid(
      'listener.ipgroup.ipgroup_id',
      `got "${after.ipgroup?.ipgroup_id}", expected different ids of groups, with one comma between.`,
    );
  }
  const groups = seenOf(db, ipGroup, await findBy(db, ipGroup, 'id', ids));
  const there = new Set(groups.filter(({ project_id }) => project_id === after.project_id).map(idOf));
  const missing = ids.find((id) => !there.has(id));
  if (missing !== undefined) throw notFound(ipGroup.label, missing);
  checkLimit(inventory, 'ipgroups_per_listener', ids.length);
  checkLimit(inventory, 'ipgroup_max_length', entriesOf(groups));
  const users = await listenersByIpGroup(db, ids);
  for (const id of ids) {
    const others = (users.get(id) ?? []).filter((user) => user !== after.id);
    checkLimit(inventory, 'ipgroup_bindings', others.length + 1);
  }
}

/** Refuses entries by which a listener of the group would have more than a listener takes. */
export async function checkEntriesOfListeners(
  db: Kysely<Tables>,
  inventory: Inventory,
  after: IpGroup,
): Promise<void> {
  if (inventory.quota('ipgroup_max_length') < 0) return;
  const users = (await listenersByIpGroup(db, [after.id])).get(after.id) ?? [];
  for (const user of await findBy(db, listener, 'id', users, ['ipgroup'])) {
    const others = (await findBy(db, ipGroup, 'id', groupIdsOf(user))).filter(({ id }) => id !== after.id);
    checkLimit(inventory, 'ipgroup_max_length', entriesOf([...others, after]));
  }
}

function entriesOf(groups: readonly IpGroup[]): number {
  return groups.reduce((sum, { ip_list }) => sum + ip_list.length, 0);
}

function idOf({ id }: { readonly id: string }): string {
  return id;
}
