/** The transitions of members' health, each beside the change that it is in the change log. */
import type { FailureReason, Verdict } from '../model/member.ts';
import { currentRevision } from './change-log.ts';
import type { MemberTransitionRow } from './schema.ts';
import type { Reader, Writer } from './transaction.ts';

export interface MemberTransition {
  readonly at: Date;
  readonly verdict: Exclude<Verdict, 'INITIAL'>;
  /** Why the member is OFFLINE; null when it is ONLINE. */
  readonly reason: FailureReason | null;
  /** How long the probe that decided it took; null when it failed, or waited for silence. */
  readonly latencyMs: number | null;
}

/** So many are kept of each member. */
export const keptTransitions = 100;

/** Notes a transition as part of the change noted last, and forgets the member's oldest beyond those that are kept. */
export async function recordTransition(
  tx: Writer,
  memberId: string,
  { at, verdict, reason, latencyMs }: MemberTransition,
): Promise<void> {
  await tx.db
    .insertInto('member_transitions')
    .values({
      revision: await currentRevision(tx.db),
      ...{ member_id: memberId, at: at.getTime(), verdict, latency_ms: latencyMs },
      reason: reason && JSON.stringify(reason),
    })
    .execute();
  await tx.db
    .deleteFrom('member_transitions')
    .where('member_id', '=', memberId)
    .where('revision', '<=', (db) =>
      db
        .selectFrom('member_transitions as older')
        .select('older.revision')
        .where('older.member_id', '=', memberId)
        .orderBy('older.revision', 'desc')
        .limit(1)
        .offset(keptTransitions),
    )
    .execute();
}

/** The transitions of a member that are kept, the newest first. */
export async function transitionsOf(db: Reader, memberId: string): Promise<MemberTransition[]> {
  const rows = await db
    .selectFrom('member_transitions')
    .selectAll()
    .where('member_id', '=', memberId)
    .orderBy('revision', 'desc')
    .execute();
  return rows.map(transitionOf);
}

export function transitionOf({
  at,
  verdict,
  reason,
  latency_ms,
}: Omit<MemberTransitionRow, 'revision' | 'member_id'>): MemberTransition {
  return {
    at: new Date(at),
    verdict: verdict as MemberTransition['verdict'],
    reason: reason === null ? null : (JSON.parse(reason) as FailureReason),
    latencyMs: latency_ms,
  };
}
