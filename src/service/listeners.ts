/** Listeners: create, show, list, update, delete (rules digest 2.2). */
import type { Kysely } from 'kysely';
import { conflict, invalid } from '../model/errors.ts';
import { type InsertHeaders, mergeInsertHeaders } from '../model/insert-headers.ts';
import { type Listener, listener } from '../model/listener.ts';
import { checkListener, portSpace, protocolDefaults } from '../model/listener-rules.ts';
import { member } from '../model/member.ts';
import { changes, draft } from '../model/resource.ts';
import { protocolFor } from '../model/shared-rules.ts';
import { seenOf } from '../store/access.ts';
import { type Page, page } from '../store/pages.ts';
import { count, findBy, insert, update } from '../store/rows.ts';
import type { Tables } from '../store/schema.ts';
import type { Writer } from '../store/transaction.ts';
import { refreshMemberStatuses } from './attachments.ts';
import { checkNoPolicies, checkPoolsOfPolicies } from './l7-policy-targets.ts';
import { numberPolicies } from './l7-priorities.ts';
import { checkNoQuicConfig } from './listener-quic.ts';
import { checkReferences } from './listener-references.ts';
import { removeListeners } from './listener-removal.ts';
import { checkPoolOfListener, checkPoolOfLoadBalancer, checkProtocolOfOwner } from './listener-rules.ts';
import { checkActive } from './load-balancer-state.ts';
import { newId } from './new-id.ts';
import { type PageQuery, pageRequest, readerFor } from './page-query.ts';
import { clearedProtectionReason } from './protection.ts';
import { checkQuota } from './quotas.ts';
import { requireAnyPool, requireListener, requireLoadBalancer } from './references.ts';
import { type Region, timestamp } from './region.ts';
import { wholeTags } from './tags.ts';

type Body = Readonly<Record<string, unknown>>;

export async function createListener(region: Region, projectId: string, body: Body): Promise<Listener> {
  return region.store.write(async (tx) => {
    const wanted = draft(listener, body);
    const owner = await requireLoadBalancer(tx.db, projectId, wanted.loadbalancer_id);
    checkActive([owner]);
    const protocol = protocolFor(wanted.protocol, owner.guaranteed);
    const now = timestamp(tx.at);
    const record: Listener = {
      ...wanted,
      ...given(protocolDefaults(protocol, owner.guaranteed), body),
      ...normalized(body, null),
      tags: wholeTags(wanted.tags, 'listener.tags'),
      id: newId(tx.at),
      project_id: projectId,
      enterprise_project_id: owner.enterprise_project_id,
      protocol,
      created_at: now,
      updated_at: now,
      ...clearedProtectionReason(wanted),
    };
    checkListener(record, body, owner.guaranteed);
    checkProtocolOfOwner(owner, record);
    await checkReferences(tx.db, region.inventory, record, null);
    await checkPortFree(tx.db, record);
    await checkQuota(tx.db, region.inventory, 'listener', { project_id: projectId });
    await checkQuota(tx.db, region.inventory, 'listeners_per_loadbalancer', { loadbalancer_id: owner.id });
    await insert(tx, listener, record);
    await attach(tx, region, record, null);
    return record;
  });
}

export async function showListener(region: Region, projectId: string, id: string): Promise<Listener> {
  return requireListener(region.store.reader, projectId, id);
}

/** Which of the ids are listeners of the projects. */
export async function listenersOf(
  { store }: Region,
  projectIds: ReadonlySet<string>,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = seenOf(store.reader, listener, await findBy(store.reader, listener, 'id', ids));
  return new Set(found.filter(({ project_id }) => projectIds.has(project_id)).map(({ id }) => id));
}

export async function listListeners(
  region: Region,
  projectId: string,
  query: PageQuery,
): Promise<Page<Listener>> {
  const db = await readerFor(region, projectId, query);
  return page(db, listener, await pageRequest(db, listener, projectId, query));
}

export async function updateListener(
  region: Region,
  projectId: string,
  id: string,
  body: Body,
): Promise<Listener> {
  return region.store.write(async (tx) => {
    const before = await requireListener(tx.db, projectId, id);
    const owner = await requireLoadBalancer(tx.db, projectId, before.loadbalancer_id);
    checkActive([owner]);
    const changed: Partial<Listener> = {
      ...changes(listener, body),
      ...cleared(protocolDefaults(before.protocol, owner.guaranteed), body),
      ...normalized(body, before),
    };
    if (Object.keys(changed).length === 0) return before;
    const after: Listener = { ...before, ...changed, updated_at: timestamp(tx.at) };
    Object.assign(after, clearedProtectionReason(after));
    if (before.enhance_l7policy_enable && !after.enhance_l7policy_enable) {
      throw invalid('listener.enhance_l7policy_enable', 'it cannot be switched off once it is on.');
    }
    checkListener(after, body, owner.guaranteed);
    await checkReferences(tx.db, region.inventory, after, before);
    await update(tx, listener, before, after);
    if (after.default_pool_id !== before.default_pool_id) {
      await attach(tx, region, after, before.default_pool_id);
    } else if (after.default_pool_id) {
      checkPoolOfListener(after, await requireAnyPool(tx.db, projectId, after.default_pool_id));
    }
    if (before.http2_enable && !after.http2_enable) await checkPoolsOfPolicies(tx.db, after);
    if (after.enhance_l7policy_enable && !before.enhance_l7policy_enable) await numberPolicies(tx, after);
    return after;
  });
}

