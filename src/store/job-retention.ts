/** How long jobs are remembered (rules digest O17). */
import { job } from '../model/job.ts';
import { memberCheck } from '../model/member-check.ts';
import { forgetBefore } from './row-sets.ts';
import type { Writer } from './transaction.ts';

const dayMs = 24 * 60 * 60 * 1000;
const rememberJobsMs = 30 * dayMs;
/** What was found of a member is soon no longer so. */
const rememberChecksMs = dayMs;

/** Forgets the jobs that began longer ago than jobs are remembered. */
export async function trimJobs(tx: Writer): Promise<void> {
  const before = (ageMs: number) => new Date(tx.at.getTime() - ageMs).toISOString();
  await forgetBefore(tx, job, 'begin_time', before(rememberJobsMs));
  await forgetBefore(tx, memberCheck, 'created_at', before(rememberChecksMs));
}
