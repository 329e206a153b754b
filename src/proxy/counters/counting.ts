/** How the counts of requests, answers and bytes are added to. */
import { answerBoundsMs, listenerCounters, memberCounters } from '../../observe/traffic-counts.ts';

/** Adds to one counter. */
export function count(counts: Float64Array, counter: number, amount = 1): void {
  counts[counter] = (counts[counter] as number) + amount;
}

/** A request was answered with this status. */
export function countRequest(listener: Float64Array, status: number): void {
  count(listener, listenerCounters.requests1xx - 1 + Math.floor(status / 100));
}

/** A member answered with this status, so long after it was asked. */
export function countAnswer(member: Float64Array, status: number, elapsedMs: number): void {
  count(member, memberCounters.answers1xx - 1 + Math.floor(status / 100));
  let bucket = 0;
  while (bucket < answerBoundsMs.length && elapsedMs > (answerBoundsMs[bucket] as number)) bucket += 1;
  count(member, memberCounters.answersWithin5ms + bucket);
  count(member, memberCounters.answerMilliseconds, elapsedMs);
}
