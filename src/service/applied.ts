/** Whether proxies have taken up what was last changed of a load balancer. */
import { l7Policy } from '../model/l7-policy.ts';
import { type Listener, listener } from '../model/listener.ts';
import { loadBalancer } from '../model/load-balancer.ts';
import { pool } from '../model/pool.ts';
import { seenOf } from '../store/access.ts';
import { changesAfter } from '../store/change-log.ts';
import { findBy } from '../store/rows.ts';
import { groupIdsOf } from './listener-ip-groups.ts';
import { poolIdsOf } from './policy-pools.ts';
import type { Region } from './region.ts';

/** A proxy that is further behind than this has not taken up anything lately: what it lacks is not looked at. */
const maxChanges = 10_000;

export interface AppliedState {
  readonly listenerIds: ReadonlySet<string>;
  /**
   * The newest revision that changed the load balancer, or what it serves; null when every revision asked about is
   * newer than that.
   */
  readonly revision: number | null;
}

/**
 * Changes count of the load balancer, its listeners, their policies and rules, its pools with their members and
 * monitors, and of the certificates, IP groups and security policies in use.
 *
 * @param after changes up to this revision need not be looked at: every proxy has them
 * @returns null when no project of these has such a load balancer, or the call may not know of it
 */
export async function lastChange(
  { store }: Region,
  projectIds: ReadonlySet<string>,
  id: string,
  after: number,
): Promise<AppliedState | null> {
  const db = store.reader;
  const [found] = seenOf(db, loadBalancer, await findBy(db, loadBalancer, 'id', [id]));
  if (!found || !projectIds.has(found.project_id)) return null;
  const listeners = await findBy(db, listener, 'loadbalancer_id', [id]);
  const listenerIds = new Set(listeners.map((each) => each.id));
  const policies = await findBy(db, l7Policy, 'listener_id', [...listenerIds]);
  const pools = await findBy(db, pool, 'loadbalancer_id', [id], ['id']);
  const concerned = new Set([
    id,
    ...listenerIds,
    ...listeners.flatMap(usedBy),
    ...policies.flatMap((policy) => [policy.id, ...poolIdsOf(policy)]),
    ...pools.map((each) => each.id),
  ]);
  const changes = await changesAfter(db, after, maxChanges);
  const last = changes.findLast(
    (change) => concerned.has(change.id) || concerned.has(change.parent_id ?? ''),
  );
  const isCut = changes.length === maxChanges;
  return { listenerIds, revision: last?.revision ?? (isCut ? (changes.at(-1)?.revision ?? null) : null) };
}

/** What a listener names. */
function usedBy(of: Listener): string[] {
  const { default_pool_id, default_tls_container_ref, client_ca_tls_container_ref, security_policy_id } = of;
  return [
    ...[default_pool_id, default_tls_container_ref, client_ca_tls_container_ref, security_policy_id],
    ...of.sni_container_refs,
    ...groupIdsOf(of),
  ].filter((each) => typeof each === 'string');
}
