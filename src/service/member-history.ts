/** What became of members' health: the transitions that are kept, and whether there are too many of them. */
import { notFound } from '../model/errors.ts';
import { type Member, member } from '../model/member.ts';
import { seenOf } from '../store/access.ts';
import { type MemberTransition, transitionsOf } from '../store/member-transitions.ts';
import { findBy } from '../store/rows.ts';
import type { Region } from './region.ts';

export interface MemberHistory {
  readonly member: Member;
  /** The newest first. */
  readonly transitions: readonly MemberTransition[];
  /** Whether its verdict changes so often that neither can be relied on. */
  readonly isFlapping: boolean;
}

/** So many changes of the verdict within so long are flapping. */
const flappingChanges = 5;
const flappingMs = 10 * 60 * 1000;

/** @throws Refusal when the member is not in any of the projects */
export async function memberHistory(
  { store }: Region,
  projectIds: ReadonlySet<string>,
  memberId: string,
  now = new Date(),
): Promise<MemberHistory> {
  const [found] = seenOf(store.reader, member, await findBy(store.reader, member, 'id', [memberId]));
  if (!found || !projectIds.has(found.project_id)) throw notFound(member.label, memberId);
  const transitions = await transitionsOf(store.reader, memberId);
  return { member: found, transitions, isFlapping: isFlapping(transitions, now) };
}

/** A changed reason of an OFFLINE member is no change of its verdict. */
function isFlapping(transitions: readonly MemberTransition[], now: Date): boolean {
  const changes = transitions.filter(
    ({ at, verdict }, index) =>
      now.getTime() - at.getTime() <= flappingMs && transitions[index + 1]?.verdict !== verdict,
  );
  return changes.length >= flappingChanges;
}

export type { MemberTransition } from '../store/member-transitions.ts';