export async function deleteListener(region: Region, projectId: string, id: string): Promise<void> {
  await region.store.write(async (tx) => {
    const found = await requireListener(tx.db, projectId, id);
    const poolId = found.default_pool_id;
    const ordinary = poolId && (await requireAnyPool(tx.db, projectId, poolId)).kind === 'ordinary';
    // The members of a master-slave pool come and go with it (rules digest LI-7 and 2.11).
    if (ordinary && (await count(tx.db, member, { pool_id: poolId })) > 0) {
      throw conflict(
        `The listener ${id} still sends requests to the members of pool ${poolId}; ` +
          'delete those, or set default_pool_id to null, first.',
      );
    }
    await checkNoQuicConfig(tx.db, found);
    await checkNoPolicies(tx.db, found);
    await removeListeners(tx, [found]);
  });
}

/** Lets go of the pool a listener had and takes up the one it has. */
async function attach(tx: Writer, region: Region, after: Listener, beforeId: string | null): Promise<void> {
  if (after.default_pool_id) {
    const pool = await requireAnyPool(tx.db, after.project_id, after.default_pool_id);
    checkPoolOfListener(after, pool);
    const owner = await requireLoadBalancer(tx.db, after.project_id, after.loadbalancer_id);
    await checkPoolOfLoadBalancer(tx.db, owner, pool, 'listener.default_pool_id');
    // This listener is already among those counted.
    await checkQuota(tx.db, region.inventory, 'listeners_per_pool', { pool_id: pool.id }, 0);
    await refreshMemberStatuses(tx, pool);
  }
  if (beforeId) await refreshMemberStatuses(tx, await requireAnyPool(tx.db, after.project_id, beforeId));
}

/** Ports are unique among a load balancer's listeners of one port space (rules digest LI-1 to LI-3). */
export async function checkPortFree(db: Kysely<Tables>, record: Listener): Promise<void> {
  const space = portSpace(record.protocol);
  const mine = portsOf(record);
  for (const other of await findBy(db, listener, 'loadbalancer_id', [record.loadbalancer_id])) {
    if (!space.includes(other.protocol)) continue;
    for (const theirs of portsOf(other)) {
      const clash = mine.find(({ start, end }) => start <= theirs.end && theirs.start <= end);
      if (!clash) continue;
      const port = Math.max(clash.start, theirs.start);
      throw conflict(
        `Load Balancer ${record.loadbalancer_id} already has a listener with protocol_port of ${port}.`,
      );
    }
  }
}

function portsOf({
  protocol_port,
  port_ranges,
}: Listener): { readonly start: number; readonly end: number }[] {
  if (protocol_port !== 0) return [{ start: protocol_port, end: protocol_port }];
  return port_ranges.map(({ start_port, end_port }) => ({ start: start_port, end: end_port }));
}

/** The defaults for which the request has no value of its own. */
function given(defaults: Partial<Listener>, body: Body): Partial<Listener> {
  return Object.fromEntries(Object.entries(defaults).filter(([key]) => (body[key] ?? null) === null));
}

/** The defaults of what the request cleared with null. */
function cleared(defaults: Partial<Listener>, body: Body): Partial<Listener> {
  return Object.fromEntries(Object.entries(defaults).filter(([key]) => body[key] === null));
}

/** Objects of which a request may give a part, made whole. */
function normalized(body: Body, before: Listener | null): Partial<Listener> {
  const made: Partial<Listener> = {};
  if (!before || body['insert_headers'] !== undefined) {
    const headers = (body['insert_headers'] ?? {}) as Record<string, boolean | string | null>;
    made.insert_headers = mergeInsertHeaders(before?.insert_headers ?? null, headers) satisfies InsertHeaders;
  }
  if (body['security_policy_id'] === '') made.security_policy_id = null;
  // A QUIC listener speaks HTTP/3 and answers true whatever a request says (rules digest LI-16).
  if ((before?.protocol ?? body['protocol']) === 'QUIC' && body['http2_enable'] !== undefined) {
    made.http2_enable = true;
  }
  const ipgroup = body['ipgroup'] as Partial<NonNullable<Listener['ipgroup']>> | null | undefined;
  if (ipgroup !== undefined) {
    // An empty object unbinds, as null does.
    made.ipgroup =
      ipgroup === null || Object.keys(ipgroup).length === 0
        ? null
        : {
            ipgroup_id: ipgroup.ipgroup_id ?? before?.ipgroup?.ipgroup_id ?? '',
            enable_ipgroup: ipgroup.enable_ipgroup ?? before?.ipgroup?.enable_ipgroup ?? true,
            type: ipgroup.type ?? before?.ipgroup?.type ?? 'white',
          };
  }
  const quic = body['quic_config'] as Partial<NonNullable<Listener['quic_config']>> | null | undefined;
  if (quic) {
    made.quic_config = {
      quic_listener_id: quic.quic_listener_id ?? before?.quic_config?.quic_listener_id ?? '',
      enable_quic_upgrade: quic.enable_quic_upgrade ?? before?.quic_config?.enable_quic_upgrade ?? false,
    };
  }
  return made;
}
