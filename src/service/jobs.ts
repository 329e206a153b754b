/**
 * Jobs: what they did is recorded in the transaction in which they did it, so that an answered job is never lost
 * and is never seen half done (rules digest 3.6).
 */
import { Refusal } from '../model/errors.ts';
import { type Job, type JobEntity, type JobType, job, type SubJob, type SubJobType } from '../model/job.ts';
import { type Page, page } from '../store/pages.ts';
import { insert } from '../store/rows.ts';
import type { Writer } from '../store/transaction.ts';
import { newId } from './new-id.ts';
import { type PageQuery, pageRequest } from './page-query.ts';
import { require } from './references.ts';
import { type Region, timestamp, within } from './region.ts';

/** What a job did. */
export interface JobDone {
  readonly job_type: JobType;
  /** The resource that the request named; null when it named several. */
  readonly resource_id: string | null;
  readonly sub_jobs: readonly SubJobDone[];
}

/** What a job did to one resource, or one step of it. */
export interface SubJobDone {
  /** That of the job when left out. */
  readonly job_type?: SubJobType;
  readonly resource_id: string;
  /** What was made or changed. */
  readonly entities: readonly JobEntity[];
  /** Why nothing was done; null when it was. */
  readonly failure: Refusal | null;
}

/**
 * Records a job that this transaction has done: SUCCESS, or FAIL with the first failure when a sub job failed.
 *
 * @returns the id of the job
 */
export async function recordJob(tx: Writer, projectId: string, done: JobDone): Promise<string> {
  const common = { project_id: projectId, begin_time: timestamp(tx.at), end_time: timestamp(tx.at) };
  const sub_jobs = done.sub_jobs.map(
    ({ job_type = done.job_type, resource_id, entities, failure }): SubJob => ({
      ...common,
      ...outcome(failure),
      job_id: newId(tx.at),
      job_type,
      resource_id,
      entities: [...entities],
    }),
  );
  const id = newId(tx.at);
  const failure = done.sub_jobs.find((each) => each.failure !== null)?.failure ?? null;
  const record: Job = {
    ...common,
    ...outcome(failure),
    id,
    job_id: id,
    job_type: done.job_type,
    resource_id: done.resource_id,
    sub_jobs,
  };
  await insert(tx, job, record);
  return id;
}

function outcome(failure: Refusal | null): Pick<Job, 'status' | 'error_code' | 'error_msg'> {
  return {
    status: failure ? 'FAIL' : 'SUCCESS',
    error_code: failure?.code ?? null,
    error_msg: failure?.message ?? null,
  };
}

/**
 * Does one part of a job in a transaction that goes on when the part is refused.
 *
 * @param work what to do in the region as the transaction sees it
 * @returns why it was refused, in which case it has written nothing; null when it was done
 */
export async function refusalOf(
  region: Region,
  tx: Writer,
  work: (joined: Region) => Promise<void>,
): Promise<Refusal | null> {
  const joined = within(region, tx);
  try {
    await joined.store.write(() => work(joined));
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

export async function showJob({ store }: Region, projectId: string, id: string): Promise<Job> {
  return require(store.reader, job, projectId, id);
}

export async function listJobs({ store }: Region, projectId: string, query: PageQuery): Promise<Page<Job>> {
  return page(store.reader, job, await pageRequest(store.reader, job, projectId, query));
}
