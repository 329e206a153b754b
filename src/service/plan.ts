/** The plan of a call: what it would change if it were made in earnest, and what clients would notice of it. */
import { listener } from '../model/listener.ts';
import { auditAfter } from '../store/audit-pages.ts';
import { currentRevision } from '../store/change-log.ts';
import { findBy } from '../store/rows.ts';
import type { Reader } from '../store/transaction.ts';
import { entryOf } from './audit.ts';
import { type ConnectionEffect, type Effect, kindOf, worst } from './disruption.ts';
import { type PlannedChange, plannedChanges } from './plan-changes.ts';
import type { LiveRegion } from './region.ts';
import { TouchedListeners } from './touched-listeners.ts';

/** A listener that a plan concerns. */
interface ConcernedListener {
  readonly id: string;
  readonly name: string;
  readonly loadbalancer_id: string;
  readonly protocol: string;
  readonly protocol_port: number;
  /** The worst that the plan does to its connections. */
  readonly connections: ConnectionEffect;
}

/** A change that a listener's clients could notice, and what they would. */
export interface Noticed extends Effect {
  readonly change: PlannedChange;
  readonly listenerIds: readonly string[];
}

export interface Plan {
  readonly changes: readonly PlannedChange[];
  /** By ascending id. */
  readonly listeners: readonly ConcernedListener[];
  readonly noticed: readonly Noticed[];
}

/**
 * Carries out the work of a call so that nothing of it stays.
 *
 * @returns what the audit would have kept of it
 * @throws what the work throws
 */
export function planOf({ store }: LiveRegion, work: () => Promise<unknown>): Promise<Plan> {
  return store.rehearse(async ({ db }) => {
    const before = await currentRevision(db);
    await work();
    const changes = plannedChanges((await auditAfter(db, before)).map(entryOf));
    const noticed = await noticedOf(db, changes);
    return { changes, noticed, listeners: await listenersOf(db, changes, noticed) };
  });
}

async function noticedOf(db: Reader, changes: readonly PlannedChange[]): Promise<Noticed[]> {
  const touched = new TouchedListeners(db, changes);
  const noticed: Noticed[] = [];
  for (const change of changes) {
    const kind = kindOf(change);
    const listenerIds = await kind.listeners(touched, change);
    if (listenerIds.length > 0) noticed.push({ change, listenerIds, ...kind.effect(change) });
  }
  return noticed;
}

/** Those that are there in the end, and those that go. */
async function listenersOf(
  db: Reader,
  changes: readonly PlannedChange[],
  noticed: readonly Noticed[],
): Promise<ConcernedListener[]> {
  const effects = new Map<string, ConnectionEffect[]>();
  for (const { listenerIds, connections } of noticed) {
    for (const id of listenerIds) {
      const known = effects.get(id);
      if (known) known.push(connections);
      else effects.set(id, [connections]);
    }
  }
  const fields = ['id', 'name', 'loadbalancer_id', 'protocol', 'protocol_port'] as const;
  const there = await findBy(db, listener, 'id', [...effects.keys()], fields);
  const going = changes.filter(({ type, operation }) => type === listener.name && operation === 'delete');
  return [...there, ...going.map(({ before }) => before as unknown as (typeof there)[number])]
    .map(({ id, name, loadbalancer_id, protocol, protocol_port }) => ({
      ...{ id, name, loadbalancer_id, protocol, protocol_port },
      connections: worst(effects.get(id) ?? []),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
