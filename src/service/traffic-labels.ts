/** Whose the counters of proxies are, and what they are labelled by. */
import { listener } from '../model/listener.ts';
import { member } from '../model/member.ts';
import { pool } from '../model/pool.ts';
import type { TrafficKind, TrafficRow } from '../observe/traffic-counts.ts';
import type { LabelledRow } from '../observe/traffic-families.ts';
import { seenOf } from '../store/access.ts';
import { findBy } from '../store/rows.ts';
import type { Region } from './region.ts';

export interface ProxyTraffic {
  readonly name: string;
  readonly traffic: ReadonlyMap<string, TrafficRow>;
}

interface Counted {
  readonly project_id: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The rows of what there is in the projects; those of what was deleted meanwhile are left out.
 *
 * @param projectIds null for all
 */
export async function labelledTraffic(
  region: Region,
  projectIds: ReadonlySet<string> | null,
  proxies: readonly ProxyTraffic[],
): Promise<LabelledRow[]> {
  const rows = proxies.flatMap(({ traffic }) => [...traffic.values()]);
  const idsOf = (kind: TrafficKind) => [
    ...new Set(rows.flatMap((row) => (row.kind === kind ? [row.id] : []))),
  ];
  const counted = {
    listener: await listenersBy(region, idsOf('listener')),
    pool: await poolsBy(region, idsOf('pool')),
    member: await membersBy(region, idsOf('member')),
  };
  return proxies.flatMap(({ name: proxy, traffic }) =>
    [...traffic.values()].flatMap<LabelledRow>(({ kind, id, values }) => {
      // What a proxy counts of itself is no project's.
      if (kind === 'proxy') return projectIds === null ? [{ kind, values, labels: { proxy } }] : [];
      const found = counted[kind].get(id);
      if (!found || (projectIds && !projectIds.has(found.project_id))) return [];
      return [{ kind, values, labels: { proxy, project_id: found.project_id, ...found.labels } }];
    }),
  );
}

/** What says whose it is, and how it is called. */
const shown = ['id', 'project_id', 'enterprise_project_id', 'name'] as const;

async function listenersBy({ store }: Region, ids: readonly string[]): Promise<Map<string, Counted>> {
  const fields = [...shown, 'loadbalancer_id'] as const;
  const found = seenOf(store.reader, listener, await findBy(store.reader, listener, 'id', ids, fields));
  return new Map(
    found.map(({ id, project_id, name, loadbalancer_id }) => [
      id,
      { project_id, labels: { loadbalancer_id, listener_id: id, listener: name ?? '' } },
    ]),
  );
}

async function poolsBy({ store }: Region, ids: readonly string[]): Promise<Map<string, Counted>> {
  const found = seenOf(store.reader, pool, await findBy(store.reader, pool, 'id', ids, shown));
  return new Map(
    found.map(({ id, project_id, name }) => [id, { project_id, labels: { pool_id: id, pool: name ?? '' } }]),
  );
}

async function membersBy({ store }: Region, ids: readonly string[]): Promise<Map<string, Counted>> {
  const fields = [...shown, 'pool_id'] as const;
  const found = seenOf(store.reader, member, await findBy(store.reader, member, 'id', ids, fields));
  return new Map(
    found.map(({ id, project_id, name, pool_id }) => [
      id,
      { project_id, labels: { pool_id, member_id: id, member: name ?? '' } },
    ]),
  );
}
