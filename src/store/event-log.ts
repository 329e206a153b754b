/** The change log as those see it who follow it from outside: with what became of members' health, and filtered. */
import { sql } from 'kysely';
import { type Change, currentRevision } from './change-log.ts';
import { type MemberTransition, transitionOf } from './member-transitions.ts';
import type { Reader } from './transaction.ts';

export interface Event extends Change {
  readonly at: Date;
  /** What health checking found, when that is the change. */
  readonly health: MemberTransition | null;
}

/** What is wanted of the log; an empty list of types or ids wants all. */
export interface EventFilter {
  readonly projectIds: readonly string[];
  readonly types: readonly string[];
  readonly ids: readonly string[];
}

export interface EventPage {
  readonly events: readonly Event[];
  /** The revision up to which the log was read. */
  readonly revision: number;
  /** Whether the log may hold more by now. */
  readonly more: boolean;
}

const pageLength = 200;

/** The type by which transitions of health are asked for; they are also updates of members. */
export const healthType = 'health';

/** The events after a revision, the oldest first, as many as make a page. */
export async function eventsAfter(db: Reader, revision: number, filter: EventFilter): Promise<EventPage> {
  const newest = await currentRevision(db);
  const list = (values: readonly string[]) =>
    sql<string>`(SELECT value FROM json_each(${JSON.stringify(values)}))`;
  let query = db
    .selectFrom('changes')
    .leftJoin('member_transitions as t', 't.revision', 'changes.revision')
    .select(['changes.revision', 'project_id', 'type', 'id', 'parent_id', 'operation', 'changes.at'])
    .select(['t.at as found_at', 't.verdict', 't.reason', 't.latency_ms'])
    .where('changes.revision', '>', revision)
    .where('changes.revision', '<=', newest)
    .where('project_id', 'in', list(filter.projectIds));
  if (filter.types.length > 0) {
    const ofTypes = sql<boolean>`type IN ${list(filter.types)}`;
    query = filter.types.includes(healthType)
      ? query.where(sql<boolean>`(${ofTypes} OR t.revision IS NOT NULL)`)
      : query.where(ofTypes);
  }
  if (filter.ids.length > 0) query = query.where('id', 'in', list(filter.ids));
  const rows = await query.orderBy('changes.revision').limit(pageLength).execute();
  const events = rows.map(({ found_at, verdict, reason, latency_ms, at, ...change }) => ({
    ...change,
    at: new Date(at),
    health:
      found_at === null || verdict === null
        ? null
        : transitionOf({ at: found_at, verdict, reason, latency_ms }),
  }));
  const more = events.length === pageLength;
  return { events, more, revision: more ? (events.at(-1)?.revision ?? newest) : newest };
}

/** Whether nothing of what came after a revision has been forgotten, and the revision has been. */
export async function canResumeAfter(db: Reader, revision: number): Promise<boolean> {
  const row = await db
    .selectFrom('changes')
    .select((e) => [e.fn.min('revision').as('oldest'), e.fn.max('revision').as('newest')])
    .executeTakeFirst();
  if (!row || row.oldest === null) return revision === 0;
  return Number(row.oldest) <= revision + 1 && revision <= Number(row.newest);
}
