/** How long jobs are remembered (rules digest O17). */
import { job } from '../model/job.ts';
import { removeBefore } from './rows.ts';
import type { Writer } from './transaction.ts';

const rememberMs = 30 * 24 * 60 * 60 * 1000;

/** Forgets the jobs that began longer ago than jobs are remembered. */
export async function trimJobs(tx: Writer): Promise<void> {
  await removeBefore(tx, job, 'begin_time', new Date(tx.at.getTime() - rememberMs).toISOString());
}
